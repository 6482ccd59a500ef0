"""What is told of the hand-ins of a classification, where it was not simply handed in as it shows."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from annotator.model.limits import LARGEST


class Told(NamedTuple):
    """What is told of the hand-ins of a classification beside what shows now."""

    revisions: int = 0
    """How often it was handed in again."""
    after_others: bool = False
    """Whether others' answers had been open before to whoever handed it in."""
    first: dict[str, Any] | None = None
    """What was handed in first, {version, answers: {field: {state, value}}}; None where that is what shows now."""

    @classmethod
    def read(cls, kept: str | None) -> Told:
        """Read what the store keeps as JSON; nothing where there is nothing to tell."""
        return cls(**json.loads(kept)) if kept else cls()

    @classmethod
    def of(cls, said: Any) -> Told | None:
        """Read what an export says; None where that cannot be understood."""
        if not isinstance(said, dict) or not said.keys() <= {*cls._fields}:
            return None
        found = cls(**said)
        first = found.first
        is_counted = _is_number(found.revisions) and isinstance(found.after_others, bool)
        if not is_counted or not (first is None or _is_first(first)):
            return None
        return found


def _is_first(said: Any) -> bool:
    if not isinstance(said, dict) or said.keys() != {"version", "answers"} or not isinstance(said["answers"], dict):
        return False
    answers = said["answers"].values()
    return _is_number(said["version"]) and all(isinstance(each, dict) and "state" in each for each in answers)


def _is_number(said: Any) -> bool:
    return type(said) is int and 0 <= said <= LARGEST


HAND_IN_COLUMNS = {"revisions": "revisions", "after_others": "after_others", "first": "first_hand_in"}
"""What tables call it, by its name in JSON."""
