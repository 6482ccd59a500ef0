"""What was handed in since an event, and what annotators said about a subject before and after.

The log is append-only, so it knows what somebody had said at any moment: who follows the work
needs no memory of their own for each subject.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from annotator.model.classification import Classification, Identity
from annotator.model.fold import fold
from annotator.model.person import ADJUDICATED
from annotator.store import events, readable
from annotator.store.projection import Projection, coded

Value = tuple[str, str | None]
"""State, and the value as its code stands for it; None where there is no value."""
DRAFTING = ("answer_set", "answer_cleared", "note_set", "flag_raised", "flag_resolved")
"""Kinds of events that leave what is handed in as it is."""


class Held(NamedTuple):
    """What one annotator says about one subject."""

    annotator: str
    status: str
    version: int
    answers: dict[str, tuple[Value, ...]]
    """By field; hidden answers are among them."""


def newest(connection: sqlite3.Connection) -> str:
    """The id of the latest event; empty when nothing has happened yet."""
    return str(connection.execute("SELECT ifnull(max(id), '') FROM events").fetchone()[0])


def is_news(
    connection: sqlite3.Connection, after: str, taxonomy: str, round_: int, viewer: str, *, drafts: bool
) -> bool:
    """Whether work that counts may have changed since an event; with `drafts`, unfinished work counts too.

    What the viewer begins counts in any case, and for nobody whatever anybody begins: while
    annotation is blind it closes others' work to them.
    """
    kinds = () if drafts or not viewer else DRAFTING
    sql = f"""SELECT 1 FROM events WHERE id > ? AND taxonomy = ? AND of_annotator != ?
              AND (annotator = ? OR (round = ? AND kind NOT IN ({", ".join("?" * len(kinds))}))) LIMIT 1"""
    values = (after, taxonomy, ADJUDICATED, viewer, round_, *kinds)
    return connection.execute(sql, values).fetchone() is not None


def touched(connection: sqlite3.Connection, after: str, taxonomy: str, round_: int) -> dict[str, set[str]]:
    """The subjects that events since one are about, each with the annotators whose work they are about."""
    sql = """SELECT DISTINCT subject, of_annotator FROM events
             WHERE id > ? AND taxonomy = ? AND round = ? AND of_annotator != ?"""
    found: dict[str, set[str]] = {}
    for subject, annotator in connection.execute(sql, (after, taxonomy, round_, ADJUDICATED)):
        found.setdefault(subject, set()).add(annotator)
    return found


def held_now(connection: sqlite3.Connection, subject: str, taxonomy: str, round_: int) -> dict[str, Held]:
    """What everybody says about a subject, by name."""
    sql = """SELECT annotator, status, version, field, state, value FROM classifications
             LEFT JOIN answers ON classification_id = classifications.id
             WHERE classifications.subject_id = (SELECT id FROM subjects WHERE key = ?)
               AND classifications.taxonomy = ? AND round = ? ORDER BY annotator, field, position"""
    found: dict[str, Held] = {}
    for annotator, status, version, field, state, value in connection.execute(sql, (subject, taxonomy, round_)):
        held = found.setdefault(annotator, Held(annotator, status, version, {}))
        if field is not None:
            held.answers[field] = (*held.answers.get(field, ()), (state, _coded(value)))
    return found


def held_then(projection: Projection, of: Identity, until: str) -> Held:
    """What somebody said when an event was the latest."""
    known = [event for event in events.of_classification(projection.connection, of) if event.id <= until]
    return _held(fold(of, known, projection.hiding))


def _held(one: Classification) -> Held:
    answers: dict[str, tuple[Value, ...]] = {}
    for field, answer in readable.document(one.answers).items():
        answers[field] = tuple((row[2], _coded(row[3])) for row in readable.answer_rows(field, answer))
    return Held(one.identity.annotator, one.status, one.version, answers)


def _coded(value: str | None) -> str | None:
    return None if value is None else coded(value)


def rounds(connection: sqlite3.Connection) -> list[int]:
    """The rounds in which something was classified."""
    return [number for (number,) in connection.execute("SELECT DISTINCT round FROM classifications ORDER BY 1")]
