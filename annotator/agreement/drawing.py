"""Draw units anew: resamples of the units behind patterns, each with as many units as there are.

Two ways with the same law: one multinomial over patterns, or units one by one where there are few.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from annotator.agreement.arrays import Floats, Ints

Drawing = Callable[[int, int], Floats]
"""From the first row and the one behind the last to these rows: resamples, in order."""
PAIRED, LONE = 0, 1
"""Units with two values or more, and units with one: drawn apart, each from a stream of its own."""
_CELLS = 2_000_000
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
    step = max(1, _CELLS // (4 * max(units, patterns)))
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
