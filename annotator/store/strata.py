"""What is known of a field, subject by subject: the best there is."""

from __future__ import annotations

import sqlite3

from annotator.models.reserved import ADJUDICATED

BEST_LAST = f"""CASE WHEN annotator = '{ADJUDICATED}' THEN 2 WHEN publish = 'published' THEN 1 ELSE 0 END,
                round, annotator DESC, classifications.id"""


def values(connection: sqlite3.Connection, taxonomy: str, field: str) -> dict[int, str]:
    """By subject: state and values of a field as one text; those who have none are left out.

    Adjudicated answers come before published ones, and these before what was only handed in;
    of equals the latest round and then the first name.
    """
    sql = f"""SELECT classifications.subject_id, classifications.id, state, ifnull(value, '')
              FROM answers JOIN classifications ON classifications.id = classification_id
              WHERE answers.taxonomy = ? AND answers.field = ? AND state != 'hidden'
              AND status IN ('submitted', 'adjudicated') ORDER BY {BEST_LAST}, value"""
    found: dict[int, tuple[int, str]] = {}
    for subject_id, classification_id, state, value in connection.execute(sql, (taxonomy, field)):
        former, text = found.get(subject_id, (0, ""))
        found[subject_id] = classification_id, f"{text};{value}" if former == classification_id else f"{state}:{value}"
    return {subject_id: text for subject_id, (_, text) in found.items()}
