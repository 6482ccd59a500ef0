"""A statistic with its reason where it is undefined: never NaN, never a made-up 1.0."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

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


Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
AnyInts = NDArray[np.integer[Any]]
"""Whole numbers of any width, as they come in."""


def digamma(x: Floats) -> Floats:
    """ψ(x) for x > 0 to about twelve digits.

    Raised by eight with ψ(x) = ψ(x + 1) − 1/x, then the asymptotic series (Abramowitz & Stegun 1964, 6.3.5, 6.3.18).
    """
    raised = np.array(x, dtype=np.float64)
    total = np.zeros_like(raised)
    for _ in range(8):
        total -= 1 / raised
        raised += 1
    square = 1 / raised**2
    tail = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return np.asarray(total + np.log(raised) - 0.5 / raised - tail)
