"""Prove that every feed is complete up to its newest known head, unaltered and in order.

Tables are read in their own order: what an index lacks would be passed over, and the rest called complete. What
cannot be proved: against somebody who holds the file and every head that was ever told, a whole feed can be written
anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

from annotator.model.chain import FORKED, Content, branch_of, content_hash, event_hash, read_founder
from annotator.store.connection import Transaction
from annotator.store.log import changes, replicas

What = Literal["missing", "changed", "forked", "withheld", "erased", "given up"]
FLAWS: frozenset[What] = frozenset({"missing", "changed"})
"""What speaks against a feed; the rest is only told."""


NOT_HERE = "is not in the file"
KNOWN_AND_NOT_HERE = "is known to have been written, and is not in the file"
NOTHING_OF_IT = "neither it nor any that came behind it is in the file"
CHANGED = "its content is not what was written"
EMPTIED = "its content is gone, though it was written here and not erased"
GONE_OR_WITHHELD = (
    "the content is neither here nor erased: it is gone, or was withheld by a bundle that this file, once a copy, took "
    "in with an earlier version. A merge of a copy that has it puts it back; where it was withheld nothing is lost, "
    "and `annotator --db NEW merge` of this file makes one of which that is known"
)
"""Of one event or several."""
WITHHELD = "withheld from what brought it, or taken away since; that it was there can still be proved"
SEVERAL = {
    NOT_HERE: "are not in the file",
    KNOWN_AND_NOT_HERE: "are known to have been written, and are not in the file",
    CHANGED: "their content is not what was written",
    EMPTIED: "their content is gone, though they were written here and not erased",
    "does not come after the one before it": "do not come after the ones before them",
    "it does not follow on the one before it": "they do not follow on the ones before them",
    "is not in the bundle": "are not in the bundle",
    "is told and not in the bundle": "are told and not in the bundle",
    "is known to have been written, and is not in it": "are known to have been written, and are not in it",
}
"""What is said of one event, as it is said of several."""


class Flaw(NamedTuple):
    """Something about a stretch of one feed."""

    what: What
    feed: str
    person: str
    first: int
    last: int
    words: str

    def __str__(self) -> str:
        """Name the feed and the numbers."""
        numbers = f"event {self.first:,}" if self.first == self.last else f"events {self.first:,} to {self.last:,}"
        return f"feed {self.feed} of {self.person or 'nobody named'}, {numbers}: {self.told}"

    @property
    def told(self) -> str:
        """What is said of it, of one event or several."""
        return self.words if self.first == self.last else SEVERAL.get(self.words, self.words)


class _Feed(NamedTuple):
    id: int
    uid: str
    person: str
    person_uid: str
    founder: str
    replica: str
    number: int
    counter: int
    hash: bytes


VERSIONS = "SELECT id, key, seen FROM subject_versions NOT INDEXED"


class Names(NamedTuple):
    """What rows of events refer to."""

    people: Mapping[int, str]
    versions: Mapping[int, tuple[str, str]]

    @classmethod
    def of(cls, transaction: Transaction) -> Names:
        """Those of a file."""
        return cls(
            dict(transaction.execute("SELECT id, uid FROM people NOT INDEXED").fetchall()),
            {row[0]: (row[1], row[2]) for row in transaction.execute(VERSIONS)},
        )


WHOLE = """SELECT id & 4294967295, counter, at, kind, subject, taxonomy, whose, round, version, replaces, payload, feed
           FROM events WHERE salt IS NOT NULL ORDER BY id"""
"""Every event whose content is here, its feed's row last."""
EVENTS = """SELECT id & 4294967295, counter, at, kind, subject, taxonomy, whose, round, version, replaces, payload,
              salt, content_hash, hash FROM events WHERE id BETWEEN ? << 32 AND ((? + 1) << 32) - 1 ORDER BY id"""


ERASED = "SELECT json_extract(payload, '$.event') FROM events NOT INDEXED WHERE kind = 'erased' AND subject IS NULL"
REPLICAS = "SELECT uid FROM replicas NOT INDEXED ORDER BY id"
FEEDS_GONE = """SELECT before + 1, id - 1 FROM
                  (SELECT id, lag(id, 1, 0) OVER (ORDER BY id) AS before FROM feeds NOT INDEXED WHERE id > 0)
                WHERE id - 1 > before AND NOT EXISTS (SELECT 1 FROM events WHERE events.feed = before + 1)"""
