"""The lines of the form as they are drawn."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from annotator.tui.widgets.form.lines import FormLines, Row
from annotator.tui.widgets.line_view import LineView

STYLES = (
    "pointer", "number", "label", "focused", "rule", "heading", "required", "problem", "quoted", "flag",
    "unanswered", "answer", "state", "muted", "key", "choice", "chosen", "choice-marked", "chosen-marked",
    "open", "mark",
)  # fmt: skip


class FormView(LineView):
    """Draws the lines in sight; says what was clicked."""

    COMPONENT_CLASSES = {f"line--{style}" for style in STYLES}
    DEFAULT_CSS = """
    FormView {
        height: 1fr;
        & > .line--pointer { color: $accent; text-style: bold; }
        & > .line--number, & > .line--rule, & > .line--muted, & > .line--unanswered { color: $secondary; }
        & > .line--focused { text-style: bold; }
        & > .line--heading { color: $primary; text-style: bold; }
        & > .line--required, & > .line--flag { color: $warning; text-style: bold; }
        & > .line--problem { color: $error; text-style: bold; }
        & > .line--quoted { color: $success; }
        & > .line--answer { color: $success; }
        & > .line--state { color: $secondary; text-style: italic; }
        & > .line--key { color: $accent; text-style: bold; }
        & > .line--chosen { color: $success; text-style: bold; }
        & > .line--choice-marked { text-style: reverse; }
        & > .line--chosen-marked { color: $success; text-style: bold reverse; }
        & > .line--open { background: $surface; }
        & > .line--mark { background: $block-cursor-background; color: $block-cursor-foreground; }
    }
    """

    is_lit: reactive[bool] = reactive(False)
    """Whether keys go to the form, here or to the line being written."""

    class Clicked(Message):
        """A line was clicked, at a cell of it."""

        def __init__(self, row: Row, x: int) -> None:
            super().__init__()
            self.row = row
            self.x = x

    class Scrolled(Message):
        """Other lines are in sight."""

    def __init__(self) -> None:
        """Begin without lines."""
        super().__init__()
        self.lines = FormLines([], 0, 0, 0)

    def show(self, lines: FormLines) -> None:
        """Show other lines, drawing only those that differ."""
        old, self.lines = self.lines, lines
        rows = lines.rows
        self.resize_to(len(rows))
        shared = min(len(old.rows), len(rows))
        changed = [number for number in range(shared) if old.rows[number] != rows[number]]
        self.redraw_lines([*changed, *range(shared, max(len(old.rows), len(rows)))])
        if (old.start, old.end, old.cursor) != lines[1:]:
            self.bring_open_field_into_view()

    def bring_open_field_into_view(self) -> None:
        """Scroll as little as needed to show the open field, with the heading above it where there is one."""
        rows, start, end, cursor = self.lines
        if start and rows[start - 1].kind == "heading":
            start -= 1
        self.bring_into_view(start, min(end + 1, len(rows)), cursor)

    def render_line(self, y: int) -> Strip:
        """Draw the line at a row of the widget."""
        row = self._row_at(y)
        if row is None:
            return Strip.blank(self.line_width, self.own_style)
        return self.kept((row, self.is_lit), lambda: self._segments(row), self._tone(row))

    def _row_at(self, y: int) -> Row | None:
        number = self.top + y
        return self.lines.rows[number] if 0 <= number < len(self.lines.rows) else None

    def _segments(self, row: Row) -> list[Segment]:
        return [Segment(part.text, self.part_style(part.style)) for part in row.parts]

    def _tone(self, row: Row) -> str:
        return "open" if row.tone == "mark" and not self.is_lit else row.tone

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell the form, whose editor stands in one of the lines."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Scrolled())

    def on_click(self, event: events.Click) -> None:
        """Say which line was clicked."""
        if row := self._row_at(event.y):
            self.post_message(self.Clicked(row, event.x))
