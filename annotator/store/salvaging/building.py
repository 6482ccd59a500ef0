"""Make a database of what could be read: what is written is put in, and all else computed from it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

from annotator.errors import RequestError, SourceError, StoreDamagedError
from annotator.files import unwritable
from annotator.model.chain import NUMBERS
from annotator.store.connection import Transaction, add_functions, text_digest
from annotator.store.file.backup import keep_permissions
from annotator.store.file.rescuing import rescued_beside
from annotator.store.file.unfinished import beside, name_for_the_first_time
from annotator.store.importing.staging import REPORT_COLUMNS
from annotator.store.log import changes, erasing, replicas, verifying
from annotator.store.log.events import INSERT
from annotator.store.log.subject_versions import without_text
from annotator.store.merging import lacking
from annotator.store.merging.checking import is_version, taxonomy_problem
from annotator.store.merging.lines import RESULTS
from annotator.store.salvaging.pages import Pages, pages_of
from annotator.store.salvaging.proving import Feed, Proof, prove
from annotator.store.salvaging.rows import TABLES, Found, Row, read
from annotator.store.salvaging.uniting import Part, each_once, left_out, united
from annotator.store.salvaging.unproved import Unproved, keep_unproved, unproved_beside, unproved_in
from annotator.store.wording import written_out

if TYPE_CHECKING:
    from annotator.store.store import Store

RUNS = """INSERT OR IGNORE INTO import_runs SELECT id, payload ->> 'source', payload ->> 'sha256', author, at
          FROM log WHERE kind = 'import_ran'"""
LEFT_OUT = f"the text of {{key}} cannot be read; {lacking.TEXT_WAY_OUT}"


class Salvaged(NamedTuple):
    """What was saved of a damaged database."""

    events: int
    """How many are what was written."""
    texts: int
    """How many reports have theirs."""
    taxonomies: int
    subjects: int
    unproved: int
    """How many events can be read and are no part of the log, mostly because no hash proves them."""
    kept: str
    """The file beside in which those are; empty where there are none."""
    lost: list[str]
    """What is known to have been there and could not be read, in words with its place."""
    beside: list[str]
    """The files that were read too, because they were rescued of the same database."""


def salvage(source: Path, target: Path, opened: Callable[[Path], Store]) -> Salvaged:
    """Make a new database of every event and text that can be read of a damaged one, which is only read.

    What was rescued of it while it was open, and lies beside it, is read too.

    `opened` makes an empty database. Raises RequestError where there is something at the target, SourceError for a
    file that cannot be read at all, StoreDamagedError where nothing is left in it, OutputError where the
    new one cannot be written, StoreError in words.
    """
    for taken in (target, unproved_beside(target)):
        if os.path.lexists(taken):
            raise RequestError(f"{taken}: already exists, and nothing is written over. Name a new file.")
    try:
        with ExitStack() as stack:
            parts, closed = [_part(source, stack)], []
            for each in rescued_beside(source):
                try:
                    parts.append(_part(each, stack))
                except OSError as error:
                    closed.append(f"{each}: was rescued of the database, and cannot be read ({error.strerror})")
            found, apart = united(parts)
            found = each_once(found)
            proof = prove(found, [part.pages for part in parts if part.path not in apart])
            unread = [*_unread(found, parts[0].pages), *_left_out(parts[1:], apart, proof, target), *closed]
    except OSError as error:
        raise SourceError(f"{source}: cannot be read ({error.strerror}). Copy what can be read of its disk.") from error
    if not any(feed.events for feed in proof.feeds) and not found.rows["subjects"] and not proof.lost:
        raise StoreDamagedError(f"{source}: nothing that annotator wrote can be read in it, so {target} was not made.")
    try:
        with beside(target) as unfinished, written_out(target):
            with closing(opened(unfinished)) as store:
                lost, refused = _build(store, source, found, proof)
            unproved = unproved_in(found, proof, refused)
            saved = _as_new_replica(unfinished, found, lost, _told_of(unproved, unproved_beside(target)))
            keep_permissions(unfinished, source)
            try:
                name_for_the_first_time(unfinished, target)
            except FileExistsError as error:
                raise RequestError(f"{target}: was made by another meanwhile. Name a new file.") from error
    except OSError as error:
        raise unwritable(target, error) from error
    keep_unproved(target, unproved, found, proof.names)
    return saved._replace(
        lost=[*saved.lost, *unread],
        unproved=len(unproved),
        kept=str(unproved_beside(target)) if unproved else "",
        beside=[str(part.path) for part in parts[1:] if part.path not in apart],
    )


def _part(path: Path, stack: ExitStack) -> Part:
    pages = stack.enter_context(pages_of(path))
    return Part(path, pages, read(path, pages))


def _left_out(parts: list[Part], apart: set[Path], proof: Proof, target: Path) -> Iterator[str]:
    """Which files beside hold events that the new database does not have."""
    for part in parts:
        if number := left_out(part, proof, is_apart=part.path in apart):
            events = f"{number:,} event{'' if number == 1 else 's'}"
            yield (
                f"{part.path}: was rescued of another database, or of another state of this one, and has {events} "
                f"that {target} does not; `annotator salvage {part.path} --out ANOTHER` saves them"
            )


def _unread(found: Found, pages: Pages) -> Iterator[str]:
    """What is missing of the file as such, so that nobody can tell all that was in it."""
    if pages.lacking:
        yield f"{pages.lacking:,} pages are not there, because the file was cut off: more may be lost than is named"
    for table in ("events", "subjects"):
        if table not in found.whole and not found.rows[table]:
            yield f"none of the {table} can be read: how many there were is not known"


def _build(store: Store, source: Path, found: Found, proof: Proof) -> tuple[list[str], set[int]]:
    """Fill a new database and compute the rest; returns what is lost beside events, and the events that do not fit."""
    with store.writing() as transaction:
        filling = _Filling(transaction, source, found, proof)
        lost = list(filling.all())
    store.rebuild()
    with store.writing() as transaction:
        transaction.execute(RUNS)
        if gone := erasing.erased_elsewhere(transaction):
            erasing.take_away(transaction, store.projection, gone)
    return lost, filling.refused


def _told_of(unproved: Sequence[Unproved], kept: Path) -> dict[str, list[verifying.Told]]:
    """By feed: of what is kept beside the new database nobody shall read that it is not in the damaged one."""
    words = f"can be read, and cannot be put in: {kept} says why, and what is in it"
    told: dict[str, list[verifying.Told]] = {}
    for each in unproved:
        told.setdefault(each.feed, []).append(verifying.Told(each.feed, each.number, each.number, words))
    return told


def _as_new_replica(
    path: Path, found: Found, lost: list[str], kept: Mapping[str, Sequence[verifying.Told]]
) -> Salvaged:
    """Let the new file be a replica of the same project, another than the damaged one; count what it holds.

    A store that has the file open would take it for one that was copied over it.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        add_functions(connection)
        transaction = Transaction(connection)
        if found.rows["projects"]:
            transaction.execute("DELETE FROM projects")
            put(transaction, "projects", (rows[0] for rows in found.rows["projects"].values()))
        put(transaction, "replicas", (rows[0] for rows in found.rows["replicas"].values()))
        replicas.begin_anew(transaction)
        found_out = (flaw for flaw in verifying.verify(transaction) if flaw.what in verifying.FLAWS)
        flaws = (part for flaw in found_out for part in verifying.as_told(flaw, flaw.what, kept.get(flaw.feed, ())))
        missing = [str(each) for each in verifying.stretches(flaws)]
        _, events = verifying.counts(transaction)
        (reports,) = transaction.execute("SELECT count(*) FROM reports").fetchone()
        (taxonomies,) = transaction.execute("SELECT count(*) FROM taxonomies").fetchone()
        (subjects,) = transaction.execute("SELECT count(*) FROM subjects").fetchone()
        texts = reports - without_text(transaction)
    return Salvaged(events, texts, taxonomies, subjects, 0, "", [*missing, *lost], [])