"""Feeds are numbered without gaps, and none is ever taken away: the first and last number of each gap."""


def first_altered(transaction: Transaction, feeds: Iterable[str]) -> dict[str, int]:
    """Of some feeds, where there is any: the number of the first event whose content is not what was written."""
    names = Names.of(transaction)
    sql = "SELECT uid, id FROM feeds WHERE uid IN (SELECT value FROM json_each(?))"
    found: dict[str, int] = {}
    for uid, feed in transaction.execute(sql, (json.dumps(list(feeds)),)).fetchall():
        for row in transaction.execute(EVENTS, (feed, feed)):
            if row[11] is not None and content_hash(row[11], content_of(row, names)) != row[12]:
                found[uid] = row[0]
                break
    return found


def verify(transaction: Transaction) -> Iterator[Flaw]:
    """Go through every feed of a file; what is told of withheld and erased events comes with it."""
    names = Names.of(transaction)
    erased = {event for (event,) in transaction.execute(ERASED)}
    own = [uid for (uid,) in transaction.execute(REPLICAS)]
    told = dict(transaction.execute("SELECT feed, max(number) FROM heads GROUP BY 1").fetchall())
    given = dict(transaction.execute("SELECT feed, min(number) FROM heads WHERE told_by = ? GROUP BY 1", (GIVEN,)))
    known, given_up = known_heads(transaction), _given_up(transaction)
    sql = """SELECT feeds.id, feeds.uid, people.name, people.uid, founder, replica, number, counter,
               hash FROM feeds NOT INDEXED JOIN people NOT INDEXED ON people.id = person ORDER BY feeds.uid"""
    held = set()
    for row in transaction.execute(sql).fetchall():
        feed = _Feed._make(row)
        held.add(feed.uid)
        written = given.get(feed.uid, feed.number + 1) if feed.replica in own else 0
        # Earlier versions kept no note of what a copy was given: of a replica that the file was before, a bundle told.
        doubted = told.get(feed.uid, 0) if feed.replica in own[:-1] and feed.uid not in given else 0
        without = partial(_without_content, feed, erased, written, doubted)
        for flaw in _of_feed(transaction, feed, names, known.get(feed.uid, {}), without):
            yield from as_told(flaw, "given up", given_up.get(feed.uid, ()))
    stray = """SELECT feed, min(number), max(number) FROM events NOT INDEXED
               WHERE feed NOT IN (SELECT id FROM feeds NOT INDEXED) GROUP BY feed"""
    for number, first, last in transaction.execute(stray):
        yield Flaw("changed", f"number {number}", "", first, last, "nobody knows whose feed it is")
    for first, last in transaction.execute(FEEDS_GONE):
        which = f"number {first}" if first == last else f"numbers {first} to {last}"
        yield Flaw("missing", which, "", 1, 1, NOTHING_OF_IT)
    for uid in sorted(known.keys() - held):
        last = max(known[uid])
        missing = Flaw("missing", uid, "", 1, last, "the feed was known here, and nothing of it is there")
        yield from as_told(missing, "given up", given_up.get(uid, ()))


class Told(NamedTuple):
    """What is said otherwise of events that are missing, as that somebody gave them up."""

    feed: str
    first: int
    last: int
    words: str


def _given_up(transaction: Transaction) -> dict[str, list[Told]]:
    """By feed: what was given up of it, who did so and when."""
    sql = """SELECT payload ->> 'feed', payload ->> 'first', payload ->> 'last', payload ->> 'reason', at, author.name
             FROM events NOT INDEXED JOIN feeds NOT INDEXED ON feeds.id = events.feed
             JOIN people AS writer NOT INDEXED ON writer.id = feeds.person
             JOIN people AS author NOT INDEXED ON author.id = writer.stands_for WHERE events.kind = 'given_up'
               AND events.id NOT IN (SELECT event FROM waiting)
             ORDER BY events.counter"""
    found: dict[str, list[Told]] = {}
    for feed, first, last, reason, at, by in transaction.execute(sql):
        words = f"given up by {by or 'nobody named'} on {at[:10]}: {reason}"
        found.setdefault(feed, []).append(Told(feed, first, last, words))
    return found


