"""Turn what pydantic says about a taxonomy file into sentences with a place and a way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from annotator.model.taxonomy import Choice, Completion, Condition, Field, Heading, Taxonomy
from annotator.taxonomy.library import closest, did_you_mean, quoted
from annotator.taxonomy.yaml_source import Finding, Place, path_of

MODELS: dict[str | int, type[BaseModel]] = {
    "fields": Field, "choices": Choice, "children": Choice, "headings": Heading, "complete_from": Completion,
    "visible_if": Condition, "all": Condition, "any": Condition, "not": Condition,
}  # fmt: skip
FORMS = {
    "id": "letters, digits, `_`, `.` and `-`, beginning with a letter or digit",
    "namespace": "letters, digits, `_` and `-`, beginning with a letter",
    "number": "figures with points between, such as 2 or 2.1",
}
BOOLS = {"bool_parsing", "bool_type"}
WHOLE = {"int_parsing", "int_type", "int_from_float"}
NUMBERS = {"float_parsing", "float_type", "finite_number"}
BOUNDS = {"greater_than_equal": "ge", "less_than_equal": "le"}
AT_MOST = {"less_than_equal"}
MOST_ERRORS = 1_000
"""Of one file that are explained."""
LISTS = {"list_type", "tuple_type"}
MAPPINGS = {"dict_type", "model_type", "model_attributes_type"}


def findings(errors: list[ErrorDetails], document: Any) -> Iterator[Finding]:
    """Explain each error once; of several readings of one value only the first is kept."""
    placed = [(_place(error, document), error) for error in errors[:MOST_ERRORS]]
    around = {place[:length] for place, error in placed if error["type"] != "missing" for length in range(len(place))}
    meant = {(*place[:-1], closest(place[-1], _keys(place[:-1]))) for place, error in placed if _is_unknown_key(error)}
    said: set[Place] = set()
    for place, error in placed:
        missing = error["type"] == "missing"
        if place in said or (place in around and not missing) or (missing and place in meant):
            continue
        said.add(place)
        yield Finding(place, field_around(place, document), _sentence(error, place, document))


def field_around(place: Place, document: Any) -> str:
    """The id of the field a place is in (`group.sub` inside a group), else its path of keys."""
    ids: list[str] = []
    value = document
    for step, inside in zip(place, ("", *place), strict=False):
        value = _step(value, step)
        if inside == "fields" and isinstance(step, int):
            found = value.get("id") if isinstance(value, dict) else None
            ids.append(found if isinstance(found, str) else f"fields[{step}]")
    return ".".join(ids) or path_of(place)


def _is_unknown_key(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden"


def _place(error: ErrorDetails, document: Any) -> Place:
    """The part of pydantic's location that stands in the document, without names of union members."""
    place: list[str | int] = []
    value = document
    for step in error["loc"]:
        if _has(value, step):
            value = _step(value, step)
            place.append(step)
    if error["type"] == "missing":
        place.append(error["loc"][-1])
    return tuple(place)


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def _step(value: Any, step: str | int) -> Any:
    return value[step] if _has(value, step) else None


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = _step(value, step)
    return value


def _keys(place: Place) -> list[str]:
    """The keys that may stand at a place."""
    named = [step for step in place if isinstance(step, str)]
    model = MODELS.get(named[-1], Taxonomy) if named else Taxonomy
    return [setting.alias or name for name, setting in model.model_fields.items()]


def _sentence(error: ErrorDetails, place: Place, document: Any) -> str:
    message = _message(error, place, document)
    choice = _choice_around(place, document)
    return f"choice {choice!r}: {message}" if choice else message


def _choice_around(place: Place, document: Any) -> str:
    inside, value = "", document
    for step, before in zip(place, ("", *place), strict=False):
        value = _step(value, step)
        if before in {"choices", "children"} and isinstance(value, dict):
            names = (value.get("id"), value.get("label"), f"number {int(step) + 1}")
            inside = next(str(name) for name in names if isinstance(name, (str, int)) and name != "")
    return inside


def _message(error: ErrorDetails, place: Place, document: Any) -> str:
    kind, key = error["type"], place[-1] if place else "the file"
    if kind == "missing":
        return f"lacks {key!r}; add `{key}: …`"
    if kind == "extra_forbidden":
        return _unknown_key(str(key), place, _at(document, place))
    given = _at(document, place)
    name = next((str(step) for step in reversed(place) if isinstance(step, str)), str(key))
    return _expectation(kind, name, given, error)


def _unknown_key(key: str, place: Place, given: Any) -> str:
    keys = _keys(place[:-1])
    if given is None and " " in key:
        return f"the text {key!r} was cut off at a comma; put text that holds a comma or colon in quotes"
    return f"unknown key {key!r}" + (did_you_mean(key, keys) or f"; possible here: {', '.join(keys)}")


def _expectation(kind: str, name: str, given: Any, error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if kind == "literal_error":
        return _not_one_of(name, given, context["expected"])
    if kind in {"string_type", "string_sub_type"}:
        return _no_text(name, given)
    if kind == "string_pattern_mismatch":
        return f"{name} {quoted(given)} is not possible; use {FORMS.get(name, context['pattern'])}"
    if kind == "string_too_long":
        return f"{name} {quoted(given)} is too long; write at most {_characters(context['max_length'])}"
    if kind in BOOLS:
        return f"{name} is {quoted(given)}; write true or false"
    if kind in WHOLE:
        return f"{name} is {quoted(given)}; write a whole number"
    if kind in NUMBERS:
        return f"{name} is {quoted(given)}; write a number"
    return _shape(kind, name, given, error)


def _shape(kind: str, name: str, given: Any, error: ErrorDetails) -> str:
    if kind in LISTS:
        return f"{name} expects a list, not {_named(given)}; begin each entry with `- `, or write [a, b]"
    if kind in MAPPINGS:
        return f"{name} expects keys and values, not {_named(given)}; write `key: value` lines"
    if kind == "too_short":
        return f"{name} is empty; add at least one entry or leave {name} out"
    if kind == "string_too_short":
        return f"{name} is empty; write a character or leave {name} out"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "int_parsing_size":
        return f"{name} is {quoted(given)}, which is too large a number; write a smaller one"
    if kind in BOUNDS:
        return (
            f"{name} is {quoted(given)}; write {error['ctx'][BOUNDS[kind]]} or {'less' if kind in AT_MOST else 'more'}"
        )
    return f"{name} cannot be {quoted(given)}; correct it, or leave {name} out"


def _not_one_of(name: str, given: Any, expected: str) -> str:
    words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
    return f"{name} {quoted(given)} is not one of {', '.join(words)}{did_you_mean(given, words)}"


def _no_text(name: str, given: Any) -> str:
    if isinstance(given, (bool, int, float)):
        written = str(given).lower() if isinstance(given, bool) else str(given)
        return f'{name} is {written} without quotes, which is not text; write {name}: "{written}"'
    return f"{name} expects text, not {_named(given)}; write {name}: …"


def _characters(count: int) -> str:
    return "one character" if count == 1 else f"{count} characters"


def _named(given: Any) -> str:
    names = {dict: "keys and values", list: "a list", type(None): "nothing"}
    return names.get(type(given), quoted(given))
