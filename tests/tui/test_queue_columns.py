"""The queue shares its width so that titles stay readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.tui.queue.rows import columns_for, short_names

DEFAULTS = ["harm_type", "technology", "affected_group", "CSETv1", "GMF", "MIT", "CSETv0"]


def test_taxonomies_get_two_letters_that_tell_them_apart() -> None:
    assert short_names(DEFAULTS) == ["HT", "TE", "AG", "C1", "GM", "MI", "C0"]
    assert short_names(["team_a", "team_alpha", "team_apex"])[0] == "TA"


@given(st.lists(st.from_regex(r"\A[A-Za-z][A-Za-z0-9_\-]{0,8}\Z"), unique=True, max_size=12))
def test_every_taxonomy_has_a_head_of_at_most_two_letters(names: list[str]) -> None:
    heads = short_names(names)
    assert len(heads) == len(names)
    assert all(1 <= len(head) <= 2 for head in heads)


@pytest.mark.parametrize("width", [59, 79, 119, 199])
def test_the_columns_fill_the_width_exactly(width: int) -> None:
    columns = columns_for(width, DEFAULTS)
    statuses = sum(each for _, each in columns.statuses)
    assert columns.title + columns.key + columns.date + columns.reports + statuses + columns.flag == width
    assert columns.title >= 16


def test_a_wide_screen_names_taxonomies_in_full() -> None:
    assert ("CSETv1", 7) in columns_for(199, DEFAULTS).statuses


@pytest.mark.parametrize("width", [123, 159, 199])
def test_where_there_is_room_no_name_of_a_taxonomy_is_cut(width: int) -> None:
    assert [head for head, _ in columns_for(width, DEFAULTS).statuses] == DEFAULTS


def test_where_there_is_none_the_longest_names_are_cut_and_titles_stay_readable() -> None:
    columns = columns_for(120, DEFAULTS)
    heads = [head for head, _ in columns.statuses]
    assert heads == ["harm_type", "technology", "affected_g…", "CSETv1", "GMF", "MIT", "CSETv0"]
    assert columns.title == 30


@pytest.mark.parametrize("names", [[f"a_long_taxonomy_{n}" for n in range(9)], [f"{n}_taxonomy" for n in range(20)]])
def test_names_that_no_longer_tell_taxonomies_apart_give_way_to_letters(names: list[str]) -> None:
    heads = [head for head, _ in columns_for(140, names).statuses]
    assert heads == short_names(names)
    assert len({*heads}) == len(names)


def test_a_narrow_screen_gives_up_the_number_of_reports_first() -> None:
    assert columns_for(79, DEFAULTS).reports == 4
    narrow = columns_for(66, DEFAULTS)
    assert narrow.reports == 0
    assert narrow.key == 12
