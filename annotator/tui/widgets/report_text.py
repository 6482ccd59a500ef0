"""The text of a report as it is seen: title, text, cursor, selection, evidence and places found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from annotator.tui.cells import inert
from annotator.tui.widgets.line_view import LineView
from annotator.tui.widgets.wrapping import Line, TextLayout


class Span(NamedTuple):
    """A stretch of the text that is drawn differently; later ones in a list win."""

    start: int
    end: int
    style: str
    marker: str = ""
    """What stands beside its first line: the number of the field it supports."""


class Piece(NamedTuple):
    """A part of a line in one style."""

    start: int
    end: int
    style: str


def pieces(start: int, end: int, spans: Sequence[Span]) -> Iterator[Piece]:
    """Cut a stretch where its style changes."""
    touching = [span for span in spans if span.start < end and span.end > start]
    edges = {start, end}
    for span in touching:
        edges |= {max(start, span.start), min(end, span.end)}
    for before, after in pairwise(sorted(edges)):
        style = next((span.style for span in reversed(touching) if span.start <= before < span.end), "")
        yield Piece(before, after, style)


def marker_of(start: int, end: int, spans: Sequence[Span], focused: str) -> tuple[str, bool, bool]:
    """What stands beside a line: the number where evidence begins, whether any is there, and the focused one's."""
    here = [span for span in spans if span.marker and span.start < end and span.end > start]
    ordered = sorted(here, key=lambda span: span.style != focused)
    beginning = next((span.marker for span in ordered if span.start >= start), "")
    return beginning, bool(here), any(span.style == focused for span in here)


EVIDENCE, FOCUSED, FOUND, SELECTED, CURSOR = "evidence", "evidence-focused", "found", "selected", "cursor"
STYLES = ("title", "gutter", "gutter-focused", EVIDENCE, FOCUSED, FOUND, SELECTED, CURSOR)
MOST_FOUND = 5_000
LEAST_TEXT = 10
"""Cells of text below which the markers give way."""


