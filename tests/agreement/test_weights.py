"""Weighted units count as if there were so many of them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.coefficients import brennan_prediger, estimate, fleiss_kappa, gwet, percent
from annotator.agreement.field import agree, detail
from annotator.agreement.metrics import truncated
from annotator.agreement.specific import per_choice
from annotator.agreement.tables import PatternTable, of_patterns, of_weighted

CHOICES = ("a", "b", "c")
UNITS = st.lists(
    st.tuples(st.lists(st.integers(0, 2), min_size=2, max_size=4).map(tuple), st.integers(1, 4)), min_size=1
)
SCALE_FREE = (percent, fleiss_kappa, gwet, brennan_prediger)


def weighted(units: list[tuple[tuple[int, ...], int]]) -> PatternTable:
    return of_weighted(CHOICES, [(pattern, float(weight) / 7, 1) for pattern, weight in units])


def repeated(units: list[tuple[tuple[int, ...], int]]) -> PatternTable:
    found = Counter[tuple[int, ...]]()
    for pattern, weight in units:
        found[pattern] += weight
    return of_patterns(CHOICES, found)


@given(UNITS)
def test_a_weight_is_as_good_as_so_many_units(units: list[tuple[tuple[int, ...], int]]) -> None:
    for coefficient in SCALE_FREE:
        one, many = (estimate(table, coefficient) for table in (weighted(units), repeated(units)))
        assert one.value == pytest.approx(many.value)
    for one_choice, many_choice in zip(per_choice(weighted(units)), per_choice(repeated(units)), strict=True):
        assert one_choice.specific.value == pytest.approx(many_choice.specific.value)


@given(UNITS)
def test_equal_weights_change_nothing(units: list[tuple[tuple[int, ...], int]]) -> None:
    alike = of_weighted(CHOICES, [(pattern, 12.5, 1) for pattern, _ in units])
    plain = of_patterns(CHOICES, Counter(pattern for pattern, _ in units))
    one, other = agree(alike), agree(plain)
    assert one.alpha.value == pytest.approx(other.alpha.value)
    assert one.alpha_low == pytest.approx(other.alpha_low) and one.alpha_high == pytest.approx(other.alpha_high)
    one_more, other_more = detail(alike, "nominal"), detail(plain, "nominal")
    assert one_more.jackknife.low == pytest.approx(other_more.jackknife.low)


def test_lone_and_empty_units_are_told_and_take_no_part() -> None:
    table = of_weighted(CHOICES, [((0, 0), 3.0, 2), ((0, 1), 1.0, 1), ((2,), 9.0, 4), ((), 0.0, 1)])
    assert (table.units, table.pairable, table.categories) == (8, 3, ("a", "b"))
    assert estimate(table, percent).value == pytest.approx(6 / 7)


def test_what_is_cut_keeps_its_weights() -> None:
    paths = (("x", "y"), ("x", "z"), ("w",))
    table = of_weighted(paths, [((0, 1), 5.0, 1), ((0, 2), 1.0, 1)])
    assert estimate(truncated(table, 1), percent).value == pytest.approx(5 / 6)
