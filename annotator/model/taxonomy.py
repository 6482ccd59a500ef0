"""What a taxonomy is: fields, choices, guidance and conditions, as written in YAML, and what conditions hide."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from operator import ge, gt, le, lt
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import ConfigDict, PrivateAttr, StringConstraints, model_validator
from pydantic import Field as Setting

from annotator.model.classification import Answer
from annotator.model.frozen import Frozen
from annotator.model.limits import LARGEST, LARGEST_SENT
from annotator.model.outline import (
    ChoiceOutline,
    FieldOutline,
    Kind,
    Level,
    Removed,
    SubjectKind,
    TaxonomyOutline,
    Words,
    choice_words,
    in_every_language,
    in_language,
    removed_choices,
)

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", max_length=120)]


class _Caching(Frozen):
    """The base of values that keep what was computed of them."""

    def __copy__(self) -> Self:
        """Copy without cached properties: the copy may be about to differ."""
        copied = super().__copy__()
        for cached in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[cached]
        return copied


class Choice(Frozen, ChoiceOutline):
    """One permitted value of a field; `id` is what is stored."""

    id: Identifier
    """What is stored. Keep it when the label changes."""
    label: Words
    """What people read."""
    alias: list[str] = []
    """Other spellings that imports accept for this choice."""
    key: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    """One character that chooses it on the keyboard."""
    definition: Words | None = None
    """What the choice means."""
    use_when: Words | None = None
    """What must be true for it to be the right choice."""
    avoid_when: Words | None = None
    """When another choice is the right one, and which."""
    examples: list[str] = []
    """Cases in which it was the right choice."""
    children: list[Choice] = []
    """Narrower choices, for kind tree."""

    def walk(self) -> Iterator[Choice]:
        """Yield this choice and everything below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


COMPARISONS = (
    "equals", "not_equals", "in", "not_in", "includes", "includes_any", "includes_all",
    "greater_than", "at_least", "less_than", "at_most", "answered", "state",
)  # fmt: skip
Scalar = str | bool | int | float


class Condition(Frozen):
    """Either one comparison on one field, or `all`, `any`, `not` of conditions."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    all: list[Condition] | None = Setting(None, min_length=1)
    """Every one of these holds."""
    any: list[Condition] | None = Setting(None, min_length=1)
    """At least one of these holds."""
    negated: Condition | None = Setting(None, alias="not")
    """This does not hold."""
    field: str | None = None
    """Id of the field to look at."""
    equals: Scalar | None = None
    """The value is this."""
    not_equals: Scalar | None = None
    """There is a value, and it is not this."""
    in_: list[Scalar] | None = Setting(None, alias="in")
    """The value is one of these."""
    not_in: list[Scalar] | None = None
    """There is a value, and it is none of these."""
    includes: Scalar | None = None
    """Among the values is this, or something below it in the tree."""
    includes_any: list[Scalar] | None = None
    """Among the values is one of these."""
    includes_all: list[Scalar] | None = None
    """All of these are among the values."""
    greater_than: float | str | None = None
    """The value is larger, later or higher on the scale."""
    at_least: float | str | None = None
    """The value is this or larger."""
    less_than: float | str | None = None
    """The value is smaller, earlier or lower on the scale."""
    at_most: float | str | None = None
    """The value is this or smaller."""
    answered: bool | None = None
    """Whether there is any answer or state at all."""
    state: Literal["answered", "empty", "unknown", "not_applicable"] | None = None
    """The answer has this state."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Condition:
        joined = [self.all, self.any, self.negated]
        given = sum(part is not None for part in joined) + (self.field is not None)
        if given != 1:
            raise ValueError("a condition is one of: all, any, not, or field with one comparison")
        if self.field is not None and self.comparison is None:
            raise ValueError(f"compare field {self.field!r} with one of: {', '.join(COMPARISONS)}")
        if self.field is None and any(True for _ in self._comparisons()):
            raise ValueError("a comparison needs the field it is about")
        return self

    def _comparisons(self) -> Iterator[tuple[str, Any]]:
        for name in COMPARISONS:
            value = getattr(self, "in_" if name == "in" else name)
            if value is not None:
                yield name, value

    @property
    def comparison(self) -> tuple[str, Any] | None:
        """The one comparison of a leaf, as (name, operand); None when there are none or several."""
        found = list(self._comparisons())
        return found[0] if len(found) == 1 else None

    def fields_read(self) -> set[str]:
        """Ids of all fields this condition looks at."""
        below = [*(self.all or []), *(self.any or []), *([self.negated] if self.negated else [])]
        own = {self.field} if self.field else set()
        return own.union(*(condition.fields_read() for condition in below))


