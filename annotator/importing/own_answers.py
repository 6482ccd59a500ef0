"""Answers that come in this project's own ids and states, from one of its exports."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from annotator.errors import AnswerError, Problem
from annotator.models.classification import Answer
from annotator.models.taxonomy import Field

BOOLS = {"true": True, "false": False}


def own_answer(field: Field, said: dict[str, Any]) -> Answer:
    """Read an answer; `texts` instead of `value` holds the values as the long table writes them.

    Raises AnswerError when it has not the form of an answer.
    """
    given = {name: value for name, value in said.items() if name != "texts"}
    if said.get("texts"):
        given["value"] = _value(field, said["texts"])
    try:
        return Answer.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        problem = f"is no answer as this program exports it: {place} is missing or has another form"
        raise AnswerError([Problem(field.id, problem)]) from error


def _value(field: Field, texts: list[str]) -> Any:
    """The inverse of writing one row per value."""
    values = [_one(field, text) for text in texts]
    if field.holds_many:
        return values
    if len(values) > 1:
        raise AnswerError([Problem(field.id, f"takes one value, and there are {len(values)}")])
    return values[0]


def _one(field: Field, text: str) -> Any:
    if field.kind == "bool":
        return BOOLS.get(text, text)
    if field.kind not in {"group", "integer", "number"}:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the field says what it expects
        return text
