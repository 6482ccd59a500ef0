"""Compile a taxonomy into the pydantic model every save goes through.

What a value of each field kind must look like, as functions that put it in its normal form.

A rule takes what somebody gave and returns what is stored, or raises ValueError with a
sentence that says what is expected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache, partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, create_model
from pydantic import Field as Setting

from annotator.errors import AnswerError, Problem
from annotator.model.classification import Answer
from annotator.model.limits import LARGEST
from annotator.model.outline import SubjectKind
from annotator.model.taxonomy import Field, Taxonomy, hidden_fields, removed_in
from annotator.taxonomy.library import did_you_mean, quoted, shortened

FORMS = re.compile(r"(?P<year>\d{4})(-\d{2}(-\d{2})?)?", re.ASCII)


def partial_date(value: Any) -> str:
    """Return YYYY, YYYY-MM or YYYY-MM-DD; raise ValueError when no calendar has it."""
    text = str(value).strip() if isinstance(value, (str, int, date)) and not isinstance(value, bool) else ""
    if not FORMS.fullmatch(text):
        raise ValueError(f"expects a date as 2020, 2020-12 or 2020-12-17, not {value!r}")
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError as error:
        raise ValueError(f"{text!r} is not in the calendar") from error
    return text


Rule = Callable[[Any], Any]
INTEGER = re.compile(r"([-+]?)0*(\d+)(\.0*)?", re.ASCII)
DIGITS = len(str(LARGEST))
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What SQLite cuts off or cannot encode."""


class MisfitError(ValueError):
    """A value does not fit its field. Inside the answer model, where pydantic listens for ValueError."""


def bool_rule(_field: Field) -> Rule:
    """Take true and false alone."""

    def rule(value: Any) -> Any:
        if isinstance(value, bool):
            return value
        raise MisfitError(f"expects true or false, not {quoted(value)}")

    return rule


