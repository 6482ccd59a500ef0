"""Guidance of a field and of one of its choices, folded to a width. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.models.choice import Choice
from annotator.models.taxonomy import Field
from annotator.models.words import in_language
from annotator.tui.form_rows import Part
from annotator.tui.plain import inert
from annotator.tui.wrapping import HANGING, fold

LONG_LABEL = 20
"""Characters from which on a label may be cut in the form, so that it is written here in full."""
GuidanceLine = tuple[Part, ...]
Paragraph = tuple[str, str, str]
"""The words it begins with, their style, and the text."""


def guidance_lines(field: Field | None, choice: Choice | None, width: int, full: bool) -> list[GuidanceLine]:
    """Lay guidance out: the question first, then the marked choice, then all there is to know about the field."""
    paragraphs = list(_full(field, choice) if full else _short(field, choice)) if field else []
    return [line for paragraph in paragraphs for line in _folded(paragraph, width)]


def _short(field: Field, choice: Choice | None) -> Iterator[Paragraph]:
    """As few lines as possible: the question, and one paragraph about the choice."""
    yield _title(field), "focused", _question(field)
    if choice is not None:
        about = " ".join(f"{words} {text}".strip() for words, _, text in _about(choice))
        label = in_language(choice.label)
        if about or len(label) > LONG_LABEL:
            yield f"{label}:" if about else label, "key", about
    rest = _rest(field)
    if rest:
        yield "", "", rest


def _full(field: Field, choice: Choice | None) -> Iterator[Paragraph]:
    yield _title(field), "focused", _question(field)
    rest = _rest(field)
    if rest:
        yield "", "", rest
    chosen = [choice] if choice is not None else []
    others = [each for each in field.all_choices.values() if choice is None or each.id != choice.id]
    for each in chosen + others:
        found = list(_about(each))
        if found:
            yield f"{in_language(each.label)}:", "key", found[0][2] if not found[0][0] else ""
        yield from ((f"  {words}", style, text) for words, style, text in found if words)


def _title(field: Field) -> str:
    limits = {"required": field.required, "evidence needed": field.evidence == "required"}
    said = ", ".join(words for words, holds in limits.items() if holds)
    return f"{field.number or ''} {field.name}".strip() + (f" ({said})" if said else "")


def _question(field: Field) -> str:
    return in_language(field.short) or in_language(field.guidance)


def _rest(field: Field) -> str:
    return in_language(field.guidance) if field.short else ""


def _about(choice: Choice) -> Iterator[Paragraph]:
    told = (
        ("", in_language(choice.definition)),
        ("Use when:", in_language(choice.use_when)),
        ("Avoid when:", in_language(choice.avoid_when)),
        ("Example:", " / ".join(choice.examples)),
    )
    yield from ((words, "muted", text) for words, text in told if text)


def _folded(paragraph: Paragraph, width: int) -> Iterator[GuidanceLine]:
    words, style, text = (inert(each) for each in paragraph)
    whole = f"{words} {text}".strip() if words.strip() else text
    shift = len(words) - len(words.lstrip())
    for line in fold(" " * shift + whole, width):
        drawn = (" " * shift + whole)[line.start : line.end].rstrip(HANGING)
        cut = max(0, min(len(words), line.end) - line.start)
        yield tuple(part for part in (Part(drawn[:cut], style), Part(drawn[cut:])) if part.text)
