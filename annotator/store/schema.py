"""Write `db/schema.sql`: what all migrations together make. Run `python -m annotator.store.schema > db/schema.sql`."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from annotator.store import migrating

HEAD = "-- What the migrations make together; written by `python -m annotator.store.schema`."
SHADOWS = ("data", "idx", "content", "docsize", "config")
"""Endings of the tables FTS5 keeps for itself beside each of its own."""


def schema() -> str:
    """The SQL of every table, index, view and trigger, in the order they are created."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrating.apply(connection)
        made = connection.execute("SELECT name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        rows = made.fetchall()
    virtual = [name for name, _, sql in rows if sql.startswith("CREATE VIRTUAL")]
    shadows = {f"{name}_{ending}" for name in virtual for ending in SHADOWS}
    own = [sql for _, table, sql in rows if table not in shadows and not table.startswith(("_", "sqlite_"))]
    return "\n\n".join((HEAD, *(f"{sql};" for sql in own))) + "\n"


if __name__ == "__main__":
    print(schema(), end="")
