"""What the choices of a field must hold: no two alike, none too deep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from annotator.models.choice import Choice
from annotator.models.taxonomy import Field
from annotator.models.words import in_language
from annotator.taxonomy.checking_words import words_problems
from annotator.taxonomy.places import Finding, Place

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
