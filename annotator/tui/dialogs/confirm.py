"""Ask whether something shall really be done."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.widgets.text_line import TextLine


class Confirm(Dialog[bool]):
    """A question with yes and no; closing it means no."""

    BINDINGS = [Binding("y,enter", "answer(True)", "Yes"), Binding("n", "answer(False)", "No")]

    def __init__(self, title: str, *lines: str) -> None:
        """Take the question and what there is to know about it, a line each."""
        super().__init__()
        self.question = title
        self.lines = lines

    def compose(self) -> ComposeResult:
        """Lay the lines out."""
        with Vertical(id="box"):
            yield TextLine(self.question, id="title")
            for line in self.lines:
                yield TextLine(line)
            yield TextLine()
            yield TextLine("y yes   n no   esc no", id="hint")

    def action_answer(self, yes: bool) -> None:
        """Dismiss with the answer."""
        self.dismiss(yes)
