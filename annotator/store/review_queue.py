"""The queue of disputed subjects, a window at a time, straight from its indexes.

Subjects a viewer is at work on are not in it: on how many fields annotators differ tells something.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Literal, NamedTuple

from annotator.models.viewing import Viewer
from annotator.store.at_work import at_work_on, not_at_work_on

ReviewOrder = Literal["effect", "subject", "field"]
REVIEW_ORDERS: tuple[ReviewOrder, ...] = ("effect", "subject", "field")
"""By how many fields differ, most first; by subject; by field, and then subject."""
WHERE = "taxonomy = :taxonomy AND round = :round AND settled = :settled"
OF_FIELD = "SELECT subject_id FROM disagreements AS one WHERE " + WHERE + " AND one.field = :field"
ORDERS = {"effect": "fields DESC, subject_id DESC", "subject": "subject_id", "field": "field, subject_id"}
OF_SUBJECTS = f"SELECT subject_id, fields, '' AS field FROM disputed_subjects WHERE {WHERE}"
LISTED = {
    "effect": OF_SUBJECTS,
    "subject": OF_SUBJECTS,
    "field": f"""SELECT subject_id, (SELECT fields FROM disputed_subjects AS whole
                   WHERE whole.subject_id = disagreements.subject_id AND whole.taxonomy = disagreements.taxonomy
                   AND whole.round = disagreements.round) AS fields, field
                 FROM disagreements WHERE {WHERE}""",
}
RULED = """SELECT count(*) FROM classifications AS decided JOIN rulings ON classification_id = decided.id
           WHERE decided.subject_id = subjects.id AND decided.taxonomy = :taxonomy
           AND decided.annotator = 'adjudicated' AND decided.round = :round"""


class ReviewView(NamedTuple):
    """Which disputed subjects, and in which order."""

    taxonomy: str
    round: int = 1
    order: ReviewOrder = "effect"
    field: str = ""
    """Disagreements on this field alone; empty: on any."""
    settled: bool = False
    """Those adjudicated already, instead of those still open."""


class DisputedSubject(NamedTuple):
    """One line of the queue; ordered by field, one line per disagreement."""

    key: str
    title: str
    date: str
    fields: int
    """On how many fields the annotators differ."""
    field: str
    """The field this line is about when ordered by field, else empty."""
    ruled: int
    """How many rulings are on record."""


def page(
    connection: sqlite3.Connection, view: ReviewView, viewer: Viewer, start: int, stop: int
) -> list[DisputedSubject]:
    """The lines from `start` up to `stop`."""
    only, values = _only(connection, view, viewer, "disagreements" if view.order == "field" else "disputed_subjects")
    order = ORDERS[view.order]
    sql = f"""SELECT key, title, date, listed.fields, listed.field, ({RULED})
              FROM ({LISTED[view.order]}{only} ORDER BY {order} LIMIT :limit OFFSET :offset) AS listed
              CROSS JOIN subjects ON subjects.id = listed.subject_id ORDER BY {order}"""
    window = {"limit": max(0, stop - start), "offset": max(0, start)}
    return [DisputedSubject._make(row) for row in connection.execute(sql, {**values, **window})]


def count(connection: sqlite3.Connection, view: ReviewView, viewer: Viewer) -> int:
    """How many lines there are."""
    lines = "disagreements" if view.field or view.order == "field" else "disputed_subjects"
    only = " AND field = :field" if view.field else ""
    sql = f"SELECT count(*) FROM {lines} WHERE {WHERE}{only}"
    values = _values(view)
    whole = int(connection.execute(sql, values).fetchone()[0])
    seen = not_at_work_on(connection, viewer, lines)
    if not seen.sql:
        return whole
    # Those left out are few, so they are counted from what the viewer is at work on; the plus keeps SQLite from going
    # through all lines of the taxonomy for each.
    work = at_work_on(viewer).named.sql
    left = f"""SELECT count(*) FROM ({work}) AS work CROSS JOIN {lines} USING (subject_id, taxonomy)
               WHERE taxonomy = :taxonomy AND round = :round AND +settled = :settled{only}"""
    return whole - int(connection.execute(left, {**values, **seen.given}).fetchone()[0])


def is_disputed(connection: sqlite3.Connection, view: ReviewView, viewer: Viewer) -> bool:
    """Whether there is any line under a taxonomy."""
    only, values = _only(connection, view._replace(field=""), viewer, "disputed_subjects")
    sql = f"SELECT EXISTS (SELECT 1 FROM disputed_subjects WHERE {WHERE}{only})"
    return bool(connection.execute(sql, values).fetchone()[0])


def fields(connection: sqlite3.Connection, view: ReviewView, viewer: Viewer) -> list[tuple[str, int]]:
    """Each disputed field with the number of its subjects, most first."""
    only, values = _only(connection, view._replace(field=""), viewer, "disagreements")
    sql = f"SELECT field, count(*) FROM disagreements WHERE {WHERE}{only} GROUP BY field ORDER BY 2 DESC, 1"
    return connection.execute(sql, values).fetchall()


def _only(connection: sqlite3.Connection, view: ReviewView, viewer: Viewer, lines: str) -> tuple[str, dict[str, Any]]:
    """What narrows a table of lines beyond taxonomy, round and whether it is settled, with all values."""
    only = ""
    if view.field:
        only = " AND field = :field" if lines == "disagreements" else f" AND subject_id IN ({OF_FIELD})"
    seen = not_at_work_on(connection, viewer, lines)
    return only + seen.named.and_sql, {**_values(view), **seen.given}


def _values(view: ReviewView) -> dict[str, Any]:
    return {**view._asdict(), "settled": int(view.settled)}
