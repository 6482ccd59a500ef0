"""Which stretches of a report each annotator quoted, cut so that overlapping ones can be told apart. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rich.segment import Segment

from annotator.model.classification import Evidence
from annotator.model.review import Comparison
from annotator.tui.cells import clip
from annotator.tui.review.state import STYLES, Column
from annotator.tui.widgets.report_text import ReportText, Span
from annotator.tui.widgets.wrapping import Line

SEVERAL = "by-several"
ELSEWHERE = "evidence"
Locate = Callable[[Evidence], tuple[int, int] | None]
"""Where words stand in the text that is shown; None when they do not."""


class Quote(NamedTuple):
    """Evidence and who quoted it."""

    evidence: Evidence
    column: Column


def quotes_of(compared: Comparison, columns: Sequence[Column]) -> list[Quote]:
    """All evidence on a field, from the left column to the right."""
    return [
        Quote(evidence, column)
        for column in columns
        if column.name in compared.answers
        for evidence in compared.answers[column.name].evidence
    ]


def review_spans(fields: Sequence[Comparison], focus: str, columns: Sequence[Column], locate: Locate) -> list[Span]:
    """What to mark: evidence on the focused field in its annotators' styles, on others plainly."""
    others = [
        Span(*found, ELSEWHERE)
        for each in fields
        if each.field != focus
        for quote in quotes_of(each, columns)
        if (found := locate(quote.evidence))
    ]
    held = [
        (*found, quote.column)
        for each in fields
        if each.field == focus
        for quote in quotes_of(each, columns)
        if (found := locate(quote.evidence))
    ]
    return [*others, *cut(held)]


def cut(held: Sequence[tuple[int, int, Column]]) -> Iterator[Span]:
    """Cut stretches at each other's edges; where several meet, the letters of all stand beside."""
    edges = sorted({edge for start, end, _ in held for edge in (start, end)})
    for start, end in pairwise(edges):
        here = list(dict.fromkeys(column for low, high, column in held if low <= start and end <= high))
        if here:
            style = here[0].style if len(here) == 1 else SEVERAL
            yield Span(start, end, style, " ".join(column.mark for column in here))


def letters(start: int, end: int, spans: Sequence[Span], columns: Sequence[Column]) -> str:
    """The letters of everybody who quoted something in a line."""
    here = {mark for span in spans if span.start < end and span.end > start for mark in span.marker.split()}
    return "".join(column.mark for column in columns if column.mark in here) if here else ""


NAMES = (*(f"by-{number}" for number in range(1, STYLES + 1)), SEVERAL)
COMPONENTS = {f"line--{name}" for name in NAMES}
CSS = """
        & > .line--by-1 { background: $primary-muted; color: $text-primary; text-style: bold underline; }
        & > .line--by-2 { background: $accent-muted; color: $text-accent; text-style: bold; }
        & > .line--by-3 { background: $success-muted; color: $text-success; text-style: italic; }
        & > .line--by-4 { background: $error-muted; color: $text-error; text-style: bold italic underline; }
        & > .line--by-5 { background: $secondary-muted; color: $text-secondary; text-style: bold italic; }
        & > .line--by-6 { background: $warning-muted; color: $text-warning; text-style: italic underline; }
        & > .line--by-several { text-style: reverse; }
"""


MOST_LETTERS = 4


class ReviewedText(ReportText, can_focus=False):
    """Every line with evidence on the focused field begins with the letters of those who quoted it."""

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = f"ReviewedText {{ {CSS} }}"

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without a text."""
        super().__init__(id=id)
        self.columns: tuple[Column, ...] = ()

    def mark_quotes(self, spans: Sequence[Span], columns: tuple[Column, ...]) -> None:
        """Mark evidence; the columns say in which order letters stand."""
        self.columns = columns
        self.widen_markers(min(MOST_LETTERS, max(1, len(columns))))
        self.mark_evidence(spans)
        self.refresh()

    def _gutter_segments(self, line: Line) -> list[Segment]:
        if not self.gutter_width:
            return []
        marks = letters(line.start, line.end, self.evidence, self.columns)
        is_elsewhere = any(span.start < line.end and span.end > line.start for span in self.evidence)
        bar = "▌" if marks else "│" if is_elsewhere else " "
        width = self.gutter_width - 1
        return [
            Segment(f"{clip(marks, width):>{width}}{bar}", self.part_style("gutter-focused" if marks else "gutter"))
        ]
