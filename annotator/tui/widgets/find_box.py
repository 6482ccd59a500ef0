"""The line below a report that words to find are typed into."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input


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
