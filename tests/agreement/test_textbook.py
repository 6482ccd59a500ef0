"""The values that the sources print for their tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.agreement.coefficients import (
    Coefficient,
    Summation,
    alpha,
    brennan_prediger,
    estimate,
    fleiss_kappa,
    gwet,
    percent,
    told,
)
from annotator.agreement.metrics import Blocks
from annotator.agreement.pairs import PairAgreement, compare, conger_kappa
from annotator.agreement.tables import Floats, Ints, Ratings, of_labels, of_ratings
from tests.agreement.classics import DIALOGUE_ACTS, RELIABILITY_DATA, two_by_two

COEFFICIENTS: dict[str, Coefficient] = {
    "krippendorff_alpha": alpha,
    "percent_agreement": percent,
    "fleiss_kappa": fleiss_kappa,
    "fleiss_kappa_generalised": fleiss_kappa,
    "gwet_ac1": gwet,
    "brennan_prediger": brennan_prediger,
    "bennett_s": brennan_prediger,
    "scott_pi": fleiss_kappa,
}


@pytest.mark.parametrize(
    ("level", "value"), [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)]
)
def test_alpha_of_the_reliability_data_at_every_level(level: Any, value: float) -> None:
    assert estimate(of_labels(RELIABILITY_DATA), alpha, level).value == pytest.approx(value, abs=1e-6)


def test_other_coefficients_of_the_reliability_data_with_its_gaps() -> None:
    table = of_labels(RELIABILITY_DATA)
    for coefficient, value in (
        (percent, 0.81818),
        (fleiss_kappa, 0.76117),
        (gwet, 0.77544),
        (brennan_prediger, 0.77273),
    ):
        assert estimate(table, coefficient).value == pytest.approx(value, abs=5e-6)
    assert (table.units, table.pairable) == (12, 11)


def test_two_annotators_of_dialogue_acts() -> None:
    found = _pair(DIALOGUE_ACTS)
    assert found.kappa.value == pytest.approx(0.8013, abs=1e-4)
    assert found.pi.value == pytest.approx(0.79953, abs=5e-6)
    assert estimate(of_labels(DIALOGUE_ACTS), brennan_prediger).value == pytest.approx(0.82)


def test_the_prevalence_paradox_shows() -> None:
    """High agreement on a rare category: κ and α fall, AC1 stays."""
    table = of_labels(two_by_two((1, 1, 90), (1, 2, 5), (2, 1, 5)))
    low, high = estimate(table, alpha).value, estimate(table, gwet).value
    assert low is not None and high is not None
    assert low < 0 < 0.85 < high


def test_a_category_nobody_used_counts() -> None:
    rows = [[0] * 6 + [1], [1] * 7]
    assert estimate(of_labels(rows, [0, 1, 2]), brennan_prediger).value == pytest.approx(0.785714, abs=6e-6)
    assert estimate(of_labels(rows, [0, 1]), brennan_prediger).value != pytest.approx(0.785714, abs=6e-6)


def test_every_value_of_the_textbook(shared_data: Path) -> None:
    tables = json.loads((shared_data / "agreement" / "textbook.json").read_text(encoding="utf-8"))
    wrong, checked = [], 0
    for name, table in tables.items():
        rows = [[frozenset(v) if isinstance(v, list) else v for v in row] for row in table["rows"]]
        for expected in table["expected"]:
            found = np.array(_compute(name, rows, expected), dtype=float)
            wanted = expected["value"]
            wanted = np.array(list(wanted.values()) if isinstance(wanted, dict) else wanted, dtype=float)
            checked += 1
            if not (np.abs(found - wanted) <= expected["tol"]).all():
                wrong.append((name, expected["metric"], expected.get("level"), found, wanted))
    assert not wrong
    assert checked > 42


def _compute(name: str, rows: list[list[Any]], expected: dict[str, Any]) -> Any:
    metric, level = expected["metric"], expected.get("level", "nominal")
    if level.startswith("dkpro"):
        return _alpha_of_sets(rows, _graded if "SetAnnotation" in level else _short_masi)
    if metric in SPECIAL:
        return SPECIAL[metric](rows)
    table = of_labels(rows, [0, 1, 2] if name.startswith("randolph") else None)
    return estimate(table, COEFFICIENTS[metric], level).value


def _ratings(rows: list[list[Any]]) -> Ratings:
    choices = sorted({value for row in rows for value in row if value is not None})
    return of_ratings(choices, ((u, f"r{a}", value) for u, row in enumerate(rows) for a, value in enumerate(row)))


def _pair(rows: Sequence[Sequence[Any]]) -> PairAgreement:
    """The last two annotators; values in their order, equally far apart."""
    both = [(row[-2], row[-1]) for row in rows if row[-2] is not None and row[-1] is not None]
    place = {value: position for position, value in enumerate(sorted({value for pair in both for value in pair}))}
    cells = Counter((place[a], place[b]) for a, b in both)
    return compare(cells, {position: float(position) for position in place.values()})


def _per_category(rows: list[list[Any]]) -> list[float | None]:
    values = sorted({value for row in rows for value in row})
    alone = ([[value == each for value in row] for row in rows] for each in values)
    return [estimate(of_labels(each), fleiss_kappa).value for each in alone]


def _per_item(rows: list[list[Any]]) -> list[float | None]:
    return [estimate(of_labels([row]), percent).value for row in rows]


def _shared(rows: list[list[Any]], distance: Callable[[Any, Any], float]) -> float:
    """Observed agreement by a distance of sets; two empty sets share nothing there, while ours agree."""
    filled = [row for row in rows if any(row)]
    observed = told(percent, Summation(table := of_labels(filled), _Own(table.categories, distance)).whole()).value
    return (observed or 0.0) * len(filled) / len(rows)


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 1 - 2 * len(a & b) / (len(a) + len(b)) if a | b else 0.0


SPECIAL: dict[str, Callable[[list[list[Any]]], Any]] = {
    "cohen_kappa": lambda rows: _pair(rows).kappa.value,
    "cohen_kappa_linear": lambda rows: _pair(rows).linear.value,
    "cohen_kappa_quadratic": lambda rows: _pair(rows).quadratic.value,
    "dice": lambda rows: _shared(rows, _dice),
    "max_percent_agreement": lambda rows: _shared(rows, lambda a, b: 0.0 if a & b else 1.0),
    "conger_kappa": lambda rows: conger_kappa(_ratings(rows)).value,
    "fleiss_kappa_per_category": _per_category,
    "item_agreement": _per_item,
    "item_agreement_first5": lambda rows: _per_item(rows[:5]),
}


class _Own(Blocks):
    """A distance of somebody else's, to see that the sums hold for any."""

    def __init__(self, sets: tuple[Hashable, ...], distance: Callable[[Any, Any], float]) -> None:
        super().__init__(len(sets))
        self._matrix = np.array([[distance(a, b) for b in sets] for a in sets])

    def rows(self, start: int, stop: int) -> Floats:
        return self._matrix[start:stop]

    def direct(self, a: Ints, b: Ints) -> Floats:
        return np.asarray(self._matrix[a, b])


def _graded(a: frozenset[str], b: frozenset[str]) -> float:
    """0 equal, 1/3 contained, 2/3 overlapping, 1 disjoint; the empty set is contained in any."""
    if a == b:
        return 0.0
    return 1 / 3 if a <= b or b <= a else (2 / 3 if a & b else 1.0)


def _short_masi(a: frozenset[str], b: frozenset[str]) -> float:
    """(1 − J)·M, another thing than the published 1 − J·M."""
    jaccard = len(a & b) / len(a | b) if a | b else 1.0
    return (1 - jaccard) * _graded(a, b)


def _alpha_of_sets(rows: list[list[Any]], distance: Callable[[Any, Any], float]) -> float | None:
    table = of_labels(rows)
    return told(alpha, Summation(table, _Own(table.categories, distance)).whole()).value
