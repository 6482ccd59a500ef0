"""What the files in a shared folder are, by what their names and first lines tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from annotator.errors import SourceError
from annotator.model.person import same_name
from annotator.store.merging import bundle

ENDING, FOR = ".bundle", ".for-"
NAMED = re.compile(r"([0-9a-f]{32})(?:\.for-([0-9a-f]{32}))?\.bundle")
"""How bundles in a shared folder are called: after the replica, and after the person they are for."""

SHORT = 8
"""Digits of the uid of a replica or person that are shown."""


def bundles_in(folder: Path) -> list[Path]:
    """The files in a folder that are called as bundles are there."""
    return [path for path in sorted(folder.iterdir()) if NAMED.fullmatch(path.name) and path.is_file()]


def left_for(folder: Path, own: str) -> Iterator[tuple[str, str]]:
    """The names of the files that a replica left for one person each, with the uid of that person."""
    for path in bundles_in(folder):
        replica, _, uid = path.name.removesuffix(ENDING).partition(FOR)
        if replica == own and uid:
            yield path.name, uid


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
    if named is None:
        return str(path)
    try:
        by = bundle.read_header(path).by_name
    except SourceError:
        by = ""
    copy, uid = named.groups()
    for_ = f", for {person or called_in(path, uid) or uid[:SHORT]}" if uid else ""
    return f"{by or 'somebody'} (copy {copy[:SHORT]}{for_})"
