"""Wait for the write lock, as long as whoever writes is ready to."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

PAUSE = 0.001
"""Seconds between two tries. SQLite's own pauses grow to a tenth of a second, in which a busy
neighbour takes the lock again and again."""
STATEMENT_WAIT = 1.0
"""Seconds SQLite itself may hold up one statement of a connection that waits without a limit:
nobody can be asked meanwhile whether to go on."""


def _always() -> bool:
    """Go on whatever happens."""
    return True


def _nothing() -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Patience:
    """How long a write waits for other processes. Only a lock is waited for, no full disk and no read-only file."""

    seconds: float | None = 5.0
    """After these the write is refused; None waits until `goes_on` says no."""
    goes_on: Callable[[], bool] = _always
    """Asked before every further try, in the thread that waits."""
    is_over: Callable[[], None] = _nothing
    """Called after a wait, whether the lock was got or not; not called where there was nothing to wait for."""

    @property
    def of_a_statement(self) -> float:
        """Seconds SQLite itself waits within one statement."""
        return STATEMENT_WAIT if self.seconds is None else self.seconds


USUAL = Patience()
"""How long a command waits."""


def be_patient(connection: sqlite3.Connection, patience: Patience) -> None:
    """Let every statement wait for other processes."""
    connection.execute(f"PRAGMA busy_timeout = {round(patience.of_a_statement * 1000)}")


def begin_writing(connection: sqlite3.Connection, patience: Patience) -> None:
    """Begin a write transaction as soon as the lock is free; raises SQLITE_BUSY when patience ends first."""
    execute_patiently(connection, "BEGIN IMMEDIATE", patience)


def execute_patiently(connection: sqlite3.Connection, statement: str, patience: Patience) -> None:
    """Run a statement that SQLite itself waits for badly or not at all, such as a change of the journal."""
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        if busy := _busy(connection, statement):
            _wait(connection, statement, patience, busy)
    finally:
        be_patient(connection, patience)


def _wait(
    connection: sqlite3.Connection, statement: str, patience: Patience, busy: sqlite3.OperationalError | None
) -> None:
    patient_until = None if patience.seconds is None else time.monotonic() + patience.seconds
    try:
        while busy:
            if not patience.goes_on() or (patient_until is not None and time.monotonic() >= patient_until):
                raise busy
            time.sleep(PAUSE)
            busy = _busy(connection, statement)
    finally:
        patience.is_over()


def _busy(connection: sqlite3.Connection, statement: str) -> sqlite3.OperationalError | None:
    """Run a statement; return what SQLite says when another process holds the lock."""
    try:
        connection.execute(statement)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return error
    return None
