"""Whether the conditions of a taxonomy can ever hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.models.condition import Condition
from annotator.models.taxonomy import Field, Taxonomy
from annotator.taxonomy.conditions import ORDERINGS, cycle_in
from annotator.taxonomy.dates import partial_date
from annotator.taxonomy.places import Finding, Place
from annotator.taxonomy.suggesting import did_you_mean, shortened

ORDERED = {"integer", "number", "date", "scale"}


def condition_problems(field: Field, place: Place, taxonomy: Taxonomy) -> Iterator[Finding]:
    """Check every comparison in a field's `visible_if`."""
    if field.visible_if is None:
        return
    for leaf, where in _leaves(field.visible_if, (*place, "visible_if")):
        read = taxonomy.by_id.get(leaf.field or "")
        if read is None:
            message = f"visible_if reads an unknown field {leaf.field!r}{_meant(leaf.field or '', taxonomy)}"
            yield Finding((*where, "field"), field.id, message)
            continue
        if not _asked_together(field, read, taxonomy):
            message = f"visible_if reads {read.id!r}, which is never asked about the same subject; change applies_to"
            yield Finding((*where, "field"), field.id, message)
        name, operand = leaf.comparison or ("answered", True)
        problem = _comparison_problem(name, operand, read)
        if problem:
            yield Finding((*where, name), field.id, f"visible_if: {problem}")


def ring_problems(taxonomy: Taxonomy) -> Iterator[Finding]:
    """Name fields whose conditions wait for one another."""
    ring = cycle_in(taxonomy)
    if ring:
        order = list(taxonomy.by_id)
        start = min(range(len(ring) - 1), key=lambda step: order.index(ring[step]))
        turned = [*ring[start:-1], *ring[:start], ring[start]]
        position = next(place for place, field in enumerate(taxonomy.fields) if field.id == turned[0])
        message = f"visible_if goes round in a ring: {' → '.join(turned)}; remove one of these conditions"
        yield Finding(("fields", position, "visible_if"), turned[0], message)


def _leaves(condition: Condition, place: Place) -> Iterator[tuple[Condition, Place]]:
    for name in ("all", "any"):
        for position, each in enumerate(getattr(condition, name) or []):
            yield from _leaves(each, (*place, name, position))
    if condition.negated is not None:
        yield from _leaves(condition.negated, (*place, "not"))
    if condition.field is not None:
        yield condition, place


def _meant(name: str, taxonomy: Taxonomy) -> str:
    for group in taxonomy.fields:
        if any(name in {sub.id, f"{group.id}.{sub.id}"} for sub in group.fields):
            return f"; it is part of the group {group.id!r}, and only the group itself can be read"
    return did_you_mean(name, taxonomy.by_id) or f"; there is {shortened(taxonomy.by_id)}"


def _asked_together(field: Field, read: Field, taxonomy: Taxonomy) -> bool:
    kinds = set(field.applies_to or taxonomy.applies_to)
    return bool(kinds & set(read.applies_to or taxonomy.applies_to)) or not kinds


def _comparison_problem(name: str, operand: Any, read: Field) -> str:
    if name in {"answered", "state"}:
        return ""
    if read.kind == "group":
        return f"{read.id!r} is a group; ask only whether it is answered, or for its state"
    if name in ORDERINGS and read.kind not in ORDERED:
        return f"{name} needs an order, and {read.id!r} is of kind {read.kind}; use equals, in or includes"
    if read.holds_many and not name.startswith("includes"):
        return f"{read.id!r} holds several values; use includes, includes_any or includes_all instead of {name}"
    wanted = operand if isinstance(operand, list) else [operand]
    if not wanted:
        return f"{name} lists nothing; add a value"
    problems = (_operand_problem(name, each, read) for each in wanted)
    return next((problem for problem in problems if problem), "")


def _operand_problem(name: str, operand: Any, read: Field) -> str:
    if read.has_choices:
        return _choice_problem(name, operand, read)
    if read.kind == "bool":
        return "" if isinstance(operand, bool) else f"{read.id!r} is true or false, never {operand!r}"
    if read.kind in {"integer", "number"}:
        numeric = isinstance(operand, (int, float)) and not isinstance(operand, bool)
        return "" if numeric else f"{read.id!r} is a number, never {operand!r}; write a number without quotes"
    if not isinstance(operand, str):
        return f'{read.id!r} is text, never {operand!r}; write it in quotes: "{operand}"'
    return _date_problem(operand) if read.kind == "date" else ""


def _choice_problem(name: str, operand: Any, read: Field) -> str:
    choice = read.all_choices.get(operand) if isinstance(operand, str) else None
    if choice is None:
        hint = did_you_mean(operand, read.all_choices) or f"; there is {shortened(read.all_choices)}"
        return f"{operand!r} is not a choice of {read.id!r}{hint}"
    if choice.children and read.select == "leaf" and not name.startswith("includes"):
        return f"{operand!r} only groups others and is never chosen; use includes instead of {name}"
    return ""


def _date_problem(operand: str) -> str:
    try:
        partial_date(operand)
    except ValueError as error:
        return str(error)
    return ""
