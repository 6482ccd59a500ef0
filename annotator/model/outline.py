"""A taxonomy as far as comparing answers needs it: its questions and choices, without how to answer them.

What makes two answers equal stands here too. `model.taxonomy` adds the rest of a taxonomy, and checks
everything. What a database keeps was checked when it was written, so a command that only compares
reads it plainly and starts without pydantic.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

Words = str | dict[str, str]
"""One text, or the same text per language code: `{en: Death, ja: 死亡}`."""


def in_language(words: Words | None, language: str = "en") -> str:
    """Pick the text for a language, else English, else whatever is there first."""
    if words is None:
        return ""
    if isinstance(words, str):
        return words
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


def in_every_language(words: Words | None) -> list[str]:
    """All the texts there are."""
    if words is None:
        return []
    return [words] if isinstance(words, str) else list(words.values())


Kind = Literal[
    "single", "multi", "tree", "bool", "scale", "integer", "number",
    "date", "text", "long_text", "tags", "location", "group",
]  # fmt: skip
Level = Literal["nominal", "ordinal", "interval", "ratio", "set", "tree"]
SubjectKind = Literal["incident", "report"]
LEVELS: dict[str, Level] = {
    "multi": "set", "tags": "set", "group": "set",
    "scale": "ordinal", "integer": "ratio", "number": "ratio", "date": "interval",
}  # fmt: skip
"""The level of measurement of a kind, where that is not nominal."""


class ChoiceOutline:
    """One permitted value of a field."""

    if TYPE_CHECKING:
        id: str
        label: Words
        children: Sequence[ChoiceOutline]

    def walk(self) -> Iterator[ChoiceOutline]:
        """Yield this choice and everything below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


class Removed(NamedTuple):
    """A choice that an earlier version had."""

    label: Words
    version: int
    """The first version without it."""
    behind: str = ""
    """The id of the choice before it where it last stood; empty where it was the first."""


class FieldOutline:
    """One question of a taxonomy."""

    if TYPE_CHECKING:
        _removed: Mapping[str, Removed]
        id: str
        label: Words | None
        alias: Sequence[str]
        number: str | None
        kind: Kind
        choices: Sequence[ChoiceOutline]
        multiple: bool
        select: Literal["leaf", "any"]
        applies_to: Sequence[SubjectKind] | None
        public: bool
        level: Level | None

    @property
    def name(self) -> str:
        """The label, else the id made readable."""
        return in_language(self.label) or self.id.replace("_", " ")

    @property
    def holds_many(self) -> bool:
        """Whether a value is a list."""
        return self.kind in {"multi", "tags", "group"} or (self.kind == "tree" and self.multiple)

    @property
    def has_choices(self) -> bool:
        """Whether values are ids of choices."""
        return self.kind in {"single", "multi", "tree", "scale"}

    @cached_property
    def all_choices(self) -> Mapping[str, ChoiceOutline]:
        """Every choice at any depth, by id, in the order of the file."""
        return {choice.id: choice for top in self.choices for choice in top.walk()}

    @property
    def removed(self) -> Mapping[str, Removed]:
        """The choices that only earlier versions had, by id, as far as they are known here."""
        return self._removed

    @cached_property
    def parents(self) -> dict[str, str]:
        """The id of the parent of each choice that has one."""
        return {child.id: choice.id for choice in self.all_choices.values() for child in choice.children}

    def path(self, choice_id: str) -> list[str]:
        """Ids from the top of the tree down to a choice."""
        steps = [choice_id]
        while steps[0] in self.parents:
            steps.insert(0, self.parents[steps[0]])
        return steps

    @property
    def measured_as(self) -> Level:
        """The level of measurement, with the default of the kind."""
        if self.level:
            return self.level
        if self.kind == "tree":
            return "set" if self.multiple else "tree"
        return LEVELS.get(self.kind, "nominal")


class TaxonomyOutline:
    """A named, versioned set of fields."""

    if TYPE_CHECKING:
        namespace: str
        version: int
        title: Words | None
        applies_to: Sequence[SubjectKind]
        fields: Sequence[FieldOutline]

    @property
    def name(self) -> str:
        """The title, else the namespace."""
        return in_language(self.title) or self.namespace

    @cached_property
    def by_id(self) -> Mapping[str, FieldOutline]:
        """Top-level fields by id, in the order of the file."""
        return {field.id: field for field in self.fields}


def removed_choices(versions: Sequence[tuple[int, FieldOutline]]) -> dict[str, Removed]:
    """What earlier versions of a field could be answered with and the last one cannot; versions with their numbers."""
    now, found = versions[-1][1], dict[str, Removed]()
    for (_, then), (number, later) in pairwise(versions):
        for before, choice in zip(("", *then.all_choices), then.all_choices.values(), strict=False):
            if choice.id not in later.all_choices:
                found[choice.id] = Removed(choice.label, number, before)
    return {each: found[each] for each in found if each not in now.all_choices} if now.has_choices else {}


def choice_words(field: FieldOutline, choice_id: str) -> str:
    """The label of a choice; one that there is no longer is marked."""
    if choice := field.all_choices.get(choice_id):
        return in_language(choice.label)
    if gone := field.removed.get(choice_id):
        return f"{in_language(gone.label)} (removed in version {gone.version})"
    return choice_id


def outline_of(document: Mapping[str, Any], earlier: Sequence[TaxonomyOutline] = ()) -> TaxonomyOutline:
    """Read a taxonomy as the database keeps it: checked, and without what is as usual; `earlier` oldest first."""
    return _Taxonomy(document, earlier)


class _Choice(ChoiceOutline):
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.id = document["id"]
        self.label = document["label"]
        self.children = [_Choice(each) for each in document.get("children", ())]


class _Field(FieldOutline):
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.id = document["id"]
        self.label = document.get("label")
        self.alias = document.get("alias", ())
        self.number = document.get("number")
        self.kind = document["kind"]
        self.choices = [_Choice(each) for each in document.get("choices", ())]
        self.multiple = document.get("multiple", False)
        self.select = document.get("select", "any")
        self.applies_to = document.get("applies_to")
        self.public = document.get("public", True)
        self.level = document.get("level")
        self._removed = {}

    def remember(self, removed: Mapping[str, Removed]) -> None:
        """Keep what only earlier versions had."""
        self._removed = removed


class _Taxonomy(TaxonomyOutline):
    def __init__(self, document: Mapping[str, Any], earlier: Sequence[TaxonomyOutline]) -> None:
        self.namespace = document["namespace"]
        self.version = document.get("version", 1)
        self.title = document.get("title")
        self.applies_to = document.get("applies_to", ("incident", "report"))
        self.fields = [self._field(_Field(each), earlier) for each in document["fields"]]

    def _field(self, field: _Field, earlier: Sequence[TaxonomyOutline]) -> _Field:
        before = [(each.version, each.by_id[field.id]) for each in earlier if field.id in each.by_id]
        field.remember(removed_choices([*before, (self.version, field)]))
        return field


Position = tuple[str, ...]
"""What makes two answers equal: the state, then the values as texts, sorted."""


def position(state: str, value: Any) -> Position:
    """What somebody holds: state and values, in whatever order; as the disagreements are counted."""
    return (state, *sorted(each for each in readable_values(value) if each is not None))


def readable_values(value: Any) -> list[str | None]:
    """A value as texts: one per item of a list, one None where there is nothing."""
    if isinstance(value, list):
        return [_readable(item) for item in value] or [None]
    return [None if value is None else _readable(value)]


def _readable(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
