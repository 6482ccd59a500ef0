"""Read classifications back from the projection."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

OF_VIEW = """subjects.key, taxonomy, version, annotator, round, status, publish, notes, answers, hidden, flagged,
             skip_reason, updated_at, submitted_at"""


class StoredClassification(NamedTuple):
    """A classification as the projection holds it; `answers` and `hidden` are JSON text by field id."""

    subject: str
    taxonomy: str
    version: int
    annotator: str
    round: int
    status: str
    publish: str
    notes: str
    answers: str
    hidden: str
    flagged: int
    skip_reason: str
    updated_at: str | None
    submitted_at: str | None

    def decoded(self, with_hidden: bool = False) -> dict[str, dict[str, Any]]:
        """The answers as values; hidden ones only when asked for."""
        answers: dict[str, dict[str, Any]] = json.loads(self.answers)
        return {**answers, **json.loads(self.hidden)} if with_hidden else answers


def read(
    connection: sqlite3.Connection, *, subject: str = "", taxonomy: str = "", annotator: str = "", round_: int = 0
) -> Iterator[StoredClassification]:
    """Classifications in a fixed order: subject, taxonomy, round, annotator. Empty means all."""
    given = {"subjects.key": subject, "taxonomy": taxonomy, "annotator": annotator, "round": round_}
    wanted = {name: value for name, value in given.items() if value}
    where = " AND ".join(f"{name} = ?" for name in wanted) or "1"
    sql = f"""SELECT {OF_VIEW} FROM classifications JOIN subjects ON subjects.id = subject_id
              WHERE {where} AND status != 'untouched'
              ORDER BY subjects.id, taxonomy, round, annotator"""
    return (StoredClassification(*row) for row in connection.execute(sql, tuple(wanted.values())))


def annotators(connection: sqlite3.Connection) -> list[str]:
    """Everybody who has classified something."""
    return [name for (name,) in connection.execute("SELECT DISTINCT annotator FROM classifications ORDER BY 1")]
