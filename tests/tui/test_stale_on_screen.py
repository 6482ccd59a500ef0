"""Somebody who decides finds the decisions that others' answers no longer bear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from annotator.desk import Desk
from annotator.tui.app import AnnotatorApp
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.disagreements import DisagreementsScreen
from annotator.tui.review.screen import ReviewScreen
from tests.tui.review_content import RED, at_desk, deciding, disputed_desk, hand_in, lines, press, settle, shown


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Desk]:
    """A desk at which demo:2 was decided, before both agreed on something else, and demo:1 is open."""
    judge = disputed_desk(tmp_path)
    for field in ("one", "day", "name"):
        judge.adjudication.adopt("demo:2", "kinds", field, "bo", "slip")
    judge.adjudication.adjudicate("demo:2", "kinds")
    for name in ("eva", "bo"):
        with_others = at_desk(judge, name)
        hand_in(with_others, "demo:2", **{**RED, "one": "green", "name": "Both"})
        with_others.close()
    yield judge
    judge.close()


async def test_one_key_leads_from_what_is_open_over_what_is_settled_to_what_is_stale(judge: Desk) -> None:
    async with deciding(judge) as pilot:
        rows = cast(DisagreementsScreen, pilot.app.screen).rows
        assert "1 open, 0 settled, 1 stale" in lines(pilot)[0]
        assert [row.key for row in rows._rows.values()] == ["demo:1"]
        await press(pilot, "o")
        assert "settled ones" in lines(pilot)[0] and rows.count == 0
        await press(pilot, "o")
        assert "1 open, 0 settled, 1 stale · stale ones" in lines(pilot)[0]
        assert "stale · " in lines(pilot)[2]
        assert "demo:2 · 0 fields differ, 3 ruled · decision stale" in lines(pilot)[-2]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert "adjudicated · STALE" in lines(pilot)[1]
        await press(pilot, "R", "enter", "ctrl+s", "escape")
        assert "1 open, 0 settled" in lines(pilot)[0] and "1 stale" not in lines(pilot)[0]
        assert "No decision is stale. o shows what is open." in shown(pilot)
        await press(pilot, "o")
        assert rows.count == 1


async def test_where_nothing_is_stale_the_key_leads_back(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        await press(pilot, "o", "o")
        assert "2 open, 0 settled" in lines(pilot)[0] and "stale" not in shown(pilot)


async def test_progress_counts_and_the_queue_finds_it(judge: Desk) -> None:
    app = AnnotatorApp(judge)
    async with app.run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "p")
        assert "1 stale · 1 disputed · 1 adjudicated" in shown(pilot)
        await press(pilot, "escape", "f", "end", "up", "up", "right", "enter")
        assert "1 of 5 subjects · stale decisions" in shown(pilot)
        assert "demo:2" in shown(pilot) and "↺ decision stale: kinds" in lines(pilot)[-2]


@pytest.mark.parametrize("keys", [(), ("f", "end", "up", "up", "right", "enter")], ids=["all", "stale only"])
async def test_the_queue_marks_it_under_its_taxonomy_and_the_help_says_what_the_mark_means(
    judge: Desk, keys: tuple[str, ...]
) -> None:
    async with AnnotatorApp(judge).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        marked = [line for line in lines(pilot)[2:-3] if "↺" in line]
        (row,) = [each for each in cast(QueueScreen, pilot.app.screen).rows._rows.values() if each.stale]
        assert row.stale == ("kinds",) and row.title.split()[0] in marked[0] and len(marked) == 1
        await press(pilot, "f1", "end")
        assert "↺" in shown(pilot) and "decision stale" in shown(pilot)


async def test_whoever_is_at_work_on_it_finds_nothing(judge: Desk) -> None:
    dora = at_desk(judge, "dora")
    dora.tagging.note("demo:2", "kinds", "to be done")
    app = AnnotatorApp(dora)
    async with app.run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        assert "↺" not in shown(pilot)
        await press(pilot, "p")
        assert "1 adjudicated" in shown(pilot) and "stale" not in shown(pilot)
        await press(pilot, "escape", "f", "end", "up", "up", "right", "enter")
        assert "0 of 5 subjects · stale decisions" in shown(pilot) and "↺" not in shown(pilot)
        await press(pilot, "escape", "D")
        assert "1 open, 0 settled" in lines(pilot)[0] and "1 stale" not in shown(pilot)
