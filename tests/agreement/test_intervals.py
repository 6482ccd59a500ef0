"""Bootstrap and jackknife on patterns, against resampling units one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from annotator.agreement import intervals, tables
from annotator.agreement.coefficients import (
    NO_OVERLAP,
    TOO_FEW_UNITS,
    Summation,
    alpha,
    brennan_prediger,
    estimate,
    fleiss_kappa,
    gwet,
    percent,
)
from annotator.agreement.field import agree
from annotator.agreement.intervals import LONE, bootstrap, draw, drawing, interval, jackknife
from annotator.agreement.metrics import Nominal, metric_for
from annotator.agreement.tables import PatternTable, of_counts, of_patterns, of_units
from annotator.errors import RequestError
from tests.agreement.classics import patterns_of, random_matrix, table_of
from tests.proofs import mostly_slow

ALL = [alpha, percent, fleiss_kappa, brennan_prediger, gwet]
NUMBERS = ("nominal", "ordinal", "interval", "ratio")


@pytest.mark.parametrize("level", NUMBERS)
def test_the_seed_decides_the_interval(level: Any) -> None:
    table = table_of(random_matrix(1), range(5))
    metric = metric_for(table, level)
    assert bootstrap(table, metric, ALL, seed=4) == bootstrap(table, metric, ALL, seed=4)
    assert interval(table, metric, alpha, seed=4) != interval(table, metric, alpha, seed=5)


@pytest.mark.parametrize("level", NUMBERS)
def test_the_interval_holds_the_estimate(level: Any) -> None:
    row = agree(table_of(random_matrix(2, many=200), range(5)), level)
    assert row.alpha.value is not None and row.alpha_low is not None and row.alpha_high is not None
    assert row.alpha_low < row.alpha.value < row.alpha_high
    assert row.alpha_high - row.alpha_low < 0.4


@pytest.mark.long
@pytest.mark.parametrize("times", [[1, 3, 5, 1], [400, 300, 200, 100]])
@pytest.mark.parametrize("shared", [True, False])
def test_drawing_patterns_has_the_law_of_drawing_units(
    times: list[int], shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every way of drawing: the multinomial, units where there are few, and units that fields share."""
    monkeypatch.setattr(intervals, "_SHARED", 20_000 * 1_000)
    held = np.array(times)
    drawn = drawing(held, 20_000, seed=3)(0, 20_000) if shared else draw(np.random.default_rng(0), held, 20_000)
    assert (drawn.sum(axis=1) == held.sum()).all()
    share = held / held.sum()
    variance = held.sum() * (np.diag(share) - np.outer(share, share))
    assert drawn.mean(axis=0) == pytest.approx(held, rel=0.03)
    assert np.cov(drawn.T) == pytest.approx(variance, abs=0.03 * variance.max())


def test_a_field_is_drawn_alike_whatever_was_drawn_before() -> None:
    """Pairable and lone units come from streams of their own, so neither tells anything of the other."""
    held = np.array([60, 30, 7, 3])
    alone = drawing(held, 1_000, seed=1)(0, 1_000)
    drawing(np.array([80, 20]), 1_000, seed=1)(0, 1_000)
    pieces = drawing(held, 1_000, seed=1)
    assert (np.concatenate([pieces(0, 300), pieces(300, 1_000)]) == alone).all()
    other = drawing(held, 1_000, seed=1, stream=LONE)(0, 1_000)
    assert abs(np.corrcoef(alone[:, 0], other[:, 0])[0, 1]) < 0.15


@pytest.mark.parametrize("level", NUMBERS)
def test_lone_values_change_no_alpha(level: Any) -> None:
    table = table_of(random_matrix(5, many=60), range(5))
    row, paired = agree(table, level), agree(table.paired(), level)
    assert row.units > row.pairable == paired.units
    assert (row.alpha, row.interval) == (paired.alpha, paired.interval)


