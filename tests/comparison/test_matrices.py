"""Confusion matrices: of all annotators and of a pair, for every kind of field."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk.comparison.comparison import comparing
from annotator.desk.comparison.pairs import Matrix, of_everybody, of_pair
from annotator.desk.comparison.policy import Scope
from annotator.desk.project import Project
from tests.comparison.classified import Said, classified, crowd, verdicts

Work = dict[str, list[Said | None]]


def everybody(project: Project, field: str) -> Matrix:
    with comparing(project, Scope("compared", field=field)) as comparison:
        return of_everybody(comparison, comparison.fields[0])


def pair(project: Project, field: str, a: str, b: str) -> Matrix:
    with comparing(project, Scope("compared", field=field)) as comparison:
        return of_pair(comparison, comparison.fields[0], a, b)


def counts(matrix: Matrix) -> dict[tuple[str, str], int]:
    return {(matrix.labels[row], matrix.labels[column]): met.pairs for (row, column), met in matrix.met.items()}


@pytest.fixture
def three(tmp_path: Path) -> Project:
    work = {
        "ann": verdicts("yes", "yes", "no", "(unknown)"),
        "bob": verdicts("yes", "no", "no", "no"),
        "eve": verdicts("no", "no", "no", None),
    }
    return classified(tmp_path, work)


def test_a_pair_has_one_in_rows_and_the_other_in_columns(three: Project) -> None:
    matrix = pair(three, "verdict", "ann", "bob")
    assert matrix.labels == ("Yes", "No", "(unknown)")
    assert counts(matrix) == {("Yes", "Yes"): 1, ("Yes", "No"): 1, ("No", "No"): 1, ("(unknown)", "No"): 1}
    assert (matrix.rows, matrix.columns, matrix.share(0, 1)) == ([2, 1, 1], [1, 3, 0], 0.5)
    turned = pair(three, "verdict", "bob", "ann")
    assert counts(turned) == {(column, row): count for (row, column), count in counts(matrix).items()}


def test_of_all_annotators_both_halves_are_alike_and_each_pair_counts_once(three: Project) -> None:
    matrix = everybody(three, "verdict")
    assert counts(matrix) == {
        ("Yes", "Yes"): 1, ("No", "No"): 4, ("Yes", "No"): 4, ("No", "Yes"): 4, ("(unknown)", "No"): 1,
        ("No", "(unknown)"): 1,
    }  # fmt: skip
    assert matrix.at(0, 1).units == 2
    assert matrix.at(0, 2) == (0, 0)


def test_sets_are_one_value_each_most_frequent_first(tmp_path: Path) -> None:
    work: Work = {
        "ann": [{"basis": ["age"]}, {"basis": ["sex", "race"]}, {"basis": ["sex", "race"]}],
        "bob": [{"basis": "(empty)"}, {"basis": ["race", "sex"]}, {"basis": ["race"]}],
    }
    matrix = pair(classified(tmp_path, work), "basis", "ann", "bob")
    assert matrix.labels[0] == "Race; Sex"
    assert counts(matrix) == {("Age", "(none)"): 1, ("Race; Sex", "Race; Sex"): 1, ("Race; Sex", "Race"): 1}


def test_numbers_and_scales_stand_in_their_order(tmp_path: Path) -> None:
    work: Work = {
        "ann": [{"deaths": 10, "grade": "high"}, {"deaths": 2, "grade": "low"}],
        "bob": [{"deaths": 10, "grade": "mid"}, {"deaths": 1, "grade": "low"}],
    }
    project = classified(tmp_path, work)
    assert everybody(project, "deaths").labels == ("1", "2", "10")
    assert everybody(project, "grade").labels == ("Low", "Mid", "High")


def test_nothing_in_common_is_an_empty_matrix(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes", None), "bob": verdicts(None, "no")})
    assert everybody(project, "verdict").values == ()
    assert pair(project, "verdict", "ann", "bob").values == ()


@pytest.mark.long
def test_ten_thousand_annotators_have_a_matrix(tmp_path: Path) -> None:
    matrix = everybody(crowd(tmp_path, 10_000, 1), "verdict")
    assert sum(met.pairs for (row, column), met in matrix.met.items() if row <= column) == 10_000 * 9_999 // 2


values = st.sampled_from(["yes", "no", "maybe", "(unknown)", None])


@settings(max_examples=settings().max_examples // 4)
@given(st.lists(st.tuples(values, values, values), min_size=1, max_size=8))
def test_all_pairs_together_are_the_matrix_of_everybody(rows: list[tuple[str | None, ...]]) -> None:
    with TemporaryDirectory() as folder:
        names = ("ann", "bob", "eve")
        work = {name: verdicts(*column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
        if not any(any(column) for column in work.values()):
            return
        project = classified(Path(folder), work)
        found = counts(everybody(project, "verdict"))
        summed: dict[tuple[str, str], int] = {}
        for a, b in (("ann", "bob"), ("ann", "eve"), ("bob", "eve")):
            for (row, column), count in counts(pair(project, "verdict", a, b)).items():
                for cell in {(row, column), (column, row)}:
                    summed[cell] = summed.get(cell, 0) + count
        assert found == summed
        project.store.close()
