"""Difference metrics, and which of them belongs to which level of measurement.

A metric offers what it takes to be summed over patterns without visiting pairs of units.
δ² is the squared difference between two categories (Krippendorff, Content Analysis, 4th ed., ch. 12).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from typing import Any, Literal, cast, get_args

import numpy as np

from annotator.agreement.tables import Counts, Floats, Ints, PatternTable, of_patterns, of_weighted
from annotator.errors import RequestError

MATERIALISED = 2_048
"""Up to this many categories the whole matrix of differences is kept (32 MB)."""
_CELLS = 2_000_000


class Metric(ABC):
    """Differences between the observed categories of one table."""

    def bound(self, marginals: Floats) -> Metric:
        """Fix the metric for marginals (B, q); only ranks depend on them."""
        del marginals
        return self

    @abstractmethod
    def within(self, counts: Counts) -> Floats:
        """Σ over pairs of values of each pattern of δ², both orders: (P,), or (B, P) for ranks."""

    @abstractmethod
    def between(self, weights: Floats) -> Floats:
        """Σ_ck w_c w_k δ²_ck for each row of weights: (B, q) → (B,)."""

    @abstractmethod
    def towards(self, weights: Floats) -> Floats:
        """Σ_k w_k δ²_ck for each category: (q,) → (q,)."""

    @abstractmethod
    def pairs(self, a: Ints, b: Ints) -> Floats:
        """δ² of the categories in `a` from those in `b`, both (n,)."""


class Nominal(Metric):
    """δ² is 0 for equal categories and 1 for different ones."""

    def within(self, counts: Counts) -> Floats:
        """All pairs but those of equal values."""
        squares = np.bincount(counts.patterns, counts.counts**2, minlength=counts.height)
        return np.asarray(counts.sizes**2 - squares)

    def between(self, weights: Floats) -> Floats:
        """All pairs but those of equal categories."""
        return np.asarray(weights.sum(axis=-1) ** 2 - (weights**2).sum(axis=-1))

    def towards(self, weights: Floats) -> Floats:
        """Everything but the category itself."""
        return np.asarray(weights.sum() - weights)

    def pairs(self, a: Ints, b: Ints) -> Floats:
        """1 where they differ."""
        return np.asarray(a != b, dtype=np.float64)


class Points(Metric):
    """Categories are points on a line, δ² = (x_c − x_k)²; `x` is (q,), or (B, q) for ranks."""

    def __init__(self, x: Floats) -> None:
        """Move and stretch the points to −1 … 1: α stays the same and large values lose no digits."""
        if not x.shape[-1]:
            self.x = x
            return
        middle = x.min(axis=-1, keepdims=True) / 2 + x.max(axis=-1, keepdims=True) / 2
        reach = np.abs(x - middle).max(axis=-1, keepdims=True)
        self.x = (x - middle) / np.where(reach > 0, reach, 1.0)

    def within(self, counts: Counts) -> Floats:
        """2·(m·Σ n·x² − (Σ n·x)²), the pairs' squared differences in closed form."""
        x = np.atleast_2d(self.x)
        sums = 2 * (counts.sizes * counts.rows(x**2) - counts.rows(x) ** 2)
        return np.asarray(np.maximum(sums if self.x.ndim == 2 else sums[0], 0.0))

    def between(self, weights: Floats) -> Floats:
        """The same closed form for the pooled values."""
        total = weights.sum(axis=-1)
        moment, square = (weights * self.x).sum(axis=-1), (weights * self.x**2).sum(axis=-1)
        return np.asarray(np.maximum(2 * (total * square - moment**2), 0.0))

    def towards(self, weights: Floats) -> Floats:
        """W·x² − 2x·Σ w·x + Σ w·x²."""
        x = self.x
        return np.asarray(weights.sum() * x**2 - 2 * x * (weights @ x) + weights @ x**2)

    def pairs(self, a: Ints, b: Ints) -> Floats:
        """Squared distance; for points in one row."""
        return np.asarray((self.x[..., a] - self.x[..., b]) ** 2)


class Ranks(Points):
    """Ordinal: δ² = (Σ_{g=c..k} n_g − (n_c + n_k)/2)², the squared distance of the mid-ranks.

    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability. The ranks follow the marginals,
    so every resample has its own; `bound` gives the points.
    """

    def __init__(self, size: int) -> None:
        """Take the number of categories, which stand in their order."""
        super().__init__(np.zeros(size))

    def bound(self, marginals: Floats) -> Points:
        """Place each category at its mid-rank."""
        return Points(np.cumsum(marginals, axis=-1) - marginals / 2)


