"""A text over as many lines as it needs, up to a limit."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from annotator.tui.plain import fit, inert
from annotator.tui.wrapping import HANGING, fold

NARROW = 120
"""Cells; below, words often need a second line."""


class TextLines(Widget):
    """Folds foreign or own words between one cell of margin; what is beyond the last line ends in "…"."""

    DEFAULT_CSS = "TextLines { height: auto; }"

    text: reactive[str] = reactive("", layout=True)

    def __init__(self, text: str = "", *, least: int = 0, most: int = 3, id: str | None = None) -> None:
        """Take the text as it comes, and how many lines it has at least, where the width is small, and at most."""
        super().__init__(id=id)
        self.set_reactive(TextLines.text, text)
        self.least = least
        self.most = most

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as are drawn."""
        del container, viewport
        return self.height_at(width)

    def height_at(self, width: int) -> int:
        """How many lines a width takes; what changes with every key keeps its height, so that nothing jumps."""
        return max(len(self._lines(width)), self.least if width < NARROW else min(self.least, 1))

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        lines, width = self._lines(self.size.width), self.size.width
        words = f" {lines[y]}" if y < len(lines) else ""
        return Strip([Segment(fit(words, width))]).apply_style(self.rich_style)

    def _lines(self, width: int) -> list[str]:
        words = inert(self.text)
        if not words:
            return []
        spans = list(fold(words, width - 2))
        if len(spans) > self.most:
            last = words[spans[self.most - 1].start :]
            return [*(words[slice(*span)].rstrip(HANGING) for span in spans[: self.most - 1]), last]
        return [words[slice(*span)].rstrip(HANGING) for span in spans]
