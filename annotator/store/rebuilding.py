"""Compute anew all that is computed, in shadow tables, and swap them in under a short lock.

The shadows are temporary tables under the names of those they stand for. SQLite looks a name up
among temporary tables first, so what fills the readable tables fills the shadows as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from annotator.errors import StoreDamagedError
from annotator.model.classification import Identity
from annotator.store import hand_ins, search, shape
from annotator.store.connection import Transaction
from annotator.store.deciding import staleness
from annotator.store.file import indexes
from annotator.store.file.backup import keep_beside
from annotator.store.log import changes, events
from annotator.store.log.verifying import verify
from annotator.store.projection import TABLES, Projection
from annotator.store.team import assignments, roster, team, waiting

if TYPE_CHECKING:
    from annotator.store.store import Store

ATTEMPTS = 3
"""How often the search index is filled beside the file before others' changes to texts are kept waiting."""
BEGINNING = re.compile(r'(CREATE (?:UNIQUE )?(?:VIRTUAL TABLE|TABLE|VIEW|INDEX)) "?(\w+)"?')
ANY_WORK = "SELECT 1 FROM classifications UNION ALL SELECT 1 FROM comments LIMIT 1"
TEXTS = """SELECT subjects.id, title, needs_trigram, coalesce(sha256, description, '') AS body
           FROM subjects LEFT JOIN reports USING (id) LEFT JOIN incidents USING (id)"""


class Rebuilt(NamedTuple):
    """What came of computing anew."""

    classifications: int
    """How many there are."""
    unexplained: list[str]
    """Those that stood in the tables and have no events, in words."""
    indexed: list[str]
    """The tables whose indexes did not hold what they do, in quotes."""
    kept: Path | None
    """The file as it was before, where indexes were wrong, or something `may_be_lost`."""
    may_be_lost: bool
    """Whether what the tables told may be all that was left of events that are missing."""


def rebuild(store: Store) -> Rebuilt:
    """Make the search indexes and the projection anew.

    Works on connections of its own, with which the shadows go. Indexes come first, as all else is read through them.
    What no event explains goes with the tables; where events are missing, or indexes were wrong, a copy of the file is
    kept first. Raises StoreError where that, or an index, cannot be.
    """
    from annotator.store.merging import keys
    from annotator.store.merging.altered import mend_people

    with store.reading() as transaction:
        wrong = indexes.unfit(transaction)
    kept = None
    with _writing(store) as (transaction, keep):
        if wrong:
            kept = keep()
            indexes.make_again(transaction, wrong)
        shape.mend(transaction)
    _index_anew(store)
    with _writing(store) as (transaction, keep):
        keys.mend(transaction)
        alone = list(unexplained(transaction, events.identities(transaction)))
        may_be_lost = bool(alone) or _may_lose(transaction, store.projection)
        if may_be_lost and not kept:
            kept = keep()
        mend_people(transaction)
        waiting.refresh(transaction)
        roster.follow(transaction, store.projection)
    with closing(store.another()) as own:
        return Rebuilt(_swap_projection(own), alone, list(wrong), kept, may_be_lost)


@contextmanager
def _writing(store: Store) -> Iterator[tuple[Transaction, Callable[[], Path]]]:
    """Write for the length of a block; gives also what keeps the file as it was first, for as long as nothing fails."""
    made: list[Path] = []

    def keep() -> Path:
        made.append(keep_beside(store.path, "before-rebuild", "nothing was computed anew"))
        return made[-1]

    try:
        with store.writing() as transaction:
            yield transaction, keep
    except BaseException:  # nothing is changed then
        for each in made:
            each.unlink(missing_ok=True)
        raise


def unexplained(transaction: Transaction, logged: Iterable[Identity]) -> Iterator[str]:
    """The classifications in the tables that are none of those that the log speaks of, in words."""
    known = {(of.subject, of.taxonomy, of.annotator, of.round) for of in logged}
    sql = "SELECT key, taxonomy, annotator, round FROM classifications JOIN subjects ON subjects.id = subject_id"
    for row in transaction.execute(sql):
        if tuple(row) not in known:
            yield f"{row[0]} {row[1]} {row[2]} round {row[3]}"


def _may_lose(transaction: Transaction, projection: Projection) -> bool:
    """Whether events are missing and the tables tell anything else than those that are there."""
    from annotator.store import doctor

    if not transaction.execute(ANY_WORK).fetchone() or all(each.what != "missing" for each in verify(transaction)):
        return False
    return next(doctor.other_than_events(transaction, projection), None) is not None


