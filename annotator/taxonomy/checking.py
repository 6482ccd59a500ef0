"""What a taxonomy must hold beyond its shape: everything its parts say about one another."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from annotator.model.outline import in_language
from annotator.model.taxonomy import ORDERINGS, Choice, Condition, Field, Taxonomy, cycle_in
from annotator.taxonomy.compiling import partial_date, rule_for
from annotator.taxonomy.library import did_you_mean, shortened
from annotator.taxonomy.yaml_source import Finding, Place

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def words_problems(part: BaseModel, keys: Iterable[str], place: Place, name: str) -> Iterator[Finding]:
    """Check the texts a part has under these keys."""
    for key in keys:
        words = getattr(part, key)
        if words is None:
            continue
        by_language = {"en": words} if isinstance(words, str) else words
        blank = not by_language or any(not text.strip() for text in by_language.values())
        if blank:
            yield Finding((*place, key), name or key, f"{key} is empty; write a text or leave {key} out")
        for language in by_language:
            if not LANGUAGE.fullmatch(language):
                message = f"{language!r} is not a language code; use one such as en, ja or pt-BR"
                yield Finding((*place, key, language), name or key, message)


DEEPEST = 12
"""Levels of choices."""


class Placed(NamedTuple):
    """A choice and where it stands."""

    choice: Choice
    place: Place
    depth: int


def choice_problems(field: Field, place: Place, name: str) -> list[Finding]:
    """Check the whole tree of a field's choices."""
    placed = list(_walk(field.choices, (*place, "choices"), 1))
    found = [*_repeated(placed, name, "id"), *_repeated(placed, name, "key"), *_repeated_names(placed, name)]
    for each in placed:
        called = f"choice {each.choice.id!r}: "
        for problem in words_problems(each.choice, ("label", "definition", "use_when", "avoid_when"), each.place, name):
            found.append(problem._replace(message=called + problem.message))
        if each.choice.children and field.kind not in {"tree"}:
            message = called + f"kind {field.kind} takes no children; use kind tree"
            found.append(Finding((*each.place, "children"), name, message))
        if each.depth == DEEPEST + 1:
            found.append(Finding(each.place, name, called + f"lies more than {DEEPEST} levels deep; flatten the tree"))
    return found


def _walk(choices: list[Choice], place: Place, depth: int) -> Iterator[Placed]:
    for position, choice in enumerate(choices):
        inside: Place = (*place, position)
        yield Placed(choice, inside, depth)
        yield from _walk(choice.children, (*inside, "children"), depth + 1)


def _repeated(placed: list[Placed], name: str, trait: str) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for choice, place, _depth in placed:
        value = getattr(choice, trait)
        if value is None:
            continue
        if value in owners:
            message = f"choice {choice.id!r}: {trait} {value!r} belongs to {owners[value]!r} already; use another"
            yield Finding((*place, trait), name, message)
        owners.setdefault(value, choice.id)


def _repeated_names(placed: list[Placed], name: str) -> Iterator[Finding]:
    """Labels alike under one parent, and aliases that name another choice."""
    labels: dict[tuple[Place, str], str] = {}
    owners = {in_language(choice.label): choice.id for choice, _place, _depth in placed}
    for choice, place, _depth in placed:
        label = in_language(choice.label)
        other = labels.setdefault((place[:-1], label), choice.id)
        if other != choice.id:
            message = f"choice {choice.id!r}: label {label!r} belongs to {other!r} already; change one of them"
            yield Finding((*place, "label"), name, message)
        for position, alias in enumerate(choice.alias):
            owner = owners.setdefault(alias, choice.id)
            if owner != choice.id or not alias.strip():
                message = f"choice {choice.id!r}: alias {alias!r} names {owner!r} already; remove it"
                if not alias.strip():
                    message = f"choice {choice.id!r}: alias is empty; remove it"
                yield Finding((*place, "alias", position), name, message)


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
MOST_PATTERNS = 1_000
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
    import regex

    from annotator.taxonomy.patterns import doubtful, refuse_none, runaway

    try:
        refuse_none(field.pattern)
    except OverflowError:
        yield "pattern", "pattern repeats what is repeated too often to be read; write smaller numbers in the braces"
        return
    except (re.error, regex.error, RecursionError) as error:
        at = getattr(error, "pos", None)
        where = "" if at is None else f" from character {at + 1} on"
        yield "pattern", f"pattern is no regular expression of Python{where}; correct it"
        return
    if what := doubtful(field.pattern):
        yield "pattern", f"pattern {what}"
        return
    if part := runaway(field.pattern):
        yield (
            "pattern",
            (
                f"pattern can take for ever: {part} repeats what one text can be once and twice; "
                "let each turn begin or end with a sign that nothing else in it can be"
            ),
        )


