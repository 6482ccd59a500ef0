"""95 % intervals on pattern tables: bootstrap over units, and the jackknife.

Drawing as many units as there are, with replacement, makes the numbers of units per pattern
multinomial; so a resample is one draw over distinct patterns, whatever the number of units
(Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 6, 10, 13). Pairable units and units
with a single value are drawn apart, so every resample has as many of each as the table.

Draw units anew: resamples of the units behind patterns, each with as many units as there are.

Two ways with the same law: one multinomial over patterns, or units one by one where there are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.coefficients import (
    MOSTLY_UNDEFINED,
    NO_OVERLAP,
    ONE_CATEGORY,
    TOO_FEW_UNITS,
    Coefficient,
    Interval,
    Summation,
    Sums,
)
from annotator.agreement.metrics import MATERIALISED, Blocks, Metric
from annotator.agreement.tables import Floats, Ints, PatternTable
from annotator.errors import RequestError

Drawing = Callable[[int, int], Floats]
"""From the first row and the one behind the last to these rows: resamples, in order."""
PAIRED, LONE = 0, 1
"""Units with two values or more, and units with one: drawn apart, each from a stream of its own."""
_DRAWN_CELLS = 2_000_000
_SHARED = 600_000
"""Up to this many drawn units are kept (1.2 MB), for other fields with as many units."""


def drawing(times: Ints, resamples: int, seed: int, stream: int = PAIRED) -> Drawing:
    """Prepare resamples of `times` (P,), to be asked for in order: each piece is (rows, P).

    They follow from the arguments alone, whatever else was drawn before.
    """
    units = int(times.sum())
    if 0 < units <= _SHARED // max(resamples, 1_000):
        ends = np.concatenate([[0], np.cumsum(times)])
        below = _drawn_below(units, resamples, seed, stream)
        return lambda start, stop: np.diff(below[ends, start:stop], axis=0).T.astype(np.float64)
    random = np.random.default_rng([seed, stream])
    return lambda start, stop: draw(random, times, stop - start)


def draw(random: np.random.Generator, times: Ints, rows: int) -> Floats:
    """Draw `rows` resamples of the units behind `times` (P,): (rows, P), each with the same total."""
    units, patterns = int(times.sum()), len(times)
    if not units:
        return np.zeros((rows, patterns))
    if units > 8 * patterns:
        return np.asarray(random.multinomial(units, times / units, size=rows), dtype=np.float64)
    # With few units for each pattern, drawing the units themselves costs less and has the same law.
    owner = np.repeat(np.arange(patterns), times)
    result = np.empty((rows, patterns))
    step = max(1, _DRAWN_CELLS // (4 * max(units, patterns)))
    for start in range(0, rows, step):
        part = result[start : start + step]
        cells = owner[random.integers(units, size=(len(part), units), dtype=np.uint32)]
        cells += np.arange(len(part))[:, None] * patterns
        part[:] = np.bincount(cells.ravel(), minlength=part.size).reshape(part.shape)
    return result


@lru_cache(maxsize=16)
def _drawn_below(units: int, resamples: int, seed: int, stream: int) -> NDArray[np.int16]:
    """How many units of each resample were drawn from the first k, for k = 0 … units: (units + 1, resamples).

    Units of one pattern stand together, so a difference of two rows is how often the pattern was drawn.
    Fields are reported one by one, so those with equally many units may share what was drawn.
    """
    random = np.random.default_rng([seed, stream])
    cells = random.integers(units, size=(units, resamples), dtype=np.uint32) * np.uint32(resamples)
    cells += np.arange(resamples, dtype=np.uint32)
    times = np.bincount(cells.ravel(), minlength=units * resamples).reshape(units, resamples)
    below = np.zeros((units + 1, resamples), dtype=np.int16)
    np.cumsum(times, axis=0, out=below[1:])
    below.flags.writeable = False
    return below


RESAMPLES = 1_000
_NORMAL_95 = 1.959963984540054
_CELLS = 2_000_000


def interval(
    table: PatternTable, metric: Metric, coefficient: Coefficient, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Bootstrap a coefficient; the jackknife where thousands of different sets make resamples too dear."""
    if isinstance(metric, Blocks) and metric.size > MATERIALISED:
        return jackknife(table, metric, coefficient)
    return bootstrap(table, metric, [coefficient], resamples, seed)[0]


