"""Value counts of patterns, kept sparse: a hundred thousand patterns times a thousand categories fit."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from annotator.agreement.arrays import Floats, Ints

DENSE_CELLS = 2_000_000
"""Up to this many cells a plain matrix product is faster than gathering (16 MB)."""


class Counts:
    """A (P, q) matrix of how often category q stands in pattern P, as entries sorted by pattern.

    Every pattern has at least one entry; `sizes` (P,) is the number of values of each pattern.
    """

    def __init__(self, starts: Ints, codes: Ints, counts: Ints | Floats, width: int) -> None:
        """Take where each pattern starts (P + 1), and code and count of each entry."""
        self.starts = starts
        self.codes = codes
        self.counts = counts.astype(np.float64)
        self.height = len(starts) - 1
        self.width = width

    @cached_property
    def sizes(self) -> Floats:
        """Number of values of each pattern, (P,)."""
        return np.asarray(self._by_pattern(self.counts[None, :])[0])

    @cached_property
    def distinct(self) -> Ints:
        """Number of different categories in each pattern, (P,)."""
        return np.diff(self.starts)

    @cached_property
    def patterns(self) -> Ints:
        """The pattern each entry belongs to."""
        return np.repeat(np.arange(self.height), self.distinct)

    def columns(self, times: Floats) -> Floats:
        """Sum over patterns: (B, P) @ (P, q) → (B, q)."""
        if self._dense is not None:
            return np.asarray(times @ self._dense)
        order, present, starts = self._by_code
        result = np.zeros((len(times), self.width))
        if len(order):
            gathered = times[:, self.patterns[order]] * self.counts[order]
            result[:, present] = np.add.reduceat(gathered, starts, axis=1)
        return result

    def rows(self, values: Floats) -> Floats:
        """Sum over categories: (B, q) @ (q, P) → (B, P)."""
        if self._dense is not None:
            return np.asarray(values @ self._dense.T)
        return self._by_pattern(values[:, self.codes] * self.counts)

    def _by_pattern(self, entries: Floats) -> Floats:
        if not self.height:
            return np.zeros((len(entries), 0))
        return np.asarray(np.add.reduceat(entries, self.starts[:-1], axis=1))

    @cached_property
    def _dense(self) -> Floats | None:
        if self.height * self.width > DENSE_CELLS:
            return None
        dense = np.zeros((self.height, self.width))
        dense[self.patterns, self.codes] = self.counts
        return dense

    @cached_property
    def _by_code(self) -> tuple[Ints, Ints, Ints]:
        order = np.argsort(self.codes, kind="stable")
        present, starts = np.unique(self.codes[order], return_index=True)
        return order, present, starts
