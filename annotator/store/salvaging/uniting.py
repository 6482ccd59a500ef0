"""What a damaged database and the files that were rescued of it say together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from annotator.store.salvaging.pages import Pages
from annotator.store.salvaging.proving import COUNTER, HASH, Proof
from annotator.store.salvaging.rows import TABLES, Found

IDENTITY = {"feeds": 1, "people": 1, "subjects": 1, "subject_versions": 2, "entities": 1}
"""By table: the place in a row of what stays the same under one number, as long as a file is the same one."""
NUMBER = 5
"""Where the row of a feed says how far it has come."""


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
