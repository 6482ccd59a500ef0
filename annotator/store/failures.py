"""Turn SQLite's errors into this project's, in words a person can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.errors import (
    NotAStoreError,
    RequestError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Run a block; an SQLite error inside comes out as a StoreError, text that cannot be stored as a RequestError."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise RequestError(f"{error.object!r:.60} holds bytes that are not text; type it again.") from error
    except sqlite3.DatabaseError as error:
        worded = _worded(error, path)
        if worded is None:  # a mistake in this program, not in the file: let it be seen
            raise
        raise worded from error


def _worded(error: sqlite3.DatabaseError, path: Path) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreBusyError(
            f"{path}: another program is writing to this database; nothing was saved. "
            "Try again when it has finished, or close it."
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError(f"{path}: the disk is full; nothing of this change was saved. Free some space.")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return StoreReadOnlyError(
            f"{path}: the database cannot be written; nothing was saved. "
            "Check the permissions of the file and of its folder, or copy it with `annotator backup`."
        )
    if code == sqlite3.SQLITE_NOTADB:
        return NotAStoreError(f"{path}: this is not a database of annotator. Name another file with --db FILE.")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreReadOnlyError(f"{path}: cannot be opened. Check that its folder exists and can be written.")
    if code == sqlite3.SQLITE_CORRUPT:
        return StoreError(f"{path}: the database is damaged ({error}). Run `annotator doctor`, or restore a backup.")
    if code == sqlite3.SQLITE_IOERR:
        return StoreFullError(
            f"{path}: the disk could not be read or written ({error}); nothing of this change was saved. "
            "Check the disk and its free space."
        )
    return None
