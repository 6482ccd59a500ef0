"""Which choices of a field are shown, in which order and under which keys. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from annotator.model.outline import in_language
from annotator.model.taxonomy import Choice, Field
from annotator.tui.keys import Keys, usual_keys

DIGITS = "123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
YES, NO = "yes", "no"
PATH_SEPARATOR = " ‹ "


class Option(NamedTuple):
    """One line of an open field."""

    id: str
    label: str
    key: str = ""
    depth: int = 0
    is_branch: bool = False
    is_open: bool = False
    is_chosen: bool = False
    can_choose: bool = True
    chosen_below: int = 0
    """Choices chosen under a closed branch."""


@dataclass(frozen=True)
class KeyPlan:
    """Which characters choices may use."""

    reserved: frozenset[str] = frozenset()
    """Never taken by a choice: keys that must mean the same on every field."""
    busy: frozenset[str] = frozenset()
    """Keys of actions: a choice's own key may cover them, a key given out here does not."""
    table: Keys = field(default_factory=usual_keys)
    """The keys of actions, which texts of the form name."""


@dataclass(frozen=True)
class Opening:
    """How far an open field is unfolded, filtered and used before."""

    chosen: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    marked: str = ""
    typed: str | None = None
    """What the filter holds; None when nobody is filtering."""
    recent: tuple[str, ...] = ()
    keys: KeyPlan = field(default_factory=KeyPlan)


