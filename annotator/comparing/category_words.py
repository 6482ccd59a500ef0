"""A category as people read it, and as documents and tables write it."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any

from annotator.comparing.policy import State
from annotator.models.outline import FieldOutline

WORDS_OF = {"empty": "none", "unknown": "unknown", "not_applicable": "not applicable"}


@dataclass(frozen=True)
class Mark:
    """A state that counts as a category."""

    state: State


def label(field: FieldOutline, category: Hashable) -> str:
    """A category in words: the label of a choice, the path of a tree, the members of a set."""
    if isinstance(category, Mark):
        return f"({WORDS_OF[category.state]})"
    if isinstance(category, frozenset):
        return "; ".join(sorted(label(field, each) for each in category)) or "(none)"
    if isinstance(category, tuple):
        return " › ".join(label(field, each) for each in category)
    return _scalar(field, category)


def _scalar(field: FieldOutline, category: Hashable) -> str:
    from annotator.models.words import in_language

    if isinstance(category, float):
        if field.kind == "date":
            return date.fromordinal(int(category)).isoformat()
        return digits(category)
    if field.kind == "group":
        return " / ".join(
            ", ".join(map(str, each)) if isinstance(each, list) else str(each) for each in _parts(category)
        )
    if field.kind == "bool":
        return {"true": "yes", "false": "no"}.get(str(category), str(category))
    choice = field.all_choices.get(str(category))
    return in_language(choice.label) if choice else str(category)


def as_json(category: Hashable) -> Any:
    """A category as a document writes it: an id, a number, a list for a set, a state in brackets."""
    if isinstance(category, frozenset):
        return sorted(map(identifier, category))
    return category if isinstance(category, float) else identifier(category)


def identifier(category: Hashable) -> str:
    """A category as it is stored: an id, ids joined by `;`, a path joined by `/`, a state in brackets."""
    if isinstance(category, Mark):
        return f"({category.state})"
    if isinstance(category, frozenset):
        return ";".join(sorted(map(identifier, category))) or "(empty)"
    if isinstance(category, tuple):
        return "/".join(map(identifier, category))
    return digits(category) if isinstance(category, float) else str(category)


def digits(value: float) -> str:
    """A number as people write it: 1234567 and 0.5."""
    return str(int(value)) if value.is_integer() else f"{value:.12g}"


def _parts(row: Hashable) -> list[Any]:
    """The values of one row of a group, which is kept as a JSON object."""
    try:
        held = json.loads(str(row))
    except ValueError:
        return [row]
    return list(held.values()) if isinstance(held, dict) else [held]
