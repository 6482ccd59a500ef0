"""The queue of disputed subjects, a window at a time, straight from its indexes."""

from __future__ import annotations

import sqlite3
from typing import Literal, NamedTuple

ReviewOrder = Literal["effect", "subject", "field"]
REVIEW_ORDERS: tuple[ReviewOrder, ...] = ("effect", "subject", "field")
"""By how many fields differ, most first; by subject; by field, and then subject."""
WHERE = "taxonomy = :taxonomy AND round = :round AND settled = :settled"
OF_FIELD = "SELECT subject_id FROM disagreements AS one WHERE " + WHERE + " AND one.field = :field"
IDS = {
    "effect": f"SELECT subject_id, fields, '' FROM disputed_subjects WHERE {WHERE}{{}} ORDER BY fields DESC,"
    " subject_id DESC",
    "subject": f"SELECT subject_id, fields, '' FROM disputed_subjects WHERE {WHERE}{{}} ORDER BY subject_id",
    "field": f"""SELECT subject_id, (SELECT fields FROM disputed_subjects AS whole
                   WHERE whole.subject_id = disagreements.subject_id AND whole.taxonomy = disagreements.taxonomy
                   AND whole.round = disagreements.round), field
                 FROM disagreements WHERE {WHERE}{{}} ORDER BY disagreements.field, subject_id""",
}


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


def page(connection: sqlite3.Connection, view: ReviewView, start: int, stop: int) -> list[DisputedSubject]:
    """The lines from `start` up to `stop`."""
    values = {**view._asdict(), "settled": int(view.settled), "limit": max(0, stop - start), "offset": max(0, start)}
    only = ""
    if view.field:
        only = " AND field = :field" if view.order == "field" else f" AND subject_id IN ({OF_FIELD})"
    listed = IDS[view.order].format(only) + " LIMIT :limit OFFSET :offset"
    found = connection.execute(listed, values).fetchall()
    return [_line(connection, view, *row) for row in found]


def count(connection: sqlite3.Connection, view: ReviewView) -> int:
    """How many lines there are."""
    lines = "disagreements" if view.field or view.order == "field" else "disputed_subjects"
    only = " AND field = :field" if view.field else ""
    sql = f"SELECT count(*) FROM {lines} WHERE {WHERE}{only}"
    return int(connection.execute(sql, {**view._asdict(), "settled": int(view.settled)}).fetchone()[0])


def is_disputed(connection: sqlite3.Connection, taxonomy: str, round_: int, settled: bool) -> bool:
    """Whether there is any line under a taxonomy."""
    values = {"taxonomy": taxonomy, "round": round_, "settled": int(settled)}
    return connection.execute(f"SELECT 1 FROM disputed_subjects WHERE {WHERE} LIMIT 1", values).fetchone() is not None


def fields(connection: sqlite3.Connection, view: ReviewView) -> list[tuple[str, int]]:
    """Each disputed field with the number of its subjects, most first."""
    sql = f"SELECT field, count(*) FROM disagreements WHERE {WHERE} GROUP BY field ORDER BY 2 DESC, 1"
    return connection.execute(sql, {**view._asdict(), "settled": int(view.settled)}).fetchall()


def _line(connection: sqlite3.Connection, view: ReviewView, subject: int, fields: int, field: str) -> DisputedSubject:
    sql = """SELECT key, title, date, (SELECT count(*) FROM classifications AS decided
                 JOIN rulings ON classification_id = decided.id WHERE subject_id = subjects.id
                 AND decided.taxonomy = ? AND annotator = 'adjudicated' AND round = ?)
             FROM subjects WHERE id = ?"""
    key, title, date, ruled = connection.execute(sql, (view.taxonomy, view.round, subject)).fetchone()
    return DisputedSubject(key, title, date, fields, field, ruled)
