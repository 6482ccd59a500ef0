"""Ask for a line of words, such as a reason."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.widgets.text_line import TextLine


class AskLine(Dialog[str]):
    """One line to write; dismisses with it."""

    def __init__(self, title: str, placeholder: str = "", *, may_be_empty: bool = False) -> None:
        """Take the question, and whether no words are an answer too."""
        super().__init__()
        self.question = title
        self.placeholder = placeholder
        self.may_be_empty = may_be_empty

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical(id="box"):
            yield TextLine(self.question, id="title")
            yield Input(placeholder=self.placeholder, compact=True)
            yield TextLine("enter accept   esc close", id="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Dismiss with the words."""
        if event.value.strip() or self.may_be_empty:
            self.dismiss(event.value.strip())
        else:
            self.query_one("#hint", TextLine).text = "A reason is needed.   esc close"