class Completion(Frozen):
    """Where completions of a field of text or tags come from."""

    history: bool = True
    """What was answered to this field before, by anybody who may be seen."""
    fields: list[Identifier] = []
    """Answers to other fields of the same classification."""
    entities: bool = False
    """Names of the incident's entities."""


class Field(_Caching, FieldOutline):
    """One question of a taxonomy."""

    id: Identifier
    """What is stored. Keep it when the label changes."""
    label: Words | None = None
    """What people read; the id made readable when left out."""
    alias: list[str] = []
    """Other names that imports accept for this field (AIID's short_name where it differs)."""
    number: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")] | None = None
    """Its place in the form, such as 2.1; written in quotes."""
    heading: Words | None = None
    """Title over it, instead of the one its number gives it."""
    short: Words | None = None
    """Guidance in one line."""
    guidance: Words | None = None
    """How to answer, as long as it needs to be."""
    placeholder: Words | None = None
    """What stands in the empty field."""
    kind: Kind
    """What a value is; decides which of the other keys are possible."""
    choices: list[Choice] = []
    """The permitted values of single, multi, tree and scale, in order."""
    multiple: bool = False
    """For trees: whether several nodes may be chosen."""
    select: Literal["leaf", "any"] = "any"
    """For trees: whether only choices without children may be chosen."""
    at_least: Annotated[int, Setting(ge=0, le=LARGEST)] | None = None
    """Fewest values, where there can be several."""
    at_most: Annotated[int, Setting(ge=1, le=LARGEST)] | None = None
    """Most values, where there can be several."""
    minimum: float | None = None
    """Smallest number."""
    maximum: float | None = None
    """Largest number."""
    pattern: str | None = None
    """Regular expression that the whole text must match."""
    default: Any = None
    """Offered first, never stored until somebody chooses it."""
    required: bool = False
    """Whether a classification can be submitted without an answer or a state."""
    evidence: Literal["required", "optional", "none"] = "optional"
    """Whether an answer can or must quote a report."""
    applies_to: list[SubjectKind] | None = None
    """Kinds of subject it is asked about, when not all of the taxonomy's."""
    visible_if: Condition | None = None
    """When it is asked; without a condition, always."""
    public: bool = True
    """Whether answers are published."""
    facet: bool = False
    """Whether lists can be filtered by it."""
    complete_from: Completion = Completion()
    """Where completions come from."""
    level: Level | None = None
    """Level of measurement; `measured_as` fills in the default for the kind."""
    fields: list[Field] = []
    """The sub-fields of a group."""
    _removed: Mapping[str, Removed] = PrivateAttr(default_factory=dict)

    def remembering(self, versions: Sequence[tuple[int, Field]], number: int) -> Field:
        """The same, knowing the choices of earlier versions, which come with their numbers, oldest first."""
        parts = {sub.id: [(n, part) for n, field in versions for part in field.fields if part.id == sub.id]
                 for sub in self.fields}  # fmt: skip
        made = self.model_copy(update={"fields": [sub.remembering(parts[sub.id], number) for sub in self.fields]})
        made._removed = removed_choices([*versions, (number, self)])
        return made

    @cached_property
    def all_choices(self) -> dict[str, Choice]:
        """Every choice at any depth, by id, in the order of the file."""
        return {choice.id: choice for top in self.choices for choice in top.walk()}

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every way sources write a choice, to its id: labels first, then aliases and ids."""
        found: dict[str, str] = {}
        choices = self.all_choices.values()
        for choice in choices:
            for label in in_every_language(choice.label):
                found.setdefault(label, choice.id)
        for choice in choices:
            for name in (*choice.alias, choice.id):
                found.setdefault(name, choice.id)
        return found


def removed_in(field: Field, value: Any) -> list[str]:
    """The choices in words that a value holds and only earlier versions had; of a group those of its rows."""
    found: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            found += [words for sub in field.fields for words in removed_in(sub, each.get(sub.id))]
        elif isinstance(each, str) and each in field.removed:
            found.append(choice_words(field, each))
    return found


class Heading(Frozen):
    """A title over the fields whose number begins with its own."""

    number: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
    """It stands over the fields whose number begins so."""
    label: Words
    """What people read."""


class RemovedField(NamedTuple):
    """A field that an earlier version had."""

    field: Field
    """As it last was."""
    version: int
    """The first version without it."""


class Taxonomy(_Caching, TaxonomyOutline):
    """A named, versioned set of fields."""

    namespace: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_\-]*$", max_length=64)]
    """Its name for programs. Never changes."""
    version: Annotated[int, Setting(ge=1, le=LARGEST_SENT)] = 1
    """Raised whenever the meaning of something changes."""
    title: Words | None = None
    """Its name for people."""
    source: str | None = None
    """Where the taxonomy comes from: a link, not a text."""
    applies_to: list[SubjectKind] = ["incident", "report"]
    """Kinds of subject it is about."""
    guidance: Words | None = None
    """What it is for, and how to work with it."""
    headings: list[Heading] = []
    """Titles over parts of the form."""
    fields: Annotated[list[Field], Setting(min_length=1)]
    """The questions, in order."""
    _removed: Mapping[str, RemovedField] = PrivateAttr(default_factory=dict)

    @property
    def removed(self) -> Mapping[str, RemovedField]:
        """The fields that only earlier versions had, by id, as far as they are known here."""
        return self._removed

    def known(self, field_id: str) -> Field | None:
        """A field of this version, else as an earlier one had it."""
        gone = self._removed.get(field_id)
        return self.by_id.get(field_id) or (gone.field if gone else None)

    def remembering(self, earlier: Sequence[Taxonomy]) -> Taxonomy:
        """The same, knowing the fields and choices that earlier versions had and this one lacks; oldest first."""
        fields = [
            field.remembering([(t.version, t.by_id[field.id]) for t in earlier if field.id in t.by_id], self.version)
            for field in self.fields
        ]
        gone = {
            field.id: RemovedField(field, later.version)
            for then, later in pairwise([*earlier, self])
            for field in then.fields
            if field.id not in later.by_id
        }
        made = self.model_copy(update={"fields": fields})
        made._removed = {each: gone[each] for each in gone if each not in self.by_id}
        return made

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the content, whatever the layout of the file it was read from."""
        return hashlib.sha256(self.model_dump_json(by_alias=True, exclude_defaults=True).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        """Compare by content, cheaply, so that what is derived from a taxonomy can be cached."""
        return isinstance(other, Taxonomy) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        """Hash by content, as equality does."""
        return hash(self.sha256)

    @cached_property
    def by_id(self) -> dict[str, Field]:
        """Top-level fields by id, in the order of the file."""
        return {field.id: field for field in self.fields}

    @cached_property
    def headings_of(self) -> dict[str, str]:
        """The heading shown over each field: its own, else the longest matching number."""
        found: dict[str, str] = {}
        for field in self.fields:
            own = in_language(field.heading)
            for heading in sorted(self.headings, key=lambda each: len(each.number)):
                if not field.heading and f"{field.number}.".startswith(f"{heading.number}."):
                    own = in_language(heading.label)
            found[field.id] = own
        return found

    def fields_for(self, kind: SubjectKind) -> list[Field]:
        """The fields asked about one kind of subject, in order."""
        return [field for field in self.fields if kind in (field.applies_to or self.applies_to)]


# Which fields a classification shows, from `visible_if`

ORDERINGS = {"greater_than": gt, "at_least": ge, "less_than": lt, "at_most": le}


def hidden_fields(taxonomy: Taxonomy, answers: Mapping[str, Answer]) -> frozenset[str]:
    """Ids of the fields whose condition does not hold; a hidden field counts as unanswered."""
    hidden: set[str] = set()
    for field_id in _known_order(taxonomy):
        condition = taxonomy.by_id[field_id].visible_if
        if condition and not _holds(condition, taxonomy, answers, hidden):
            hidden.add(field_id)
    return frozenset(hidden)


@lru_cache(maxsize=64)
def _known_order(taxonomy: Taxonomy) -> list[str]:
    """The order of a taxonomy's fields, worked out once: it is asked for at every keystroke."""
    return evaluation_order(taxonomy)


def evaluation_order(taxonomy: Taxonomy) -> list[str]:
    """Field ids so that each comes after those its condition reads; raises CycleError."""
    reads = {field.id: sorted(_read_by(field) & taxonomy.by_id.keys()) for field in taxonomy.fields}
    return list(TopologicalSorter(reads).static_order())


def cycle_in(taxonomy: Taxonomy) -> list[str] | None:
    """The ids of fields whose conditions wait for each other, the first one again at the end; or None."""
    try:
        evaluation_order(taxonomy)
    except CycleError as error:
        return list(error.args[1])
    return None


def _read_by(field: Field) -> set[str]:
    return field.visible_if.fields_read() if field.visible_if else set()


def _holds(condition: Condition, taxonomy: Taxonomy, answers: Mapping[str, Answer], hidden: set[str]) -> bool:
    if condition.all is not None:
        return all(_holds(each, taxonomy, answers, hidden) for each in condition.all)
    if condition.any is not None:
        return any(_holds(each, taxonomy, answers, hidden) for each in condition.any)
    if condition.negated is not None:
        return not _holds(condition.negated, taxonomy, answers, hidden)
    field_id = condition.field or ""
    answer = None if field_id in hidden else _as_given(answers.get(field_id))
    name, operand = condition.comparison or ("answered", True)
    return _compare(name, operand, answer, taxonomy.by_id[field_id])


def _as_given(answer: Answer | None) -> Answer | None:
    """An answer as it was before it was hidden, so that what was hidden earlier decides nothing."""
    if answer is None or answer.state != "hidden":
        return answer
    return None if answer.value is None else answer.model_copy(update={"state": "answered"})


def _compare(name: str, operand: Any, answer: Answer | None, field: Field) -> bool:
    if name == "answered":
        return (answer is not None) is operand
    if name == "state":
        return answer is not None and answer.state == operand
    if answer is None or answer.state != "answered":
        return False
    if name.startswith("includes"):
        wanted = operand if isinstance(operand, list) else [operand]
        held = _with_ancestors(answer.value, field)
        return (any if name == "includes_any" else all)(value in held for value in wanted)
    if field.kind == "scale" and name in ORDERINGS:
        return _compare_scalar(name, _rank(operand, field), _rank(answer.value, field))
    return _compare_scalar(name, operand, answer.value)


def _rank(choice_id: Any, field: Field) -> int | None:
    """The position of a choice on its scale."""
    return next((place for place, each in enumerate(field.all_choices) if each == choice_id), None)


def _compare_scalar(name: str, operand: Any, value: Any) -> bool:
    if name == "equals":
        return bool(value == operand)
    if name == "not_equals":
        return bool(value != operand)
    if name in {"in", "not_in"}:
        return (value in operand) is (name == "in")
    try:
        return bool(ORDERINGS[name](value, operand))
    except TypeError:  # a number against a text, or no such choice: neither larger nor smaller
        return False


def _with_ancestors(value: Any, field: Field) -> set[Any]:
    """The values held; in a tree each brings the nodes above it, so a parent stands for all below."""
    held = value if isinstance(value, list) else [value]
    if field.kind != "tree":
        return {each for each in held if not isinstance(each, dict)}
    return {step for each in held for step in field.path(each)}
