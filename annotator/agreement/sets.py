"""Differences of sets of values: MASI and Jaccard."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from annotator.agreement.arrays import Floats, Ints
from annotator.agreement.metrics import Blocks


class Sets(Blocks):
    """Sets of values; the distance takes the place of δ².

    Jaccard: 1 − J with J = |A ∩ B| / |A ∪ B|. MASI: 1 − J·M with M = 1 for equal sets, 2/3 where
    one contains the other, 1/3 where they overlap, 0 where they are disjoint (Passonneau 2006,
    Measuring Agreement on Set-valued Items). Two empty sets are equal; an empty and another disjoint.
    """

    def __init__(self, sets: Sequence[frozenset[Hashable]], monotonic: bool) -> None:
        """Take the set of each category; `monotonic` asks for MASI."""
        super().__init__(len(sets))
        members, self._has = indicators(sets)
        self._sizes = self._has.sum(axis=1)
        # A member of one set alone is common to no two.
        self._shared = self._has[:, self._has.sum(axis=0) > 1]
        self._monotonic = monotonic and bool(members)

    def rows(self, start: int, stop: int) -> Floats:
        """Intersect a range with all sets at once."""
        common = self._shared[start:stop] @ self._shared.T
        common[np.arange(stop - start), np.arange(start, stop)] = self._sizes[start:stop]
        return self._distance(common, self._sizes[start:stop, None], self._sizes[None, :])

    def direct(self, a: Ints, b: Ints) -> Floats:
        """Intersect single pairs."""
        return self._distance((self._has[a] * self._has[b]).sum(axis=-1), self._sizes[a], self._sizes[b])

    def _distance(self, common: Floats, a: Floats, b: Floats) -> Floats:
        union = a + b - common
        likeness = np.where(union > 0, common / np.where(union > 0, union, 1.0), 1.0)
        if self._monotonic:
            contains = common == np.minimum(a, b)
            likeness = likeness * np.where(common == union, 1.0, np.where(contains, 2 / 3, 1 / 3))
        return np.asarray(1.0 - likeness)


def as_set(category: Any) -> frozenset[Hashable]:
    """Take a category as a set; a text is none. Raises TypeError."""
    if isinstance(category, (str, bytes)):
        raise TypeError(f"{category!r} is not a set")
    return frozenset(category)


def indicators(sets: Sequence[frozenset[Any]]) -> tuple[list[Any], Floats]:
    """All members, and a (sets, members) matrix of 1 where the set has the member."""
    members = list(dict.fromkeys(member for each in sets for member in each))
    place = {member: position for position, member in enumerate(members)}
    has = np.zeros((len(sets), len(members)))
    for row, each in enumerate(sets):
        has[row, [place[member] for member in each]] = 1.0
    return members, has
