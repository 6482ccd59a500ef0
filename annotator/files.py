"""Files that people name: what may be written over, and what may be opened to be read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from annotator.errors import NotFoundError, RequestError, SourceError

SQLITE = b"SQLite format 3\0"
"""How every database begins, whichever program it is of."""
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files that belong to it."""


def refuse_database(target: Path) -> None:
    """Raise RequestError where a database stands, or what belongs to one: work is never written over."""
    if _is_database(target):
        raise RequestError(f"{target}: is a database, and those are never written over; name another file.")
    for ending in BESIDE:
        of = target.with_name(target.name.removesuffix(ending)) if target.name.endswith(ending) else target
        if of.name != target.name and _is_database(of):
            raise RequestError(f"{target}: belongs to the database {of.name}; name another file.")


def refuse_source(target: Path, sources: Iterable[Path]) -> None:
    """Raise RequestError where what is to be written would take the place of something that is read."""
    for source in sources if target.exists() else ():
        if source.exists() and target.resolve().is_relative_to(source.resolve()):
            what = "is read" if source.is_file() else f"is in {source}, which is read"
            raise RequestError(f"{target}: {what}, and would be written over; name another file.")


def _is_database(path: Path) -> bool:
    """Whether a file begins as a database; one that cannot be read is none that anybody could tell."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError:
        return False


def refuse_no_file(path: Path, wanted: str) -> None:
    """Raise NotFoundError for what is not there, SourceError for what is no file: to open a pipe waits for ever.

    `wanted` says what to name instead, such as `a bundle`.
    """
    if path.is_file():
        return
    if not path.exists():
        raise NotFoundError(f"{path}: there is no such file. Name {wanted}.")
    what = "a folder" if path.is_dir() else "a pipe or a device"
    raise SourceError(f"{path}: is {what}, and no file; name {wanted}.")
