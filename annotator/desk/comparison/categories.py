"""From codes in the database to categories that statistics can measure."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from annotator.desk.comparison.policy import State, StatePolicy
from annotator.model.outline import FieldOutline, choice_words
from annotator.store.team.samples import EMPTY, HIDDEN, NOT_APPLICABLE, UNKNOWN, Said

if TYPE_CHECKING:
    from annotator.agreement.metrics import Level

WORDS_OF = {"empty": "none", "unknown": "unknown", "not_applicable": "not applicable"}


@dataclass(frozen=True)
class Mark:
    """A state that counts as a category."""

    state: State


def label(field: FieldOutline, category: Hashable) -> str:
    """A category in words: the label of a choice, the path of a tree, the members of a set."""
    if isinstance(category, Mark):
        return f"({WORDS_OF[category.state]})"
    if isinstance(category, frozenset):
        return "; ".join(sorted(label(field, each) for each in category)) or "(none)"
    if isinstance(category, tuple):
        return " › ".join(label(field, each) for each in category)
    return _scalar(field, category)


def _scalar(field: FieldOutline, category: Hashable) -> str:
    if isinstance(category, float):
        if field.kind == "date":
            return date.fromordinal(int(category)).isoformat()
        return digits(category)
    if field.kind == "group":
        return " / ".join(
            ", ".join(map(str, each)) if isinstance(each, list) else str(each) for each in _parts(category)
        )
    if field.kind == "bool":
        return {"true": "yes", "false": "no"}.get(str(category), str(category))
    return choice_words(field, str(category))


def as_json(category: Hashable) -> Any:
    """A category as a document writes it: an id, a number, a list for a set, a state in brackets."""
    if isinstance(category, frozenset):
        return sorted(map(identifier, category))
    return category if isinstance(category, float) else identifier(category)


def identifier(category: Hashable) -> str:
    """A category as it is stored: an id, ids joined by `;`, a path joined by `/`, a state in brackets."""
    if isinstance(category, Mark):
        return f"({category.state})"
    if isinstance(category, frozenset):
        return ";".join(sorted(map(identifier, category))) or "(empty)"
    if isinstance(category, tuple):
        return "/".join(map(identifier, category))
    return digits(category) if isinstance(category, float) else str(category)


def digits(value: float) -> str:
    """A number as people write it: 1234567 and 0.5."""
    return str(int(value)) if value.is_integer() else f"{value:.12g}"


def _parts(row: Hashable) -> list[Any]:
    """The values of one row of a group, which is kept as a JSON object."""
    try:
        held = json.loads(str(row))
    except ValueError:
        return [row]
    return list(held.values()) if isinstance(held, dict) else [held]


def _values(category: Hashable) -> set[str]:
    """The values a category consists of: members of a set, the end of a path."""
    if isinstance(category, frozenset):
        return {value for each in category for value in _values(each)}
    return _values(category[-1]) if isinstance(category, tuple) else {str(category)}


STATE_OF: dict[int, State] = {EMPTY: "empty", UNKNOWN: "unknown", NOT_APPLICABLE: "not_applicable"}
LONGEST = 62
"""Choices; beyond, the number of their sets is as good as infinite."""


class Categories:
    """The categories of one field under a policy, and their positions."""

    def __init__(self, field: FieldOutline, texts: Mapping[int, str], policy: StatePolicy) -> None:
        """Take the text behind each code."""
        self.field = field
        self.texts = texts
        self.policy = policy
        self.extra: dict[Hashable, int] = {}
        """Categories the taxonomy does not list, as they are met: sets, numbers, states."""
        self._positions: dict[Said, int | None] = {}

    @cached_property
    def listed(self) -> list[Hashable]:
        """Categories the taxonomy lists, in its order."""
        if self.field.kind == "bool":
            return ["false", "true"]
        if self.level == "nominal" and self.field.has_choices and not self.field.holds_many:
            return list(self._selectable)
        if self.level == "ordinal" and self.field.has_choices:
            return list(self._selectable)
        if self.level == "tree" and not self.field.holds_many:
            return [tuple(self.field.path(choice)) for choice in self._selectable]
        return []

    @cached_property
    def level(self) -> Level:
        """The metric that the field's level of measurement calls for."""
        level = self.field.measured_as
        return "masi" if level == "set" else level

    @property
    def q(self) -> int:
        """How many categories there are to choose from; for open fields, how many occur."""
        if self.level == "masi" and self.field.has_choices:
            marks = sum(frozenset([Mark(state)]) in self.extra for state in STATE_OF.values())
            removed = self.field.removed.keys() & self.met
            return int(2 ** min(LONGEST, len(self._selectable) + len(removed))) + marks
        return len(self.listed) + len(self.extra)

    def position(self, said: Said) -> int | None:
        """The category of what one annotator said; None when it is missing under the policy."""
        if said not in self._positions:
            category = self.category(said)
            self._positions[said] = None if category is None else self.place(category)
        return self._positions[said]

    def category(self, said: Said) -> Hashable | None:
        """What was said as a value of the field's level."""
        codes = [HIDDEN - code if code <= HIDDEN else code for code in said]
        if any(code <= HIDDEN for code in said) and (0 in codes or not self.policy.counts("hidden", self.field)):
            return None
        if codes[0] in STATE_OF:
            return self._of_state(STATE_OF[codes[0]])
        return self._of_texts([self.texts[code] for code in codes])

    def in_order(self) -> tuple[tuple[Hashable, ...], list[int]]:
        """The categories in their order where they have one, and the new place of each old one."""
        extra = list(self.extra)
        if self.level in {"interval", "ratio", "ordinal"}:
            extra.sort(key=lambda each: (isinstance(each, str), each))
        else:
            extra.sort(key=lambda each: (isinstance(each, Mark), identifier(each)))
        order = self._on_scale(extra) if self.level == "ordinal" else [*self.listed, *extra]
        place = {category: number for number, category in enumerate(order)}
        return tuple(order), [place[each] for each in (*self.listed, *self.extra)]

    def _on_scale(self, extra: list[Hashable]) -> list[Hashable]:
        """The categories of a scale by rank; a choice that was removed keeps the rank it had, the others come last."""
        order = list(self.listed)
        for each in extra:
            removed = self.field.removed.get(str(each))
            behind = removed.behind if removed else each
            while behind in self.field.removed and behind not in order:
                behind = self.field.removed[str(behind)].behind
            place = order.index(behind) + 1 if behind in order else 0 if removed else len(order)
            order.insert(place, each)
        return order

    def points(self) -> dict[int, float] | None:
        """Where each position lies on a line, by rank or by value; None for a level without order."""
        order, moved = self.in_order()
        if self.level == "ordinal":
            return {position: float(rank) for position, rank in enumerate(moved)}
        if self.level in {"interval", "ratio"}:
            return {position: float(str(order[rank])) for position, rank in enumerate(moved)}
        return None

    @property
    def places(self) -> range:
        """All positions given out so far."""
        return range(len(self.listed) + len(self.extra))

    @property
    def met(self) -> set[str]:
        """The values met so far that the taxonomy does not list by themselves."""
        return {each for category in self.extra for each in _values(category)}

    @property
    def single_choices(self) -> list[Hashable]:
        """The choices that categories consist of: themselves, or the members of sets."""
        if not self.holds_sets:
            return list(self.in_order()[0])
        met = {member for each in self.extra if isinstance(each, frozenset) for member in each}
        first: list[Hashable] = list(self._selectable) if self.level == "masi" else []
        return [*first, *sorted(met.difference(first), key=lambda each: label(self.field, each))]

    @property
    def holds_sets(self) -> bool:
        """Whether categories are sets."""
        return self.level == "masi" or self.field.holds_many

    @cached_property
    def _selectable(self) -> list[str]:
        choices = self.field.all_choices.values()
        return [each.id for each in choices if not (self.field.select == "leaf" and each.children)]

    @cached_property
    def _place_of(self) -> dict[Hashable, int]:
        return {category: place for place, category in enumerate(self.listed)}

    def place(self, category: Hashable) -> int:
        """The position of a category; one the taxonomy does not list gets the next that is free."""
        if category in self._place_of:
            return self._place_of[category]
        return self.extra.setdefault(category, len(self.listed) + len(self.extra))

    def _of_state(self, state: State) -> Hashable | None:
        if not self.policy.counts(state, self.field):
            return None
        if self.level == "tree" or self.holds_sets:
            return frozenset() if state == "empty" else self._wrapped(Mark(state))
        return Mark(state)

    def _wrapped(self, mark: Mark) -> Hashable:
        return (mark,) if self.level == "tree" and not self.field.holds_many else frozenset([self._member(mark)])

    def _member(self, mark: Mark) -> Hashable:
        return (mark,) if self.level == "tree" else mark

    def _of_texts(self, texts: list[str]) -> Hashable | None:
        if self.level in {"interval", "ratio"} or (self.level == "ordinal" and not self.field.has_choices):
            return number_of(self.field, texts[0])
        if self.level == "tree":
            paths = [tuple(self.field.path(text)) for text in texts]
            return frozenset(paths) if self.field.holds_many else paths[0]
        if self.level == "masi" or self.field.holds_many:
            return frozenset(texts)
        return texts[0]


def number_of(field: FieldOutline, text: str) -> float | None:
    """A value on a line: a number, or for dates the days since year 1, in the middle of a month or year."""
    if field.kind == "date":
        return _middle(text)
    try:
        return float(json.loads(text))
    except (ValueError, TypeError):
        return None


def _middle(text: str) -> float | None:
    parts = text[:10].split("-")
    try:
        year, month, day = (int(part) for part in (*parts, *["1"] * 3)[:3])
        first = date(year, month, day)
    except ValueError:
        return None
    if len(parts) >= 3:
        return float(first.toordinal())
    after = date(year + 1, 1, 1) if len(parts) == 1 else (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (first.toordinal() + after.toordinal() - 1) / 2
