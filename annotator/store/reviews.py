"""What a review reads: everybody's submitted work on one subject, earlier rulings, subjects to accept.

The queue of disputed subjects, a window at a time, straight from its indexes.

Subjects a viewer is at work on are not in it: on how many fields annotators differ tells something.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from annotator.model.person import ADJUDICATED
from annotator.model.visibility import Viewer
from annotator.store import visibility
from annotator.store.connection import Transaction
from annotator.store.disagreements import IS_WITNESS
from annotator.store.visibility import at_work_on, not_at_work_on


class Work(NamedTuple):
    """What one annotator handed in on a subject."""

    annotator: str
    version: int
    answers: dict[str, dict[str, Any]]
    """By field; hidden ones are left out."""
    submitted_at: str


class Precedent(NamedTuple):
    """An earlier ruling on the same field."""

    subject: str
    state: str
    value: Any
    ruled_by: str
    ruled_at: str
    cause: str
    note: str
    between: dict[str, dict[str, Any]]


def submitted(transaction: Transaction, subject: str, taxonomy: str, round_: int) -> list[Work]:
    """The work that is compared, by annotator."""
    sql = f"""SELECT annotator, version, answers, submitted_at FROM classifications
              WHERE subject_id = (SELECT id FROM subjects WHERE key = ?) AND taxonomy = ? AND round = ?
                AND {IS_WITNESS} ORDER BY annotator"""
    rows = transaction.execute(sql, (subject, taxonomy, round_))
    return [Work(name, version, json.loads(answers), at or "") for name, version, answers, at in rows]


def at_work(transaction: Transaction, subject: str, taxonomy: str, round_: int) -> dict[str, str]:
    """Everybody who has begun or done a classification of a subject, with its status."""
    sql = """SELECT annotator, status FROM classifications
             WHERE subject_id = (SELECT id FROM subjects WHERE key = ?) AND taxonomy = ? AND round = ?
               AND status != 'untouched' AND annotator != ? ORDER BY annotator"""
    return dict(transaction.execute(sql, (subject, taxonomy, round_, ADJUDICATED)).fetchall())


def precedents(transaction: Transaction, taxonomy: str, field: str, but: str, viewer: Viewer) -> Iterator[Precedent]:
    """Rulings on a field that are open to a viewer, newest first, those on one subject left out."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT key, state, value, ruled_by, ruled_at, cause, note, "between" FROM rulings
             JOIN classifications ON classifications.id = classification_id
             JOIN subjects ON subjects.id = subject_id
             WHERE rulings.taxonomy = ? AND field = ? AND key != ?{seen.and_sql} ORDER BY ruled_at DESC, key"""
    rows = transaction.execute(sql, (taxonomy, field, but, *seen.values))
    for key, state, value, by, at, cause, note, between in rows:
        yield Precedent(key, state, json.loads(value), by, at, cause, note, json.loads(between))


def witnesses(transaction: Transaction, taxonomy: str, round_: int, limit: int) -> list[str]:
    """Some of those who handed in work, each once; looked up by name, however much they handed in."""
    sql = f"""SELECT name FROM people WHERE EXISTS (SELECT 1 FROM classifications
                WHERE annotator = name AND taxonomy = ? AND round = ? AND {IS_WITNESS}) ORDER BY name LIMIT ?"""
    return [name for (name,) in transaction.execute(sql, (taxonomy, round_, limit))]


def undecided(transaction: Transaction, taxonomy: str, round_: int) -> list[str]:
    """Keys of subjects with submitted work and without an adjudication, in their order."""
    sql = f"""SELECT key FROM subjects WHERE id IN (SELECT subject_id FROM classifications
                WHERE taxonomy = :taxonomy AND round = :round AND {IS_WITNESS})
              AND id NOT IN (SELECT subject_id FROM classifications WHERE taxonomy = :taxonomy AND round = :round
                AND annotator = '{ADJUDICATED}' AND status = 'adjudicated') ORDER BY id"""
    return [key for (key,) in transaction.execute(sql, {"taxonomy": taxonomy, "round": round_})]


def keys(transaction: Transaction, ids: Iterable[int]) -> list[str]:
    """The keys of subjects."""
    sql = "SELECT subjects.key FROM json_each(?) JOIN subjects ON subjects.id = value ORDER BY json_each.key"
    return [key for (key,) in transaction.execute(sql, (json.dumps(list(ids)),))]


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


def page(transaction: Transaction, view: ReviewView, viewer: Viewer, start: int, stop: int) -> list[DisputedSubject]:
    """The lines from `start` up to `stop`."""
    only, values = _only(transaction, view, viewer, "disagreements" if view.order == "field" else "disputed_subjects")
    order = ORDERS[view.order]
    sql = f"""SELECT key, title, date, listed.fields, listed.field, ({RULED})
              FROM ({LISTED[view.order]}{only} ORDER BY {order} LIMIT :limit OFFSET :offset) AS listed
              CROSS JOIN subjects ON subjects.id = listed.subject_id ORDER BY {order}"""
    window = {"limit": max(0, stop - start), "offset": max(0, start)}
    return [DisputedSubject._make(row) for row in transaction.execute(sql, {**values, **window})]


def count(transaction: Transaction, view: ReviewView, viewer: Viewer) -> int:
    """How many lines there are."""
    lines = "disagreements" if view.field or view.order == "field" else "disputed_subjects"
    only = " AND field = :field" if view.field else ""
    sql = f"SELECT count(*) FROM {lines} WHERE {WHERE}{only}"
    values = _values(view)
    whole = int(transaction.execute(sql, values).fetchone()[0])
    seen = not_at_work_on(transaction, viewer, lines)
    if not seen.sql:
        return whole
    # Those left out are few, so they are counted from what the viewer is at work on; the plus keeps SQLite from going
    # through all lines of the taxonomy for each.
    work = at_work_on(viewer).named.sql
    left = f"""SELECT count(*) FROM ({work}) AS work CROSS JOIN {lines} USING (subject_id, taxonomy)
               WHERE taxonomy = :taxonomy AND round = :round AND +settled = :settled{only}"""
    return whole - int(transaction.execute(left, {**values, **seen.given}).fetchone()[0])


def is_disputed(transaction: Transaction, view: ReviewView, viewer: Viewer) -> bool:
    """Whether there is any line under a taxonomy."""
    only, values = _only(transaction, view._replace(field=""), viewer, "disputed_subjects")
    sql = f"SELECT EXISTS (SELECT 1 FROM disputed_subjects WHERE {WHERE}{only})"
    return bool(transaction.execute(sql, values).fetchone()[0])


def fields(transaction: Transaction, view: ReviewView, viewer: Viewer) -> list[tuple[str, int]]:
    """Each disputed field with the number of its subjects, most first."""
    only, values = _only(transaction, view._replace(field=""), viewer, "disagreements")
    sql = f"SELECT field, count(*) FROM disagreements WHERE {WHERE}{only} GROUP BY field ORDER BY 2 DESC, 1"
    return transaction.execute(sql, values).fetchall()


def _only(transaction: Transaction, view: ReviewView, viewer: Viewer, lines: str) -> tuple[str, dict[str, Any]]:
    """What narrows a table of lines beyond taxonomy, round and whether it is settled, with all values."""
    only = ""
    if view.field:
        only = " AND field = :field" if lines == "disagreements" else f" AND subject_id IN ({OF_FIELD})"
    seen = not_at_work_on(transaction, viewer, lines)
    return only + seen.named.and_sql, {**_values(view), **seen.given}


def _values(view: ReviewView) -> dict[str, Any]:
    return {**view._asdict(), "settled": int(view.settled)}