def _index_anew(store: Store) -> None:
    """Make the search indexes anew: beside the file where they are sound enough to be swapped, or in their place."""
    with suppress(StoreDamagedError):
        with store.reading() as transaction:
            is_whole = shape.is_search_whole(transaction)
        if is_whole and any(_is_search_swapped(store) for _ in range(ATTEMPTS)):
            return
        with store.writing() as transaction:
            shape.make_search_again(transaction)
        return
    with store.writing() as transaction:
        shape.make_search_again(transaction, may_drop=False)


def _swap_projection(own: Store) -> int:
    """Fold everything into shadows; under the lock, what has events since once more, and swap."""
    transaction = own.transaction
    transaction.execute("PRAGMA foreign_keys = OFF")  # a shadow has no parents, and tables are swapped one by one
    _make_shadows(transaction, TABLES)
    with own.preparing():
        seen, may_own = changes.heads(transaction), staleness.allows_own(transaction)
        own.projection.fill()
    with own.writing():
        since = events.identities(transaction, after=seen)
        for of in since:
            own.projection.refresh(own.projection.computed(of))
        hand_ins.refresh_of(transaction, own.projection.hiding, since)
        for table in TABLES:
            transaction.execute(f"DELETE FROM main.{table}")
            transaction.execute(f"INSERT INTO main.{table} SELECT * FROM temp.{table}")
        transaction.execute("DROP TABLE temp.stale_decisions")  # what follows from a setting is written to the file
        team.rebuild(transaction)
        staleness.follow_setting(transaction, may_own)
        assignments.rebuild(transaction)
        (count,) = transaction.execute("SELECT count(*) FROM classifications").fetchone()
    return int(count)


def _is_search_swapped(store: Store) -> bool:
    """Fill new indexes and swap them in, unless texts change meanwhile or this SQLite does not allow it."""
    with closing(store.another()) as own:
        transaction = own.transaction
        _make_shadows(transaction, (*search.INDEXES.values(), *search.INDEXES))
        if not search.may_be_copied(transaction, "temp.search"):
            return False
        with own.preparing():
            search.rebuild(transaction)
            transaction.execute(f"CREATE TEMP TABLE indexed AS {TEXTS}")
            seen = own.foreign_changes()
        with own.writing():
            may_swap = own.foreign_changes() == seen or not _has_changed(transaction)
            if may_swap:
                _swap_indexes(transaction)
    return may_swap


def _has_changed(transaction: Transaction) -> bool:
    """Whether a text is another one than was indexed; new ones do not count."""
    sql = f"""SELECT 1 FROM temp.indexed AS was CROSS JOIN ({TEXTS}) AS now USING (id)
              WHERE (was.title, was.needs_trigram, was.body) != (now.title, now.needs_trigram, now.body) LIMIT 1"""
    return transaction.execute(sql).fetchone() is not None


def _swap_indexes(transaction: Transaction) -> None:
    """Copy the tables FTS5 keeps an index in, and index what has come since they were filled."""
    _copy_indexes(transaction, "temp", "main")
    (last,) = transaction.execute("SELECT ifnull(max(id), 0) FROM temp.indexed").fetchone()
    search.index(transaction, f"id > {last}")


def copy_indexes(transaction: Transaction) -> bool:
    """Put shadows with the same contents before the search indexes; False where this SQLite does not allow it."""
    _make_shadows(transaction, (*search.INDEXES.values(), *search.INDEXES))
    may_copy = search.may_be_copied(transaction, "temp.search")
    if may_copy:
        _copy_indexes(transaction, "main", "temp")
    return may_copy


def _copy_indexes(transaction: Transaction, source: str, target: str) -> None:
    for index in search.INDEXES:
        transaction.execute(f"INSERT INTO {target}.{index} ({index}) VALUES ('delete-all')")
        for part in ("data", "idx", "docsize"):
            transaction.execute(f"DELETE FROM {target}.{index}_{part}")
            transaction.execute(f"INSERT INTO {target}.{index}_{part} SELECT * FROM {source}.{index}_{part}")
    search.read_anew(transaction)


def _make_shadows(transaction: Transaction, names: Iterable[str]) -> None:
    """Make empty temporary tables with their indexes, or views, of the same names and make."""
    sql = """SELECT sql FROM main.sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL AND type != 'trigger'
             ORDER BY type DESC"""
    for name in names:
        for (statement,) in transaction.execute(sql, (name,)).fetchall():
            transaction.execute(BEGINNING.sub(r"\1 temp.\2", statement, count=1))
