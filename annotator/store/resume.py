"""Where each annotator stopped."""

from __future__ import annotations

import sqlite3

from annotator.models.queue import QueueView, ResumePoint


def put(connection: sqlite3.Connection, annotator: str, point: ResumePoint) -> None:
    """Remember a place."""
    connection.execute(
        "INSERT OR REPLACE INTO resume_points (annotator, subject, taxonomy, field, view) VALUES (?, ?, ?, ?, ?)",
        (annotator, point.subject, point.taxonomy, point.field, point.view.model_dump_json(exclude_defaults=True)),
    )


def get(connection: sqlite3.Connection, annotator: str) -> ResumePoint | None:
    """The place remembered last; None for somebody new."""
    sql = "SELECT subject, taxonomy, field, view FROM resume_points WHERE annotator = ?"
    row = connection.execute(sql, (annotator,)).fetchone()
    if row is None:
        return None
    view = QueueView.model_validate_json(row[3])
    return ResumePoint(subject=row[0], taxonomy=row[1], field=row[2], view=view)
