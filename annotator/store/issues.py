"""What imports met and could not accept: kept with its place until somebody settles it."""

from __future__ import annotations

from annotator.model.record import ImportIssue
from annotator.model.visibility import NOBODY, Viewer
from annotator.store import visibility
from annotator.store.connection import Transaction

COLUMNS = ("source", "place", "subject", "taxonomy", "annotator", "field", "value", "problem", "found_at")


def read(transaction: Transaction, viewer: Viewer = NOBODY) -> list[ImportIssue]:
    """All issues that are open to a viewer, in the order they were found."""
    seen = visibility.issues_open_to(transaction, viewer)
    sql = f"SELECT {', '.join(COLUMNS)} FROM import_issues WHERE {seen.sql or 1} ORDER BY id"
    return [ImportIssue(**dict(zip(COLUMNS, row, strict=True))) for row in transaction.execute(sql, seen.values)]


def count(transaction: Transaction) -> int:
    """How many issues there are."""
    return int(transaction.execute("SELECT count(*) FROM import_issues").fetchone()[0])
