"""Subjects as sources tell them, and what else an import prepared, in temporary tables of its own connection.

SQLite keeps them in memory while they are small and in a nameless file when they grow, which
goes with the process however that ends. Filling them takes no lock of the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import chain
from typing import Any, Literal, NamedTuple

from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import Report
from annotator.store.connection import Transaction
from annotator.store.readable import HEAD, to_json

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
    "staged_ids": "seq INTEGER PRIMARY KEY, at",
    "closed_imports": "seq INTEGER PRIMARY KEY",
    "closed_quoting": "id INTEGER PRIMARY KEY",
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


DATES = tuple(2 + REPORT_COLUMNS.index(f"date_{what}") for what in ("published", "submitted", "downloaded"))
"""Places in a report's row from which its date in the queue comes, best first."""


class Told(NamedTuple):
    """A subject as one source tells it."""

    kind: Kind
    key: str
    row: Row
    """Title and date, then the columns of the kind's own table."""
    belonging: Row
    """What it says of its links, as staged."""

    @property
    def contents(self) -> Row:
        """All that makes two tellings the same; the digest stands for a report's text."""
        return (*self.row[:2], *self.row[3:-1]) if self.kind == "report" else (*self.row[:-1], *self.belonging)


def incident_told(record: IncidentRecord) -> Told:
    """An incident as it is staged."""
    incident, _, partial = record
    row = (incident.title, incident.date, incident.description, to_json(incident.extra), int(partial))
    reports = list(dict.fromkeys(incident.reports))
    entities = [[entity.name, entity.role] for entity in incident.entities]
    return Told("incident", incident.key, row, (to_json(reports), to_json(entities)))


def report_told(record: ReportRecord) -> Told:
    """A report as it is staged."""
    return Told("report", record.report.key, report_row(record.report, record.partial), (record.incident,))


def report_row(report: Report, partial: bool) -> Row:
    """A report as title, date and the columns of its table."""
    return dated((
        report.title, "", report.text, sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest(),
        report.url, report.source_domain, report.language,
        to_json(report.authors), to_json(report.submitters), to_json(report.tags),
        report.date_published, report.date_submitted, report.date_modified, report.date_downloaded,
        report.image_url, report.standing, report.related_to, to_json(report.extra), int(partial),
    ))  # fmt: skip


TEXT = 2 + REPORT_COLUMNS.index("text")
"""Where a report's row has its text; the digest of that comes next."""
NO_TEXT = sha256(b"").hexdigest()


def lacks_text(kind: str, row: Row) -> bool:
    """Whether a row is a report's whose text was left out: it has the digest of one, and none."""
    return kind == "report" and bool(row) and row[TEXT] == "" and row[TEXT + 1] != NO_TEXT


def dated(row: Row) -> Row:
    """A report's row with the date the queue shows: when it was published, else the best there is."""
    return (row[0], next((row[place] for place in DATES if row[place]), ""), *row[2:])
