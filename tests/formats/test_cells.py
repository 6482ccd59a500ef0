"""Numbers, lists and yes or no are understood in every spelling that sources use."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.formats.values import listed, number, plain, texts, yes


@pytest.mark.parametrize("value", [7, 7.0, "7", " 7 ", "7.0", "+7", {"$numberInt": "7"}, {"$numberLong": "7"}])
def test_a_number_is_read(value: Any) -> None:
    assert number(value) == 7


@pytest.mark.parametrize("value", [0, -7, 7.5, "0", "", "seven", "7a", None, True, [7], "9" * 5000])
def test_what_is_no_number_above_zero_is_none(value: Any) -> None:
    assert number(value) is None


@pytest.mark.parametrize(
    "value", [["Ann", "Bo"], '["Ann", "Bo"]', "['Ann', 'Bo']", '["Ann","Bo",""]', ("Ann", " Bo "), [None, "Ann", "Bo"]]
)
def test_a_list_is_read_in_each_spelling(value: Any) -> None:
    assert texts(value) == ("Ann", "Bo")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Ann Example", ("Ann Example",)),
        ("[sic] Ann", ("[sic] Ann",)),
        ("[not, a, list]", ("[not, a, list]",)),
        ("['Ann', __import__('os')]", ("['Ann', __import__('os')]",)),
        ("", ()),
        (None, ()),
        ("[]", ()),
        ([{"name": "Ann"}], ('{"name": "Ann"}',)),
        (7, ("7",)),
    ],
)
def test_what_is_no_list_is_one_text(value: Any, found: tuple[str, ...]) -> None:
    assert texts(value) == found


def test_a_list_that_explodes_stays_a_text() -> None:
    bomb = "[" * 90_000 + "]" * 9_000
    assert listed(bomb) == bomb


@pytest.mark.parametrize(
    ("value", "meant"),
    [(True, True), ("True", True), ("yes", True), (1, True), ("False", False), ("", False), (None, False), ("?", None)],
)
def test_yes_and_no(value: Any, meant: bool | None) -> None:
    assert yes(value) is meant


def test_the_wrappers_of_mongodb_come_off_at_any_depth() -> None:
    wrapped = {
        "id": {"$oid": "abc"},
        "seen": [{"$date": {"$numberLong": "1592092800000"}}],
        "size": {"$numberDouble": "1.5"},
        "odd": {"$numberLong": "x"},
    }
    assert plain(wrapped) == {"id": "abc", "seen": ["2020-06-14"], "size": 1.5, "odd": "x"}


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool), max_size=5))
def test_a_list_survives_json_and_python_spelling(names: list[str]) -> None:
    assert texts(json.dumps(names)) == texts(repr(names)) == tuple(names)


def test_reading_a_source_prints_nothing(recwarn: pytest.WarningsRecorder) -> None:
    assert listed("[1or 2, '\\d']") == "[1or 2, '\\d']"
    assert not recwarn.list
