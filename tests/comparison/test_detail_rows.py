"""Every coefficient of a field when somebody asks for it all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotator.desk.comparison.comparison import comparing
from annotator.desk.comparison.fields import MORE, Resampling, detail_rows
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import DetailRow
from annotator.desk.project import Project
from tests.comparison.classified import Said, classified, crowd, verdicts


def row(project: Project, field: str) -> DetailRow:
    with comparing(project, Scope("compared", field=field)) as comparison:
        (found,) = detail_rows(comparison, Resampling(20))
    return found


def two(folder: Path, field: str, ann: list[Any], bob: list[Any]) -> DetailRow:
    def said(column: list[Any]) -> list[Said | None]:
        return [{field: value} for value in column]

    return row(classified(folder, {"ann": said(ann), "bob": said(bob)}), field)


def test_a_nominal_field(tmp_path: Path) -> None:
    found = two(tmp_path, "verdict", ["yes", "yes", "no", "no"], ["yes", "no", "no", "no"])
    # by hand: three of four agree, three choices to choose from
    assert found.brennan_prediger == pytest.approx((3 / 4 - 1 / 3) / (2 / 3))
    # two annotators: Conger's is Cohen's; shares 2:2 and 1:3, chance 1/2
    assert found.conger_kappa == pytest.approx(1 / 2)
    assert found.alpha_jackknife_low is not None
    assert found.alpha is not None
    assert found.alpha_jackknife_high is not None
    assert found.alpha_jackknife_low < found.alpha < found.alpha_jackknife_high
    assert (found.ac2, found.alpha_jaccard, found.alpha_at_depth) == (None, None, None)
    assert found.reasons == {
        "ac2": "only for ordered and numeric fields",
        "alpha_jaccard": "only for fields of several values",
    }


def test_an_ordered_field_has_ac2_that_forgives_near_misses(tmp_path: Path) -> None:
    near = two(tmp_path / "near", "grade", ["low", "low", "high"], ["low", "mid", "high"])
    far = two(tmp_path / "far", "grade", ["low", "low", "high"], ["low", "high", "high"])
    # by hand: weights 1, 2/3, 0; observed (1 + 2/3 + 1) / 3; shares 1/2, 1/6, 1/3
    weights, shares = 3 + 4 * 2 / 3, (1 / 2, 1 / 6, 1 / 3)
    chance = weights / 6 * (1 - sum(each**2 for each in shares))
    assert near.ac2 == pytest.approx((8 / 9 - chance) / (1 - chance))
    assert near.ac2 is not None
    assert far.ac2 is not None
    assert near.ac2 > far.ac2


def test_numbers_have_ac2_by_squared_distance(tmp_path: Path) -> None:
    near = two(tmp_path / "near", "deaths", [0, 0, 10], [0, 1, 10])
    far = two(tmp_path / "far", "deaths", [0, 0, 10, 5], [0, 9, 10, 5])
    assert near.ac2 is not None
    assert far.ac2 is not None
    assert near.ac2 > 0.9 > far.ac2


def test_sets_have_jaccard_beside_masi(tmp_path: Path) -> None:
    found = two(tmp_path, "basis", [["age"], ["age", "race"], ["sex"]], [["age"], ["age"], ["sex"]])
    # by hand: one of three units differs, half of the union shared; expected from the six values
    between = (3 * 1 * 1 / 2 + 3 * 2 * 1 + 1 * 2 * 1) * 2 / (6 * 5)
    assert found.alpha_jaccard == pytest.approx(1 - (1 / 2 / 3) / between)
    assert found.alpha is not None
    assert found.alpha_jaccard is not None
    assert found.alpha < found.alpha_jaccard


def test_trees_are_cut_at_each_depth(tmp_path: Path) -> None:
    found = two(tmp_path, "branch", ["death", "death", "money"], ["injury", "death", "money"])
    assert found.alpha_at_depth is not None
    top, whole = found.alpha_at_depth
    assert top == 1.0
    # by hand: values 3 deaths, 1 injury, 2 money; observed 2/6, expected 2·(3 + 6 + 2) / 30
    assert whole == pytest.approx(1 - (2 / 6) / (22 / 30))


def test_what_is_not_compared_keeps_its_row_and_says_why(tmp_path: Path) -> None:
    found = two(tmp_path, "remarks", ["x"], ["x"])
    assert [getattr(found, name) for name in MORE] == [None] * len(MORE)
    assert "free text" in found.reasons["all"]


def test_one_category_everywhere_is_said(tmp_path: Path) -> None:
    found = row(classified(tmp_path, {"ann": verdicts("yes", "yes"), "bob": verdicts("yes", "yes")}), "verdict")
    assert found.brennan_prediger == 1.0
    assert (found.conger_kappa, found.alpha_jackknife_low) == (None, None)
    assert "one category" in found.reasons["conger_kappa"]
    assert "one category" in found.reasons["alpha_jackknife"]


def test_values_that_do_not_fit_the_level_are_said(tmp_path: Path) -> None:
    assert "negative" in two(tmp_path, "deaths", [-1, 2], [-1, 3]).reasons["all"]


@pytest.mark.long
def test_a_crowd_has_all_but_what_needs_names(tmp_path: Path) -> None:
    found = row(crowd(tmp_path, 10_000, 1), "verdict")
    assert found.brennan_prediger is not None
    assert "--annotators" in found.reasons["conger_kappa"]
