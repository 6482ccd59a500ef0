"""What the statistics do with answers that are no value: left out, or a category of their own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from annotator.errors import RequestError
from annotator.models.outline import FieldOutline

State = Literal["empty", "unknown", "not_applicable", "hidden"]
Treatment = Literal["", "value", "missing"]
WITH_EMPTY_SET = frozenset({"multi", "tags", "tree", "group"})
"""Kinds whose `empty` is a value like any other: the empty set."""
WITHOUT_ORDER = frozenset({"nominal", "set", "tree"})
"""Levels on which a state can be a category; on a scale it has no place."""


@dataclass(frozen=True)
class StatePolicy:
    """How each state counts; empty text is the usual way of the field's kind and level."""

    empty: Treatment = ""
    unknown: Treatment = ""
    not_applicable: Treatment = ""
    hidden: Treatment = ""

    def counts(self, state: State, field: FieldOutline) -> bool:
        """Whether a state takes part in a field's statistics."""
        treatment: Treatment = getattr(self, state)
        if treatment == "missing":
            return False
        if state == "hidden":
            return treatment == "value"
        if field.measured_as not in WITHOUT_ORDER:
            return False
        return treatment == "value" or state != "empty" or field.kind in WITH_EMPTY_SET

    @property
    def words(self) -> str:
        """The policy in one sentence for people."""
        return f"Unanswered is missing; {'; '.join(_WORDS[name][getattr(self, name)] for name in _WORDS)}."


_WORDS: dict[str, dict[str, str]] = {
    "hidden": {
        "": "hidden is missing",
        "missing": "hidden is missing",
        "value": "hidden answers count with the value they kept",
    },
    "empty": {
        "": "empty is the empty set for fields of several values and trees, and missing elsewhere",
        "missing": "empty is missing",
        "value": "empty is the empty set or a category of its own, and missing on ordered and numeric fields",
    },
    "unknown": {
        "": "unknown is a category of its own, and missing on ordered and numeric fields",
        "missing": "unknown is missing",
        "value": "unknown is a category of its own, and missing on ordered and numeric fields",
    },
    "not_applicable": {
        "": "not applicable is a category of its own, and missing on ordered and numeric fields",
        "missing": "not applicable is missing",
        "value": "not applicable is a category of its own, and missing on ordered and numeric fields",
    },
}
STATES = tuple(each.name for each in fields(StatePolicy))
USUAL_STATES = StatePolicy()
ANSWERED_ONLY = StatePolicy("missing", "missing", "missing", "missing")


def read_policy(text: str) -> StatePolicy:
    """Read `default`, `answered` (answered values alone) or `unknown=missing,hidden=value`; raises RequestError."""
    said = text.strip().casefold()
    if said in {"", "default"}:
        return USUAL_STATES
    if said == "answered":
        return ANSWERED_ONLY
    chosen: dict[str, Treatment] = {}
    for part in said.split(","):
        state, _, treatment = (each.strip() for each in part.partition("="))
        if state not in STATES or treatment not in {"value", "missing"}:
            raise RequestError(
                f"{part.strip()!r} is no policy for states. Write `default`, `answered`, or a list such as "
                f"unknown=missing,hidden=value; the states are {', '.join(STATES)}."
            )
        chosen[state] = "value" if treatment == "value" else "missing"
    return StatePolicy(**chosen)
