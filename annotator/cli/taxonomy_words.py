"""A taxonomy as lines to read: its fields with numbers, choices and guidance."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from annotator.models.choice import Choice
from annotator.models.taxonomy import Field, Taxonomy
from annotator.models.words import Words, in_language

WIDTH = 100
STEP = "  "


def taxonomy_lines(taxonomy: Taxonomy) -> Iterator[str]:
    """The whole taxonomy, field by field, under its headings."""
    yield f"{taxonomy.namespace} version {taxonomy.version}: {taxonomy.name}"
    yield f"about {' and '.join(f'{kind}s' for kind in taxonomy.applies_to)}"
    if taxonomy.source:
        yield taxonomy.source
    yield from _paragraph("", taxonomy.guidance, "")
    heading = ""
    for field in taxonomy.fields:
        if taxonomy.headings_of[field.id] != heading:
            heading = taxonomy.headings_of[field.id]
            yield from ("", heading.upper()) if heading else ()
        yield ""
        yield from _field_lines(field, "")


def _field_lines(field: Field, indent: str) -> Iterator[str]:
    yield f"{indent}{field.number + ' ' if field.number else ''}{field.name}  [{field.id}: {', '.join(_facts(field))}]"
    inside = indent + STEP
    if field.visible_if:
        reads = ", ".join(sorted(field.visible_if.fields_read()))
        yield f"{inside}asked only depending on {reads}"
    yield from _paragraph("", field.short, inside)
    yield from _paragraph("", field.guidance, inside)
    for choice in field.choices:
        yield from _choice_lines(choice, inside)
    for sub in field.fields:
        yield from _field_lines(sub, inside)


def _facts(field: Field) -> Iterator[str]:
    yield field.kind
    if field.kind == "tree" and field.multiple:
        yield "several"
    if field.select == "leaf":
        yield "leaves only"
    if field.required:
        yield "required"
    if field.evidence == "required":
        yield "needs evidence"
    if field.applies_to:
        yield " and ".join(f"{kind}s" for kind in field.applies_to)


def _choice_lines(choice: Choice, indent: str) -> Iterator[str]:
    label = in_language(choice.label)
    named = "" if label == choice.id else f"  [{choice.id}]"
    yield f"{indent}- {label}{named}"
    inside = indent + STEP
    yield from _paragraph("", choice.definition, inside)
    yield from _paragraph("use when: ", choice.use_when, inside)
    yield from _paragraph("avoid when: ", choice.avoid_when, inside)
    for example in choice.examples:
        yield from _paragraph("example: ", example, inside)
    for child in choice.children:
        yield from _choice_lines(child, inside)


def _paragraph(before: str, words: Words | None, indent: str) -> Iterator[str]:
    for line in in_language(words).splitlines():
        yield from wrap(before + line, WIDTH, initial_indent=indent, subsequent_indent=indent)
