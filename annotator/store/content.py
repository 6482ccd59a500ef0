"""Write incidents and reports in bulk: add what is new, update what changed, leave the rest."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Literal

from annotator.errors import SourceError
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import EntityLink, Incident, Report
from annotator.store import search
from annotator.store.readable import to_json


def put(connection: sqlite3.Connection, incident: Incident, partial: bool) -> bool:
    """Bring an incident's reports and entities up to date; returns whether anything changed.

    A full record decides which reports the incident lists and who its entities are; a
    partial one only adds reports, and entities where there are none. An empty list says nothing.
    """
    (incident_id,) = connection.execute("SELECT id FROM subjects WHERE key = ?", (incident.key,)).fetchone()
    relinked = _put_reports(connection, incident_id, incident.reports, partial)
    return _put_entities(connection, incident_id, incident.entities, partial) or relinked


def add_report(connection: sqlite3.Connection, incident: str, report: str) -> bool:
    """Put a report that says where it belongs at the end of an incident; returns whether it was not there."""
    found = connection.execute(
        """INSERT OR IGNORE INTO incident_reports (incident_id, report_key, position, listed)
           SELECT id, ?, (SELECT ifnull(max(position) + 1, 0) FROM incident_reports WHERE incident_id = subjects.id), 0
           FROM subjects WHERE key = ? RETURNING 1""",
        (report, incident),
    ).fetchone()
    return found is not None


def _put_reports(connection: sqlite3.Connection, incident_id: int, reports: tuple[str, ...], partial: bool) -> bool:
    sql = "SELECT report_key, listed FROM incident_reports WHERE incident_id = ? ORDER BY position"
    before: list[Row] = connection.execute(sql, (incident_id,)).fetchall()
    after = _joined(before, list(dict.fromkeys(reports)), partial)
    if after == before:
        return False
    connection.execute("DELETE FROM incident_reports WHERE incident_id = ?", (incident_id,))
    connection.executemany(
        "INSERT INTO incident_reports (incident_id, report_key, position, listed) VALUES (?, ?, ?, ?)",
        [(incident_id, key, position, listed) for position, (key, listed) in enumerate(after)],
    )
    return True


def _joined(before: list[Row], reports: list[str], partial: bool) -> list[Row]:
    """The reports to keep: first those the incident lists, then those that only say themselves that they belong."""
    known = [key for key, _ in before]
    if partial or not reports:
        return before + [(key, 0) for key in reports if key not in known]
    return [(key, 1) for key in reports] + [row for row in before if not row[1] and row[0] not in reports]


def _put_entities(
    connection: sqlite3.Connection, incident_id: int, entities: tuple[EntityLink, ...], partial: bool
) -> bool:
    sql = "SELECT name, role FROM incident_entities JOIN entities ON id = entity_id WHERE incident_id = ?"
    before = set(connection.execute(sql, (incident_id,)))
    after = {(entity.name, entity.role) for entity in entities}
    if not after or after == before or (partial and before):
        return False
    connection.execute("DELETE FROM incident_entities WHERE incident_id = ?", (incident_id,))
    for entity in entities:
        connection.execute("INSERT OR IGNORE INTO entities (name) VALUES (?)", (entity.name,))
        connection.execute(
            "INSERT OR IGNORE INTO incident_entities SELECT ?, id, ? FROM entities WHERE name = ?",
            (incident_id, entity.role, entity.name),
        )
    return True


Outcome = Literal["added", "updated", "unchanged"]
INCIDENT_COLUMNS = ("description", "extra", "partial")
REPORT_COLUMNS = (
    "text", "sha256", "url", "source_domain", "language", "authors", "submitters", "tags", "date_published",
    "date_submitted", "date_modified", "date_downloaded", "image_url", "standing", "related_to", "extra", "partial",
)  # fmt: skip
COLUMNS = {"incident": INCIDENT_COLUMNS, "report": REPORT_COLUMNS}
DATES = tuple(2 + REPORT_COLUMNS.index(f"date_{what}") for what in ("published", "submitted", "downloaded"))
"""Places in a report's row from which its date in the queue comes, best first."""
EMPTY = ("", "[]", "{}", sha256(b"").hexdigest())
Row = tuple[Any, ...]
"""Title and date, then the columns of the kind's own table."""


def put_reports(connection: sqlite3.Connection, records: Sequence[ReportRecord]) -> Counter[str]:
    """Store reports and their place in incidents; keys must differ within one call. Counts outcomes."""
    rows = {each.report.key: report_row(each.report, each.partial) for each in records}
    outcomes = _put(connection, "report", REPORT_COLUMNS, rows)
    belonging = [(each.incident, each.report.key) for each in records if each.incident]
    for incident in sorted({incident for incident, _ in belonging}):
        ensure_subject(connection, incident, "incident")
    for incident, report in belonging:
        if add_report(connection, incident, report) and outcomes[report] == "unchanged":
            outcomes[report] = "updated"
    return Counter(outcomes.values())


def put_incidents(connection: sqlite3.Connection, records: Sequence[IncidentRecord]) -> Counter[str]:
    """Store incidents with their reports and entities; keys must differ within one call. Counts outcomes."""
    rows: dict[str, Row] = {
        incident.key: (incident.title, incident.date, incident.description, to_json(incident.extra), int(partial))
        for incident, _, partial in records
    }
    outcomes = _put(connection, "incident", INCIDENT_COLUMNS, rows)
    for incident, _, partial in records:
        if put(connection, incident, partial) and outcomes[incident.key] == "unchanged":
            outcomes[incident.key] = "updated"
    return Counter(outcomes.values())


