"""A table that follows the work says what a table built anew says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.coefficients import alpha, brennan_prediger, estimate, fleiss_kappa, gwet, percent
from annotator.agreement.estimates import NO_OVERLAP
from annotator.agreement.field import agree
from annotator.agreement.live import LiveTable
from annotator.agreement.tables import of_labels, of_units
from annotator.errors import RequestError
from tests.agreement.classics import units

VALUES = [1, 2, 4, 8, 9]


@given(units(), units(), st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_adding_and_removing_is_building_anew(stay: list[list[int]], go: list[list[int]], level: Any) -> None:
    live = LiveTable(VALUES, ((tuple(row), 1) for row in go))
    for row in stay:
        live.add(row)
    for row in go:
        live.remove(reversed(row))
    anew = of_units(VALUES, stay)
    for coefficient in (alpha, percent, fleiss_kappa, gwet, brennan_prediger):
        found, wanted = live.estimate(coefficient, level), estimate(anew, coefficient, level)
        assert found.reason == wanted.reason
        assert found.value == pytest.approx(wanted.value, abs=1e-9)
        assert estimate(live.table(), coefficient, level).value == pytest.approx(wanted.value, abs=1e-9)


def test_an_answer_moves_the_figures_at_once() -> None:
    live = LiveTable(["no", "yes"])
    assert live.estimate(alpha).reason == NO_OVERLAP
    live.change([], [0])
    live.change([0], [0, 1])
    live.add([1, 1])
    assert live.estimate(percent).value == 0.5
    live.change([0, 1], [1, 1])
    assert live.estimate(percent).value == 1.0
    assert live.estimate(alpha).value is None


def test_a_set_not_seen_before_joins() -> None:
    live = LiveTable([])
    rows = [[frozenset("a"), frozenset("ab")], [frozenset("b"), frozenset("b")], [frozenset(), frozenset("a")]]
    for row in rows:
        live.add([live.code_of(value) for value in row])
    assert live.estimate(alpha, "masi").value == pytest.approx(estimate(of_labels(rows), alpha, "masi").value)


def test_what_is_not_there_cannot_be_taken_out() -> None:
    live = LiveTable(range(2), [((0, 1), 1)])
    with pytest.raises(RequestError, match="left to take out"):
        live.remove([0, 0])
    with pytest.raises(RequestError, match="categories"):
        live.add([0, 2])


@given(units(), st.randoms())
def test_an_interval_does_not_depend_on_the_order_in_which_units_came(rows: list[list[int]], random: Any) -> None:
    shuffled = [random.sample(row, len(row)) for row in random.sample(rows, len(rows))]
    found, again = (agree(of_units(VALUES, each), resamples=50) for each in (rows, shuffled))
    assert found == again
