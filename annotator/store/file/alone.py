"""What other connections of this process get where one has to be alone with its file."""

from __future__ import annotations

import sqlite3

from annotator.store.connection import add_functions


def copy_of_one_alone(connection: sqlite3.Connection) -> sqlite3.Connection | None:
    """A copy, gone when it is closed, of what a connection reads that keeps all others away; None of any other."""
    if connection.execute("PRAGMA locking_mode").fetchone() != ("exclusive",):
        return None
    copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    try:
        add_functions(copy)
        connection.backup(copy)
    except BaseException:
        copy.close()
        raise
    return copy
