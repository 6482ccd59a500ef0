"""How a classification looks in the readable tables: what the projection writes and the doctor expects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from annotator.model.outline import readable_values
from annotator.model.person import ADJUDICATED

if TYPE_CHECKING:
    from annotator.model.classification import Answer, Classification

COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

EMPTY: dict[type[Any], str] = {tuple: "[]", dict: "{}"}
"""Most lists of a report are empty, and setting an encoder up takes longer than to look here."""


def to_json(value: Any) -> str:
    """Compact JSON with readable text."""
    return EMPTY[type(value)] if not value and type(value) in EMPTY else COMPACT.encode(value)


LONGEST = 300
"""Characters; a longer value is coded by its digest, so that the index stays small."""


def coded(value: str) -> str:
    """The text a code stands for: the value, or the digest of a long one."""
    return value if len(value) <= LONGEST else digest(value)


def digest(value: str) -> str:
    """Stand in for a long value: equal texts give equal digests."""
    return "sha256:" + sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


Row = tuple[Any, ...]
Document = dict[str, dict[str, Any]]
"""Answers as plain values by field id, sorted, every key present."""
HEAD = (
    "version", "status", "publish", "flagged", "notes", "skip_reason", "answers", "hidden", "updated_at",
    "submitted_at", "is_imported", "provenance", "run",
)  # fmt: skip
"""The columns of `classifications` that `head` fills."""
SELECTED = ", ".join(f"classifications.{name}" for name in HEAD)
"""The same for queries that read other tables too."""


def document(answers: dict[str, Answer]) -> Document:
    """Answers in the form in which they are kept and compared."""
    return {
        field: {
            "state": answer.state,
            "value": answer.value,
            "evidence": [span.model_dump() for span in answer.evidence],
            "confidence": answer.confidence,
        }
        for field, answer in sorted(answers.items())
    }


def head(one: Classification, answers: Document) -> Row:
    """The row of `classifications`, without id and identity."""
    shown = {field: answer for field, answer in answers.items() if answer["state"] != "hidden"}
    hidden = {field: answer for field, answer in answers.items() if answer["state"] == "hidden"}
    is_flagged = any(not flag.resolved_at for flag in one.flags)
    return (
        one.version, one.status, one.publish, int(is_flagged), one.notes, one.skip_reason,
        to_json(shown), to_json(hidden), one.updated_at, one.submitted_at, int(one.is_imported),
        to_json(one.provenance.told() if one.provenance.kind == "model" else {}), one.run,
    )  # fmt: skip


def answer_rows(field: str, answer: dict[str, Any]) -> list[Row]:
    """The rows of `answers`: field, position, state, value, confidence; one per value, one empty row for none."""
    return [
        (field, position, answer["state"], value, answer["confidence"])
        for position, value in enumerate(readable_values(answer["value"]))
    ]


def evidence_rows(field: str, answer: dict[str, Any]) -> list[Row]:
    """The rows of `evidence`: field, position, then the span."""
    return [
        (field, position, *(span[name] for name in ("report", "start", "end", "quote", "prefix", "suffix")))
        for position, span in enumerate(answer["evidence"])
    ]


def flag_rows(one: Classification) -> list[Row]:
    """The rows of `flags`."""
    return [(flag.id, flag.field, flag.reason, flag.raised_by, flag.raised_at, flag.resolved_at) for flag in one.flags]


def conflict_rows(one: Classification) -> list[Row]:
    """The rows of `conflicts`: place and field."""
    return [(conflict.place, conflict.field) for conflict in one.conflicts]


def ruling_rows(one: Classification) -> list[Row]:
    """The rows of `rulings`, by field."""
    return [] if one.identity.annotator != ADJUDICATED else [
        (
            field, one.identity.taxonomy, ruling.answer.state, to_json(ruling.answer.value), ruling.by, ruling.at,
            ruling.cause, ruling.note, ruling.confidence, to_json(between(ruling.between)), ruling.event,
        )
        for field, ruling in sorted(one.rulings.items())
    ]  # fmt: skip


def between(answers: Mapping[str, Answer]) -> dict[str, dict[str, Any]]:
    """What annotators had answered, state and value alone."""
    return {name: {"state": each.state, "value": each.value} for name, each in sorted(answers.items())}


def decision_rows(one: Classification) -> list[Row]:
    """The row of `adjudications`; none as long as nothing is decided.

    Nor is there any where a source calls adjudicated what one annotator answered.
    """
    made = one.decision if one.identity.annotator == ADJUDICATED else None
    return [(made.by, made.at, made.strategy, to_json(made.sources), to_json(made.seen))] if made else []


def now() -> str:
    """This moment as UTC ISO text with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
