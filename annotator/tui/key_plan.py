"""How the keys of choices and the keys of actions share the keyboard."""

from __future__ import annotations

from collections.abc import Collection

from textual.widget import Widget

from annotator.tui.actions import PLACES, Place, actions_in
from annotator.tui.keys import Keys, display
from annotator.tui.text_keys import character_of
from annotator.tui.widgets.form.choices import DIGITS, KeyPlan
from annotator.tui.widgets.form.state import ROWED, FormState
from annotator.tui.widgets.search_box import FindBox, find_footer

RESERVED = (
    "next_line", "previous_line", "next_field", "previous_field", "open_field", "filter_choices", "unknown",
    "evidence", "next_problem", "previous_problem", "undo", "help", "back",
)  # fmt: skip
"""Actions that mean the same on every field, so no choice may take their keys."""
Entry = tuple[str, str, str]


def key_plan(keys: Keys) -> KeyPlan:
    """Which characters choices may use beside these keys."""
    reserved = {character for name in RESERVED for character in _characters(keys.of(name))}
    actions = actions_in(*PLACES["tagging"])
    busy = {character for action in actions for character in _characters(keys.of(action.id))}
    return KeyPlan(frozenset(reserved), frozenset(busy) - set(DIGITS), keys)


def footer(keys: Keys, place: Place) -> tuple[Entry, ...]:
    """The footer of a pane."""
    return tuple(keys.footer(place))


def pane_footer(keys: Keys, place: Place, state: FormState | None, focused: Widget | None) -> tuple[Entry, ...]:
    """The footer of the report, of the line that finds words in it, or of the form."""
    if isinstance(focused, FindBox):
        return find_footer(keys)
    if state is None or place in {"report", "ruling_report"}:
        return footer(keys, place)
    return form_footer(keys, state, place)


def form_footer(keys: Keys, state: FormState, place: Place = "tagging") -> tuple[Entry, ...]:
    """The footer of the form, as far as the open field leaves the keys to their actions."""
    if state.is_writing:
        return writing_footer(keys, state)
    taken = taken_by(state)
    entries = [_answering(keys, state)]
    for _, words, name in keys.footer(place):
        free = keys.free(name, place, taken)
        if free and name != "choose":
            entries.append((display(free[0]), words, name))
    return tuple(entries)


def taken_by(state: FormState | None) -> frozenset[str]:
    """The characters that the open field takes for its choices, whatever actions they are keys of."""
    return frozenset(option.key for option in state.options if option.key) if state else frozenset()


def writing_footer(keys: Keys, state: FormState) -> tuple[Entry, ...]:
    """The footer while keys are text."""
    if state.written is not None:
        return footer(keys, "writing")
    go = keys.shown("completion_before") + keys.shown("completion_after")
    return (
        (keys.shown("accept"), "choose", "accept"),
        (go, "go", ""),
        (keys.shown("stop_writing"), "all choices", "stop_writing"),
    )


def _answering(keys: Keys, state: FormState) -> Entry:
    """How the focused field is answered."""
    shown = keys.shown("open_field", "tagging")
    if state.focus in state.aside:
        return keys.shown("clear", "tagging"), "clear", "clear"
    if state.field is None:
        return shown, "submit", "open_field"
    if state.field.kind in ROWED:
        return shown, "add", "open_field"
    if not state.options:
        return shown, "write", "open_field"
    return next(entry for entry in keys.footer("tagging") if entry[2] == "choose")


def _characters(names: Collection[str]) -> list[str]:
    return [character for name in names if (character := character_of(name)) and len(character) == 1]
