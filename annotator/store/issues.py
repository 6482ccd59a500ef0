"""What imports met and could not accept: kept with its place until somebody settles it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Set

from annotator.model.record import ImportIssue
from annotator.model.visibility import NOBODY, Viewer
from annotator.store import readable, visibility

COLUMNS = ("source", "place", "subject", "taxonomy", "annotator", "field", "value", "problem", "found_at")


def put(connection: sqlite3.Connection, issues: Iterable[ImportIssue]) -> int:
    """Keep issues; those already known are not repeated. Returns how many are new."""
    now = readable.now()
    before = connection.total_changes
    connection.executemany(
        f"INSERT OR IGNORE INTO import_issues ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*_facts(issue), now) for issue in issues],
    )
    return connection.total_changes - before


def settle(
    connection: sqlite3.Connection, source: str, read: Set[tuple[str, str, str]], met: Iterable[ImportIssue]
) -> None:
    """Drop issues that reading the same things of a source again no longer met.

    `read` holds subject, taxonomy and annotator of what was read: an issue about anything
    else stays, for two files may have the same name.
    """
    still = {_facts(issue) for issue in met}
    sql = f"SELECT id, {', '.join(COLUMNS[:-1])} FROM import_issues WHERE source = ?"
    for issue_id, *facts in connection.execute(sql, (source,)).fetchall():
        _, _, subject, taxonomy, annotator, *_ = facts
        if tuple(facts) not in still and (subject, taxonomy, annotator) in read:
            connection.execute("DELETE FROM import_issues WHERE id = ?", (issue_id,))


def read(connection: sqlite3.Connection, viewer: Viewer = NOBODY) -> list[ImportIssue]:
    """All issues that are open to a viewer, in the order they were found."""
    seen = visibility.issues_open_to(connection, viewer)
    sql = f"SELECT {', '.join(COLUMNS)} FROM import_issues WHERE {seen.sql or 1} ORDER BY id"
    return [ImportIssue(**dict(zip(COLUMNS, row, strict=True))) for row in connection.execute(sql, seen.values)]


def count(connection: sqlite3.Connection) -> int:
    """How many issues there are."""
    return int(connection.execute("SELECT count(*) FROM import_issues").fetchone()[0])


def _facts(issue: ImportIssue) -> tuple[str, ...]:
    return tuple(getattr(issue, name) for name in COLUMNS[:-1])
