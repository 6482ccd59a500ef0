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


def test_a_narrow_screen_gives_up_the_number_of_reports_first() -> None:
    assert columns_for(79, DEFAULTS).reports == 4
    narrow = columns_for(66, DEFAULTS)
    assert narrow.reports == 0
    assert narrow.key == 12
