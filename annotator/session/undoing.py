"""What undo and redo did, in words and places that a screen can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from annotator.models.classification import Classification
    from annotator.models.event import Event

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


def change_of(event: Event, verb: str, field_name: str, classification: Classification) -> Change:
    """Describe an event that was undone or redone."""
    joined = "on" if event.kind == "ruled" else "to"
    what = WORDS[event.kind] + (f" {joined} {field_name}" if field_name else "")
    field = event.payload.get("field") or ""
    return Change(event.of.subject, event.of.taxonomy, field, event.kind, f"{verb}: {what}", classification)
