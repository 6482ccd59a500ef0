"""Which key does what: the defaults of the table, with what the config file changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import combinations
from string import Formatter

from textual.binding import Binding, BindingType
from textual.keys import Keys as KeyNames
from textual.keys import format_key

from annotator.errors import RequestError
from annotator.tui.actions import ACTIONS, BY_ID, PLACES, Action, Group, Place, actions_in
from annotator.tui.text_keys import WRITES_ALWAYS, character_of, is_text, written_with

_NAMED = {key.value for key in KeyNames} | {"newline", "comma"}
_MODIFIERS = ("ctrl+", "shift+", "alt+")


def bindings_for(*groups: Group) -> list[BindingType]:
    """Textual bindings of some groups at their default keys; the app's keymap moves them."""
    return [_binding(action) for action in actions_in(*groups) if action.bound]


def bindings_of(*action_ids: str) -> list[BindingType]:
    """Textual bindings of some actions, where not all of their group make sense."""
    return [_binding(BY_ID[action_id]) for action_id in action_ids]


def _binding(action: Action) -> Binding:
    """Bind an action; keys of a dialog reach nothing below, so what works everywhere names the app."""
    done_by = f"app.{action.id}" if action.group == "everywhere" else action.id
    return Binding(",".join(named(action.keys)), done_by, action.words, id=action.id)


def named(keys: str) -> tuple[str, ...]:
    """Split `?,ctrl+p` into Textual's names of the keys: question_mark, ctrl+p."""
    parts = [part.strip() for part in keys.split(",")]
    return tuple(binding.key for binding in Binding.make_bindings([Binding(part, "") for part in parts if part]))


def display(key: str) -> str:
    """Write one of Textual's key names the way a person reads it: `?`, `^p`, `PgDn`."""
    modifiers, plus, bare = key.rpartition("+")
    shown = format_key(bare)
    shown = shown.upper() if bare[:1] == "f" and bare[1:].isdigit() else shown
    return f"{modifiers}{plus}{shown}".replace("ctrl+", "^")


_SPELLED = {"enter": "enter", "backspace": "backspace"}
"""Keys that a sentence names by a word, where the footer has a sign."""


def spelled(key: str) -> str:
    """Write one of Textual's key names the way it stands in a sentence: `enter`, `ctrl+s`, `F1`."""
    modifiers, plus, bare = key.rpartition("+")
    return f"{modifiers}{plus}{_SPELLED.get(bare) or display(bare)}"


class Keys:
    """The keys of every action, after the config file had its say."""

    def __init__(self, changed: Mapping[str, str] | None = None) -> None:
        """Take the changes by action id; RequestError tells what is wrong with them."""
        changed = changed or {}
        _refuse_unknown(changed)
        self._keys = {action.id: named(changed.get(action.id, action.keys)) for action in ACTIONS}
        self._changed = frozenset(changed)
        self._reach: dict[tuple[str, Place], tuple[str, ...]] = {}
        for place in PLACES:
            _refuse_conflicts(place, self._keys)
        if changed:
            _refuse_written(changed, self._keys)

    @property
    def keymap(self) -> dict[str, str]:
        """What Textual has to move, by binding id."""
        return {name: ",".join(self._keys[name]) for name in sorted(self._changed)}

    def of(self, action_id: str) -> tuple[str, ...]:
        """All keys of an action, in Textual's names."""
        return self._keys[action_id]

    def in_place(self, action_id: str, place: Place) -> tuple[str, ...]:
        """The keys that reach an action in one place: a narrower action wins a shared key."""
        if (action_id, place) not in self._reach:
            self._reach[action_id, place] = _reaching(BY_ID[action_id], place, self._keys)
        return self._reach[action_id, place]

    def free(self, action_id: str, place: Place, taken: frozenset[str]) -> tuple[str, ...]:
        """The keys that reach an action in one place where an open field takes these characters for its choices."""
        keys = self.in_place(action_id, place)
        return keys if action_id == "choose" else tuple(key for key in keys if character_of(key) not in taken)

    def shown(self, action_id: str, place: Place | None = None) -> str:
        """The first key of an action as a person reads it; a run of digits as `1-9`."""
        keys = self.in_place(action_id, place) if place else self.of(action_id)
        if _is_run(keys):
            return f"{keys[0]}-{keys[-1]}"
        return display(keys[0]) if keys else ""

    def all_shown(self, action_id: str, place: Place) -> str:
        """All keys of an action as a person reads them: `↓ j`."""
        return " ".join(display(key) for key in self.in_place(action_id, place))

    def told(self, sentence: str, place: Place | None = None, **words: object) -> str:
        """Put the keys of actions into a sentence, such as `{keep} keep   {cancel} close`.

        Other placeholders stand for `words`; LookupError for one that is neither.
        """
        wanted = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
        if unknown := wanted - words.keys() - BY_ID.keys():
            raise LookupError(f"{sentence!r} names {', '.join(sorted(unknown))}, which is neither an action nor given")
        keys = {name: self._spelled(name, place) for name in wanted - words.keys()}
        return sentence.format(**keys, **words)

    def _spelled(self, action_id: str, place: Place | None) -> str:
        keys = self.in_place(action_id, place) if place else self.of(action_id)
        if _is_run(keys):
            return f"{keys[0]}-{keys[-1]}"
        return spelled(keys[0]) if keys else ""

    def footer(self, place: Place) -> list[tuple[str, str, str]]:
        """What the footer of one place shows: key, words, action id."""
        actions = [action for group in PLACES[place] for action in actions_in(group) if action.footer]
        return [(self.shown(action.id, place), action.footer, action.id) for action in actions]


