"""The line a search is typed into; says what was typed once the typing pauses."""

from __future__ import annotations

from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from annotator.tui.actions import Place
from annotator.tui.keys import Keys, bindings_of

Entry = tuple[str, str, str]
PAUSE = 0.12
"""Seconds without a key before a search starts."""


class SearchBox(Input):
    """Posts `Sought` while typing, `Left` when the search is done with."""

    BINDINGS = bindings_of("accept", "go_to_found")
    DEFAULT_CSS = "SearchBox { background: $surface; &.-textual-compact { padding: 0 1; } }"

    class Sought(Message):
        """Look for this now."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Back to the list, with what was found."""

    def __init__(self, text: str) -> None:
        """Take the search as it stands."""
        super().__init__(text, placeholder="search titles and texts", compact=True, select_on_focus=False)
        self._typed: Timer | None = None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Start again to wait for a pause."""
        event.stop()
        if self._typed:
            self._typed.stop()
        self._typed = self.set_timer(PAUSE, lambda: self.post_message(self.Sought(self.value)))

    def action_accept(self) -> None:
        """Go to the list."""
        self.post_message(self.Left())

    def action_go_to_found(self) -> None:
        """Go to the list."""
        self.post_message(self.Left())


class FindBox(Input):
    """Posts `Sought` at every change, `Left` when the search is done with."""

    BINDINGS = bindings_of("accept", "stop_writing")
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

    def action_accept(self) -> None:
        """Go to what was found."""
        self.post_message(self.Left(self, False))

    def action_stop_writing(self) -> None:
        """Go back without what was found."""
        self.post_message(self.Left(self, True))


def search_footer(keys: Keys) -> tuple[Entry, ...]:
    """The footer while a search of the queue is typed."""
    return _footer(keys, "searching", accept="list", show_all="leave search", help="help")


def find_footer(keys: Keys) -> tuple[Entry, ...]:
    """The footer while words to find in a report are typed."""
    return _footer(keys, "finding", accept="to what was found", stop_writing="leave search", help="help")


def _footer(keys: Keys, place: Place, **words: str) -> tuple[Entry, ...]:
    return tuple((keys.shown(action, place), said, action) for action, said in words.items())
