"""Work dealt to annotators: who is to classify what, and whether it is done.

`done` follows from the annotator's classification: submitted, skipped or adjudicated.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from annotator.store import moments
from annotator.store.people import IS_SOMEBODY

if TYPE_CHECKING:
    from annotator.models.classification import Identity

DONE = ("submitted", "skipped", "adjudicated")
IS_DONE = "status IN (" + ", ".join(f"'{status}'" for status in DONE) + ")"
HOLDS = f"""EXISTS (SELECT 1 FROM classifications AS work WHERE work.subject_id = assignments.subject_id
              AND work.taxonomy = assignments.taxonomy AND work.annotator = assignments.annotator
              AND work.round = assignments.round AND {IS_DONE})"""


Place = tuple[int, int, str]
"""Batch, position and taxonomy: what an annotator's work is ordered by."""


class Assignment(NamedTuple):
    """One subject for one annotator."""

    subject_id: int
    annotator: str
    batch: int
    position: int
    """Its place within the batch; those who share a subject have it at about the same place."""


class Chosen(NamedTuple):
    """What dealing has to know of a subject."""

    id: int
    key: str
    kind: str
    date: str


def subjects(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Chosen]:
    """Subjects by id, in the order given."""
    sql = """SELECT subjects.id, subjects.key, kind, date FROM json_each(?) AS listed
             JOIN subjects ON subjects.id = listed.value ORDER BY listed.key"""
    return [Chosen._make(row) for row in connection.execute(sql, (json.dumps(list(ids)),))]


def ids_of(connection: sqlite3.Connection, keys: Sequence[str]) -> list[int]:
    """The ids of subjects by key, in the order given; unknown keys are passed over."""
    sql = """SELECT subjects.id FROM json_each(?) AS listed JOIN subjects ON subjects.key = listed.value
             ORDER BY listed.key"""
    return [number for (number,) in connection.execute(sql, (json.dumps(list(keys)),))]


def holders(connection: sqlite3.Connection, taxonomy: str, round_: int) -> dict[int, frozenset[str]]:
    """By subject: everybody who has it to do in a round, or has done it without being asked."""
    sql = f"""SELECT subject_id, annotator FROM assignments WHERE taxonomy = :taxonomy AND round = :round
              UNION SELECT subject_id, annotator FROM classifications
              WHERE taxonomy = :taxonomy AND round = :round AND {IS_DONE} AND {IS_SOMEBODY}"""
    return _grouped(connection.execute(sql, {"taxonomy": taxonomy, "round": round_}))


def who_looked(connection: sqlite3.Connection, taxonomy: str) -> dict[int, frozenset[str]]:
    """By subject: those who saw others' answers as somebody who decides."""
    return _grouped(connection.execute("SELECT subject_id, annotator FROM looks WHERE taxonomy = ?", (taxonomy,)))


def handed_in(connection: sqlite3.Connection, taxonomy: str, round_: int) -> dict[int, frozenset[str]]:
    """By subject: those who submitted it in a round."""
    sql = f"""SELECT subject_id, annotator FROM classifications WHERE taxonomy = ? AND round = ?
              AND status = 'submitted' AND {IS_SOMEBODY}"""
    return _grouped(connection.execute(sql, (taxonomy, round_)))


def touched(connection: sqlite3.Connection, taxonomy: str, round_: int) -> dict[int, frozenset[str]]:
    """By subject: those who began it in a round, done or not."""
    sql = f"""SELECT subject_id, annotator FROM classifications WHERE taxonomy = ? AND round = ?
              AND status != 'untouched' AND {IS_SOMEBODY}"""
    return _grouped(connection.execute(sql, (taxonomy, round_)))


def people(connection: sqlite3.Connection) -> list[str]:
    """Everybody who has classified something or is to."""
    sql = f"""SELECT DISTINCT annotator FROM classifications WHERE {IS_SOMEBODY}
              UNION SELECT DISTINCT annotator FROM assignments ORDER BY 1"""
    return [name for (name,) in connection.execute(sql)]


