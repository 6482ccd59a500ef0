"""What the settings of one field must say together, by its kind."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from annotator.models.taxonomy import Field
from annotator.taxonomy.checking_choices import choice_problems
from annotator.taxonomy.checking_words import words_problems
from annotator.taxonomy.places import Finding, Place
from annotator.taxonomy.values import rule_for

CHOOSING = ("single", "multi", "tree", "scale")
WRITING = ("text", "long_text", "location", "tags")
MANY = ("multi", "tags", "group", "tree")
KINDS_WITH: dict[str, tuple[str, ...]] = {
    "choices": CHOOSING,
    "multiple": ("tree",),
    "select": ("tree",),
    "at_least": MANY,
    "at_most": MANY,
    "minimum": ("integer", "number"),
    "maximum": ("integer", "number"),
    "pattern": WRITING,
    "complete_from": WRITING,
    "fields": ("group",),
}
NUMERIC = ("nominal", "ordinal", "interval", "ratio")
LEVELS: dict[str, tuple[str, ...]] = {
    "single": ("nominal", "ordinal"),
    "bool": ("nominal", "ordinal"),
    "scale": ("nominal", "ordinal", "interval"),
    "integer": NUMERIC,
    "number": NUMERIC,
    "date": ("nominal", "ordinal", "interval"),
    "text": ("nominal",),
    "long_text": ("nominal",),
    "location": ("nominal",),
    "multi": ("set",),
    "tags": ("set",),
    "group": ("set",),
}
PATTERN_LIMIT = 200
"""Characters; a longer pattern is a program, and may take as long as one."""


def field_problems(field: Field, place: Place, name: str) -> list[Finding]:
    """Check one field by itself, whether it stands alone or in a group."""
    found = list(words_problems(field, ("label", "heading", "short", "guidance", "placeholder"), place, name))
    found += [Finding((*place, key), name, message) for key, message in _setting_problems(field)]
    found += choice_problems(field, place, name)
    if not found and field.default is not None:
        found += _default_problems(field, place, name)
    return found


def _setting_problems(field: Field) -> Iterator[tuple[str, str]]:
    """What is wrong, as (key, sentence)."""
    yield from _misplaced(field)
    yield from _lacking(field)
    yield from _bounds(field)
    yield from _level(field)
    yield from _pattern(field)
    if "" in (alias.strip() for alias in field.alias):
        yield "alias", "alias holds an empty name; remove it"


def _misplaced(field: Field) -> Iterator[tuple[str, str]]:
    for key, kinds in KINDS_WITH.items():
        if field.kind not in kinds and getattr(field, key) != type(field).model_fields[key].get_default():
            yield key, f"kind {field.kind} takes no {key}, only {', '.join(kinds)}; remove {key} or change the kind"
    if field.kind == "tree" and not field.multiple:
        for key in ("at_least", "at_most"):
            if getattr(field, key) is not None:
                yield key, f"{key} needs several values; add `multiple: true` or remove {key}"


def _lacking(field: Field) -> Iterator[tuple[str, str]]:
    if field.kind in CHOOSING and not field.choices:
        yield "kind", f"kind {field.kind} needs choices; add `choices:`"
    if field.kind == "group" and not field.fields:
        yield "kind", "kind group needs fields; add `fields:`"


def _bounds(field: Field) -> Iterator[tuple[str, str]]:
    for lower, upper in (("minimum", "maximum"), ("at_least", "at_most")):
        low, high = getattr(field, lower), getattr(field, upper)
        if low is not None and high is not None and low > high:
            yield lower, f"{lower} {low:g} is above {upper} {high:g}; exchange them"
    for key in ("minimum", "maximum"):
        bound = getattr(field, key)
        if bound is not None and not math.isfinite(bound):
            yield key, f"{key} is no number; leave it out if there is no bound"


def _level(field: Field) -> Iterator[tuple[str, str]]:
    tree = ("set",) if field.multiple else ("tree", "nominal")
    possible = LEVELS.get(field.kind, tree)
    if field.level and field.level not in possible:
        said = f"{field.kind} with several values" if field.kind == "tree" and field.multiple else field.kind
        yield "level", f"level {field.level} is not possible for kind {said}; use {' or '.join(possible)}"


def _pattern(field: Field) -> Iterator[tuple[str, str]]:
    if field.pattern is None:
        return
    if len(field.pattern) > PATTERN_LIMIT:
        yield "pattern", f"pattern has more than {PATTERN_LIMIT} characters; shorten it"
        return
    try:
        re.compile(field.pattern)
    except (re.error, OverflowError, RecursionError) as error:
        at = getattr(error, "pos", None)
        where = "" if at is None else f" from character {at + 1} on"
        yield "pattern", f"pattern is not a regular expression{where}; correct it"


def _default_problems(field: Field, place: Place, name: str) -> Iterator[Finding]:
    try:
        rule_for(field)(field.default)
    except ValueError as error:
        yield Finding((*place, "default"), name, f"default {error}")