def bootstrap(
    table: PatternTable,
    metric: Metric,
    coefficients: Sequence[Coefficient],
    resamples: int = RESAMPLES,
    seed: int = 0,
    coverage: float = 0.95,
) -> list[Interval]:
    """Percentile intervals of several coefficients from the same resamples."""
    if resamples < 1:
        raise RequestError(f"{resamples} resamples give no interval; ask for 1 or more, such as {RESAMPLES}")
    if table.pairable < 2:
        return [Interval(None, None, TOO_FEW_UNITS if table.pairable else NO_OVERLAP)] * len(coefficients)
    summation = Summation(table, metric)
    drawn = [[each(sums) for each in coefficients] for sums in _resampled(summation, resamples, seed)]
    return [_percentiles(np.concatenate(values), coverage) for values in zip(*drawn, strict=True)]


def jackknife(table: PatternTable, metric: Metric, coefficient: Coefficient) -> Interval:
    """Normal interval from leaving out each pairable unit once, worked out once per pattern."""
    if table.pairable < 2:
        return Interval(None, None, TOO_FEW_UNITS if table.pairable else NO_OVERLAP)
    summation = Summation(table, metric)
    middle = float(coefficient(summation.whole())[0])
    values = np.concatenate([coefficient(sums) for _, sums in summation.without_one()])
    if np.isnan(middle) or np.isnan(values).any():
        return Interval(None, None, ONE_CATEGORY)
    units, times = table.pairable, table.times
    mean = float(times @ values) / units
    spread = float(np.sqrt((units - 1) / units * (times @ (values - mean) ** 2)))
    return Interval(middle - _NORMAL_95 * spread, min(1.0, middle + _NORMAL_95 * spread), method="jackknife")


def _resampled(summation: Summation, resamples: int, seed: int) -> Iterator[Sums]:
    """Sums of resamples, in pieces that need little memory; the pieces depend on the table only."""
    table = summation.table
    widest = max(len(table.times), len(table.counts.codes), table.counts.width)
    step = max(1, _CELLS // widest)
    paired = drawing(table.times, resamples, seed)
    # Few coefficients take in lone values, so these are drawn only when asked for.
    lone = cache(lambda: drawing(table.singles, resamples, seed, LONE))
    for start in range(0, resamples, step):
        stop = min(start + step, resamples)
        yield summation.of(paired(start, stop), partial(_rows, lone, start, stop))


def _rows(drawn: Callable[[], Drawing], start: int, stop: int) -> Floats:
    return drawn()(start, stop)


def _percentiles(values: Floats, coverage: float) -> Interval:
    defined = values[~np.isnan(values)]
    undefined = len(values) - len(defined)
    if undefined == len(values):
        return Interval(None, None, ONE_CATEGORY, "bootstrap", undefined)
    if undefined > len(defined):
        return Interval(None, None, MOSTLY_UNDEFINED, "bootstrap", undefined)
    ordered = np.sort(defined)
    low, high = (_quantile(ordered, share) for share in ((1 - coverage) / 2, (1 + coverage) / 2))
    return Interval(low, high, "", "bootstrap", undefined)


def _quantile(ordered: Floats, share: float) -> float:
    """Between the two nearest values in proportion, as `numpy.quantile` does, which imports a great deal first."""
    place = share * (len(ordered) - 1)
    before = int(place)
    low, high = float(ordered[before]), float(ordered[min(before + 1, len(ordered) - 1)])
    return low + (high - low) * (place - before)
