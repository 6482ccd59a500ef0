"""How much each person is to have: by weight, beside what they have already, and no more than there is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def shares(weights: Sequence[Fraction], floors: Sequence[int], caps: Sequence[int], total: int) -> list[int]:
    """Split `total` by weight, each share within its floor and cap; whole numbers by largest remainder.

    Where nothing bounds them, shares differ from exact proportion by less than one. The sum
    is `total`, which must lie between the sums of floors and caps. Equal remainders go to
    whoever stands first.
    """
    exact = _filled(weights, floors, caps, total)
    whole = [int(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in by_remainder[: total - sum(whole)]:
        whole[at] += 1
    return whole


def _filled(weights: Sequence[Fraction], floors: Sequence[int], caps: Sequence[int], total: int) -> list[Fraction]:
    """Raise one level, `share = level * weight`, until the bounded shares add up."""
    bounds = list(zip(weights, floors, caps, strict=True))
    levels = sorted({Fraction(0), *(bound / weight for weight, *both in bounds for bound in both)})
    reached = [level for level in levels if sum(_held(level, *each) for each in bounds) <= total]
    level = reached[-1] if reached else Fraction(0)
    missing = total - sum(_held(level, *each) for each in bounds)
    rising = sum(weight for weight, floor, cap in bounds if floor <= level * weight < cap)
    if missing and rising:
        level += missing / rising
    return [_held(level, *each) for each in bounds]


def _held(level: Fraction, weight: Fraction, floor: int, cap: int) -> Fraction:
    return min(max(level * weight, Fraction(floor)), Fraction(cap))
