"""Whose answers stand in which column, under which number and letter, and how the width is shared. Pure."""

from __future__ import annotations

from typing import NamedTuple

from annotator.models.review import Review
from annotator.session.manner import Manner, letter

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