def _default_problems(field: Field, place: Place, name: str) -> Iterator[Finding]:
    try:
        rule_for(field)(field.default)
    except ValueError as error:
        yield Finding((*place, "default"), name, f"default {error}")


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


def problems_in(taxonomy: Taxonomy) -> Iterator[Finding]:
    """Find everything that is wrong, each with its place in the document."""
    yield from words_problems(taxonomy, ("title", "guidance"), (), "")
    patterns = [each for field in taxonomy.fields for each in (field, *field.fields) if each.pattern is not None]
    if len(patterns) > MOST_PATTERNS:
        message = f"hold more than {MOST_PATTERNS:,} patterns; keep those that are needed, and check it again"
        yield Finding(("fields",), "fields", message)
        return  # to look at each takes long
    yield from _heading_problems(taxonomy)
    if not taxonomy.applies_to:
        yield Finding(("applies_to",), "applies_to", "names no kind of subject; write [incident, report]")
    yield from _repeated_ids(taxonomy.fields, ("fields",), "")
    yield from _repeated_numbers(taxonomy)
    for position, field in enumerate(taxonomy.fields):
        place: Place = ("fields", position)
        yield from field_problems(field, place, field.id)
        yield from _subject_problems(field, place, taxonomy)
        yield from _completion_problems(field, place, field.id, taxonomy)
        yield from condition_problems(field, place, taxonomy)
        yield from _group_problems(field, place, taxonomy)
    yield from ring_problems(taxonomy)


def _heading_problems(taxonomy: Taxonomy) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, heading in enumerate(taxonomy.headings):
        place: Place = ("headings", position)
        yield from words_problems(heading, ("label",), place, f"headings[{position}]")
        if heading.number in seen:
            message = f"number {heading.number} has a heading already; keep one of them"
            yield Finding((*place, "number"), f"headings[{position}]", message)
        seen.add(heading.number)


def _repeated_ids(fields: list[Field], place: Place, within: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, field in enumerate(fields):
        if field.id in seen:
            message = f"id {field.id!r} is used by a field above; give this one another id"
            yield Finding((*place, position, "id"), within + field.id, message)
        seen.add(field.id)


def _repeated_numbers(taxonomy: Taxonomy) -> Iterator[Finding]:
    """Fields of one number; the parts of a group may share theirs."""
    owners: dict[str, str] = {}
    for position, field in enumerate(taxonomy.fields):
        places: dict[Place, Any] = {("fields", position): field.number}
        places |= {("fields", position, "fields", each): sub.number for each, sub in enumerate(field.fields)}
        for place, number in places.items():
            if number and owners.setdefault(number, field.id) != field.id:
                message = f"number {number} belongs to {owners[number]!r} already; give this field another number"
                yield Finding((*place, "number"), field.id, message)


def _subject_problems(field: Field, place: Place, taxonomy: Taxonomy) -> Iterator[Finding]:
    if field.applies_to is None:
        return
    beyond = [kind for kind in field.applies_to if kind not in taxonomy.applies_to]
    if not field.applies_to:
        yield Finding((*place, "applies_to"), field.id, "applies_to names no kind of subject; leave it out")
    if beyond:
        message = f"applies_to names {beyond[0]}, which the taxonomy leaves out; change one of the two"
        yield Finding((*place, "applies_to"), field.id, message)


def _completion_problems(field: Field, place: Place, name: str, taxonomy: Taxonomy) -> Iterator[Finding]:
    for position, other in enumerate(field.complete_from.fields):
        if other not in taxonomy.by_id:
            message = f"complete_from names an unknown field {other!r}{did_you_mean(other, taxonomy.by_id)}"
            yield Finding((*place, "complete_from", "fields", position), name, message)


def _group_problems(group: Field, place: Place, taxonomy: Taxonomy) -> Iterator[Finding]:
    yield from _repeated_ids(group.fields, (*place, "fields"), f"{group.id}.")
    for position, sub in enumerate(group.fields):
        inside: Place = (*place, "fields", position)
        name = f"{group.id}.{sub.id}"
        yield from field_problems(sub, inside, name)
        yield from _completion_problems(sub, inside, name, taxonomy)
        for key, message in _not_inside(sub):
            yield Finding((*inside, key), name, message)


def _not_inside(sub: Field) -> Iterator[tuple[str, str]]:
    """What only a field outside a group can have, as (key, sentence)."""
    if sub.kind == "group":
        yield "kind", "a group cannot stand in a group; make it a field of its own"
    if sub.visible_if:
        yield "visible_if", "visible_if cannot stand inside a group; set it on the group"
    if sub.applies_to is not None:
        yield "applies_to", "applies_to cannot stand inside a group; set it on the group"
    if sub.evidence == "required":
        yield "evidence", "evidence belongs to the whole group; set it on the group"
