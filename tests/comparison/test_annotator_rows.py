"""Each annotator beside the others, the decided answers, and themselves a round before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotator.desk.comparison.annotators import annotator_notes, annotator_rows
from annotator.desk.comparison.comparison import comparing
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import AnnotatorRow
from annotator.desk.project import Project
from annotator.model.rounds import InRounds
from tests.comparison.classified import add, classified, verdicts


def rows(project: Project, against: str, **scope: Any) -> dict[str, AnnotatorRow]:
    with comparing(project, Scope("compared", field="verdict", **scope)) as comparison:
        return {row.annotator: row for row in annotator_rows(comparison) if row.against == against}


def said(project: Project, **scope: Any) -> str:
    with comparing(project, Scope("compared", **scope)) as comparison:
        return "\n".join(annotator_notes(comparison, annotator_rows(comparison)))


@pytest.fixture
def two(tmp_path: Path) -> Project:
    return classified(
        tmp_path, {"ann": verdicts("yes", "yes", "no", "no"), "bob": verdicts("yes", "no", "no", "maybe")}
    )


def test_against_the_adjudicated_answers(two: Project) -> None:
    add(two, {"adjudicated": verdicts("yes", "no", "no")}, status="adjudicated")
    found = rows(two, "adjudicated")
    assert {name: row.units for name, row in found.items()} == {"ann": 3, "bob": 3}
    assert found["bob"].percent == 100
    assert found["ann"].percent == pytest.approx(200 / 3)
    # by hand: ann said yes, yes, no; decided was yes, no, no: observed 2/3, by chance 4/9
    assert found["ann"].kappa == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))


def test_what_is_not_decided_yet_is_no_standard(two: Project) -> None:
    add(two, {"adjudicated": verdicts("yes", "no", "no")}, status="draft")
    assert rows(two, "adjudicated") == {}
    assert "Nothing is adjudicated in round 1" in said(two)


def test_against_their_own_answers_of_an_earlier_round(two: Project) -> None:
    add(two, {"ann": verdicts("yes", "no", None, "no"), "eve": verdicts("no")}, round_=2)
    add(two, {"ann": verdicts("yes", "no")}, round_=3)
    found = rows(two, "round 1", rounds=InRounds(2))
    assert {name: row.units for name, row in found.items()} == {"ann": 3}
    assert found["ann"].percent == pytest.approx(200 / 3)
    assert rows(two, "round 2", rounds=InRounds(3))["ann"].percent == 100
    assert rows(two, "round 1", rounds=InRounds(3))["ann"].percent == 50
    assert "with --round 2 or --round 3 they are compared with themselves" in said(two)


def test_a_kappa_that_is_missing_says_why(two: Project) -> None:
    add(two, {"adjudicated": verdicts("yes")}, status="adjudicated")
    row = rows(two, "adjudicated")["ann"]
    assert (row.units, row.percent, row.kappa) == (1, 100, None)
    assert "one category" in str(row.undefined)


def test_reliability_needs_three_on_one_subject(two: Project) -> None:
    add(two, {"eve": verdicts(None, None, None, None, "yes")})
    row = rows(two, "rest")["ann"]
    assert (row.accuracy, row.competence) == (None, None)
    assert "three annotators" in str(row.undefined)
    assert "No subject has three annotators" in said(two)
    add(two, {"eve": verdicts("yes")})
    assert rows(two, "rest")["ann"].accuracy is not None
    assert "1 of 4 subjects that two or more classified has three annotators" in said(two)


def test_dates_narrow_every_side(two: Project) -> None:
    add(two, {"adjudicated": verdicts("yes", "no", "no")}, status="adjudicated")
    assert rows(two, "adjudicated", since="2002")["ann"].units == 2


@pytest.mark.slow
def test_the_snapshot_against_an_independent_count(tmp_path: Path, shared_data: Path) -> None:
    import csv
    from itertools import combinations

    from annotator.desk.comparison.pairs import pair_rows
    from annotator.desk.exchange.importing import import_path

    project = Project.open(tmp_path / "snapshot.db")
    import_path(project, shared_data / "aiid-snapshot")
    column, seen = "Physical Objects", {}
    for file in (shared_data / "aiid-snapshot").glob("classifications_CSETv1_Annotator-*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            number = file.stem.rpartition("_")[2]
            seen[number] = {row["Incident ID"]: row[column] for row in csv.DictReader(lines) if row[column]}
    assert sorted(seen) == ["Annotator-1", "Annotator-2", "Annotator-3"]
    expected = {}
    for a, b in combinations(sorted(seen), 2):
        both = seen[a].keys() & seen[b].keys()
        expected[a, b] = (len(both), sum(seen[a][one] == seen[b][one] for one in both))
    with comparing(project, Scope("CSETv1", field="physical_objects")) as comparison:
        assert comparison.names == sorted(seen)
        found = {
            (row.a, row.b): (row.units, round((row.percent or 0) / 100 * row.units)) for row in pair_rows(comparison)
        }
        against = {row.annotator: row.units for row in annotator_rows(comparison)}
    assert found == expected
    for name, answers in seen.items():
        others = [seen[other].keys() for other in seen if other != name]
        assert against[name] == sum(any(one in other for other in others) for one in answers)
