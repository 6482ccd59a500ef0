"""What somebody who decides looks at, as one value. Pure: every change makes a new state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as setting
from functools import cached_property
from typing import NamedTuple

from annotator.desk.settings import SOMEBODY, Manner, letter
from annotator.model.classification import Answer
from annotator.model.review import Comparison, Precedent, Review
from annotator.model.taxonomy import Field, Taxonomy
from annotator.tui.words import hand_in_words

NUMBERED = 9
"""Columns that a number key reaches."""
LEAST_CELL = 12
MOST_CELL = 30
STYLES = 6
"""Styles of annotators; further ones begin again, and the letter tells them apart."""


class Column(NamedTuple):
    """One annotator."""

    name: str
    """As stored."""
    shown: str
    """The name, or the letter when names are hidden."""
    mark: str
    """The letter that stands for the annotator in the report."""
    number: int

    @property
    def key(self) -> str:
        """The number that adopts the answer, where there is one."""
        return str(self.number) if self.number <= NUMBERED else ""

    @property
    def style(self) -> str:
        """The name of the annotator's style."""
        return f"by-{(self.number - 1) % STYLES + 1}"

    @property
    def head(self) -> str:
        """What stands over the column."""
        named = "" if self.shown == self.mark else f" {self.shown}"
        return f"{self.key} {self.mark}{named}".strip()

    @property
    def who(self) -> str:
        """How the annotator is called in a sentence."""
        return self.shown if self.shown == self.mark else f"{self.mark} {self.shown}"


def columns_of(review: Review, manner: Manner) -> tuple[Column, ...]:
    """The columns from left to right."""
    names = manner.names(review)
    return tuple(Column(name, shown, letter(place), place + 1) for place, (name, shown) in enumerate(names.items()))


class Grid(NamedTuple):
    """Widths in cells, each with the gap after it."""

    name: int
    cell: int
    shown: int
    """How many columns there is room for."""
    ruling: int


