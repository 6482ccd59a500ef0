"""All keys of a screen, made from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.segment import Segment
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget

from annotator.tui.actions import GROUP_WORDS, PLACES, Action, Group, Place, actions_in
from annotator.tui.cells import fit
from annotator.tui.dialogs.ask import Line as LineOfDialog
from annotator.tui.dialogs.dialog import Dialog, Hint
from annotator.tui.dialogs.edit_text import PlainArea
from annotator.tui.dialogs.thread import ReplyArea
from annotator.tui.keys import Keys, display
from annotator.tui.queue.rows import APART, ASSIGNED, FLAG, NAMED, STALE, SYMBOLS, TALK, UNSAVED
from annotator.tui.screen import DeskScreen
from annotator.tui.text_keys import is_text
from annotator.tui.widgets.form.field_input import FieldInput
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.search_box import FindBox, SearchBox

Line = tuple[str, str]
"""Keys and words; a headline has no keys."""


TYPED_IN: dict[type[Widget], Place] = {
    FieldInput: "writing",
    SearchBox: "searching",
    FindBox: "finding",
    LineOfDialog: "ask",
    ReplyArea: "thread",
    PlainArea: "editor",
}
"""What is typed into, and the place whose keys work there before those of the place around it."""
NO_KEY = "–"
"""Stands for the keys of an action, where the open field takes them all."""


def help_lines(keys: Keys, place: Place, taken: frozenset[str] = frozenset()) -> list[Line]:
    """What the help of a place says, line by line; an open field takes some characters for its choices."""
    groups = sorted(PLACES[place], key=lambda group: group == "list")
    return _lines((group, [_help_line(keys, each, place, taken) for each in actions_in(group)]) for group in groups)


def typing_lines(place: Place, around: Place, in_force: Mapping[str, Sequence[str]]) -> list[Line]:
    """What the help says while something is typed: the keys in force there, by action, those of the editor first."""
    groups = dict.fromkeys((*PLACES[place], *PLACES[around]))
    told: set[str] = set()

    def lines_of(group: Group) -> list[Line]:
        found = [each for each in actions_in(group) if each.id in in_force and each.id not in told]
        told.update(each.id for each in found)
        return [(" ".join(map(display, in_force[each.id])), each.words) for each in found]

    return _lines((group, lines_of(group)) for group in sorted(groups, key=lambda group: group == "everywhere"))


def lines_about(screen: DeskScreen[Any] | Dialog[Any]) -> list[Line]:
    """What the help says of a screen or dialog as it stands."""
    place = next((place for kind, place in TYPED_IN.items() if isinstance(screen.focused, kind)), None)
    if place is None:
        return help_lines(screen.keys, screen.PLACE, screen.taken_keys)
    in_force: dict[str, list[str]] = {}
    for key, (_, binding, enabled, _) in screen.active_bindings.items():
        if enabled and binding.id and not is_text(key):
            in_force.setdefault(binding.id, []).append(key)
    return typing_lines(place, screen.PLACE, in_force)


def _lines(parts: Iterable[tuple[Group, list[Line]]]) -> list[Line]:
    lines: list[Line] = []
    for group, its_lines in parts:
        if its_lines:
            lines += [("", ""), ("", GROUP_WORDS[group]), *its_lines]
    marks = [(symbol, f"{status} (in the queue)") for status, symbol in SYMBOLS.items()]
    return [
        *lines[1:],
        ("", ""),
        ("", "Marks"),
        *marks,
        (APART, "in conflict (in the queue)"),
        (ASSIGNED, "yours to do (in the queue, behind the state)"),
        (STALE, "decision stale (in the queue, behind the state)"),
        (FLAG, "flagged"),
        (NAMED, "a comment names you"),
        (TALK, "has comments"),
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

    def __init__(self, keys: Keys, lines: list[Line]) -> None:
        """Take the keys as configured, and what there is to say."""
        super().__init__(keys)
        self.rows = HelpRows(lines)

    def compose(self) -> ComposeResult:
        """Lay the lines out."""
        with Vertical(id="box"):
            yield TextLine("Keys", "change them in the config file", id="title")
            yield self.rows
            yield Hint(self.told("{line_up}{line_down} scroll   {cancel} close"))

    def on_line_list_chosen(self) -> None:
        """Leave."""
        self.dismiss(None)
