"""Ids sort in the order in which they were made, whatever the clock does."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from annotator.store.events import next_id, time_of
from tests.store.making import answer, make_store, of, problems

MOMENTS = st.integers(0, 4_000_000_000_000)
LAST_OF_A_MILLISECOND = str(UUID(int=(1_000 << 80) | (0x7 << 76) | (0xFFF << 64) | (0b10 << 62) | ((1 << 62) - 1)))


@given(st.lists(MOMENTS, min_size=1, max_size=60))
def test_a_clock_set_back_and_forth_never_shows_in_the_order(moments: list[int]) -> None:
    ids: list[str] = []
    for moment in moments:
        ids.append(next_id(ids[-1] if ids else None, moment))
    assert ids == sorted(set(ids))
    times = [time_of(each) for each in ids]
    assert times == sorted(times)


@given(MOMENTS)
def test_a_clock_that_runs_on_is_told_to_the_millisecond(moment: int) -> None:
    assert UUID(next_id(None, moment)).int >> 80 == moment
    shown = time_of(next_id(None, moment))
    assert shown.endswith(f"{moment % 1000:03d}Z")


def test_thousands_of_ids_in_one_millisecond_stay_apart_and_in_order() -> None:
    ids = [next_id(None, 5_000)]
    for _ in range(20_000):
        ids.append(next_id(ids[-1], 5_000))
    assert ids == sorted(set(ids))
    assert time_of(ids[-1]) == time_of(ids[0])


def test_a_full_millisecond_flows_over_into_the_next() -> None:
    following = next_id(LAST_OF_A_MILLISECOND, 1_000)
    assert following > LAST_OF_A_MILLISECOND
    assert time_of(following) == "1970-01-01T00:00:01.001Z"


@given(MOMENTS, MOMENTS)
def test_every_id_is_a_uuid_of_version_7(before: int, now: int) -> None:
    made = UUID(next_id(next_id(None, before), now))
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_events_written_while_the_clock_runs_backwards_keep_their_order(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "a.db")) as store:
        for hour in range(24, 0, -1):
            with patch("annotator.store.events.time.time_ns", return_value=hour * 3_600 * 10**9):
                answer(store, of(), "a", f"value {hour}")
        times = [row[0] for row in store.transaction.execute("SELECT at FROM events ORDER BY id")]
        assert times == sorted(times)
        assert len(times) == 24
        assert store.classification(of()).answers["a"].value == "value 1"
        assert problems(store) == []
