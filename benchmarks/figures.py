"""One figure: what was measured, beside what, and the bound it is held against."""

from __future__ import annotations

from statistics import median, quantiles
from typing import NamedTuple


class Figure(NamedTuple):
    """A measurement; `value` is in the unit named, and good when it keeps to the bound."""

    name: str
    value: float
    unit: str
    bound: float
    at_most: bool
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the bound is kept."""
        return self.value <= self.bound if self.at_most else self.value >= self.bound


def p95(seconds: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(seconds, n=20, method="inclusive")[-1]


def ratio_of_medians(ours: list[float], theirs: list[float]) -> float:
    """How many times as long ours takes."""
    return median(ours) / median(theirs)


def table(figures: list[Figure]) -> str:
    """The figures as lines of text."""
    lines = []
    for each in figures:
        mark = "ok " if each.holds else "OVER" if each.at_most else "UNDER"
        sign = "≤" if each.at_most else "≥"
        head = f"{mark:5} {each.name:58} {each.value:8.2f} {each.unit:3} ({sign} {each.bound:g})"
        lines.append(f"{head}  {each.detail}")
    return "\n".join(lines)