class ChoiceList:
    """The choices of one field, prepared for showing and searching."""

    def __init__(self, asked: Field) -> None:
        """Take a field; yes and no are the choices of a bool."""
        self.field = asked
        self.top = _bool_choices() if asked.kind == "bool" else asked.choices
        self.by_id: dict[str, Choice] = {each.id: each for top in self.top for each in top.walk()}
        self.parents = asked.parents if asked.kind == "tree" else {}

    @cached_property
    def _searched(self) -> list[tuple[Choice, str, str]]:
        """Each choice that can be chosen, with its label and everything it is known by, folded for comparing."""
        found = []
        for choice in self.by_id.values():
            if self.can_choose(choice):
                words = [*self._names(choice), *(in_language(self.by_id[step].label) for step in self.path(choice.id))]
                found.append((choice, folded(in_language(choice.label)), folded(" ".join(words))))
        return found

    def can_choose(self, choice: Choice) -> bool:
        """Whether a choice is itself an answer, not only a group of others."""
        return not (choice.children and self.field.kind == "tree" and self.field.select == "leaf")

    def path(self, choice_id: str) -> list[str]:
        """Ids from the top down to a choice."""
        return self.field.path(choice_id) if self.parents else [choice_id]

    def branches_of(self, chosen: Collection[str]) -> frozenset[str]:
        """The branches to open so that what is chosen can be seen."""
        return frozenset(step for each in chosen if each in self.by_id for step in self.path(each)[:-1])

    def options(self, opening: Opening) -> list[Option]:
        """The lines to show now."""
        if opening.typed is not None:
            return self._matching(opening)
        shown = list(self._unfolded(self.top, 0, opening))
        keys = self._keys([option.id for option in shown], opening)
        return [option._replace(key=keys.get(option.id, "")) for option in shown]

    def option_for(self, character: str, opening: Opening) -> Option | None:
        """The option a key stands for: the key shown, in a plain list also the place by number."""
        options = self.options(opening)
        if opening.typed is not None:
            return None
        shown = next((option for option in options if option.key == character), None)
        if shown is None and not self.parents and character in DIGITS and int(character) <= len(options):
            return options[int(character) - 1]
        return shown

    def _unfolded(self, choices: Sequence[Choice], depth: int, opening: Opening) -> Iterator[Option]:
        for choice in choices:
            is_open = choice.id in opening.opened
            yield self._option(choice, depth, is_open, opening)
            if is_open:
                yield from self._unfolded(choice.children, depth + 1, opening)

    def _option(self, choice: Choice, depth: int, is_open: bool, opening: Opening) -> Option:
        below = 0 if is_open else sum(each.id in opening.chosen for each in choice.walk() if each is not choice)
        return Option(
            id=choice.id,
            label=in_language(choice.label),
            depth=depth,
            is_branch=bool(choice.children),
            is_open=is_open,
            is_chosen=choice.id in opening.chosen,
            can_choose=self.can_choose(choice),
            chosen_below=below,
        )

    def _matching(self, opening: Opening) -> list[Option]:
        """Everything that matches what was typed: best match first, then what was used before."""
        words = list(dict.fromkeys(folded(opening.typed or "").split()))
        recent = {choice_id: place for place, choice_id in enumerate(opening.recent)}
        ranked = []
        for place, (choice, label, text) in enumerate(self._searched):
            if all(word in text for word in words):
                rank = _rank(label, text, " ".join(words)) if words else 0
                ranked.append((rank, recent.get(choice.id, len(recent)), place, choice))
        return [self._found(choice, opening) for _, _, _, choice in sorted(ranked, key=lambda each: each[:3])]

    def _found(self, choice: Choice, opening: Opening) -> Option:
        above = [in_language(self.by_id[step].label) for step in self.path(choice.id)[:-1]]
        label = PATH_SEPARATOR.join([in_language(choice.label), *reversed(above)])
        return Option(choice.id, label, is_chosen=choice.id in opening.chosen)

    def _level(self, opening: Opening) -> list[str]:
        """The choices that keys speak of first: those below the marked branch when it is open, else beside it."""
        marked = self.by_id.get(opening.marked)
        if marked and marked.children and marked.id in opening.opened:
            return [child.id for child in marked.children]
        return self._beside(opening.marked)

    def _beside(self, choice_id: str) -> list[str]:
        parent = self.parents.get(choice_id)
        return [choice.id for choice in (self.by_id[parent].children if parent else self.top)]

    def _keys(self, shown: Collection[str], opening: Opening) -> dict[str, str]:
        """Give the open level its keys, then the levels above it what is free."""
        level = [each for each in self._level(opening) if each in shown]
        keys = self._own_keys(level, opening, ())
        free = [letter for letter in LETTERS if letter not in opening.keys.reserved | opening.keys.busy]
        given = iter([letter for letter in free if letter not in keys.values()])
        for place, choice_id in enumerate(level):
            if choice_id not in keys:
                digit = DIGITS[place : place + 1]
                keys[choice_id] = digit if digit and digit not in keys.values() else next(given, "")
        while level and (parent := self.parents.get(level[0])):
            level = self._beside(parent)
            others = [each for each in level if each not in opening.opened]
            keys |= self._own_keys(others, opening, keys.values())
            for choice_id in others:
                digit = DIGITS[level.index(choice_id) : level.index(choice_id) + 1]
                if choice_id not in keys and digit not in keys.values():
                    keys[choice_id] = digit
        return keys

    def _own_keys(self, level: Sequence[str], opening: Opening, taken: Collection[str]) -> dict[str, str]:
        """The keys that choices ask for, as far as they are free."""
        keys: dict[str, str] = {}
        for choice_id in level:
            own = self.by_id[choice_id].key
            if own and own not in opening.keys.reserved and own not in keys.values() and own not in taken:
                keys[choice_id] = own
        return keys

    def _names(self, choice: Choice) -> list[str]:
        labels = [choice.label] if isinstance(choice.label, str) else list(choice.label.values())
        return [*labels, *choice.alias, choice.id]


def folded(text: str) -> str:
    """Make texts comparable: one width, one case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _rank(label: str, text: str, typed: str) -> int:
    if label.startswith(typed):
        return 0
    if f" {typed}" in f" {label}":
        return 1
    return 2 if typed in label else 3 if typed in text else 4


def _bool_choices() -> list[Choice]:
    return [Choice(id=YES, label="yes", key="y"), Choice(id=NO, label="no", key="n")]
