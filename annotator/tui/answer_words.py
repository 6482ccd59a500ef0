"""How an answer reads in one line; unanswered and every state look different without colour."""

from __future__ import annotations

from typing import Any

from annotator.models.classification import Answer
from annotator.models.taxonomy import Field
from annotator.models.words import in_language

UNANSWERED = "···"
STATE_WORDS = {"empty": "∅ none", "unknown": "? unknown", "not_applicable": "– n/a", "hidden": "(hidden)"}
BOOL_WORDS = {True: "yes", False: "no"}


def answer_words(field: Field, answer: Answer | None) -> str:
    """Write an answer, or that there is none, in one line of any length; the text is as foreign as its source."""
    if answer is None:
        return UNANSWERED
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
    choice = field.all_choices.get(value) if field.has_choices and isinstance(value, str) else None
    return in_language(choice.label) if choice else str(value)
