"""What was answered before, for completion and for putting frequent choices first."""

from __future__ import annotations

import sqlite3


def frequent_values(
    connection: sqlite3.Connection, taxonomy: str, field: str, annotator: str, limit: int = 200
) -> list[str]:
    """Values one annotator gave to a field: most frequent first, then most recent."""
    sql = """SELECT value FROM answers JOIN classifications ON id = classification_id
             WHERE answers.taxonomy = ? AND field = ? AND annotator = ? AND state = 'answered'
             GROUP BY value ORDER BY count(*) DESC, max(updated_at) DESC LIMIT ?"""
    return [value for (value,) in connection.execute(sql, (taxonomy, field, annotator, limit)) if value]


def published_values(
    connection: sqlite3.Connection, taxonomy: str, field: str, subject: str, limit: int = 2000
) -> list[str]:
    """Values that published classifications of other subjects gave to a field, most frequent first."""
    sql = """SELECT value FROM answers
             JOIN classifications ON classifications.id = classification_id
             JOIN subjects ON subjects.id = classifications.subject_id
             WHERE answers.taxonomy = ? AND field = ? AND publish = 'published' AND state = 'answered' AND key != ?
             GROUP BY value ORDER BY count(*) DESC, value LIMIT ?"""
    return [value for (value,) in connection.execute(sql, (taxonomy, field, subject, limit)) if value]
