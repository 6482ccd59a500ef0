"""An answer is put in its normal form, or refused in words that say what the field expects."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import AnswerError
from annotator.model.classification import Answer, AnswerState, Evidence
from annotator.model.taxonomy import Taxonomy
from annotator.taxonomy.compiling import answer_model, attribute_of, check_answer
from annotator.taxonomy.reading import read_taxonomy
from tests.taxonomy.strategies import taxonomies, values

TAXONOMY = read_taxonomy("""\
namespace: weather
fields:
  - {id: sky, kind: single, choices: [{id: clear, label: Clear}, {id: cloudy, label: Cloudy}]}
  - {id: force, kind: scale, choices: [{id: low, label: Low}, {id: high, label: High}]}
  - {id: signs, kind: multi, choices: [{id: a, label: A}, {id: b, label: B}, {id: c, label: C}]}
  - id: harm
    kind: tree
    multiple: true
    select: leaf
    choices:
      - {id: body, label: Body, children: [{id: death, label: Death}, {id: injury, label: Injury}]}
      - {id: money, label: Money}
  - id: cause
    kind: tree
    choices: [{id: nature, label: Nature, children: [{id: storm, label: Storm}]}]
  - {id: sure, kind: bool}
  - {id: deaths, kind: integer, minimum: 0, maximum: 1000}
  - {id: loss, kind: number, maximum: 1.5}
  - {id: begun, kind: date}
  - {id: note, kind: text, evidence: none}
  - {id: code, kind: text, pattern: "[A-Z]{2}[0-9]+"}
  - {id: story, kind: long_text}
  - {id: place, kind: location}
  - {id: words, kind: tags, at_least: 2, at_most: 3}
  - id: parties
    kind: group
    at_most: 2
    fields:
      - {id: name, label: Name, kind: text, required: true}
      - {id: role, label: Role, kind: multi, choices: [{id: victim, label: Victim}, {id: witness, label: Witness}]}
      - {id: age, kind: integer}
  - {id: json, kind: text}
  - {id: model_dump, kind: text}
  - {id: "2.1-b", kind: text}