@cache
def usual_keys() -> Keys:
    """The keys of the table, where nobody changed any."""
    return Keys()


def _is_run(keys: tuple[str, ...]) -> bool:
    return len(keys) > 2 and all(key.isdigit() for key in keys)


def _reaching(action: Action, place: Place, keys: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if action.group != "everywhere":
        return keys[action.id]
    taken = _taken(place, keys)
    writes = place in WRITES_ALWAYS
    return tuple(key for key in keys[action.id] if key not in taken and not (writes and is_text(key)))


def _taken(place: Place, keys: Mapping[str, tuple[str, ...]]) -> dict[str, Action]:
    """The keys of what works in one place, and not everywhere."""
    narrower = [group for group in PLACES[place] if group != "everywhere"]
    return {key: other for other in actions_in(*narrower) for key in keys[other.id]}


def _refuse_unknown(changed: Mapping[str, str]) -> None:
    for name, keys in changed.items():
        if name not in BY_ID:
            raise RequestError(f"keys: there is no action {name!r}. Without this line, the help screen lists all.")
        if name == "choose":
            raise RequestError(
                "keys: choose cannot be moved: every choice shows its own key, which a taxonomy may give."
            )
        if not isinstance(keys, str) or not named(keys):
            raise RequestError(f"keys: {name} needs at least one key, such as {BY_ID[name].keys!r}.")
        for key in named(keys):
            if not _is_key(key):
                raise RequestError(f"keys: {name}: there is no key {key!r}. Keys look like: g, ?, f5, ctrl+g, home.")


def _is_key(key: str) -> bool:
    bare = key
    while bare.startswith(_MODIFIERS):
        bare = bare.partition("+")[2]
    return bare in _NAMED or key in _NAMED or len(format_key(bare)) == 1


def _refuse_conflicts(place: Place, keys: Mapping[str, tuple[str, ...]]) -> None:
    actions = actions_in(*PLACES[place])
    for one, other in combinations(actions, 2):
        if (one.group == "everywhere") == (other.group == "everywhere"):
            _refuse_shared(one, other, set(keys[one.id]) & set(keys[other.id]))
    for action in actions:
        if not _reaching(action, place, keys):
            taken = _taken(place, keys)
            why = ", ".join(_whose(key, taken.get(key)) for key in keys[action.id])
            raise RequestError(f"keys: no key is left for {action.id} ({action.words}): {why}. Give it another one.")


def _whose(key: str, other: Action | None) -> str:
    """Say what a key does instead of what works everywhere."""
    if other:
        return f"{display(key)} is given to {other.id} ({other.words})"
    return f"{display(key)} would be written as text in a line or a dialog"


def _refuse_written(changed: Iterable[str], keys: Mapping[str, tuple[str, ...]]) -> None:
    usual = {action.id: named(action.keys) for action in ACTIONS}
    for name, key, does in written_with(changed, keys, usual):
        raise RequestError(
            f"keys: {name} ({BY_ID[name].words}) cannot have {spelled(key)}: where a text is written, {does}. "
            "Give it another key."
        )


def _refuse_shared(one: Action, other: Action, shared: Iterable[str]) -> None:
    for key in shared:
        raise RequestError(
            f"keys: {display(key)} is given to both {one.id} ({one.words}) and {other.id} ({other.words}). "
            "Give one of them another key."
        )
