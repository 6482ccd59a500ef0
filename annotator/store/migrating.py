"""The migrations in `db/migrations`, applied in order; each file is applied once and never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.resources import data_folder

if TYPE_CHECKING:
    from sqlite_utils import Database


def migration_files() -> list[Path]:
    """The migrations in order."""
    return sorted((data_folder("db") / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql"))


def latest_version() -> int:
    """The number of the newest migration this program knows."""
    return int(migration_files()[-1].name[:4])


def apply(connection: sqlite3.Connection) -> None:
    """Apply the migrations that the file does not have yet; call inside a write transaction."""
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("annotator")
    for file in migration_files():
        migrations(name=file.stem)(_script(file))
    migrations.apply(sqlite_utils.Database(connection))


def _script(file: Path) -> Callable[[Database], None]:
    def run(database: Database) -> None:
        database.executescript(file.read_text(encoding="utf-8"))

    return run
