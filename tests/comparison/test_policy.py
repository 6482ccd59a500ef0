"""What an option says about states, and what it does to fields of each level."""

from __future__ import annotations

import pytest

from annotator.desk.comparison.policy import ANSWERED_ONLY, State, StatePolicy, read_policy
from annotator.errors import RequestError
from annotator.model.taxonomy import Field

SINGLE, SCALE, MULTI, COUNT = (
    Field.model_validate({"id": "f", "kind": kind}) for kind in ("single", "scale", "multi", "integer")
)


@pytest.mark.parametrize(
    ("state", "counting"),
    [("empty", [MULTI]), ("unknown", [SINGLE, MULTI]), ("not_applicable", [SINGLE, MULTI]), ("hidden", [])],
)
def test_the_usual_way_of_each_state(state: State, counting: list[Field]) -> None:
    assert [field for field in (SINGLE, SCALE, MULTI, COUNT) if StatePolicy().counts(state, field)] == counting


def test_a_list_switches_single_states() -> None:
    policy = read_policy("unknown=missing, hidden=value,empty=value")
    assert policy == StatePolicy(empty="value", unknown="missing", hidden="value")
    assert not policy.counts("unknown", SINGLE)
    assert policy.counts("empty", SINGLE)
    assert not policy.counts("empty", COUNT)
    assert policy.counts("hidden", COUNT)


def test_the_short_names() -> None:
    assert read_policy("") == read_policy("default") == StatePolicy()
    assert read_policy("Answered") == ANSWERED_ONLY


@pytest.mark.parametrize("text", ["nonsense", "unknown", "unknown=maybe", "blank=missing", "unknown=missing,,"])
def test_what_is_no_policy_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(RequestError, match="unknown=missing,hidden=value"):
        read_policy(text)


def test_the_words_change_with_the_policy() -> None:
    assert "unknown is a category of its own" in StatePolicy().words
    assert "unknown is missing" in read_policy("unknown=missing").words
