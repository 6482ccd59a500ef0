"""Examine a database: that the file is sound and its readable tables equal its log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from annotator.model.classification import Classification, Identity
from annotator.store import hand_ins, people, readable, rebuilding, search, shape
from annotator.store.connection import Transaction
from annotator.store.deciding import disagreements, staleness
from annotator.store.file import indexes
from annotator.store.log import events, verifying
from annotator.store.projection import Projection
from annotator.store.readable import coded
from annotator.store.team import assignments, roster, team, waiting
from annotator.store.wording import unsound

if TYPE_CHECKING:
    from annotator.store.store import Store


class Finding(NamedTuple):
    """The result of one check; `problems` is empty when all is well."""

    check: str
    problems: list[str]


UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What comes of reading what nobody wrote so."""
EVENT_WAY_OUT = "`annotator merge` of a copy or bundle in which it is unaltered puts it right"
DAMAGE_WAY_OUT = "`annotator salvage` makes a new database of what can be read"
INDEX_WAY_OUT = "`annotator doctor --rebuild` makes it again"
TABLE_WAY_OUT = "`annotator doctor --rebuild` computes it anew"
UNEXAMINED = "all else"
"""The check that stands for all that were not made."""
WHY_UNEXAMINED = (
    "was not examined: it is read through indexes that do not hold what their tables do, and sound work would seem to "
    "differ; {}"
)
INDEXES_WAY_OUT = "`annotator doctor --rebuild` makes them again first, or says why it cannot"
SHOWN = 20
"""Problems listed per check; the rest is counted."""


def examine(transaction: Transaction, projection: Projection) -> list[Finding]:
    """Run every check but that of the search index; call while reading.

    Where indexes are wrong, what is read through them is `UNEXAMINED`.
    """
    checked = _Checked(transaction, projection)
    integrity = checked.finding("file integrity", _integrity(transaction))
    made = checked.finding("tables, indexes and triggers as they were made", shape.differing(transaction))
    if integrity.problems and indexes.unfit(transaction):
        way_out = indexes.DOUBLED_WAY_OUT if indexes.hold_doubled(transaction) else INDEXES_WAY_OUT
        return [integrity, made, Finding(UNEXAMINED, [WHY_UNEXAMINED.format(way_out)])]
    checks = {
        "foreign keys": _foreign_keys(transaction),
        "projection equals events": _projection(transaction, projection),
        "disagreements equal the answers": _disagreements(transaction),
        "decisions as stale as the answers say": _stale(transaction),
        "hand-ins that count equal events": _hand_ins(transaction, projection),
        "assignments as done as the work": _assignments(transaction),
        "people known by name": _people(transaction),
        "deeds that wait for a lead equal events": waiting.differing(transaction),
        "what the team decided equals events": team.differing(transaction),
        "import runs equal events": _runs(transaction),
        "events say what their kinds can say": _said(transaction),
        "feeds complete and unaltered": _order(transaction),
        "texts, taxonomies and people unaltered": _contents(transaction),
    }
    return [integrity, made, *(checked.finding(check, problems) for check, problems in checks.items())]


def examine_search(store: Store) -> Finding:
    """Check the full-text indexes."""
    return _Checked(store.transaction, store.projection).finding("search index in step", _search(store))


def alteration(transaction: Transaction, projection: Projection) -> str:
    """The first thing in a file that is not what was written, with its place and the way out; empty where all is."""
    checks: tuple[Callable[[], Iterable[str]], ...] = (
        lambda: _useless_search(transaction),  # newer versions of SQLite call the file unsound because of it
        lambda: _integrity(transaction, DAMAGE_WAY_OUT),
        lambda: shape.differing(transaction),
        lambda: (f"{flaw}; {EVENT_WAY_OUT}" for flaw in verifying.verify(transaction) if flaw.what in verifying.FLAWS),
        lambda: _contents(transaction),
        lambda: (f"{problem}; {EVENT_WAY_OUT}" for problem in _said(transaction)),
        lambda: (f"{problem}; {DAMAGE_WAY_OUT}" for problem in _foreign_keys(transaction)),
        lambda: (f"{problem}; {TABLE_WAY_OUT}" for problem in _projection(transaction, projection)),
    )
    stopped: Exception | None = None
    for check in checks:
        try:
            if found := next(iter(check()), ""):
                return found
        except (*UNREADABLE, sqlite3.DatabaseError) as error:  # what stops it stands where a later check looks
            stopped = stopped or error
    if stopped:
        raise stopped  # nothing was altered: a mistake in this program
    return ""


