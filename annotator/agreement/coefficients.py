"""Every coefficient as a function of the few sums over patterns that all need, for one table or for many resamples.

NaN stays inside this package and becomes a reason. Sources: Krippendorff, Content Analysis, 4th ed., ch. 12; Fleiss
(1971); Scott (1955); Brennan & Prediger (1981); Gwet, Handbook of Inter-Rater Reliability, 4th ed., ch. 2–5, whose
generalisation to missing values and to weights is used throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Literal, NamedTuple, Protocol

import numpy as np

from annotator.agreement.metrics import Blocks, Level, Metric, Nominal, Ranks, Weighted, metric_for
from annotator.agreement.tables import Bools, Floats, PatternTable

NO_OVERLAP = "no overlap: no unit has two values"
ONE_CATEGORY = "only one category observed: chance agreement cannot be told from agreement"
ONE_CHOICE = "there is only one category to choose from"
TOO_FEW_UNITS = "fewer than two pairable units give no interval"
MOSTLY_UNDEFINED = "undefined in most resamples: nearly all values are the same"
NEVER_CHOSEN = "nobody chose it in a pairable unit"
ALWAYS_CHOSEN = "everybody chose it in every pairable unit"
WITHOUT_ORDER = "only for ordered and numeric fields"
WITHOUT_SETS = "only for fields of several values"


class Estimate(NamedTuple):
    """A value, or None with the reason."""

    value: float | None
    reason: str = ""

    @property
    def is_defined(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


class Interval(NamedTuple):
    """A 95 % interval (unless another level was asked for), or None twice with the reason."""

    low: float | None
    high: float | None
    reason: str = ""
    method: Literal["bootstrap", "jackknife", "none"] = "none"
    undefined: int = 0
    """How many resamples had no value; they are left out of the percentiles."""


def estimate_or(value: float, reason: str) -> Estimate:
    """Wrap a number; NaN becomes None with the reason."""
    return Estimate(None, reason) if math.isnan(value) else Estimate(float(value))


class Sums(Protocol):
    """Sums of B tables; every array is (B,). m is the number of values of a unit.

    Sums over pairs count both orders. Shares are category proportions, each unit with a value
    weighing the same (Gwet, Handbook of Inter-Rater Reliability, 4th ed., ch. 2).
    """

    @property
    def q(self) -> int:
        """Number of categories to choose from."""

    @property
    def weight(self) -> float:
        """Σ over all q² pairs of categories of their weight 1 − δ²; q for nominal."""

    @property
    def pairable(self) -> Floats:
        """Number of pairable units."""

    @property
    def values(self) -> Floats:
        """Number of values in them."""

    @property
    def categories(self) -> Floats:
        """Number of categories observed in them."""

    @property
    def observed(self) -> Floats:
        """Σ over units of (Σ over pairs of δ²) / (m − 1)."""

    @property
    def expected(self) -> Floats:
        """Σ over all pairs of values of δ², whatever their unit."""

    @property
    def apart(self) -> Floats:
        """Σ over units of (Σ over pairs of δ²) / (m (m − 1))."""

    @property
    def chance(self) -> Floats:
        """Σ_ck share_c share_k δ²."""

    @property
    def squares(self) -> Floats:
        """Σ_c share_c²."""


@dataclass(frozen=True)
class Known:
    """Sums that were computed already; what each is stands in `Sums`."""

    q: int
    weight: float
    pairable: Floats
    values: Floats
    categories: Floats
    observed: Floats
    expected: Floats
    apart: Floats
    chance: Floats
    squares: Floats

    def part(self, rows: slice) -> Known:
        """Some of the tables."""
        arrays = {name: getattr(self, name)[rows] for name in _ARRAYS}
        return replace(self, **arrays)


_ARRAYS = tuple(each.name for each in fields(Known) if each.name not in {"q", "weight"})


_CELLS = 4_000_000


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

    @cached_property
    def between_patterns(self) -> Floats | None:
        """Σ over the pairs of a value of one pattern and one of another of δ², (P, P).

        None unless there are fewer patterns than categories, and a matrix of differences.
        """
        counts = self.table.counts
        if not isinstance(self.metric, Blocks) or self.metric.whole is None or counts.height >= counts.width:
            return None
        return counts.rows(counts.rows(self.metric.whole).T)

    def whole(self) -> Sums:
        """The sums of the table itself, B = 1."""
        singles = self.table.singles[None, :].astype(np.float64)
        return self.of(self.table.times[None, :].astype(np.float64), lambda: singles)

    def of(self, times: Floats, singles: Callable[[], Floats]) -> Sums:
        """The sums for other numbers of units: times (B, P) of patterns, singles (B, q) of lone values."""
        return _Drawn(self, self.table.weighed(times), singles)

    def without_one(self) -> Iterator[tuple[slice, Sums]]:
        """The sums with one unit of each pairable pattern left out, in pieces of patterns."""
        is_closed = not isinstance(self.metric, Ranks) and self.table.weights is None
        piece = self._piece_closed if is_closed else self._piece_by_resampling
        step = max(1, _CELLS // max(1, len(self.table.times), int(self.table.counts.width)))
        for start in range(0, len(self.table.times), step):
            part = slice(start, min(start + step, len(self.table.times)))
            yield part, piece(part)

    def _piece_by_resampling(self, part: slice) -> Sums:
        rows = np.arange(part.start, part.stop)
        times = np.repeat(self.table.times[None, :].astype(np.float64), len(rows), axis=0)
        times[np.arange(len(rows)), rows] -= 1
        return self.of(times, lambda: np.repeat(self.table.singles[None, :].astype(np.float64), len(rows), axis=0))

    def _piece_closed(self, part: slice) -> Sums:
        """Subtract what the unit brings: quadratic forms lose twice their row and win back their own."""
        return self._closed.part(part)

    @cached_property
    def _closed(self) -> Known:
        whole, counts, sizes, within = self.whole(), self.table.counts, self.sizes, self.within
        times = self.table.times.astype(np.float64)
        marginals = counts.columns(times[None, :])[0]
        shares = counts.columns((times / sizes)[None, :])[0] + self.table.singles
        rated = times.sum() + self.table.singles.sum()
        own = np.bincount(counts.patterns, counts.counts**2, minlength=counts.height)
        chance = self.metric.between(shares[None, :])[0] - 2 * self._row(self.metric.towards(shares)) / sizes
        squares = (shares**2).sum() - 2 * self._row(shares) / sizes + own / sizes**2
        gone = self._only_here(marginals)
        return Known(
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


class _Drawn:
    """Sums of tables that differ in their numbers of units; each is computed when a coefficient asks for it."""

    def __init__(self, summation: Summation, times: Floats, singles: Callable[[], Floats]) -> None:
        self._summation = summation
        self._times = times
        self._singles = singles
        self.q = summation.table.q
        self.weight = summation.weight

    @cached_property
    def pairable(self) -> Floats:
        return np.asarray(self._times.sum(axis=1))

    @cached_property
    def values(self) -> Floats:
        return np.asarray(self._times @ self._summation.sizes)

    @cached_property
    def categories(self) -> Floats:
        return np.asarray((self._marginals > 0).sum(axis=1), dtype=np.float64)

    @cached_property
    def observed(self) -> Floats:
        return self._weighed(self._within / (self._summation.sizes - 1))

    @cached_property
    def expected(self) -> Floats:
        if self._summation.between_patterns is not None:
            return np.asarray(((self._times @ self._summation.between_patterns) * self._times).sum(axis=1))
        return self._metric.between(self._marginals)

    @cached_property
    def apart(self) -> Floats:
        return self._weighed(self._within / (self._summation.sizes * (self._summation.sizes - 1)))

    @cached_property
    def chance(self) -> Floats:
        return self._metric.between(self._shares)

    @cached_property
    def squares(self) -> Floats:
        return np.asarray((self._shares**2).sum(axis=1))

    @cached_property
    def _marginals(self) -> Floats:
        return self._summation.table.counts.columns(self._times)

    @cached_property
    def _metric(self) -> Metric:
        return self._summation.metric.bound(self._marginals)

    @cached_property
    def _within(self) -> Floats:
        summation = self._summation
        return summation.within if self._metric is summation.metric else self._metric.within(summation.table.counts)

    @cached_property
    def _shares(self) -> Floats:
        lone = self._singles()
        rated = self.pairable + lone.sum(axis=1)
        held = self._summation.table.counts.columns(self._times / self._summation.sizes)
        return np.asarray((held + lone) / np.maximum(rated, 1.0)[:, None])

    def _weighed(self, values: Floats) -> Floats:
        """Sum over patterns; values are (P,), or (B, P) for ranks."""
        if values.ndim == 1:
            return np.asarray(self._times @ values)
        return np.asarray(np.einsum("bp,bp->b", self._times, values))


Coefficient = Callable[[Sums], Floats]
"""From sums of B tables to B values, NaN where undefined."""


def alpha(sums: Sums) -> Floats:
    """Krippendorff's α = 1 − D_o / D_e (Content Analysis, 4th ed., ch. 12)."""
    return 1 - _divided(sums.observed * (sums.values - 1), sums.expected, sums.categories > 1)


