"""The taxonomies of a subject side by side in one line, each with the state of its classification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from annotator.tui.cells import inert
from annotator.tui.queue.rows import SYMBOLS, short_names


class Tab(NamedTuple):
    """A taxonomy, and how far its classification has come."""

    namespace: str
    status: str


class TaxonomyTabs(Widget):
    """One line; the open taxonomy stands in brackets, so that it is found without colour."""

    COMPONENT_CLASSES = {"tabs--open", "tabs--done"}
    DEFAULT_CSS = """
    TaxonomyTabs {
        height: 1;
        & > .tabs--open { color: $accent; text-style: bold; }
        & > .tabs--done { color: $success; }
    }
    """

    tabs: reactive[tuple[Tab, ...]] = reactive(())
    opened: reactive[str] = reactive("")

    class Chosen(Message):
        """A taxonomy was clicked."""

        def __init__(self, taxonomy: str) -> None:
            super().__init__()
            self.taxonomy = taxonomy

    def show(self, statuses: Mapping[str, str]) -> None:
        """Show taxonomies, each with how far its classification has come."""
        self.tabs = tuple(Tab(name, status) for name, status in statuses.items())

    def render_line(self, y: int) -> Strip:
        """Draw the tabs."""
        segments: list[Segment] = []
        for tab, text in self._placed() if y == 0 else ():
            style = "tabs--open" if tab.namespace == self.opened else "tabs--done" if tab.status == "submitted" else ""
            segments.append(Segment(text, self.get_component_rich_style(style, partial=True) if style else None))
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Say which tab was clicked."""
        start = 0
        for tab, text in self._placed():
            start += cell_len(text)
            if event.x < start:
                self.post_message(self.Chosen(tab.namespace))
                return

    def _placed(self) -> list[tuple[Tab, str]]:
        """Names in full when they fit, else short ones for all but the open tab."""
        names = [inert(tab.namespace) for tab in self.tabs]
        placed = list(self._written(names))
        if sum(cell_len(text) for _, text in placed) > self.size.width:
            short = short_names(names)
            open_too = [
                name if tab.namespace == self.opened else short[place] for place, (tab, name) in self._numbered(names)
            ]
            placed = list(self._written(open_too))
        return placed

    def _numbered(self, names: Sequence[str]) -> Iterator[tuple[int, tuple[Tab, str]]]:
        return enumerate(zip(self.tabs, names, strict=True))

    def _written(self, names: Sequence[str]) -> Iterator[tuple[Tab, str]]:
        for tab, name in zip(self.tabs, names, strict=True):
            words = f"{name} {SYMBOLS[tab.status]}"
            yield tab, f"[{words}]" if tab.namespace == self.opened else f" {words} "