class Blocks(Metric):
    """Any other δ², known row by row; large ones are never held as a whole."""

    def __init__(self, size: int) -> None:
        """Take the number of categories."""
        self.size = size

    @abstractmethod
    def rows(self, start: int, stop: int) -> Floats:
        """δ² from the categories of a range to all: (stop − start, q)."""

    @abstractmethod
    def direct(self, a: Ints, b: Ints) -> Floats:
        """δ² of single pairs, (n,), without the matrix."""

    @cached_property
    def whole(self) -> Floats | None:
        """The (q, q) matrix where it is small enough."""
        return self.rows(0, self.size) if self.size <= MATERIALISED else None

    def pairs(self, a: Ints, b: Ints) -> Floats:
        """Look up, or compute piece by piece."""
        if self.whole is not None:
            return self.whole[a, b]
        pieces = [self.direct(a[at : at + 65_536], b[at : at + 65_536]) for at in range(0, len(a), 65_536)]
        return np.concatenate(pieces) if pieces else np.zeros(0)

    def within(self, counts: Counts) -> Floats:
        """Sum over the pairs of different categories, for patterns with equally many together."""
        result = np.zeros(counts.height)
        for rows, distinct in _alike(counts):
            left, right = np.triu_indices(distinct, 1)
            places = counts.starts[rows][:, None]
            a, b = places + left, places + right
            apart = self.pairs(counts.codes[a].ravel(), counts.codes[b].ravel()).reshape(a.shape)
            result[rows] = 2 * (apart * counts.counts[a] * counts.counts[b]).sum(axis=1)
        return result

    def between(self, weights: Floats) -> Floats:
        """Sum block by block."""
        total = np.zeros(weights.shape[:-1])
        for start, stop, block in self._blocks():
            total += ((weights @ block.T) * weights[..., start:stop]).sum(axis=-1)
        return total

    def towards(self, weights: Floats) -> Floats:
        """Multiply block by block."""
        return np.concatenate([np.zeros(0), *(block @ weights for _, _, block in self._blocks())])

    def _blocks(self) -> Iterator[tuple[int, int, Floats]]:
        if self.whole is not None:
            yield 0, self.size, self.whole
            return
        step = max(1, _CELLS // self.size)
        for start in range(0, self.size, step):
            stop = min(start + step, self.size)
            yield start, stop, self.rows(start, stop)


def _alike(counts: Counts) -> Iterator[tuple[Ints, int]]:
    """Pieces of patterns with equally many different categories, two or more."""
    for distinct in sorted(set(counts.distinct.tolist()) - {1}):
        rows = np.flatnonzero(counts.distinct == distinct)
        step = max(1, _CELLS // distinct**2)
        for at in range(0, len(rows), step):
            yield rows[at : at + step], distinct


Scheme = Literal["identity", "linear", "quadratic", "ordinal"]
Line = Literal["linear", "quadratic"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)


def weights_for(scheme: Scheme, q: int) -> Floats:
    """The (q, q) weights for categories that stand in their order, equally far apart.

    Linear 1 − |c − k| / (q − 1); quadratic 1 − ((c − k) / (q − 1))²; ordinal
    1 − C(|c − k| + 1, 2) / C(q, 2).
    """
    steps = np.abs(np.subtract.outer(np.arange(q), np.arange(q))).astype(np.float64)
    reach = max(1, q - 1)
    if scheme == "identity":
        return np.eye(q)
    if scheme == "linear":
        return np.asarray(1 - steps / reach)
    if scheme == "quadratic":
        return np.asarray(1 - (steps / reach) ** 2)
    if scheme == "ordinal":
        return np.asarray(1 - steps * (steps + 1) / (q * (q - 1) if q > 1 else 1))
    raise RequestError(f"{scheme!r} is not a way to weigh; choose one of {', '.join(SCHEMES)}")


def weights_on_a_line(points: Floats, scheme: Line) -> Floats:
    """The (q, q) weights for categories that are points: 1 − d or 1 − d², d being 1 between the outermost two."""
    reach = float(np.ptp(points)) if len(points) else 0.0
    steps = np.abs(np.subtract.outer(points, points)) / (reach or 1.0)
    return np.asarray(1 - (steps if scheme == "linear" else steps**2))


class Weighted(Blocks):
    """δ² = 1 − weight, so that weighted coefficients are sums like any other."""

    def __init__(self, table: PatternTable, weights: Floats) -> None:
        """Take weights for all choices of the table."""
        if weights.shape != (table.q, table.q):
            raise RequestError(f"weights of shape {weights.shape} do not fit {table.q} categories")
        super().__init__(len(table.observed))
        self._apart = 1 - weights[np.ix_(table.observed, table.observed)]

    def rows(self, start: int, stop: int) -> Floats:
        """Take a range."""
        return np.asarray(self._apart[start:stop])

    def direct(self, a: Ints, b: Ints) -> Floats:
        """Look single pairs up."""
        return np.asarray(self._apart[a, b])


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
    each = [tuple(values[start:end]) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    if table.weights is not None:
        weighted = zip(each, table.weights.tolist(), table.times.tolist(), strict=True)
        return of_weighted(choices, [*weighted, ((), 0.0, table.blank)])
    patterns = list(zip(each, table.times.tolist(), strict=True))
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