class _Checked:
    """What is examined."""

    def __init__(self, transaction: Transaction, projection: Projection) -> None:
        self.transaction = transaction
        self.projection = projection

    def finding(self, check: str, problems: Iterator[str]) -> Finding:
        """Collect what a check yields; damage that stops it is one of its problems."""
        return Finding(check, _first(self._until_damaged(problems)))

    @cached_property
    def altered(self) -> str:
        return alteration(self.transaction, self.projection)

    def _until_damaged(self, problems: Iterator[str]) -> Iterator[str]:
        try:
            yield from problems
        except (*UNREADABLE, sqlite3.DatabaseError) as error:
            if is_damage(error):
                yield f"the file is damaged and cannot be read further ({error}); {DAMAGE_WAY_OUT}"
            elif self.altered:
                yield f"cannot be examined further, because the file was altered: {self.altered}"
            else:
                raise


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that a file does not hold together."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _first(problems: Iterable[str]) -> list[str]:
    given = iter(problems)
    shown = list(islice(given, SHOWN))
    rest = sum(1 for _ in given)
    return shown + ([f"and {rest} more"] if rest else [])


def _integrity(transaction: Transaction, otherwise: str = "") -> Iterator[str]:
    """What SQLite finds, with the way out: of indexes that they are made again, and whatever is given otherwise."""
    search.are_usable(transaction)  # newer versions look into the indexes too, by what they had read of them last
    if found := list(unsound(transaction)):
        of_indexes = {line for lines in indexes.unfit(transaction).values() for line in lines}
        of_index = DAMAGE_WAY_OUT if of_indexes and indexes.hold_doubled(transaction) else INDEX_WAY_OUT
        for line in found:
            way_out = of_index if line in of_indexes else otherwise
            yield f"{line}; {way_out}" if way_out else line


def _foreign_keys(transaction: Transaction) -> Iterator[str]:
    for table, rowid, parent, _ in transaction.execute("PRAGMA foreign_key_check"):
        yield f"{table}{'' if rowid is None else f' row {rowid}'} refers to a missing row of {parent}"


def _search(store: Store) -> Iterator[str]:
    if useless := list(_useless_search(store.transaction)):
        yield from useless
    elif not _is_in_step(store):
        yield f"the full-text index differs from the texts; {TABLE_WAY_OUT}"


def _useless_search(transaction: Transaction) -> Iterator[str]:
    if not search.are_usable(transaction):
        yield f"the full-text index cannot be read; {TABLE_WAY_OUT}"


def _is_in_step(store: Store) -> bool:
    """Ask copies of the indexes: FTS5 is asked about itself by an INSERT, and nobody is to wait for the lock."""
    with closing(store.another()) as own:
        own.transaction.execute("BEGIN")
        if rebuilding.copy_indexes(own.transaction):
            return search.is_in_step(own.transaction)
    with closing(sqlite3.connect("")) as whole:
        store.copy_pages(whole)
        return search.is_in_step(Transaction(whole))


def _order(transaction: Transaction) -> Iterator[str]:
    yield from verifying.problems(transaction)


def _contents(transaction: Transaction) -> Iterator[str]:
    from annotator.store.merging import altered, lacking

    yield from altered.problems(transaction)
    yield from lacking.problems(transaction)


def _runs(transaction: Transaction) -> Iterator[str]:
    told = "SELECT id, payload ->> 'source', payload ->> 'sha256', author, at FROM log WHERE kind = 'import_ran'"
    kept = "SELECT event, source, sha256, run_by, run_at FROM import_runs"
    either = f"SELECT * FROM ({told} EXCEPT {kept}) UNION ALL SELECT * FROM ({kept} EXCEPT {told})"
    for (run,) in transaction.execute(f"SELECT DISTINCT id FROM ({either}) ORDER BY 1"):
        yield f"what is known of the import {run} differs from its event"


def _said(transaction: Transaction) -> Iterator[str]:
    """What events say that nobody could, read as it is gone through; what is withheld or erased says nothing."""
    from annotator.store.merging.checking import problem_of

    names = verifying.Names.of(transaction)
    sql = f"SELECT uid, said.* FROM ({verifying.WHOLE}) AS said JOIN feeds ON feeds.id = said.feed"
    for uid, *row in transaction.execute(sql):
        problem = problem_of(verifying.content_of(row, names))
        if problem:
            yield f"event {uid}:{row[0]} {problem}"


def _why(transaction: Transaction, of: Identity) -> str:
    """What keeps hidden answers from being worked out; nothing where the taxonomy is in the file."""
    sql = "SELECT 1 FROM taxonomies WHERE namespace = ? LIMIT 1"
    if transaction.execute(sql, (of.taxonomy,)).fetchone():
        return ""
    return f"; the file does not hold {of.taxonomy}: put its YAML file into the folder taxonomies beside the database"


