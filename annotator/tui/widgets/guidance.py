"""Guidance of the focused field and the marked choice, always in sight."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip

from annotator.models.choice import Choice
from annotator.models.taxonomy import Field
from annotator.tui.guidance_lines import GuidanceLine, guidance_lines
from annotator.tui.widgets.line_view import LineView


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
