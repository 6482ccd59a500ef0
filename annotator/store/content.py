"""Write incidents and reports in bulk: add what is new, update what changed, leave the rest."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from annotator.errors import SourceError
from annotator.models.record import IncidentRecord, ReportRecord
from annotator.models.subject import EntityLink, Report
from annotator.store import search
from annotator.store.encoding import to_json

Outcome = Counter[str]
"""How many were `added`, `updated`, `unchanged`."""

REPORT_COLUMNS = (
    "text", "sha256", "url", "source_domain", "language", "authors", "submitters", "tags", "date_published",
    "date_submitted", "date_modified", "date_downloaded", "image_url", "standing", "related_to", "extra", "partial",
)  # fmt: skip
EMPTY = ("", "[]", "{}", sha256(b"").hexdigest())
Row = tuple[Any, ...]
"""Title and date, then the columns of the kind's own table."""


def put_reports(connection: sqlite3.Connection, records: Sequence[ReportRecord]) -> Outcome:
    """Store reports and their place in incidents; keys must differ within one call."""
    rows = {each.report.key: report_row(each.report, each.partial) for each in records}
    outcome = _put(connection, "report", REPORT_COLUMNS, rows)
    links = [(each.incident, each.report.key) for each in records if each.incident]
    for incident in sorted({incident for incident, _ in links}):
        ensure_subject(connection, incident, "incident")
    for incident, report in links:
        _link(connection, incident, report)
    return outcome


def put_incidents(connection: sqlite3.Connection, records: Sequence[IncidentRecord]) -> Outcome:
    """Store incidents with their reports and entities; keys must differ within one call."""
    columns = ("description", "extra", "partial")
    rows: dict[str, Row] = {
        each.incident.key: (
            each.incident.title, each.incident.date, each.incident.description,
            to_json(each.incident.extra), int(each.partial),
        )
        for each in records
    }  # fmt: skip
    links_before = {record.incident.key: _links_of(connection, record.incident.key) for record in records}
    outcome = _put(connection, "incident", columns, rows)
    for record in records:
        key = record.incident.key
        for report in record.incident.reports:
            _link(connection, key, report)
        if not record.partial:
            _put_entities(connection, key, record.incident.entities)
        if rows[key] and links_before[key] is not None and links_before[key] != _links_of(connection, key):
            outcome["relinked"] += 1
    return outcome


def ensure_subject(connection: sqlite3.Connection, key: str, kind: str) -> None:
    """Make an empty subject for a key that something refers to, unless it is there."""
    found = connection.execute("SELECT 1 FROM subjects WHERE key = ?", (key,)).fetchone()
    if found:
        return
    columns = ("description", "extra", "partial") if kind == "incident" else REPORT_COLUMNS
    row: Row = ("", "", "", "{}", 1) if kind == "incident" else report_row(Report(key=key), True)
    _put(connection, kind, columns, {key: row})


def report_row(report: Report, partial: bool) -> Row:
    """A report as title, date and the columns of its table."""
    date = report.date_published or report.date_submitted or report.date_downloaded
    return (
        report.title, date, report.text, sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest(),
        report.url, report.source_domain, report.language,
        to_json(report.authors), to_json(report.submitters), to_json(report.tags),
        report.date_published, report.date_submitted, report.date_modified, report.date_downloaded,
        report.image_url, report.standing, report.related_to, to_json(report.extra), int(partial),
    )  # fmt: skip


def _put(connection: sqlite3.Connection, kind: str, columns: Sequence[str], rows: dict[str, Row]) -> Outcome:
    known = _known(connection, kind, columns, list(rows))
    outcome: Outcome = Counter()
    fresh = {key: row for key, row in rows.items() if key not in known}
    _refuse_other_kind(connection, kind, list(fresh))
    _insert(connection, kind, columns, fresh)
    outcome["added"] = len(fresh)
    for key, (subject_id, old) in known.items():
        new = _combined(old, rows[key])
        if new == old:
            outcome["unchanged"] += 1
        else:
            _update(connection, kind, columns, subject_id, old, new)
            outcome["updated"] += 1
    return outcome


def _known(
    connection: sqlite3.Connection, kind: str, columns: Sequence[str], keys: list[str]
) -> dict[str, tuple[int, Row]]:
    """Rows already stored under these keys, with their ids."""
    sql = f"""SELECT subjects.key, subjects.id, title, date, {", ".join(columns)}
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {kind}s AS own ON own.id = subjects.id"""
    return {row[0]: (row[1], tuple(row[2:])) for row in connection.execute(sql, (json.dumps(keys),))}


