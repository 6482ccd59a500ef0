"""Every action of the desk in one table: its keys, its words and where it works.

Footer, help screen, command palette and documentation are made from this table. Keys are
written as a person would: `g`, `?`, `ctrl+p`, `pagedown`; several are joined with commas,
and a comma itself is called `comma`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Group = Literal["everywhere", "dialog", "list", "queue", "editing", "tagging"]
Place = Literal["queue", "tagging", "dialog"]

PLACES: dict[Place, tuple[Group, ...]] = {
    "queue": ("list", "queue", "editing", "everywhere"),
    "tagging": ("tagging", "editing", "everywhere"),
    "dialog": ("dialog", "list", "everywhere"),
}
"""Which groups work together on one screen. `everywhere` gives way to the others."""

GROUP_WORDS: dict[Group, str] = {
    "everywhere": "Everywhere",
    "dialog": "In a dialog",
    "list": "In a list",
    "queue": "Queue",
    "editing": "Changes",
    "tagging": "Tagging",
}


class Action(NamedTuple):
    """Something a person can do with a key."""

    id: str
    """The name in the `keys` part of the config file; the screen has a method `action_<id>`."""
    keys: str
    words: str
    group: Group
    footer: str = ""
    """The shorter words of the footer; actions without are only in the help."""
    bound: bool = True
    """False where a widget handles the keys itself, because they depend on what is shown."""


_EVERYWHERE = (
    Action("help", "f1,?", "Help: all keys of this screen", "everywhere", "help"),
    Action("command_palette", "ctrl+p", "Find an action by its name", "everywhere"),
    Action("toggle_theme", "f3,t", "Switch between the dark and the light theme", "everywhere"),
    Action("quit", "ctrl+q", "Quit; everything is already saved", "everywhere"),
)
_DIALOG = (
    Action("cancel", "escape", "Close without changing anything", "dialog", "close"),
    Action("value_before", "left", "Value before", "dialog"),
    Action("next_value", "right,space", "Next value", "dialog", "change"),
)
_LIST = (
    Action("line_down", "down,j", "Next line", "list"),
    Action("line_up", "up,k", "Previous line", "list"),
    Action("page_down", "pagedown", "One page down", "list"),
    Action("page_up", "pageup", "One page up", "list"),
    Action("first_line", "home,g", "First line", "list"),
    Action("last_line", "end,G", "Last line", "list"),
    Action("choose_line", "enter", "Open or choose this line", "list", "open"),
)
_QUEUE = (
    Action("continue_work", "c", "Continue where you stopped", "queue", "continue"),
    Action("search", "/", "Search titles and texts as you type", "queue", "search"),
    Action("filter", "f", "Filter by kind, taxonomy, status, annotator, date or flag", "queue", "filter"),
    Action("show_all", "escape", "Leave the search, then drop all filters", "queue"),
    Action("next_order", "s", "Sort by the next column", "queue", "sort"),
    Action("reverse_order", "S", "Reverse the order", "queue"),
    Action("random", "r", "Go to a random subject", "queue", "random"),
    Action("choose_taxonomy", "x", "Tag under one taxonomy of your choice", "queue"),
    Action("leave", "q", "Quit; everything is already saved", "queue", "quit"),
)
_EDITING = (
    Action("undo", "u", "Undo your last change, whichever subject it was", "editing", "undo"),
    Action("redo", "ctrl+r", "Redo what you undid", "editing"),
)
_TAGGING = (
    Action("next_field", "down,j", "Next field", "tagging"),
    Action("previous_field", "up,k", "Previous field", "tagging"),
    Action("choose", "1,2,3,4,5,6,7,8,9", "Choose by number; choices with a key of their own show it", "tagging",
           "choose", bound=False),
    Action("open_field", "enter,space", "Open the field, or choose the marked choice", "tagging", "answer"),
    Action("filter_choices", "/", "Filter long lists and trees as you type", "tagging"),
    Action("next_problem", "m", "Next unanswered or invalid field", "tagging", "missing"),
    Action("unknown", "?", "The source does not say", "tagging", "unknown"),
    Action("not_applicable", "x", "The question does not apply here", "tagging"),
    Action("state_empty", "z", "Looked, and there is none", "tagging"),
    Action("clear", "0,backspace,delete", "Take the answer back: unanswered again", "tagging"),
    Action("evidence", "e", "Attach the selected text as evidence", "tagging", "evidence"),
    Action("notes", "o", "Write a note", "tagging"),
    Action("flag", "!", "Raise or resolve a flag", "tagging"),
    Action("guidance", "G", "Guidance of this field in full", "tagging"),
    Action("submit", "ctrl+s", "Submit and go to the next subject", "tagging", "submit & next"),
    Action("skip", "K", "Skip this subject, with a reason", "tagging"),
    Action("reopen", "R", "Reopen a submitted classification", "tagging"),
    Action("history", "H", "History of this classification", "tagging"),
    Action("next_pane", "tab", "Go to the other pane", "tagging"),
    Action("previous_pane", "shift+tab", "Go back to the pane before", "tagging"),
    Action("next_taxonomy", "],ctrl+right", "Next taxonomy", "tagging"),
    Action("previous_taxonomy", "[,ctrl+left", "Previous taxonomy", "tagging"),
    Action("next_report", "n", "Next report of this incident", "tagging"),
    Action("previous_report", "p", "Previous report of this incident", "tagging"),
    Action("next_subject", "N", "Next subject, without submitting", "tagging"),
    Action("previous_subject", "P", "Previous subject", "tagging"),
    Action("back", "escape", "Back to the queue", "tagging", "back"),
)  # fmt: skip

ACTIONS: tuple[Action, ...] = _EVERYWHERE + _DIALOG + _LIST + _QUEUE + _EDITING + _TAGGING
BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def actions_in(*groups: Group) -> list[Action]:
    """The actions of some groups, in the order of the table."""
    return [action for action in ACTIONS if action.group in groups]
