"""Weights of partial agreement between ordered categories, 1 on the diagonal (Gwet, Handbook, 4th ed., ch. 3)."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from annotator.agreement.arrays import Floats, Ints
from annotator.agreement.metrics import Blocks
from annotator.agreement.tables import PatternTable
from annotator.errors import RequestError

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
