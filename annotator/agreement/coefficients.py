"""Every coefficient as a function of sums; NaN stays inside this package and becomes a reason.

Sources: Krippendorff, Content Analysis, 4th ed., ch. 12; Fleiss (1971); Scott (1955); Brennan & Prediger
(1981); Gwet, Handbook of Inter-Rater Reliability, 4th ed., ch. 2–5, whose generalisation to missing
values and to weights is used throughout.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotator.agreement.distances import Level, metric_for
from annotator.agreement.estimates import NO_OVERLAP, ONE_CATEGORY, ONE_CHOICE, Bools, Estimate, Floats, estimate_or
from annotator.agreement.metrics import Nominal, Weighted
from annotator.agreement.sums import Summation, Sums
from annotator.agreement.tables import PatternTable

Coefficient = Callable[[Sums], Floats]
"""From sums of B tables to B values, NaN where undefined."""


def alpha(sums: Sums) -> Floats:
    """Krippendorff's α = 1 − D_o / D_e (Content Analysis, 4th ed., ch. 12)."""
    return 1 - _divided(sums.observed * (sums.values - 1), sums.expected, sums.categories > 1)


def percent(sums: Sums) -> Floats:
    """Observed pairwise agreement, 0 … 1: the mean over pairable units (Fleiss 1971)."""
    return 1 - _divided(sums.apart, sums.pairable, sums.pairable > 0)


def fleiss_kappa(sums: Sums) -> Floats:
    """Fleiss' κ (1971), for missing values as Gwet has it; for two annotators and no gaps it is Scott's π."""
    disagreement = _divided(sums.apart, sums.pairable, sums.pairable > 0)
    return 1 - _divided(disagreement, sums.chance, (sums.categories > 1) & (sums.chance > 0))


def brennan_prediger(sums: Sums) -> Floats:
    """Brennan–Prediger (1981), Bennett's S for two annotators: every category is equally likely by chance."""
    return _corrected(sums, np.full_like(sums.pairable, sums.weight / sums.q**2 if sums.q else 1.0))


def gwet(sums: Sums) -> Floats:
    """Gwet's AC1, and AC2 when the sums are weighted (Handbook, 4th ed., ch. 2–4)."""
    if sums.q < 2:
        return np.full_like(sums.pairable, np.nan)
    return _corrected(sums, sums.weight / (sums.q * (sums.q - 1)) * (1 - sums.squares))


def estimate(table: PatternTable, coefficient: Coefficient, level: Level = "nominal") -> Estimate:
    """A coefficient of one table at a level of measurement."""
    return told(coefficient, Summation(table, metric_for(table, level)).whole())


def weighted(table: PatternTable, coefficient: Coefficient, weights: Floats) -> Estimate:
    """A coefficient under weights (q, q) of partial agreement between all choices, such as AC2."""
    metric = Weighted(table, weights)
    return told(coefficient, Summation(table, metric, float(weights.sum())).whole())


def nominal_sums(table: PatternTable) -> Sums:
    """The sums that percent agreement, κ and AC1 share."""
    return Summation(table, Nominal()).whole()


def told(coefficient: Coefficient, sums: Sums, row: int = 0) -> Estimate:
    """The value of one row, or why there is none."""
    if not sums.pairable[row]:
        return Estimate(None, NO_OVERLAP)
    return estimate_or(float(coefficient(sums)[row]), ONE_CHOICE if sums.q < 2 else ONE_CATEGORY)


def _corrected(sums: Sums, by_chance: Floats) -> Floats:
    """(p_a − p_e) / (1 − p_e)."""
    disagreement = _divided(sums.apart, sums.pairable, sums.pairable > 0)
    return 1 - _divided(disagreement, 1 - by_chance, by_chance < 1)


def _divided(numerator: Floats, denominator: Floats, defined: Bools) -> Floats:
    ready = defined & (denominator > 0)
    return np.where(ready, numerator / np.where(ready, denominator, 1.0), np.nan)
