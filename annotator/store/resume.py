"""Where each annotator stopped."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, fields

from annotator.models.queue import QueueView, ResumePoint
from annotator.store.encoding import to_json


def put(connection: sqlite3.Connection, annotator: str, point: ResumePoint) -> None:
    """Remember a place."""
    connection.execute(
        "INSERT OR REPLACE INTO resume_points (annotator, subject, taxonomy, field, view) VALUES (?, ?, ?, ?, ?)",
        (annotator, point.subject, point.taxonomy, point.field, to_json(asdict(point.view))),
    )


def get(connection: sqlite3.Connection, annotator: str) -> ResumePoint | None:
    """The place remembered last; None for somebody new."""
    sql = "SELECT subject, taxonomy, field, view FROM resume_points WHERE annotator = ?"
    row = connection.execute(sql, (annotator,)).fetchone()
    if row is None:
        return None
    kept = json.loads(row[3])
    view = QueueView(**{field.name: kept[field.name] for field in fields(QueueView) if field.name in kept})
    return ResumePoint(subject=row[0], taxonomy=row[1], field=row[2], view=view)
