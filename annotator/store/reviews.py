"""What a review reads: everybody's submitted work on one subject, earlier rulings, subjects to accept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from annotator.models.reserved import ADJUDICATED
from annotator.models.viewing import Viewer
from annotator.store import seeing
from annotator.store.disagreements import IS_WITNESS


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


def submitted(connection: sqlite3.Connection, subject: str, taxonomy: str, round_: int) -> list[Work]:
    """The work that is compared, by annotator."""
    sql = f"""SELECT annotator, version, answers, submitted_at FROM classifications
              WHERE subject_id = (SELECT id FROM subjects WHERE key = ?) AND taxonomy = ? AND round = ?
                AND {IS_WITNESS} ORDER BY annotator"""
    rows = connection.execute(sql, (subject, taxonomy, round_))
    return [Work(name, version, json.loads(answers), at or "") for name, version, answers, at in rows]


def at_work(connection: sqlite3.Connection, subject: str, taxonomy: str, round_: int) -> dict[str, str]:
    """Everybody who has begun or done a classification of a subject, with its status."""
    sql = """SELECT annotator, status FROM classifications
             WHERE subject_id = (SELECT id FROM subjects WHERE key = ?) AND taxonomy = ? AND round = ?
               AND status != 'untouched' AND annotator != ? ORDER BY annotator"""
    return dict(connection.execute(sql, (subject, taxonomy, round_, ADJUDICATED)).fetchall())


def precedents(
    connection: sqlite3.Connection, taxonomy: str, field: str, but: str, viewer: Viewer
) -> Iterator[Precedent]:
    """Rulings on a field that are open to a viewer, newest first, those on one subject left out."""
    seen = seeing.open_to(connection, viewer)
    sql = f"""SELECT key, state, value, ruled_by, ruled_at, cause, note, "between" FROM rulings
             JOIN classifications ON classifications.id = classification_id
             JOIN subjects ON subjects.id = subject_id
             WHERE rulings.taxonomy = ? AND field = ? AND key != ?{seen.and_sql} ORDER BY ruled_at DESC, key"""
    rows = connection.execute(sql, (taxonomy, field, but, *seen.values))
    for key, state, value, by, at, cause, note, between in rows:
        yield Precedent(key, state, json.loads(value), by, at, cause, note, json.loads(between))


def witnesses(connection: sqlite3.Connection, taxonomy: str, round_: int, limit: int) -> list[str]:
    """Some of those who handed in work, each once."""
    sql = f"SELECT DISTINCT annotator FROM classifications WHERE taxonomy = ? AND round = ? AND {IS_WITNESS} LIMIT ?"
    return [name for (name,) in connection.execute(sql, (taxonomy, round_, limit))]


def undecided(connection: sqlite3.Connection, taxonomy: str, round_: int) -> list[str]:
    """Keys of subjects with submitted work and without an adjudication, in their order."""
    sql = f"""SELECT key FROM subjects WHERE id IN (SELECT subject_id FROM classifications
                WHERE taxonomy = :taxonomy AND round = :round AND {IS_WITNESS})
              AND id NOT IN (SELECT subject_id FROM classifications WHERE taxonomy = :taxonomy AND round = :round
                AND annotator = '{ADJUDICATED}' AND status = 'adjudicated') ORDER BY id"""
    return [key for (key,) in connection.execute(sql, {"taxonomy": taxonomy, "round": round_})]


def keys(connection: sqlite3.Connection, ids: Iterable[int]) -> list[str]:
    """The keys of subjects."""
    sql = "SELECT subjects.key FROM json_each(?) JOIN subjects ON subjects.id = value ORDER BY json_each.key"
    return [key for (key,) in connection.execute(sql, (json.dumps(list(ids)),))]
