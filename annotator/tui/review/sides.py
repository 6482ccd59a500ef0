"""The answers of all annotators side by side: a list drawn line by line, the focused field open in place."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from annotator.tui.cells import clip, fit, inert
from annotator.tui.review.evidence import COMPONENTS, CSS
from annotator.tui.review.lines import review_lines
from annotator.tui.review.state import POINTER_AND_MARK, Column, ReviewState
from annotator.tui.widgets.form.lines import FormLines, Part, Row
from annotator.tui.widgets.line_view import LineView

LEAST_WIDTH = 40
STYLES = (
    "pointer", "label", "focused", "rule", "heading", "required", "problem", "quoted", "unanswered", "answer",
    "state", "muted", "key", "chosen", "open", "mark",
)  # fmt: skip


class Sides(LineView):
    """Shows a review; what is decided is up to the screen."""

    COMPONENT_CLASSES = {f"line--{style}" for style in STYLES} | COMPONENTS
    DEFAULT_CSS = f"""
    Sides {{
        & > .line--pointer, & > .line--key {{ color: $accent; text-style: bold; }}
        & > .line--rule, & > .line--muted, & > .line--unanswered {{ color: $secondary; }}
        & > .line--focused {{ text-style: bold; }}
        & > .line--heading {{ color: $primary; text-style: bold; }}
        & > .line--required {{ color: $warning; }}
        & > .line--problem {{ color: $error; text-style: bold; }}
        & > .line--quoted, & > .line--answer {{ color: $success; }}
        & > .line--state {{ color: $secondary; text-style: italic; }}
        & > .line--chosen {{ color: $success; text-style: bold; }}
        & > .line--open {{ background: $surface; }}
        & > .line--mark {{ background: $block-cursor-background; color: $block-cursor-foreground; }}
{CSS}
    }}
    """

    class Moved(Message):
        """Another field is looked at, or other columns are shown."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without a review; `show` brings one."""
        super().__init__(id=id)
        self.state: ReviewState | None = None
        self._lines = FormLines([], 0, 0, 0)

    def show(self, state: ReviewState) -> None:
        """Show a state, drawing only the lines that differ from what is there."""
        width = max(self.line_width, LEAST_WIDTH)
        state = state if state.width == width else state.resized(width)
        before, self.state = self.state, state
        old, self._lines = self._lines, review_lines(state)
        rows = self._lines.rows
        self.resize_to(len(rows))
        shared = min(len(old.rows), len(rows))
        changed = [number for number in range(shared) if old.rows[number] != rows[number]]
        self.redraw_lines([*changed, *range(shared, max(len(old.rows), len(rows)))])
        if (old.start, old.end) != (self._lines.start, self._lines.end):
            self.bring_focus_into_view()
        if before is None or _stand(before) != _stand(state):
            self.post_message(self.Moved(state.focus))

    def bring_focus_into_view(self) -> None:
        """Scroll so that the focused field can be read, as far as it fits."""
        rows, start, end, cursor = self._lines
        at_top = all(row.kind in {"heading", "text"} for row in rows[:start])
        self.bring_into_view(0 if at_top and end <= self.size.height else start, end, cursor)

    def scroll_pages(self, by: int) -> None:
        """Scroll by what fits, without going to another field."""
        self.scroll_relative(y=by * max(1, self.size.height - 1), animate=False)

    def row_at(self, y: int) -> Row | None:
        """The line at a row of the widget."""
        number = self.top + y
        return self._lines.rows[number] if 0 <= number < len(self._lines.rows) else None

    def render_line(self, y: int) -> Strip:
        """Draw the line at a row of the widget."""
        row = self.row_at(y)
        if row is None:
            return Strip.blank(self.line_width, self.own_style)
        return self.kept(row, lambda: [self._segment(part, row) for part in row.parts], row.tone)

    def _segment(self, part: Part, row: Row) -> Segment:
        """On the bright line of the cursor, parts keep their weight and give up their colour."""
        style = self.part_style(part.style)
        return Segment(part.text, style.without_color if row.tone == "mark" else style)

    def on_resize(self) -> None:
        """Lay the lines out for the new width."""
        if self.state:
            self.show(self.state.resized(max(self.line_width, LEAST_WIDTH)))
            self.bring_focus_into_view()

    def on_click(self, event: events.Click) -> None:
        """Go to the field that was clicked."""
        row = self.row_at(event.y)
        if row and row.field and self.state and row.field != self.state.focus:
            self.show(self.state.at(row.field))


class SideHeads(Widget):
    """The heads over the columns, each in its annotator's style."""

    COMPONENT_CLASSES = COMPONENTS
    DEFAULT_CSS = f"SideHeads {{ height: 1; {CSS} }}"

    def __init__(self, sides: Sides, *, id: str | None = None) -> None:
        """Take the answers they stand over."""
        super().__init__(id=id)
        self.sides = sides

    def render_line(self, y: int) -> Strip:
        """Draw the heads; there is only the line `y` 0."""
        state, segments = self.sides.state, []
        if state is not None and y == 0:
            grid = state.grid
            segments.append(Segment(fit(" " * POINTER_AND_MARK + f"Field{_more(state)}", grid.name + POINTER_AND_MARK)))
            for column in state.shown_columns:
                head = short_head(column, grid.cell - 1)
                style = self.get_component_rich_style(f"line--{column.style}", partial=True)
                segments += [Segment(head, style), Segment(" " * (grid.cell - Segment(head).cell_length))]
            segments.append(Segment(fit("Ruling", grid.ruling)))
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)


def short_head(column: Column, cells: int) -> str:
    """What stands over a column; of a long name its end, where names that begin alike differ."""
    head, name = inert(column.head), inert(column.shown)
    if cell_len(head) <= cells or column.shown == column.mark:
        return clip(head, cells)
    first = f"{column.key} {column.mark} ".lstrip()
    room = cells - cell_len(first) - 1
    while name and cell_len(name) > room:
        name = name[1:]
    return first + "…" + name


def _stand(state: ReviewState) -> tuple[object, ...]:
    """What others follow: the subject, the field, and the columns in sight."""
    return state.review.subject, state.focus, state.first, state.width, state.columns


def _more(state: ReviewState) -> str:
    """Say which columns are shown when there is no room for all."""
    if len(state.columns) <= state.grid.shown:
        return ""
    return f"  ‹{state.first + 1}–{state.first + state.grid.shown} of {len(state.columns)}›"
