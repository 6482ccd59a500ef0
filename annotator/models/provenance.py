"""What an imported adjudication says about where its answers come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.models.classification import Answer, Decision, Ruling
from annotator.models.event import Event

IMPORTED = "imported"
"""The strategy of a decision that came with an import: its source knows how it was made."""


def taken_over(event: Event, answers: Mapping[str, Answer]) -> tuple[dict[str, Ruling], Decision]:
    """The rulings and the decision that an `imported` event brings."""
    rulings: dict[str, Ruling] = {}
    sources: dict[str, Any] = {}
    by, at = "", event.at
    for field, said in event.payload.get("provenance", {}).items():
        if said.get("source") == "ruled" and field in answers:
            told = {name: value for name, value in said.items() if name != "source"}
            rulings[field] = Ruling.model_validate({**told, "answer": answers[field], "event": event.id})
            continue
        by, at = said.get("by", by), said.get("at", at)
        sources[field] = {name: value for name, value in said.items() if name not in {"by", "at"}}
    return rulings, Decision(by=by, at=at, strategy=IMPORTED, sources=sources)
