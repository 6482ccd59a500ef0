"""An event of the log as a line of words. Pure."""

from __future__ import annotations

from datetime import datetime

from annotator.models.classification import Answer
from annotator.models.event import Event
from annotator.models.taxonomy import Taxonomy
from annotator.tui.answer_words import answer_words


def event_words(event: Event, taxonomy: Taxonomy) -> str:
    """Write when it happened, who did it, and what it was; times are local."""
    at = datetime.fromisoformat(event.at).astimezone()
    return f"{at:%Y-%m-%d %H:%M:%S}  {event.annotator}  {_what(event, taxonomy)}"


def _what(event: Event, taxonomy: Taxonomy) -> str:
    payload = event.payload
    field = taxonomy.by_id.get(payload.get("field") or "")
    name = f"{field.number or ''} {field.name}".strip() if field else payload.get("field") or ""
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
        case "imported":
            return "imported"
    return event.kind.replace("_", " ")
