"""Choose one of a few named things, such as a taxonomy."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip

from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.plain import fit, inert
from annotator.tui.widgets.rows import LineList
from annotator.tui.widgets.text_line import TextLine

Option = tuple[str, str]
"""What is returned, and what is shown."""


class OptionRows(LineList):
    """The options, one a line."""

    DEFAULT_CSS = "OptionRows { height: auto; max-height: 12; background: $surface; }"

    def __init__(self, options: Sequence[Option]) -> None:
        """Take the options."""
        super().__init__(len(options))
        self.options = options

    def draw(self, index: int, width: int) -> Strip:
        """Draw the words of an option."""
        return Strip([Segment(fit(f" {inert(self.options[index][1])}", width))])


class Choose(Dialog[str]):
    """A list to choose from; dismisses with the id of the chosen option."""

    def __init__(self, title: str, options: Sequence[Option], chosen: str = "") -> None:
        """Take the options; the cursor starts on `chosen`."""
        super().__init__()
        self.question = title
        self.rows = OptionRows(options)
        self.start = next((index for index, option in enumerate(options) if option[0] == chosen), 0)

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical(id="box"):
            yield TextLine(self.question, id="title")
            yield self.rows
            yield TextLine("enter choose   esc close", id="hint")

    def on_mount(self) -> None:
        """Start on the option chosen so far."""
        self.rows.cursor = self.start

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Dismiss with the option."""
        self.dismiss(self.rows.options[event.index][0])