class ReportText(LineView):
    """Draws a text of any length; only what is in sight is folded and drawn."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {f"line--{style}" for style in STYLES}
    DEFAULT_CSS = """
    ReportText {
        & > .line--title { text-style: bold; }
        & > .line--gutter { color: $secondary; }
        & > .line--gutter-focused { color: $accent; text-style: bold; }
        & > .line--evidence { text-style: underline; }
        & > .line--evidence-focused { background: $accent-muted; text-style: bold underline; }
        & > .line--found { background: $primary-muted; text-style: italic; }
        & > .line--selected { text-style: reverse; }
        & > .line--cursor { text-style: reverse; }
    }
    """

    class Selected(Message):
        """Another stretch of the text is selected, or none."""

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without a text."""
        super().__init__(id=id)
        self.shown = ""
        self.cursor = 0
        self._held: int | None = None
        self._title = ""
        self._marker_width = 0
        self.evidence: tuple[Span, ...] = ()
        self._found: list[Span] = []
        self.lines = TextLayout("", "", LEAST_TEXT)

    # Attributes come down

    def read(self, title: str, text: str) -> None:
        """Show a text from its beginning."""
        self._title = title
        self.shown = inert(text, newlines=True)
        self.cursor, self._held = 0, None
        self.evidence, self._found = (), []
        self._fold()
        self.scroll_to(y=0, animate=False, force=True)

    def widen_markers(self, width: int) -> None:
        """Leave so many cells beside the text for the markers of evidence."""
        if width != self._marker_width:
            self._marker_width = width
            self.on_resize()

    def mark_evidence(self, spans: Sequence[Span]) -> None:
        """Mark stretches of the text as evidence; the spans carry the styles of this widget."""
        if tuple(spans) != self.evidence:
            self.evidence = tuple(spans)
            self.refresh()

    def show_place(self, start: int, end: int) -> None:
        """Scroll to a stretch, unless it is in sight."""
        first, last = self.lines.line_of(start), self.lines.line_of(max(start, end - 1))
        self.resize_to(self.lines.height)
        if not (self.top <= first and last < self.top + self.size.height):
            self.scroll_to(y=max(0, first - self.size.height // 3), animate=False, force=True)

    def find(self, words: str) -> int:
        """Mark every place where the words stand, whatever their case; returns how many."""
        matches = re.finditer(re.escape(inert(words)), self.shown, re.IGNORECASE) if words else iter(())
        self._found = [Span(*match.span(), FOUND) for match, _ in zip(matches, range(MOST_FOUND), strict=False)]
        self.refresh()
        return len(self._found)

    def go_to_found(self, by: int) -> bool:
        """Select the next place found, or the one before; whether there is any."""
        return self._go_to(self._found, by)

    def go_to_evidence(self) -> bool:
        """Select the next evidence; whether there is any."""
        return self._go_to(sorted(self.evidence), 1)

    # Cursor and selection

    @property
    def selection(self) -> tuple[int, int]:
        """The selected stretch; empty at the cursor when nothing is selected."""
        held = self.cursor if self._held is None else self._held
        return min(held, self.cursor), max(held, self.cursor)

    @property
    def has_selection(self) -> bool:
        """Whether any character is selected."""
        start, end = self.selection
        return end > start

    def select(self, start: int, end: int) -> None:
        """Select a stretch and bring its end into sight."""
        self._held = start
        self.move_to(end, extend=True)

    def select_nothing(self) -> None:
        """Drop the selection; the cursor stays."""
        self.move_to(self.cursor)

    def move_to(self, offset: int, extend: bool = False) -> None:
        """Put the cursor somewhere; the selection goes along, or is dropped."""
        before, top = (self.selection, self.cursor), self.top
        self._held = (self.cursor if self._held is None else self._held) if extend else None
        self.cursor = min(max(offset, 0), len(self.shown))
        line = self.lines.line_of(self.cursor)
        self.resize_to(self.lines.height)
        self.bring_into_view(line, line + 1, line)
        if self.top == top:
            touched = [*before[0], before[1], *self.selection, self.cursor]
            lines = [self.lines.line_of(each) for each in touched]
            self.redraw_lines(list(range(max(top, min(lines)), min(max(lines) + 1, top + self.size.height))))
        if self.selection != before[0]:
            self.post_message(self.Selected())

    def _go_to(self, spans: Sequence[Span], by: int) -> bool:
        if not spans:
            return False
        start = self.selection[0]
        ahead = [span for span in spans if (span.start > start if by > 0 else span.start < start)]
        chosen = (ahead or spans)[0 if by > 0 else -1]
        self.select(chosen.start, chosen.end)
        self.show_place(chosen.start, chosen.end)
        return True

    # Drawing

    @property
    def gutter_width(self) -> int:
        """Cells left of the text that belong to the markers of evidence."""
        width = self._marker_width + 1
        return width if self.line_width >= width + LEAST_TEXT else 0

    def _fold(self) -> None:
        width = max(self.line_width - self.gutter_width - 1, LEAST_TEXT)  # a cell is left for the cursor at the end
        self.lines = TextLayout(self._title, self.shown, width)
        self.lines.folded.reach_line(self.size.height)
        self.resize_to(self.lines.height)
        self.refresh()

    def on_resize(self) -> None:
        """Fold for the new width, keeping the first line in sight there."""
        line = self.lines.line(self.top)
        self._fold()
        if line is not None and self.top:
            self.scroll_to(y=self.lines.line_of(line.start), animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fold as far as is in sight now."""
        super().watch_scroll_y(old_value, new_value)
        self.lines.folded.reach_line(int(new_value) + self.size.height)
        self.resize_to(self.lines.height)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line at a row of the widget."""
        number = self.top + y
        head = self.lines.head
        if number < len(head):
            segments = [Segment(" " * self.gutter_width), Segment(head[number], self.part_style("title"))]
        else:
            line = self.lines.line(number)
            segments = self._segments(line) if line else []
        return Strip(segments).adjust_cell_length(self.line_width).apply_style(self.own_style)

    def _segments(self, line: Line) -> list[Segment]:
        drawn = self.lines.drawn(line)
        end = line.start + len(drawn)
        segments = self._gutter_segments(line)
        for piece in pieces(line.start, end, [*self.evidence, *self._found_in(line), *self._own_spans()]):
            segments.append(Segment(self.shown[piece.start : piece.end], self.part_style(piece.style)))
        is_last = line.end == len(self.shown)
        if self.has_focus and end <= self.cursor and (self.cursor < line.end or (is_last and self.cursor == line.end)):
            segments.append(Segment(" ", self.part_style(CURSOR)))
        return segments

    def _gutter_segments(self, line: Line) -> list[Segment]:
        if not self.gutter_width:
            return []
        marker, held, focused = marker_of(line.start, line.end, self.evidence, FOCUSED)
        bar = "▌" if focused else "│" if held else " "
        return [
            Segment(f"{marker:>{self._marker_width}}{bar}", self.part_style("gutter-focused" if focused else "gutter"))
        ]

    def _found_in(self, line: Line) -> list[Span]:
        return [span for span in self._found if span.start < line.end and span.end > line.start]

    def _own_spans(self) -> list[Span]:
        if self.has_selection:
            return [Span(*self.selection, SELECTED)]
        return [Span(self.cursor, self.cursor + 1, CURSOR)] if self.has_focus else []
