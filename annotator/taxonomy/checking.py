"""What a taxonomy must hold beyond its shape: everything its parts say about one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.models.taxonomy import Field, Taxonomy
from annotator.taxonomy.checking_conditions import condition_problems, ring_problems
from annotator.taxonomy.checking_fields import field_problems
from annotator.taxonomy.checking_words import words_problems
from annotator.taxonomy.places import Finding, Place
from annotator.taxonomy.suggesting import did_you_mean


def problems_in(taxonomy: Taxonomy) -> list[Finding]:
    """Find everything that is wrong, each with its place in the document."""
    found = [*words_problems(taxonomy, ("title", "guidance"), (), ""), *_heading_problems(taxonomy)]
    if not taxonomy.applies_to:
        found.append(Finding(("applies_to",), "applies_to", "names no kind of subject; write [incident, report]"))
    found += _repeated_ids(taxonomy.fields, ("fields",), "")
    found += _repeated_numbers(taxonomy)
    for position, field in enumerate(taxonomy.fields):
        place: Place = ("fields", position)
        found += field_problems(field, place, field.id)
        found += _subject_problems(field, place, taxonomy)
        found += _completion_problems(field, place, field.id, taxonomy)
        found += condition_problems(field, place, taxonomy)
        found += _group_problems(field, place, taxonomy)
    return [*found, *ring_problems(taxonomy)]


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
