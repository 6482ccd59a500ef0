"""One line to write in: Textual's editor, for text that may come from anywhere."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Offset, Region
from textual.widgets import Input

from annotator.tui.cells import inert
from annotator.tui.widgets.wrapping import clusters


class LineInput(Input):
    """Draws foreign characters inert, and goes and deletes by what a reader counts as one character."""

    def __init__(self, value: str = "", placeholder: str = "") -> None:
        """Begin with a text, and the cursor after it."""
        super().__init__(value, placeholder, compact=True, select_on_focus=False)

    @property
    def _value(self) -> Text:
        return Text(inert(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(inert(self.value)[:position])

    @property
    def cursor_cell(self) -> int:
        """The cell of the line where the cursor stands."""
        return self._position_to_cell(self.cursor_position) - self.scroll_offset.x

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the cursor is on the screen, and where an input method opens."""
        return self.content_region.offset + Offset(self.cursor_cell, 0)

    def tell_cursor(self) -> None:
        """Have the terminal's own cursor stand here, while keys come here."""
        if self.has_focus:
            self.app.cursor_position = self.cursor_screen_offset

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Take the terminal's cursor along."""
        super().watch_scroll_x(old_value, new_value)
        self.tell_cursor()

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.scroll_to_region(Region(self._cursor_offset, 0, 1, 1), force=True, animate=False)
        self.tell_cursor()

    def action_cursor_left(self, select: bool = False) -> None:
        """Go back one character."""
        if select or self.selection.is_empty:
            self._go(self._edge_before(), select)
        else:
            super().action_cursor_left()

    def action_cursor_right(self, select: bool = False) -> None:
        """Go on one character."""
        if select or self.selection.is_empty:
            self._go(self._edge_after(), select)
        else:
            super().action_cursor_right()

    def action_delete_left(self) -> None:
        """Take away the character before the cursor, or what is selected."""
        if self.selection.is_empty:
            self.delete(self._edge_before(), self.cursor_position)
        else:
            self.delete_selection()

    def action_delete_right(self) -> None:
        """Take away the character after the cursor, or what is selected."""
        if self.selection.is_empty:
            self.delete(self.cursor_position, self._edge_after())
        else:
            self.delete_selection()

    def _go(self, position: int, select: bool) -> None:
        self.selection = self.selection._replace(start=self.selection.start if select else position, end=position)

    def _edge_before(self) -> int:
        return max((each.start for each in clusters(self.value) if each.start < self.cursor_position), default=0)

    def _edge_after(self) -> int:
        text = self.value
        return min((each.end for each in clusters(text) if each.end > self.cursor_position), default=len(text))
