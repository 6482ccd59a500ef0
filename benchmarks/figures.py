"""One figure: what was measured, beside what, and the bound it is held against; or why there is none."""

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


class Unmeasured(NamedTuple):
    """A figure that could not be taken: skipped, because this machine lacks something, or broken."""

    name: str
    reason: str
    is_broken: bool = False


Found = list[Figure | Unmeasured]
"""What one measure found."""


def p95(seconds: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(seconds, n=20, method="inclusive")[-1]


def spread(some: list[float], others: list[float]) -> float:
    """How many times as long the slower of two medians is as the other."""
    return max(ratio_of_medians(some, others), ratio_of_medians(others, some))


def ratio_of_medians(ours: list[float], theirs: list[float]) -> float:
    """How many times as long ours takes."""
    return median(ours) / median(theirs)


def table(found: Found) -> str:
    """The figures as lines of text; what was not measured stands below them, where nobody overlooks it."""
    figures = [each for each in found if isinstance(each, Figure)]
    rest = [each for each in found if isinstance(each, Unmeasured)]
    missed = sum(not each.holds for each in figures)
    broken = sum(each.is_broken for each in rest)
    width = max((len(each.name) for each in figures), default=0)
    lines = [_line(each, width) for each in figures]
    lines += [f"{'BROKEN' if each.is_broken else 'SKIPPED':8} {each.name}: {each.reason}" for each in rest]
    lines.append(
        f"{len(figures)} measured, {missed} of them out of bounds; {len(rest) - broken} skipped, {broken} broken."
    )
    return "\n".join(lines)


def _line(each: Figure, width: int) -> str:
    mark = "ok " if each.holds else "OVER" if each.at_most else "UNDER"
    sign = "≤" if each.at_most else "≥"
    return f"{mark:5} {each.name:{width}} {each.value:8.2f} {each.unit:3} ({sign} {each.bound:g})  {each.detail}"