def grid_of(width: int, columns: int) -> Grid:
    """Share a width among the name of the field, the columns and the ruling."""
    ruling = 12 if width < 100 else 24
    name = min(36, max(16, width * 3 // 10))
    room = width - name - ruling
    shown = max(1, min(columns, room // LEAST_CELL))
    cell = min(MOST_CELL, room // shown)
    return Grid(width - ruling - shown * cell, cell, shown, ruling)


AGREED = "*agreed*"
"""Stands for the line of the agreed fields; ids of fields cannot look like this."""
POINTER_AND_MARK = 5
"""Cells before the name of a field."""


@dataclass(frozen=True)
class ReviewState:
    """One subject side by side."""

    review: Review
    taxonomy: Taxonomy
    columns: tuple[Column, ...]
    focus: str = AGREED
    is_unfolded: bool = False
    first: int = 0
    """The leftmost column shown."""
    width: int = 80
    precedents: tuple[Precedent, ...] = ()
    """Earlier rulings on the focused field between the same answers."""
    problems: Mapping[str, str] = setting(default_factory=dict)
    """What keeps the subject from being adjudicated, by field."""
    refusal: str = ""
    """Why this person may not decide here."""
    pending: Mapping[str, Answer] = setting(default_factory=dict)
    """Rulings on their way to the file, by field."""
    refused: Mapping[str, str] = setting(default_factory=dict)
    """Rulings that are not in the file and still to be put right: what was ruled and why not, by field."""
    begun: frozenset[str] = frozenset()
    """Fields at which something was typed, in a form or dialog, and not ruled; it is there again when one rules."""
    remarks: tuple[str, ...] = ()
    """What stands over everything: why it is stale, why this person may not decide."""
    elsewhere: str = ""
    """Where what an import brought as decided comes from, in words."""
    is_hidden: bool = False
    """Whether names are hidden."""

    # What there is

    @cached_property
    def by_field(self) -> dict[str, Comparison]:
        """The comparisons by field."""
        return {each.field: each for each in self.review.fields}

    @cached_property
    def disputed(self) -> list[Comparison]:
        """The fields to look at first: those that differ, and those somebody ruled on."""
        return [each for each in self.review.fields if each.is_disputed or each.ruling or each.outdated]

    @cached_property
    def agreed(self) -> list[Comparison]:
        """The other fields."""
        held = {each.field for each in self.disputed}
        return [each for each in self.review.fields if each.field not in held]

    @cached_property
    def open(self) -> list[str]:
        """The fields that wait for a ruling, those apart that have one on its way."""
        return [each.field for each in self.review.fields if each.is_open and each.field not in self.pending]

    @cached_property
    def order(self) -> list[str]:
        """The stations from top to bottom."""
        stations = [each.field for each in self.disputed]
        if self.agreed:
            stations.append(AGREED)
        return stations + ([each.field for each in self.agreed] if self.is_unfolded else [])

    @property
    def is_adjudicated(self) -> bool:
        """Whether the decisions are on record."""
        return self.review.adjudicated.status == "adjudicated"

    @property
    def is_published(self) -> bool:
        """Whether readers have them before them."""
        return self.review.adjudicated.publish == "published"

    @cached_property
    def troubles(self) -> Mapping[str, str]:
        """What is wrong with fields: why the subject is not adjudicated, and which rulings were not saved."""
        return {**self.problems, **self.refused}

    @property
    def compared(self) -> Comparison | None:
        """The focused field's comparison."""
        return self.by_field.get(self.focus)

    @property
    def field(self) -> Field | None:
        """The focused field; None where the taxonomy no longer has it."""
        return self.taxonomy.by_id.get(self.focus)

    @property
    def grid(self) -> Grid:
        """How the width is shared."""
        return grid_of(self.width - POINTER_AND_MARK, max(1, len(self.columns)))

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns there is room for."""
        return self.columns[self.first : self.first + self.grid.shown]

    def called(self, name: str) -> str:
        """How somebody is named here: as over the column; without one, by name unless names are hidden."""
        shown = next((column.shown for column in self.columns if column.name == name), "")
        return shown or (SOMEBODY if self.is_hidden else name)

    # What comes from outside

    def renewed(self, review: Review, refusal: str, manner: Manner) -> ReviewState:
        """A review in the place of another one, as far as the place one stands at is still there."""
        people = [*(review.adjudicated.decision.seen if review.adjudicated.decision else ()), *review.annotators]
        stale = [f"stale: {manner.told(reason, review, people)}" for reason in review.stale]
        again = [manner.told(f"{whose}: {words}", review, people)
                 for whose, told in review.revised for words in hand_in_words(told)]  # fmt: skip
        there = replace(
            self, review=review, columns=columns_of(review, manner), problems={}, refusal=refusal,
            remarks=(*stale, *again, *([refusal] if refusal else [])), is_hidden=manner.hides_names,
            elsewhere=manner.told(review.elsewhere, review, people),
        )  # fmt: skip
        return there.at(there.focus).sideways(0)

    def with_unsaved(
        self, pending: Mapping[str, Answer], refused: Mapping[str, str], begun: frozenset[str] = frozenset()
    ) -> ReviewState:
        """The same with what is not in the file: rulings on their way, refused ones, and where one was begun."""
        return replace(self, pending=pending, refused=refused, begun=begun)

    # Going about

    def at(self, station: str) -> ReviewState:
        """Go to a field; an agreed one is unfolded."""
        there = self
        if station in self.by_field and station not in self.order:
            there = replace(self, is_unfolded=True)
        if station not in there.order:
            station = there.order[0] if there.order else AGREED
        if station == there.focus:
            return there
        return replace(there, focus=station, precedents=())

    def step(self, by: int) -> ReviewState:
        """Go so many fields down or up."""
        if not self.order:
            return self
        here = self.order.index(self.focus) if self.focus in self.order else 0
        return self.at(self.order[min(max(here + by, 0), len(self.order) - 1)])

    def to_open(self, by: int) -> ReviewState:
        """Go to the next open field, or the one before, round the end."""
        if not self.open:
            return self
        places = {field: place for place, field in enumerate(self.order)}
        here = places.get(self.focus, -1)
        ahead = [field for field in self.open if (places.get(field, 0) - here) * by > 0]
        return self.at((ahead or self.open)[0 if by > 0 else -1])

    def unfolded(self) -> ReviewState:
        """Show the agreed fields, or fold them away."""
        there = replace(self, is_unfolded=not self.is_unfolded)
        return there if there.focus in there.order else there.at(AGREED)

    def sideways(self, by: int) -> ReviewState:
        """Show columns further right or left."""
        last = max(0, len(self.columns) - self.grid.shown)
        return replace(self, first=min(max(self.first + by, 0), last))

    def resized(self, width: int) -> ReviewState:
        """The same in another width."""
        return replace(self, width=width).sideways(0)