def last_batches(connection: sqlite3.Connection, round_: int) -> dict[str, int]:
    """The number of each annotator's latest batch in a round."""
    sql = "SELECT annotator, max(batch) FROM assignments WHERE round = ? GROUP BY annotator"
    return dict(connection.execute(sql, (round_,)))


def put(
    connection: sqlite3.Connection, taxonomy: str, round_: int, dealt: Iterable[Assignment], assigned_by: str
) -> None:
    """Keep new assignments, none of which is done yet; call inside a write transaction."""
    at = moments.now()
    rows = ((one.subject_id, taxonomy, one.annotator, round_, *one[2:], 0, assigned_by, at) for one in dealt)
    connection.executemany("INSERT INTO assignments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def take_back(connection: sqlite3.Connection, annotator: str, round_: int, taxonomy: str = "") -> int:
    """Forget what somebody has not done yet; returns how many subjects that was."""
    only = " AND taxonomy = :taxonomy" if taxonomy else ""
    sql = f"DELETE FROM assignments WHERE annotator = :annotator AND round = :round AND done = 0{only}"
    given = {"annotator": annotator, "round": round_, "taxonomy": taxonomy}
    return connection.execute(sql, given).rowcount


def refresh(connection: sqlite3.Connection, subject_id: int, of: Identity, status: str) -> None:
    """Bring one assignment up to date with its classification, where there is one."""
    sql = """UPDATE assignments SET done = ? WHERE subject_id = ? AND taxonomy = ? AND annotator = ? AND round = ?"""
    connection.execute(sql, (int(status in DONE), subject_id, of.taxonomy, of.annotator, of.round))


def rebuild(connection: sqlite3.Connection) -> None:
    """Bring all of them up to date."""
    connection.execute(f"UPDATE assignments SET done = {HOLDS} WHERE done != {HOLDS}")


def differing(connection: sqlite3.Connection) -> list[tuple[str, str, str, int]]:
    """Assignments, by key, taxonomy, annotator and round, that are not as done as the work is; for the doctor."""
    sql = f"""SELECT key, taxonomy, annotator, round FROM assignments JOIN subjects ON subjects.id = subject_id
              WHERE done != {HOLDS} ORDER BY 1, 2, 3, 4"""
    return connection.execute(sql).fetchall()


def place_of(connection: sqlite3.Connection, key: str, taxonomy: str, annotator: str, round_: int) -> Place | None:
    """Where an assignment stands among its annotator's, done or not; None when there is none."""
    sql = """SELECT batch, position, taxonomy FROM subjects CROSS JOIN assignments ON subject_id = subjects.id
             WHERE key = ? AND taxonomy = ? AND annotator = ? AND round = ?"""
    row: Place | None = connection.execute(sql, (key, taxonomy, annotator, round_)).fetchone()
    return row


def open_from(
    connection: sqlite3.Connection, annotator: str, round_: int, place: Place
) -> Iterator[tuple[int, str, str]]:
    """Ids, keys and taxonomies somebody has still to do: those after a place, then those before it."""
    for compared in (">", "<"):
        sql = f"""SELECT subject_id, key, taxonomy FROM assignments CROSS JOIN subjects ON subjects.id = subject_id
                  WHERE annotator = ? AND round = ? AND done = 0 AND (batch, position, taxonomy) {compared} (?, ?, ?)
                  ORDER BY batch, position, taxonomy"""
        yield from connection.execute(sql, (annotator, round_, *place))


def open_for(connection: sqlite3.Connection, key: str, annotator: str, round_: int) -> list[str]:
    """The taxonomies under which somebody has still to do one subject, in the order to do them.

    Found by subject (the plus signs), because somebody may have thousands to do.
    """
    sql = """SELECT taxonomy FROM subjects CROSS JOIN assignments ON subject_id = subjects.id
             WHERE key = ? AND +annotator = ? AND +round = ? AND +done = 0 ORDER BY batch, position, taxonomy"""
    return [name for (name,) in connection.execute(sql, (key, annotator, round_))]


def _grouped(rows: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for subject_id, annotator in rows:
        found.setdefault(subject_id, set()).add(annotator)
    return {subject_id: frozenset(names) for subject_id, names in found.items()}