""")


def refusal(field: str, answer: Answer) -> str:
    with pytest.raises(AnswerError) as caught:
        check_answer(TAXONOMY, field, answer)
    assert [problem.field for problem in caught.value.problems] == [field]
    return str(caught.value)


KEPT = [
    ("sky", "clear", "clear"),
    ("force", "high", "high"),
    ("signs", ["c", "a", "c"], ["a", "c"]),
    ("signs", ("b",), ["b"]),
    ("harm", ["money", "injury", "death"], ["death", "injury", "money"]),
    ("cause", "nature", "nature"),
    ("cause", "storm", "storm"),
    ("sure", True, True),
    ("sure", False, False),
    ("deaths", 3, 3),
    ("deaths", "3", 3),
    ("deaths", " +3 ", 3),
    ("deaths", 3.0, 3),
    ("deaths", "3.0", 3),
    ("deaths", 0, 0),
    ("loss", "1.25", 1.25),
    ("loss", -3, -3),
    ("loss", "-2e3", -2000.0),
    ("begun", "2020", "2020"),
    ("begun", 2020, "2020"),
    ("begun", " 2020-12 ", "2020-12"),
    ("begun", "2020-02-29", "2020-02-29"),
    ("note", "  as it was typed ", "  as it was typed "),
    ("code", "AB12", "AB12"),
    ("story", "One.\n\nTwo.", "One.\n\nTwo."),
    ("place", "北京", "北京"),
    ("words", [" rain ", "hail", "rain"], ["rain", "hail"]),
    (
        "parties",
        [{"role": ["witness", "victim"], "name": "A", "age": "7"}],
        [{"name": "A", "role": ["victim", "witness"], "age": 7}],
    ),
    ("parties", [{"name": "A", "role": [], "age": None}], [{"name": "A"}]),
    ("json", "x", "x"),
    ("model_dump", "x", "x"),
    ("2.1-b", "x", "x"),
]


@pytest.mark.parametrize(("field", "given_value", "stored"), KEPT)
def test_values_are_put_in_normal_form(field: str, given_value: Any, stored: Any) -> None:
    value = check_answer(TAXONOMY, field, Answer(value=given_value)).value
    assert value == stored
    assert type(value) is type(stored)


REFUSED = [
    ("sky", "claer", "sky: 'claer' is not one of the choices; did you mean 'clear'? (choices: clear, cloudy)"),
    ("sky", ["clear"], "sky: ['clear'] is not one of the choices"),
    ("sky", 1, "sky: 1 is not one of the choices (choices: clear, cloudy)"),
    ("force", "middle", "force: 'middle' is not one of the choices"),
    ("signs", "a", "signs: expects a list, not 'a'"),
    ("signs", ["a", "x"], "signs: 'x' is not one of the choices"),
    ("signs", [], "signs: has no values; use the state 'empty' to say that there is none"),
    ("harm", ["body"], "harm: 'body' only groups others; choose one below it: death, injury"),
    ("cause", ["storm"], "cause: ['storm'] is not one of the choices"),
    ("sure", "yes", "sure: expects true or false, not 'yes'"),
    ("sure", 1, "sure: expects true or false, not 1"),
    ("deaths", True, "deaths: expects a whole number, not True"),
    ("deaths", "3.5", "deaths: expects a whole number, not '3.5'"),
    ("deaths", "three", "deaths: expects a whole number, not 'three'"),
    ("deaths", -1, "deaths: must be at least 0, not -1"),
    ("deaths", 1001, "deaths: must be at most 1000, not 1001"),
    ("deaths", "9" * 5000, "deaths: must lie between 0 and 1000, not '999"),
    ("deaths", float("nan"), "deaths: expects a whole number, not nan"),
    ("loss", float("inf"), "loss: is a number too large to count with, inf"),
    ("loss", "1e999", "loss: is a number too large to count with, '1e999'"),
    ("loss", -(2**70), "loss: must lie between"),
    ("loss", "a lot", "loss: expects a number, not 'a lot'"),
    ("loss", 2, "loss: must be at most 1.5, not 2"),
    ("begun", "2021-02-29", "begun: '2021-02-29' is not in the calendar"),
    ("begun", "2021-13", "begun: '2021-13' is not in the calendar"),
    ("begun", "0000", "begun: '0000' is not in the calendar"),
    ("begun", "17.12.2020", "begun: expects a date as 2020, 2020-12 or 2020-12-17, not '17.12.2020'"),
    ("begun", "2020-12-17T10:00", "begun: expects a date as 2020, 2020-12 or 2020-12-17"),
    ("begun", True, "begun: expects a date"),
    ("note", "", "note: has no text; use the state 'empty' to say that there is none"),
    ("note", " \n", "note: has no text; use the state 'empty'"),
    ("note", 3, "note: expects text, not 3"),
    ("note", "a\0b", "note: holds characters that are not text; type it again"),
    ("note", "a\ud800b", "note: holds characters that are not text; type it again"),
    ("code", "ab12", "code: 'ab12' does not have the form [A-Z]{2}[0-9]+"),
    ("code", "AB12x", "code: 'AB12x' does not have the form"),
    ("words", "rain", "words: expects a list, not 'rain'"),
    ("words", ["rain", "rain "], "words: needs at least 2 values, and there are 1"),
    ("words", ["a", "b", "c", "d"], "words: takes at most 3 values, and there are 4"),
    ("words", ["a", " "], "words: has no text"),
    ("words", ["a", 1], "words: expects text, not 1"),
    ("parties", {"name": "A"}, "parties: expects a list, not {'name': 'A'}"),
    ("parties", [], "parties: has no values; use the state 'empty'"),
    ("parties", ["A"], "parties: row 1: expects values by field (name, role, age), not 'A'"),
    ("parties", [{"name": "A"}, {}], "parties: row 2: is empty; fill it in or remove it"),
    ("parties", [{"nmae": "A"}], "parties: row 1: has no field 'nmae'; did you mean 'name'?"),
    ("parties", [{"role": ["x"]}], "parties: row 1, Role: 'x' is not one of the choices"),
    ("parties", [{"name": "A"}] * 3, "parties: takes at most 2 values, and there are 3"),
    ("sky", None, "sky: has no value; give one, or choose a state such as 'unknown'"),
    ("begn", "2020", "begn: is not a field of weather; did you mean 'begun'?"),
    ("note", ["x" * 999], f"note: expects text, not ['{'x' * 78}…"),
]


@pytest.mark.parametrize(("field", "value", "expected"), REFUSED, ids=str)
def test_values_that_do_not_fit_are_refused_in_words(field: str, value: Any, expected: str) -> None:
    assert refusal(field, Answer(value=value)).startswith(expected)


@pytest.mark.parametrize("field", ["signs", "harm", "words", "parties", "note", "story", "place"])
def test_fields_that_can_hold_nothing_can_be_empty(field: str) -> None:
    assert check_answer(TAXONOMY, field, Answer(state="empty")).state == "empty"


@pytest.mark.parametrize("field", ["sky", "force", "cause", "sure", "deaths", "loss", "begun"])
def test_fields_that_hold_one_thing_cannot_be_empty(field: str) -> None:
    kind = TAXONOMY.by_id[field].kind
    expected = f"{field}: cannot be 'empty', as a {kind}; use 'unknown' or 'not_applicable'"
    assert refusal(field, Answer(state="empty")) == expected


@pytest.mark.parametrize("state", ["empty", "unknown", "not_applicable"])
def test_a_state_has_no_value(state: AnswerState) -> None:
    assert refusal("note", Answer(state=state, value="x")) == (
        f"note: cannot be {state!r} and have a value; leave out one of them"
    )


@pytest.mark.parametrize("field", [field.id for field in TAXONOMY.fields])
def test_every_field_can_be_unknown_or_not_applicable(field: str) -> None:
    for state in ("unknown", "not_applicable"):
        answer = Answer.model_validate({"state": state})
        assert check_answer(TAXONOMY, field, answer) == answer


def test_nobody_hides_an_answer_by_hand() -> None:
    assert refusal("note", Answer(state="hidden", value="x")).startswith("note: is hidden by its condition alone")


def test_evidence_stays_with_its_answer() -> None:
    evidence = (Evidence(report="aiid:r1", start=1, end=4, quote="sky"),)
    checked = check_answer(TAXONOMY, "deaths", Answer(value="3", evidence=evidence, confidence=0.5))
    assert checked == Answer(value=3, evidence=evidence, confidence=0.5)


def test_evidence_can_be_refused() -> None:
    quoted = (Evidence(report="aiid:r1", start=1, end=4, quote="sky"),)
    assert refusal("note", Answer(value="x", evidence=quoted)) == "note: takes no evidence; remove the quotation"
    nothing = (Evidence(report="aiid:r1", start=4, end=4, quote=""),)
    assert refusal("sky", Answer(value="clear", evidence=nothing)).startswith(
        "sky: has evidence that ends before it begins"
    )


def test_the_model_has_one_attribute_per_field() -> None:
    model = answer_model(TAXONOMY)
    assert list(model.model_fields) == [attribute_of(field.id) for field in TAXONOMY.fields]
    checked = model.model_validate({"sky": "clear", "signs": ["b", "a"], "json": "x"})
    assert checked.model_dump(by_alias=True, include={"sky", "signs", "field:json", "deaths"}) == {
        "sky": "clear",
        "signs": ["a", "b"],
        "json": "x",
        "deaths": None,
    }


def test_equal_taxonomies_share_a_model() -> None:
    again = Taxonomy.model_validate(TAXONOMY.model_dump(by_alias=True))
    assert again is not TAXONOMY
    assert answer_model(again) is answer_model(TAXONOMY)
    other = TAXONOMY.model_copy(update={"version": 2})
    assert answer_model(other) is not answer_model(TAXONOMY)


@given(st.data())
def test_the_normal_form_of_a_normal_form_is_itself(data: st.DataObject) -> None:
    taxonomy = data.draw(taxonomies(conditional=False))
    for field in taxonomy.fields:
        once = check_answer(taxonomy, field.id, Answer(value=data.draw(values(field))))
        assert check_answer(taxonomy, field.id, once) == once


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "role", "x"]), inner),
)


@given(st.sampled_from([field.id for field in TAXONOMY.fields]), anything)
def test_no_value_makes_the_check_crash(field: str, value: Any) -> None:
    try:
        check_answer(TAXONOMY, field, Answer(value=value))
    except AnswerError as error:
        assert error.problems[0].field == field
