"""Confusion matrices of one field: what one annotator says in rows, what another says in columns.

Rows and columns are whole answers, as everywhere in agreement: several choices of one answer are
one value, and so is a branch of a tree. Values that never met are left out. They stand in the
order of the taxonomy or of numbers; those that have none, such as sets, most frequent first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

from annotator.agreement.value_pairs import Met, value_pairs
from annotator.comparing.categories import Categories
from annotator.comparing.category_words import label
from annotator.comparing.comparison import Comparison
from annotator.comparing.pair_rows import pair_cells
from annotator.models.outline import FieldOutline

Cell = tuple[int, int]
"""Row and column."""


@dataclass(frozen=True)
class Matrix:
    """Counts of pairs of values. Of all annotators it is symmetric: each two of them count once, in both halves."""

    values: tuple[Hashable, ...]
    """The categories of rows and columns."""
    labels: tuple[str, ...]
    """The same in words."""
    met: Mapping[Cell, Met]
    pair: tuple[str, str] | None = None
    """Whose values stand in rows, and whose in columns; None for all annotators."""

    def at(self, row: int, column: int) -> Met:
        """How often a value of the rows met one of the columns."""
        return self.met.get((row, column), Met(0, 0))

    @cached_property
    def rows(self) -> list[int]:
        """How many pairs of annotators are in each row."""
        return [
            sum(self.at(row, column).pairs for column in range(len(self.values))) for row in range(len(self.values))
        ]

    @cached_property
    def columns(self) -> list[int]:
        """How many pairs of annotators are in each column."""
        return [
            sum(self.at(row, column).pairs for row in range(len(self.values))) for column in range(len(self.values))
        ]

    @cached_property
    def most(self) -> int:
        """The largest count."""
        return max((met.pairs for met in self.met.values()), default=0)

    def share(self, row: int, column: int) -> float:
        """The part of a row that is in one column, 0 … 1."""
        return self.at(row, column).pairs / self.rows[row] if self.rows[row] else 0.0


def of_everybody(comparison: Comparison, field: FieldOutline) -> Matrix:
    """Each two annotators of each subject, any number of annotators."""
    table = comparison.table(field)
    found = value_pairs(table)
    both = {**found, **{(column, row): met for (row, column), met in found.items()}}
    return _matrix(comparison.categories(field), both)


def of_pair(comparison: Comparison, field: FieldOutline, a: str, b: str) -> Matrix:
    """Two annotators: one in rows, the other in columns."""
    cells = pair_cells(comparison, field)
    turned = (b, a) in cells
    known = comparison.categories(field)
    moved = known.in_order()[1]
    found: dict[Cell, Met] = {}
    for (left, right), times in cells.get((b, a) if turned else (a, b), {}).items():
        row, column = (right, left) if turned else (left, right)
        found[moved[row], moved[column]] = Met(times, times)
    return _matrix(known, found, (a, b))


def _matrix(known: Categories, met: Mapping[Cell, Met], pair: tuple[str, str] | None = None) -> Matrix:
    order, _ = known.in_order()
    used = _ranked(known, met)
    at = {place: number for number, place in enumerate(used)}
    values = tuple(order[place] for place in used)
    labels = tuple(label(known.field, value) for value in values)
    return Matrix(values, labels, {(at[row], at[column]): each for (row, column), each in met.items()}, pair)


def _ranked(known: Categories, met: Mapping[Cell, Met]) -> list[int]:
    """The places that occur, in their order; those without one by how often they occur."""
    often: Counter[int] = Counter()
    for (row, column), each in met.items():
        often[row] += each.pairs
        often[column] += each.pairs
    if known.level in {"ordinal", "interval", "ratio"}:
        return sorted(often)
    listed = len(known.listed)
    return sorted(often, key=lambda place: (place, 0, 0) if place < listed else (listed, -often[place], place))
