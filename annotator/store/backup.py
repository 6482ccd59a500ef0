"""Copy a database while it is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from annotator.errors import RequestError, StoreError
from annotator.store.failures import in_words

BESIDE = ("", "-journal", "-wal", "-shm")
"""A database file and those that SQLite may leave beside it."""


def copy(connection: sqlite3.Connection, target: Path) -> None:
    """Write one consistent state of a database to a new file, or no file at all.

    The file appears under its name when it is complete. Raises RequestError when there
    is one already, StoreError when it cannot be written.
    """
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        if target.exists():
            raise RequestError(f"{target}: already exists; a backup never overwrites. Name a new file.")
        _remove(unfinished)
        try:
            with in_words(target):
                _copy_pages(connection, unfinished)
            unfinished.replace(target)
        finally:
            _remove(unfinished)
    except OSError as error:
        raise StoreError(f"{target}: the backup cannot be written ({error.strerror}).") from error


def _copy_pages(connection: sqlite3.Connection, unfinished: Path) -> None:
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as copied:
        connection.backup(copied)
        copied.execute("PRAGMA journal_mode = DELETE")


def _remove(unfinished: Path) -> None:
    for ending in BESIDE:
        unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)