def ensure_subject(connection: sqlite3.Connection, key: str, kind: str) -> None:
    """Make an empty subject for a key that something refers to, unless it is there."""
    found = connection.execute("SELECT 1 FROM subjects WHERE key = ?", (key,)).fetchone()
    if not found:
        _put(connection, kind, COLUMNS[kind], {key: _empty_row(kind, key)})


def _empty_row(kind: str, key: str) -> Row:
    return ("", "", "", "{}", 1) if kind == "incident" else report_row(Report(key=key), True)


def report_row(report: Report, partial: bool) -> Row:
    """A report as title, date and the columns of its table."""
    return _dated((
        report.title, "", report.text, sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest(),
        report.url, report.source_domain, report.language,
        to_json(report.authors), to_json(report.submitters), to_json(report.tags),
        report.date_published, report.date_submitted, report.date_modified, report.date_downloaded,
        report.image_url, report.standing, report.related_to, to_json(report.extra), int(partial),
    ))  # fmt: skip


def _dated(row: Row) -> Row:
    """A report's row with the date the queue shows: when it was published, else the best there is."""
    return (row[0], next((row[place] for place in DATES if row[place]), ""), *row[2:])


def _put(connection: sqlite3.Connection, kind: str, columns: Sequence[str], rows: dict[str, Row]) -> dict[str, Outcome]:
    known = _known(connection, kind, columns, list(rows))
    if len(known) < len(rows) and _turn_placeholders(connection, kind, [key for key in rows if key not in known]):
        known = _known(connection, kind, columns, list(rows))
    fresh = {key: row for key, row in rows.items() if key not in known}
    _insert(connection, kind, columns, fresh)
    outcomes: dict[str, Outcome] = dict.fromkeys(fresh, "added")
    for key, (subject_id, old) in known.items():
        new = _combined(old, rows[key])
        new = _dated(new) if kind == "report" else new
        outcomes[key] = "unchanged" if new == old else "updated"
        if new != old:
            _update(connection, kind, columns, subject_id, old, new)
    return outcomes


def _known(
    connection: sqlite3.Connection, kind: str, columns: Sequence[str], keys: list[str]
) -> dict[str, tuple[int, Row]]:
    """Rows already stored under these keys, with their ids."""
    sql = f"""SELECT subjects.key, subjects.id, title, date, {", ".join(columns)}
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {kind}s AS own ON own.id = subjects.id"""
    return {row[0]: (row[1], tuple(row[2:])) for row in connection.execute(sql, (json.dumps(keys),))}


def _turn_placeholders(connection: sqlite3.Connection, kind: str, keys: list[str]) -> bool:
    """Give empty subjects that were guessed to be of the other kind their own; refuse those that have content.

    A classification names its subject by key alone, so `ensure_subject` may have been told wrong.
    """
    other = "report" if kind == "incident" else "incident"
    sql = f"""SELECT own.id, subjects.key, title || own.{COLUMNS[other][0]} = '' AND partial = 1
                AND NOT EXISTS (SELECT 1 FROM incident_reports WHERE incident_id = own.id)
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {other}s AS own ON own.id = subjects.id"""
    taken = connection.execute(sql, (json.dumps(keys),)).fetchall()
    for subject_id, key, is_empty in taken:
        if not is_empty:
            raise SourceError(f"{key}: is here already and is no {kind}; two sources use one key for two things.")
        connection.execute(f"DELETE FROM {other}s WHERE id = ?", (subject_id,))
        connection.execute("UPDATE subjects SET kind = ? WHERE id = ?", (kind, subject_id))
        _insert_own(connection, kind, COLUMNS[kind], [(subject_id, *_empty_row(kind, key)[2:])])
    return bool(taken)


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
    _insert_own(connection, kind, columns, [(last + index, *row[2:]) for index, row in enumerate(rows.values(), 1)])
    search.index_from(connection, last + 1)


def _insert_own(connection: sqlite3.Connection, kind: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Write the kind's own table; each row begins with the subject's id."""
    marks = ", ".join("?" * (len(columns) + 1))
    connection.executemany(f"INSERT INTO {kind}s (id, {', '.join(columns)}) VALUES ({marks})", rows)


def _update(
    connection: sqlite3.Connection, kind: str, columns: Sequence[str], subject_id: int, old: Row, new: Row
) -> None:
    texts_changed = (old[0], old[2]) != (new[0], new[2])
    if texts_changed:
        search.remove(connection, subject_id, old[0], old[2])
    connection.execute(
        "UPDATE subjects SET title = ?, date = ?, needs_trigram = ? WHERE id = ?",
        (new[0], new[1], search.needs_trigram(new[0], new[2]), subject_id),
    )
    changes = ", ".join(f"{column} = ?" for column in columns)
    connection.execute(f"UPDATE {kind}s SET {changes} WHERE id = ?", (*new[2:], subject_id))
    if texts_changed:
        search.index_one(connection, subject_id)


def _combined(old: Row, new: Row) -> Row:
    """What to store: a full record's values win, a partial one only fills gaps.

    A source that says nothing of a value does not erase it, and what sources say in
    `extra` (the last column but one) adds up.
    """
    is_partial = new[-1]
    winner, other = (old, new) if is_partial else (new, old)
    merged = [theirs if ours in EMPTY else ours for ours, theirs in zip(winner[:-2], other[:-2], strict=True)]
    before = json.loads(old[-2])
    extra = {**json.loads(other[-2]), **json.loads(winner[-2])}
    return (*merged, old[-2] if extra == before else to_json(extra), int(old[-1] and is_partial))
