"""An editor at the queue: find, filter, sort, jump, undo, and see every state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk
from annotator.errors import StoppedError
from annotator.model.queue import QueueRow, QueueView, ResumePoint
from annotator.tui.app import AnnotatorApp
from annotator.tui.keys import Keys
from annotator.tui.queue.rows import row_in_words
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.screen import look_up
from annotator.tui.tagging.screen import TaggingScreen
from tests.tui.desk_content import NASTY, empty_desk, filled_desk, many, put


@asynccontextmanager
async def at_the_queue(
    desk: Desk, size: tuple[int, int] = (80, 24), keys: Keys | None = None
) -> AsyncIterator[tuple[QueueScreen, Pilot[None]]]:
    """Open the desk and wait until the queue is there."""
    app = AnnotatorApp(desk, keys)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield cast(QueueScreen, app.screen), pilot


async def settle(pilot: Pilot[None]) -> None:
    """Wait until what was looked up is shown."""
    await pilot.pause(0.2)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def lines(screen: QueueScreen) -> list[str]:
    """What the screen shows, line by line."""
    return ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]


async def test_every_subject_is_listed_with_its_state_under_each_taxonomy(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, _):
        shown = lines(screen)
        assert shown[0].split() == ["8", "subjects", "eva"]
        assert shown[1].split() == ["Title", "Key", "Date", "Rep", "HT", "TE", "AG", "C1", "GM", "MI", "C0", "⚑"]
        assert "Delivery robot" in shown[2]
        assert shown[2].split()[-7:] == ["·", "·", "·", "◐", "·", "·", "·"]
        assert shown[3].split()[-7:] == ["·", "·", "·", "·", "–", "·", "·"]
        assert shown[4].rstrip().endswith("⚑")


FULL = QueueRow(
    1, "incident:1234", "incident", "", "", 1, dict.fromkeys(("CSETv1", "CSETv0", "GMF", "MIT"), "submitted"), True,
    (("harm_type", 0), ("affected_group", 48_031_000_000), ("technology", 0)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (200, "CSETv1 submitted · CSETv0 submitted · GMF submitted · MIT submitted · "
              "◂ to do: harm_type, affected_group in round 48031, technology · flagged · ✎ typed and not saved"),
        (151, "CSETv1 submitted · 3 more · ◂ to do: harm_type, affected_group in round 48031, technology · flagged · "
              "✎ typed and not saved"),
        (71, "4 more · ◂ 3 to do · flagged · ✎ typed and not saved"),
    ],
)  # fmt: skip
def test_what_there_is_no_room_for_is_counted_and_nothing_is_cut(room: int, words: str) -> None:
    assert row_in_words(FULL, room, is_unsaved=True) == f"incident:1234 · incident · {words}"


async def test_the_subject_of_the_cursor_is_told_for_the_room_there_is(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    for taxonomy in ("GMF", "MIT", "harm_type", "technology"):
        desk.tagging.skip("demo:1", taxonomy, "no")
    async with at_the_queue(desk) as (screen, pilot):
        assert "…" not in lines(screen)[-2]
        assert "MIT skipped · 2 more" in lines(screen)[-2]
        await pilot.resize_terminal(160, 24)
        await settle(pilot)
        assert "technology skipped" in lines(screen)[-2] and " more" not in lines(screen)[-2]


async def test_the_line_of_the_cursor_is_spelled_out(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        assert screen.detail.text.strip() == "demo:1 · incident · CSETv1 draft"
        await pilot.press("j", "j")
        await pilot.pause()
        assert "flagged" in screen.detail.text
        assert screen.detail.right.strip() == "3 of 8"


async def test_search_as_you_type_finds_words_and_japanese(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("slash", *"robot")
        await settle(pilot)
        assert screen.where.text.strip() == "2 of 8 subjects · “robot”"
        await pilot.press("escape", "slash", *"顔認証")
        await settle(pilot)
        assert {screen.queue.key_at(n) for n in range(screen.queue.count)} == {"demo:3", "demo:3-r"}


def test_a_search_that_nobody_waits_for_any_more_is_given_up(tmp_path: Path) -> None:
    desk = empty_desk(tmp_path)
    put(desk, many(3_000))
    assert look_up(desk, QueueView(search="number"), lambda: False).count == 3_000
    with pytest.raises(StoppedError, match="the search was given up"):
        look_up(desk, QueueView(search="number"), lambda: True)
    assert desk.queue.open(QueueView(search="number")).count == 3_000


async def test_enter_leaves_the_search_for_the_list_and_escape_drops_it(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("slash", *"exam")
        await settle(pilot)
        await pilot.press("enter")
        assert screen.rows.has_focus
        assert screen.row_key == "demo:6"
        await pilot.press("escape")
        await settle(pilot)
        assert screen.queue.count == 8
        assert screen.row_key == "demo:6"


async def test_the_heads_stand_over_their_columns_with_a_scroll_bar_and_without(tmp_path: Path) -> None:
    desk = empty_desk(tmp_path)
    put(desk, many(100))
    async with at_the_queue(desk) as (screen, pilot):
        for keys in ((), ("slash", *"number 77", "enter"), ("escape",)):
            await pilot.press(*keys)
            await settle(pilot)
            await pilot.pause()
            heads, row = lines(screen)[1:3] if screen.queue.count > 1 else lines(screen)[2:4]
            assert heads.index("Key") == row.index("many:")


async def test_letters_typed_into_the_search_do_not_run_actions(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("slash", *"qsrt?")
        await settle(pilot)
        assert pilot.app.screen is screen
        assert screen.view == QueueView(search="qsrt?")
        assert "No subject is like that" in "".join(lines(screen))


async def test_a_filter_on_taxonomy_and_status_shows_only_such_work(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("f", "down", *["right"] * 4, "down", *["right"] * 2, "enter")
        await settle(pilot)
        assert screen.view == QueueView(taxonomy="CSETv1", status="draft")
        assert screen.row_key == "demo:1"
        assert screen.where.text.strip() == "1 of 8 subjects · CSETv1 draft"


async def test_a_filter_on_who_or_what_classified_offers_people_models_and_imports(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        for made, words in (
            ("person", "3 of 8 subjects · classified by people"),
            ("model", "0 of 8 subjects · classified by models"),
            ("import", "0 of 8 subjects · imported"),
            ("=eva", "3 of 8 subjects · classified by eva"),
        ):
            await pilot.press("f", *["down"] * 4, "right", "enter")
            await settle(pilot)
            assert screen.view == QueueView(made_by=made)
            assert screen.where.text.strip() == words
        await pilot.press("f", "down", "right", "enter")
        await settle(pilot)
        first = screen.desk.subjects.default_taxonomies()[0]
        assert screen.view == QueueView(made_by="=eva", taxonomy=first)
        assert screen.where.text.strip().endswith(f"classified by eva under {first}")
        await pilot.press("f", *["down"] * 3, "right", "enter")
        await settle(pilot)
        assert screen.where.text.strip().endswith(f"classified by eva under {first} for eva")


async def test_a_filter_on_dates_takes_partial_dates_and_refuses_others(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("f", *["down"] * 5, *"2020-13", "enter")
        await pilot.pause()
        assert pilot.app.screen is not screen
        await pilot.press("backspace", "backspace", "0", "9", "enter")
        await settle(pilot)
        assert screen.view == QueueView(since="2020-09")
        assert screen.queue.count == 4


async def test_sorting_goes_through_the_columns_and_keeps_the_subject(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("j", "s")
        await settle(pilot)
        assert screen.view.sort == "title"
        assert screen.row_key == "demo:2"
        assert "Title ↑" in lines(screen)[1]
        await pilot.press("S")
        await settle(pilot)
        assert "Title ↓" in lines(screen)[1]
        assert "by title ↓" in screen.where.text


async def test_a_random_jump_stays_in_the_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def drawn(count: int) -> int:
        asked.append(count)
        return count - 1

    monkeypatch.setattr("annotator.tui.queue.screen.randrange", drawn)
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("r")
        last = screen.row_key
        await pilot.press("slash", *"robot", "enter")
        await settle(pilot)
        await pilot.press("r")
        await pilot.pause()
        assert screen.row_key not in {last, ""}
    assert asked == [8, 2]


async def test_undo_and_redo_work_from_the_queue_and_show_it(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    async with at_the_queue(desk) as (screen, pilot):
        await pilot.press("end", "u")
        await pilot.pause()
        assert screen.row_key == "demo:3"
        assert not screen.rows.row or not screen.rows.row.flagged
        assert desk.tagging.classification("demo:3", "harm_type").flags == ()
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert screen.rows.row
        assert screen.rows.row.flagged


async def test_the_cursor_starts_where_the_annotator_stopped(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    desk.queue.remember(ResumePoint(subject="demo:4", taxonomy="GMF"))
    async with at_the_queue(desk) as (screen, _):
        assert screen.row_key == "demo:4"


async def test_a_long_queue_is_completed_behind_the_first_lines(tmp_path: Path) -> None:
    desk = empty_desk(tmp_path)
    put(desk, many(3000))
    desk.queue.remember(ResumePoint(subject="many:2500"))
    async with at_the_queue(desk) as (screen, pilot):
        assert not screen.queue.is_partial
        assert screen.row_key == "many:2500"
        assert "Incident number 2500" in "".join(lines(screen))
        await pilot.press("end")
        await pilot.pause()
        assert "Incident number 3000" in lines(screen)[-3]


async def test_the_heads_stand_over_their_columns_beside_a_scroll_bar(tmp_path: Path) -> None:
    desk = empty_desk(tmp_path)
    put(desk, many(100))
    async with at_the_queue(desk) as (screen, _):
        shown = lines(screen)
        assert shown[1].index("Key") == shown[2].index("many:1")
        assert shown[1].index("Date") == shown[2].index("2001-01-01")
        assert shown[1].index("HT") == shown[2].index("·")


async def test_an_empty_queue_says_what_to_do(tmp_path: Path) -> None:
    async with at_the_queue(empty_desk(tmp_path)) as (screen, pilot):
        await pilot.press("j", "enter", "r", "x", "u")
        assert "annotator import" in "".join(lines(screen))


async def test_a_hostile_title_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    desk = empty_desk(tmp_path)
    put(desk, [("evil:1", NASTY, "\x1b[2J")])
    async with at_the_queue(desk, size=(160, 24)) as (screen, _):
        title = lines(screen)[2]
        assert "␛[31mRed␛[0m [bold]loud[/bold] �txt.exe� zero·width second line␇" in title
        assert not any(character in "".join(lines(screen)) for character in "\x1b\u202e\u200b\x07\n")
        assert desk.subjects.subject("evil:1").title == NASTY


async def test_keys_from_the_config_file_replace_the_usual_ones(tmp_path: Path) -> None:
    keys = Keys({"search": "f", "filter": "/", "next_order": "o"})
    async with at_the_queue(filled_desk(tmp_path), keys=keys) as (screen, pilot):
        assert "f search" in lines(screen)[-1]
        await pilot.press("o")
        await settle(pilot)
        assert screen.view.sort == "title"
        await pilot.press("f", *"exam")
        await settle(pilot)
        assert screen.view.search == "exam"
        await pilot.press("escape", "slash")
        await pilot.pause()
        assert "Show only" in "".join(lines(cast(QueueScreen, pilot.app.screen)))


async def test_the_footer_can_be_clicked(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        column = lines(screen)[-1].index("filter")
        await pilot.click("KeyBar", offset=(column, 0))
        await pilot.pause()
        assert pilot.app.screen is not screen


async def test_enter_opens_a_subject_and_escape_comes_back_to_it(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("j", "j", "j", "enter")
        await pilot.pause(0.2)
        assert getattr(pilot.app.screen, "key", "") == "demo:4"
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen is screen
        assert screen.row_key == "demo:4"


async def test_an_answer_given_meanwhile_shows_in_the_queue(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (screen, pilot):
        await pilot.press("end", "home", "j", "j", "j", "enter")
        await pilot.pause(0.2)
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert screen.rows.row
        assert screen.rows.row.status == {"harm_type": "draft"}


async def test_a_subject_can_be_opened_under_a_taxonomy_of_choice(tmp_path: Path) -> None:
    async with at_the_queue(filled_desk(tmp_path)) as (_, pilot):
        await pilot.press("x")
        await pilot.pause()
        await pilot.press("down", "down", "down", "down", "enter")
        await pilot.pause(0.2)
        assert isinstance(pilot.app.screen, TaggingScreen)
        assert pilot.app.screen.namespace == "GMF"


async def test_work_continues_where_it_stopped(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    desk.queue.remember(ResumePoint(subject="demo:6", taxonomy="CSETv1", view=QueueView(kind="incident")))
    async with at_the_queue(desk) as (screen, pilot):
        await pilot.press("c")
        await settle(pilot)
        tagging = pilot.app.screen
        assert isinstance(tagging, TaggingScreen)
        assert (tagging.key, tagging.namespace) == ("demo:6", "CSETv1")
        await pilot.press("escape")
        await pilot.pause()
        assert screen.view == QueueView(kind="incident")
        assert screen.row_key == "demo:6"


async def test_a_subject_that_is_gone_is_told_and_not_opened(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    desk.queue.remember(ResumePoint(subject="demo:77"))
    async with at_the_queue(desk) as (screen, pilot):
        await pilot.press("c")
        await pilot.pause()
        assert pilot.app.screen is screen
        assert "demo:77" in "".join(notice.message for notice in pilot.app._notifications)
