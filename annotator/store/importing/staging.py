"""What an import prepared, in temporary tables of its own connection.

SQLite keeps them in memory while they are small and in a nameless file when they grow, which
goes with the process however that ends. Filling them takes no lock of the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, Literal

from annotator.store.connection import Transaction
from annotator.store.readable import HEAD

Kind = Literal["incident", "report"]
Row = tuple[Any, ...]
KINDS: tuple[Kind, ...] = ("incident", "report")
"""In the order in which they are written: reports are put into incidents."""
INCIDENT_COLUMNS = ("description", "extra", "partial")
REPORT_COLUMNS = (
    "text", "sha256", "url", "source_domain", "language", "authors", "submitters", "tags", "date_published",
    "date_submitted", "date_modified", "date_downloaded", "image_url", "standing", "related_to", "extra", "partial",
)  # fmt: skip
COLUMNS: dict[str, tuple[str, ...]] = {"incident": INCIDENT_COLUMNS, "report": REPORT_COLUMNS}
"""The columns of a kind's own table, `extra` and `partial` last."""
BELONGING = {"incident": ("reports", "entities"), "report": ("incident",)}
"""What a source says of the links of a subject: lists as JSON, or the key of one incident."""
TABLES = {
    "staged_subjects": "seq INTEGER PRIMARY KEY, kind, key, title, date, needs_trigram, again, outcome, was,"
                       " id INTEGER",
    **{f"staged_{kind}s": f"seq INTEGER PRIMARY KEY, {', '.join((*COLUMNS[kind], *BELONGING[kind]))}"
       for kind in COLUMNS},
    **{f"merged_{kind}s": f"seq INTEGER PRIMARY KEY, id, title, date, needs_trigram, text_changes,"
       f" {', '.join(COLUMNS[kind])}" for kind in COLUMNS},
    "staged_imports": "seq INTEGER PRIMARY KEY, subject, kind, taxonomy, of_annotator, round, version, payload,"
                      " outcome, fresh",
    "staged_heads": f"seq INTEGER PRIMARY KEY, {', '.join(HEAD)}",
    "staged_answers": "seq INTEGER, field, position, state, value, code INTEGER, confidence,"
                      " PRIMARY KEY (seq, field, position)",
    "staged_evidence": 'seq INTEGER, field, position, report, "start", "end", quote, prefix, suffix,'
                       " PRIMARY KEY (seq, field, position)",
    "staged_codes": "number INTEGER PRIMARY KEY, taxonomy, field, value, code INTEGER",
    "staged_ids": "seq INTEGER PRIMARY KEY, id, at",
    **dict.fromkeys(("compared_places", "staged_disputes"), "subject_id INTEGER, taxonomy TEXT, round INTEGER,"
                    " PRIMARY KEY (subject_id, taxonomy, round)"),
    "staged_disagreements": "subject_id INTEGER, taxonomy TEXT, round INTEGER, field TEXT, positions INTEGER, settled",
}  # fmt: skip
"""Columns as in the tables they are for. `seq`: the order in which the source told it."""
PAGE = 1 << 15
"""Bytes of a page, large enough to hold most report texts whole."""


def make(transaction: Transaction) -> None:
    """Make the staging tables; they go with the connection."""
    transaction.execute(f"PRAGMA temp.page_size = {PAGE}")
    for name, columns in TABLES.items():
        transaction.execute(f"CREATE TEMP TABLE {name} ({columns})")


def insert(transaction: Transaction, table: str, rows: Iterable[Row]) -> None:
    """Write whole rows into a staging table."""
    given = iter(rows)
    first = next(given, None)
    if first is not None:
        marks = ", ".join("?" * len(first))
        transaction.executemany(f"INSERT INTO temp.{table} VALUES ({marks})", chain((first,), given))
