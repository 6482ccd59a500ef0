"""How the keys of choices and the keys of actions share the keyboard."""

from __future__ import annotations

from collections.abc import Collection

from textual.keys import key_to_character

from annotator.tui.actions import PLACES, Place, actions_in
from annotator.tui.choice_filter import DIGITS, KeyPlan
from annotator.tui.keys import Keys, display

RESERVED = (
    "next_line", "previous_line", "next_field", "previous_field", "open_field", "filter_choices", "unknown",
    "evidence", "next_problem", "previous_problem", "undo", "help", "back",
)  # fmt: skip
"""Actions that mean the same on every field, so no choice may take their keys."""
WRITING = (("⏎", "take", ""), ("tab", "complete", ""), ("esc", "stop writing", ""))
FILTERING = (("⏎", "choose", ""), ("↑↓", "go", ""), ("esc", "all choices", ""))
Entry = tuple[str, str, str]


def key_plan(keys: Keys) -> KeyPlan:
    """Which characters choices may use beside these keys."""
    reserved = {character for name in RESERVED for character in _characters(keys.of(name))}
    actions = actions_in(*PLACES["tagging"])
    busy = {character for action in actions for character in _characters(keys.of(action.id))}
    return KeyPlan(frozenset(reserved), frozenset(busy) - set(DIGITS))


def footer(keys: Keys, place: Place, taken: Collection[str] = ()) -> tuple[Entry, ...]:
    """The footer of a pane; keys that choices have taken give way to another key of the action."""
    entries = []
    for shown, words, name in keys.footer(place):
        free = [key for key in keys.in_place(name, place) if key_to_character(key) not in taken] if taken else []
        if name == "choose" or not taken:
            entries.append((shown, words, name))
        elif free:
            entries.append((display(free[0]), words, name))
    return tuple(entries)


def _characters(names: Collection[str]) -> list[str]:
    return [character for name in names if (character := key_to_character(name)) and len(character) == 1]
