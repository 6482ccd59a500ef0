"""Whose names stand in the tables, and which of them are nobody's."""

from __future__ import annotations

import sqlite3

from annotator.models.reserved import NO_WITNESS

OF_SOMEBODY = "NOT IN (" + ", ".join(f"'{name}'" for name in NO_WITNESS) + ")"
"""Said of a name: that a person can work under it."""
IS_SOMEBODY = f"annotator {OF_SOMEBODY}"


def names(connection: sqlite3.Connection, *tables: str) -> list[str]:
    """Every annotator in some tables, each once, ascending."""
    return [name for (name,) in connection.execute(" UNION ".join(map(_names, tables)) + " ORDER BY 1")]


def taxonomies(connection: sqlite3.Connection) -> list[str]:
    """Every taxonomy that somebody classified something under, ascending."""
    following = """SELECT id FROM classifications AS next WHERE (next.annotator, next.taxonomy) > (found.annotator,
                   found.taxonomy) ORDER BY next.annotator, next.taxonomy LIMIT 1"""
    sql = f"""WITH RECURSIVE found (annotator, taxonomy) AS (
                SELECT * FROM (SELECT annotator, taxonomy FROM classifications ORDER BY 1, 2 LIMIT 1)
                UNION ALL SELECT one.annotator, one.taxonomy FROM found
                  CROSS JOIN classifications AS one ON one.id = ({following}))
              SELECT DISTINCT taxonomy FROM found ORDER BY 1"""
    return [taxonomy for (taxonomy,) in connection.execute(sql)]


def _names(table: str) -> str:
    """A query for the annotators in a table, by one look into an index each, however many rows there are."""
    return f"""SELECT name FROM (WITH RECURSIVE found (name) AS (SELECT min(annotator) FROM {table}
                 UNION ALL SELECT (SELECT min(annotator) FROM {table} WHERE annotator > name)
                 FROM found WHERE name IS NOT NULL)
               SELECT name FROM found WHERE name IS NOT NULL)"""
