"""Write a text of several lines."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from annotator.tui.cells import inert
from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.widgets.line_view import TextLine

KEYS = "ctrl+s keep   esc close"


class PlainArea(TextArea):
    """A text area into which nothing can be pasted that would not simply be drawn."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.insert(inert(event.text, newlines=True))


class EditText(Dialog[str]):
    """An editor; dismisses with the text, and asks twice before it drops what was written."""

    DEFAULT_CSS = """
    EditText {
        & > #box { width: 100; height: 80%; max-height: 30; }
        & PlainArea { height: 1fr; border: none; padding: 0; }
    }
    """

    def __init__(self, title: str, text: str) -> None:
        """Take what is asked, and the text so far."""
        super().__init__()
        self.question = title
        self.before = text
        self.shown = inert(text, newlines=True)
        self.was_warned = False

    def compose(self) -> ComposeResult:
        """Lay the editor out."""
        with Vertical(id="box"):
            yield TextLine(self.question, id="title")
            yield PlainArea(self.shown, tab_behavior="focus", show_line_numbers=False, soft_wrap=True)
            yield TextLine(KEYS, id="hint")

    def on_mount(self) -> None:
        """Begin at the end of the text."""
        area = self.query_one(PlainArea)
        area.move_cursor(area.document.end)

    def action_keep(self) -> None:
        """Dismiss with the text; what was not touched stays as it was, to the character."""
        text = self.query_one(PlainArea).text
        self.dismiss(self.before if text == self.shown else text)

    def action_cancel(self) -> None:
        """Close; a changed text is dropped only when asked a second time."""
        if self.query_one(PlainArea).text == self.shown or self.was_warned:
            self.dismiss(None)
        self.was_warned = True
        self.query_one("#hint", TextLine).text = "ctrl+s keeps what you wrote; esc once more drops it"
