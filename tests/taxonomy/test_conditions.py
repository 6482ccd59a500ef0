"""Which fields are shown follows from the answers that are shown, and from nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model.classification import Answer
from annotator.model.taxonomy import evaluation_order, hidden_fields
from annotator.taxonomy.reading import read_taxonomy
from tests.taxonomy.strategies import classifications, taxonomies

START = """\
namespace: weather
fields:
  - id: harm
    kind: tree
    multiple: true
    choices:
      - {id: body, label: Body, children: [{id: death, label: Death}, {id: injury, label: Injury}]}
      - {id: money, label: Money}
  - {id: storm, kind: bool}
  - {id: deaths, kind: integer}
  - {id: begun, kind: date}
  - {id: force, kind: scale, choices: [{id: weak, label: W}, {id: strong, label: S}, {id: extreme, label: E}]}
  - {id: words, kind: tags}
  - {id: sky, kind: single, choices: [{id: clear, label: C}, {id: dark, label: D}]}
"""


def shown(condition: str, **answers: Any) -> bool:
    taxonomy = read_taxonomy(f"{START}  - {{id: asked, kind: text, visible_if: {condition}}}\n")
    given_answers = {field: each if isinstance(each, Answer) else Answer(value=each) for field, each in answers.items()}
    return "asked" not in hidden_fields(taxonomy, given_answers)


UNKNOWN = Answer(state="unknown")
CASES = [
    ("{field: storm, equals: true}", {"storm": True}, {"storm": False}),
    ("{field: storm, not_equals: true}", {"storm": False}, {"storm": UNKNOWN}),
    ("{field: sky, in: [clear, dark]}", {"sky": "dark"}, {}),
    ("{field: sky, not_in: [clear]}", {"sky": "dark"}, {"sky": "clear"}),
    ("{field: sky, includes: dark}", {"sky": "dark"}, {"sky": "clear"}),
    ("{field: harm, includes: body}", {"harm": ["death"]}, {"harm": ["money"]}),
    ("{field: harm, includes: death}", {"harm": ["death", "money"]}, {"harm": ["body"]}),
    ("{field: harm, includes_any: [injury, money]}", {"harm": ["money"]}, {"harm": ["death"]}),
    ("{field: harm, includes_all: [body, money]}", {"harm": ["injury", "money"]}, {"harm": ["injury"]}),
    ("{field: words, includes: rain}", {"words": ["hail", "rain"]}, {"words": ["hail"]}),
    ("{field: deaths, greater_than: 2}", {"deaths": 3}, {"deaths": 2}),
    ("{field: deaths, at_least: 2}", {"deaths": 2}, {"deaths": 1}),
    ("{field: deaths, less_than: 2}", {"deaths": 1}, {"deaths": 2}),
    ("{field: deaths, at_most: 2}", {"deaths": 2}, {"deaths": UNKNOWN}),
    ('{field: begun, at_least: "2020-06"}', {"begun": "2020-06-01"}, {"begun": "2020-05"}),
    ("{field: force, at_least: strong}", {"force": "extreme"}, {"force": "weak"}),
    ("{field: force, less_than: strong}", {"force": "weak"}, {"force": "strong"}),
    ("{field: storm, answered: true}", {"storm": UNKNOWN}, {}),
    ("{field: storm, answered: false}", {}, {"storm": False}),
    ("{field: storm, state: unknown}", {"storm": UNKNOWN}, {"storm": True}),
    ("{field: words, state: empty}", {"words": Answer(state="empty")}, {"words": ["a"]}),
    ("{not: {field: storm, equals: true}}", {}, {"storm": True}),
    (
        "{all: [{field: storm, equals: true}, {field: deaths, at_least: 1}]}",
        {"storm": True, "deaths": 1},
        {"storm": True},
    ),
    (
        "{any: [{field: storm, equals: true}, {field: deaths, at_least: 1}]}",
        {"deaths": 1},
        {"deaths": 0, "storm": False},
    ),
]


@pytest.mark.parametrize(("condition", "holds", "fails"), CASES, ids=lambda case: case if isinstance(case, str) else "")
def test_a_field_is_asked_while_its_condition_holds(
    condition: str, holds: dict[str, Any], fails: dict[str, Any]
) -> None:
    assert shown(condition, **holds)
    assert not shown(condition, **fails)


def test_a_hidden_field_hides_what_depends_on_it() -> None:
    taxonomy = read_taxonomy(
        START
        + "  - {id: first, kind: bool, visible_if: {field: storm, equals: true}}\n"
        + "  - {id: second, kind: bool, visible_if: {field: first, equals: true}}\n"
    )
    answers = {"storm": Answer(value=False), "first": Answer(value=True), "second": Answer(value=True)}
    assert hidden_fields(taxonomy, answers) == {"first", "second"}
    assert hidden_fields(taxonomy, {**answers, "storm": Answer(value=True)}) == frozenset()


def test_an_answer_hidden_earlier_counts_again_once_its_field_is_shown() -> None:
    assert shown("{field: storm, equals: true}", storm=Answer(state="hidden", value=True))
    assert not shown("{field: storm, answered: true}", storm=Answer(state="hidden"))


@given(st.data())
def test_hidden_answers_decide_nothing(data: st.DataObject) -> None:
    taxonomy = data.draw(taxonomies())
    answers = data.draw(classifications(taxonomy))
    hidden = hidden_fields(taxonomy, answers)
    without = {field: answer for field, answer in answers.items() if field not in hidden}
    marked = {
        field: answer.model_copy(update={"state": "hidden"}) if field in hidden else answer
        for field, answer in answers.items()
    }
    assert hidden_fields(taxonomy, without) == hidden
    assert hidden_fields(taxonomy, marked) == hidden


@given(st.data())
def test_neither_the_order_of_fields_nor_of_answers_decides(data: st.DataObject) -> None:
    taxonomy = data.draw(taxonomies())
    answers = data.draw(classifications(taxonomy))
    shuffled = taxonomy.model_copy(update={"fields": data.draw(st.permutations(taxonomy.fields))})
    reordered = dict(data.draw(st.permutations(list(answers.items()))))
    assert hidden_fields(shuffled, reordered) == hidden_fields(taxonomy, answers)


@given(taxonomies())
def test_every_field_comes_after_those_it_reads(taxonomy: Any) -> None:
    order = evaluation_order(taxonomy)
    assert sorted(order) == sorted(taxonomy.by_id)
    for field in taxonomy.fields:
        read = field.visible_if.fields_read() if field.visible_if else set()
        assert all(order.index(other) < order.index(field.id) for other in read)
