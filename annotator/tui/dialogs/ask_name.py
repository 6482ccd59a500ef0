"""Ask once who is working here."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from annotator.models.reserved import is_reserved
from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.plain import inert
from annotator.tui.widgets.text_line import TextLine

LONGEST = 80


def trouble_with(name: str) -> str:
    """Say what is wrong with a name; nothing when it will do."""
    if not name.strip():
        return "A name is needed: every classification is kept under it."
    if len(name.strip()) > LONGEST:
        return f"At most {LONGEST} characters, please."
    if inert(name) != name:
        return "Only characters that can be seen, please."
    if is_reserved(name):
        return "Adjudications are kept under that name; another one, please."
    return ""


class AskName(Dialog[str]):
    """A name to work under; dismisses with it, or with None when nobody wants to say."""

    def __init__(self, suggestion: str = "") -> None:
        """Take a name to offer."""
        super().__init__()
        self.suggestion = suggestion

    def compose(self) -> ComposeResult:
        """Lay the question out."""
        with Vertical(id="box"):
            yield TextLine("Who is classifying?", id="title")
            yield TextLine("Your answers are kept under this name; others work under theirs.")
            yield Input(self.suggestion, placeholder="your name", compact=True)
            yield TextLine(id="trouble")
            yield TextLine("enter accept   esc only look around", id="hint")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Dismiss with a name that will do, else say why not."""
        trouble = trouble_with(event.value)
        self.query_one("#trouble", TextLine).text = trouble
        if not trouble:
            self.dismiss(event.value.strip())
