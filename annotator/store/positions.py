"""Who holds what where annotators differ, and what was decided."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from annotator.models.reserved import ADJUDICATED
from annotator.models.viewing import Viewer
from annotator.store import seeing
from annotator.store.disagreements import IS_WITNESS


class Dispute(NamedTuple):
    """One field of one subject on which annotators differ."""

    subject: str
    field: str
    answers: dict[str, dict[str, Any]]
    """State and value by annotator."""
    ruled: dict[str, Any] | None
    """State and value of the ruling, if there is one."""


def disputes(
    connection: sqlite3.Connection,
    taxonomy: str,
    round_: int,
    viewer: Viewer,
    field: str = "",
    since: str = "",
    until: str = "",
) -> Iterator[Dispute]:
    """Every disagreement by subject and field, in the order in which exports list subjects.

    Subjects of which any work that was handed in or decided is closed to a viewer are left out.

    `since` and `until` bound the subject's date, both included; `2020` as `until` includes all of 2020.
    """
    only = "AND found.field = :field" if field else ""
    if since or until:
        only += " AND date != '' AND date >= :since AND substr(date, 1, length(:until)) <= :until"
    seen = seeing.open_to(connection, viewer).named
    if seen.sql:
        only += f""" AND found.subject_id NOT IN (
                   SELECT subject_id FROM classifications WHERE taxonomy = :taxonomy AND round = :round
                   AND ({IS_WITNESS} OR annotator = '{ADJUDICATED}' AND status != 'untouched') AND NOT ({seen.sql}))"""
    said = """json_object('state', answers ->> ('$."' || found.field || '".state'),
                          'value', json(answers -> ('$."' || found.field || '".value')))"""
    ruling = f"""(SELECT json_object('state', rulings.state, 'value', json(rulings.value)) FROM rulings
                  JOIN classifications AS decided ON decided.id = classification_id
                  WHERE decided.subject_id = found.subject_id AND decided.taxonomy = found.taxonomy
                    AND decided.annotator = '{ADJUDICATED}' AND decided.round = found.round
                    AND rulings.field = found.field)"""
    sql = f"""SELECT key, found.field, annotator, {said}, {ruling} FROM disagreements AS found
              JOIN subjects ON subjects.id = found.subject_id
              JOIN classifications ON classifications.subject_id = found.subject_id
                AND classifications.taxonomy = found.taxonomy AND classifications.round = found.round
              WHERE found.taxonomy = :taxonomy AND found.round = :round {only} AND {IS_WITNESS}
                AND answers -> ('$."' || found.field || '"') IS NOT NULL
              ORDER BY substr(key, 1, instr(key, ':')), length(key), key, found.field, annotator"""
    asked = {"taxonomy": taxonomy, "round": round_, "field": field, "since": since, "until": until or "9999"}
    rows = connection.execute(sql, {**asked, **seen.given})
    for (subject, name), lines in groupby(rows, key=lambda row: (row[0], row[1])):
        held = list(lines)
        ruled = json.loads(held[0][4]) if held[0][4] else None
        yield Dispute(subject, name, {row[2]: json.loads(row[3]) for row in held}, ruled)
