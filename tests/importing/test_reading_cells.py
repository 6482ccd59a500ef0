"""Cells and decoded values become values of fields; what does not fit is told apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.desk.exchange.cells import JOINER, Reading, read_cell, read_json
from annotator.model.outline import in_language
from annotator.model.taxonomy import Choice, Field
from annotator.resources import data_folder
from annotator.taxonomy.library import Library

LIBRARY = Library([data_folder("taxonomies")])
LISTS = [
    pytest.param(field, id=f"{namespace} {field.id}")
    for namespace in ("CSETv0", "CSETv1", "GMF", "MIT")
    for field in LIBRARY.get(namespace).fields
    if field.has_choices and field.holds_many
]
COLOURS = [Choice(id="red", label="Red"), Choice(id="red_blue", label="Red, blue", alias=["purple"]),
           Choice(id="blue", label="blue"), Choice(id="other", label="Other: green, grey, or none")]  # fmt: skip


def field(kind: Any, **more: Any) -> Field:
    return Field(id="f", kind=kind, choices=COLOURS if kind in {"single", "multi", "tree", "scale"} else [], **more)


def label(field: Field, choice_id: str) -> str:
    return in_language(field.all_choices[choice_id].label)


@pytest.mark.parametrize("of", LISTS)
@given(data=st.data())
def test_labels_joined_by_commas_come_apart_again(of: Field, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(list(of.all_choices)), unique=True))
    cell = JOINER.join(label(of, each) for each in chosen)
    read = read_cell(of, cell)
    assert read.outside == []
    assert set(read.value or []) == set(chosen)


@pytest.mark.parametrize("of", LISTS)
@given(data=st.data())
def test_a_strange_value_among_labels_is_told_apart_and_spoils_nothing(of: Field, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(list(of.all_choices)), unique=True, max_size=4))
    labels = [label(of, each) for each in chosen]
    place = data.draw(st.integers(0, len(labels)))
    read = read_cell(of, JOINER.join([*labels[:place], "entirely unheard of", *labels[place:]]))
    assert read.outside == ["entirely unheard of"]
    assert set(read.value or []) == set(chosen)


@pytest.mark.parametrize(
    ("cell", "value", "outside"),
    [
        ("Red", ["red"], []),
        ("Red, blue", ["red_blue"], []),
        ("blue, Red", ["blue", "red"], []),
        ("Red, Red, blue", ["red", "red_blue"], []),
        ("purple, red", ["red_blue", "red"], []),
        ("RED,  Blue ", ["red", "blue"], []),
        ("Other: green, grey, or none, Red", ["other", "red"], []),
        ("Red, Red", ["red"], []),
        ("Red, , blue, ", ["red", "blue"], []),
        ("green", None, ["green"]),
        ("green, Red, grey", ["red"], ["green", "grey"]),
        ("Reddish", None, ["Reddish"]),
        ("Red,blue", None, ["Red,blue"]),
        ("", None, []),
        ("   ", None, []),
    ],
)
def test_lists_in_cells(cell: str, value: Any, outside: list[str]) -> None:
    for kind in (field("multi"), field("tree", multiple=True)):
        assert read_cell(kind, cell) == Reading(value, outside)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("single", "Red, blue", "red_blue"), ("single", " red ", "red"), ("single", "PURPLE", "red_blue"),
        ("bool", "True", True), ("bool", "FALSE", False), ("bool", " yes ", True), ("bool", "0", False),
        ("integer", "7", 7), ("integer", " -7 ", -7), ("integer", "7.0", 7),
        ("integer", "12345678901234567891", 12345678901234567891),
        ("number", "0.5", 0.5), ("number", "1e3", 1000.0), ("number", "7", 7),
        ("date", "2016-12-05T00:00:00.000Z", "2016-12-05"), ("date", "2016-12-05T10:11:12+09:00", "2016-12-05"),
        ("date", "12-2016", "2016-12"), ("date", "3/2016", "2016-03"), ("date", "2016", "2016"),
        ("date", "some day", "some day"),
        ("text", " as it is ", " as it is "), ("tags", "a, b , a, ", ["a", "b"]),
    ],
)  # fmt: skip
def test_single_values_in_cells(kind: str, cell: str, value: Any) -> None:
    read = read_cell(field(kind), cell)
    assert read == Reading(value, [])
    assert type(read.value) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("single", "green"), ("single", "Red, Red"), ("bool", "maybe"), ("bool", "2"), ("integer", "seven"),
     ("integer", "7_000"), ("number", "nan"), ("number", "inf"), ("number", "1,5"), ("integer", "9" * 5_000)],
)  # fmt: skip
def test_single_values_that_do_not_fit(kind: str, cell: str) -> None:
    assert read_cell(field(kind), cell) == Reading(None, [cell])


@pytest.mark.parametrize(
    ("kind", "said", "value", "outside"),
    [
        ("multi", ["Red", "Red, blue"], ["red", "red_blue"], []),
        ("multi", "Red, blue", ["red_blue"], []),
        ("multi", ["Red", 7, None, {"a": 1}], ["red"], ['{"a":1}', "7"]),
        ("single", "Red", "red", []),
        ("single", 7, 7, []),
        ("tags", ["a", 7, ""], ["a", "7"], []),
        ("tags", [["a"], {"b": 1}, "c"], ["c"], ['["a"]', '{"b":1}']),
        ("bool", True, True, []),
        ("bool", "false", False, []),
        ("integer", 3, 3, []),
        ("integer", "3", 3, []),
        ("text", "x", "x", []),
        ("tags", [], None, []),
    ],
)
def test_decoded_values(kind: str, said: Any, value: Any, outside: list[str]) -> None:
    read = read_json(field(kind), said)
    assert read.value == value
    assert sorted(read.outside) == sorted(outside)


@given(st.sampled_from(["single", "multi", "bool", "integer", "number", "date", "text", "tags", "location"]), st.text())
def test_no_cell_is_lost_without_a_word(kind: str, cell: str) -> None:
    read = read_cell(field(kind), cell)
    assert read.value is not None or read.outside or not cell.replace(",", "").strip()


@given(
    st.sampled_from(["single", "multi", "bool", "integer", "number", "date", "text", "tags"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=6,
    ),
)
def test_no_decoded_value_fails(kind: str, said: Any) -> None:
    read_json(field(kind), said)
