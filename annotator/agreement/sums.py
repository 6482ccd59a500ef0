"""The few sums over patterns that all coefficients need, for one table or for many resamples at once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Protocol

from annotator.agreement.arrays import Floats


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
