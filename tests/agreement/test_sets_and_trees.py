"""Sets by MASI and Jaccard, trees by path distance and cut at a depth."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pytest

from annotator.agreement import intervals, metrics
from annotator.agreement.coefficients import alpha, estimate, percent
from annotator.agreement.field import agree
from annotator.agreement.intervals import interval
from annotator.agreement.metrics import deepest, metric_for, metric_of, truncated
from annotator.agreement.tables import of_labels

A, B, AB, ABC, BC, NONE = (frozenset(each) for each in ("a", "b", "ab", "abc", "bc", ""))


@pytest.mark.parametrize(
    ("one", "other", "masi", "jaccard"),
    [
        (AB, AB, 0.0, 0.0),
        (A, AB, 1 - 1 / 2 * 2 / 3, 1 / 2),
        (AB, BC, 1 - 1 / 3 * 1 / 3, 2 / 3),
        (A, B, 1.0, 1.0),
        (NONE, A, 1.0, 1.0),
        (NONE, NONE, 0.0, 0.0),
        (ABC, A, 1 - 1 / 3 * 2 / 3, 2 / 3),
    ],
)
def test_distances_of_sets_as_published(one: Any, other: Any, masi: float, jaccard: float) -> None:
    for level, wanted in (("masi", masi), ("jaccard", jaccard)):
        metric = metric_of((one, other), level)  # type: ignore[arg-type]
        assert metric.pairs(np.array([0]), np.array([1]))[0] == pytest.approx(wanted)


def test_single_choices_are_nominal_under_masi() -> None:
    rows = [["a", "a"], ["a", "b"], ["b", "b", "c"]]
    sets = [[frozenset([value]) for value in row] for row in rows]
    assert estimate(of_labels(sets), alpha, "masi").value == pytest.approx(estimate(of_labels(rows), alpha).value)


CAR, BUS, RAIL = ("road", "car"), ("road", "bus"), ("rail",)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        (CAR, BUS, 2 / 3),
        (CAR, ("road",), 1 / 3),
        (CAR, RAIL, 1.0),
        (frozenset([CAR, RAIL]), frozenset([CAR]), (0 + 1 + 0) / 3),
        (frozenset([CAR]), frozenset(), 1.0),
    ],
)
def test_path_distance(one: Any, other: Any, distance: float) -> None:
    """The longest way is three steps: from the car up to the root and down to the railway."""
    metric = metric_of((one, other, CAR, RAIL), "tree")
    assert metric.pairs(np.array([0]), np.array([1]))[0] == pytest.approx(distance)


def test_near_misses_in_a_tree_count_less_than_far_ones() -> None:
    same: list[list[Hashable]] = [[CAR, CAR], [BUS, BUS], [RAIL, RAIL]]
    near, far = (estimate(of_labels([*same, miss]), alpha, "tree").value for miss in ([CAR, BUS], [CAR, RAIL]))
    assert near is not None and far is not None
    assert near > far


def test_cut_at_a_depth_near_misses_vanish() -> None:
    table = of_labels([[CAR, BUS], [RAIL, RAIL], [BUS, BUS], [CAR]])
    assert deepest(table) == 2
    assert estimate(truncated(table, 1), percent).value == 1.0
    assert estimate(truncated(table, 1), alpha).value == pytest.approx(1.0)
    assert estimate(truncated(table, 2), alpha).value == pytest.approx(estimate(table, alpha).value)
    assert truncated(table, 1).units == 4


def test_sets_of_paths_are_cut_as_sets() -> None:
    table = of_labels([[frozenset([CAR, BUS]), frozenset([BUS])], [frozenset([RAIL]), frozenset()]])
    assert estimate(truncated(table, 1), percent).value == pytest.approx(1 / 2)


@pytest.mark.parametrize("level", ["masi", "jaccard", "tree"])
def test_too_many_sets_for_a_matrix_give_the_same_alpha(level: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    rows = [
        [frozenset((chr(97 + int(letter)),) for letter in random.integers(0, 6, size=3)) for _ in range(3)]
        for _ in range(40)
    ]
    table = of_labels(rows)
    whole = estimate(table, alpha, level)
    monkeypatch.setattr(metrics, "MATERIALISED", 2)
    monkeypatch.setattr(metrics, "_CELLS", 64)
    assert estimate(table, alpha, level).value == pytest.approx(whole.value)


def test_more_different_sets_than_a_matrix_holds_have_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    rows = [[frozenset(random.integers(0, 9, size=4).tolist()) for _ in range(2)] for _ in range(60)]
    table = of_labels([*rows, *([row[0]] * 2 for row in rows)])
    monkeypatch.setattr(intervals, "MATERIALISED", 8)
    found = interval(table, metric_for(table, "masi"), alpha)
    middle = agree(table, "masi", resamples=0).alpha.value
    assert found.method == "jackknife"
    assert found.low is not None and found.high is not None and middle is not None
    assert found.low < middle < found.high
