"""Decide which fields a classification shows, from `visible_if`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from operator import ge, gt, le, lt
from typing import Any

from annotator.model.classification import Answer
from annotator.model.taxonomy import Condition, Field, Taxonomy

ORDERINGS = {"greater_than": gt, "at_least": ge, "less_than": lt, "at_most": le}


def hidden_fields(taxonomy: Taxonomy, answers: Mapping[str, Answer]) -> frozenset[str]:
    """Ids of the fields whose condition does not hold; a hidden field counts as unanswered."""
    hidden: set[str] = set()
    for field_id in _known_order(taxonomy):
        condition = taxonomy.by_id[field_id].visible_if
        if condition and not _holds(condition, taxonomy, answers, hidden):
            hidden.add(field_id)
    return frozenset(hidden)


@lru_cache(maxsize=64)
def _known_order(taxonomy: Taxonomy) -> list[str]:
    """The order of a taxonomy's fields, worked out once: it is asked for at every keystroke."""
    return evaluation_order(taxonomy)


def evaluation_order(taxonomy: Taxonomy) -> list[str]:
    """Field ids so that each comes after those its condition reads; raises CycleError."""
    reads = {field.id: sorted(_read_by(field) & taxonomy.by_id.keys()) for field in taxonomy.fields}
    return list(TopologicalSorter(reads).static_order())


def cycle_in(taxonomy: Taxonomy) -> list[str] | None:
    """The ids of fields whose conditions wait for each other, the first one again at the end; or None."""
    try:
        evaluation_order(taxonomy)
    except CycleError as error:
        return list(error.args[1])
    return None


def _read_by(field: Field) -> set[str]:
    return field.visible_if.fields_read() if field.visible_if else set()


def _holds(condition: Condition, taxonomy: Taxonomy, answers: Mapping[str, Answer], hidden: set[str]) -> bool:
    if condition.all is not None:
        return all(_holds(each, taxonomy, answers, hidden) for each in condition.all)
    if condition.any is not None:
        return any(_holds(each, taxonomy, answers, hidden) for each in condition.any)
    if condition.negated is not None:
        return not _holds(condition.negated, taxonomy, answers, hidden)
    field_id = condition.field or ""
    answer = None if field_id in hidden else _as_given(answers.get(field_id))
    name, operand = condition.comparison or ("answered", True)
    return _compare(name, operand, answer, taxonomy.by_id[field_id])


def _as_given(answer: Answer | None) -> Answer | None:
    """An answer as it was before it was hidden, so that what was hidden earlier decides nothing."""
    if answer is None or answer.state != "hidden":
        return answer
    return None if answer.value is None else answer.model_copy(update={"state": "answered"})


def _compare(name: str, operand: Any, answer: Answer | None, field: Field) -> bool:
    if name == "answered":
        return (answer is not None) is operand
    if name == "state":
        return answer is not None and answer.state == operand
    if answer is None or answer.state != "answered":
        return False
    if name.startswith("includes"):
        wanted = operand if isinstance(operand, list) else [operand]
        held = _with_ancestors(answer.value, field)
        return (any if name == "includes_any" else all)(value in held for value in wanted)
    if field.kind == "scale" and name in ORDERINGS:
        return _compare_scalar(name, _rank(operand, field), _rank(answer.value, field))
    return _compare_scalar(name, operand, answer.value)


def _rank(choice_id: Any, field: Field) -> int | None:
    """The position of a choice on its scale."""
    return next((place for place, each in enumerate(field.all_choices) if each == choice_id), None)


def _compare_scalar(name: str, operand: Any, value: Any) -> bool:
    if name == "equals":
        return bool(value == operand)
    if name == "not_equals":
        return bool(value != operand)
    if name in {"in", "not_in"}:
        return (value in operand) is (name == "in")
    try:
        return bool(ORDERINGS[name](value, operand))
    except TypeError:  # a number against a text, or no such choice: neither larger nor smaller
        return False


def _with_ancestors(value: Any, field: Field) -> set[Any]:
    """The values held; in a tree each brings the nodes above it, so a parent stands for all below."""
    held = value if isinstance(value, list) else [value]
    if field.kind != "tree":
        return {each for each in held if not isinstance(each, dict)}
    return {step for each in held for step in field.path(each)}
