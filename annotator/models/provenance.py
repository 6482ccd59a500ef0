"""What an imported adjudication says about where its answers come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError

from annotator.models.classification import Answer, Decision, Ruling
from annotator.models.event import Event
from annotator.models.reserved import Source

IMPORTED = "imported"
"""The strategy of a decision that came with an import: its source knows how it was made."""


def taken_over(event: Event, answers: Mapping[str, Answer]) -> tuple[dict[str, Ruling], Decision]:
    """The rulings and the decision that an `imported` event brings."""
    rulings: dict[str, Ruling] = {}
    sources: dict[str, Any] = {}
    by, at = "", event.at
    provenance = event.payload.get("provenance", {})
    for field, said in ((name, provenance[name]) for name in provenance if name in answers):
        if said["source"] == "ruled":
            told = {name: value for name, value in said.items() if name != "source"}
            rulings[field] = Ruling.model_validate({**told, "answer": answers[field], "event": event.id})
            continue
        by, at = said.get("by", by), said.get("at", at)
        sources[field] = {name: value for name, value in said.items() if name not in {"by", "at"}}
    return rulings, Decision(by=by, at=at, strategy=IMPORTED, sources=sources)


def is_provenance(said: Any) -> bool:
    """Whether a source tells where an answer comes from in a form that can be kept."""
    if not isinstance(said, dict) or said.get("source") not in get_args(Source):
        return False
    if said["source"] != "ruled":
        return all(isinstance(said.get(name, ""), str) for name in ("by", "at"))
    try:
        told = {name: value for name, value in said.items() if name != "source"}
        Ruling.model_validate({**told, "answer": Answer(), "event": ""})
    except ValidationError:
        return False
    return True
