"""Examine a database: that the file is sound and its readable tables equal its log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from annotator.models.classification import Classification, Identity
from annotator.store import events, search
from annotator.store.projection import Projection, document, readable_values


class Finding(NamedTuple):
    """The result of one check; `problems` is empty when all is well."""

    check: str
    problems: list[str]


SHOWN = 20
"""Problems listed per check; the rest is counted."""


def examine(connection: sqlite3.Connection, projection: Projection) -> list[Finding]:
    """Run every check; nothing is changed."""
    checks = {
        "file integrity": _integrity(connection),
        "foreign keys": _foreign_keys(connection),
        "projection equals events": _projection(connection, projection),
        "search index in step": _search(connection),
        "events in order": _order(connection),
    }
    return [Finding(name, _first(list(problems))) for name, problems in checks.items()]


def _first(problems: list[str]) -> list[str]:
    rest = len(problems) - SHOWN
    return problems[:SHOWN] + ([f"and {rest} more"] if rest > 0 else [])


def _integrity(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield line


def _foreign_keys(connection: sqlite3.Connection) -> Iterator[str]:
    for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} row {rowid} refers to a missing row of {parent}"


def _search(connection: sqlite3.Connection) -> Iterator[str]:
    if not search.is_in_step(connection):
        yield "the full-text index differs from the texts"


def _order(connection: sqlite3.Connection) -> Iterator[str]:
    sql = "SELECT id FROM (SELECT id, at, lag(at) OVER (ORDER BY id) AS before FROM events) WHERE at < before"
    for (event_id,) in connection.execute(sql):
        yield f"event {event_id} is older than the one before it"


def _projection(connection: sqlite3.Connection, projection: Projection) -> Iterator[str]:
    logged = events.identities(connection)
    for of in logged:
        expected = projection.computed(of)
        if _stored(connection, of) != _expected(expected):
            yield f"{of.subject} {of.taxonomy} {of.annotator} round {of.round} differs from its events"
    sql = "SELECT key, taxonomy, annotator, round FROM classifications JOIN subjects ON subjects.id = subject_id"
    known = {(of.subject, of.taxonomy, of.annotator, of.round) for of in logged}
    for row in connection.execute(sql):
        if tuple(row) not in known:
            yield f"{row[0]} {row[1]} {row[2]} round {row[3]} has no events"


def _expected(one: Classification) -> tuple[object, ...]:
    answers = document(one.answers)
    rows = sorted(
        (field, position, answer["state"], value or "")
        for field, answer in answers.items()
        for position, value in enumerate(readable_values(answer["value"]))
    )
    spans = sorted(
        (field, each["report"], each["start"], each["end"], each["quote"])
        for field, answer in answers.items()
        for each in answer["evidence"]
    )
    flags = sorted((flag.id, flag.resolved_at or "") for flag in one.flags)
    head = (one.version, one.status, one.publish, one.notes, one.skip_reason, one.updated_at, one.submitted_at)
    return head, answers, rows, spans, flags


def _stored(connection: sqlite3.Connection, of: Identity) -> tuple[object, ...] | None:
    row = connection.execute(
        """SELECT classifications.id, version, status, publish, notes, skip_reason, updated_at, submitted_at,
             answers, hidden
           FROM classifications JOIN subjects ON subjects.id = subject_id
           WHERE key = ? AND taxonomy = ? AND annotator = ? AND round = ?""",
        (of.subject, of.taxonomy, of.annotator, of.round),
    ).fetchone()
    if row is None:
        return None
    answers = {**json.loads(row[8]), **json.loads(row[9])}
    rows = connection.execute(
        "SELECT field, position, state, ifnull(value, '') FROM answers WHERE classification_id = ?", row[:1]
    )
    spans = connection.execute(
        'SELECT field, report, "start", "end", quote FROM evidence WHERE classification_id = ?', row[:1]
    )
    flags = connection.execute("SELECT id, ifnull(resolved_at, '') FROM flags WHERE classification_id = ?", row[:1])
    return tuple(row[1:8]), answers, sorted(rows), sorted(spans), sorted(flags)
