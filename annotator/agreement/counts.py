"""Value counts of patterns, kept sparse: a hundred thousand patterns times a thousand categories fit."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from annotator.agreement.estimates import NO_OVERLAP, ONE_CATEGORY, AnyInts, Estimate, Floats, Ints

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


def percent_agreement(table: AnyInts) -> Estimate:
    """The share of units on the diagonal."""
    total = int(table.sum())
    return Estimate(float(np.trace(table)) / total) if total else Estimate(None, NO_OVERLAP)


def cohen_kappa(table: AnyInts, weights: Floats | None = None) -> Estimate:
    """Cohen's κ (1960), or weighted κ (Cohen 1968) with weights (q, q) that are 1 on the diagonal."""
    shares = _shares(table)
    return _corrected(shares, shares.sum(axis=1), shares.sum(axis=0), weights)


def scott_pi(table: AnyInts) -> Estimate:
    """Scott's π (1955): chance from the pooled shares of both annotators."""
    shares = _shares(table)
    pooled = (shares.sum(axis=1) + shares.sum(axis=0)) / 2
    return _corrected(shares, pooled, pooled, None)


def _shares(table: AnyInts) -> Floats:
    return np.asarray(table / max(1, int(table.sum())), dtype=np.float64)


def _corrected(shares: Floats, rows: Floats, columns: Floats, weights: Floats | None) -> Estimate:
    """1 − observed / expected disagreement."""
    if not shares.any():
        return Estimate(None, NO_OVERLAP)
    apart = 1 - (np.eye(len(shares)) if weights is None else weights)
    used = (rows > 0) | (columns > 0)
    if used.sum() < 2:
        return Estimate(None, ONE_CATEGORY)
    expected = float(rows @ apart @ columns)
    return Estimate(1 - float((shares * apart).sum()) / expected) if expected > 0 else Estimate(None, ONE_CATEGORY)
