"""Fields and choices are found by whatever a person calls them, and typed text becomes a value."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.errors import AnswerError, NotFoundError
from annotator.model.classification import Answer
from annotator.taxonomy.compiling import check_answer
from annotator.taxonomy.naming import find_choice, find_field, parse_value
from annotator.taxonomy.reading import read_taxonomy

TAXONOMY = read_taxonomy("""\
namespace: weather
fields:
  - {id: sky, number: "1.1", label: {en: Sky, ja: 空}, alias: [Heaven], kind: single, choices: [
      {id: clear, label: {en: Clear sky, ja: 晴れ}, alias: [fine]}, {id: dark, label: Dark; or grey}]}
  - {id: system_a, number: "2.1", label: AI System, kind: text}
  - {id: system_b, number: "2.2", label: AI System, kind: text}
  - id: harm
    number: "3"
    kind: tree
    multiple: true
    choices:
      - {id: physical, label: Physical, children: [{id: death, label: Death}, {id: p_other, label: Other}]}
      - {id: money, label: Money, children: [{id: m_other, label: Other}]}
  - {id: sure, kind: bool}
  - {id: deaths, kind: integer}
  - {id: link, label: Clear link to technology, kind: tags}
  - {id: link_2, label: Clear link to Technology, kind: text}
  - {id: parties, kind: group, fields: [{id: name, kind: text}]}
  - {id: note, label: Long note, kind: long_text}
""")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("sky", "sky"), ("SKY", "sky"), ("1.1", "sky"), ("Sky", "sky"), ("空", "sky"), ("heaven", "sky"),
        (" sky ", "sky"),
        ("system_b", "system_b"), ("2.2", "system_b"), ("long NOTE", "note"),
        ("Clear link to Technology", "link_2"), ("Clear link to technology", "link"),
    ],
)  # fmt: skip
def test_fields_are_found_by_any_of_their_names(name: str, found: str) -> None:
    assert find_field(TAXONOMY, name).id == found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AI System", "'AI System' is the name of several fields of weather; say which: 2.1 system_a, 2.2 system_b"),
        (
                "CLEAR LINK to technology",
                "'CLEAR LINK to technology' is the name of several fields of weather; say which: - link, - link_2",
            ),
        ("skky", "weather has no field 'skky'; did you mean 'sky'?"),
        ("long not", "weather has no field 'long not'; did you mean 'Long note'?"),
        ("9.9.9", "weather has no field '9.9.9'"),
        ("", "weather has no field ''"),
    ],
)  # fmt: skip
def test_fields_that_are_not_clear_are_refused_with_candidates(name: str, expected: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        find_field(TAXONOMY, name)
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("field", "name", "found"),
    [
        ("sky", "clear", "clear"), ("sky", "Clear Sky", "clear"), ("sky", "晴れ", "clear"), ("sky", "FINE", "clear"),
        ("harm", "death", "death"), ("harm", "physical/death", "death"), ("harm", "Physical/Other", "p_other"),
        ("harm", "money/other", "m_other"), ("harm", "m_other", "m_other"),
    ],
)  # fmt: skip
def test_choices_are_found_by_any_of_their_names(field: str, name: str, found: str) -> None:
    assert find_choice(TAXONOMY.by_id[field], name).id == found


@pytest.mark.parametrize(
    ("field", "name", "expected"),
    [
        ("harm", "Other", "'Other' is the name of several choices of harm; say which: physical/p_other, money/m_other"),
        ("harm", "deth", "harm has no choice 'deth'; did you mean 'death'?"),
        ("harm", "money/death", "harm has no choice 'money/death'"),
        ("sky", "zzz", "Sky has no choice 'zzz'; there is clear, dark"),
    ],
)
def test_choices_that_are_not_clear_are_refused_with_candidates(field: str, name: str, expected: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        find_choice(TAXONOMY.by_id[field], name)
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("sky", "Clear sky", "clear"),
        ("sky", "Dark; or grey", "dark"),
        ("harm", "death; money", ["death", "money"]),
        ("harm", "death;", ["death"]),
        ("harm", '["physical/death", "Money"]', ["death", "money"]),
        ("sure", "yes", True),
        ("sure", "False", False),
        ("deaths", " 3 ", 3),
        ("link", "rain; hail ;", ["rain", "hail"]),
        ("link", '["rain; hail"]', ["rain; hail"]),
        ("parties", '[{"name": "A; B"}]', [{"name": "A; B"}]),
        ("note", " as it is; typed", " as it is; typed"),
    ],
)
def test_typed_text_becomes_a_value(field: str, text: str, value: Any) -> None:
    parsed = parse_value(TAXONOMY.by_id[field], text)
    assert check_answer(TAXONOMY, field, Answer(value=parsed)).value == value


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("sure", "perhaps", "sure: expects yes or no, not 'perhaps'"),
        ("parties", "A", 'parties: expects JSON such as [{"name": "…"}]'),
        ("parties", '{"name": "A"}', 'parties: expects a JSON array such as [{"name": "…"}]'),
        ("link", '["rain"', 'link: expects JSON such as ["…"]'),
        ("link", "[" * 100_000, 'link: expects JSON such as ["…"]'),
    ],
)
def test_typed_text_that_is_no_value_is_refused(field: str, text: str, expected: str) -> None:
    with pytest.raises(AnswerError) as caught:
        parse_value(TAXONOMY.by_id[field], text)
    assert str(caught.value) == expected


def test_typed_text_that_is_no_choice_is_refused() -> None:
    with pytest.raises(NotFoundError, match="Sky has no choice 'blue'"):
        parse_value(TAXONOMY.by_id["sky"], "blue")


def test_an_empty_list_is_left_to_the_check() -> None:
    with pytest.raises(AnswerError, match="use the state 'empty'"):
        check_answer(TAXONOMY, "link", Answer(value=parse_value(TAXONOMY.by_id["link"], " ; ")))
