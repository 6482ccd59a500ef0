"""Which of the events that were read are what was written: their own hashes say so, and those of their feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from annotator.model.chain import FORKED, NUMBERS, Content, Founder, branch_of, content_hash, event_hash, read_founder
from annotator.store.connection import version_digest
from annotator.store.salvaging.pages import Pages
from annotator.store.salvaging.rows import Found, Row

COUNTER, SUBJECT, WHOSE, SALT, CONTENT_HASH, HASH = 1, 4, 6, 11, 12, 13
"""Places in the row of an event."""
EMPTY = (None,) * 10
"""What an event without its content has from its time to its salt."""
HEX = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
"""How names of feeds, replicas and people stand in the bytes of a file."""
TRIES = 200_000
"""How many references are tried for one event whose own cannot be read."""


class Names(NamedTuple):
    """What rows of events refer to, as far as it can be read."""

    people: dict[int, str]
    versions: dict[int, tuple[str, str]]
    """By row: key and version of a subject; behind those that were read, whatever subjects show now."""
    subjects: dict[int, int]
    """The subject of each."""
    others: dict[int, list[tuple[str, str]]]
    """What else a version can be, where its row was altered."""


class Feed(NamedTuple):
    """A feed whose founder is known."""

    id: int
    uid: str
    founder: Founder
    told: int
    """How far it is known to have come."""
    told_hash: bytes
    events: list[Row]
    """What of it is what was written, in order; there may be gaps."""


class Proof(NamedTuple):
    """What was written, as far as it can be read."""

    names: Names
    feeds: list[Feed]
    lost: dict[int, int]
    """By the number of a feed that nobody knows whose it is: how many of its events can be read."""


def prove(found: Found, pages: Sequence[Pages]) -> Proof:
    """Go through every feed of which anything was read, in whichever of the files."""
    names = _names(found)
    by_feed: dict[int, dict[int, list[Row]]] = {}
    for number, rows in found.rows["events"].items():
        by_feed.setdefault(number // NUMBERS, {})[number % NUMBERS] = rows
    feeds: list[Feed] = []
    lost: dict[int, int] = {}
    finder = _Finder(found, pages)
    for number in sorted(by_feed.keys() | found.rows["feeds"].keys()):
        events = by_feed.get(number, {})
        known = finder.feed(number, events)
        if known is None:
            lost[number] = len(events)
            continue
        for person in (row for row in found.rows["feeds"].get(number, ()) if row[1] == known.uid):
            names.people.setdefault(person[2], known.founder.person)
        feeds.append(known)
    # Branches need the hash of an event of the feed that they are of.
    feeds.sort(key=lambda feed: FORKED in feed.uid)
    hashes: dict[tuple[str, int], bytes] = {}
    for feed in feeds:
        branch = branch_of(feed.uid)
        before = hashes.get(branch) if branch.forked_at else feed.founder.hash
        chain = _Chain(branch.feed, names)
        feed.events.extend(chain.proved(by_feed.get(feed.id, {}), before, branch.forked_at))
        hashes.update({(feed.uid, row[0] % NUMBERS): row[HASH] for row in feed.events})
    return Proof(names, feeds, lost)


def _names(found: Found) -> Names:
    kept = found.rows["subject_versions"]
    names = Names(
        {number: rows[0][1] for number, rows in found.rows["people"].items()},
        {number: (rows[0][1], rows[0][2]) for number, rows in kept.items()},
        {number: rows[0][3] for number, rows in kept.items()},
        {},
    )
    shown: dict[int, tuple[str, str]] = {}
    for subject, rows in found.rows["subjects"].items():
        for own in found.rows[f"{rows[0][2]}s"].get(subject, ()):
            seen = own[2][:32] if rows[0][2] == "report" else version_digest(rows[0][3], own[1])
            shown[subject] = (rows[0][1], seen)
    for number, rows in kept.items():
        now = [shown[rows[0][3]]] if rows[0][3] in shown else []
        names.others[number] = [*((row[1], row[2]) for row in rows[1:]), *now]
    known = set(names.versions.values())
    spoken_of = (row[SUBJECT] for rows in found.rows["events"].values() for row in rows if row[SUBJECT])
    last = max((*kept, *spoken_of), default=0)
    for number, (subject, version) in enumerate(shown.items(), last + 1):
        if version not in known:
            names.versions[number], names.subjects[number] = version, subject
    return names


class _Finder:
    """Finds out whose a feed is, from its row, or else from names that stand anywhere in the file."""

    def __init__(self, found: Found, pages: Sequence[Pages]) -> None:
        self.found = found
        self.pages = pages
        self._hexes: list[str] | None = None

    def feed(self, number: int, events: dict[int, list[Row]]) -> Feed | None:
        for row in self.found.rows["feeds"].get(number, ()):
            founder = read_founder(row[3])
            if founder and (founder.feed, founder.replica) == (branch_of(row[1]).feed, row[4]):
                return Feed(number, row[1], founder, row[5], row[7], [])
        uid = self._uid(events)
        founder = self._founder(uid, events) if uid else None
        return Feed(number, uid, founder, 0, b"", []) if founder else None

    def _uid(self, events: dict[int, list[Row]]) -> str:
        """The name under which an event follows on the one before it."""
        pairs = ((one, other) for number in events if number - 1 in events
                 for one, other in product(events[number - 1], events[number]))  # fmt: skip
        one, other = next(pairs, (None, None))
        if one is None or other is None:
            return ""
        number = other[0] % NUMBERS
        for uid in self.hexes:
            if event_hash(uid, number, other[COUNTER], other[CONTENT_HASH], one[HASH]) == other[HASH]:
                return uid
        return ""

    def _founder(self, uid: str, events: dict[int, list[Row]]) -> Founder | None:
        people = [(row[1], row[3], row[4]) for rows in self.found.rows["people"].values() for row in rows]
        replicas = [row[1] for rows in self.found.rows["replicas"].values() for row in rows] or self.hexes
        for row in events.get(1, ()):
            for replica, person in product(replicas, people):
                founder = Founder(uid, replica, *person)
                if event_hash(uid, 1, row[COUNTER], row[CONTENT_HASH], founder.hash) == row[HASH]:
                    return founder
        return None

    @property
    def hexes(self) -> list[str]:
        if self._hexes is None:
            found = (each for of in self.pages for said in (of.file, of.log) for each in HEX.findall(said))
            self._hexes = list(dict.fromkeys(each.decode() for each in found))
        return self._hexes


class _Chain:
    """One feed, gone through in order."""

    def __init__(self, uid: str, names: Names) -> None:
        self.uid = uid
        self.names = names

    def proved(self, events: dict[int, list[Row]], before: bytes | None, last: int) -> Iterator[Row]:
        """The events that are what was written, each as it was; `before` is the hash of the one before the first."""
        for number in sorted(each for each in events if each > last):
            if number != last + 1:
                before = None
            following = events.get(number + 1, [])
            found = next((row for row in self._readings(events[number], before, following)), None)
            if found is not None:
                before, last = found[HASH], number
                yield found

    def _readings(self, rows: list[Row], before: bytes | None, following: list[Row]) -> Iterator[Row]:
        """What an event can have been, the surest first."""
        whole = [row for each in rows if (row := self._whole(each))]
        for row in whole:
            if before is None or self._follows(row, before):
                yield row
        for row in rows:  # what it says cannot be read, and that it was there can be proved
            if before is not None and self._follows(row, before):
                yield (*row[:2], *EMPTY, *row[CONTENT_HASH:])
        for row in whole:  # its number in the order, or its own hash, was altered, which the next event knows
            if any(self._follows(after, row[HASH]) for after in following):
                yield row
            elif before is not None:
                own = event_hash(self.uid, row[0] % NUMBERS, row[COUNTER], row[CONTENT_HASH], before)
                yield (*row[:HASH], own)
        for row in rows:
            if any(self._follows(after, row[HASH]) for after in following):
                yield (*row[:2], *EMPTY, *row[CONTENT_HASH:])

    def _follows(self, row: Row, before: bytes) -> bool:
        return bool(event_hash(self.uid, row[0] % NUMBERS, row[COUNTER], row[CONTENT_HASH], before) == row[HASH])

    def _whole(self, row: Row) -> Row | None:
        """An event whose content is what its hash says, with what it is about put right where that was not read."""
        if row[SALT] is None:
            return None
        for subject, whose in self._references(row):
            if self._is_about(row, subject, whose):
                return (*row[:SUBJECT], subject, row[5], whose, *row[WHOSE + 1 :])
        for version in self.names.others.get(row[SUBJECT], ()):
            was = self.names.versions[row[SUBJECT]]
            self.names.versions[row[SUBJECT]] = version
            if self._is_about(row, row[SUBJECT], row[WHOSE]):
                return row
            self.names.versions[row[SUBJECT]] = was
        return None

    def _is_about(self, row: Row, subject: Any, whose: Any) -> bool:
        return is_written((*row[:SUBJECT], subject, row[5], whose, *row[WHOSE + 1 :]), self.names)

    def _references(self, row: Row) -> Iterable[tuple[int | None, int | None]]:
        """What an event may be about, by rows: what it says, else whatever is known."""
        yield row[SUBJECT], row[WHOSE]
        if row[SUBJECT] in {None, *self.names.versions} and row[WHOSE] in {None, *self.names.people}:
            return
        subjects = [row[SUBJECT]] if row[SUBJECT] in {None, *self.names.versions} else list(self.names.versions)
        people = [row[WHOSE]] if row[WHOSE] in {None, *self.names.people} else list(self.names.people)
        yield from (pair for pair, _ in zip(product(subjects, people), range(TRIES), strict=False))


def is_written(row: Row, names: Names) -> bool:
    """Whether what an event says is what its hash covers."""
    key, seen = names.versions.get(row[SUBJECT], ("", ""))
    content = Content(
        row[2], row[3], key, seen, row[5] or "", names.people.get(row[WHOSE], ""), row[7] or 0, row[8] or 0,
        row[9], row[10],
    )  # fmt: skip
    try:
        return bool(content_hash(row[SALT], content) == row[CONTENT_HASH])
    except (TypeError, ValueError):  # it is no content at all
        return False
