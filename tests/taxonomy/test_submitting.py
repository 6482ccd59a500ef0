"""A classification is complete when everything asked is answered, and nothing else is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from annotator.model.classification import Answer, Evidence
from annotator.model.taxonomy import hidden_fields
from annotator.taxonomy.compiling import check_answer, check_classification
from annotator.taxonomy.reading import read_taxonomy
from tests.taxonomy.strategies import classifications, taxonomies

TAXONOMY = read_taxonomy("""\
namespace: weather
fields:
  - {id: storm, kind: bool, required: true}
  - {id: force, kind: integer, minimum: 1, required: true, visible_if: {field: storm, equals: true}}
  - {id: harm, kind: tags, at_least: 2, evidence: required}
  - {id: source, kind: text, required: true, applies_to: [report]}
  - id: parties
    kind: group
    fields: [{id: name, label: Name, kind: text, required: true}, {id: age, kind: integer}]
""")


def problems(answers: dict[str, Any], kind: Any = "incident") -> list[str]:
    given_answers = {field: each if isinstance(each, Answer) else Answer(value=each) for field, each in answers.items()}
    return [str(problem) for problem in check_classification(TAXONOMY, kind, given_answers)]


def test_what_is_required_has_to_be_answered() -> None:
    assert problems({}) == ["storm: is required; answer it, or choose a state such as 'unknown'"]


def test_a_state_is_an_answer() -> None:
    assert problems({"storm": Answer(state="unknown")}) == []


def test_a_hidden_field_is_excused_and_a_shown_one_is_not() -> None:
    assert problems({"storm": False}) == []
    assert problems({"storm": True}) == ["force: is required; answer it, or choose a state such as 'unknown'"]


def test_what_a_condition_hides_need_not_be_valid() -> None:
    assert problems({"storm": False, "force": Answer(state="hidden", value=-5)}) == []


def test_an_answer_shown_again_is_judged_by_its_value() -> None:
    assert problems({"storm": True, "force": Answer(state="hidden", value=5)}) == []
    assert problems({"storm": True, "force": Answer(state="hidden", value=-5)}) == ["force: must be at least 1, not -5"]


def test_fields_of_reports_are_asked_about_reports_alone() -> None:
    assert problems({"storm": False}, "report") == [
        "source: is required; answer it, or choose a state such as 'unknown'"
    ]
    assert problems({"storm": False, "source": "x"}) == ["source: is not asked about incidents; clear the answer"]


def test_answers_to_fields_that_are_not_there_are_set_aside_and_keep_nobody_from_it() -> None:
    assert problems({"storm": False, "forse": 1}) == []
    assert problems({"forse": Answer(state="unknown")}) == problems({})


def test_evidence_that_is_required_has_to_be_there() -> None:
    quoted = (Evidence(report="aiid:r1", start=0, end=3, quote="sky"),)
    expected = ["harm: needs evidence; quote the passage that supports the answer"]
    assert problems({"storm": False, "harm": ["a", "b"]}) == expected
    assert problems({"storm": False, "harm": Answer(value=["a", "b"], evidence=quoted)}) == []
    assert problems({"storm": False, "harm": Answer(state="empty")}) == []


def test_too_few_values_are_named() -> None:
    assert problems({"storm": False, "harm": ["a"]}) == ["harm: needs at least 2 values, and there are 1"]


def test_rows_have_to_be_complete() -> None:
    assert problems({"storm": False, "parties": [{"name": "A"}, {"age": 3}]}) == [
        "parties: row 2, Name: is required; fill it in"
    ]


def test_problems_come_in_the_order_of_the_form() -> None:
    found = problems({"parties": [{"x": 1}], "harm": ["a"], "zzz": 1, "storm": "yes"})
    assert [line.split(":")[0] for line in found] == ["storm", "harm", "parties"]


@given(st.data())
def test_answers_that_were_saved_one_by_one_can_be_submitted(data: st.DataObject) -> None:
    taxonomy = data.draw(taxonomies())
    answers = data.draw(classifications(taxonomy))
    saved = {field: check_answer(taxonomy, field, answer) for field, answer in answers.items()}
    hidden = hidden_fields(taxonomy, saved)
    missing = {field.id for field in taxonomy.fields if field.required and field.id not in saved} - hidden
    left = [problem for problem in check_classification(taxonomy, "incident", saved) if "row" not in problem.message]
    assert {problem.field for problem in left} == missing