def as_told(flaw: Flaw, what: What, told: Iterable[Told]) -> Iterator[Flaw]:
    """What is missing, in parts: that of which something else is told is said to be `what`, in those words."""
    if flaw.what != "missing":
        yield flaw
        return
    first = flaw.first
    for each in sorted(told):
        if each.first <= first <= each.last:
            last = min(each.last, flaw.last)
            yield flaw._replace(what=what, first=first, last=last, words=each.words)
            first = last + 1
    if first <= flaw.last:
        yield flaw._replace(first=first)


def stretches(flaws: Iterable[Flaw]) -> Iterator[Flaw]:
    """Findings that say the same of one event after another as one."""
    last: Flaw | None = None
    for flaw in flaws:
        if last and last[:3] == flaw[:3] and last.words == flaw.words and flaw.first == last.last + 1:
            last = last._replace(last=flaw.last)
            continue
        if last:
            yield last
        last = flaw
    if last:
        yield last


def problems(transaction: Transaction) -> Iterator[str]:
    """What speaks against the feeds of a file, in words."""
    yield from (str(flaw) for flaw in verify(transaction) if flaw.what in FLAWS)


def keep_heads(transaction: Transaction, heads: Mapping[str, tuple[int, str]], told_by: str) -> None:
    """Keep how far feeds had come when somebody told it, number and hash by uid; call inside a write transaction."""
    rows = [(feed, number, bytes.fromhex(found), told_by) for feed, (number, found) in heads.items()]
    transaction.executemany("INSERT OR IGNORE INTO heads VALUES (?, ?, ?, ?)", rows)


GIVEN = "given from here on"
"""What stands in the table of heads as who told of an event: this file is a copy of another, which went on, and was
given that event and all behind it."""


def keep_given(transaction: Transaction, feed: str, number: int, found: bytes) -> None:
    """Keep from which event on a feed of a replica that the file was before was written elsewhere."""
    sql = "INSERT INTO heads VALUES (?, ?, ?, ?) ON CONFLICT (feed, number) DO UPDATE SET told_by = excluded.told_by"
    transaction.execute(sql, (feed, number, found, GIVEN))


def counts(transaction: Transaction) -> tuple[int, int]:
    """How many feeds have events, and how many events there are."""
    sql = """SELECT (SELECT count(*) FROM feeds NOT INDEXED WHERE number > 0),
               (SELECT count(*) FROM events NOT INDEXED)"""
    found: tuple[int, int] = transaction.execute(sql).fetchone()
    return found


def known_heads(transaction: Transaction) -> dict[str, dict[int, str]]:
    """Heads of feeds that were told, by bundles and by this person's state folder: hashes by number, by feed."""
    found: dict[str, dict[int, str]] = {}
    for uid, number, said in transaction.execute("SELECT feed, number, lower(hex(hash)) FROM heads"):
        found.setdefault(uid, {})[number] = said
    for (replica,) in transaction.execute(REPLICAS).fetchall():
        for uid, (number, said) in replicas.remembered_of(replica, transaction.path).items():
            found.setdefault(uid, {})[number] = said
    return found


def missing_ends(transaction: Transaction) -> dict[str, tuple[int, str]]:
    """Of feeds whose end, or all of which, is missing and not given up: the newest known head, number and hash."""
    sql = """SELECT uid, (SELECT max(events.id) & 4294967295 FROM events
               WHERE events.id > feeds.id << 32 AND events.id < (feeds.id + 1) << 32) FROM feeds"""
    last_here = {uid: last or branch_of(uid).forked_at for uid, last in transaction.execute(sql)}
    given_up = _given_up(transaction)
    found: dict[str, tuple[int, str]] = {}
    for uid, known in sorted(known_heads(transaction).items()):
        last = last_here.get(uid, 0)
        newer = [each for each in known if each > last and not _is_in_branch(transaction, uid, known, each)]
        lost = Flaw("missing", uid, "", last + 1, max(newer, default=0), "")
        if newer and any(each.what == "missing" for each in as_told(lost, "given up", given_up.get(uid, ()))):
            found[uid] = lost.last, known[lost.last]
    return found


