"""Open the database file: recognise it, bring it up to date, set it up for safe writing."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

from annotator.errors import NotAStoreError, NotFoundError, StoreError, StoreReadOnlyError, StoreTooNewError
from annotator.store import migrating
from annotator.store.failures import in_words
from annotator.store.waiting import Patience, be_patient, begin_writing, execute_patiently

APPLICATION_ID = 0x414E4E4F
"""'ANNO', written into the file's header so that other SQLite files are told apart."""


def connect(path: Path, patience: Patience, *, create: bool, read_only: bool = False) -> sqlite3.Connection:
    """Open a store's file in WAL mode with durable commits; bring its tables up to date first.

    Raises NotFoundError when it is missing and `create` is false, and StoreErrors in words.
    """
    if _is_there(path):
        if not read_only:
            _refuse_unwritable(path)
    elif read_only or not create:
        raise NotFoundError(
            f"{path}: there is no such database. `annotator import` makes one; --db FILE names another."
        )
    with in_words(path):
        connection = sqlite3.connect(
            _address(path, create, read_only), uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, path, patience, read_only)
        except BaseException:
            connection.close()
            raise
    return connection


def _is_there(path: Path) -> bool:
    """Whether the file exists; raises StoreErrors for what is no file and for what cannot be looked at."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreReadOnlyError(f"{str(path)!r}: cannot be opened ({reason}). Name another file.") from error
    if stat.S_ISDIR(mode):
        raise NotAStoreError(f"{path}: this is a folder; --db takes a file.")
    if not stat.S_ISREG(mode):
        raise NotAStoreError(f"{path}: this is a device or a pipe; --db takes a file.")
    return True


def _refuse_unwritable(path: Path) -> None:
    """Say so at once: SQLite would open the file all the same and fail at the first answer."""
    for place, what in ((path, "the file"), (path.absolute().parent, "the folder it is in")):
        if not os.access(place, os.W_OK):
            raise StoreReadOnlyError(
                f"{path}: {what} cannot be written; nothing was changed. Check its permissions, "
                "or copy the database to a folder of your own with `annotator backup`."
            )


def _address(path: Path, create: bool, read_only: bool) -> str:
    address = path.absolute().as_uri()
    if not read_only:
        return f"{address}?mode={'rwc' if create else 'rw'}"
    log = path.with_name(path.name + "-wal")
    can_lock = os.access(path.absolute().parent, os.W_OK) or log.exists()
    return f"{address}?mode=ro" + ("" if can_lock else "&immutable=1")


def _prepare(connection: sqlite3.Connection, path: Path, patience: Patience, read_only: bool) -> None:
    be_patient(connection, patience)
    if _version(connection, path) < migrating.latest_version():
        if read_only:
            raise StoreError(
                f"{path}: was written by an older version. Open it once for writing to bring it up to date."
            )
        _bring_up_to_date(connection, path, patience)
    if not read_only:
        execute_patiently(connection, "PRAGMA journal_mode = WAL", patience)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")  # so that REPLACE cannot slip past the events' triggers


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The file's version, read from one state of it: another process may be making it just now."""
    connection.execute("BEGIN")
    try:
        return _recognise(connection, path)
    finally:
        connection.execute("ROLLBACK")


def _recognise(connection: sqlite3.Connection, path: Path) -> int:
    """Return the file's version, 0 for a new file; refuse foreign and newer files."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION_ID and (tables or application or version):
        raise NotAStoreError(f"{path}: this SQLite file was not made by annotator. Name another file with --db FILE.")
    if version > migrating.latest_version():
        raise StoreTooNewError(
            f"{path}: was written by a newer annotator (file version {version}, this program knows "
            f"{migrating.latest_version()}). Install the newer version; the file was not touched."
        )
    return int(version)


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, patience: Patience) -> None:
    """Apply the missing migrations in one transaction; a second process waits and finds them done.

    Foreign keys are still off here: rebuilding a parent table with them on would
    silently delete its children.
    """
    connection.execute("PRAGMA foreign_keys = OFF")
    begin_writing(connection, patience)
    try:
        if _recognise(connection, path) < migrating.latest_version():
            migrating.apply(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {migrating.latest_version()}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