def put(transaction: Transaction, table: str, rows: Iterable[Row]) -> None:
    """Put rows in; one that the database refuses is none that it wrote, and counts as not read."""
    columns = TABLES[table].columns
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for row in rows:
        put_one(transaction, sql, row)


def put_one(transaction: Transaction, sql: str, row: Row) -> bool:
    """Run a statement with a row, unless it does not fit; returns whether it did."""
    with suppress(sqlite3.IntegrityError, sqlite3.DataError, OverflowError):
        transaction.execute(sql, row)
        return True
    return False


class _Filling:
    """The tables of a new database being filled, all rows under the numbers that they had but those of subjects."""

    def __init__(self, transaction: Transaction, source: Path, found: Found, proof: Proof) -> None:
        self.transaction = transaction
        self.source = source
        self.rows = found.rows
        self.proof = proof
        self.subjects = self._numbered()
        """The numbers of subjects by those that they had: there are none without one."""
        self.without_text: list[str] = []
        """Keys of reports whose text is lost."""
        self.refused: set[int] = set()
        """The rows of events that were written and do not fit."""

    def all(self) -> Iterator[str]:
        """Put everything in, in an order in which what is spoken of is there first; yields what is lost."""
        self._people()
        yield from self._subjects()
        yield from self._versions()
        self._links()
        yield from self._taxonomies()
        self._feeds()
        self._heads()
        yield from self._unknown()
        self._put("import_issues", (rows[0] for rows in self.rows["import_issues"].values()))
        lacking.note_texts(self.transaction, self.source.name, self.without_text)

    def _put(self, table: str, rows: Iterable[Row]) -> None:
        put(self.transaction, table, rows)

    def _people(self) -> None:
        told = {number: rows[0] for number, rows in self.rows["people"].items() if number > len(RESULTS)}
        founders = {feed.founder.person: feed.founder for feed in self.proof.feeds}
        for number, uid in self.proof.names.people.items():
            if number not in told and uid in founders and number > len(RESULTS):
                founder = founders[uid]
                told[number] = (number, uid, founder.name, founder.name, founder.kind, number, None)
        self._put("people", ((number, *row[1:3], *row[3:5], number, None) for number, row in sorted(told.items())))

    # Subjects

    def _numbered(self) -> dict[int, int]:
        spoken_of = self.proof.names.subjects.values()
        own = (number for kind in ("incidents", "reports") for number in self.rows[kind])
        numbers = {number for number in (*self.rows["subjects"], *spoken_of, *own) if number > 0}
        return {number: place for place, number in enumerate(sorted(numbers), 1)}

    def _subjects(self) -> Iterator[str]:
        keys = {self.proof.names.subjects[row]: key for row, (key, _) in self.proof.names.versions.items()}
        for number, place in self.subjects.items():
            known = self.rows["subjects"].get(number)
            kind = known[0][2] if known else self._kind(number, keys.get(number, ""))
            key = known[0][1] if known else keys.get(number) or f"salvaged:{'r' if kind == 'report' else ''}{number}"
            row = known[0] if known else (number, key, kind, "", "", 0, None)
            self._put("subjects", [(place, *row[1:])])
            own, is_lost = self._own(number, kind)
            self._put(f"{kind}s", [(place, *own[1:])])
            if is_lost:
                self.without_text += [key] if kind == "report" else []
                yield LEFT_OUT.format(key=key) if kind == "report" else f"what {key} says cannot be read"
            elif not known:
                yield f"title and date of {key} cannot be read; import its source again"
        if unread := max(self.subjects, default=0) - len(self.subjects):
            yield f"{unread:,} of the subjects cannot be read, and nobody worked on them; import their source again"

    def _kind(self, number: int, key: str) -> str:
        if number in self.rows["reports"]:
            return "report"
        return "incident" if number in self.rows["incidents"] or key.rpartition(":")[2].isdecimal() else "report"

    def _own(self, number: int, kind: str) -> tuple[Row, bool]:
        """What a subject says beside its title, and whether that is lost; a text is what its digest says, or none."""
        found = self.rows[f"{kind}s"].get(number, [])
        if kind == "incident":
            return (found[0], False) if found else ((number, "", "{}", 0), True)
        whole = next((row for row in found if text_digest(row[1]) == row[2]), None)
        if whole is not None:
            return whole, False
        if found:  # by its digest, the text is known again
            return (number, "", *found[0][2:]), bool(found[0][1])
        lists = {"authors": "[]", "submitters": "[]", "tags": "[]", "extra": "{}", "standing": "report", "partial": 0}
        unknown = token_hex(32)  # a digest that no text has: whichever comes from a source or a copy is it
        return (number, "", unknown, *(lists.get(name, "") for name in REPORT_COLUMNS[2:])), True

    def _versions(self) -> Iterator[str]:
        spoken_of = {row[4] for feed in self.proof.feeds for row in feed.events}
        for number, (key, seen) in self.proof.names.versions.items():
            rows = self.rows["subject_versions"].get(number)
            if rows is None and number not in spoken_of:
                continue
            subject = self.proof.names.subjects[number]
            kind = self._kind(subject, key)
            kept = rows[0] if rows else (number, key, seen, subject, None, None)
            content = kept[5] if kept[5] and is_version(kind, seen, kept[5]) else None
            if content is None and (kept[4] or kept[5]):
                yield f"an earlier text of {key} (version {seen[:8]}) cannot be read; merge a copy of the database"
            self._put("subject_versions", [(number, key, seen, self.subjects.get(subject), kept[4], content)])

    def _links(self) -> None:
        self._put("entities", (rows[0] for rows in self.rows["entities"].values()))
        for table in ("incident_reports", "incident_entities"):
            rows = (rows[0] for rows in self.rows[table].values())
            self._put(table, ((self.subjects.get(row[0]), *row[1:]) for row in rows))

    def _taxonomies(self) -> Iterator[str]:
        rows = (rows[0] for rows in self.rows["taxonomies"].values())
        self._put("taxonomies", (row for row in rows if not taxonomy_problem(*row)))
        under = {(row[5], row[8]) for feed in self.proof.feeds for row in feed.events if row[5] and row[8]}
        held = set(self.transaction.execute("SELECT namespace, version FROM taxonomies"))
        for namespace, version in sorted(under - held):
            yield (
                f"the taxonomy {namespace} version {version} cannot be read; put its YAML file into the folder "
                "taxonomies beside the database, and run `annotator doctor --rebuild`"
            )

    # The log

    def _feeds(self) -> None:
        """Put the events in with the gaps that there are, which triggers would refuse."""
        people = dict(self.transaction.execute("SELECT uid, id FROM people").fetchall())
        with changes.without_triggers(self.transaction):
            for feed in self.proof.feeds:
                self._feed(feed, people)

    def _feed(self, feed: Feed, people: dict[str, int]) -> None:
        last = feed.events[-1] if feed.events else None
        number, counter, said = (last[0] % NUMBERS, last[1], last[-1]) if last else (0, 0, feed.founder.hash)
        person = people.get(feed.founder.person)
        row = (feed.id, feed.uid, person, feed.founder.text, feed.founder.replica, number, counter, said)
        self._put("feeds", [row])
        for event in feed.events:
            if not put_one(self.transaction, INSERT, event):
                self.refused.add(event[0])
        if feed.told > number:
            verifying.keep_heads(self.transaction, {feed.uid: (feed.told, feed.told_hash.hex())}, self.source.name)

    def _heads(self) -> None:
        """Keep what was told of feeds, so that what is missing is known; what an event contradicts was altered."""
        held = {(feed.uid, row[0] % NUMBERS): row[-1] for feed in self.proof.feeds for row in feed.events}
        last = {feed.uid: feed.events[-1][0] % NUMBERS for feed in self.proof.feeds if feed.events}
        for ((feed, number, said, told_by),) in self.rows["heads"].values():
            if held.get((feed, number), None if number <= last.get(feed, 0) else said) == said:
                self._put("heads", [(feed, number, said, told_by)])
        for _, uid, *_ in (rows[0] for rows in self.rows["replicas"].values()):
            told = replicas.remembered_of(uid, self.source)
            ahead = {feed: head for feed, head in told.items() if head[0] > last.get(feed, 0)}
            verifying.keep_heads(self.transaction, ahead, self.source.name)

    def _unknown(self) -> Iterator[str]:
        for number, events in self.proof.lost.items():
            if events:
                yield f"feed number {number}: {events:,} of its events can be read, and nobody knows whose they are"
