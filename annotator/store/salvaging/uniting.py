"""What a damaged database and the files that were rescued of it say together, and each row that they have once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from annotator.model.chain import NUMBERS
from annotator.store.salvaging.pages import Pages
from annotator.store.salvaging.proving import COUNTER, HASH, SUBJECT, WHOSE, Proof
from annotator.store.salvaging.rows import TABLES, Found, Row, Rows

IDENTITY = {"feeds": 1, "people": 1, "subjects": 1, "subject_versions": 2, "entities": 1}
"""By table: the place in a row of what stays the same under one number, as long as a file is the same one."""
NUMBER = 5
"""Where the row of a feed says how far it has come."""


Renumber = Callable[[int], int]
KEYS: dict[str, slice] = {**{name: slice(at, at + 1) for name, at in IDENTITY.items()}, "subject_versions": slice(1, 3)}
"""By table that is referred to by number: what of a row is there once."""
REFERENCES = {
    "people": {"people": 5, "feeds": 2, "events": WHOSE},
    "subjects": {"incidents": 0, "reports": 0, "subject_versions": 3, "incident_reports": 0, "incident_entities": 0},
    "subject_versions": {"events": SUBJECT},
    "entities": {"incident_entities": 2},
}
"""By table: where others have its numbers. Those of feeds are part of the numbers of their events."""


class Part(NamedTuple):
    """One of the files."""

    path: Path
    pages: Pages
    found: Found


def united(parts: Sequence[Part]) -> tuple[Found, set[Path]]:
    """What is read of the first file and of those that go with it, and those that do not.

    Numbers mean the same only in states of one file. Where several say something that no hash proves, the file with
    the newest event is believed.
    """
    together, apart = [parts[0]], set[Path]()
    for part in parts[1:]:
        if all(_go_together(part.found, each.found) for each in together):
            together.append(part)
        else:
            apart.add(part.path)
    if len(together) == 1:
        return together[0].found, apart
    found = Found({name: {} for name in TABLES}, frozenset[str]().union(*(each.found.whole for each in together)))
    for part in sorted(together, key=_newest, reverse=True):
        for name, rows in part.found.rows.items():
            for key, read in rows.items():
                known = found.rows[name].setdefault(key, [])
                known.extend(row for row in read if row not in known)
    for feeds in found.rows["feeds"].values():
        feeds.sort(key=lambda row: -row[NUMBER])
    return found, apart


def _newest(part: Part) -> int:
    return max((row[COUNTER] for rows in part.found.rows["events"].values() for row in rows), default=0)


def _go_together(one: Found, other: Found) -> bool:
    """Whether the same numbers mean the same in both, as far as they can be read."""
    projects, others = one.rows["projects"], other.rows["projects"]
    if projects and others and not projects.keys() & others.keys():
        return False
    return all(
        {row[place] for row in one.rows[name][number]} & {row[place] for row in other.rows[name][number]}
        for name, place in IDENTITY.items()
        for number in one.rows[name].keys() & other.rows[name].keys()
    )


def each_once(found: Found) -> Found:
    """What was read, with every row once, under the lowest number that it has, and all that refers to it put right.

    The numbers behind one that is given up move down, because numbers are given without gaps.
    """
    for name in KEYS:
        if (renumber := _renumbering(name, found.rows[name])) is not None:
            found = found._replace(rows=_renumbered(name, renumber, found.rows))
    return found


def _renumbering(name: str, rows: Rows) -> Renumber | None:
    """What becomes of each number of a table; None where nothing stands twice."""
    first: dict[Row, int] = {}
    kept = {number: first.setdefault(rows[number][0][KEYS[name]], number) for number in sorted(rows)}
    given_up = [number for number, other in kept.items() if number != other]

    def renumber(number: int) -> int:
        place = kept.get(number, number)
        return place - bisect_left(given_up, place)

    return renumber if given_up else None


def _renumbered(name: str, renumber: Renumber, tables: dict[str, Rows]) -> dict[str, Rows]:
    changed = {name: _with(0, renumber, tables[name])}
    for table, place in REFERENCES.get(name, {}).items():
        changed[table] = _with(place, renumber, changed.get(table, tables[table]))
    if name == "feeds":
        for rows in changed["feeds"].values():
            rows.sort(key=lambda row: -row[NUMBER])
        changed["events"] = _with(0, lambda event: renumber(event // NUMBERS) * NUMBERS + event % NUMBERS,
                                  tables["events"])  # fmt: skip
    return {**tables, **changed}


def _with(place: int, renumber: Renumber, rows: Rows) -> Rows:
    """The rows of a table with the numbers in one place of each put right; those that become alike are one."""
    found: Rows = {}
    for key, read in rows.items():
        for row in read:
            number = row[place]
            new = (*row[:place], renumber(number), *row[place + 1 :]) if isinstance(number, int) else row
            own = new if key == row else new[0]
            known = found.setdefault(own, [])
            if new not in known:
                known.append(new)
    return found


def left_out(part: Part, proof: Proof, *, is_apart: bool) -> int:
    """How many events of a file the new database does not have, and nobody is told of otherwise.

    Of a file that goes with the others, what stands in no proved place is told as unproved.
    """
    proved = {row[0]: row[HASH] for feed in proof.feeds for row in feed.events}
    hashes = set(proved.values())
    return sum(
        hashes.isdisjoint(row[HASH] for row in rows)
        for place, rows in part.found.rows["events"].items()
        if is_apart or place in proved
    )
