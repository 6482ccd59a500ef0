"""The migrations in `db/migrations`, applied in order; each file is applied once and never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
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


HEAD = "-- What the migrations make together; written by `python -m annotator.store.schema`."
SHADOWS = ("data", "idx", "content", "docsize", "config")
"""Endings of the tables FTS5 keeps for itself beside each of its own."""


def schema() -> str:
    """The SQL of every table, index, view and trigger, in the order they are created."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        apply(connection)
        made = connection.execute("SELECT name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        rows = made.fetchall()
    virtual = [name for name, _, sql in rows if sql.startswith("CREATE VIRTUAL")]
    shadows = {f"{name}_{ending}" for name in virtual for ending in SHADOWS}
    own = [sql for _, table, sql in rows if table not in shadows and not table.startswith(("_", "sqlite_"))]
    return "\n\n".join((HEAD, *(f"{sql};" for sql in own))) + "\n"


if __name__ == "__main__":
    print(schema(), end="")
