"""The append-only log."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from annotator.model.classification import Identity
from annotator.model.event import Event, EventKind, Step
from annotator.model.visibility import Viewer
from annotator.store import taxonomies, visibility
from annotator.store.connection import Transaction
from annotator.store.readable import to_json

if TYPE_CHECKING:
    from annotator.model.taxonomy import Taxonomy


def next_id(newest: str | None, now_ms: int | None = None) -> str:
    """Make a UUIDv7 that sorts after `newest`, even when the clock was set back.

    Layout: RFC 9562 section 5.7. Within one millisecond the 74 random bits count up.
    """
    now = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    randomness = secrets.randbits(74)
    if newest is not None:
        before_ms, before_random = _parts(newest)
        if now <= before_ms:
            now, randomness = before_ms, before_random + 1 + secrets.randbits(32)
            if randomness >> 74:
                now, randomness = now + 1, secrets.randbits(32)
    high, low = randomness >> 62, randomness & ((1 << 62) - 1)
    return str(UUID(int=(now << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low))


def ids_after(newest: str | None, count: int) -> list[str]:
    """Make several ids, in their order, that sort after `newest`."""
    made: list[str] = []
    for _ in range(count):
        newest = next_id(newest)
        made.append(newest)
    return made


def time_of(event_id: str) -> str:
    """The moment in an id as UTC ISO text with milliseconds."""
    moment = datetime.fromtimestamp(_parts(event_id)[0] / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _parts(event_id: str) -> tuple[int, int]:
    number = UUID(event_id).int
    return number >> 80, ((number >> 64) & 0xFFF) << 62 | number & ((1 << 62) - 1)


COLUMNS = "id, at, annotator, kind, subject, taxonomy, of_annotator, round, version, payload"
OF_ONE = "subject = ? AND taxonomy = ? AND of_annotator = ? AND round = ?"


def append(
    transaction: Transaction,
    annotator: str,
    kind: EventKind,
    of: Identity,
    version: int,
    payload: dict[str, Any],
    under: Taxonomy | None = None,
) -> Event:
    """Write one event; call inside a write transaction, so that its id sorts after all others.

    The taxonomy `under` which it is done is kept with it. Raises TaxonomyError where that is kept with another text.
    """
    last, kept = _latest(transaction, (under.namespace, under.version) if under else (of.taxonomy, version))
    if under and under.sha256 != kept:
        taxonomies.put(transaction, under)
    event_id = next_id(last)
    event = Event(event_id, time_of(event_id), annotator, kind, of, version, payload)
    transaction.execute(f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(event))
    return event


def _latest(transaction: Transaction, taxonomy: tuple[str, int]) -> tuple[str | None, str | None]:
    """The id of the latest event, and the digest of a taxonomy's version that is kept."""
    sql = "SELECT (SELECT max(id) FROM events), (SELECT sha256 FROM taxonomies WHERE namespace = ? AND version = ?)"
    found: tuple[str | None, str | None] = transaction.execute(sql, taxonomy).fetchone()
    return found


def newest(transaction: Transaction) -> str | None:
    """The id of the latest event; all that come sort after it."""
    found: str | None = transaction.execute("SELECT max(id) FROM events").fetchone()[0]
    return found


def of_classification(transaction: Transaction, of: Identity) -> list[Event]:
    """All events of one classification, oldest first."""
    sql = f"SELECT {COLUMNS} FROM events WHERE {OF_ONE} ORDER BY id"
    return _events(transaction.execute(sql, _identity(of)))


def of_subject(transaction: Transaction, subject: str) -> list[Event]:
    """All events about one subject, oldest first."""
    return _events(transaction.execute(f"SELECT {COLUMNS} FROM events WHERE subject = ? ORDER BY id", (subject,)))


def open_to(transaction: Transaction, subject: str, viewer: Viewer) -> list[Event]:
    """The events about one subject that a viewer may see, oldest first."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    found = of_subject(transaction, subject)
    if not seen.sql:
        return found
    sql = f"""SELECT taxonomy, annotator, round FROM classifications
              WHERE subject_id = (SELECT id FROM subjects WHERE key = ?){seen.and_sql}"""
    known = set(transaction.execute(sql, (subject, *seen.values)))
    return [event for event in found if _identity(event.of)[1:] in known]


def newest_steps(transaction: Transaction, annotator: str, round_: int, limit: int) -> list[Step]:
    """An annotator's latest events in a round, oldest first, as far as undo looks at them; all for a limit of -1."""
    sql = """SELECT id, kind, CASE WHEN kind IN ('undone', 'redone') THEN json_extract(payload, '$.event') ELSE '' END
             FROM events WHERE annotator = ? AND round = ? AND kind != 'imported' ORDER BY id DESC LIMIT ?"""
    return [Step._make(row) for row in transaction.execute(sql, (annotator, round_, limit))][::-1]


def has_since(transaction: Transaction, annotator: str, kind: EventKind, at: str, subject: str = "") -> bool:
    """Whether an annotator did something of a kind at a moment or later, about a subject when one is named."""
    sql = "SELECT 1 FROM events WHERE annotator = ? AND kind = ? AND at >= ? AND ? IN ('', subject) LIMIT 1"
    return transaction.execute(sql, (annotator, kind, at, subject)).fetchone() is not None


def of_batch(transaction: Transaction, annotator: str, batch: str) -> list[Event]:
    """What an annotator accepted in one go, oldest first."""
    sql = f"""SELECT {COLUMNS} FROM events WHERE annotator = ? AND kind = 'adjudicated'
              AND json_extract(payload, '$.batch') = ? ORDER BY id"""
    return _events(transaction.execute(sql, (annotator, batch)))


def get(transaction: Transaction, event_id: str) -> Event:
    """One event that is known to be there."""
    return _events(transaction.execute(f"SELECT {COLUMNS} FROM events WHERE id = ?", (event_id,)))[0]


def identities(transaction: Transaction, after: str | None = None) -> list[Identity]:
    """Every classification that the log speaks of, or speaks of after an event, in a stable order."""
    sql = f"""SELECT DISTINCT subject, taxonomy, of_annotator, round FROM events
              {"WHERE id > ?" if after else ""} ORDER BY 1, 2, 3, 4"""
    found = transaction.execute(sql, (after,) if after else ())
    return [Identity(subject=s, taxonomy=t, annotator=a, round=r) for s, t, a, r in found]


def _identity(of: Identity) -> tuple[str, str, str, int]:
    return of.subject, of.taxonomy, of.annotator, of.round


def _row(event: Event) -> tuple[Any, ...]:
    identity = _identity(event.of)
    return (event.id, event.at, event.annotator, event.kind, *identity, event.version, to_json(event.payload))


def _events(rows: Iterable[tuple[Any, ...]]) -> list[Event]:
    """Build events; those of one classification share its identity, because there may be hundreds."""
    known: dict[tuple[Any, ...], Identity] = {}
    found = []
    for event_id, at, annotator, kind, *of, version, payload in rows:
        identity = known.get(tuple(of))
        if identity is None:
            identity = known[tuple(of)] = Identity.model_construct(
                subject=of[0], taxonomy=of[1], annotator=of[2], round=of[3]
            )
        found.append(Event(event_id, at, annotator, kind, identity, version, json.loads(payload)))
    return found