def percent(sums: Sums) -> Floats:
    """Observed pairwise agreement, 0 … 1: the mean over pairable units (Fleiss 1971)."""
    return 1 - _divided(sums.apart, sums.pairable, sums.pairable > 0)


def fleiss_kappa(sums: Sums) -> Floats:
    """Fleiss' κ (1971), for missing values as Gwet has it; for two annotators and no gaps it is Scott's π."""
    disagreement = _divided(sums.apart, sums.pairable, sums.pairable > 0)
    return 1 - _divided(disagreement, sums.chance, (sums.categories > 1) & (sums.chance > 0))


def brennan_prediger(sums: Sums) -> Floats:
    """Brennan–Prediger (1981), Bennett's S for two annotators: every category is equally likely by chance."""
    return _corrected(sums, np.full_like(sums.pairable, sums.weight / sums.q**2 if sums.q else 1.0))


def gwet(sums: Sums) -> Floats:
    """Gwet's AC1, and AC2 when the sums are weighted (Handbook, 4th ed., ch. 2–4)."""
    if sums.q < 2:
        return np.full_like(sums.pairable, np.nan)
    return _corrected(sums, sums.weight / (sums.q * (sums.q - 1)) * (1 - sums.squares))


def estimate(table: PatternTable, coefficient: Coefficient, level: Level = "nominal") -> Estimate:
    """A coefficient of one table at a level of measurement."""
    return told(coefficient, Summation(table, metric_for(table, level)).whole())


