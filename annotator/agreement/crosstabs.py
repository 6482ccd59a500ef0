"""Agreement of two annotators from their (q, q) table of counts."""

from __future__ import annotations

import numpy as np

from annotator.agreement.arrays import AnyInts, Floats
from annotator.agreement.estimates import NO_OVERLAP, ONE_CATEGORY, Estimate


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
