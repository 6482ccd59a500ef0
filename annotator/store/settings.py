"""What a team agreed on for one database, with who said so and when."""

from __future__ import annotations

from typing import NamedTuple

from annotator.store import readable
from annotator.store.connection import Transaction


class Kept(NamedTuple):
    """A setting as it stands in the file."""

    value: str
    set_by: str
    set_at: str


def get(transaction: Transaction, name: str) -> Kept | None:
    """A setting; None when nobody has said anything."""
    row = transaction.execute("SELECT value, set_by, set_at FROM settings WHERE name = ?", (name,)).fetchone()
    return Kept._make(row) if row else None


def put(transaction: Transaction, name: str, value: str, annotator: str) -> None:
    """Keep a setting; call inside a write transaction."""
    at = readable.now()
    transaction.execute("INSERT OR REPLACE INTO settings VALUES (?, ?, ?, ?)", (name, value, annotator, at))


def values(transaction: Transaction) -> dict[str, str]:
    """What was said, by name; settings nobody spoke of are left out."""
    return dict(transaction.execute("SELECT name, value FROM settings").fetchall())
