"""Conditions by which is published: `status=submitted`, `annotator=NAME`, `reviewed`, `FIELD>=VALUE`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from math import floor, inf, isfinite
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
NUMBERS = frozenset({"integer", "number"})
STATUSES = (ADJUDICATED, "submitted")
Holds = Callable[["StoredClassification"], bool]


class OfField(NamedTuple):
    """A condition on the answer to one field."""

    words: str
    field: Field
    holds: Callable[[Collection[str]], bool]
    """Whether it holds of the values that were given, which are none where nothing was answered."""
    named: frozenset[str] = frozenset()
    """The values it compares with."""
    bound: float | None = None
    """Where the value stands that it is more or less than."""

    def of(self, one: StoredClassification) -> bool:
        """Whether it holds of a classification."""
        return self.holds(_given(one, self.field))


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

    Raises RequestError, also for conditions that nothing meets together and for a name nobody has, and NotFoundError.
    """
    statuses, names, conditions, reviewed = dict[str, str](), dict[str, str](), list[OfField](), False
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
            conditions.append(_about_field(each, find_field(taxonomy, found[1]), found[2], found[3]))
    _refuse_apart(conditions)
    for several in (statuses, names):
        if len(several) > 1:
            raise RequestError(f"Of nothing hold both {' and '.join(several.values())}; name one, and run it for each.")
    status, name = next(iter(statuses), ADJUDICATED), next(iter(names), "")
    if name and (name == ADJUDICATED) != (status == ADJUDICATED):
        raise RequestError(
            f"{names[name]}: what is published is status={status}, which is never {name}'s. What annotators handed in "
            "is published with status=submitted and a reason; what was adjudicated is nobody's own."
        )
    return Rule(status, (*(each.of for each in conditions), *([_of(name)] if name else [])), reviewed)


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


def _about_field(words: str, field: Field, sign: str, text: str) -> OfField:
    """A condition on one answer; choices are compared in their order, numbers as numbers. Raises RequestError."""
    compared, value = COMPARED[sign], _value(field, text)
    if sign in {"=", "!="} and field.kind not in NUMBERS:
        wanted = frozenset(each for each in readable_values(value) if each is not None)
        return OfField(words, field, lambda given: compared({*given}, wanted), wanted)
    place = _places(field)
    try:
        least = place(str(value))
    except ValueError as error:
        raise RequestError(f"{field.name} is compared with a number, not {text!r}.") from error
    if sign in {"=", "!="}:
        return OfField(words, field, lambda given: compared({*map(place, given)}, {least}), frozenset({str(value)}))
    return OfField(words, field, lambda given: any(compared(place(each), least) for each in given), bound=least)


def _refuse_apart(conditions: Sequence[OfField]) -> None:
    """Refuse conditions on one field of which nothing meets all; raises RequestError, naming no more than needed."""
    for field in {each.field.id: each.field for each in conditions}.values():
        apart = [each for each in conditions if each.field.id == field.id]
        if _is_any_met(field, apart):
            continue
        for each in list(apart):
            fewer = [other for other in apart if other is not each]
            apart = apart if _is_any_met(field, fewer) else fewer
        *others, last = (each.words for each in apart)
        if len(others) == 1:
            raise RequestError(f"Of nothing hold both {others[0]} and {last}; leave one away, or run it for each.")
        raise RequestError(f"Of nothing hold all of {', '.join(others)} and {last}; leave one away.")


def _is_any_met(field: Field, conditions: Sequence[OfField]) -> bool:
    """Whether some answer meets conditions on a field together."""
    return any(all(each.holds(it) for each in conditions) for it in _tried(field, conditions))


def _tried(field: Field, conditions: Sequence[OfField]) -> Iterator[Collection[str]]:
    """Answers among which there is one that meets conditions on a field together, if there is any.

    Between bounds that is a value on, beside or amid them, as far behind one as there are values to be avoided.
    """
    yield from ((), *(each.named for each in conditions))
    yield from ([choice.id] for choice in field.choices)
    if field.kind in NUMBERS:
        bounds = {each.bound for each in conditions if each.bound is not None}
        named = {float(value) for each in conditions for value in each.named}
        points = sorted(each for each in bounds | named if isfinite(each))
        whole = [floor(each) + further for each in points for further in range(len(conditions) + 1)]
        amid = [*points, *(one / 2 + other / 2 for one, other in pairwise(points))] if field.kind == "number" else []
        yield from ([str(each)] for each in (*whole, *amid, -inf, inf))


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
    if field.kind in NUMBERS:
        return float
    raise RequestError(f"{field.name} has no order; compare it with = or !=.")


def _given(one: StoredClassification, field: Field) -> list[str]:
    answer = one.decoded().get(field.id)
    if answer is None or answer["state"] != "answered":
        return []
    return [each for each in readable_values(answer["value"]) if each is not None]
