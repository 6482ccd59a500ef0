"""The first file of a new taxonomy can be used as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RequestError
from annotator.taxonomy.reading import read_taxonomy
from annotator.taxonomy.writing import new_taxonomy


def test_the_first_file_is_in_order_and_explains_itself() -> None:
    text = new_taxonomy("storm_damage")
    taxonomy = read_taxonomy(text)
    assert (taxonomy.namespace, taxonomy.version, taxonomy.name) == ("storm_damage", 1, "Storm damage")
    assert taxonomy.by_id["kind_of_damage"].visible_if is not None
    assert sum(line.strip().startswith("#") for line in text.splitlines()) > 10
    assert max(len(line) for line in text.splitlines()) <= 100


def test_the_first_line_leads_editors_to_the_schema() -> None:
    assert new_taxonomy("a").splitlines()[0] == "# yaml-language-server: $schema=schema.json"
    assert new_taxonomy("a", "../schema.json").splitlines()[0].endswith("$schema=../schema.json")


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_\-]{0,63}", fullmatch=True) | st.sampled_from(["true", "null", "yes", "no"]))
def test_every_possible_name_gives_a_file_in_order(namespace: str) -> None:
    assert read_taxonomy(new_taxonomy(namespace)).namespace == namespace


@pytest.mark.parametrize(
    ("name", "example"),
    [("my taxonomy", "my_taxonomy"), ("2nd", "nd"), ("", "my_taxonomy"), ("a/../b", "a_b"), ("日本", "my_taxonomy")],
)
def test_an_impossible_name_is_refused_with_a_possible_one(name: str, example: str) -> None:
    with pytest.raises(RequestError, match=f"cannot be a namespace: use letters.* such as '{example}'"):
        new_taxonomy(name)
    assert read_taxonomy(new_taxonomy(example)).namespace == example
