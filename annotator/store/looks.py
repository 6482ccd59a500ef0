"""Who has looked at others' work as somebody who decides, and when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from annotator.store import moments

SUBJECT = "(SELECT id FROM subjects WHERE key = ?)"


def put(connection: sqlite3.Connection, annotator: str, key: str, taxonomy: str) -> None:
    """Keep that somebody has looked, once; call inside a write transaction."""
    at = moments.now()
    sql = f"INSERT OR IGNORE INTO looks (annotator, subject_id, taxonomy, looked_at) VALUES (?, {SUBJECT}, ?, ?)"
    connection.execute(sql, (annotator, key, taxonomy, at))


def first(connection: sqlite3.Connection, names: Sequence[str], key: str, taxonomy: str) -> str:
    """When somebody, by all spellings of their name, first looked; empty when they did not."""
    sql = f"""SELECT min(looked_at) FROM looks WHERE annotator IN (SELECT value FROM json_each(?))
              AND taxonomy = ? AND subject_id = {SUBJECT}"""
    return connection.execute(sql, (json.dumps(list(names)), taxonomy, key)).fetchone()[0] or ""