def _projection(transaction: Transaction, projection: Projection) -> Iterator[str]:
    logged = events.identities(transaction)
    for of in logged:
        differing = f"{of.subject} {of.taxonomy} {of.annotator} round {of.round}"
        try:
            expected = _expected(projection.computed(of))
        except (KeyError, TypeError, ValueError):  # somebody altered what an event says
            why = "its events do not say what events say, or its taxonomy was altered"
            yield f"{differing} cannot be computed, because {why}"
            continue
        if _stored(transaction, of) != expected:
            yield f"{differing} differs from its events{_why(transaction, of)}"
    for each in rebuilding.unexplained(transaction, logged):
        yield f"{each} has no events"


def other_than_events(transaction: Transaction, projection: Projection) -> Iterator[str]:
    """What people did by the tables, and did not by the events."""
    yield from _projection(transaction, projection)
    yield from team.differing(transaction)


def _disagreements(transaction: Transaction) -> Iterator[str]:
    for key, taxonomy, round_ in disagreements.differing(transaction):
        yield f"{key} {taxonomy} round {round_} is not as disputed as its answers say"


def _stale(transaction: Transaction) -> Iterator[str]:
    for key, taxonomy, round_ in staleness.differing(transaction):
        yield f"{key} {taxonomy} round {round_}: the decision is not as stale as the answers say"


def _hand_ins(transaction: Transaction, projection: Projection) -> Iterator[str]:
    for key, taxonomy in hand_ins.differing(transaction, projection.hiding):
        yield f"{key} {taxonomy}: what was handed in first is not what the events say"


def _assignments(transaction: Transaction) -> Iterator[str]:
    for key, taxonomy, annotator, round_ in assignments.differing(transaction):
        yield f"{key} {taxonomy} {annotator} round {round_} is not as done as the assignment says"


def _people(transaction: Transaction) -> Iterator[str]:
    for name in people.differing(transaction):
        yield f"{name} stands in the file and is not known by that name"
    yield from roster.differing(transaction)


def _expected(one: Classification) -> tuple[object, ...]:
    answers = readable.document(one.answers)
    rows = [
        (*row, None if row[3] is None else coded(row[3]), one.identity.taxonomy, one.identity.subject)
        for field, answer in answers.items()
        for row in readable.answer_rows(field, answer)
    ]
    spans = [row for field, answer in answers.items() for row in readable.evidence_rows(field, answer)]
    decided = readable.ruling_rows(one), readable.decision_rows(one), sorted(readable.conflict_rows(one))
    return readable.head(one, answers), rows, spans, sorted(readable.flag_rows(one)), *decided


def _stored(transaction: Transaction, of: Identity) -> tuple[object, ...] | None:
    found = transaction.execute(
        f"""SELECT {readable.SELECTED}, classifications.id
            FROM classifications JOIN subjects ON subjects.id = subject_id
            WHERE key = ? AND taxonomy = ? AND annotator = ? AND round = ?""",
        (of.subject, of.taxonomy, of.annotator, of.round),
    ).fetchone()
    if found is None:
        return None
    *head, one = found
    rows = transaction.execute(
        """SELECT answers.field, position, state, answers.value, confidence, value_codes.value, answers.taxonomy, key
           FROM answers JOIN subjects ON subjects.id = subject_id LEFT JOIN value_codes
             ON value_codes.code = answers.code AND value_codes.taxonomy = answers.taxonomy
             AND value_codes.field = answers.field
           WHERE classification_id = ? ORDER BY answers.field, position""",
        (one,),
    )
    spans = transaction.execute(
        """SELECT field, position, report, "start", "end", quote, prefix, suffix
           FROM evidence WHERE classification_id = ? ORDER BY field, position""",
        (one,),
    )
    sql = "SELECT id, field, reason, raised_by, raised_at, resolved_at FROM flags WHERE classification_id = ?"
    flags = sorted(transaction.execute(sql, (one,)).fetchall())
    return tuple(head), rows.fetchall(), spans.fetchall(), flags, *_decided(transaction, one)


def _decided(transaction: Transaction, one: int) -> tuple[list[tuple[object, ...]], ...]:
    rulings = """SELECT field, taxonomy, state, value, ruled_by, ruled_at, cause, note, confidence, "between", event
                 FROM rulings WHERE classification_id = ? ORDER BY field"""
    decisions = """SELECT adjudicated_by, adjudicated_at, strategy, sources, seen
                   FROM adjudications WHERE classification_id = ?"""
    conflicts = "SELECT place, field FROM conflicts WHERE classification_id = ? ORDER BY 1"
    queries = (rulings, decisions, conflicts)
    return tuple([tuple(row) for row in transaction.execute(sql, (one,))] for sql in queries)
