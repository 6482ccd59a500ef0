"""Which keys write or edit where a text is written, so that no action can be moved onto them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from textual.binding import Binding
from textual.keys import KEY_ALIASES, KEY_NAME_REPLACEMENTS, key_to_character

from annotator.tui.actions import Group, Place, actions_in

Editor = Literal["line", "area"]
Named = Mapping[str, tuple[str, ...]]
"""Keys by action id, in Textual's names."""


class Written(NamedTuple):
    """A place where a text is written, and the actions that work while it is."""

    editors: tuple[Editor, ...]
    groups: tuple[Group, ...]
    actions: tuple[str, ...] = ()
    takes_letters: bool = True
    """False where actions also work beside the text, so that letters are good keys for them."""


WRITTEN = (
    Written(("line",), ("writing", "asking", "naming", "searching", "finding")),
    Written(("area", "line"), ("keeping", "dialog")),
    Written(("line",), (), ("next_input",)),
    Written(("area", "line"), ("everywhere",), takes_letters=False),
    Written(("line",), (), ("submit", "undo", "redo", "next_pane"), takes_letters=False),
)
"""Lines of forms and dialogs, text areas, searches; `WRITES_ALWAYS` looks after letters that work everywhere."""

WRITES_ALWAYS: frozenset[Place] = frozenset({"writing", "searching", "finding", "editor", "ask", "name"})
"""Places where every key with a character is text."""


_FULL_NAMES = {short: full for full, short in KEY_NAME_REPLACEMENTS.items()}


def character_of(key: str) -> str | None:
    """The character of one of Textual's key names, also of those it shortens and then does not know: slash, minus."""
    return key_to_character(_FULL_NAMES.get(key, key))


def is_text(key: str) -> bool:
    """Whether a key writes a character."""
    character = character_of(key)
    return character is not None and character.isprintable()


def written_with(changed: Iterable[str], keys: Named, usual: Named) -> Iterator[tuple[str, str, str]]:
    """Find the changed keys that would write or edit instead: action, key, and what it does in words.

    Keys that the table itself gives to an action of the same place are deliberate.
    """
    moved = set(changed)
    for written in WRITTEN:
        actions = [*(action.id for action in actions_in(*written.groups)), *written.actions]
        deliberate = {key for each in actions for key in usual[each] if not is_text(key)}
        for action_id in sorted(moved.intersection(actions)):
            for key in keys[action_id]:
                if key not in deliberate and key not in usual[action_id] and (does := _does(key, written)):
                    yield action_id, key, does


def _does(key: str, written: Written) -> str:
    """What a key does while a text is written, instead of its action; nothing where it is free."""
    if is_text(key):
        return "it would be written as text" if written.takes_letters else ""
    return next((f"it means: {editing(each)[key]}" for each in written.editors if key in editing(each)), "")


@cache
def editing(editor: Editor) -> dict[str, str]:
    """What Textual's own editors do with keys that write nothing; loads them."""
    from textual.widgets import Input, TextArea

    found = dict(_said_of(Input.BINDINGS if editor == "line" else TextArea.BINDINGS))
    if editor == "area":
        found.setdefault("enter", "New line")
    aliases = {alias: does for key, does in found.items() for alias in KEY_ALIASES.get(key, ())}
    return {**aliases, **found}


def _said_of(bindings: Iterable[Binding | tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for binding in Binding.make_bindings(bindings):  # type: ignore[arg-type]
        yield binding.key, binding.description or binding.action.replace("_", " ")
