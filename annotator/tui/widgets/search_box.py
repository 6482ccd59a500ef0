"""The line a search is typed into; says what was typed once the typing pauses."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from annotator.tui.keys import Keys, display
from annotator.tui.text_keys import is_text

Entry = tuple[str, str, str]
PAUSE = 0.12
"""Seconds without a key before a search starts."""


class SearchBox(Input):
    """Posts `Sought` while typing, `Left` when the search is done with."""

    DEFAULT_CSS = "SearchBox { background: $surface; &.-textual-compact { padding: 0 1; } }"

    class Sought(Message):
        """Look for this now."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Enter or a cursor key: back to the list, with what was found."""

    def __init__(self, text: str, keys: Keys) -> None:
        """Take the search as it stands, and the keys as configured."""
        super().__init__(text, placeholder="search titles and texts", compact=True, select_on_focus=False)
        self._typed: Timer | None = None
        self._leaving = {*keys.of("accept"), "down", "pagedown"}

    def on_input_changed(self, event: Input.Changed) -> None:
        """Start again to wait for a pause."""
        event.stop()
        if self._typed:
            self._typed.stop()
        self._typed = self.set_timer(PAUSE, lambda: self.post_message(self.Sought(self.value)))

    def on_key(self, event: events.Key) -> None:
        """Go to the list with the key that takes a line, or the cursor keys."""
        if event.key in self._leaving:
            event.stop()
            event.prevent_default()
            self.post_message(self.Left())


class FindBox(Input):
    """Posts `Sought` at every change, `Left` when the search is done with."""

    DEFAULT_CSS = "FindBox { background: $surface; }"

    class Sought(Message):
        """Find these words."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Left(Message):
        """Back to the text: with what was found, or without."""

        def __init__(self, box: FindBox, is_abandoned: bool) -> None:
            super().__init__()
            self.box = box
            self.is_abandoned = is_abandoned

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(placeholder="find in this text", compact=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what stands here now."""
        event.stop()
        self.post_message(self.Sought(self.value))

    def on_key(self, event: events.Key) -> None:
        """Leave with enter, or with escape."""
        if event.key in {"enter", "escape"}:
            event.stop()
            event.prevent_default()
            self.post_message(self.Left(self, event.key == "escape"))


def search_footer(keys: Keys) -> tuple[Entry, ...]:
    """The footer while a search of the queue is typed."""
    return (keys.shown("accept"), "list", ""), (keys.shown("show_all"), "leave search", "show_all"), _help(keys)


def find_footer(keys: Keys) -> tuple[Entry, ...]:
    """The footer while words to find in a report are typed; its keys are the box's own."""
    return (display("enter"), "to what was found", ""), (display("escape"), "leave search", ""), _help(keys)


def _help(keys: Keys) -> Entry:
    return next(display(key) for key in keys.of("help") if not is_text(key)), "help", "help"
