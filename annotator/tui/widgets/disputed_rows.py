"""The lines of the queue of disagreements."""

from __future__ import annotations

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from annotator.models.taxonomy import Taxonomy
from annotator.store.review_queue import DisputedSubject, ReviewOrder
from annotator.tui.disputed_words import named
from annotator.tui.plain import fit, inert
from annotator.tui.widgets.known_rows import KnownRows

COUNT = 7
"""Cells of a number, with the gap after it."""
WIDE = 120
HEAD_OF: dict[str, ReviewOrder] = {"Fields": "effect", "Key": "subject", "Field": "field"}


class DisputedRows(KnownRows[DisputedSubject]):
    """Disputed subjects, one a line."""

    COMPONENT_CLASSES = {"disputed--aside", "disputed--ruled"}

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without lines."""
        super().__init__(id=id)
        self.taxonomy: Taxonomy | None = None
        self.has_fields = False
        """Whether each line is about one field."""

    def widths(self, width: int) -> tuple[int, int]:
        """How wide keys and fields are, each with its gap; a field is named only where lines are about one."""
        key = 20 if width >= WIDE else 12
        return key, (min(48, (width - key - 2 * COUNT) // 2) if self.has_fields else 0)

    def draw(self, index: int, width: int) -> Strip:
        """Draw one disputed subject."""
        row = self._rows.get(index)
        if row is None:
            return Strip([Segment("…")])
        key, field = self.widths(width)
        aside = self.get_component_rich_style("disputed--aside", partial=True)
        ruled = self.get_component_rich_style("disputed--ruled", partial=True)
        name = inert(named(self.taxonomy, row.field) if self.taxonomy else row.field)
        title = inert(row.title) or "(without a title)"
        return Strip(
            [
                Segment(fit(inert(row.key), key - 1) + " ", aside),
                Segment(f"{row.fields:,}".rjust(COUNT - 1) + " "),
                Segment((f"{row.ruled:,}" if row.ruled else "·").rjust(COUNT - 1) + " ", ruled if row.ruled else aside),
                Segment(fit(name, field - 1) + " " if field else ""),
                Segment(fit(title, width - key - field - 2 * COUNT)),
            ]
        )


class DisputedHeads(Widget):
    """The heads over the columns, with a mark at the one the queue is sorted by."""

    order: reactive[ReviewOrder] = reactive("effect")

    def __init__(self, rows: DisputedRows, *, id: str | None = None) -> None:
        """Take the lines they stand over."""
        super().__init__(id=id)
        self.rows = rows

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        key, field = self.rows.widths(self.rows.line_width - 1)
        cells = [
            fit(self._head("Key"), key),
            self._head("Fields").rjust(COUNT - 1) + " ",
            "Ruled".rjust(COUNT - 1) + " ",
            fit(self._head("Field"), field),
            "Title",
        ]
        words = " " + "".join(cells) if y == 0 else ""
        return Strip([Segment(words)]).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _head(self, words: str) -> str:
        if HEAD_OF[words] != self.order:
            return words
        return f"{words}↓" if self.order == "effect" else f"{words} ↑"
