"""Which difference metric belongs to which level of measurement."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal, get_args

import numpy as np

from annotator.agreement.arrays import Floats, Ints
from annotator.agreement.metrics import Blocks, Metric, Nominal, Points, Ranks
from annotator.agreement.sets import Sets, as_set
from annotator.agreement.tables import PatternTable
from annotator.agreement.trees import Tree, as_paths
from annotator.errors import RequestError

Level = Literal["nominal", "ordinal", "interval", "ratio", "masi", "jaccard", "tree"]
LEVELS: tuple[Level, ...] = get_args(Level)


def metric_for(table: PatternTable, level: Level) -> Metric:
    """Choose the metric of a level for the categories a table observes."""
    return metric_of(table.categories, level)


def metric_of(categories: tuple[Hashable, ...], level: Level) -> Metric:
    """Choose the metric of a level for categories.

    They are numbers for interval and ratio, sets for masi and jaccard, and paths or sets of
    paths for tree; for ordinal they stand in their order. Raises RequestError where they do not fit.
    """
    try:
        return _metric(categories, level)
    except (TypeError, ValueError) as error:
        raise RequestError(f"the values do not fit the level {level}: {error}; choose another level") from error


def _metric(categories: tuple[Hashable, ...], level: Level) -> Metric:
    if level == "nominal":
        return Nominal()
    if level == "ordinal":
        return Ranks(len(categories))
    if level == "interval":
        return Points(np.array(categories, dtype=np.float64))
    if level == "ratio":
        return Ratio(np.array(categories, dtype=np.float64))
    if level == "tree":
        return Tree([as_paths(category) for category in categories])
    if level in {"masi", "jaccard"}:
        return Sets([as_set(category) for category in categories], monotonic=level == "masi")
    raise RequestError(f"{level!r} is not a level; choose one of {', '.join(LEVELS)}")


class Ratio(Blocks):
    """δ² = ((c − k) / (c + k))², and 0 for two zeros (Krippendorff, Content Analysis, 4th ed., ch. 12)."""

    def __init__(self, values: Floats) -> None:
        """Take the value of each category; ratio scales have no negative values."""
        super().__init__(len(values))
        if (values < 0).any():
            raise ValueError("ratio scales have no negative values")
        self._values = values

    def rows(self, start: int, stop: int) -> Floats:
        """Broadcast over a range."""
        return _ratio(self._values[start:stop, None], self._values[None, :])

    def direct(self, a: Ints, b: Ints) -> Floats:
        """Compare single pairs."""
        return _ratio(self._values[a], self._values[b])


def _ratio(c: Floats, k: Floats) -> Floats:
    total = c + k
    return np.asarray(((c - k) / np.where(total > 0, total, 1.0)) ** 2)
