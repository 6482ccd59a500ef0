"""What undo and redo did, in words and places that a screen can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import sqlite3

    from annotator.models.classification import Classification
    from annotator.models.event import Event

UNDO_DEPTH = 1_000
"""Events looked back over at first; deep enough for some days of work."""
NO_LIMIT = -1

WORDS = {
    "answer_set": "answer",
    "answer_cleared": "cleared answer",
    "note_set": "note",
    "flag_raised": "flag",
    "flag_resolved": "resolved flag",
    "skipped": "skip",
    "submitted": "submission",
    "reopened": "reopening",
    "ruled": "ruling",
    "adjudicated": "adjudication",
}


class Change(NamedTuple):
    """One event that was undone or redone."""

    subject: str
    taxonomy: str
    field: str
    kind: str
    words: str
    """Such as `undid: answer to 2.2 Entertainment Industry`."""
    classification: Classification


def to_turn(
    connection: sqlite3.Connection, annotator: str, round_: int, kind: Literal["undone", "redone"]
) -> list[Event]:
    """The events to undo or redo now, in that order: the latest one, and with it all that was accepted in one go."""
    from annotator.store import events

    stack = _stack(connection, annotator, round_, kind, UNDO_DEPTH)
    first = events.get(connection, stack[-1]) if stack else None
    if first is None or first.payload.get("batch"):
        stack = _stack(connection, annotator, round_, kind, NO_LIMIT)
        first = events.get(connection, stack[-1]) if stack else None
    batch = first.payload.get("batch") if first else None
    if first is None or not batch:
        return [first] if first else []
    together = {each.id: each for each in events.of_batch(connection, annotator, batch)}
    return [together[each] for each in reversed(stack) if each in together]


def _stack(connection: sqlite3.Connection, annotator: str, round_: int, kind: str, limit: int) -> list[str]:
    from annotator.models.fold import undo_stacks
    from annotator.store import events

    done, ready = undo_stacks(events.newest_steps(connection, annotator, round_, limit))
    return done if kind == "undone" else ready


def change_of(event: Event, verb: str, field_name: str, classification: Classification, count: int = 1) -> Change:
    """Describe an event that was undone or redone, and with it those accepted in one go with it."""
    joined = "on" if event.kind == "ruled" else "to"
    what = WORDS[event.kind] + (f" {joined} {field_name}" if field_name else "")
    if count > 1:
        what = f"{what} of {count:,} subjects"
    field = event.payload.get("field") or ""
    return Change(event.of.subject, event.of.taxonomy, field, event.kind, f"{verb}: {what}", classification)
