"""What a source holds as one hash, so that somebody else can tell that it was this file or folder.

Of a file, archives too, it is the SHA-256 that `sha256sum` prints. Of a folder it is that of its manifest:
a line `HASH  NAME` per file, as `sha256sum` writes them, sorted by the bytes of the names.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from annotator.errors import SourceError
from annotator.files import is_folder, is_held
from annotator.foreign import reading
from annotator.formats.folder import members
from annotator.formats.text.reading import check_size

UNREAD = "-" * 64
"""Stands in a manifest for a file that the system does not hand out."""


def digest_of(path: Path) -> str:
    """The SHA-256 of a file or folder in hexadecimal; raises SourceError for a file that cannot be read."""
    if is_folder(path):
        return _of_folder(path)
    check_size(path, str(path), "any")
    with reading(lambda why: SourceError(f"{path}: cannot be read ({why}); check the path and your rights to it")):
        return _of_file(path)


def _of_file(path: Path) -> str:
    if path.stat().st_size == 0:  # what has no size may have no end either
        return hashlib.sha256().hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of_folder(folder: Path) -> str:
    """Only the names are held in memory; what is not read of a folder is no part of the source."""
    found = hashlib.sha256()
    for name in sorted(_names(folder)):
        found.update(_or_unread(folder / os.fsdecode(name)).encode() + b"  " + name + b"\n")
    return found.hexdigest()


def _names(folder: Path) -> Iterator[bytes]:
    return (os.fsencode(str(each.name)) for each in members(folder) if not each.why_not)


def _or_unread(path: Path) -> str:
    """A folder is read without the files that cannot be, and its manifest says so."""
    try:
        return UNREAD if is_held(path) else _of_file(path)
    except OSError:
        return UNREAD
