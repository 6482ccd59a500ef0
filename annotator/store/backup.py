"""Copy a database while it is in use."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from annotator.errors import RequestError, StoreError
from annotator.store.connection import in_words

if TYPE_CHECKING:
    from annotator.store.store import Store

BESIDE = ("", "-journal", "-wal", "-shm")
"""A database file and those that SQLite may leave beside it."""
NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
"""How systems say that a place, such as a memory stick, knows no second names for files."""


def copy(store: Store, target: Path) -> None:
    """Write one consistent state of a database to a new file, or no file at all.

    The file appears under its name when it is complete. Raises RequestError when there
    is one already, or comes to be meanwhile, StoreError when it cannot be written.
    """
    unfinished = target.with_name(f"{target.name}.{uuid4().hex[:8]}.unfinished")
    try:
        if target.exists():
            raise _taken(target)
        try:
            with in_words(target):
                _copy_pages(store, unfinished)
            _name_for_the_first_time(unfinished, target)
        finally:
            _remove(unfinished)
        _remove_interrupted(target)
    except OSError as error:
        raise StoreError(f"{target}: the backup cannot be written ({error.strerror}).") from error


def _taken(target: Path) -> RequestError:
    return RequestError(f"{target}: already exists; a backup never overwrites. Name a new file.")


def _copy_pages(store: Store, unfinished: Path) -> None:
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as copied:
        store.copy_pages(copied)
        copied.execute("PRAGMA journal_mode = DELETE")


def _name_for_the_first_time(unfinished: Path, target: Path) -> None:
    """Give a complete file its name, which nobody may have taken; `rename` would overwrite."""
    try:
        _link(unfinished, target)
    except FileExistsError as error:
        raise _taken(target) from error
    except FileNotFoundError as error:  # another backup of the same name was first, and tidied up
        if target.exists():
            raise _taken(target) from error
        raise


def _link(unfinished: Path, target: Path) -> None:
    """Let the file have both names; where a file has only one, take the target's name and move the file there."""
    try:
        os.link(unfinished, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        unfinished.replace(target)


def _remove(unfinished: Path) -> None:
    for ending in BESIDE:
        unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)


def _remove_interrupted(target: Path) -> None:
    """Remove what interrupted backups left; one that is still under way would find its name taken anyway."""
    left = re.compile(re.escape(target.name) + r"(\.[0-9a-f]{8})?\.unfinished(-journal|-wal|-shm)?")
    for file in target.absolute().parent.iterdir():
        if left.fullmatch(file.name):
            file.unlink(missing_ok=True)
