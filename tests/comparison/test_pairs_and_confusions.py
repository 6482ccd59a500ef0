"""Annotators beside each other: pairs, confusions, choices, reliability."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from annotator.desk.comparison.annotators import annotator_rows
from annotator.desk.comparison.categories import identifier, label
from annotator.desk.comparison.comparison import Comparison, comparing
from annotator.desk.comparison.fields import choice_rows
from annotator.desk.comparison.pairs import confusion_rows, pair_rows
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import ChoiceRow, ConfusionRow
from annotator.desk.project import Project
from annotator.errors import RequestError
from annotator.model.taxonomy import Field
from tests.comparison.classified import classified, crowd, verdicts

Rows = TypeVar("Rows")


def of_field(project: Project, field: str, rows: Callable[[Comparison], Rows], **scope: Any) -> Rows:
    with comparing(project, Scope("compared", field=field, **scope)) as comparison:
        return rows(comparison)


def confused(comparison: Comparison) -> list[ConfusionRow]:
    return confusion_rows(comparison, comparison.fields[0])


def chosen(comparison: Comparison) -> list[ChoiceRow]:
    return choice_rows(comparison, comparison.fields[0])


@pytest.fixture
def three(tmp_path: Path) -> Project:
    """Eve disagrees with the other two now and then, and saw one subject less."""
    work = {
        "ann": verdicts("yes", "yes", "no", "no", "maybe"),
        "bob": verdicts("yes", "yes", "no", "no", "yes"),
        "eve": verdicts("yes", "no", "no", "no", None),
    }
    return classified(tmp_path, work)


def test_each_two_annotators_with_their_shared_units(three: Project) -> None:
    rows = {(row.a, row.b): row for row in of_field(three, "verdict", pair_rows)}
    assert {pair: row.units for pair, row in rows.items()} == {("ann", "bob"): 5, ("ann", "eve"): 4, ("bob", "eve"): 4}
    assert rows["ann", "eve"].percent == 75
    assert rows["ann", "eve"].kappa == pytest.approx(0.5)  # by hand: (3/4 − 1/2) / (1 − 1/2)


def test_pairs_come_for_all_fields_at_once(three: Project) -> None:
    with comparing(three, Scope("compared")) as comparison:
        assert {row.field for row in pair_rows(comparison)} == {"verdict"}


def test_pairs_have_scotts_pi_and_where_values_have_an_order_weighted_kappa(tmp_path: Path) -> None:
    ann: list[Any] = [{"grade": "low", "deaths": 0}, {"grade": "high", "deaths": 9}, {"grade": "low", "deaths": 1}]
    bob: list[Any] = [{"grade": "low", "deaths": 0}, {"grade": "high", "deaths": 10}, {"grade": "high", "deaths": 1}]
    project = classified(tmp_path, {"ann": ann, "bob": bob})
    (grade,) = of_field(project, "grade", pair_rows)
    # by hand: observed 2/3; shares 2:1 and 1:2, so chance 4/9 by Cohen and 1/2 by Scott; nobody said mid
    assert grade.kappa == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    assert grade.pi == pytest.approx((2 / 3 - 1 / 2) / (1 / 2))
    assert grade.kappa_linear == grade.kappa_quadratic == pytest.approx(grade.kappa)
    (deaths,) = of_field(project, "deaths", pair_rows)
    assert deaths.kappa is not None
    assert deaths.kappa_linear is not None
    assert deaths.kappa_quadratic is not None
    assert deaths.kappa < 0.6 < deaths.kappa_linear < deaths.kappa_quadratic
    # by hand: 1/3 lies between the answers of one unit, 1/9 · (0+10+1 + 9+1+8 + 1+9+0) between any two
    assert deaths.kappa_linear == pytest.approx(1 - (1 / 3) / (39 / 9))


def test_values_without_an_order_have_no_weighted_kappa(three: Project) -> None:
    assert {row.kappa_linear for row in of_field(three, "verdict", pair_rows)} == {None}


def test_a_missing_kappa_says_why(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes"), "bob": verdicts("yes")})
    (row,) = of_field(project, "verdict", pair_rows)
    assert (row.percent, row.kappa, row.pi) == (100, None, None)
    assert "one category" in str(row.undefined)


def test_confusions_name_their_subjects_and_come_most_frequent_first(three: Project) -> None:
    first, second = of_field(three, "verdict", confused)
    assert first == ConfusionRow("yes", "no", 2, ["demo:2"])
    assert second == ConfusionRow("yes", "maybe", 1, ["demo:5"])


def test_sets_and_states_are_confused_too(tmp_path: Path) -> None:
    project = classified(
        tmp_path,
        {
            "ann": [{"basis": ["race", "age"]}, {"verdict": "(unknown)"}],
            "bob": [{"basis": "(empty)"}, {"verdict": "no"}],
        },
    )
    (row,) = of_field(project, "basis", confused)
    assert sorted([row.a, row.b]) == [[], ["age", "race"]]
    (row,) = of_field(project, "verdict", confused)
    assert (row.a, row.b) == ("no", "(unknown)")


def test_large_numbers_keep_their_digits() -> None:
    field = Field.model_validate({"id": "f", "kind": "integer"})
    assert [label(field, each) for each in (1234567.0, 0.5, 3.0)] == ["1234567", "0.5", "3"]
    assert identifier(1234567.0) == "1234567"


def test_rows_of_groups_are_named_by_what_they_hold() -> None:
    field = Field.model_validate({"id": "f", "kind": "group", "fields": [{"id": "who", "kind": "text"}]})
    assert label(field, frozenset(['{"who": "Ann"}', '{"who": "Bob", "roles": ["x", "y"]}'])) == "Ann; Bob / x, y"


def test_what_is_not_compared_has_no_confusions(three: Project) -> None:
    with pytest.raises(RequestError, match="free text"):
        of_field(three, "remarks", confused)


def test_every_choice_has_its_row_even_when_nobody_chose_it(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes", "no"), "bob": verdicts("yes", "yes")})
    yes, no, maybe = of_field(project, "verdict", chosen)
    assert yes.label == "Yes"
    assert yes.specific == pytest.approx(2 / 3)
    assert no.specific == 0
    assert (maybe.choice, maybe.specific, maybe.alpha_one_vs_rest) == ("maybe", None, None)


def test_choices_of_sets_are_their_members(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": [{"basis": ["age", "race"]}], "bob": [{"basis": ["age"]}]})
    age, race, sex = of_field(project, "basis", chosen)
    assert (age.choice, age.specific) == ("age", 1)
    assert (race.choice, race.specific) == ("race", 0)
    assert (sex.choice, sex.specific) == ("sex", None)


def test_numbers_have_no_rows_for_choices(three: Project) -> None:
    assert of_field(three, "deaths", chosen) == []


def test_each_annotator_against_the_rest_with_reliability_where_three_overlap(three: Project) -> None:
    rows = {row.annotator: row for row in of_field(three, "verdict", annotator_rows)}
    assert {name: row.units for name, row in rows.items()} == {"ann": 5, "bob": 5, "eve": 4}
    assert all(row.accuracy is not None and row.competence is not None for row in rows.values())
    two = of_field(three, "verdict", annotator_rows, annotators=("ann", "bob"))
    assert [(row.percent, row.accuracy, row.competence) for row in two] == [(80, None, None)] * 2


@pytest.mark.long
def test_ten_thousand_annotators_are_too_many_for_pairs_and_say_so(tmp_path: Path) -> None:
    project = crowd(tmp_path, 10_000, 1)
    for rows in (pair_rows, annotator_rows):
        with pytest.raises(RequestError, match=r"10,000 annotators .*--annotators"):
            of_field(project, "verdict", rows)
    assert of_field(project, "verdict", pair_rows, annotators=("a1", "a2"))
    assert of_field(project, "verdict", confused)
