"""The coefficients of one field beyond its row: other ideas of chance, partial agreement, sets and trees cut short."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotator.agreement.arrays import Floats
from annotator.agreement.coefficients import alpha, brennan_prediger, estimate, gwet, weighted
from annotator.agreement.distances import Level, metric_for
from annotator.agreement.estimates import WITHOUT_ORDER, WITHOUT_SETS, Estimate, Interval
from annotator.agreement.intervals import jackknife
from annotator.agreement.tables import PatternTable
from annotator.agreement.trees import deepest, truncated
from annotator.agreement.weights import weights_for, weights_on_a_line

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