def integer_rule(field: Field) -> Rule:
    """Take whole numbers, also as text, that SQLite can hold."""

    def rule(value: Any) -> Any:
        if isinstance(value, str) and (written := INTEGER.fullmatch(value.strip())):
            sign, digits, _ = written.groups()
            if len(digits) > DIGITS:
                raise MisfitError(f"must lie between {_least(field)} and {_most(field)}, not {quoted(value)}")
            value = int(sign + digits)
        _refuse_endless(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise MisfitError(f"expects a whole number, not {quoted(value)}")
        return _bounded(value, field)

    return rule


def number_rule(field: Field) -> Rule:
    """Take finite numbers, also as text."""

    def rule(value: Any) -> Any:
        _refuse_endless(value)
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            value = float(value)
        is_number = isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
        if isinstance(value, bool) or not is_number:
            raise MisfitError(f"expects a number, not {quoted(value)}")
        return _bounded(value, field)

    return rule


def _refuse_endless(value: Any) -> None:
    """Refuse a number, also as text, beyond all that can be counted with."""
    if isinstance(value, str) and not NUMBER.fullmatch(value.strip()):
        return
    if isinstance(value, str | float) and math.isinf(float(value)):
        raise MisfitError(f"is a number too large to count with, {quoted(value)}")


def _least(field: Field) -> str:
    return f"-{LARGEST}" if field.minimum is None else f"{field.minimum:.15g}"


def _most(field: Field) -> str:
    return f"{LARGEST}" if field.maximum is None else f"{field.maximum:.15g}"


def _bounded(value: float, field: Field) -> float:
    if field.minimum is not None and value < field.minimum:
        raise MisfitError(f"must be at least {field.minimum:.15g}, not {quoted(value)}")
    if field.maximum is not None and value > field.maximum:
        raise MisfitError(f"must be at most {field.maximum:.15g}, not {quoted(value)}")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise MisfitError(f"must lie between {_least(field)} and {_most(field)}, not {quoted(value)}")
    return value


def date_rule(_field: Field) -> Rule:
    """Take a year, a month or a day of the calendar."""
    return partial_date


def text_rule(field: Field) -> Rule:
    """Take text that says something, as it was typed."""
    return partial(_written, pattern=field.pattern or "")


def _written(value: Any, pattern: str) -> str:
    if not isinstance(value, str):
        raise MisfitError(f"expects text, not {quoted(value)}")
    if not value.strip():
        raise MisfitError("has no text; use the state 'empty' to say that there is none")
    if NO_TEXT.search(value):
        raise MisfitError("holds characters that are not text; type it again")
    if pattern:
        _refuse_misformed(value, pattern)
    return value


def _refuse_misformed(value: str, pattern: str) -> None:
    from annotator.taxonomy.patterns import fits  # its library is loaded where a taxonomy has a pattern

    try:
        is_fit = fits(pattern, value)
    except TimeoutError as error:
        raise MisfitError(
            f"{quoted(value)} takes too long to compare with the form {pattern}; write less, "
            "or have the pattern of this field made simpler"
        ) from error
    if not is_fit:
        raise MisfitError(f"{quoted(value)} does not have the form {pattern}")


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


VALUE_TYPES: dict[str, Any] = {
    "bool": bool, "integer": int, "number": int | float, "multi": list[str], "tags": list[str],
    "group": list[dict[str, Any]],
}  # fmt: skip
CAN_BE_EMPTY = frozenset({"multi", "tags", "group", "text", "long_text", "location"})


@lru_cache(maxsize=64)
def answer_model(taxonomy: Taxonomy) -> type[BaseModel]:
    """Build the model of a taxonomy's values: one optional attribute per field, by field id.

    `answer_model(taxonomy).model_validate({field_id: value})` puts values in normal form.
    Taxonomies of equal content share one model.
    """
    attributes: dict[str, Any] = {attribute_of(field.id): _attribute(field) for field in taxonomy.fields}
    name = f"{taxonomy.namespace}_v{taxonomy.version}"
    return create_model(name, __config__=ConfigDict(frozen=True, extra="forbid"), **attributes)


def attribute_of(field_id: str) -> str:
    """The attribute that holds a field's value: its id, unless pydantic uses that name itself."""
    taken = hasattr(BaseModel, field_id) or field_id.startswith("model_")
    return f"field:{field_id}" if taken else field_id


def _attribute(field: Field) -> Any:
    many = list[str] if field.holds_many else str
    checked: Any = Annotated[VALUE_TYPES.get(field.kind, many), BeforeValidator(rule_for(field))]
    return (checked | None, Setting(None, alias=field.id, title=field.name))


def check_answer(taxonomy: Taxonomy, field_id: str, answer: Answer) -> Answer:
    """Return the answer in normal form, or raise AnswerError saying what the field expects."""
    field = taxonomy.by_id.get(field_id)
    if field is None:
        raise _refusal(field_id, f"is not a field of {taxonomy.namespace}{did_you_mean(field_id, taxonomy.by_id)}")
    if answer.evidence:
        _check_evidence(field, answer)
    if answer.state != "answered":
        _check_state(field, answer)
        return answer
    if answer.value is None:
        raise _refusal(field_id, "has no value; give one, or choose a state such as 'unknown'")
    value = _checked_value(taxonomy, field_id, answer.value)
    return answer if value is answer.value else answer.model_copy(update={"value": value})


def _checked_value(taxonomy: Taxonomy, field_id: str, value: Any) -> Any:
    try:
        checked = answer_model(taxonomy).model_validate({field_id: value})
    except ValidationError as error:
        misfit = error.errors(include_url=False)[0].get("ctx", {}).get("error")
        raise _refusal(field_id, str(misfit or f"cannot be {quoted(value)}")) from error
    return getattr(checked, attribute_of(field_id))


def _check_state(field: Field, answer: Answer) -> None:
    if answer.state == "hidden":
        raise _refusal(field.id, "is hidden by its condition alone; give an answer or another state")
    if answer.value is not None:
        raise _refusal(field.id, f"cannot be {answer.state!r} and have a value; leave out one of them")
    if answer.state == "empty" and not (field.kind in CAN_BE_EMPTY or field.holds_many):
        raise _refusal(field.id, f"cannot be 'empty', as a {field.kind}; use 'unknown' or 'not_applicable'")


def _check_evidence(field: Field, answer: Answer) -> None:
    if field.evidence == "none":
        raise _refusal(field.id, "takes no evidence; remove the quotation")
    if any(each.end <= each.start for each in answer.evidence):
        raise _refusal(field.id, "has evidence that ends before it begins; select the text again")


def _refusal(field_id: str, message: str) -> AnswerError:
    return AnswerError([Problem(field_id, message)])


def check_classification(taxonomy: Taxonomy, kind: SubjectKind, answers: Mapping[str, Answer]) -> list[Problem]:
    """Find everything that keeps a classification from being submitted, in the order of the form.

    An answer to a field that the taxonomy does not have is set aside, and keeps nobody from it.
    """
    hidden = hidden_fields(taxonomy, answers)
    asked = [field.id for field in taxonomy.fields_for(kind)]
    problems: list[Problem] = []
    for field_id in [*asked, *(each for each in answers if each in taxonomy.by_id and each not in asked)]:
        answer = answers.get(field_id)
        if field_id in hidden:
            continue
        if answer is None:
            problems += _missing(taxonomy.by_id[field_id])
        elif field_id not in asked:
            problems.append(Problem(field_id, f"is not asked about {kind}s; clear the answer"))
        else:
            problems += _answer_problems(taxonomy, field_id, answer)
    return problems


def _missing(field: Field) -> Iterator[Problem]:
    if field.required:
        yield Problem(field.id, "is required; answer it, or choose a state such as 'unknown'")


def _answer_problems(taxonomy: Taxonomy, field_id: str, answer: Answer) -> Iterator[Problem]:
    if answer.state == "hidden":  # kept from when it was hidden: judged by the value it has
        answer = answer.model_copy(update={"state": "answered"})
    if gone := removed_in(taxonomy.by_id[field_id], answer.value):
        yield Problem(field_id, f"holds {', '.join(gone)}; answer it anew")
        return
    try:
        answer = check_answer(taxonomy, field_id, answer)
    except AnswerError as error:
        yield from error.problems
        return
    field = taxonomy.by_id[field_id]
    if answer.state == "answered" and field.evidence == "required" and not answer.evidence:
        yield Problem(field_id, "needs evidence; quote the passage that supports the answer")
    if answer.state == "answered" and field.kind == "group":
        yield from _row_problems(field, answer.value)


def _row_problems(field: Field, rows: list[dict[str, Any]]) -> Iterator[Problem]:
    for place, row in enumerate(rows, 1):
        for sub in field.fields:
            if sub.required and sub.id not in row:
                yield Problem(field.id, f"row {place}, {sub.name}: is required; fill it in")
