"""Differences of choices in a tree, by path distance and cut at a depth."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, cast

import numpy as np

from annotator.agreement.arrays import Floats, Ints
from annotator.agreement.metrics import Blocks
from annotator.agreement.sets import as_set, indicators
from annotator.agreement.tables import PatternTable, of_patterns

Path = tuple[Hashable, ...]
"""A choice of a tree with what stands above it, from the top."""


class Tree(Blocks):
    """Choices of a tree by path distance, which takes the place of δ².

    The distance of two choices is the number of steps from one to the other over their lowest
    common ancestor, the root counting as one, divided by the longest such way among the observed
    choices. For sets of choices it is the mean, over the members of both, of the distance to the
    nearest member of the other set; two empty sets are equal, an empty one is 1 from any other.
    """

    def __init__(self, sets: Sequence[frozenset[Path]]) -> None:
        """Take the paths of each category."""
        super().__init__(len(sets))
        nodes, self._has = indicators(sets)
        self._sizes = self._has.sum(axis=1)
        steps = _steps(nodes)
        steps /= max(1.0, steps.max(initial=0.0))
        self._near = np.ones_like(self._has)
        for place, members in enumerate(self._has > 0):
            if members.any():
                self._near[place] = steps[:, members].min(axis=1)

    def rows(self, start: int, stop: int) -> Floats:
        """Sum the distances to the nearest for a range."""
        ways = self._has[start:stop] @ self._near.T + self._near[start:stop] @ self._has.T
        return self._mean(ways, self._sizes[start:stop, None] + self._sizes[None, :])

    def direct(self, a: Ints, b: Ints) -> Floats:
        """Sum the distances to the nearest for single pairs."""
        ways = (self._has[a] * self._near[b] + self._near[a] * self._has[b]).sum(axis=-1)
        return self._mean(ways, self._sizes[a] + self._sizes[b])

    @staticmethod
    def _mean(ways: Floats, members: Floats) -> Floats:
        return np.asarray(ways / np.maximum(members, 1.0))


def truncated(table: PatternTable, depth: int) -> PatternTable:
    """Cut every path after `depth` steps; what becomes equal is one category (a set of cut paths for sets).

    Measure the result as nominal, or as masi for sets: α truncated at a depth.
    """
    cut = [_cut(choice, depth) for choice in table.choices]
    choices = list(dict.fromkeys(cut))
    place = {choice: position for position, choice in enumerate(choices)}
    merged = np.array([place[choice] for choice in cut], dtype=np.int64)[table.observed]
    counts = table.counts
    values = np.repeat(merged[counts.codes], counts.counts.astype(np.int64)).tolist()
    ends = np.cumsum(counts.sizes).astype(np.int64).tolist()
    patterns = [
        (tuple(values[start:end]), times)
        for start, end, times in zip([0, *ends[:-1]], ends, table.times.tolist(), strict=True)
    ]
    patterns += [((code,), times) for code, times in zip(merged.tolist(), table.singles.tolist(), strict=True)]
    return of_patterns(choices, [*patterns, ((), table.blank)])


def deepest(table: PatternTable) -> int:
    """The greatest depth of any choice."""
    return max((len(path) for choice in table.choices for path in as_paths(choice)), default=0)


def as_paths(category: Any) -> frozenset[Path]:
    """Take a category as a set of paths; a tuple is a single path. Raises TypeError."""
    if isinstance(category, tuple):
        return frozenset([category])
    return frozenset(cast("frozenset[Path]", as_set(category)))


def _cut(choice: Hashable, depth: int) -> Hashable:
    if isinstance(choice, frozenset):
        return frozenset(path[:depth] for path in choice)
    return cast("Path", choice)[:depth]


def _steps(nodes: Sequence[Path]) -> Floats:
    """Steps between any two paths: what each has beyond their common beginning, (V, V)."""
    depth = max((len(path) for path in nodes), default=0)
    codes = np.full((len(nodes), depth), -1, dtype=np.int64)
    for column in range(depth):
        seen: dict[Hashable, int] = {}
        for row, path in enumerate(nodes):
            if column < len(path):
                codes[row, column] = seen.setdefault(path[: column + 1], len(seen))
    lengths = np.array([len(path) for path in nodes], dtype=np.float64)
    common = np.zeros((len(nodes), len(nodes)))
    for step in codes.T:
        common += (step[:, None] == step[None, :]) & (step[:, None] >= 0)
    return np.asarray(lengths[:, None] + lengths[None, :] - 2 * common)
