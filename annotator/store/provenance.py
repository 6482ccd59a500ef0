"""Where each answer of an adjudicated classification comes from."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from annotator.models.reserved import ADJUDICATED
from annotator.models.viewing import Viewer
from annotator.store import seeing

Provenance = dict[str, dict[str, Any]]
"""By field: {source, by, at} and, for rulings, {cause, note, confidence, between}, else {annotators}."""
OF_ONE = f"""(SELECT id FROM classifications WHERE annotator = '{ADJUDICATED}' AND taxonomy = ? AND round = ?
               AND subject_id = (SELECT id FROM subjects WHERE key = ?))"""


def of_adjudication(connection: sqlite3.Connection, subject: str, taxonomy: str, round_: int) -> Provenance:
    """The provenance of every answer on record; empty where nothing is known of it."""
    who = (taxonomy, round_, subject)
    found: Provenance = {}
    sql = f"SELECT adjudicated_by, adjudicated_at, sources FROM adjudications WHERE classification_id = {OF_ONE}"
    for by, at, sources in connection.execute(sql, who):
        found |= {field: {**said, "by": by, "at": at} for field, said in json.loads(sources).items()}
    sql = f"""SELECT field, ruled_by, ruled_at, cause, note, confidence, "between" FROM rulings
              WHERE classification_id = {OF_ONE} ORDER BY field"""
    for field, by, at, cause, note, confidence, between in connection.execute(sql, who):
        found[field] = {
            "source": "ruled", "by": by, "at": at, "cause": cause, "note": note, "confidence": confidence,
            "between": json.loads(between),
        }  # fmt: skip
    return found


def unresolved(connection: sqlite3.Connection, subject: str, taxonomy: str, round_: int, viewer: Viewer) -> set[str]:
    """The fields of a subject on which annotators differ, whatever was ruled; none while any of it is closed."""
    if seeing.is_anything_closed(connection, viewer, subject, taxonomy, round_):
        return set()
    sql = """SELECT field FROM disagreements WHERE taxonomy = ? AND round = ?
             AND subject_id = (SELECT id FROM subjects WHERE key = ?)"""
    return {field for (field,) in connection.execute(sql, (taxonomy, round_, subject))}
