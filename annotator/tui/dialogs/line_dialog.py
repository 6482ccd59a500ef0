"""A dialog over a list of lines, such as a history or the evidence of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip

from annotator.tui.cells import fit, inert
from annotator.tui.dialogs.dialog import Dialog, Hint, Words
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.widgets.line_list import LineList

REMOVE = "remove"


class Lines(LineList):
    """Lines of text, one row each."""

    DEFAULT_CSS = "Lines { height: auto; max-height: 20; background: $surface; }"

    def __init__(self, lines: Sequence[str]) -> None:
        """Take the lines as they come."""
        super().__init__(self.draw, len(lines))
        self.lines = lines

    def draw(self, index: int, width: int) -> Strip:
        """Draw a line."""
        return Strip([Segment(fit(f" {inert(self.lines[index])}", width))])


class LineDialog(Dialog[tuple[str, int]]):
    """Shows lines; dismisses with what is wanted, `choose` or `remove`, and the line's number."""

    DEFAULT_CSS = "LineDialog > #box { width: 100; }"

    BINDINGS = bindings_for("removing")

    def __init__(self, keys: Keys, title: str, lines: Sequence[str], *, hint: str, removes: bool = False) -> None:
        """Take the keys, the lines, the keys that do something with them, and whether a line can be removed."""
        super().__init__(keys)
        self.PLACE = "removable" if removes else "dialog"
        self.question = title
        self.rows = Lines(lines)
        self.hint = hint
        self.removes = removes

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical(id="box"):
            yield Words(self.question, id="title")
            yield self.rows
            yield Hint(self.hint)

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Dismiss with the line."""
        self.dismiss(("choose", event.index))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to remove lines only where that is possible."""
        return self.removes if action == "remove_line" else super().check_action(action, parameters)

    def action_remove_line(self) -> None:
        """Dismiss with the wish to remove the line."""
        if self.removes and self.rows.count:
            self.dismiss((REMOVE, self.rows.cursor))
