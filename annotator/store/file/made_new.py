"""A database that is made where there was none, and taken away again where nothing can be put into it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from annotator.files import make_private, real, with_belonging
from annotator.store.connection import Transaction

CONTENT = ("events", "subjects", "import_issues")
"""Tables of which one has a row where anything was ever put into a database."""


@contextmanager
def made_new(path: Path) -> Iterator[None]:
    """Make an empty file for its owner alone, unless one is there; where the block fails, it is removed again.

    It stays where another process has it open just then, or has put something into it.
    """
    if not _is_made(path):
        yield
        return
    try:
        yield
    except BaseException:  # also when somebody interrupts
        with suppress(sqlite3.DatabaseError, OSError):  # what failed before is what is told
            _remove_alone(path)
        raise


def _is_made(path: Path) -> bool:
    try:
        if path.exists():
            return False
        make_private(path)
    except (OSError, ValueError):  # another process is making it, or it cannot be made, which SQLite says
        return False
    return True


def _remove_alone(path: Path) -> None:
    address = f"{real(path).as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # which takes no shared memory
        connection.execute("BEGIN EXCLUSIVE")
        remove_empty(Transaction(connection), path)


def remove_empty(transaction: Transaction, path: Path) -> bool:
    """Remove a database, and what belongs to it, while nothing is in it; gives whether it did.

    Call while nobody else can write. Whoever else has it open is told at their next write that it is gone.
    """
    names = {name for (name,) in transaction.execute("SELECT name FROM sqlite_schema")}
    if any(transaction.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in CONTENT if name in names):
        return False
    for each in with_belonging(path):
        each.unlink(missing_ok=True)
    return True
