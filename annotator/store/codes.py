"""Small integers for distinct values, so that statistics compare numbers and not texts."""

from __future__ import annotations

import sqlite3
from hashlib import sha256

LONGEST = 300
"""Characters; a longer value is coded by its digest, so that the index stays small."""


def coded(value: str) -> str:
    """The text a code stands for: the value, or the digest of a long one."""
    return value if len(value) <= LONGEST else digest(value)


def digest(value: str) -> str:
    """Stand in for a long value: equal texts give equal digests."""
    return "sha256:" + sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


class Codes:
    """Finds or makes the code of a value; remembers those it has seen in this transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Start with nothing remembered."""
        self.connection = connection
        self._known: dict[tuple[str, str, str], int] = {}

    def of(self, taxonomy: str, field: str, value: str) -> int:
        """The code of a value of a field; call inside a write transaction."""
        key = (taxonomy, field, coded(value))
        code = self._known.get(key)
        if code is None:
            where = "taxonomy = ? AND field = ? AND value = ?"
            row = self.connection.execute(f"SELECT code FROM value_codes WHERE {where}", key).fetchone()
            if row is None:
                sql = "INSERT INTO value_codes (taxonomy, field, value) VALUES (?, ?, ?) RETURNING code"
                row = self.connection.execute(sql, key).fetchone()
            code = self._known[key] = int(row[0])
        return code

    def forget(self) -> None:
        """Drop what is remembered: outside the transaction it may not hold."""
        self._known.clear()
