"""The footer: keys of this screen, made from the table of actions."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

Entry = tuple[str, str, str]
"""Key as shown, words, action id; as `Keys.footer` gives them."""


class KeyBar(Widget):
    """One line of keys and words; when it is narrow, entries before the last are left out."""

    COMPONENT_CLASSES = {"key-bar--key"}
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        background: $footer-background;
        color: $footer-foreground;
        & > .key-bar--key { color: $footer-key-foreground; text-style: bold; }
    }
    """

    entries: reactive[tuple[Entry, ...]] = reactive(())

    class Pressed(Message):
        """Somebody clicked on an entry."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, entries: Sequence[Entry], *, id: str | None = None) -> None:
        """Take what to show; `entries` may be set again later."""
        super().__init__(id=id)
        self.set_reactive(KeyBar.entries, tuple(entries))

    def render_line(self, y: int) -> Strip:
        """Draw the entries that fit."""
        key_style = self.get_component_rich_style("key-bar--key", partial=True)
        segments: list[Segment] = []
        for key, words, _, _ in self._placed() if y == 0 else ():
            segments += [Segment(" "), Segment(key, key_style), Segment(f" {words} ")]
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Say which entry was clicked."""
        for _, _, action, (start, stop) in self._placed():
            if start <= event.x < stop:
                self.post_message(self.Pressed(action))

    def _placed(self) -> list[tuple[str, str, str, tuple[int, int]]]:
        room = self.size.width
        shown = list(self.entries)
        while len(shown) > 1 and sum(_width(entry) for entry in shown) > room:
            del shown[-2]
        placed, start = [], 0
        for key, words, action in shown:
            stop = start + _width((key, words, action))
            placed.append((key, words, action, (start, stop)))
            start = stop
        return placed


def _width(entry: Entry) -> int:
    return cell_len(entry[0]) + cell_len(entry[1]) + 3
