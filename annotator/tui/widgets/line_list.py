"""A list of any length that draws only the lines on screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from annotator.tui.cells import inert
from annotator.tui.keys import bindings_for
from annotator.tui.widgets.wrapping import HANGING, fold

Draw = Callable[[int, int], Strip]
"""Draws a line of so many cells, given its number; foreign text goes through `plain.inert` there."""
POINTER = "▸"
"""Marks the line of the cursor, so that it is found without colour."""


class LineList(ScrollView, can_focus=True, inherit_bindings=False):
    """`count` lines, one row each.

    The first cell of every line belongs to the pointer; what draws a line gets the width of the rest.
    """

    BINDINGS = bindings_for("list")
    COMPONENT_CLASSES = {"line-list--cursor"}
    DEFAULT_CSS = """
    LineList {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .line-list--cursor { background: $boost; }
        &:focus > .line-list--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
        &:nocolor > .line-list--cursor { text-style: reverse; }
    }
    """

    count: reactive[int] = reactive(0)
    cursor: reactive[int] = reactive(0)
    empty: reactive[str] = reactive("")
    """What is said instead when there are no lines."""

    _plain = _marked = Style()

    class Moved(Message):
        """The cursor stands on another line."""

        def __init__(self, rows: LineList, index: int) -> None:
            super().__init__()
            self.rows = rows
            self.index = index

        @property
        def control(self) -> LineList:
            """The list it happened in."""
            return self.rows

    class Chosen(Moved):
        """Enter or a click on the line of the cursor."""

    class Scrolled(Message):
        """Other lines came into view: from `start` up to, not including, `end`."""

        def __init__(self, rows: LineList, start: int, end: int) -> None:
            super().__init__()
            self.rows = rows
            self.start = start
            self.end = end

    def __init__(self, draw: Draw, count: int = 0, *, id: str | None = None) -> None:
        """Take what draws a line, and how many there are at first; set `count` when that changes."""
        super().__init__(id=id)
        self._draw = draw
        self.set_reactive(LineList.count, count)
        self.set_reactive(LineList.virtual_size, Size(1, count))

    @property
    def line_width(self) -> int:
        """How wide a line is, in cells; the scroll bar stands beside it."""
        return self.scrollable_content_region.width

    @property
    def in_view(self) -> tuple[int, int]:
        """The lines on screen: from, up to but not including."""
        start = round(self.scroll_offset.y)
        return start, min(self.count, start + max(self.size.height, 1))

    def redraw(self) -> None:
        """Draw all lines in view again, because what they show has changed."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line at a row of the screen."""
        index, width = self.scroll_offset.y + y, self.line_width
        if not 0 <= index < self.count:
            words = "" if self.count else self._empty_line(y, width)
            return Strip([Segment(words)]).adjust_cell_length(width).apply_style(self._plain)
        at_cursor = index == self.cursor
        pointer = Segment(POINTER if at_cursor else " ")
        strip = Strip([pointer, *self._draw(index, width - 1)]).adjust_cell_length(width)
        if at_cursor and self._marked.reverse:  # without colour: one even bar, not patches of grey
            strip = Strip([Segment(strip.text)])
        return strip.apply_style(self._marked if at_cursor else self._plain)

    def _empty_line(self, y: int, width: int) -> str:
        """A line of what is said without lines: over as many as it takes, below a blank one where that leaves room."""
        words = inert(self.empty)
        folded = list(fold(words, width - 2))
        number = y - (1 if len(folded) < self.size.height else 0)
        return f" {words[slice(*folded[number])].rstrip(HANGING)}" if 0 <= number < len(folded) else ""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Work the styles out once, then draw the lines."""
        cursor = self.get_component_rich_style("line-list--cursor", partial=True)
        self._plain = self.rich_style
        self._marked = self._plain + cursor
        return super().render_lines(crop)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a line that exists."""
        return max(0, min(cursor, self.count - 1))

    def watch_count(self, count: int) -> None:
        """Tell the scroll bar, and bring the cursor back when its line is gone."""
        self.virtual_size = Size(1, count)
        if self.styles.height and self.styles.height.is_auto:
            self.refresh(layout=True)
        self.cursor = self.validate_cursor(self.cursor)
        self.refresh()

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the two lines again and bring the new one into view."""
        self.refresh_line(old)
        self.refresh_line(new)
        self.bring_into_view(new)
        self.post_message(self.Moved(self, new))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say which lines are wanted now."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Scrolled(self, *self.in_view))

    def on_resize(self) -> None:
        """Keep the cursor in view, and say which lines are wanted now."""
        self.bring_into_view(self.cursor)
        self.post_message(self.Scrolled(self, *self.in_view))

    def bring_into_view(self, index: int) -> None:
        """Scroll as little as needed for a line to be on screen."""
        height, top = self.size.height, self.scroll_offset.y
        if not height:
            return
        wanted = min(max(top, index - height + 1), index)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)

    def action_line_down(self) -> None:
        """Go to the next line."""
        self.cursor += 1

    def action_line_up(self) -> None:
        """Go to the line before."""
        self.cursor -= 1

    def action_page_down(self) -> None:
        """Go down by what fits on screen."""
        self.cursor += max(1, self.size.height - 1)

    def action_page_up(self) -> None:
        """Go up by what fits on screen."""
        self.cursor -= max(1, self.size.height - 1)

    def action_first_line(self) -> None:
        """Go to the first line."""
        self.cursor = 0

    def action_last_line(self) -> None:
        """Go to the last line."""
        self.cursor = self.count - 1

    def action_choose_line(self) -> None:
        """Say that the line of the cursor is wanted."""
        if self.count:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; choose with a click on the cursor's line."""
        index = self.scroll_offset.y + event.y
        if index >= self.count:
            return
        if index == self.cursor:
            self.action_choose_line()
        self.cursor = index


Row = TypeVar("Row")


class KnownRows(LineList, Generic[Row]):
    """It knows the lines it was given, of however many there are."""

    def __init__(self, draw: Draw, *, id: str | None = None) -> None:
        """Take what draws a line, which shows … for one that is not known; begin without lines."""
        super().__init__(draw, id=id)
        self._rows: dict[int, Row] = {}

    def fill(self, start: int, rows: Iterable[Row], afresh: bool = False) -> None:
        """Take the lines from `start` on; `afresh` forgets all others."""
        if afresh:
            self._rows.clear()
        self._rows.update(enumerate(rows, start))
        self.redraw()

    def lacks(self, start: int, end: int) -> bool:
        """Whether any line from `start` up to `end` was not given yet."""
        return any(index not in self._rows for index in range(start, end))

    @property
    def row(self) -> Row | None:
        """The line of the cursor, when it is known."""
        return self._rows.get(self.cursor)


Below = TypeVar("Below", bound=LineList)


class Heads(Widget, Generic[Below]):
    """What stands over the columns of a list; drawn again when a scroll bar takes width from its lines, or gives it."""

    def __init__(self, rows: Below, *, id: str | None = None) -> None:
        """Take the lines they stand over."""
        super().__init__(id=id)
        self.rows = rows

    def on_mount(self) -> None:
        """Follow the scroll bar."""
        self.watch(self.rows, "show_vertical_scrollbar", self._draw_again, init=False)

    def _draw_again(self) -> None:
        self.refresh()
