"""The table of two annotators from counted pairs of values, without a row per unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from annotator.agreement.arrays import Ints
from annotator.agreement.crosstabs import cohen_kappa, percent_agreement
from annotator.agreement.estimates import Estimate


def crosstab_of_counts(cells: Mapping[tuple[int, int], int]) -> Ints:
    """The (q, q) table of the categories that occur, in ascending order; the first of a pair is the row."""
    used = sorted({code for pair in cells for code in pair})
    place = {code: position for position, code in enumerate(used)}
    table = np.zeros((len(used), len(used)), dtype=np.int64)
    for (a, b), count in cells.items():
        table[place[a], place[b]] += count
    return table


def percent_and_kappa(cells: Mapping[tuple[int, int], int]) -> tuple[Estimate, Estimate]:
    """Percent agreement, 0 … 1, and Cohen's κ (1960) of counted pairs."""
    table = crosstab_of_counts(cells)
    return percent_agreement(table), cohen_kappa(table)
