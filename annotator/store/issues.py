"""What imports met and could not accept: kept with its place until somebody settles it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

from annotator.models.issue import ImportIssue

COLUMNS = ("source", "place", "subject", "taxonomy", "annotator", "field", "value", "problem", "found_at")


def put(connection: sqlite3.Connection, issues: Iterable[ImportIssue]) -> int:
    """Keep issues; those already known are not repeated. Returns how many are new."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    before = connection.total_changes
    connection.executemany(
        f"INSERT OR IGNORE INTO import_issues ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*_facts(issue), now) for issue in issues],
    )
    return connection.total_changes - before


def forget_source(connection: sqlite3.Connection, source: str, keep: Iterable[ImportIssue]) -> None:
    """Drop the issues of a source that reading it again no longer met."""
    met = {_facts(issue) for issue in keep}
    sql = f"SELECT id, {', '.join(COLUMNS[:-1])} FROM import_issues WHERE source = ?"
    for row in connection.execute(sql, (source,)).fetchall():
        if tuple(row[1:]) not in met:
            connection.execute("DELETE FROM import_issues WHERE id = ?", (row[0],))


def read(connection: sqlite3.Connection) -> list[ImportIssue]:
    """All issues in the order they were found."""
    rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM import_issues ORDER BY id")
    return [ImportIssue(**dict(zip(COLUMNS, row, strict=True))) for row in rows]


def _facts(issue: ImportIssue) -> tuple[str, ...]:
    return tuple(getattr(issue, name) for name in COLUMNS[:-1])
