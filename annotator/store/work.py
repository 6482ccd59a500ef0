"""Whose work a database holds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence


def works_by_others(connection: sqlite3.Connection, annotators: Sequence[str]) -> bool:
    """Whether anybody but these did anything, or these did more than being imported."""
    sql = """SELECT 1 FROM events WHERE kind != 'imported'
             OR annotator NOT IN (SELECT value FROM json_each(?)) LIMIT 1"""
    return connection.execute(sql, (json.dumps(list(annotators)),)).fetchone() is not None


def content_other_than(connection: sqlite3.Connection, prefix: str) -> str:
    """The key of some subject that does not begin so; empty when there is none."""
    sql = "SELECT key FROM subjects WHERE substr(key, 1, ?) != ? ORDER BY id LIMIT 1"
    row = connection.execute(sql, (len(prefix), prefix)).fetchone()
    return row[0] if row else ""
