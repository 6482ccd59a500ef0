"""What one replica offers another: feeds of events, with the people, subjects and taxonomies they speak of."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import takewhile
from typing import Any, NamedTuple

from annotator.model.chain import Content, Founder, branch_of, read_founder
from annotator.store.connection import Transaction
from annotator.store.importing.staging import COLUMNS, TEXT
from annotator.store.log import changes
from annotator.store.log.subject_versions import LEFT_OUT, SEEN
from annotator.store.log.verifying import Names, content_of, missing_ends
from annotator.store.readable import to_json

Keeps = Callable[[Content], bool]
"""Whether the content of an event goes with it; otherwise only that it is there can be proved."""


class Wire(NamedTuple):
    """One event on its way; content and salt are missing where they were withheld or erased."""

    number: int
    counter: int
    content: Content | None
    salt: bytes | None
    content_hash: bytes


class FeedOffer(NamedTuple):
    """Some of the events of a feed, in their order and without gaps."""

    uid: str
    """That of the founder, or of a branch."""
    founder: Founder
    first: int
    """The number of the first that is offered."""
    before: bytes
    """The hash of the event before it, or of the founder."""
    events: Iterable[Wire]


class SubjectOffer(NamedTuple):
    """A subject as the other replica shows it."""

    key: str
    kind: str
    seen: str
    """Which version it shows."""
    run: str
    """The import that brought it: counter and event, so that they sort by time; empty where nobody knows."""
    row: tuple[Any, ...]
    """Title and date, then the columns of its kind, with a report's digest but no text where that was left out; empty
    where only the subject is named."""
    reports: tuple[tuple[str, int], ...]
    """Of an incident: keys of its reports, and whether the incident lists them itself."""
    entities: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str, str, str], ...]
    """Under which keys which versions of it were seen, by which run, and what those say that show no longer."""


@dataclass(frozen=True)
class Offer:
    """All that another replica offers at one time."""

    name: str
    """The file, for messages."""
    projects: frozenset[str]
    people: tuple[tuple[str, str, str], ...]
    """Uid, name and kind."""
    heads: Mapping[str, tuple[int, str]]
    """How far the feeds that are offered have come: number and hash."""
    taxonomies: tuple[tuple[str, int, str, str], ...]
    """Namespace, version, digest and document."""
    subjects: Iterable[SubjectOffer]
    feeds: Iterable[FeedOffer]
    by: str = ""
    """The uid of whoever made it, when it may hold nothing but their own; empty for a whole one."""
    by_name: str = ""
    missing: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """The newest head that is known of feeds whose end, or all of which, is not there: number and hash."""


def everything(_content: Content) -> bool:
    """Let the content of every event go with it."""
    return True


@dataclass(frozen=True)
class Wanted:
    """What is to be offered."""

    feeds: tuple[int, ...] | None = None
    """Rows of feeds; None: all."""
    ending: frozenset[int] = frozenset()
    """Of these feeds, those that end with the last event whose content goes with them."""
    since: Mapping[str, int] = field(default_factory=dict)
    """By feed: the number up to which the other side has it."""
    known: frozenset[str] = frozenset()
    """Subjects, as `words_of` names them, that the other side has."""
    keeps: Keeps = everything
    with_texts: bool = True
    tells_of_work: bool = True
    """Whether it may be told which subjects anybody worked on."""
    is_whole: bool = True
    by: str = ""
    by_name: str = ""


FEEDS = """SELECT feeds.id, uid, founder, number, lower(hex(hash)) FROM feeds
           WHERE number > 0 AND (:all OR id IN (SELECT value FROM json_each(:feeds))) ORDER BY uid"""
EVENTS = """SELECT id & 4294967295, counter, at, kind, subject, taxonomy, whose, round, version, replaces, payload,
              salt, content_hash FROM events WHERE id > (? << 32) + ? AND id < (? + 1) << 32 ORDER BY id"""
ERASED = """SELECT id & 4294967295 FROM events WHERE id > ? << 32 AND id <= (? << 32) + ? AND salt IS NULL
            ORDER BY id"""
REPORTS = "SELECT report_key, listed FROM incident_reports WHERE incident_id = ? ORDER BY position"
ENTITIES = """SELECT name, role FROM incident_entities JOIN entities ON id = entity_id
              WHERE incident_id = ? ORDER BY role, name"""


def offer_of(transaction: Transaction, name: str, wanted: Wanted) -> Offer:
    """What a database offers; it is read while the offer is used, so call and use it inside one `reading`."""
    names = Names.of(transaction)
    given = {"all": wanted.feeds is None, "feeds": json.dumps(wanted.feeds or ())}
    rows = list(_shortened(transaction, transaction.execute(FEEDS, given).fetchall(), names, wanted))
    founders = {feed: (uid, _founder(text)) for feed, uid, text, _, _ in rows}
    heads = {uid: (number, found) for _, uid, _, number, found in rows}
    return Offer(
        name,
        frozenset(uid for (uid,) in transaction.execute("SELECT uid FROM projects")),
        tuple(_people(transaction, (founder for _, founder in founders.values()), wanted)),
        heads,
        tuple(transaction.execute("SELECT namespace, version, sha256, document FROM taxonomies ORDER BY 1, 2")),
        subjects_offered(transaction, subjects_named(transaction, wanted), wanted),
        (_feed(transaction, feed, *founders[feed], number, names, wanted) for feed, _, _, number, _ in rows),
        "" if wanted.is_whole else wanted.by,
        wanted.by_name,
        _missing(transaction, {founders[row[0]][0] for row in rows if row[0] not in wanted.ending}, wanted),
    )


def contents_digest(transaction: Transaction, wanted: Wanted) -> str:
    """What stands for all that an offer holds and that neither heads nor names of subjects tell, such as an erasure.

    Two offers of the same heads and subjects with the same digest hold the same.
    """
    offer = offer_of(transaction, "", wanted)
    names = Names.of(transaction)
    said = sha256()
    taxonomies = [each[:3] for each in offer.taxonomies]
    for part in (sorted(offer.projects), offer.people, taxonomies, offer.by, offer.missing):
        said.update(f"{to_json(part)}\n".encode())
    given = {"all": wanted.feeds is None, "feeds": json.dumps(wanted.feeds or ())}
    for feed, uid, *_ in transaction.execute(FEEDS, given).fetchall():
        if uid in offer.heads:
            last, _ = offer.heads[uid]
            for number in _without_content(transaction, feed, last, names, wanted):
                said.update(f"{uid}:{number}\n".encode())
    return said.hexdigest()


def _without_content(transaction: Transaction, feed: int, last: int, names: Names, wanted: Wanted) -> Iterator[int]:
    """The numbers of the events of a feed that go without their content."""
    if wanted.keeps is everything:
        yield from (number for (number,) in transaction.execute(ERASED, (feed, feed, last)))
        return
    for wire in _events(transaction, feed, 0, names, wanted.keeps):
        if wire.content is None and wire.number <= last:
            yield wire.number


def _missing(transaction: Transaction, feeds: Collection[str], wanted: Wanted) -> dict[str, tuple[int, str]]:
    """What is known to be missing of what is offered; where all is offered, whole feeds too."""
    found = missing_ends(transaction)
    sql = "SELECT number, lower(hex(hash)) FROM feeds WHERE uid = ?"
    for uid in changes.gaps(transaction):
        found.setdefault(uid, transaction.execute(sql, (uid,)).fetchone())
    return {uid: head for uid, head in found.items() if wanted.feeds is None or uid in feeds}


def _shortened(
    transaction: Transaction, rows: Iterable[tuple[Any, ...]], names: Names, wanted: Wanted
) -> Iterator[tuple[Any, ...]]:
    """The feeds that are offered, each up to where it ends; those of which nothing is left are left out."""
    lacking = changes.gaps(transaction)
    for feed, uid, text, number, found in rows:
        if feed not in wanted.ending and uid not in lacking:
            yield feed, uid, text, number, found
            continue
        last = lacking.get(uid, number + 1) - 1  # what stands behind a gap nobody can prove who lacks it too
        if feed in wanted.ending:
            events = (row for row in transaction.execute(EVENTS, (feed, 0, feed)) if row[11] is not None)
            kept = [row[0] for row in events if wanted.keeps(content_of(row, names))]
            last = max((each for each in kept if each <= last), default=0)
        head = changes.hash_of(transaction, uid, last)
        if head is not None:
            yield feed, uid, text, last, head.hex()


def _founder(text: str) -> Founder:
    found = read_founder(text)
    if found is None:
        raise ValueError(f"{text!r} founds no feed")
    return found


def _people(transaction: Transaction, founders: Iterable[Founder], wanted: Wanted) -> Iterator[tuple[str, str, str]]:
    """Everybody but the results, or those who wrote what is offered alone."""
    own = {founder.person for founder in founders}
    for uid, name, kind in transaction.execute("SELECT uid, added_as, kind FROM people WHERE id > 3 ORDER BY uid"):
        if wanted.is_whole or uid in own:
            yield uid, name, kind


def _feed(
    transaction: Transaction, feed: int, uid: str, founder: Founder, last: int, names: Names, wanted: Wanted
) -> FeedOffer:
    """Its events behind those the other side has, up to the last; of a branch, those behind the last it shares."""
    since = wanted.since.get(uid, 0)
    before = changes.hash_of(transaction, uid, since)
    if before is None:
        branch = branch_of(uid)
        since = branch.forked_at
        before = changes.hash_of(transaction, *branch) or founder.hash
    events = _events(transaction, feed, since, names, wanted.keeps)
    return FeedOffer(uid, founder, since + 1, before, takewhile(lambda wire: wire.number <= last, events))


def _events(transaction: Transaction, feed: int, since: int, names: Names, keeps: Keeps) -> Iterator[Wire]:
    for row in transaction.execute(EVENTS, (feed, since, feed)):
        content = None if row[11] is None else content_of(row, names)
        if content is not None and not keeps(content):
            content = None
        yield Wire(row[0], row[1], content, None if content is None else row[11], row[12])


def words_of(key: str, seen: str, run: str, *, without_text: bool = False) -> str:
    """A subject as it is now, as bundles name those that the other side has."""
    return f"{key} {seen} {run}".rstrip() + (" -" if without_text else "")


class Named(NamedTuple):
    """A subject by key, with the version that shows."""

    id: int
    key: str
    kind: str
    seen: str
    run: str
    is_without_text: bool
    """Whether it is a report whose text is not here."""

    @property
    def words(self) -> str:
        """What differs once anything of it does: whatever changes a subject is an import run, or its text comes."""
        return words_of(self.key, self.seen, self.run, without_text=self.is_without_text)


def subjects_named(transaction: Transaction, wanted: Wanted) -> Iterator[Named]:
    """The subjects that are offered, by name alone."""
    sql = f"""SELECT subjects.id, subjects.key, kind, {SEEN}, ifnull(subjects.run, ''), ifnull({LEFT_OUT}, 0)
              FROM subjects
              LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id
              ORDER BY subjects.id"""
    spoken_of = None if wanted.is_whole else _spoken_of(transaction, wanted.feeds or ())
    for row in transaction.execute(sql):
        named = Named._make(row)
        if not _is_known(named, wanted) and (spoken_of is None or named.id in spoken_of):
            yield named


def _is_known(named: Named, wanted: Wanted) -> bool:
    """Whether the other side has as much of a subject as it would get."""
    less = named.kind == "report" and not wanted.with_texts
    return named.words in wanted.known or (
        less and words_of(named.key, named.seen, named.run, without_text=True) in wanted.known
    )


def subjects_offered(transaction: Transaction, named: Iterable[Named], wanted: Wanted) -> Iterator[SubjectOffer]:
    """Subjects that were named, with what they say."""
    versions: dict[int, list[tuple[str, str, str, str]]] = {}
    said = "ifnull(content, '')" if wanted.with_texts else "''"
    known = f"SELECT subject_id, key, seen, ifnull(run, ''), {said} FROM subject_versions ORDER BY 1, 2, 3"
    for subject, key, seen, run, content in transaction.execute(known):
        if content or wanted.tells_of_work:
            versions.setdefault(subject, []).append((key, seen, run, content))
    for subject, key, kind, seen, run, _ in named:
        yield SubjectOffer(
            key, kind, seen, run, _row(transaction, kind, subject, with_text=wanted.with_texts),
            tuple(transaction.execute(REPORTS, (subject,))), tuple(transaction.execute(ENTITIES, (subject,))),
            tuple(versions.get(subject, ())),
        )  # fmt: skip


def _spoken_of(transaction: Transaction, feeds: Iterable[int]) -> set[int]:
    """The subjects that events of some feeds are about."""
    sql = """SELECT DISTINCT subject_id FROM events JOIN subject_versions ON subject_versions.id = events.subject
             WHERE events.id > ? << 32 AND events.id < (? + 1) << 32"""
    return {subject for feed in feeds for (subject,) in transaction.execute(sql, (feed, feed))}


def _row(transaction: Transaction, kind: str, subject: int, *, with_text: bool) -> tuple[Any, ...]:
    """What a subject says; without its text, a report keeps the digest of it, by which the text is known later."""
    columns = ", ".join(f"own.{name}" for name in COLUMNS[kind])
    sql = f"SELECT title, date, {columns} FROM subjects JOIN {kind}s AS own USING (id) WHERE id = ?"
    row = tuple(transaction.execute(sql, (subject,)).fetchone())
    return row if with_text or kind != "report" else (*row[:TEXT], "", *row[TEXT + 1 :])
