"""What must hold for any table: bounds, order, names, gaps, and what is undefined."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.coefficients import (
    NO_OVERLAP,
    ONE_CATEGORY,
    ONE_CHOICE,
    alpha,
    brennan_prediger,
    estimate,
    fleiss_kappa,
    gwet,
    percent,
    weighted,
)
from annotator.agreement.field import agree
from annotator.agreement.metrics import LEVELS, weights_for
from annotator.agreement.specific import confusions, per_choice
from annotator.agreement.tables import of_counts, of_labels, of_patterns, of_units
from annotator.errors import RequestError
from tests.agreement.classics import patterns_of, random_matrix, rebuilt, table_of, units

ALL = (alpha, percent, fleiss_kappa, brennan_prediger, gwet)
NUMBERS = ("nominal", "ordinal", "interval", "ratio")


@given(units())
def test_every_value_is_within_its_bounds_or_has_a_reason(rows: list[list[int]]) -> None:
    table = of_units(range(5), rows)
    for coefficient in ALL:
        found = estimate(table, coefficient)
        assert (found.value is None) == bool(found.reason)
        # Lone values take part in the chance agreement of Fleiss' κ, which then has no lower bound.
        least = -np.inf if coefficient is fleiss_kappa and table.singles.any() else -1.0
        assert found.value is None or least - 1e-9 <= found.value <= 1.0 + 1e-9
    share = estimate(table, percent).value
    assert share is None or 0 <= share <= 1


@given(units(), st.randoms(use_true_random=False), st.sampled_from(NUMBERS))
def test_order_of_units_and_annotators_changes_nothing(
    rows: list[list[int]], chance: random.Random, level: Any
) -> None:
    shuffled = [chance.sample(row, len(row)) for row in rows]
    chance.shuffle(shuffled)
    for coefficient in ALL:
        one, other = (estimate(of_units(range(5), each), coefficient, level) for each in (rows, shuffled))
        assert one.reason == other.reason
        assert one.value == pytest.approx(other.value, abs=1e-9)


@given(units(), st.permutations(range(5)))
def test_names_of_nominal_categories_change_nothing(rows: list[list[int]], names: list[int]) -> None:
    renamed = [[names[value] for value in row] for row in rows]
    for coefficient in ALL:
        one, other = (estimate(of_units(range(5), each), coefficient) for each in (rows, renamed))
        assert one.value == pytest.approx(other.value, abs=1e-9)


@given(units(), st.lists(st.integers(0, 4), max_size=5))
def test_units_with_one_value_or_none_are_counted_and_leave_alpha_alone(rows: list[list[int]], lone: list[int]) -> None:
    table, more = of_units(range(5), rows), of_units(range(5), [*rows, [], *([code] for code in lone)])
    assert more.pairable == table.pairable
    assert more.units == table.units + 1 + len(lone)
    for level in NUMBERS:
        assert estimate(more, alpha, level) == pytest.approx(estimate(table, alpha, level))  # type: ignore[arg-type]


@given(units())
def test_a_table_is_the_same_however_it_is_built(rows: list[list[int]]) -> None:
    table = of_units(range(5), rows)
    counts = np.array([[row.count(code) for code in range(5)] for row in rows], dtype=np.int64).reshape(-1, 5)
    for other in (rebuilt(table), of_counts(range(5), counts), of_labels(rows, range(5))):
        assert sorted(patterns_of(other)) == sorted(patterns_of(table))


def test_many_wide_rows_are_told_apart() -> None:
    counts = np.random.default_rng(3).integers(0, 3, size=(500, 90))
    table = of_counts(range(90), np.concatenate([counts, counts[:100]]))
    assert len(table.times) == 500
    assert table.times.tolist() == [2] * 100 + [1] * 400


@pytest.mark.parametrize("level", NUMBERS)
def test_alpha_is_one_less_the_ratio_of_disagreements_written_out(level: Any) -> None:
    """Against the definition with its loops over pairs of values."""
    values = [1.0, 2.0, 4.0, 8.0, 9.0]
    table = table_of(random_matrix(7), range(5))
    by_value = of_patterns(values, patterns_of(table))
    assert estimate(by_value, alpha, level).value == pytest.approx(_by_definition(patterns_of(table), values, level))


def _by_definition(patterns: list[tuple[tuple[int, ...], int]], values: list[float], level: str) -> float:
    rows = [pattern for pattern, times in patterns for _ in range(times) if len(pattern) > 1]
    flat = [code for row in rows for code in row]
    held = [flat.count(code) for code in range(len(values))]

    def apart(c: int, k: int) -> float:
        a, b = values[c], values[k]
        if level == "nominal":
            return float(c != k)
        if level == "ordinal":
            low, high = min(c, k), max(c, k)
            return (sum(held[low : high + 1]) - (held[c] + held[k]) / 2) ** 2
        return (a - b) ** 2 if level == "interval" else ((a - b) / (a + b)) ** 2

    observed = sum(apart(c, k) / (len(row) - 1) for row in rows for c in row for k in row) / len(flat)
    expected = sum(apart(c, k) for c in flat for k in flat) / (len(flat) * (len(flat) - 1))
    return 1 - observed / expected


def test_no_overlap_is_said() -> None:
    row = agree(of_units(range(3), [[0], [1], [], [2]]))
    assert (row.units, row.pairable, row.undefined) == (4, 0, NO_OVERLAP)
    assert row.alpha.value is row.percent.value is row.ac1.value is row.fleiss_kappa.value is row.alpha_low is None


def test_no_units_at_all() -> None:
    for level in LEVELS:
        assert agree(of_units([], []), level).undefined == NO_OVERLAP


@pytest.mark.parametrize("level", NUMBERS)
def test_one_category_everywhere_is_full_agreement_without_alpha(level: Any) -> None:
    row = agree(of_labels([[3, 3], [3, 3, 3], [4]], [3, 4]), level)
    assert row.percent.value == 1.0
    assert row.alpha.value is row.fleiss_kappa.value is row.alpha_low is None
    assert row.undefined == ONE_CATEGORY


def test_one_choice_to_choose_from() -> None:
    assert estimate(of_units(["only"], [[0, 0]]), gwet).reason == ONE_CHOICE
    assert estimate(of_units(["only"], [[0, 0]]), brennan_prediger).reason == ONE_CHOICE


@given(units())
def test_alpha_of_a_huge_scale_keeps_its_digits(rows: list[list[int]]) -> None:
    near, far = ([shift + step * 1.0 for step in range(5)] for shift in (0.0, 1e9))
    one, other = (estimate(of_units(each, rows), alpha, "interval") for each in (near, far))
    assert one.value == pytest.approx(other.value, abs=1e-9)


def test_values_that_do_not_fit_a_level_are_refused() -> None:
    table = of_labels([["a", "b"], ["b", "b"]])
    for level in ("interval", "ratio", "masi"):
        with pytest.raises(RequestError, match="level"):
            estimate(table, alpha, level)
    with pytest.raises(RequestError, match="negative"):
        estimate(of_labels([[-1, 2]]), alpha, "ratio")
    with pytest.raises(RequestError, match="not one of the categories"):
        of_labels([["a", "z"]], ["a", "b"])


def test_weights_of_identity_change_nothing() -> None:
    table = table_of(random_matrix(2), range(5))
    assert weighted(table, gwet, weights_for("identity", 5)).value == pytest.approx(estimate(table, gwet).value)
    assert weighted(table, brennan_prediger, weights_for("identity", 5)).value == pytest.approx(
        estimate(table, brennan_prediger).value
    )


def test_specific_agreement_of_two_annotators() -> None:
    """Both say yes 4 times, one alone 2 times: 2·4 / (5 + 5)."""
    rows = [["yes", "yes"]] * 4 + [["yes", "no"], ["no", "yes"]] + [["no", "no"]] * 10
    yes, no, never = per_choice(of_labels(rows, ["yes", "no", "never"]))
    assert yes.specific.value == pytest.approx(8 / 10)
    assert no.specific.value == pytest.approx(20 / 22)
    assert never.specific.value is None and never.specific.reason
    assert yes.alpha_one_vs_rest.value == pytest.approx(estimate(of_labels(rows), alpha).value)


def test_specific_agreement_looks_into_sets() -> None:
    rows = [[frozenset("ab"), frozenset("a")], [frozenset("b"), frozenset("b")], [frozenset(), frozenset("c")]]
    found = {each.choice: each.specific.value for each in per_choice(of_labels(rows), ["a", "b", "c"])}
    assert found == {"a": 1.0, "b": pytest.approx(2 / 3), "c": 0.0}


def test_confusions_come_most_frequent_first() -> None:
    found = confusions(of_labels([["a", "b"]] * 3 + [["a", "c", "c"]] + [["b", "b"]]))
    assert [(each.a, each.b, each.pairs, each.units) for each in found] == [("a", "b", 3, 3), ("a", "c", 2, 1)]


def test_ten_thousand_annotators_of_one_unit() -> None:
    table = of_units(range(3), [[0] * 6000 + [1] * 4000, [2, 2]])
    share = 1 - 2 * 6000 * 4000 / (10_000 * 9_999)
    assert estimate(table, percent).value == pytest.approx((share + 1) / 2)
