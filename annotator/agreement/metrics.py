"""What a difference metric must offer to be summed over patterns without visiting pairs of units.

δ² is the squared difference between two categories (Krippendorff, Content Analysis, 4th ed., ch. 12).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from annotator.agreement.counts import Counts
from annotator.agreement.estimates import Floats, Ints
from annotator.agreement.tables import PatternTable
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
