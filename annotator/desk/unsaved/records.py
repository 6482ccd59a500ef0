"""One line of a file of unsaved words: whose words, where, what, when; and what of many lines counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields
from hashlib import sha256
from os import fsencode
from pathlib import Path
from typing import NamedTuple

from annotator.desk.place import Place
from annotator.desk.unsaved.journal import Journal
from annotator.model.limits import LARGEST


class Spot(NamedTuple):
    """Whose words in which round, and where: what a record is about."""

    annotator: str
    round: int
    place: Place


class Record(NamedTuple):
    """One line of the file; without text, that the words are gone."""

    spot: Spot
    text: str | None
    at: str
    desk: str = ""
    """Whose of several desks; nothing for one that had no mark yet, and has ended."""

    @property
    def key(self) -> Key:
        """What the record is about; the last one of it counts."""
        return self.spot, self.desk


Key = tuple[Spot, str]
Folded = dict[Key, Record]
"""The last record of each spot and desk."""


KEYS = {"annotator", "round", "text", "at", *(field.name for field in fields(Place))}
"""What a line says, and nothing else: a later version may tell places apart by more."""


def name_apart(database: Path) -> str:
    """The file's name in a folder where those of all databases lie, however many are called alike."""
    return f"{database.name[:40]}-{sha256(fsencode(database)).hexdigest()[:16]}.unsaved"


def lines_of_own(journal: Journal) -> list[bytes]:
    """The lines of a file, none of one that belongs to another person."""
    try:
        return journal.lines()
    except PermissionError:
        return []


def line_of(record: Record) -> bytes:
    """Write a record as one line of ASCII."""
    (annotator, round_, place), text, at, desk = record
    said = {"annotator": annotator, "round": round_, **asdict(place), "text": text, "at": at}
    if desk:
        said["desk"] = desk
    return json.dumps(said).encode("ascii") + b"\n"


def parsed(line: bytes) -> Record | None:
    """Read a line; None for one that is torn, or that another program or version wrote."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.keys() - {"desk"} != KEYS:
        return None
    text, round_ = said.pop("text"), said.pop("round")
    if not all(isinstance(each, str) for each in said.values()):
        return None
    if type(round_) is not int or not 0 <= round_ <= LARGEST or not isinstance(text, str | None):
        return None
    annotator, at, desk = said.pop("annotator"), said.pop("at"), said.pop("desk", "")
    if desk and not (desk.isascii() and desk.isalnum()):  # it is part of a file's name
        return None
    return Record(Spot(annotator, round_, Place(**said)), text, at, desk)


def fold(lines: Iterable[bytes]) -> Folded:
    """The last record of each spot and desk; lines that are no records say nothing."""
    return {record.key: record for record in map(parsed, lines) if record}


def together(beside: Folded, apart: Folded) -> Folded:
    """What counts of two files: the later record."""
    return beside | {key: record for key, record in apart.items() if not is_beaten(record, beside)}


def latest(last: Folded, ended: Collection[str]) -> dict[Spot, Record]:
    """The latest words at each spot among those of desks that have ended."""
    left = [record for record in last.values() if record.text is not None and record.desk in ended]
    return {record.spot: record for record in sorted(left, key=lambda each: each.at)}


def is_beaten(record: Record, rivals: Mapping[Key, Record], *, wins_ties: bool = True) -> bool:
    """Whether the other file says something later about the same spot."""
    rival = rivals.get(record.key)
    return rival is not None and (rival.at > record.at if wins_ties else rival.at >= record.at)


def needed(lines: Iterable[bytes], rivals: Mapping[Key, Record], *, wins_ties: bool) -> list[bytes]:
    """The lines of a file that still count, given what the other file says; those nobody understands do."""
    unknown, last = [], dict[Key, tuple[Record, bytes]]()
    for line in lines:
        if record := parsed(line):
            last[record.key] = record, line.rstrip(b"\n") + b"\n"
        elif line.strip() and line.endswith(b"\n"):
            unknown.append(line)
    return unknown + [line for record, line in last.values() if _counts(record, rivals, wins_ties)]


def _counts(record: Record, rivals: Mapping[Key, Record], wins_ties: bool) -> bool:
    """Words count unless the other file says something later, their end as long as the other file holds older ones."""
    rival = rivals.get(record.key)
    hides_nothing = record.text is None and (rival is None or rival.text is None)
    return not hides_nothing and not is_beaten(record, rivals, wins_ties=wins_ties)
