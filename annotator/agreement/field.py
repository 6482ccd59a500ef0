"""Everything a row of the agreement table says about one field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotator.agreement.coefficients import (
    WITHOUT_ORDER,
    WITHOUT_SETS,
    Estimate,
    Interval,
    Summation,
    alpha,
    brennan_prediger,
    estimate,
    fleiss_kappa,
    gwet,
    nominal_sums,
    percent,
    told,
    weighted,
)
from annotator.agreement.intervals import RESAMPLES, interval, jackknife
from annotator.agreement.metrics import Level, Nominal, deepest, metric_for, truncated, weights_for, weights_on_a_line
from annotator.agreement.tables import Floats, PatternTable


@dataclass(frozen=True)
class FieldAgreement:
    """Agreement on one field; α at its level, the others nominal, so that prevalence shows."""

    level: Level
    units: int
    pairable: int
    percent: Estimate
    """0 … 1."""
    alpha: Estimate
    interval: Interval
    ac1: Estimate
    fleiss_kappa: Estimate

    @property
    def alpha_low(self) -> float | None:
        """The lower end of the 95 % interval of α."""
        return self.interval.low

    @property
    def alpha_high(self) -> float | None:
        """The upper end of the 95 % interval of α."""
        return self.interval.high

    @property
    def undefined(self) -> str | None:
        """Why something is missing, or None."""
        reasons = (self.alpha.reason, self.fleiss_kappa.reason, self.ac1.reason, self.interval.reason)
        return next((reason for reason in reasons if reason), None)


def agree(table: PatternTable, level: Level = "nominal", resamples: int = RESAMPLES, seed: int = 0) -> FieldAgreement:
    """Compute a row; no resamples leave the interval out. Raises RequestError where values do not fit the level."""
    # A ratio scale refuses negative values of lone units too; otherwise these need no differences.
    measured = table if level == "ratio" else table.paired()
    metric = metric_for(measured, level)
    nominal = nominal_sums(table)
    sums = nominal if isinstance(metric, Nominal) else Summation(measured, metric).whole()
    found = told(alpha, sums)
    wanted = resamples and found.is_defined
    return FieldAgreement(
        level=level,
        units=table.units,
        pairable=table.pairable,
        percent=told(percent, nominal),
        alpha=found,
        interval=interval(measured, metric, alpha, resamples, seed) if wanted else Interval(None, None, found.reason),
        ac1=told(gwet, nominal),
        fleiss_kappa=told(fleiss_kappa, nominal),
    )


MOST_WEIGHED = 2_048
"""Categories that are weighed against each other (32 MB of weights)."""
TOO_MANY = f"more than {MOST_WEIGHED:,} categories are not weighed against each other"


@dataclass(frozen=True)
class FieldDetails:
    """What is worked out for one field when somebody asks for it all."""

    brennan_prediger: Estimate
    ac2: Estimate
    """Gwet's, with ordinal weights on ordinal fields and quadratic ones on numbers."""
    alpha_jaccard: Estimate
    alpha_at_depth: tuple[Estimate, ...]
    """For trees: α of choices cut after one step, two steps and so on down to the whole."""
    jackknife: Interval
    """Another 95 % interval of α, from leaving out each unit once."""


def detail(table: PatternTable, level: Level) -> FieldDetails:
    """Compute the details; raises RequestError where values do not fit the level."""
    return FieldDetails(
        brennan_prediger=estimate(table, brennan_prediger),
        ac2=_ac2(table, level),
        alpha_jaccard=estimate(table, alpha, "jaccard") if level == "masi" else Estimate(None, WITHOUT_SETS),
        alpha_at_depth=_at_depths(table) if level == "tree" else (),
        jackknife=jackknife(table, metric_for(table, level), alpha),
    )


def _ac2(table: PatternTable, level: Level) -> Estimate:
    if level not in {"ordinal", "interval", "ratio"}:
        return Estimate(None, WITHOUT_ORDER)
    if table.q > MOST_WEIGHED:
        return Estimate(None, TOO_MANY)
    return weighted(table, gwet, _weights(table, level))


def _weights(table: PatternTable, level: Level) -> Floats:
    if level == "ordinal":
        return weights_for("ordinal", table.q)
    return weights_on_a_line(np.array(table.choices, dtype=np.float64), "quadratic")


def _at_depths(table: PatternTable) -> tuple[Estimate, ...]:
    """Nominal where everybody chose one branch, MASI where they chose sets of them."""
    level: Level = "masi" if any(isinstance(each, frozenset) for each in table.choices) else "nominal"
    cut = (truncated(table, depth) for depth in range(1, deepest(table) + 1))
    return tuple(estimate(each, alpha, level) for each in cut)
