"""What hangs on an incident: its reports in order, and the entities in it."""

from __future__ import annotations

import sqlite3
from typing import Any

from annotator.models.subject import EntityLink, Incident

Row = tuple[Any, ...]


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
