"""All keys of a screen, made from the table of actions."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip

from annotator.tui.actions import GROUP_WORDS, PLACES, Action, Place, actions_in
from annotator.tui.cells import fit
from annotator.tui.dialogs.dialog import Dialog, Hint
from annotator.tui.keys import Keys, display
from annotator.tui.queue.rows import FLAG, SYMBOLS, UNSAVED
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine

Line = tuple[str, str]
"""Keys and words; a headline has no keys."""


NO_KEY = "–"
"""Stands for the keys of an action, where the open field takes them all."""


def help_lines(keys: Keys, place: Place, taken: frozenset[str] = frozenset()) -> list[Line]:
    """What the help of a place says, line by line; an open field takes some characters for its choices."""
    lines: list[Line] = []
    for group in sorted(PLACES[place], key=lambda group: group == "list"):
        lines += [("", ""), ("", GROUP_WORDS[group])]
        lines += [_help_line(keys, action, place, taken) for action in actions_in(group)]
    marks = [(symbol, f"{status} (in the queue)") for status, symbol in SYMBOLS.items()]
    return [
        *lines[1:],
        ("", ""),
        ("", "Marks"),
        *marks,
        (FLAG, "flagged"),
        (UNSAVED, "holds what you typed and did not save"),
    ]


def _help_line(keys: Keys, action: Action, place: Place, taken: frozenset[str]) -> Line:
    free = keys.free(action.id, place, taken)
    if free or not taken:
        return " ".join(map(display, free)), action.words
    own = keys.all_shown(action.id, place)
    return NO_KEY, f"{action.words} (the open field takes {own})"


class HelpRows(LineList):
    """The lines of the help, scrollable."""

    COMPONENT_CLASSES = {"help--keys", "help--group"}
    DEFAULT_CSS = """
    HelpRows {
        height: 1fr;
        background: $surface;
        & > .help--keys { color: $accent; }
        & > .help--group { color: $primary; text-style: bold; }
    }
    """

    def __init__(self, lines: list[Line]) -> None:
        """Take the lines."""
        super().__init__(self.draw, len(lines))
        self.lines = lines

    def draw(self, index: int, width: int) -> Strip:
        """Draw one line."""
        keys, words = self.lines[index]
        if not keys:
            return Strip([Segment(fit(words, width), self.get_component_rich_style("help--group", partial=True))])
        style = self.get_component_rich_style("help--keys", partial=True)
        return Strip([Segment(fit(keys, 17) + " ", style), Segment(fit(words, width - 18))])


class HelpScreen(Dialog[None]):
    """Lists the keys; any of enter, escape or the help key leaves."""

    DEFAULT_CSS = "HelpScreen > #box { width: 76; height: 92%; }"

    def __init__(self, keys: Keys, place: Place, taken: frozenset[str] = frozenset()) -> None:
        """Take the keys as configured, the place they are wanted for, and what an open field takes of them."""
        super().__init__(keys)
        self.rows = HelpRows(help_lines(keys, place, taken))

    def compose(self) -> ComposeResult:
        """Lay the lines out."""
        with Vertical(id="box"):
            yield TextLine("Keys", "change them in the config file", id="title")
            yield self.rows
            yield Hint(self.told("{line_up}{line_down} scroll   {cancel} close"))

    def on_line_list_chosen(self) -> None:
        """Leave."""
        self.dismiss(None)