def weighted(table: PatternTable, coefficient: Coefficient, weights: Floats) -> Estimate:
    """A coefficient under weights (q, q) of partial agreement between all choices, such as AC2."""
    metric = Weighted(table, weights)
    return told(coefficient, Summation(table, metric, float(weights.sum())).whole())


def nominal_sums(table: PatternTable) -> Sums:
    """The sums that percent agreement, κ and AC1 share."""
    return Summation(table, Nominal()).whole()


def told(coefficient: Coefficient, sums: Sums, row: int = 0) -> Estimate:
    """The value of one row, or why there is none."""
    if not sums.pairable[row]:
        return Estimate(None, NO_OVERLAP)
    return estimate_or(float(coefficient(sums)[row]), ONE_CHOICE if sums.q < 2 else ONE_CATEGORY)


def _corrected(sums: Sums, by_chance: Floats) -> Floats:
    """(p_a − p_e) / (1 − p_e)."""
    disagreement = _divided(sums.apart, sums.pairable, sums.pairable > 0)
    return 1 - _divided(disagreement, 1 - by_chance, by_chance < 1)


def _divided(numerator: Floats, denominator: Floats, defined: Bools) -> Floats:
    ready = defined & (denominator > 0)
    return np.where(ready, numerator / np.where(ready, denominator, 1.0), np.nan)
