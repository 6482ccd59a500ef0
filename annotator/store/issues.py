"""What imports met and could not accept: kept with its place until somebody settles it."""

from __future__ import annotations

from collections.abc import Iterable, Set

from annotator.model.record import ImportIssue
from annotator.model.visibility import NOBODY, Viewer
from annotator.store import readable, visibility
from annotator.store.connection import Transaction

COLUMNS = ("source", "place", "subject", "taxonomy", "annotator", "field", "value", "problem", "found_at")


def put(transaction: Transaction, issues: Iterable[ImportIssue]) -> int:
    """Keep issues; those already known are not repeated. Returns how many are new."""
    now = readable.now()
    return transaction.executemany(
        f"INSERT OR IGNORE INTO import_issues ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*_facts(issue), now) for issue in issues],
    ).rowcount


def settle(transaction: Transaction, source: str, read: Set[tuple[str, str, str]], met: Iterable[ImportIssue]) -> None:
    """Drop issues that reading the same things of a source again no longer met.

    `read` holds subject, taxonomy and annotator of what was read: an issue about anything
    else stays, for two files may have the same name.
    """
    still = {_facts(issue) for issue in met}
    sql = f"SELECT id, {', '.join(COLUMNS[:-1])} FROM import_issues WHERE source = ?"
    for issue_id, *facts in transaction.execute(sql, (source,)).fetchall():
        _, _, subject, taxonomy, annotator, *_ = facts
        if tuple(facts) not in still and (subject, taxonomy, annotator) in read:
            transaction.execute("DELETE FROM import_issues WHERE id = ?", (issue_id,))


def read(transaction: Transaction, viewer: Viewer = NOBODY) -> list[ImportIssue]:
    """All issues that are open to a viewer, in the order they were found."""
    seen = visibility.issues_open_to(transaction, viewer)
    sql = f"SELECT {', '.join(COLUMNS)} FROM import_issues WHERE {seen.sql or 1} ORDER BY id"
    return [ImportIssue(**dict(zip(COLUMNS, row, strict=True))) for row in transaction.execute(sql, seen.values)]


def count(transaction: Transaction) -> int:
    """How many issues there are."""
    return int(transaction.execute("SELECT count(*) FROM import_issues").fetchone()[0])


def _facts(issue: ImportIssue) -> tuple[str, ...]:
    return tuple(getattr(issue, name) for name in COLUMNS[:-1])
