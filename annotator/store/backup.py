"""Copy a database while it is in use."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from annotator.errors import RequestError, StoreDamagedError, StoreError
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
    try:
        if target.exists():
            raise _taken(target)
        unfinished = target.with_name(f"{target.name}.{uuid4().hex[:8]}.unfinished")
        try:
            with in_words(target):
                _copy_pages(store, unfinished)
            _name_for_the_first_time(unfinished, target)
        finally:
            _remove(unfinished)
        _remove_interrupted(target)
    except OSError as error:
        raise StoreError(f"{target}: the backup cannot be written ({error.strerror}).") from error


def keep_before_migrating(path: Path, version: int) -> Path:
    """Copy a file as it is to one beside it, and make sure that the copy holds the same; call while nobody writes.

    Where that copy stands there from before, a further one is made. Raises StoreError when it cannot be written, or
    does not hold the same.
    """
    target = next(each for each in _names_beside(path, version) if not each.exists())
    unfinished = target.with_name(f"{target.name}.{uuid4().hex[:8]}.unfinished")
    try:
        try:
            with in_words(target), closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as source:
                with closing(sqlite3.connect(unfinished, isolation_level=None)) as copied:
                    source.backup(copied)
                    copied.execute("PRAGMA journal_mode = DELETE")
                _refuse_other(unfinished, source, target)
            _name_for_the_first_time(unfinished, target)
        finally:
            _remove(unfinished)
    except OSError as error:
        raise StoreError(
            f"{path}: was not brought up to date, because no copy of it can be kept first ({error.strerror}). "
            "Make room, or let its folder be written."
        ) from error
    return target


def _names_beside(path: Path, version: int) -> Iterator[Path]:
    yield path.with_name(f"{path.name}.schema-{version}.backup")
    yield from (path.with_name(f"{path.name}.schema-{version}.{number}.backup") for number in count(2))


def _refuse_other(copied: Path, source: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(copied.absolute().as_uri() + "?mode=ro", uri=True)) as found:
        checks = [each.execute("PRAGMA quick_check").fetchall() for each in (found, source)]
        if checks[0] != checks[1] or _counts(found) != _counts(source):
            raise StoreDamagedError(
                f"{target}: the copy that is kept before the database is brought up to date does not hold the same. "
                "Nothing was changed. Run `annotator doctor` with the version that wrote it, or restore a backup."
            )


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each ordinary table has."""
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY 1"
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in connection.execute(names).fetchall()
    }


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
