"""What the files in a shared folder are, by what their names and first lines tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from annotator.errors import OutputError, SourceError
from annotator.model.person import same_name
from annotator.store.merging import bundle

NAMED = re.compile(r"([0-9a-f]{32})(?:\.by-([0-9a-f]{32}))?(?:\.for-([0-9a-f]{32}))?\.bundle")
"""How `sync` calls bundles in a shared folder: after the replica, who left them, and the person they are for."""
ENDING = ".bundle"

SHORT = 8
"""Digits of the uid of a replica or person that are shown."""


def bundles_in(folder: Path) -> list[Path]:
    """The bundles in a folder, whatever they are called; hidden files are what drives and systems keep there."""
    ours = (path for path in sorted(folder.iterdir()) if path.suffix.lower() == ENDING)
    return [path for path in ours if not path.name.startswith(".") and path.is_file()]


class Left(NamedTuple):
    """A bundle in a shared folder, by its name, or where somebody put it there under another, by what it says."""

    path: Path
    replica: str
    """The one whose `sync` left it; empty where it was put there otherwise."""
    by: str
    """The uid of who left it; empty in names of earlier versions, of which a replica had one for all its people."""
    for_: str
    """The uid of the person it is for; empty for all."""


def left_in(folder: Path) -> list[Left]:
    """The bundles in a folder with whose they are; what cannot be read is for all, so that it is told."""
    named = [(path, NAMED.fullmatch(path.name)) for path in bundles_in(folder)]
    return [
        Left(path, found[1], found[2] or "", found[3] or "") if found else Left(path, "", "", is_for(path))
        for path, found in named
    ]


def is_for(path: Path) -> str:
    """The uid of whom a bundle says it is for; empty for all, or where it cannot be read."""
    try:
        return bundle.read_header(path).for_
    except SourceError:
        return ""


def called(replica: str, by: str, for_: str = "") -> str:
    """What a replica calls somebody's bundle; of whom nobody has a uid, it is the replica's alone."""
    return f"{replica}{by and f'.by-{by}'}{for_ and f'.for-{for_}'}.bundle"


def by_name(path: Path) -> str | None:
    """Who made a bundle, whole or not, as it says itself; None where it cannot be read."""
    try:
        return bundle.read_header(path).by_name
    except SourceError:
        return None


def clear(before: Iterable[Left], now: Iterable[str]) -> None:
    """Take files away in whose place others stand by now, by the names of those. Raises OutputError."""
    names = frozenset(now)
    persons = {found[3] or "" for name in names if (found := NAMED.fullmatch(name))}
    for left in before:
        if left.path.name in names or left.for_ not in persons:
            continue
        try:
            left.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{left.path}: cannot be taken away ({error.strerror}), though another file stands in its place now; "
                "take it away by hand. Your work was left in the folder."
            ) from error


def projects_in(path: Path) -> frozenset[str]:
    """Of which projects a bundle is; none where it cannot be read, or holds nothing."""
    try:
        header = bundle.read_header(path)
    except SourceError:
        return frozenset()
    return frozenset(header.projects) if header.heads else frozenset()


def is_of_nothing(path: Path) -> bool:
    """Whether a bundle was made of a database without work."""
    try:
        header = bundle.read_header(path)
    except SourceError:
        return False
    return not (header.heads or header.known)


def of_file(path: Path, words: str) -> str:
    """A sentence about a file in a folder, which names it once and as it is called there."""
    return f"{path.name}{words.removeprefix(str(path))}" if words.startswith(str(path)) else f"{path.name}: {words}"


def called_in(path: Path, uid: str) -> str:
    """What a bundle calls somebody; nothing where it does not know them, or cannot be read."""
    try:
        return next((name for known, name, _ in bundle.read(path).people if known == uid), "")
    except SourceError:
        return ""


def is_by(path: Path, name: str) -> bool:
    """Whether a bundle is somebody's own; one that cannot be read is nobody's."""
    try:
        header = bundle.read_header(path)
    except SourceError:
        return False
    return bool(header.by) and same_name(header.by_name, name)


def whose(path: Path, person: str = "") -> str:
    """Whose file it is, in words for people; what cannot be read is told by its copy of the database alone.

    `person` is the name of whom it is for, where that is known.
    """
    named = NAMED.fullmatch(path.name)
    by = by_name(path)
    copy, _, uid = named.groups() if named else ("", "", is_for(path))
    for_ = f", for {person or called_in(path, uid) or uid[:SHORT]}" if uid else ""
    return f"{by or 'somebody'} ({f'copy {copy[:SHORT]}' if named else path.name}{for_})"
