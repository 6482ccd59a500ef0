"""The table of two annotators from counted pairs of values, without a row per unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, get_args

import numpy as np

from annotator.agreement.arrays import Ints
from annotator.agreement.crosstabs import cohen_kappa, percent_agreement, scott_pi
from annotator.agreement.estimates import WITHOUT_ORDER, Estimate
from annotator.agreement.weights import Line, weights_on_a_line

SCHEMES: tuple[Line, ...] = get_args(Line)


def used(cells: Mapping[tuple[int, int], int]) -> list[int]:
    """The categories that occur, ascending."""
    return sorted({code for pair in cells for code in pair})


def crosstab_of_counts(cells: Mapping[tuple[int, int], int]) -> Ints:
    """The (q, q) table of the categories that occur, in ascending order; the first of a pair is the row."""
    codes = used(cells)
    place = {code: position for position, code in enumerate(codes)}
    table = np.zeros((len(codes), len(codes)), dtype=np.int64)
    for (a, b), count in cells.items():
        table[place[a], place[b]] += count
    return table


class PairAgreement(NamedTuple):
    """How far two annotators agree; the weighted κ only where values have an order."""

    percent: Estimate
    """0 … 1."""
    kappa: Estimate
    pi: Estimate
    linear: Estimate
    quadratic: Estimate


def compare(cells: Mapping[tuple[int, int], int], points: Mapping[int, float] | None = None) -> PairAgreement:
    """Compare two annotators by counted pairs of values; `points` says where values lie that have an order."""
    table = crosstab_of_counts(cells)
    linear, quadratic = (_weighted(table, cells, points, scheme) for scheme in SCHEMES)
    return PairAgreement(percent_agreement(table), cohen_kappa(table), scott_pi(table), linear, quadratic)


def _weighted(
    table: Ints,
    cells: Mapping[tuple[int, int], int],
    points: Mapping[int, float] | None,
    scheme: Line,
) -> Estimate:
    if points is None:
        return Estimate(None, WITHOUT_ORDER)
    line = np.array([points[code] for code in used(cells)], dtype=np.float64)
    return cohen_kappa(table, weights_on_a_line(line, scheme))
