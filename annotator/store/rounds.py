"""The rounds of annotation. The first needs no row; the latest that was started is worked in."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from annotator.store import moments


class Started(NamedTuple):
    """A round after the first."""

    round: int
    purpose: str
    started_by: str
    started_at: str


def current(connection: sqlite3.Connection) -> int:
    """The round that is worked in."""
    return int(connection.execute("SELECT ifnull(max(round), 1) FROM rounds").fetchone()[0])


def following(connection: sqlite3.Connection) -> int:
    """The number of the next round: after every round that was started, or worked in without being."""
    sql = """SELECT max(ifnull((SELECT max(round) FROM rounds), 1),
                        ifnull((SELECT max(round) FROM assignments), 1),
                        ifnull((SELECT max(round) FROM classifications), 1))"""
    return int(connection.execute(sql).fetchone()[0]) + 1


def put(connection: sqlite3.Connection, round_: int, purpose: str, started_by: str) -> None:
    """Start a round; call inside a write transaction."""
    at = moments.now()
    connection.execute("INSERT INTO rounds VALUES (?, ?, ?, ?)", (round_, purpose, started_by, at))


def started(connection: sqlite3.Connection) -> list[Started]:
    """Every round that was started, in order."""
    sql = "SELECT round, purpose, started_by, started_at FROM rounds ORDER BY round"
    return [Started._make(row) for row in connection.execute(sql)]