def _refuse_other_kind(connection: sqlite3.Connection, kind: str, keys: list[str]) -> None:
    sql = "SELECT subjects.key FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value LIMIT 1"
    taken = connection.execute(sql, (json.dumps(keys),)).fetchone()
    if taken:
        raise SourceError(f"{taken[0]}: is here already and is no {kind}; two sources use one key for two things.")


def _insert(connection: sqlite3.Connection, kind: str, columns: Sequence[str], rows: dict[str, Row]) -> None:
    if not rows:
        return
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM subjects").fetchone()
    connection.executemany(
        "INSERT INTO subjects (id, key, kind, title, date, needs_trigram) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (last + index, key, kind, row[0], row[1], search.needs_trigram(row[0], row[2]))
            for index, (key, row) in enumerate(rows.items(), 1)
        ],
    )
    marks = ", ".join("?" * (len(columns) + 1))
    connection.executemany(
        f"INSERT INTO {kind}s (id, {', '.join(columns)}) VALUES ({marks})",
        [(last + index, *row[2:]) for index, row in enumerate(rows.values(), 1)],
    )
    search.index_from(connection, last + 1)


def _update(
    connection: sqlite3.Connection, kind: str, columns: Sequence[str], subject_id: int, old: Row, new: Row
) -> None:
    search.remove(connection, subject_id, old[0], old[2], search.needs_trigram(old[0], old[2]))
    connection.execute(
        "UPDATE subjects SET title = ?, date = ?, needs_trigram = ? WHERE id = ?",
        (new[0], new[1], search.needs_trigram(new[0], new[2]), subject_id),
    )
    changes = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(f"UPDATE {kind}s SET {changes} WHERE id = ?", (*new[2:], subject_id))
    search.index_one(connection, subject_id)


def _combined(old: Row, new: Row) -> Row:
    """What to store: a full record's values win, a partial one only fills gaps.

    A source that says nothing of a value does not erase it, and what sources say in
    `extra` (the last column but one) adds up.
    """
    is_partial = new[-1]
    winner, other = (old, new) if is_partial else (new, old)
    merged = [theirs if ours in EMPTY else ours for ours, theirs in zip(winner[:-2], other[:-2], strict=True)]
    extra = {**json.loads(old[-2]), **json.loads(new[-2])} if old[-2] != new[-2] else None
    if extra is not None and is_partial:
        extra = {**json.loads(new[-2]), **json.loads(old[-2])}
    return (
        *merged,
        old[-2] if extra is None or extra == json.loads(old[-2]) else to_json(extra),
        old[-1] and is_partial,
    )


def _link(connection: sqlite3.Connection, incident: str, report: str) -> None:
    connection.execute(
        """INSERT OR IGNORE INTO incident_reports (incident_id, report_key, position)
           SELECT id, ?, (SELECT count(*) FROM incident_reports WHERE incident_id = subjects.id)
           FROM subjects WHERE key = ?""",
        (report, incident),
    )


def _links_of(connection: sqlite3.Connection, incident: str) -> list[Row] | None:
    """Reports and entities of an incident; None when there is no such incident."""
    found = connection.execute("SELECT id FROM subjects WHERE key = ?", (incident,)).fetchone()
    if found is None:
        return None
    reports = connection.execute(
        "SELECT report_key, '' FROM incident_reports WHERE incident_id = ? ORDER BY 1", found
    ).fetchall()
    sql = "SELECT name, role FROM incident_entities JOIN entities ON id = entity_id WHERE incident_id = ? ORDER BY 1, 2"
    return reports + connection.execute(sql, found).fetchall()


def _put_entities(connection: sqlite3.Connection, incident: str, entities: Iterable[EntityLink]) -> None:
    (incident_id,) = connection.execute("SELECT id FROM subjects WHERE key = ?", (incident,)).fetchone()
    connection.execute("DELETE FROM incident_entities WHERE incident_id = ?", (incident_id,))
    for entity in entities:
        connection.execute("INSERT OR IGNORE INTO entities (name) VALUES (?)", (entity.name,))
        connection.execute(
            "INSERT OR IGNORE INTO incident_entities SELECT ?, id, ? FROM entities WHERE name = ?",
            (incident_id, entity.role, entity.name),
        )
