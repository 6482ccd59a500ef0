"""Whose names stand in the tables, and which of them are nobody's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from annotator.models.reserved import NO_WITNESS

OF_SOMEBODY = "NOT IN (" + ", ".join(f"'{name}'" for name in NO_WITNESS) + ")"
"""Said of a name: that a person can work under it."""
IS_SOMEBODY = f"annotator {OF_SOMEBODY}"


def names(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    """Every annotator in a table, ascending."""
    return ascending(connection, table, "annotator", "1")


def ascending(connection: sqlite3.Connection, table: str, column: str, where: str, *values: str) -> Iterator[str]:
    """The different values of a column, by one look into an index each, however many rows there are."""
    sql = f"SELECT min({column}) FROM {table} WHERE {where}"
    (last,) = connection.execute(sql, values).fetchone()
    while last is not None:
        yield last
        (last,) = connection.execute(f"{sql} AND {column} > ?", (*values, last)).fetchone()
