"""Which difference metric belongs to which level of measurement."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Literal, cast, get_args

import numpy as np

from annotator.agreement.estimates import Floats, Ints
from annotator.agreement.metrics import Blocks, Metric, Nominal, Points, Ranks
from annotator.agreement.tables import PatternTable, of_patterns
from annotator.errors import RequestError


class Sets(Blocks):
    """Sets of values; the distance takes the place of δ².

    Jaccard: 1 − J with J = |A ∩ B| / |A ∪ B|. MASI: 1 − J·M with M = 1 for equal sets, 2/3 where
    one contains the other, 1/3 where they overlap, 0 where they are disjoint (Passonneau 2006,
    Measuring Agreement on Set-valued Items). Two empty sets are equal; an empty and another disjoint.
    """

    def __init__(self, sets: Sequence[frozenset[Hashable]], monotonic: bool) -> None:
        """Take the set of each category; `monotonic` asks for MASI."""
        super().__init__(len(sets))
        members, self._has = indicators(sets)
        self._sizes = self._has.sum(axis=1)
        # A member of one set alone is common to no two.
        self._shared = self._has[:, self._has.sum(axis=0) > 1]
        self._monotonic = monotonic and bool(members)

    def rows(self, start: int, stop: int) -> Floats:
        """Intersect a range with all sets at once."""
        common = self._shared[start:stop] @ self._shared.T
        common[np.arange(stop - start), np.arange(start, stop)] = self._sizes[start:stop]
        return self._distance(common, self._sizes[start:stop, None], self._sizes[None, :])

    def direct(self, a: Ints, b: Ints) -> Floats:
        """Intersect single pairs."""
        return self._distance((self._has[a] * self._has[b]).sum(axis=-1), self._sizes[a], self._sizes[b])

    def _distance(self, common: Floats, a: Floats, b: Floats) -> Floats:
        union = a + b - common
        likeness = np.where(union > 0, common / np.where(union > 0, union, 1.0), 1.0)
        if self._monotonic:
            contains = common == np.minimum(a, b)
            likeness = likeness * np.where(common == union, 1.0, np.where(contains, 2 / 3, 1 / 3))
        return np.asarray(1.0 - likeness)


def as_set(category: Any) -> frozenset[Hashable]:
    """Take a category as a set; a text is none. Raises TypeError."""
    if isinstance(category, (str, bytes)):
        raise TypeError(f"{category!r} is not a set")
    return frozenset(category)


def indicators(sets: Sequence[frozenset[Any]]) -> tuple[list[Any], Floats]:
    """All members, and a (sets, members) matrix of 1 where the set has the member."""
    members = list(dict.fromkeys(member for each in sets for member in each))
    place = {member: position for position, member in enumerate(members)}
    has = np.zeros((len(sets), len(members)))
    for row, each in enumerate(sets):
        has[row, [place[member] for member in each]] = 1.0
    return members, has


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


Level = Literal["nominal", "ordinal", "interval", "ratio", "masi", "jaccard", "tree"]
LEVELS: tuple[Level, ...] = get_args(Level)


def metric_for(table: PatternTable, level: Level) -> Metric:
    """Choose the metric of a level for the categories a table observes."""
    return metric_of(table.categories, level)


def metric_of(categories: tuple[Hashable, ...], level: Level) -> Metric:
    """Choose the metric of a level for categories.

    They are numbers for interval and ratio, sets for masi and jaccard, and paths or sets of
    paths for tree; for ordinal they stand in their order. Raises RequestError where they do not fit.
    """
    try:
        return _metric(categories, level)
    except (TypeError, ValueError) as error:
        raise RequestError(f"the values do not fit the level {level}: {error}; choose another level") from error


def _metric(categories: tuple[Hashable, ...], level: Level) -> Metric:
    if level == "nominal":
        return Nominal()
    if level == "ordinal":
        return Ranks(len(categories))
    if level == "interval":
        return Points(np.array(categories, dtype=np.float64))
    if level == "ratio":
        return Ratio(np.array(categories, dtype=np.float64))
    if level == "tree":
        return Tree([as_paths(category) for category in categories])
    if level in {"masi", "jaccard"}:
        return Sets([as_set(category) for category in categories], monotonic=level == "masi")
    raise RequestError(f"{level!r} is not a level; choose one of {', '.join(LEVELS)}")


class Ratio(Blocks):
    """δ² = ((c − k) / (c + k))², and 0 for two zeros (Krippendorff, Content Analysis, 4th ed., ch. 12)."""

    def __init__(self, values: Floats) -> None:
        """Take the value of each category; ratio scales have no negative values."""
        super().__init__(len(values))
        if (values < 0).any():
            raise ValueError("ratio scales have no negative values")
        self._values = values

    def rows(self, start: int, stop: int) -> Floats:
        """Broadcast over a range."""
        return _ratio(self._values[start:stop, None], self._values[None, :])

    def direct(self, a: Ints, b: Ints) -> Floats:
        """Compare single pairs."""
        return _ratio(self._values[a], self._values[b])


def _ratio(c: Floats, k: Floats) -> Floats:
    total = c + k
    return np.asarray(((c - k) / np.where(total > 0, total, 1.0)) ** 2)
