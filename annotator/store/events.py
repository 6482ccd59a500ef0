"""The append-only log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from annotator.models.classification import Identity
from annotator.models.event import Event, EventKind
from annotator.store.clock import next_id, time_of
from annotator.store.encoding import to_json

COLUMNS = "id, at, annotator, kind, subject, taxonomy, of_annotator, round, version, payload"
OF_ONE = "subject = ? AND taxonomy = ? AND of_annotator = ? AND round = ?"


def append(
    connection: sqlite3.Connection, annotator: str, kind: EventKind, of: Identity, version: int, payload: dict[str, Any]
) -> Event:
    """Write one event; call inside a write transaction, so that its id sorts after all others."""
    (newest,) = connection.execute("SELECT max(id) FROM events").fetchone()
    event_id = next_id(newest)
    event = Event.model_construct(
        id=event_id, at=time_of(event_id), annotator=annotator, kind=kind, of=of, version=version, payload=payload
    )
    connection.execute(f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(event))
    return event


def of_classification(connection: sqlite3.Connection, of: Identity) -> list[Event]:
    """All events of one classification, oldest first."""
    sql = f"SELECT {COLUMNS} FROM events WHERE {OF_ONE} ORDER BY id"
    return _events(connection.execute(sql, _identity(of)))


def of_subject(connection: sqlite3.Connection, subject: str) -> list[Event]:
    """All events about one subject, oldest first."""
    return _events(connection.execute(f"SELECT {COLUMNS} FROM events WHERE subject = ? ORDER BY id", (subject,)))


def newest_by(connection: sqlite3.Connection, annotator: str, limit: int) -> list[Event]:
    """An annotator's latest events, oldest first; payloads of imports are not wanted here."""
    sql = f"""SELECT {COLUMNS} FROM events WHERE annotator = ? AND kind != 'imported' ORDER BY id DESC LIMIT ?"""
    return _events(connection.execute(sql, (annotator, limit)))[::-1]


def last_import(connection: sqlite3.Connection, of: Identity) -> str | None:
    """The payload of a classification's latest import as JSON text; None when it was never imported."""
    sql = f"SELECT payload FROM events WHERE {OF_ONE} AND kind = 'imported' ORDER BY id DESC LIMIT 1"
    row = connection.execute(sql, _identity(of)).fetchone()
    return row[0] if row else None


def identities(connection: sqlite3.Connection) -> list[Identity]:
    """Every classification that the log speaks of, in a stable order."""
    sql = "SELECT DISTINCT subject, taxonomy, of_annotator, round FROM events ORDER BY 1, 2, 3, 4"
    return [Identity(subject=s, taxonomy=t, annotator=a, round=r) for s, t, a, r in connection.execute(sql)]


def _identity(of: Identity) -> tuple[str, str, str, int]:
    return of.subject, of.taxonomy, of.annotator, of.round


def _row(event: Event) -> tuple[Any, ...]:
    identity = _identity(event.of)
    return (event.id, event.at, event.annotator, event.kind, *identity, event.version, to_json(event.payload))


def _events(rows: Iterable[tuple[Any, ...]]) -> list[Event]:
    return [
        Event.model_construct(
            id=row[0],
            at=row[1],
            annotator=row[2],
            kind=row[3],
            of=Identity.model_construct(subject=row[4], taxonomy=row[5], annotator=row[6], round=row[7]),
            version=row[8],
            payload=json.loads(row[9]),
        )
        for row in rows
    ]
