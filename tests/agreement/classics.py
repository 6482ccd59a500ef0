"""Small published tables, and random ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.agreement.tables import PatternTable, Ratings, of_patterns, of_units

Unit = tuple[int | None, ...]

RELIABILITY_DATA: list[Unit] = [
    (1, 1, None, 1),
    (2, 2, 3, 2),
    (3, 3, 3, 3),
    (3, 3, 3, 3),
    (2, 2, 2, 2),
    (1, 2, 3, 4),
    (4, 4, 4, 4),
    (1, 1, 2, 1),
    (2, 2, 2, 2),
    (None, 5, 5, 5),
    (None, None, 1, 1),
    (None, None, 3, None),
]
"""Four observers, twelve units, five values with gaps: Krippendorff (2011)."""


def two_by_two(*cells: tuple[object, object, int]) -> list[tuple[object, object]]:
    """Units of two annotators from the cells of their table."""
    return [(a, b) for a, b, count in cells for _ in range(count)]


DIALOGUE_ACTS = two_by_two(
    ("STAT", "STAT", 46), ("IReq", "STAT", 6), ("IReq", "IReq", 32), ("IReq", "Chck", 6), ("Chck", "Chck", 10)
)
"""Artstein & Poesio (2008), the second example."""


@st.composite
def units(draw: st.DrawFn, q: int = 5, most: int = 4, few: int = 0) -> list[list[int]]:
    """Units with 0 to `most` values each, as positions in q categories."""
    return draw(st.lists(st.lists(st.integers(0, q - 1), max_size=most), min_size=few, max_size=25))


def random_matrix(seed: int, many: int = 60, annotators: int = 4, q: int = 5, gaps: float = 0.2) -> NDArray[np.int64]:
    """A (units, annotators) matrix of positions that follow a truth; −1 is missing."""
    random = np.random.default_rng(seed)
    truth = random.integers(q, size=(many, 1))
    said = np.where(random.random((many, annotators)) < 0.6, truth, random.integers(q, size=(many, annotators)))
    return np.where(random.random(said.shape) < gaps, -1, said)


def table_of(matrix: NDArray[np.int64], choices: Sequence[int]) -> PatternTable:
    """The pattern table of such a matrix."""
    return of_units(choices, ([int(v) for v in row if v >= 0] for row in matrix))


def rated(choices: Sequence[int], names: Sequence[str], matrix: NDArray[np.int64]) -> Ratings:
    """The same by annotator, one column each; units are named by their row."""
    units, by = np.nonzero(matrix >= 0)
    return Ratings(tuple(choices), tuple(names), tuple(range(len(matrix))), units, by, matrix[units, by])


def crosstab(a: NDArray[np.int64], b: NDArray[np.int64], q: int) -> NDArray[np.int64]:
    """Count pairs of values: one annotator's in rows, the other's in columns."""
    cells = np.zeros((q, q), dtype=np.int64)
    for one, other in zip(a, b, strict=True):
        if one >= 0 and other >= 0:
            cells[one, other] += 1
    return cells


def rebuilt(table: PatternTable) -> PatternTable:
    """The same table from its own parts, to see that nothing was lost."""
    return of_patterns(table.choices, patterns_of(table), table.q)


def patterns_of(table: PatternTable) -> list[tuple[tuple[int, ...], int]]:
    """Patterns of a table as positions in the choices."""
    starts, counts = table.counts.starts, table.counts
    found: list[tuple[tuple[int, ...], int]] = [((), table.blank)]
    for row, times in enumerate(table.times.tolist()):
        part = slice(int(starts[row]), int(starts[row + 1]))
        codes = np.repeat(table.observed[counts.codes[part]], counts.counts[part].astype(int))
        found.append((tuple(codes.tolist()), times))
    return found + [((int(c),), int(t)) for c, t in zip(table.observed, table.singles, strict=True)]
