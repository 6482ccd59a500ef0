"""Find fields and choices by what a person calls them, and read values typed on a command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

from annotator.errors import AnswerError, NotFoundError, Problem
from annotator.model.outline import FieldOutline, TaxonomyOutline, Words
from annotator.taxonomy.library import did_you_mean, shortened

if TYPE_CHECKING:
    from annotator.model.taxonomy import Choice, Field, Taxonomy

Named = TypeVar("Named")
BOOLS = {"yes": True, "true": True, "no": False, "false": False}


@overload
def find_field(taxonomy: Taxonomy, text: str) -> Field: ...
@overload
def find_field(taxonomy: TaxonomyOutline, text: str) -> FieldOutline: ...
def find_field(taxonomy: TaxonomyOutline, text: str) -> FieldOutline:
    """The field with this id, number, label or alias; raise NotFoundError when none or several have it."""
    names = {
        field.id: [field.number or "", *_labels(field.label), field.name, *field.alias] for field in taxonomy.fields
    }
    found = _matching(text, taxonomy.by_id, names)
    if len(found) == 1:
        return found[0]
    if found:
        candidates = ", ".join(f"{field.number or '-'} {field.id}" for field in found)
        raise NotFoundError(f"{text!r} is the name of several fields of {taxonomy.namespace}; say which: {candidates}")
    hint = _hint(text, names)
    raise NotFoundError(f"{taxonomy.namespace} has no field {text!r}{hint}")


def find_choice(field: Field, text: str) -> Choice:
    """The choice with this id, label in any language, alias, or path of them such as `physical/death`."""
    names = {choice.id: [*_labels(choice.label), *choice.alias] for choice in field.all_choices.values()}
    found = _matching(text, field.all_choices, names) or _at_path(field, text)
    if len(found) == 1:
        return found[0]
    if found:
        candidates = ", ".join("/".join(field.path(choice.id)) for choice in found)
        raise NotFoundError(f"{text!r} is the name of several choices of {field.name}; say which: {candidates}")
    hint = _hint(text, names) or f"; there is {shortened(names)}"
    raise NotFoundError(f"{field.name} has no choice {text!r}{hint}")


def parse_value(field: Field, text: str) -> Any:
    """Turn command-line text into a value for the field, not yet checked; lists are split at `;`.

    Lists may also be a JSON array; the rows of a group must be. Raises AnswerError or
    NotFoundError naming what was not understood.
    """
    if field.kind == "group":
        return _from_json(field, text)
    if field.holds_many:
        parts = _from_json(field, text) if text.lstrip().startswith("[") else text.split(";")
        return [_parse_one(field, str(part).strip()) for part in parts if str(part).strip()]
    return _parse_one(field, text if field.kind in {"text", "long_text"} else text.strip())


def _parse_one(field: Field, text: str) -> Any:
    if field.has_choices:
        return find_choice(field, text).id
    if field.kind == "bool":
        if text.casefold() not in BOOLS:
            raise _refusal(field, f"expects yes or no, not {text!r}")
        return BOOLS[text.casefold()]
    return text


def _from_json(field: Field, text: str) -> list[Any]:
    example = json.dumps([{sub.id: "…" for sub in field.fields}] if field.fields else ["…"], ensure_ascii=False)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refusal(field, f"expects JSON such as {example}") from error
    if not isinstance(value, list):
        raise _refusal(field, f"expects a JSON array such as {example}")
    return value


def _refusal(field: Field, message: str) -> AnswerError:
    return AnswerError([Problem(field.id, message)])


def _labels(words: Words | None) -> list[str]:
    if words is None:
        return []
    return [words] if isinstance(words, str) else list(words.values())


def _matching(text: str, known: Mapping[str, Named], names: Mapping[str, list[str]]) -> list[Named]:
    """By id, else by another name, each first exactly and then whatever the case."""
    if text in known:
        return [known[text]]
    wanted = text.strip()
    readings: tuple[Callable[[str], str], ...] = (str, str.casefold)
    for reading in readings:
        by_id = [known[each] for each in known if reading(each) == reading(wanted)]
        by_name = [known[each] for each, called in names.items() if reading(wanted) in map(reading, called)]
        if wanted and (by_id or by_name):
            return by_id or by_name
    return []


def _at_path(field: Field, text: str) -> list[Choice]:
    """The choices reached by walking down `a/b/c`, each step an id, label or alias."""
    level: Iterable[Choice] = field.choices
    found: list[Choice] = []
    for step in text.split("/"):
        among = {choice.id: choice for choice in level}
        found = _matching(step, among, {each.id: [*_labels(each.label), *each.alias] for each in among.values()})
        level = [child for choice in found for child in choice.children]
    return found


def _hint(text: str, names: Mapping[str, list[str]]) -> str:
    return did_you_mean(text, [each for called in names.items() for each in (called[0], *called[1]) if each])
