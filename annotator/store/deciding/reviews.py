"""What a review reads: everybody's submitted work on one subject, earlier rulings, subjects to accept.

The queue of disputed subjects: all its lines by their ids, windows of them, and what comes next to a line, straight
from its indexes.

Subjects a viewer is at work on are not in it: on how many fields annotators differ tells something.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from sys import intern
from typing import Any, NamedTuple

from annotator.model.handing_in.revisions import Told
from annotator.model.person import ADJUDICATED
from annotator.model.provenance import decided_elsewhere
from annotator.model.review import DisputedSubject, Lines, Precedent, ReviewView
from annotator.model.visibility import Viewer
from annotator.store import visibility
from annotator.store.classifications import HAND_IN
from annotator.store.connection import Transaction
from annotator.store.deciding.disagreements import IS_WITNESS
from annotator.store.subjects import IS_BROUGHT
from annotator.store.visibility import at_work_on, not_at_work_on


class Work(NamedTuple):
    """What one annotator handed in on a subject."""

    annotator: str
    version: int
    answers: dict[str, dict[str, Any]]
    """By field; hidden ones are left out."""
    submitted_at: str
    conflicts: tuple[str, ...] = ()
    """The places at which what was done apart does not say the same."""
    handed_in: Told = Told()
    """What is told of its hand-ins beside what shows."""


def submitted(transaction: Transaction, subject: str, taxonomy: str, round_: int) -> list[Work]:
    """The work that is compared, by annotator."""
    sql = f"""SELECT annotator, version, answers, submitted_at,
                (SELECT json_group_array(place) FROM conflicts WHERE classification_id = mine.id), {HAND_IN}
              FROM classifications AS mine
              WHERE subject_id = (SELECT id FROM subjects WHERE key = ?) AND taxonomy = ? AND round = ?
                AND {IS_WITNESS} ORDER BY annotator"""
    rows = transaction.execute(sql, (subject, taxonomy, round_))
    return [
        Work(name, version, json.loads(answers), at or "", tuple(json.loads(places)), Told.read(told))
        for name, version, answers, at, places, told in rows
    ]


def at_work(transaction: Transaction, subject: str, taxonomy: str, round_: int) -> dict[str, str]:
    """Everybody who has begun or done a classification of a subject, with its status."""
    sql = """SELECT annotator, status FROM classifications
             WHERE subject_id = (SELECT id FROM subjects WHERE key = ?) AND taxonomy = ? AND round = ?
               AND status != 'untouched' AND annotator != ? ORDER BY annotator"""
    return dict(transaction.execute(sql, (subject, taxonomy, round_, ADJUDICATED)).fetchall())


def precedents(transaction: Transaction, taxonomy: str, field: str, but: str, viewer: Viewer) -> Iterator[Precedent]:
    """Rulings on a field that are open to a viewer, newest first, those on one subject left out."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT key, state, value, ruled_by, ruled_at, cause, note, "between",
               {IS_BROUGHT}, (SELECT source FROM import_runs WHERE event = classifications.run) FROM rulings
             JOIN classifications ON classifications.id = classification_id
             JOIN subjects ON subjects.id = subject_id
             WHERE rulings.taxonomy = ? AND field = ? AND key != ?{seen.and_sql} ORDER BY ruled_at DESC, key"""
    rows = transaction.execute(sql, (taxonomy, field, but, *seen.values))
    for key, state, value, by, at, cause, note, between, is_brought, file in rows:
        elsewhere = decided_elsewhere(file or "") if is_brought else ""
        yield Precedent(key, state, json.loads(value), by, at, cause, note, json.loads(between), elsewhere)


def witnesses(transaction: Transaction, taxonomy: str, round_: int, limit: int) -> list[str]:
    """Some of those who handed in work, each once; looked up by name, however much they handed in."""
    sql = f"""SELECT name FROM people WHERE stands_for = id AND EXISTS (SELECT 1 FROM classifications
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


UNDER = "taxonomy = :taxonomy AND round = :round"
WHERE = f"{UNDER} AND settled = :settled"
IS_STALE = f"subject_id IN (SELECT subject_id FROM stale_decisions WHERE {UNDER})"
OF_FIELD = "SELECT subject_id FROM disagreements AS one WHERE " + WHERE + " AND one.field = :field"
PLACED = {"effect": ("fields", "subject_id"), "subject": ("subject_id",), "field": ("field", "subject_id")}
"""What places a line in an order, as its index has it; by effect the last of the index comes first."""
AFTER = {
    "fields": ":after_fields",
    "field": ":after_field",
    "subject_id": "(SELECT id FROM subjects WHERE key = :after)",
}
"""The same of the line to go on from."""
OF_SUBJECTS = f"SELECT subject_id, fields, '' AS field FROM disputed_subjects WHERE {WHERE}"
LISTED = {
    "effect": OF_SUBJECTS,
    "subject": OF_SUBJECTS,
    "field": f"""SELECT subject_id, (SELECT fields FROM disputed_subjects AS whole
                   WHERE whole.subject_id = disagreements.subject_id AND whole.taxonomy = disagreements.taxonomy
                   AND whole.round = disagreements.round) AS fields, field
                 FROM disagreements WHERE {WHERE}""",
}
OF_STALE = f"""SELECT subject_id, ifnull((SELECT fields FROM disputed_subjects AS whole
                 WHERE whole.subject_id = stale_decisions.subject_id AND whole.taxonomy = stale_decisions.taxonomy
                 AND whole.round = stale_decisions.round), 0) AS fields, '' AS field
               FROM stale_decisions WHERE {UNDER}"""
"""Decisions to make again, also where annotators do not differ."""
RULED = """SELECT count(*) FROM classifications AS decided JOIN rulings ON classification_id = decided.id
           WHERE decided.subject_id = subjects.id AND decided.taxonomy = :taxonomy
           AND decided.annotator = 'adjudicated' AND decided.round = :round"""
STALE = f"EXISTS (SELECT 1 FROM stale_decisions WHERE subject_id = subjects.id AND {UNDER})"
READ = f"subjects.key, title, date, listed.fields, listed.field, ({RULED}), {STALE}"
"""What is told of a line."""


def lines(transaction: Transaction, view: ReviewView, viewer: Viewer, limit: int = -1) -> Lines:
    """The lines of a view in their order, at most `limit` (-1: all); `rows` reads what there is to know of them."""
    only, values = _only(transaction, view, viewer, _table(view))
    order, _ = _ordered(view)
    sql = f"SELECT subject_id, field FROM ({_listed(view)}{only} ORDER BY {order} LIMIT :limit)"
    ids, fields = array("q"), list[str]()
    for subject_id, field in transaction.execute(sql, {**values, "limit": limit}):
        ids.append(subject_id)
        if field:
            fields.append(intern(field))
    return Lines(ids, tuple(fields))


def rows(
    transaction: Transaction, view: ReviewView, viewer: Viewer, listed: Iterable[tuple[int, str]]
) -> list[DisputedSubject]:
    """Lines that were listed, as they are now; those that have left the queue meanwhile are not among them."""
    seen = not_at_work_on(transaction, viewer, _table(view), of_few=True).named
    sql = f"""SELECT {READ} FROM json_each(:lines)
              CROSS JOIN ({_listed(view)}{seen.and_sql}) AS listed
                ON listed.subject_id = value ->> 0 AND listed.field = value ->> 1
              CROSS JOIN subjects ON subjects.id = listed.subject_id ORDER BY json_each.key"""
    found = transaction.execute(sql, {**_values(view), **seen.given, "lines": json.dumps(list(listed))})
    return [_line(row) for row in found]


def page(
    transaction: Transaction,
    view: ReviewView,
    viewer: Viewer,
    limit: int,
    after: DisputedSubject | None = None,
    back: bool = False,
) -> list[DisputedSubject]:
    """So many lines in order, those next to a line if one is given: behind it, or `back` from it.

    They are found from what places that line, so it does not matter how far down it stands, nor whether it has left.
    """
    only, values = _only(transaction, view, viewer, _table(view))
    order, is_down = _ordered(view, back)
    if after:
        placed = _placed(view)
        only += f" AND ({', '.join(placed)}) {'<' if is_down else '>'} (:after_{', :after_'.join(placed)})"
        (subject_id,) = transaction.execute("SELECT id FROM subjects WHERE key = ?", (after.key,)).fetchone()
        values |= {"after_subject_id": subject_id, "after_fields": after.fields, "after_field": after.field}
    sql = f"""SELECT {READ} FROM ({_listed(view)}{only} ORDER BY {order} LIMIT :limit) AS listed
              CROSS JOIN subjects ON subjects.id = listed.subject_id ORDER BY {order}"""
    return [_line(row) for row in transaction.execute(sql, {**values, "limit": limit})]


def count(transaction: Transaction, view: ReviewView, viewer: Viewer) -> int:
    """How many lines there are."""
    lines = "disagreements" if view.field else _table(view)
    only = " AND field = :field" if view.field else ""
    sql = f"SELECT count(*) FROM {lines} WHERE {_where(view, lines)}{only}"
    values = _values(view)
    whole = int(transaction.execute(sql, values).fetchone()[0])
    seen = not_at_work_on(transaction, viewer, lines)
    if not seen.sql:
        return whole
    # Those left out are few, so they are counted from what the viewer is at work on; the plus keeps SQLite from going
    # through all lines of the taxonomy for each.
    work = at_work_on(viewer).named.sql
    left = f"""SELECT count(*) FROM ({work}) AS work CROSS JOIN {lines} USING (subject_id, taxonomy)
               WHERE {_where(view, lines).replace("settled =", "+settled =")}{only}"""
    return whole - int(transaction.execute(left, {**values, **seen.given}).fetchone()[0])


def is_disputed(transaction: Transaction, view: ReviewView, viewer: Viewer) -> bool:
    """Whether there is any line under a taxonomy."""
    lines = _table(view._replace(order="effect"))
    only, values = _only(transaction, view._replace(field=""), viewer, lines)
    sql = f"SELECT EXISTS (SELECT 1 FROM {lines} WHERE {_where(view, lines)}{only})"
    return bool(transaction.execute(sql, values).fetchone()[0])


def fields(transaction: Transaction, view: ReviewView, viewer: Viewer) -> list[tuple[str, int]]:
    """Each disputed field with the number of its subjects, most first."""
    only, values = _only(transaction, view._replace(field=""), viewer, "disagreements")
    where = _where(view, "disagreements")
    sql = f"SELECT field, count(*) FROM disagreements WHERE {where}{only} GROUP BY field ORDER BY 2 DESC, 1"
    return transaction.execute(sql, values).fetchall()


def _only(transaction: Transaction, view: ReviewView, viewer: Viewer, lines: str) -> tuple[str, dict[str, Any]]:
    """What narrows a table of lines beyond taxonomy, round and whether it is settled, with all values."""
    only = ""
    if view.field:
        only = " AND field = :field" if lines == "disagreements" else f" AND subject_id IN ({OF_FIELD})"
    seen = not_at_work_on(transaction, viewer, lines)
    return only + seen.named.and_sql, {**_values(view), **seen.given}


def _table(view: ReviewView) -> str:
    """Where the lines of a view stand."""
    if view.order == "field":
        return "disagreements"
    return "stale_decisions" if view.stale else "disputed_subjects"


def _where(view: ReviewView, lines: str) -> str:
    """What a view selects of a table of lines."""
    if lines == "stale_decisions":
        return UNDER
    return f"{WHERE} AND {IS_STALE}" if view.stale else WHERE


def _listed(view: ReviewView) -> str:
    """The lines of a view, to be narrowed further."""
    if not view.stale:
        return LISTED[view.order]
    return f"{LISTED['field']} AND {IS_STALE}" if view.order == "field" else OF_STALE


def _line(row: tuple[Any, ...]) -> DisputedSubject:
    return DisputedSubject._make((*row[:-1], bool(row[-1])))


def _placed(view: ReviewView) -> tuple[str, ...]:
    """What places a line; where all are about one field, that says nothing."""
    return PLACED["subject" if view.order == "field" and view.field else view.order]


def _ordered(view: ReviewView, back: bool = False) -> tuple[str, bool]:
    """The order of a view, or `back` through it, as SQL; and whether that goes down the index."""
    is_down = (view.order == "effect") != back
    return ", ".join(f"{each} DESC" if is_down else each for each in _placed(view)), is_down


def _values(view: ReviewView) -> dict[str, Any]:
    return {**view._asdict(), "settled": int(view.settled)}
