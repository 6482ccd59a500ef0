"""Open the database file: recognise it, bring it up to date, set it up for safe writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import NotAStoreError, NotFoundError, StoreError, StoreTooNewError
from annotator.resources import data_folder
from annotator.store.failures import in_words

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x414E4E4F
"""'ANNO', written into the file's header so that other SQLite files are told apart."""
BUSY_MILLISECONDS = 5_000


def connect(path: Path, *, create: bool, read_only: bool = False) -> sqlite3.Connection:
    """Open a store's file in WAL mode with durable commits; bring its tables up to date first.

    Raises NotFoundError when it is missing and `create` is false, and StoreErrors in words.
    """
    if not path.exists() and (not create or read_only):
        raise NotFoundError(
            f"{path}: there is no such database. `annotator import` makes one; --db FILE names another."
        )
    if path.is_dir():
        raise NotAStoreError(f"{path}: this is a folder; --db takes a file.")
    with in_words(path):
        mode = "ro" if read_only else "rwc" if create else "rw"
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path, read_only)
        except BaseException:
            connection.close()
            raise
    return connection


def latest_version() -> int:
    """The number of the newest migration this program knows."""
    return max(int(file.name[:4]) for file in migration_files())


def migration_files() -> list[Path]:
    """The migrations in order."""
    return sorted((data_folder("db") / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql"))


def _prepare(connection: sqlite3.Connection, path: Path, read_only: bool) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    version = _recognise(connection, path)
    if version < latest_version():
        if read_only:
            raise StoreError(
                f"{path}: was written by an older version. Open it once for writing to bring it up to date."
            )
        _migrate(connection)
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _recognise(connection: sqlite3.Connection, path: Path) -> int:
    """Return the file's version, 0 for a new file; refuse foreign and newer files."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise NotAStoreError(f"{path}: this SQLite file was not made by annotator. Name another file with --db FILE.")
    if version > latest_version():
        raise StoreTooNewError(
            f"{path}: was written by a newer annotator (file version {version}, this program knows "
            f"{latest_version()}). Install the newer version; the file was not touched."
        )
    return int(version)


def _migrate(connection: sqlite3.Connection) -> None:
    """Apply the migrations that are missing in one transaction; a second process waits and finds them done.

    Foreign keys are still off here: rebuilding a parent table with them on would
    silently delete its children.
    """
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("annotator")
    for file in migration_files():
        migrations(name=file.stem)(_script(file))
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(sqlite_utils.Database(connection))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {latest_version()}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _script(file: Path) -> Callable[[Database], None]:
    def apply(database: Database) -> None:
        database.executescript(file.read_text(encoding="utf-8"))

    return apply
