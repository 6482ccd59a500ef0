"""Guidance of the focused field and the marked choice, always in sight."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment
from textual.strip import Strip

from annotator.model.outline import in_language
from annotator.model.taxonomy import Choice, Field
from annotator.tui.cells import inert
from annotator.tui.widgets.form.lines import Part
from annotator.tui.widgets.line_view import LineView
from annotator.tui.widgets.wrapping import HANGING, fold

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


class Guidance(LineView, can_focus=False):
    """A few lines at the bottom of the screen; all there is to know when it is enlarged."""

    COMPONENT_CLASSES = {"line--focused", "line--key", "line--muted"}
    DEFAULT_CSS = """
    Guidance {
        overflow-y: auto;
        & > .line--focused { text-style: bold; }
        & > .line--key { color: $accent; text-style: bold; }
        & > .line--muted { color: $secondary; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        """Begin with nothing to explain."""
        super().__init__(id=id)
        self.field: Field | None = None
        self.choice: Choice | None = None
        self.is_full = False
        self._lines: list[GuidanceLine] = []

    def explain(self, field: Field | None, choice: Choice | None) -> None:
        """Show what a field asks and what a choice means."""
        if field is not self.field or choice is not self.choice:
            self.field, self.choice = field, choice
            self._lay_out()

    def enlarge(self, full: bool) -> None:
        """Show everything, or the essence; the screen gives the room."""
        self.is_full = full
        self._lay_out()

    @property
    def fold_width(self) -> int:
        """Cells of a line; beside the scroll bar that a full text may need."""
        return self.content_size.width - (1 if self.is_full else 0)

    def _lay_out(self) -> None:
        self._lines = guidance_lines(self.field, self.choice, max(self.fold_width, 20), self.is_full)
        self.scroll_to(y=0, animate=False, force=True)
        self.resize_to(len(self._lines) if self.is_full else min(len(self._lines), self.size.height))
        self.refresh()

    def on_resize(self) -> None:
        """Fold for the new width."""
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw the line at a row of the widget."""
        number = self.top + y
        parts = self._lines[number] if number < len(self._lines) else ()
        cut = number == self.size.height - 1 and not self.is_full and len(self._lines) > self.size.height
        segments = [Segment(part.text, self.part_style(part.style)) for part in parts]
        strip = Strip(segments).adjust_cell_length(self.line_width)
        if cut:
            strip = Strip.join([strip.crop(0, self.line_width - 2), Strip([Segment(" …", self.part_style("muted"))])])
        return strip.apply_style(self.rich_style)