@pytest.mark.long
@pytest.mark.parametrize("level", mostly_slow(NUMBERS, NUMBERS[-1]))
@pytest.mark.parametrize("coefficient", ALL)
def test_resampling_units_one_by_one_gives_the_same_spread(level: Any, coefficient: Any) -> None:
    rows = [[int(v) for v in row if v >= 0] for row in random_matrix(3, many=80)]
    rows = [row for row in rows if len(row) > 1]
    table = of_units(range(5), rows)
    random = np.random.default_rng(9)
    slow = [
        estimate(of_units(range(5), [rows[i] for i in random.integers(len(rows), size=len(rows))]), coefficient, level)
        for _ in range(400)
    ]
    values = np.array([each.value for each in slow], dtype=float)
    (found,) = bootstrap(table, metric_for(table, level), [coefficient], resamples=4_000)
    assert found.low is not None and found.high is not None
    low, high = np.quantile(values, [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.04)
    assert found.high == pytest.approx(high, abs=0.04)
    assert (found.high - found.low) == pytest.approx(3.92 * values.std(), rel=0.15)


@pytest.mark.parametrize("level", NUMBERS)
def test_leaving_out_a_unit_is_leaving_it_out(level: Any) -> None:
    """The closed form of every coefficient against tables without the unit."""
    table = of_patterns([1, 2, 4, 8, 9], patterns_of(table_of(random_matrix(4, many=30), range(5))))
    summation = Summation(table, metric_for(table, level))
    held = patterns_of(table)
    pairable = [index for index, (pattern, _) in enumerate(held) if len(pattern) > 1]
    for part, sums in summation.without_one():
        for row, index in enumerate(pairable[part]):
            fewer = [(pattern, times - (place == index)) for place, (pattern, times) in enumerate(held)]
            for coefficient in ALL:
                found = estimate(of_patterns(table.choices, fewer), coefficient, level)
                assert coefficient(sums)[row] == pytest.approx(found.value)


def test_jackknife_and_bootstrap_tell_the_same() -> None:
    table = table_of(random_matrix(6, many=400), range(5))
    for level in ("nominal", "ordinal", "interval"):
        metric = metric_for(table, level)
        one, other = interval(table, metric, alpha), jackknife(table, metric, alpha)
        assert (one.method, other.method) == ("bootstrap", "jackknife")
        assert one.low == pytest.approx(other.low, abs=0.02)
        assert one.high == pytest.approx(other.high, abs=0.02)


@pytest.mark.parametrize("level", NUMBERS)
def test_small_pieces_and_sparse_counts_change_nothing(level: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = random_matrix(8)
    metric = metric_for(table_of(matrix, range(5)), level)
    whole = bootstrap(table_of(matrix, range(5)), metric, ALL, resamples=50)
    monkeypatch.setattr(tables, "DENSE_CELLS", 0)
    for one, other in zip(bootstrap(table_of(matrix, range(5)), metric, ALL, resamples=50), whole, strict=True):
        assert one.low == pytest.approx(other.low)
        assert one.high == pytest.approx(other.high)
    monkeypatch.setattr(intervals, "_CELLS", 400)
    assert bootstrap(table_of(matrix, range(5)), metric, ALL, resamples=50)[0].low is not None


def test_what_gives_no_interval_is_said() -> None:
    lone, none = of_units(range(2), [[0, 1]]), of_units(range(2), [[0]])
    assert interval(lone, Nominal(), percent).reason == TOO_FEW_UNITS
    assert interval(none, Nominal(), percent).reason == NO_OVERLAP
    with pytest.raises(RequestError, match="resamples"):
        interval(lone, Nominal(), percent, resamples=0)


def test_resamples_without_a_value_are_counted() -> None:
    table = of_units(range(2), [[0, 0]] * 9 + [[0, 1]] * 2)
    found = interval(table, Nominal(), alpha)
    assert 0 < found.undefined < 500
    assert found.low is not None
    rare = interval(of_units(range(2), [[0, 0]] * 4 + [[0, 1]]), Nominal(), alpha)
    assert rare.undefined > 200


@pytest.mark.long
def test_a_million_units_cost_what_their_patterns_cost() -> None:
    """Three annotators and twenty categories have at most 1,540 patterns."""
    table = _large()
    assert table.pairable == 1_000_000
    assert len(table.times) <= 1_540
    found = interval(table, Nominal(), alpha, resamples=100)
    assert found.low is not None and found.high is not None
    assert 0 < found.high - found.low < 0.01


def _large() -> PatternTable:
    random = np.random.default_rng(0)
    truth = random.integers(20, size=1_000_000)
    matrix = np.zeros((1_000_000, 20), dtype=np.int8)
    for _ in range(3):
        said = np.where(random.random(1_000_000) < 0.7, truth, random.integers(20, size=1_000_000))
        matrix[np.arange(1_000_000), said] += 1
    return of_counts(range(20), matrix)
