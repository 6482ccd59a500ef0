"""The few sums over patterns that all coefficients need, for one table or for many resamples at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from annotator.agreement.arrays import Floats
from annotator.agreement.metrics import Metric, Ranks
from annotator.agreement.tables import PatternTable

_CELLS = 4_000_000


@dataclass(frozen=True)
class Sums:
    """Sums of B tables; every array is (B,). m is the number of values of a unit.

    Sums over pairs count both orders. Shares are category proportions, each unit with a value
    weighing the same (Gwet, Handbook of Inter-Rater Reliability, 4th ed., ch. 2).
    """

    q: int
    """Number of categories to choose from."""
    weight: float
    """Σ over all q² pairs of categories of their weight 1 − δ²; q for nominal."""
    pairable: Floats
    """Number of pairable units."""
    values: Floats
    """Number of values in them."""
    categories: Floats
    """Number of categories observed in them."""
    observed: Floats
    """Σ over units of (Σ over pairs of δ²) / (m − 1)."""
    expected: Floats
    """Σ over all pairs of values of δ², whatever their unit."""
    apart: Floats
    """Σ over units of (Σ over pairs of δ²) / (m (m − 1))."""
    chance: Floats
    """Σ_ck share_c share_k δ²."""
    squares: Floats
    """Σ_c share_c²."""

    def part(self, rows: slice) -> Sums:
        """Some of the tables."""
        arrays = {name: getattr(self, name)[rows] for name in _ARRAYS}
        return replace(self, **arrays)


_ARRAYS = tuple(each.name for each in fields(Sums) if each.name not in {"q", "weight"})


class Summation:
    """Sums of one table under one metric; what does not depend on the resample is computed once."""

    def __init__(self, table: PatternTable, metric: Metric, weight: float | None = None) -> None:
        """Prepare; `weight` is the sum of a weight matrix, for weighted coefficients only."""
        self.table = table
        self.metric = metric
        self.weight = float(table.q) if weight is None else weight
        self.sizes = table.counts.sizes

    @cached_property
    def within(self) -> Floats:
        """Σ over the pairs of values of each pattern of δ², (P,), for a metric that stays the same."""
        return self.metric.within(self.table.counts)

    def whole(self) -> Sums:
        """The sums of the table itself, B = 1."""
        return self.of(self.table.times[None, :].astype(np.float64), self.table.singles[None, :].astype(np.float64))

    def of(self, times: Floats, singles: Floats) -> Sums:
        """The sums for other numbers of units: times (B, P) of patterns, singles (B, q) of lone values."""
        marginals = self.table.counts.columns(times)
        bound = self.metric.bound(marginals)
        within = self.within if bound is self.metric else bound.within(self.table.counts)
        rated = times.sum(axis=1) + singles.sum(axis=1)
        shares = (self.table.counts.columns(times / self.sizes) + singles) / np.maximum(rated, 1.0)[:, None]
        return Sums(
            q=self.table.q,
            weight=self.weight,
            pairable=times.sum(axis=1),
            values=times @ self.sizes,
            categories=(marginals > 0).sum(axis=1).astype(np.float64),
            observed=_weighed(times, within / (self.sizes - 1)),
            expected=bound.between(marginals),
            apart=_weighed(times, within / (self.sizes * (self.sizes - 1))),
            chance=bound.between(shares),
            squares=(shares**2).sum(axis=1),
        )

    def without_one(self) -> Iterator[tuple[slice, Sums]]:
        """The sums with one unit of each pairable pattern left out, in pieces of patterns."""
        piece = self._piece_by_resampling if isinstance(self.metric, Ranks) else self._piece_closed
        step = max(1, _CELLS // max(1, len(self.table.times), int(self.table.counts.width)))
        for start in range(0, len(self.table.times), step):
            part = slice(start, min(start + step, len(self.table.times)))
            yield part, piece(part)

    def _piece_by_resampling(self, part: slice) -> Sums:
        rows = np.arange(part.start, part.stop)
        times = np.repeat(self.table.times[None, :].astype(np.float64), len(rows), axis=0)
        times[np.arange(len(rows)), rows] -= 1
        return self.of(times, np.repeat(self.table.singles[None, :].astype(np.float64), len(rows), axis=0))

    def _piece_closed(self, part: slice) -> Sums:
        """Subtract what the unit brings: quadratic forms lose twice their row and win back their own."""
        return self._closed.part(part)

    @cached_property
    def _closed(self) -> Sums:
        whole, counts, sizes, within = self.whole(), self.table.counts, self.sizes, self.within
        times = self.table.times.astype(np.float64)
        marginals = counts.columns(times[None, :])[0]
        shares = counts.columns((times / sizes)[None, :])[0] + self.table.singles
        rated = times.sum() + self.table.singles.sum()
        own = np.bincount(counts.patterns, counts.counts**2, minlength=counts.height)
        chance = self.metric.between(shares[None, :])[0] - 2 * self._row(self.metric.towards(shares)) / sizes
        squares = (shares**2).sum() - 2 * self._row(shares) / sizes + own / sizes**2
        gone = self._only_here(marginals)
        return Sums(
            q=whole.q,
            weight=whole.weight,
            pairable=np.full(len(times), times.sum() - 1),
            values=whole.values - sizes,
            categories=whole.categories - gone,
            observed=whole.observed - within / (sizes - 1),
            expected=whole.expected - 2 * self._row(self.metric.towards(marginals)) + within,
            apart=whole.apart - within / (sizes * (sizes - 1)),
            chance=(chance + within / sizes**2) / max(1.0, (rated - 1) ** 2),
            squares=squares / max(1.0, (rated - 1) ** 2),
        )

    def _row(self, weights: Floats) -> Floats:
        return np.asarray(self.table.counts.rows(weights[None, :])[0])

    def _only_here(self, totals: Floats) -> Floats:
        """How many categories vanish with one unit of each pattern."""
        counts = self.table.counts
        vanishes = counts.counts == totals[counts.codes]
        return np.asarray(np.bincount(counts.patterns, vanishes, minlength=counts.height), dtype=np.float64)


def _weighed(times: Floats, values: Floats) -> Floats:
    if values.ndim == 1:
        return np.asarray(times @ values)
    return np.asarray(np.einsum("bp,bp->b", times, values))