def _of_feed(
    transaction: Transaction,
    feed: _Feed,
    names: Names,
    known: Mapping[int, str],
    without_content: Callable[[int], tuple[What, int, int, str]],
) -> Iterator[Flaw]:
    """What there is to tell of one feed; of an event without its content, what is said of its number."""

    def flaw(what: What, first: int, last: int, words: str) -> Flaw:
        return Flaw(what, feed.uid, feed.person, first, last, words)

    founder, branch = read_founder(feed.founder), branch_of(feed.uid)
    if founder is None or (founder.feed, founder.replica, founder.person) != (
        branch.feed, feed.replica, feed.person_uid
    ):  # fmt: skip
        yield flaw("changed", 0, 0, "whose feed it is, and where it was written, does not read as it was founded")
        return
    before, number, counter = founder.hash, branch.forked_at, 0
    if FORKED in feed.uid:
        yield flaw("forked", number + 1, feed.number, "two copies went on as one replica; both branches stand")
        before = (changes.hash_of(transaction, *branch) if branch.forked_at else founder.hash) or b""
    for row in transaction.execute(EVENTS, (feed.id, feed.id)):
        is_behind_gap = row[0] != number + 1
        if is_behind_gap:
            yield flaw("missing", number + 1, row[0] - 1, NOT_HERE)
        if row[1] <= counter:
            yield flaw("changed", row[0], row[0], "does not come after the one before it")
        number, counter = row[:2]
        if row[11] is None:
            yield flaw(*without_content(number))
        elif content_hash(row[11], content_of(row, names)) != row[12]:
            yield flaw("changed", number, number, CHANGED)
        if not is_behind_gap and event_hash(branch.feed, number, counter, row[12], before) != row[13]:
            yield flaw("changed", number, number, "it does not follow on the one before it")
        before = row[13]
        if (
            number in known
            and known[number] != before.hex()
            and not _is_in_branch(transaction, feed.uid, known, number)
        ):
            yield flaw("changed", number, number, "another event of this number was told elsewhere")
    told = [each for each in known if each <= number or not _is_in_branch(transaction, feed.uid, known, each)]
    last = max((feed.number, *told))
    if last > number:
        yield flaw("missing", number + 1, last, KNOWN_AND_NOT_HERE)
    elif (feed.number, feed.hash) != (number, before) or (counter and feed.counter != counter):
        yield flaw("changed", number, number, "it is not the one the file knows as the last")


def _without_content(
    feed: _Feed, erased: set[str], given: int, doubted: int, number: int
) -> tuple[What, int, int, str]:
    """What an event without its content is: what was written in the file itself nobody withheld.

    That is all before the number `given`; up to `doubted` nobody can tell.
    """
    if f"{feed.uid}:{number}" in erased:
        return "erased", number, number, "erased; that it was there can still be proved"
    if number < given:
        return "changed", number, number, GONE_OR_WITHHELD if number <= doubted else EMPTIED
    return "withheld", number, number, WITHHELD


def _is_in_branch(transaction: Transaction, uid: str, known: Mapping[int, str], number: int) -> bool:
    """Whether a head that was told is one of a branch of the feed."""
    sql = """SELECT 1 FROM feeds NOT INDEXED JOIN events ON events.id = (feeds.id << 32) + ?
             WHERE feeds.uid >= ? AND feeds.uid < ? AND events.hash = ?"""
    given = (number, f"{uid}{FORKED}", f"{uid}{FORKED}{FORKED}", bytes.fromhex(known[number]))
    return transaction.execute(sql, given).fetchone() is not None


def content_of(row: Sequence[Any], names: Names) -> Content:
    """What an event says, from its row: number and counter, then the columns of its content."""
    _, _, at, kind, subject, taxonomy, whose, round_, version, replaces, payload, *_ = row
    key, seen = names.versions.get(subject, ("", ""))
    return Content(
        at, kind, key, seen, taxonomy or "", names.people.get(whose, ""), round_ or 0, version or 0, replaces, payload
    )
