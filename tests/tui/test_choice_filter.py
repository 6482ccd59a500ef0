"""Choices are found by typing, in any language and width, and their keys never collide."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.model.taxonomy import Choice, Field
from annotator.tui.widgets.form.choices import ChoiceList, KeyPlan, Opening, folded

TREE = Field(
    id="place",
    kind="tree",
    multiple=True,
    select="leaf",
    choices=[
        Choice(id="land", label={"en": "Land", "ja": "陸"}, key="l", children=[
            Choice(id="road", label="Road", key="r", alias=["Street"]), Choice(id="rail", label="Railway", key="r")]),
        Choice(id="water", label="Water", children=[Choice(id="sea", label="Sea"), Choice(id="river", label="River")]),
    ],
)  # fmt: skip


def found(typed: str, recent: tuple[str, ...] = ()) -> list[str]:
    """Ids that match what is typed."""
    return [option.id for option in ChoiceList(TREE).options(Opening(typed=typed, recent=recent))]


def test_leaves_are_found_by_label_alias_and_the_branch_they_are_in() -> None:
    assert found("riv") == ["river"]
    assert found("street") == ["road"]
    assert found("water") == ["sea", "river"]
    assert found("land rail") == ["rail"]
    assert found("zebra") == []


def test_what_was_used_before_comes_first_among_equal_matches() -> None:
    assert found("", ("river", "rail")) == ["river", "rail", "road", "sea"]
    assert found("r", ("rail",))[:3] == ["rail", "road", "river"]


def test_full_width_letters_and_case_do_not_matter() -> None:
    assert folded("ＲＩＶ") == folded("riv")
    assert found("ＲＩＶ") == ["river"]


def test_keys_speak_of_the_branch_that_is_open() -> None:
    choices = ChoiceList(TREE)
    top = choices.options(Opening(marked="land"))
    assert [(option.id, option.key) for option in top] == [("land", "l"), ("water", "2")]
    inside = choices.options(Opening(marked="road", opened=frozenset({"land"})))
    assert {option.id: option.key for option in inside} == {"land": "", "road": "r", "rail": "2", "water": ""}
    deep = choices.options(Opening(marked="sea", opened=frozenset({"water"})))
    assert {option.id: option.key for option in deep} == {"land": "l", "water": "", "sea": "1", "river": "2"}


def test_only_leaves_can_be_chosen_when_the_field_says_so() -> None:
    options = {option.id: option for option in ChoiceList(TREE).options(Opening(opened=frozenset({"land"})))}
    assert not options["land"].can_choose
    assert options["road"].can_choose


KEYS = st.one_of(st.none(), st.sampled_from("abcjkuen123"))


@given(
    st.lists(KEYS, min_size=1, max_size=40),
    st.frozensets(st.sampled_from("jkue")),
    st.frozensets(st.sampled_from("nxz")),
)
def test_no_two_choices_share_a_key_and_none_takes_a_reserved_one(
    own: list[str | None], reserved: frozenset[str], busy: frozenset[str]
) -> None:
    field = Field(id="f", kind="multi", choices=[Choice(id=f"c{n}", label="x", key=key) for n, key in enumerate(own)])
    opening = Opening(marked="c0", keys=KeyPlan(reserved, busy))
    keys = [option.key for option in ChoiceList(field).options(opening) if option.key]
    assert len(keys) == len(set(keys))
    assert not reserved & set(keys)
    for key in keys:
        option = ChoiceList(field).option_for(key, opening)
        assert option is not None
        assert option.key == key
