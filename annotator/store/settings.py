"""What a team agreed on for one database, with who said so and when."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from annotator.store import readable


class Kept(NamedTuple):
    """A setting as it stands in the file."""

    value: str
    set_by: str
    set_at: str


def get(connection: sqlite3.Connection, name: str) -> Kept | None:
    """A setting; None when nobody has said anything."""
    row = connection.execute("SELECT value, set_by, set_at FROM settings WHERE name = ?", (name,)).fetchone()
    return Kept._make(row) if row else None


def put(connection: sqlite3.Connection, name: str, value: str, annotator: str) -> None:
    """Keep a setting; call inside a write transaction."""
    at = readable.now()
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?, ?, ?)", (name, value, annotator, at))


def values(connection: sqlite3.Connection) -> dict[str, str]:
    """What was said, by name; settings nobody spoke of are left out."""
    return dict(connection.execute("SELECT name, value FROM settings").fetchall())
