"""What a value of each field kind must look like, as functions that put it in its normal form.

A rule takes what somebody gave and returns what is stored, or raises ValueError with a
sentence that says what is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from annotator.models.taxonomy import Field
from annotator.taxonomy.scalars import MisfitError, Rule, bool_rule, date_rule, integer_rule, number_rule, text_rule
from annotator.taxonomy.suggesting import did_you_mean, quoted, shortened


def rule_for(field: Field) -> Rule:
    """Build the rule of a field; what can be prepared is prepared once."""
    return RULES[field.kind](field)


def _one_choice(field: Field) -> Rule:
    allowed = _selectable(field)
    known, permitted = field.all_choices, frozenset(allowed)

    def rule(value: Any) -> Any:
        if isinstance(value, str) and value in permitted:
            return value
        raise MisfitError(_unknown_choice(value, allowed, known))

    return rule


def _many_choices(field: Field) -> Rule:
    order = {choice_id: position for position, choice_id in enumerate(_selectable(field))}
    one = _one_choice(field)

    def rule(value: Any) -> Any:
        chosen = {one(each) for each in _listed(value)}
        return _counted(sorted(chosen, key=order.__getitem__), field)

    return rule


def _tree(field: Field) -> Rule:
    return _many_choices(field) if field.multiple else _one_choice(field)


def _selectable(field: Field) -> list[str]:
    choices = field.all_choices
    if field.kind == "tree" and field.select == "leaf":
        return [choice.id for choice in choices.values() if not choice.children]
    return list(choices)


def _unknown_choice(value: Any, allowed: Iterable[str], known: dict[str, Any]) -> str:
    if isinstance(value, str) and value in known:
        below = [child.id for child in known[value].children]
        return f"{quoted(value)} only groups others; choose one below it: {shortened(below)}"
    return f"{quoted(value)} is not one of the choices{did_you_mean(value, known)} (choices: {shortened(allowed)})"


def _listed(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    raise MisfitError(f"expects a list, not {quoted(value)}")


def _counted(values: list[Any], field: Field) -> list[Any]:
    if not values:
        raise MisfitError("has no values; use the state 'empty' to say that there is none")
    if field.at_least is not None and len(values) < field.at_least:
        raise MisfitError(f"needs at least {field.at_least} values, and there are {len(values)}")
    if field.at_most is not None and len(values) > field.at_most:
        raise MisfitError(f"takes at most {field.at_most} values, and there are {len(values)}")
    return values


def _tags(field: Field) -> Rule:
    text = text_rule(field)

    def rule(value: Any) -> Any:
        given = [each.strip() if isinstance(each, str) else each for each in _listed(value)]
        return _counted(list(dict.fromkeys(text(each) for each in given)), field)

    return rule


def _group(field: Field) -> Rule:
    names = {sub.id: sub.name for sub in field.fields}
    rules = {sub.id: rule_for(sub) for sub in field.fields}

    def rule(value: Any) -> Any:
        rows = _listed(value)
        return _counted([_row(row, place, rules, names) for place, row in enumerate(rows, 1)], field)

    return rule


def _row(row: Any, place: int, rules: dict[str, Rule], names: dict[str, str]) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise MisfitError(f"row {place}: expects values by field ({shortened(rules)}), not {quoted(row)}")
    given = {sub: value for sub, value in row.items() if value not in (None, "", [])}
    for unknown in given.keys() - rules.keys():
        raise MisfitError(f"row {place}: has no field {unknown!r}{did_you_mean(unknown, rules)}")
    if not given:
        raise MisfitError(f"row {place}: is empty; fill it in or remove it")
    checked: dict[str, Any] = {}
    for sub in (each for each in rules if each in given):
        try:
            checked[sub] = rules[sub](given[sub])
        except ValueError as error:
            raise MisfitError(f"row {place}, {names[sub]}: {error}") from error
    return checked


RULES: dict[str, Callable[[Field], Rule]] = {
    "single": _one_choice,
    "scale": _one_choice,
    "multi": _many_choices,
    "tree": _tree,
    "bool": bool_rule,
    "integer": integer_rule,
    "number": number_rule,
    "date": date_rule,
    "text": text_rule,
    "long_text": text_rule,
    "location": text_rule,
    "tags": _tags,
    "group": _group,
}
