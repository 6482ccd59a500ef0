"""How an answer reads in one line; unanswered and every state look different without colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from annotator.model.classification import Answer, Version
from annotator.model.event import Event
from annotator.model.handing_in.revisions import Told
from annotator.model.outline import choice_words
from annotator.model.provenance import Provenance, decided_elsewhere
from annotator.model.taxonomy import Field, Taxonomy

UNANSWERED = "···"
STATE_WORDS = {"empty": "∅ none", "unknown": "? unknown", "not_applicable": "– n/a", "hidden": "(hidden)"}
APART = "≠"
"""Marks what was said apart and not alike."""
VERSIONS = {"answer_cleared": "taken back", "undone": "undone", "redone": "done again"}
"""Kinds of events that say something about a field without an answer of their own."""
TURNED = {"undone": "undone", "redone": "done again"}
"""Kinds of events that take another one back, or do it again."""
BOOL_WORDS = {True: "yes", False: "no"}


def numbered(field: Field) -> str:
    """Number and name of a field."""
    return f"{field.number or ''} {field.name}".strip()


def answer_words(field: Field, answer: Answer | None) -> str:
    """Write an answer, or that there is none, in one line of any length; the text is as foreign as its source."""
    if answer is None:
        return UNANSWERED
    if answer.state == "conflict":
        return f"{APART} {value_words(field, answer.value) if answer.value is not None else UNANSWERED} (in conflict)"
    if answer.state != "answered":
        return STATE_WORDS[answer.state]
    return value_words(field, answer.value)


def value_words(field: Field, value: Any) -> str:
    """Write a value: labels for choices, first words of each row of a group."""
    if field.kind == "group" and isinstance(value, list):
        return "; ".join(row_words(field, row) for row in value)
    if isinstance(value, list):
        return ", ".join(_one(field, each) for each in value)
    return _one(field, value)


def row_words(group: Field, row: Any) -> str:
    """Write one row of a group: its values in the order of the sub-fields."""
    if not isinstance(row, dict):
        return str(row)
    return " · ".join(value_words(sub, row[sub.id]) for sub in group.fields if sub.id in row)


def _one(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return BOOL_WORDS[value]
    return choice_words(field, value) if field.has_choices and isinstance(value, str) else str(value)


def version_words(field: Field, version: Version) -> str:
    """Write one of several answers that were given apart, with who gave it and when; times are local."""
    at, said = datetime.fromisoformat(version.at).astimezone(), version.said
    words = answer_words(field, Answer.model_validate(said["answer"])) if "answer" in said else VERSIONS[version.kind]
    return f"{words} ({version.by or 'nobody named'}, {at:%Y-%m-%d %H:%M})"


def event_words(
    event: Event, taxonomy: Taxonomy, file: str = "", known: Mapping[str, Event] = MappingProxyType({})
) -> str:
    """Write when it happened, who did it, and what it was; times are local.

    `file` is what an import came from, `known` are events by id: of what was undone or done again it is told what.
    """
    what = deed_words(event, taxonomy, file)
    if event.kind in TURNED and (turned := known.get(event.payload["event"])):
        what = f"{TURNED[event.kind]}: {deed_words(turned, taxonomy, '')}"
    return f"{local_time(event.at)}  {event.annotator}  {what}"


def local_time(at: str) -> str:
    """Write a moment as the clock on the wall shows it, to the second."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}"


def deed_words(event: Event, taxonomy: Taxonomy, file: str = "") -> str:
    """Write what was done; `file` is what an import came from."""
    payload = event.payload
    field = taxonomy.known(payload.get("field") or "")
    name = numbered(field) if field else payload.get("field") or ""
    match event.kind:
        case "answer_set":
            answer = Answer.model_validate(payload["answer"])
            quoted = f" ({len(answer.evidence)} quoted)" if answer.evidence else ""
            return f"{name}: {answer_words(field, answer) if field else answer.value}{quoted}"
        case "answer_cleared":
            return f"{name}: taken back"
        case "ruled":
            ruled = Answer.model_validate(payload["answer"])
            value = answer_words(field, ruled) if field else ruled.value
            note = f": {payload['note']}" if payload.get("note") else ""
            return f"ruled on {name}: {value} ({payload['cause'].replace('_', ' ')}{note})"
        case "note_set":
            return f"note: {payload['text']}"
        case "flag_raised":
            return f"flag{' on ' + name if name else ''}: {payload['reason']}"
        case "skipped" | "reopened":
            return f"{event.kind}: {payload.get('reason', '')}".rstrip(": ")
        case "version_taken":
            return f"went on under version {payload['to']}, begun under version {payload['from']}"
        case "imported":
            if event.payload.get("status") == "adjudicated":
                return decided_elsewhere(file)
            return f"imported from {file}" if file else "imported"
        case "erasure_told":
            return f"erased {erased_words(event, name)}: {payload['reason']}"
        case "incoming_settled":
            return "took over an import that stood beside" if payload["answers"] else "left an import aside"
    return event.kind.replace("_", " ")


ERASED = {
    "answer_set": "an answer", "answer_cleared": "an answer taken back", "note_set": "the note", "ruled": "a ruling",
    "adjudicated": "the decision", "submitted": "the hand-in", "imported": "an import", "skipped": "the skip",
    "reopened": "the reopening", "flag_raised": "a flag",
}  # fmt: skip
"""What was erased, by its kind."""


def erased_words(event: Event, name: str) -> str:
    """What of whose classification was erased; `name` is the field it was about."""
    what = ERASED.get(event.payload["kind"], event.payload["kind"].replace("_", " "))
    where = f" to {name}" if name and event.payload["kind"] in {"answer_set", "answer_cleared"} else ""
    return f"{what}{where} of {event.of.annotator or 'nobody named'}"


def hand_in_words(told: Told) -> Iterator[str]:
    """What is to be known of the hand-ins of a classification, in sentences."""
    if told.revisions:
        times = "once" if told.revisions == 1 else f"{told.revisions:,} times"
        yield f"handed in again {times} after others' answers could be seen; the first hand-in counts for agreement"
    if told.after_others:
        yield "handed in after others' answers were open to them"


def made_by_words(made_by: Provenance) -> str:
    """What is known of the model that made a classification; of foreign words, like an answer."""
    facts = (
        f"made by the model {made_by.generator}" if made_by.generator else "made by a model without a name",
        f"version {made_by.version}" if made_by.version else "",
        f"configuration {made_by.configuration}" if made_by.configuration else "",
        f"reviewed by {made_by.reviewed_by}" if made_by.reviewed_by else "",
    )
    return " · ".join(filter(None, facts))


def imported_words(run: dict[str, str]) -> str:
    """Where a classification was imported from, by whom and when; the time is local."""
    digest = f" (SHA-256 {run['sha256'][:12]}…)" if run["sha256"] else ""
    return f"imported from {run['source']}{digest} by {run['by'] or 'nobody named'}, {local_time(run['at'])}"
