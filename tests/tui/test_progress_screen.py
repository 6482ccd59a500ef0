"""Somebody looks how far everybody is, and goes on with what is assigned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk
from annotator.desk.team.assignment import Wish, assign
from annotator.desk.team.progress import Decided, ProgressRow
from annotator.model.queue import QueueView
from annotator.model.rounds import FIRST_ROUNDS
from annotator.store.team import assignments, team, to_do
from annotator.store.team.assignments import Assignment
from annotator.tui.app import AnnotatorApp
from annotator.tui.help import HelpScreen
from annotator.tui.progress.rows import bar, percent, place_in_cells
from annotator.tui.progress.screen import Counted, ProgressScreen
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.desk_content import NASTY, SIZES, after, empty_desk, filled_desk, settle

SMALL = [(0, 0, 0), (1, 0, 3), (1, 1, 3), (3, 0, 3), (99, 1, 100), (0, 1, 100)]


def first_to_do(desk: Desk) -> str:
    """The key of what somebody has to do first."""
    with desk.store.reading() as transaction:
        found = to_do.next_open(transaction, desk.annotator, FIRST_ROUNDS, to_do.START, including=False)
    assert found
    return found.key


def dealt(folder: Path) -> Desk:
    """Six incidents under CSETv1 for three annotators, some done, in two batches and two rounds."""
    desk = filled_desk(folder)
    asked = Wish("CSETv1", ("eva,山田 花子=2,bob",), QueueView(kind="incident"), per_subject=2, batch_size=2)
    assign(desk.project, asked, 1, "zoe")
    bob = Desk(desk.project, "bob")
    bob.tagging.skip(first_to_do(bob), "CSETv1", "not about AI")
    with desk.store.writing() as transaction:
        team.start_round(transaction, "zoe", "CSETv1", 2, "retest")
        assignments.put(transaction, "GMF", 2, [Assignment(8, "eva", 1, 1)], "zoe")
        transaction.execute("UPDATE classifications SET updated_at = '2026-01-05T10:00:00.000Z'")
    return desk


@asynccontextmanager
async def looking(desk: Desk, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = AnnotatorApp(desk)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("p")
        await settle(pilot)
        assert isinstance(app.screen, ProgressScreen)
        yield pilot


async def test_a_long_line_about_somebody_is_folded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "Ann · 12 of 40 assigned are done · 12 submitted · 3 skipped · 2 in draft · last at 2026-01-02 03:04 UTC"
    monkeypatch.setattr("annotator.tui.progress.screen.row_in_words", lambda *_: words)
    async with looking(dealt(tmp_path)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ProgressScreen)
        while not isinstance(screen.rows.line, ProgressRow):
            before = screen.rows.cursor
            await pilot.press("down")
            assert screen.rows.cursor != before
        await settle(pilot)
        shown = ["".join(each.text for each in strip) for strip in screen._compositor.render_strips()]
        assert words in " ".join(" ".join(shown).split())


async def form_open(pilot: Pilot[None]) -> TaggingScreen:
    """Wait until a subject is open under some taxonomy."""
    for _ in range(100):
        await settle(pilot)
        if isinstance(pilot.app.screen, TaggingScreen) and pilot.app.screen.namespace:
            return pilot.app.screen
    raise AssertionError(f"the form did not open: {shown(pilot)}")


def shown(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def line_of(pilot: Pilot[None], name: str) -> str:
    return next(line for line in shown(pilot).splitlines()[2:] if name in line)


async def test_everybody_has_a_line_with_a_bar(tmp_path: Path) -> None:
    async with looking(dealt(tmp_path)) as pilot:
        assert shown(pilot).index("GMF · round 2") < shown(pilot).index("CSETv1 · round 1")
        assert line_of(pilot, "bob").split()[-6:-2] == ["of", "3", "33", "%"]
        assert "░" in line_of(pilot, "bob") and "█" in line_of(pilot, "bob")
        assert "Together 1 of 12 done, 8 % · 0 submitted · 2 in draft · 3 annotators" in shown(pilot)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (45, "被害の種類に関する分類 · round 48031 (retest)"),
        (36, "被害の種類に関する分類 · round 48031"),
        (30, "被害の種類に関… · round 48031"),
        (2, "被害の種類… · round 48031"),
    ],
)
def test_the_round_is_named_whatever_there_is_no_room_for(cells: int, words: str) -> None:
    assert place_in_cells("被害の種類に関する分類", 48_031_000_000, "retest", cells) == words


async def test_a_head_at_eighty_columns_names_its_round_and_what_is_to_be_decided_anew(tmp_path: Path) -> None:
    desk = dealt(tmp_path)
    with desk.store.writing() as transaction:
        team.start_round(transaction, "zoe", "CSETv1", 480_317_000_000, "second_pass")
    decided = Decided("CSETv1", 480_317_000_000, 1_234, 345, 1_234, 676, 12)
    found = desk.progress.of()
    rounds = {**found.rounds, ("CSETv1", 480_317_000_000): "second_pass"}
    async with looking(desk) as pilot:
        screen = cast(ProgressScreen, pilot.app.screen)
        screen.post_message(Counted(replace(found, decided=(decided,), rounds=rounds)))
        await settle(pilot)
        (head,) = (line for line in shown(pilot).splitlines() if "48031" in line)
        assert "CSETv1 · round 48031" in head and "12 stale" in head and "…" in head


async def test_enter_shows_the_batches_of_an_annotator(tmp_path: Path) -> None:
    async with looking(dealt(tmp_path)) as pilot:
        while "▸  bob" not in shown(pilot):
            await pilot.press("j")
        await pilot.press("enter")
        await pilot.pause()
        assert "Batches of bob under CSETv1, round 1" in shown(pilot)
        assert "1 of 2 done" in shown(pilot) and "0 of 1 done" in shown(pilot)


async def test_batches_that_are_found_late_come_up_over_no_dialog(tmp_path: Path) -> None:
    async with looking(dealt(tmp_path)) as pilot:
        screen = cast(ProgressScreen, pilot.app.screen)
        while "▸  bob" not in shown(pilot):
            await pilot.press("j")
        await pilot.press("f1")
        screen.rows.action_choose_line()
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_lines_follow_what_others_do(tmp_path: Path) -> None:
    async with looking(dealt(tmp_path)) as pilot:
        while "▸  bob" not in shown(pilot):
            await pilot.press("j")
        other = pilot.app.desk.another()  # type: ignore[attr-defined]
        bob = Desk(other.project, "bob")
        bob.tagging.skip(first_to_do(bob), "CSETv1", "none")
        await pilot.pause(1.2)
        await settle(pilot)
        assert "2 of 3" in line_of(pilot, "bob") and "▸  bob" in shown(pilot)
        other.close()


async def test_escape_leads_back_to_the_queue(tmp_path: Path) -> None:
    async with looking(dealt(tmp_path)) as pilot:
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_an_empty_project_says_how_to_begin(tmp_path: Path) -> None:
    async with looking(empty_desk(tmp_path)) as pilot:
        assert "Nobody has work yet" in shown(pilot)
        await pilot.press("enter", "j", "G")
        assert isinstance(pilot.app.screen, ProgressScreen)


async def test_two_hundred_annotators_can_be_gone_through(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    names = ",".join(f"annotator with a long name {number}" for number in range(200))
    assign(desk.project, Wish("GMF", (names,), per_subject=200), 1, "zoe")
    async with looking(desk) as pilot:
        assert "201 annotators" in shown(pilot)
        await pilot.press("G", "k", "k", "k", "enter")
        await pilot.pause()
        assert "Batches of annotator with a long name 99" in shown(pilot)


async def test_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    desk = dealt(tmp_path)
    with desk.store.writing() as transaction:
        transaction.execute("UPDATE assignments SET annotator = ? WHERE annotator = 'bob'", (NASTY,))
        transaction.execute("UPDATE assignments SET taxonomy = ? WHERE taxonomy = 'CSETv1'", (NASTY,))
    async with looking(desk) as pilot:
        await pilot.press("G", "k", "enter")
        await pilot.pause()
        assert "\x1b" not in shown(pilot) and "\u202e" not in shown(pilot)


@pytest.mark.parametrize("counts", SMALL)
@pytest.mark.parametrize("cells", [0, 1, 3, 30])
def test_a_bar_shows_whatever_there_is(counts: tuple[int, int, int], cells: int) -> None:
    done, begun, assigned = counts
    drawn = bar(done, begun, assigned, cells)
    assert len(drawn) == cells
    if cells >= 3:
        is_open = done + begun < assigned
        assert ("█" in drawn, "▒" in drawn, "░" in drawn) == (done > 0, begun > 0, is_open)


def test_a_hundred_per_cent_is_all() -> None:
    assert (percent(999, 1000), percent(1000, 1000), percent(0, 0)) == ("99 %", "100 %", "—")


# The queue and the form


async def test_assigned_work_is_marked_and_opens_under_its_taxonomy(tmp_path: Path) -> None:
    desk = dealt(tmp_path)
    app = AnnotatorApp(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = shown(pilot).splitlines()[2]
        assert "◂" in first
        assert "◂ to do: CSETv1" in shown(pilot)
        await pilot.press("enter")
        screen = await form_open(pilot)
        was = screen.key
        assert screen.namespace == "CSETv1"
        await pilot.press("K", *"none", "enter")
        await settle(pilot)
        assert screen.namespace == "CSETv1" and screen.key != was
        assert desk.queue.assigned(screen.key) == ["CSETv1"]


async def test_the_filter_shows_what_is_still_to_do(tmp_path: Path) -> None:
    app = AnnotatorApp(dealt(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("f", "end", "right", "enter")
        await settle(pilot)
        assert "still to do" in shown(pilot).splitlines()[0]
        assert all("◂" in line for line in shown(pilot).splitlines()[2:4])


async def test_another_round_is_named_wherever_one_works_in_it(tmp_path: Path) -> None:
    desk = dealt(tmp_path)
    app = AnnotatorApp(Desk(desk.project, "eva", 2))
    async with app.run_test(size=(200, 50)) as pilot:
        await settle(pilot)
        assert "round 2 · eva" in shown(pilot).splitlines()[0]
        await pilot.press("enter")
        assert (await form_open(pilot)).namespace == "GMF"
        assert "round 2 · eva" in shown(pilot).splitlines()[0]


# What it looks like


@SIZES
def test_an_editor_sees_how_far_everybody_is(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(dealt(tmp_path)), terminal_size=size, run_before=after("p"))


@SIZES
def test_an_editor_sees_what_is_assigned(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(dealt(tmp_path)), terminal_size=size, run_before=after())


def test_an_editor_without_colours_still_reads_the_bars(
    snap_compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(AnnotatorApp(dealt(tmp_path)), terminal_size=(80, 24), run_before=after("p", "j"))
