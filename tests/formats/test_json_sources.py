"""JSON and JSON Lines are read item by item; damage is told with its line and column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions
from annotator.formats.json_source import DEEPEST, JsonSource, JsonText, first_names, is_deeper
from annotator.formats.text.reading import TextFile
from annotator.model.record import Loss


def source_of(path: Path, content: str) -> JsonSource:
    path.write_text(content, encoding="utf-8")
    return JsonSource(TextFile.find(path, ReadOptions(), "table"), ("reports",))


def values(source: JsonSource) -> list[Any]:
    return [item.value for item in source.items()]


@pytest.mark.parametrize(
    ("name", "content", "places"),
    [
        ("a.json", '[{"a": 1}, {"a": 2}]', ["a.json item 1", "a.json item 2"]),
        ("a.json", ' [\n{"a": 1} ,\n{"a": 2}\n]\n', ["a.json item 1", "a.json item 2"]),
        ("a.json", '{"count": 2, "reports": [{"a": 1}, {"a": 2}]}', ["a.json item 1", "a.json item 2"]),
        ("a.json", '{"data": {"reports": [{"a": 1}, {"a": 2}]}}', ["a.json item 1", "a.json item 2"]),
        ("a.jsonl", '{"a": 1}\n\n{"a": 2}', ["a.jsonl line 1", "a.jsonl line 3"]),
        ("a.json", '{"a": 1}\n{"a": 2}\n', ["a.json line 1", "a.json line 2"]),
    ],
)
def test_items_come_with_their_places(tmp_path: Path, name: str, content: str, places: list[str]) -> None:
    items = list(source_of(tmp_path / name, content).items())
    assert [item.value for item in items] == [{"a": 1}, {"a": 2}]
    assert [item.place for item in items] == places


def test_one_object_is_one_item(tmp_path: Path) -> None:
    assert values(source_of(tmp_path / "a.json", '{\n"a": 1\n}')) == [{"a": 1}]


def test_an_empty_array_has_no_items(tmp_path: Path) -> None:
    assert values(source_of(tmp_path / "a.json", "[ ]")) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", '[{"a": 1},\n{"a": "cut o', r"a\.json:2:7: the JSON ends too early; it was probably cut off"),
        ("a.json", '[{"a": 1},\n{"a": 2}', r"a\.json:2:9: the JSON ends too early"),
        ("a.json", '[{"a": 1},', r"a\.json:1:11: the JSON ends too early"),
        ("a.json", '{"a": [1, 2', r"a\.json:1:\d+: the JSON ends too early"),
        ("a.jsonl", '{"a": 1}\n{"a": "cut', r"a\.jsonl:2:7: the JSON ends too early"),
        ("a.json", '[{"a": 1}\n{"a": 2}]', r"a\.json:2:1: is not JSON \(expected a comma"),
        ("a.json", "[1] trailing", r"a\.json:1:5: is not JSON \(something follows"),
        ("a.json", "[{'a': 1}]", r"a\.json:1:3: is not JSON \(\"'\" cannot stand here"),
        ("a.jsonl", "nonsense", r"a\.jsonl:1:1: is not JSON \('n' cannot stand here\)"),
        ("a.json", '[{"a": "x\ty"}]', r"a\.json:1:10: is not JSON \('\\t' cannot stand here\)"),
        ("a.jsonl", "\n \n", "is empty"),
        ("a.json", "[" * 100_000, "nested deeper"),
        ("a.json", "[" * 200 + "]" * 200, "nested deeper"),
        ("a.jsonl", '{"a":' * 90_000, r"a\.jsonl:1: .* nested deeper"),
    ],
)
def test_damage_is_told_with_its_place(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        values(source_of(tmp_path / name, content))


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e400", "-1E+999"])
def test_a_number_too_large_to_count_with_stays_as_it_is_written(tmp_path: Path, number: str) -> None:
    source = source_of(tmp_path / "a.json", f'[{{"a": 1, "b": {number}}}, 2]')
    assert values(source) == [{"a": 1, "b": number}, 2]
    assert [loss.what for loss in source.losses() if isinstance(loss, Loss)] == [
        "number too large to count with, kept as a text"
    ]


@pytest.mark.parametrize("wrapped", ["%s", '{"$numberDouble": "%s"}', '{"$numberDecimal": "%s"}'])
@pytest.mark.parametrize("beside", ["1", "9" * 5000])
def test_nan_is_no_value_and_is_said(tmp_path: Path, wrapped: str, beside: str) -> None:
    nan, infinity = wrapped % "NaN", wrapped % "-Infinity"
    source = source_of(tmp_path / "a.json", f'[{{"a": {nan}, "b": [{nan}, {infinity}], "c": {beside}}}]')
    (read,) = values(source)
    assert (read["a"], read["b"], str(read["c"])) == (None, [None, None], beside)
    source.words.odd.pop("number too large to count with, kept as a text", None)
    assert {loss.what: loss.times for loss in source.losses() if isinstance(loss, Loss)} == {
        "NaN is no value: read as nothing": 2,
        "-Infinity is no value: read as nothing": 1,
    }


def test_a_name_given_twice_is_said(tmp_path: Path) -> None:
    source = source_of(tmp_path / "a.json", '[{"a": 1, "a": 2}]')
    assert values(source) == [{"a": 2}]
    assert [loss.times for loss in source.losses() if isinstance(loss, Loss)] == [1]


@pytest.mark.parametrize(
    ("written", "read", "times"),
    [
        (r"x\ud83d", "x�", 1), (r"\ud83d a\udc00\udc00", "� a��", 3), (r"\ud83d\ud83d\ude00\ud83d", "�😀�", 2),
        ("�\\ud83d", "��", 1),
    ],
)  # fmt: skip
def test_each_half_of_a_character_is_replaced_and_said(tmp_path: Path, written: str, read: str, times: int) -> None:
    source = source_of(tmp_path / "a.json", rf'[{{"a": "{written}", "b": "\ud83d\ude00"}}]')
    assert values(source) == [{"a": read, "b": "😀"}]
    assert [loss.times for loss in source.losses() if isinstance(loss, Loss)] == [times]


def test_depth_is_counted_by_levels() -> None:
    assert not is_deeper([[1], {"a": []}], 3)
    assert is_deeper([[1], {"a": []}], 2)
    deepest = "[" * DEEPEST + "]" * DEEPEST
    assert JsonText().decode(deepest) is not None
    with pytest.raises(ValueError, match="nested"):
        JsonText().decode(f"[{deepest}]")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[{"url": "x", "meta": {"deep": 1}}, {"later": 1}]', {"url", "meta"}),
        ('{"reports": [{"title": "a \\"quoted\\": colon", "url": "cut of', {"title", "url"}),
        ('{"url": "x", "reports": [], "a": 1, "b": 2}', {"url", "reports", "a", "b"}),
        ('["text"]', set()),
    ],
)
def test_names_of_the_first_item_are_found_in_a_beginning(text: str, names: set[str]) -> None:
    assert first_names(text, ("reports",)) == names


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(), PARTS, max_size=4), min_size=1, max_size=5), st.booleans())
def test_what_json_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, Any]], by_line: bool
) -> None:
    folder = tmp_path_factory.mktemp("json")
    content = "\n".join(json.dumps(item) for item in items) if by_line else json.dumps(items, indent=1)
    source = source_of(folder / ("a.jsonl" if by_line else "a.json"), content)
    assert values(source) == items
