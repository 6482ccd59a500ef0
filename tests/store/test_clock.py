"""Events are in order of their counters, whatever the clock says, and no two are ever the same place in a feed."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model.chain import Content
from annotator.store.log import events
from annotator.store.store import Store
from tests.store.making import answer, finish, hides_b_unless_a_says_yes, make_store, of, problems, script
from tests.store.test_rebuilding import FEWER, new_store

MOMENTS = st.sampled_from(["1970-01-01T00:00:00.000Z", "2026-11-27T08:00:00.000Z", "2199-12-31T23:59:59.999Z"])
WORK = "kind != 'import_ran'"  # with which every database of these tests begins
FEEDS = f"SELECT feed, number, counter, at FROM events WHERE {WORK} ORDER BY counter, feed, number"
WRITE_MANY = """
import sys
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, of
store = Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)
for number in range(int(sys.argv[3])):
    answer(store, of(f"t:{1 + number % 3}", sys.argv[2]), "a", f"value {number}")
store.close()
"""


@FEWER
@given(st.lists(st.tuples(st.sampled_from(["eva", "bob"]), MOMENTS), min_size=1, max_size=20))
def test_a_clock_set_back_and_forth_never_shows_in_the_order(story: list[tuple[str, str]]) -> None:
    with new_store() as store:
        for number, (name, moment) in enumerate(story):
            with patch("annotator.store.readable.now", return_value=moment):
                now = answer(store, of(annotator=name), "a", f"value {number}")
            assert (now.answers["a"].value, now.updated_at) == (f"value {number}", moment)
        told = events.of_subject(store.transaction, "t:1")
        assert [event.payload["answer"]["value"] for event in told] == [f"value {n}" for n in range(len(story))]
        assert [(event.annotator, event.at) for event in told] == story
        counters = [row[2] for row in store.transaction.execute(FEEDS)]
        assert counters == list(range(2, len(story) + 2))
        assert problems(store) == []
        store.rebuild()
        assert problems(store) == []


def test_events_written_while_the_clock_runs_backwards_keep_their_order(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "a.db")) as store:
        for hour in range(23, -1, -1):
            with patch("annotator.store.readable.now", return_value=f"2026-11-27T{hour:02}:00:00.000Z"):
                answer(store, of(), "a", f"value {hour}")
        times = [row[3] for row in store.transaction.execute(FEEDS)]
        assert times == sorted(times, reverse=True)
        assert len(set(times)) == 24
        assert store.classification(of()).answers["a"].value == "value 0"
        assert problems(store) == []


def test_what_is_written_after_another_event_was_seen_comes_after_it(store: Store) -> None:
    """The counter is one more than the highest in the file, whoever wrote that."""
    answer(store, of(), "a", "yes")
    with closing(store.another()) as other:
        for number in range(5):
            answer(other, of(annotator="bob"), "a", f"value {number}")
    answer(store, of(), "a", "no")
    rows = store.transaction.execute(f"SELECT author, counter FROM log WHERE {WORK} ORDER BY counter").fetchall()
    assert rows == [("eva", 2), *(("bob", counter) for counter in range(3, 8)), ("eva", 8)]


@pytest.mark.parametrize("names", [("eva", "eva", "Ｅva"), ("eva", "bob", "cy")])
@pytest.mark.parametrize("times", [40, pytest.param(1_500, marks=pytest.mark.slow)])
@pytest.mark.long
def test_no_two_processes_ever_give_the_same_number_in_a_feed(
    tmp_path: Path, names: tuple[str, ...], times: int
) -> None:
    make_store(tmp_path / "a.db").close()
    for process in [script(WRITE_MANY, tmp_path / "a.db", name, times) for name in names]:
        finish(process)
    with closing(Store.open(tmp_path / "a.db", hides_b_unless_a_says_yes)) as store:
        rows = store.transaction.execute(FEEDS).fetchall()
        assert [row[2] for row in rows] == list(range(2, 3 * times + 2))
        length = Counter(row[0] for row in rows)
        assert sorted(length.values()) == ([3 * times] if len(set(names)) < 3 else [times] * 3)
        for feed, last in length.items():
            assert [row[1] for row in rows if row[0] == feed] == list(range(1, last + 1))
        assert problems(store) == []


def test_thousands_of_events_in_one_moment_stay_apart_and_in_order(store: Store) -> None:
    with store.writing() as transaction:
        feed = events.feed_of(transaction, "eva")
        content = Content("2026-11-27T08:00:00.000Z", "note_set", "", "", "T", "", 1, 1, "", "{}")
        rows = list(events.rows(feed, [(content, None, None)] * 20_000))
    assert [row[0] - (feed.id << 32) for row in rows] == list(range(1, 20_001))
    assert [row[1] for row in rows] == list(range(2, 20_002))
    for hashed in (-1, -2, -3):
        assert len({row[hashed] for row in rows}) == 20_000
