"""What was answered before, for completion and for putting frequent choices first."""

from __future__ import annotations

from annotator.model.visibility import Viewer
from annotator.store import visibility
from annotator.store.connection import Transaction

OWN = 500
"""Latest classifications of an annotator that make up a habit."""
PUBLISHED = 3_000
"""Latest published classifications that completions come from: enough of them, and found at once."""


def frequent_values(
    transaction: Transaction, viewer: Viewer, taxonomy: str, field: str, annotator: str, limit: int = 200
) -> list[str]:
    """Values one annotator gave to a field lately: most frequent first, then most recent."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT value FROM (
               SELECT id, updated_at FROM classifications WHERE annotator = ? AND taxonomy = ?{seen.and_sql}
               ORDER BY updated_at DESC LIMIT ?
             ) AS latest JOIN answers ON classification_id = latest.id AND field = ?
             WHERE state = 'answered' GROUP BY value ORDER BY count(*) DESC, max(updated_at) DESC LIMIT ?"""
    rows = transaction.execute(sql, (annotator, taxonomy, *seen.values, OWN, field, limit))
    return [value for (value,) in rows if value]


def published_values(
    transaction: Transaction, viewer: Viewer, taxonomy: str, field: str, subject: str, limit: int = 2000
) -> list[str]:
    """Values that published classifications of other subjects gave to a field, most frequent first."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT value FROM (
               SELECT classifications.id FROM classifications JOIN subjects ON subjects.id = subject_id
               WHERE publish = 'published' AND taxonomy = ? AND key != ?{seen.and_sql} ORDER BY updated_at DESC LIMIT ?
             ) AS latest JOIN answers ON classification_id = latest.id AND field = ?
             WHERE state = 'answered' GROUP BY value ORDER BY count(*) DESC, value LIMIT ?"""
    rows = transaction.execute(sql, (taxonomy, subject, *seen.values, PUBLISHED, field, limit))
    return [value for (value,) in rows if value]
