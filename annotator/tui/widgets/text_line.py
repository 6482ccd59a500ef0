"""One line of text that repaints without laying the screen out again."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from annotator.tui.plain import clip, fit, inert


class TextLine(Widget):
    """A text on the left and one on the right; the left one gives way."""

    DEFAULT_CSS = "TextLine { height: 1; }"

    text: reactive[str] = reactive("")
    right: reactive[str] = reactive("")

    def __init__(self, text: str = "", right: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        """Take both texts, as they come: foreign characters are made inert here."""
        super().__init__(id=id, classes=classes)
        self.set_reactive(TextLine.text, text)
        self.set_reactive(TextLine.right, right)

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        right = clip(inert(self.right), max(0, width - 2)) if y == 0 else ""
        left = fit(inert(self.text) if y == 0 else "", width - cell_len(right))
        return Strip([Segment(left + right)]).adjust_cell_length(width).apply_style(self.rich_style)
