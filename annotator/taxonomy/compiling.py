"""Compile a taxonomy into the pydantic model every save goes through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, create_model
from pydantic import Field as Setting

from annotator.errors import AnswerError, Problem
from annotator.models.classification import Answer
from annotator.models.outline import SubjectKind
from annotator.models.taxonomy import Field, Taxonomy
from annotator.taxonomy.conditions import hidden_fields
from annotator.taxonomy.suggesting import did_you_mean, quoted
from annotator.taxonomy.values import rule_for

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
    """Find everything that keeps a classification from being submitted, in the order of the form."""
    hidden = hidden_fields(taxonomy, answers)
    asked = [field.id for field in taxonomy.fields_for(kind)]
    problems: list[Problem] = []
    for field_id in [*asked, *(each for each in answers if each not in asked)]:
        answer = answers.get(field_id)
        if field_id in hidden:
            continue
        if answer is None:
            problems += _missing(taxonomy.by_id[field_id])
        elif field_id in taxonomy.by_id and field_id not in asked:
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
