"""The line of the form in which an answer is written, or choices are filtered: Textual's editor over a line of it."""

from __future__ import annotations

from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from annotator.tui.keys import bindings_for
from annotator.tui.widgets.form.lines import EDITOR_AT, FOUND_WIDTH
from annotator.tui.widgets.form.view import FormView
from annotator.tui.widgets.line_input import LineInput


class FieldInput(LineInput):
    """Says what its keys mean to the form; what is written is the form's to take."""

    BINDINGS = bindings_for("writing")
    DEFAULT_CSS = """
    FieldInput {
        layer: editor;
        display: none;
        background: $surface;
        text-style: underline;
        &:focus { background: $block-cursor-background; color: $block-cursor-foreground; background-tint: transparent; }
        &.-filter:focus { background: $surface; color: $foreground; }
    }
    """

    _where = Offset()

    class Accepted(Message):
        """What is written is the answer, or the marked completion or choice is."""

    class Completing(Message):
        """The completion is wanted; where there is none, what is written is the answer."""

    class Stepped(Message):
        """The completion or choice so many lines below is to be marked."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Stopped(Message):
        """What is written is not wanted."""

    class Emptied(Message):
        """There was nothing left to delete."""

    def begin(self, text: str) -> None:
        """Stand in a line with a text, and the cursor after it."""
        self.value = text
        self.cursor_position = len(text)

    def stand_in(self, view: FormView, *, filters: bool) -> None:
        """Stand where the lines of the form leave room, beside what a filter found; or go away."""
        line = view.lines.editor
        self.display = line is not None
        self.set_class(filters, "-filter")
        if line is not None:
            room = view.line_width - EDITOR_AT - (FOUND_WIDTH if filters else 0)
            self.place(Offset(EDITOR_AT, line - view.top), room)

    def place(self, where: Offset, width: int) -> None:
        """Stand at a place in the form, so many cells wide."""
        self._where = where
        self.styles.offset = where.x, where.y
        self.styles.width = max(width, 1)
        self.tell_cursor()

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the cursor is on the screen, told by the form around it: the layout follows a frame later."""
        form = self.parent
        if not isinstance(form, Widget):
            return super().cursor_screen_offset
        return form.content_region.offset + self._where + Offset(self.cursor_cell, 0)

    def action_accept(self) -> None:
        """Take what is written."""
        self.post_message(self.Accepted())

    def action_complete(self) -> None:
        """Take the completion, else what is written."""
        self.post_message(self.Completing())

    def action_completion_after(self) -> None:
        """Mark the next completion or choice."""
        self.post_message(self.Stepped(1))

    def action_completion_before(self) -> None:
        """Mark the completion or choice before."""
        self.post_message(self.Stepped(-1))

    def action_stop_writing(self) -> None:
        """Drop what is written."""
        self.post_message(self.Stopped())

    def action_delete_left(self) -> None:
        """Take away the character before the cursor; an empty line is left."""
        if self.value:
            super().action_delete_left()
        else:
            self.post_message(self.Emptied())
