"""Annotators compared with each other, with the rest, with a standard, with themselves."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.coefficients import NO_OVERLAP, ONE_CATEGORY, WITHOUT_ORDER
from annotator.agreement.metrics import weights_for
from annotator.agreement.pairs import (
    cohen_kappa,
    compare,
    conger_kappa,
    crosstab_of_counts,
    percent_agreement,
    scott_pi,
    with_standard,
    with_the_rest,
    with_themselves,
)
from annotator.agreement.tables import of_ratings
from annotator.errors import RequestError
from tests.agreement.classics import crosstab, random_matrix, rated

NAMES = ["ann", "ben", "cyd", "dee"]


@given(st.integers(0, 10_000))
def test_counted_pairs_are_the_table_of_two_columns(seed: int) -> None:
    matrix = random_matrix(seed, many=12, annotators=2, gaps=0.4)
    counted = Counter((int(a), int(b)) for a, b in matrix if a >= 0 and b >= 0)
    found, cells = compare(counted), crosstab(matrix[:, 0], matrix[:, 1], 5)
    assert crosstab_of_counts(counted).sum() == cells.sum()
    assert found.percent == percent_agreement(cells)
    assert found.kappa.reason == cohen_kappa(cells).reason
    for mine, wanted in ((found.kappa, cohen_kappa(cells)), (found.pi, scott_pi(cells))):
        assert mine.value == (None if wanted.value is None else pytest.approx(wanted.value))
    assert found.linear.reason == WITHOUT_ORDER


@given(st.integers(0, 10_000))
def test_weighted_kappa_is_the_same_with_and_without_categories_nobody_used(seed: int) -> None:
    matrix = random_matrix(seed, many=8, annotators=2)
    counted = Counter((int(a), int(b)) for a, b in matrix if a >= 0 and b >= 0)
    found = compare(counted, {code: float(code) for code in range(5)})
    cells = crosstab(matrix[:, 0], matrix[:, 1], 5)
    for scheme, mine in (("linear", found.linear), ("quadratic", found.quadratic)):
        wanted = cohen_kappa(cells, weights_for("linear" if scheme == "linear" else "quadratic", 5))
        assert mine.value == (None if wanted.value is None else pytest.approx(wanted.value))


def test_kappa_of_a_known_table() -> None:
    """20 and 15 on the diagonal, 5 and 10 beside it: observed 0.7, by chance 0.5."""
    cells = np.array([[20, 5], [10, 15]])
    assert cohen_kappa(cells).value == pytest.approx(0.4)
    assert scott_pi(cells).value == pytest.approx((0.7 - 0.505) / 0.495)


def test_weights_forgive_near_misses() -> None:
    near, far = (np.diag([5, 5, 5]) + np.eye(3, k=k, dtype=int) for k in (1, 2))
    weights = weights_for("quadratic", 3)
    one, other = cohen_kappa(near, weights).value, cohen_kappa(far, weights).value
    assert one is not None and other is not None
    assert one > other


def test_kappa_of_one_category_or_none_is_said() -> None:
    assert cohen_kappa(np.array([[9, 0], [0, 0]])).reason == ONE_CATEGORY
    assert percent_agreement(np.array([[9, 0], [0, 0]])).value == 1.0
    assert cohen_kappa(np.zeros((2, 2), dtype=int)).reason == NO_OVERLAP
    assert cohen_kappa(np.array([[0, 9], [0, 0]])).value == 0.0


def test_the_one_who_differs_stands_out_against_the_rest() -> None:
    rows = [("u1", "ann", "x"), ("u1", "ben", "x"), ("u1", "cyd", "y"), ("u2", "ann", "y"), ("u2", "ben", "y")]
    found = {each.a: each for each in with_the_rest(of_ratings(["x", "y"], rows))}
    assert [(found[name].units, found[name].percent.value) for name in ("ann", "cyd")] == [(2, 0.75), (1, 0.0)]


def test_against_the_adjudicated_answers() -> None:
    rows = [(u, who, value) for u, who, value in zip("1122", ["ann", "ben"] * 2, "xyxx", strict=True)]
    ann, ben = with_standard(of_ratings(["x", "y"], rows), {"1": 0, "2": 0, "3": 1})
    assert (ann.percent.value, ben.percent.value, ben.units) == (1.0, 0.5, 2)


def test_round_after_round() -> None:
    first = of_ratings(["x", "y"], [("1", "ann", "x"), ("2", "ann", "y"), ("3", "ann", "y"), ("1", "ben", "x")])
    second = of_ratings(["x", "y"], [("2", "ann", "y"), ("1", "ann", "y"), ("9", "ben", "x")])
    ann, ben = with_themselves(first, second)
    assert (ann.a, ann.units, ann.percent.value) == ("ann", 2, 0.5)
    assert ben.percent.reason == NO_OVERLAP
    with pytest.raises(RequestError, match="different categories"):
        with_themselves(first, of_ratings(["x"], []))


def test_a_second_saving_counts_once_with_its_last_value() -> None:
    ratings = of_ratings(["x", "y"], [("1", "ann", "x"), ("1", "ann", "y"), ("1", "ben", "y"), ("2", "ben", None)])
    assert [each.percent.value for each in with_the_rest(ratings)] == [1.0, 1.0]
    assert ratings.sizes.tolist() == [2]


@given(st.integers(0, 10_000), st.permutations(range(4)))
def test_the_order_of_annotators_changes_nothing(seed: int, order: list[int]) -> None:
    matrix = random_matrix(seed, many=15)
    one = rated(range(5), NAMES, matrix)
    other = rated(range(5), [NAMES[place] for place in order], matrix[:, order])
    assert conger_kappa(one).value == pytest.approx(conger_kappa(other).value)


def test_an_unknown_value_is_named() -> None:
    ratings = of_ratings(["x"], [("1", "ann", "x")])
    with pytest.raises(RequestError, match="'q' is not one"):
        of_ratings(["x"], [("1", "ann", "q")])
    assert with_the_rest(ratings)[0].percent.reason == NO_OVERLAP
