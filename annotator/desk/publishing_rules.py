"""Conditions by which is published: `status=submitted`, `annotator=NAME`, `reviewed`, `FIELD>=VALUE`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk.names import is_among, known_as, unknown
from annotator.errors import NotFoundError, RequestError
from annotator.model.outline import choice_words, readable_values
from annotator.model.person import ADJUDICATED, NO_WITNESS, same_name
from annotator.taxonomy.naming import find_field, parse_value

if TYPE_CHECKING:
    from annotator.model.taxonomy import Field, Taxonomy
    from annotator.store.classifications import StoredClassification

ALWAYS = frozenset({"not stale", "not in conflict"})
"""What holds of everything that is published by rule, and may be said all the same."""
FORM = re.compile(r"\s*(.+?)\s*(>=|<=|!=|=|>|<)\s*(.*?)\s*", re.DOTALL)
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
STATUSES = (ADJUDICATED, "submitted")
Holds = Callable[["StoredClassification"], bool]


class Rule(NamedTuple):
    """What is published: adjudicated or submitted classifications of which all conditions hold."""

    status: str
    conditions: tuple[Holds, ...]
    reviewed: bool
    """Whether somebody must have looked at it by itself: a decision not made in bulk, or a model's work reviewed."""

    def is_met(self, one: StoredClassification) -> bool:
        """Whether a classification is one that the rule is about."""
        is_decided = one.annotator == ADJUDICATED
        return (
            one.status == self.status
            and is_decided == (self.status == ADJUDICATED)
            and all(holds(one) for holds in self.conditions)
        )


def read_rule(taxonomy: Taxonomy, said: Sequence[str], known: Mapping[str, str]) -> Rule:
    """Read conditions; without a status, what is adjudicated. `known` are the names in use, by every spelling.

    Raises RequestError, also for conditions of which no two hold at once and for a name nobody has, and NotFoundError.
    """
    statuses, names, conditions, reviewed = dict[str, str](), dict[str, str](), list[Holds](), False
    for each in said:
        words = " ".join(each.split()).casefold()
        found = FORM.fullmatch(each)
        if words in ALWAYS:
            continue
        if words == "reviewed":
            reviewed = True
        elif found is None:
            raise RequestError(
                f"{each!r} is no condition. Write status=adjudicated, status=submitted, annotator=NAME, reviewed, "
                "not stale, not in conflict, or a field and a value with =, !=, <, <=, > or >= between them."
            )
        elif found[1].casefold() == "status":
            if found[2] != "=" or found[3] not in STATUSES:
                raise RequestError(
                    f"{each!r}: what is published is {' or '.join(f'status={one}' for one in STATUSES)}."
                )
            statuses[found[3]] = each
        elif found[1].casefold() == "annotator" and found[2] == "=":
            names[_known(found[3], known)] = each
        else:
            conditions.append(_about_field(find_field(taxonomy, found[1]), found[2], found[3]))
    for several in (statuses, names):
        if len(several) > 1:
            raise RequestError(f"Of nothing hold both {' and '.join(several.values())}; name one, and run it for each.")
    status, name = next(iter(statuses), ADJUDICATED), next(iter(names), "")
    if name and (name == ADJUDICATED) != (status == ADJUDICATED):
        raise RequestError(
            f"{names[name]}: what is published is status={status}, which is never {name}'s. What annotators handed in "
            "is published with status=submitted and a reason; what was adjudicated is nobody's own."
        )
    return Rule(status, (*conditions, *([_of(name)] if name else [])), reviewed)


def _known(name: str, known: Mapping[str, str]) -> str:
    """The name somebody is known by, or one that results are kept under; raises RequestError for nobody's."""
    for each in NO_WITNESS:
        if same_name(each, name):
            return each
    if not is_among(name, known):
        raise RequestError(unknown(name, known.values()))
    return known[known_as(name, known)]


def _of(name: str) -> Holds:
    return lambda one: same_name(one.annotator, name)


def _about_field(field: Field, sign: str, text: str) -> Holds:
    """A condition on one answer; choices are compared in their order, numbers as numbers. Raises RequestError."""
    compared = COMPARED[sign]
    if sign in {"=", "!="}:
        wanted = {each for each in readable_values(_value(field, text)) if each is not None}
        return lambda one: compared({*_given(one, field)}, wanted)
    place = _places(field)
    try:
        least = place(str(_value(field, text)))
    except ValueError as error:
        raise RequestError(f"{field.name} is compared with a number, not {text!r}.") from error
    return lambda one: any(compared(place(each), least) for each in _given(one, field))


def _value(field: Field, text: str) -> Any:
    """A value as the field has it; a number alone names the choice whose label begins with it."""
    try:
        return parse_value(field, text)
    except NotFoundError:
        begins = re.compile(rf"{re.escape(text)}\b")
        numbered = [each for each in field.choices if text and begins.match(choice_words(field, each.id))]
        if len(numbered) != 1:
            raise
        return numbered[0].id


def _places(field: Field) -> Callable[[str], float]:
    """Where a value stands in the order of its field; raises RequestError where there is no order."""
    if field.kind in {"single", "ordinal"} and field.choices:
        order = {choice.id: float(at) for at, choice in enumerate(field.choices)}
        return lambda value: order.get(value, float("nan"))
    if field.kind in {"integer", "number"}:
        return float
    raise RequestError(f"{field.name} has no order; compare it with = or !=.")


def _given(one: StoredClassification, field: Field) -> list[str]:
    answer = one.decoded().get(field.id)
    if answer is None or answer["state"] != "answered":
        return []
    return [each for each in readable_values(answer["value"]) if each is not None]
