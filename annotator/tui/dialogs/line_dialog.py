"""A dialog over a list of lines, such as a history or the evidence of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nlargest

from rich.cells import cell_len
from rich.segment import Segment
from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip

from annotator.tui.cells import fit, inert
from annotator.tui.dialogs.dialog import Dialog, Hint, Words
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLines

REMOVE = "remove"
WIDEST, MOST_LINES, SHARE = 100, 20, 0.96
"""Cells of a box and lines of its list at most, and how much of the screen the box takes at most."""
MEASURED = 1_000
"""Of the lines with the most characters, how many are measured to find the widest: of 100,000 that takes a frame."""
FRAME, BESIDE = 4, 3
"""Cells of a box beside its content, and of a list beside a line: pointer, margin and scroll bar."""


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
    """Shows lines; dismisses with what is wanted, `choose` or `remove`, and the line's number.

    Where lines are cut, the one of the cursor is told in full below them.
    """

    DEFAULT_CSS = """
    LineDialog {
        & > #box { width: 100; }
        & #full { color: $secondary; }
    }
    """

    BINDINGS = bindings_for("removing")

    title_line = getters.query_one("#title", TextLines)
    full = getters.query_one("#full", TextLines)

    def __init__(self, keys: Keys, title: str, lines: Sequence[str], *, hint: str, removes: bool = False) -> None:
        """Take the keys, the lines, the keys that do something with them, and whether a line can be removed."""
        super().__init__(keys)
        self.PLACE = "removable" if removes else "dialog"
        self.question = title
        self.rows = Lines(lines)
        self.hint = hint
        self.removes = removes
        self._longest = max(nlargest(MEASURED, lines, key=len), key=cell_len, default="")

    def compose(self) -> ComposeResult:
        """Lay the list out."""
        with Vertical(id="box"):
            yield Words(self.question, id="title")
            yield self.rows
            yield TextLines(id="full", most=5, margin=2)
            yield Hint(self.hint)

    def on_resize(self) -> None:
        """Share the screen among the list, room for the longest line that is cut in it, and what stands around."""
        width, height = self._width, int(self.size.height * SHARE) - 2
        self.full.display = self._is_cut(self._longest)
        self.full.least, self.full.text = 0, self._longest
        self.full.least = self.full.height_at(width)
        others = [self.title_line, self.hint_line, *([self.full] if self.full.display else [])]
        self.rows.styles.max_height = max(1, min(MOST_LINES, height - sum(each.height_at(width) for each in others)))
        self._tell_cut()

    @property
    def _width(self) -> int:
        """How wide the content of the box is, in cells."""
        return min(WIDEST, int(self.size.width * SHARE)) - FRAME

    def _is_cut(self, line: str) -> bool:
        return cell_len(line) > self._width - BESIDE

    def _tell_cut(self) -> None:
        line = self.rows.lines[self.rows.cursor] if self.rows.lines else ""
        self.full.text = line if self._is_cut(line) else ""

    def on_line_list_moved(self) -> None:
        """Tell the line of the cursor in full, where it is cut."""
        self._tell_cut()

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
