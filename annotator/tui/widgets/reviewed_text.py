"""A report while deciding: it is read, not quoted, and shows whose evidence is where."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment

from annotator.tui.plain import clip
from annotator.tui.report_spans import Span
from annotator.tui.review_columns import Column
from annotator.tui.review_evidence import letters
from annotator.tui.widgets.annotator_styles import COMPONENTS, CSS
from annotator.tui.widgets.report_text import ReportText
from annotator.tui.wrapping import Line

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
