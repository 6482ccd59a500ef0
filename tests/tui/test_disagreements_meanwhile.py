"""What comes late to the queue of disagreements, and what of accepting in bulk is left when it does not go well."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.worker import Worker, WorkerState

from annotator.desk.adjudication import Accepted, Adjudication
from annotator.errors import AnnotatorError, StoreBusyError, StoreFullError
from annotator.model.review import NO_LINES, DisputedSubject, Totals
from annotator.tui.dialogs.ask import Choose
from annotator.tui.review.accepting import Done, Progressed, accept
from annotator.tui.review.disagreements import Counted, DisagreementsScreen, Listed, Outdated
from tests.tui.review_content import deciding, disputed_desk, press, settle, shown, told
from tests.tui.test_review_queue_screen import listed
from tests.tui.test_saving_reviews import decided

BUSY, FULL = StoreBusyError("Another process holds the file."), StoreFullError("The disk is full.")


def queue_of(pilot: Pilot[None]) -> DisagreementsScreen:
    """The screen that is open."""
    return cast(DisagreementsScreen, pilot.app.screen)


def rows_of(screen: DisagreementsScreen) -> list[DisputedSubject]:
    """The lines that are shown, from top to bottom."""
    return [screen.rows._rows[place] for place in range(screen.rows.count)]


async def test_what_was_read_for_another_view_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        screen, looked = queue_of(pilot), list[object]()
        monkeypatch.setattr(screen, "look", lambda *view: looked.append(view))
        other = screen.view._replace(settled=True)
        screen.on_listed(Listed(other, NO_LINES, 0, [], 0))
        screen.on_counted(Counted(other, NO_LINES, Totals(7, 8), []))
        screen.on_outdated(Outdated(other))
        assert listed(pilot) == ["demo:2", "demo:1"]
        assert screen.totals == Totals(2, 0)
        assert looked == []
        screen.on_outdated(Outdated(screen.view))
        assert looked == [(screen.view, 0)]


async def test_lines_read_on_from_a_list_that_was_replaced_since_are_not_shown(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        screen = queue_of(pilot)
        screen.on_listed(Listed(screen.view, screen.listed._replace(), 0, rows_of(screen)[::-1], None))
        assert listed(pilot) == ["demo:2", "demo:1"]


async def test_lines_that_others_moved_before_they_were_counted_are_read_again(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        screen = queue_of(pilot)
        moved = screen.desk.review.lines(screen.view._replace(order="subject"))
        screen.on_counted(Counted(screen.view, moved, Totals(2, 0), []))
        await settle(pilot)
        assert listed(pilot) == ["demo:1", "demo:2"]


async def test_what_is_known_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        screen, read = queue_of(pilot), list[object]()
        monkeypatch.setattr(screen, "_read_more", lambda *lines: read.append(lines))
        await press(pilot, "j", "k")
        screen.on_counted(Counted(screen.view, screen.listed._replace(), Totals(2, 0), []))
        assert read == []
        assert listed(pilot) == ["demo:2", "demo:1"], "and stays on screen meanwhile"


async def test_the_field_chosen_already_leaves_the_cursor_where_it_is(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        await press(pilot, "j", "f", "enter")
        assert queue_of(pilot).rows.cursor == 1


# Accepting in bulk


async def test_nothing_is_kept_of_accepting_that_came_to_its_end(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with deciding(judge) as pilot:
        screen = queue_of(pilot)
        await press(pilot, "B", "j", "j", "enter", "y")
        assert screen.saving.words.all() == []
        await press(pilot, "escape")
        assert "accepting" not in screen.where.right
        screen.on_progressed(Progressed(1, False))
        assert "accepting" not in screen.where.right, "a word that comes late"
        assert rows_of(screen), "and the queue is read again"
    assert decided(judge, "demo:3").status == "adjudicated"


async def test_accepting_that_is_refused_at_once_promises_nothing_and_can_begin_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: Any, **_more: Any) -> Accepted:
        raise FULL

    async with deciding(disputed_desk(tmp_path)) as pilot:
        screen = queue_of(pilot)
        monkeypatch.setattr(Adjudication, "accept_agreed", refused)
        await press(pilot, "B", "enter", "y")
        assert "The disk is full." in told(pilot)
        assert "accepting" not in screen.where.right
        assert screen.saving.words.all() == []
        await press(pilot, "B")
        assert "Accept in bulk what" in shown(pilot)


async def test_the_failure_of_something_else_does_not_end_accepting(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        screen = queue_of(pilot)
        accepting, other = cast("list[Worker[None]]", [object(), object()])
        screen.accepting = accepting
        screen.on_progressed(Progressed(1, False))
        await press(pilot, "j")
        assert "accepting 1 of" in screen.where.right, "also after the cursor moved"
        screen.on_worker_state_changed(Worker.StateChanged(other, WorkerState.ERROR))
        assert screen.accepting is accepting
        screen.on_worker_state_changed(Worker.StateChanged(accepting, WorkerState.RUNNING))
        assert screen.accepting is accepting
        screen.on_worker_state_changed(Worker.StateChanged(accepting, WorkerState.ERROR))
        assert screen.accepting is None


async def test_who_has_gone_on_is_told_in_passing_what_was_accepted(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        screen = queue_of(pilot)
        await press(pilot, "f")
        screen.post_message(Done("single", Accepted(["demo:3"], {})))
        await settle(pilot)
        assert isinstance(pilot.app.screen, Choose)
        assert "single: 1 subject adjudicated" in told(pilot)


async def test_what_was_accepted_can_be_read_and_left(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        screen = queue_of(pilot)
        screen.post_message(Done("single", Accepted(["demo:3"], {})))
        await settle(pilot)
        assert "demo:3 adjudicated" in shown(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is screen


@pytest.mark.parametrize("is_unwanted", [True, False])
def test_a_wait_that_nobody_gave_up_is_refused_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_unwanted: bool
) -> None:
    def refused(*_given: Any, **_more: Any) -> Accepted:
        raise BUSY

    monkeypatch.setattr(Adjudication, "accept_agreed", refused)
    with closing(disputed_desk(tmp_path)) as desk:
        if is_unwanted:
            assert accept(desk, "kinds", "single", lambda: True, print) == Accepted([], {})
        else:
            with pytest.raises(StoreBusyError):
                accept(desk, "kinds", "single", lambda: False, print)


@pytest.mark.parametrize(
    ("is_unwanted", "stopped_by", "told_of"), [(True, BUSY, None), (True, FULL, FULL), (False, BUSY, BUSY)]
)
def test_only_a_wait_that_was_given_up_is_not_told_as_a_failure(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_unwanted: bool,
    stopped_by: AnnotatorError,
    told_of: AnnotatorError | None,
) -> None:
    stopped = Accepted(["demo:3"], {}, ("demo:4",), stopped_by)
    monkeypatch.setattr(Adjudication, "accept_agreed", lambda *_given, **_more: stopped)
    with closing(disputed_desk(tmp_path)) as desk:
        done = accept(desk, "kinds", "single", lambda: is_unwanted, print)
    assert done == stopped._replace(stopped_by=told_of)
