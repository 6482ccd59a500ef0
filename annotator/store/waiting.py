"""Wait for the write lock."""

from __future__ import annotations

import sqlite3
import time

PATIENCE = 5.0
"""Seconds a write waits for another process before it is refused."""
PAUSE = 0.001
"""Seconds between two tries. SQLite's own pauses grow to a tenth of a second, in which a busy
neighbour takes the lock again and again."""


def be_patient(connection: sqlite3.Connection) -> None:
    """Let every statement wait for other processes."""
    connection.execute(f"PRAGMA busy_timeout = {round(PATIENCE * 1000)}")


def begin_writing(connection: sqlite3.Connection) -> None:
    """Begin a write transaction as soon as the lock is free; raises SQLITE_BUSY when that takes too long."""
    execute_patiently(connection, "BEGIN IMMEDIATE")


def execute_patiently(connection: sqlite3.Connection, statement: str) -> None:
    """Run a statement that SQLite itself waits for badly or not at all, such as a change of the journal."""
    patient_until = time.monotonic() + PATIENCE
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while not _succeeds(connection, statement, time.monotonic() >= patient_until):
            time.sleep(PAUSE)
    finally:
        be_patient(connection)


def _succeeds(connection: sqlite3.Connection, statement: str, is_last_try: bool) -> bool:
    try:
        connection.execute(statement)
    except sqlite3.OperationalError as error:
        if is_last_try or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
