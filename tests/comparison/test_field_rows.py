"""How far annotators agree, from what they handed in to the row that is printed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.agreement.coefficients import alpha, estimate
from annotator.agreement.tables import of_labels
from annotator.desk.comparison.comparison import comparing
from annotator.desk.comparison.fields import Resampling, field_rows, notes
from annotator.desk.comparison.policy import Scope, read_policy
from annotator.desk.comparison.rows import FieldRow
from annotator.desk.project import Project
from annotator.errors import NotFoundError
from annotator.model.record import ClassificationRecord, RawValue
from annotator.model.rounds import InRounds
from annotator.model.visibility import UNBOUND
from tests.comparison.classified import COMPARED, Said, add, classified, crowd, verdicts, with_another_kind

QUICK = Resampling(50)


def row(project: Project, field: str, **scope: Any) -> FieldRow:
    with comparing(project, Scope("compared", field=field, **scope)) as comparison:
        (found,) = field_rows(comparison, QUICK)
    return found


def said(project: Project, **scope: Any) -> str:
    with comparing(project, Scope("compared", **scope)) as comparison:
        return "\n".join(notes(comparison, QUICK))


def test_two_annotators_on_a_nominal_field(tmp_path: Path) -> None:
    project = classified(
        tmp_path, {"ann": verdicts("yes", "yes", "no", "no"), "bob": verdicts("yes", "no", "no", "no")}
    )
    found = row(project, "verdict")
    assert (found.units, found.pairable, found.percent, found.level) == (4, 4, 75.0, "nominal")
    # by hand: D_o = 2/8, D_e = 2·3·5/(8·7)
    assert found.alpha == pytest.approx(1 - (2 / 8) / (2 * 3 * 5 / (8 * 7)))
    assert found.undefined is None


def test_units_that_cannot_be_paired_are_counted(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes", "no", None), "bob": [{"verdict": "yes"}, {}, {}]})
    found = row(project, "verdict")
    assert (found.units, found.pairable) == (3, 1)


@pytest.mark.parametrize(
    ("field", "values", "states", "pairable"),
    [
        ("verdict", ("(unknown)", "(unknown)"), "default", 1),
        ("verdict", ("(not_applicable)", "yes"), "default", 1),
        ("town", ("(empty)", "Oslo"), "default", 0),
        ("town", ("(empty)", "Oslo"), "empty=value", 1),
        ("verdict", ("(unknown)", "yes"), "unknown=missing", 0),
        ("basis", ("(empty)", ["age"]), "default", 1),
        ("basis", ("(empty)", ["age"]), "answered", 0),
        ("basis", ("(unknown)", ["age"]), "default", 1),
        ("branch", ("(unknown)", "death"), "default", 1),
        ("grade", ("(unknown)", "low"), "default", 0),
        ("grade", ("(unknown)", "low"), "unknown=value", 0),
        ("deaths", ("(unknown)", 3), "default", 0),
        ("day", ("2020", "2020-06"), "default", 1),
    ],
)
def test_states_count_as_the_policy_says(
    tmp_path: Path, field: str, values: tuple[Any, Any], states: str, pairable: int
) -> None:
    project = classified(tmp_path, {"ann": [{field: values[0]}], "bob": [{field: values[1]}]})
    assert row(project, field, states=read_policy(states)).pairable == pairable


def test_hidden_answers_count_only_when_asked_for(tmp_path: Path) -> None:
    hiding = COMPARED.replace("kind: integer}", "kind: integer, visible_if: {field: verdict, equals: 'yes'}}")
    project = classified(tmp_path, {"ann": [{"verdict": "no", "deaths": 2}], "bob": [{"verdict": "yes", "deaths": 2}]},
                         hiding)  # fmt: skip
    assert row(project, "deaths").pairable == 0
    assert row(project, "deaths", states=read_policy("hidden=value")).percent == 100


def test_two_empty_sets_agree_and_an_empty_one_is_disjoint_from_others(tmp_path: Path) -> None:
    both: list[Said | None] = [{"basis": "(empty)"}, {"basis": ["age"]}]
    agreeing = row(classified(tmp_path / "same", {"ann": both, "bob": both}), "basis")
    assert (agreeing.percent, agreeing.alpha) == (100, 1.0)
    differing = row(classified(tmp_path / "other", {"ann": both, "bob": both[::-1]}), "basis")
    assert (differing.percent, differing.alpha) == (0, -0.5)  # by hand: D_o = 1, D_e = 2·2·2/(4·3)


def test_everybody_the_same_is_undefined_and_not_one(tmp_path: Path) -> None:
    found = row(classified(tmp_path, {"ann": verdicts("yes", "yes"), "bob": verdicts("yes", "yes")}), "verdict")
    assert (found.percent, found.alpha, found.alpha_low, found.fleiss_kappa) == (100, None, None, None)
    assert found.undefined is not None
    assert "one category" in found.undefined


def test_no_overlap_is_said(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes", None), "bob": verdicts(None, "no")})
    found = row(project, "verdict")
    assert (found.units, found.pairable, found.percent) == (2, 0, None)
    assert "no overlap" in str(found.undefined)
    assert "no subject classified by two or more" in said(project)


def test_one_annotator_alone_is_told_so(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes", "no")})
    assert "only ann (2) handed anything in; agreement needs two" in said(project)
    assert "nobody handed anything in, so there is nothing to compare; there is work in round 1." in said(
        project, rounds=InRounds(2)
    )
    assert row(project, "verdict").alpha is None


def test_drafts_count_only_when_asked_for(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes")})
    add(project, {"bob": verdicts("no")}, status="draft")
    assert row(project, "verdict").pairable == 0
    assert row(project, "verdict", drafts=True).pairable == 0  # nobody may be bob, who is still answering
    assert row(project, "verdict", drafts=True, viewer=UNBOUND).pairable == 1
    assert "Drafts count" in said(project, drafts=True)


def test_rounds_annotators_and_dates_narrow_the_comparison(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes", "no"), "bob": verdicts("yes", "yes")})
    add(project, {"eve": verdicts("no", "no")})
    add(project, {"ann": verdicts("yes"), "bob": verdicts("yes")}, round_=2)
    assert row(project, "verdict", annotators=("ann", "eve")).percent == 50
    assert row(project, "verdict", rounds=InRounds(2)).percent == 100
    assert row(project, "verdict", annotators=("ann", "bob"), since="2002").units == 1
    assert row(project, "verdict", annotators=("ann", "bob"), until="2001").percent == 100


def test_the_adjudicated_classification_is_no_annotator(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes"), "bob": verdicts("yes"), "adjudicated": verdicts("no")})
    with comparing(project, Scope("compared")) as comparison:
        assert comparison.names == ["ann", "bob"]


def test_what_aiid_published_is_a_result_and_counts_only_when_it_is_named(tmp_path: Path) -> None:
    project = classified(tmp_path, {"AIID": verdicts("no", "no"), "ann": verdicts("yes", "no"), "bob": verdicts("yes")})
    assert row(project, "verdict").percent == 100
    assert "AIID's published work (2) is left out" in said(project)
    assert row(project, "verdict", annotators=("AIID", "ann")).percent == 50
    assert "left out" not in said(project, annotators=("AIID", "ann"))


def test_a_taxonomy_with_published_work_alone_says_so(tmp_path: Path) -> None:
    project = classified(tmp_path, {"AIID": verdicts("no", "no")})
    assert "only AIID's published work (2); nothing to compare" in said(project)
    assert row(project, "verdict").units == 0


def test_free_text_and_the_work_itself_are_not_compared(tmp_path: Path) -> None:
    same = {"town": "Oslo", "remarks": "x", "reader": "a"}
    project = classified(tmp_path, {"ann": [same], "bob": [same]})
    with comparing(project, Scope("compared")) as comparison:
        reasons = {each.field: each.undefined for each in field_rows(comparison, QUICK) if each.pairable == 0}
    assert "free text" in str(reasons["town"])
    assert "free text" in str(reasons["remarks"])
    assert "about the work" in str(reasons["reader"])
    assert row(project, "town").percent == 100
    assert "free text" in str(row(project, "remarks").undefined)


def test_numbers_that_do_not_fit_their_level_keep_what_can_be_said(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": [{"deaths": -1}, {"deaths": 2}], "bob": [{"deaths": -1}, {"deaths": 3}]})
    found = row(project, "deaths")
    assert (found.percent, found.alpha) == (50, None)
    assert "negative" in str(found.undefined)


def test_a_field_whose_kind_changed_leaves_the_old_answers_out(tmp_path: Path) -> None:
    again = with_another_kind(tmp_path)
    found = row(again, "grade")
    assert (found.level, found.pairable, found.percent) == ("set", 1, 0)
    assert "grade was of kind scale in version 1; answers under that version are left out" in said(again)


def test_values_an_import_refused_are_counted_apart(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes"), "bob": verdicts("yes")})
    record = ClassificationRecord(
        subject="demo:1", taxonomy="compared", annotator="eve", values=(RawValue("Verdict", "perhaps"),),
        status="submitted", place="row 1",
    )  # fmt: skip
    from annotator.desk.exchange.importing import import_records

    assert import_records(project, [record], "other").issues == 1
    assert row(project, "verdict").percent == 100
    assert "1 imported value that does not fit is no answer" in said(project)


def test_unknown_names_are_refused(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": verdicts("yes")})
    for scope in (Scope("compard"), Scope("compared", field="verdikt"), Scope("compared", annotators=("ann", "zoe"))):
        with pytest.raises(NotFoundError), comparing(project, scope):
            pass


@pytest.mark.long
def test_ten_thousand_annotators_are_compared_field_by_field(tmp_path: Path) -> None:
    project = crowd(tmp_path, 10_000, 2)
    found = row(project, "verdict")
    assert (found.units, found.pairable) == (2, 2)
    assert found.alpha is not None
    assert "10,000 annotators" in said(project)


CELL = st.sampled_from(["yes", "no", "maybe", "(unknown)", None])


@pytest.mark.long
@given(st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=2, max_size=4))
def test_the_database_and_the_plain_labels_give_the_same_alpha(
    tmp_path_factory: pytest.TempPathFactory, columns: list[list[str | None]]
) -> None:
    work = {f"a{number}": verdicts(*column) for number, column in enumerate(columns)}
    found = row(classified(tmp_path_factory.mktemp("labels"), work), "verdict")
    expected = estimate(of_labels(zip(*columns, strict=True)), alpha)
    assert found.alpha == (None if expected.value is None else pytest.approx(expected.value))


@pytest.mark.slow
def test_the_three_annotators_of_the_snapshot(tmp_path: Path, shared_data: Path) -> None:
    from annotator.desk.exchange.importing import import_path

    project = Project.open(tmp_path / "snapshot.db")
    import_path(project, shared_data / "aiid-snapshot")
    whose = ("Annotator-1", "Annotator-2", "Annotator-3")
    with comparing(project, Scope("CSETv1", annotators=whose)) as comparison:
        rows = {each.field: asdict(each) for each in field_rows(comparison, Resampling(100))}
    assert len(rows) == 62
    # the figures that the krippendorff and nltk packages give for the same answers
    for field, expected in {
        "physical_objects": 0.803, "harm_domain": 0.197, "tangible_harm": 0.633, "lives_lost": 0.658,
        "autonomy_level": 0.500, "region": 0.785, "harm_distribution_basis": 0.692, "sector_of_deployment": 0.624,
    }.items():  # fmt: skip
        assert rows[field]["alpha"] == pytest.approx(expected, abs=0.0006), field
        assert rows[field]["alpha_low"] < rows[field]["alpha"] < rows[field]["alpha_high"]
