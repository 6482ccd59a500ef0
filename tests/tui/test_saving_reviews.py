"""Deciding while another process writes: nothing freezes, nothing is lost, and nobody sees before it is written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from annotator.desk import Desk
from annotator.desk.adjudication import Adjudication
from annotator.desk.visibility import Standing, Visibility
from annotator.errors import StoreFullError
from annotator.model.classification import Answer, Classification
from annotator.tui.app import AnnotatorApp
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.disagreements import DisagreementsScreen
from annotator.tui.review.meant import Because, Meant, meant_by
from annotator.tui.review.opening import open_review
from annotator.tui.review.ruling import RulingDialog
from annotator.tui.review.screen import ReviewScreen
from annotator.tui.saving import DECISION, RULING_NOTE
from tests.tui.review_content import (
    at_desk,
    deciding,
    disputed_desk,
    hand_in,
    lines,
    press,
    reviewing,
    shown,
    told,
)
from tests.tui.settling import locked, settled, until, written
from tests.tui.tagging_content import strike


def decided(desk: Desk, key: str = "demo:1") -> Classification:
    """What is on record, read by somebody else."""
    with closing(desk.another()) as other:
        return other.review.classification(key, "kinds")


def looks(desk: Desk) -> list[str]:
    """The subjects that somebody is known to have looked at."""
    with closing(sqlite3.connect(desk.path)) as connection:
        rows = connection.execute("SELECT key FROM looks JOIN subjects ON subjects.id = subject_id ORDER BY key")
        return [key for (key,) in rows]


def adjudicated(desk: Desk) -> list[str]:
    """The subjects with a decision on record, read without looking at it."""
    with closing(sqlite3.connect(desk.path)) as connection:
        return [key for (key,) in connection.execute("SELECT subject FROM events WHERE kind = 'adjudicated'")]


async def in_review(pilot: Pilot[None]) -> ReviewScreen:
    """Wait until a subject is shown side by side."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen) and bool(pilot.app.screen.query("#sides")))
    screen = cast(ReviewScreen, pilot.app.screen)
    await until(pilot, lambda: screen.sides.state is not None)
    return screen


def stalled(pilot: Pilot[None]) -> bool:
    """Whether the screen knows that another process holds the file."""
    return cast(AnnotatorApp, pilot.app).saving.is_stalled


def full(*_given: object) -> None:
    """Refuse as a full disk does."""
    raise StoreFullError("The disk is full; nothing of this change was kept.")


# Rulings


@pytest.mark.long
async def test_rulings_are_shown_as_saving_and_more_keys_are_taken_while_another_process_writes(
    tmp_path: Path,
) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        with locked(judge):
            await strike(pilot, "2", "enter")
            assert screen.state.focus == "several", "the next open field is there already"
            assert {"saving …", "waiting to save …"} & {each.strip() for each in lines(pilot)[1].split("  ")}
            assert "2 of 3 fields open" in lines(pilot)[1]
            assert list(screen.state.pending) == ["one"]
            await strike(pilot, "1", "enter", "1", "enter", "home")
            assert "Red · being saved" in shown(pilot)
            assert decided(judge).status == "untouched"
            await until(pilot, lambda: "waiting to save …" in lines(pilot)[1])
        await written(pilot)
        assert "✓ saved" in lines(pilot)[1]
        assert not screen.state.pending
        assert "being saved" not in shown(pilot)
    assert {field: each.answer.value for field, each in decided(judge).rulings.items()} == {
        "one": "red", "several": ["b1", "c1"], "name": "ロッロ社 Rollo",
    }  # fmt: skip


async def test_undo_and_adjudication_queue_behind_rulings(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        with locked(judge):
            await strike(pilot, "2", "enter", "1", "enter", "1", "enter", "u", "2", "enter", "ctrl+s")
            assert decided(judge).status == "untouched"
        await press(pilot, "home")
        assert decided(judge).status == "adjudicated"
        assert screen.state.is_adjudicated
    assert decided(judge).rulings["name"].answer.value == "Rollo"


async def test_the_next_subject_comes_behind_rulings_and_only_when_the_look_is_written(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge, "demo:2") as (screen, pilot):
        assert looks(judge) == ["demo:2"]
        with locked(judge):
            await strike(pilot, "2", "enter", "N")
            await until(pilot, lambda: stalled(pilot))
            assert screen.key == "demo:2"
            assert "Robot on a ramp" not in shown(pilot)
            assert looks(judge) == ["demo:2"]
        await written(pilot)
        assert screen.key == "demo:1"
        assert looks(judge) == ["demo:1", "demo:2"]
    assert decided(judge, "demo:2").rulings["one"].answer.state == "unknown"


async def test_what_is_on_its_way_is_shown_to_who_comes_back_and_then_as_saved(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (_, pilot):
        with locked(judge):
            await strike(pilot, "2", "enter", "escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, DisagreementsScreen))
            cast(DisagreementsScreen, pilot.app.screen).open("demo:1")
            again = await in_review(pilot)
            assert again.state.pending == {"one": again.state.by_field["one"].answers["eva"]}
        await written(pilot)
        assert not again.state.pending
        assert again.state.by_field["one"].ruling is not None


async def test_a_refused_ruling_marks_its_field_and_is_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        monkeypatch.setattr(Adjudication, "rule", full)
        await press(pilot, "2", "5", "enter")
        assert "✗ not saved" in lines(pilot)[1]
        assert "The disk is full" in told(pilot)
        assert list(screen.state.refused) == ["one"]
        assert "3 of 3 fields open" in lines(pilot)[1]
        await press(pilot, "home")
        assert "Red · not saved: The disk is full" in shown(pilot)
        monkeypatch.undo()
        await press(pilot, "2", "enter", "home")
        assert not screen.state.refused
        assert "✓ saved" in lines(pilot)[1]
    assert decided(judge).rulings["one"].cause == "slip", "what was said before is offered again"


async def test_a_refusal_that_comes_after_somebody_went_on_is_told_and_marked_where_it_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (_, pilot):
        monkeypatch.setattr(Adjudication, "rule", full)
        with locked(judge):
            screen = cast(ReviewScreen, pilot.app.screen)
            screen.saving.put(
                lambda other: other.tagging.skip("demo:3", "kinds", "x"), screen.decisions.place(""), print, print
            )
            await strike(pilot, "2", "enter", "escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, DisagreementsScreen))
        await written(pilot)
        assert "demo:1 under kinds: a ruling was not saved. The disk is full" in told(pilot)
        cast(DisagreementsScreen, pilot.app.screen).open("demo:1")
        again = await in_review(pilot)
        assert list(again.state.refused) == ["one"]
        await press(pilot, "u")
        assert "Dropped what was not saved: the ruling on 1.1 One of three." in told(pilot)
        assert not again.state.refused
        assert again.saving.words.all() == []


async def test_the_question_stays_until_its_note_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        monkeypatch.setattr(Adjudication, "rule", full)
        await press(pilot, "2", "tab", *"see p 3", "enter")
        dialog = pilot.app.screen
        assert isinstance(dialog, RulingDialog)
        assert "Not saved: The disk is full" in shown(pilot)
        assert dialog.query_one("#note", Input).value == "see p 3"
        monkeypatch.undo()
        with locked(judge):
            await strike(pilot, "enter")
            assert pilot.app.screen is dialog
            assert "saving …" in shown(pilot)
            await until(pilot, lambda: stalled(pilot))
            await strike(pilot, "escape")
            await until(pilot, lambda: "Not saved: you stopped waiting" in shown(pilot))
            assert pilot.app.screen is dialog, "who stops waiting keeps the words"
            assert screen.saving.words.at(screen.decisions.place(RULING_NOTE, "one"))
        await press(pilot, "enter")
        assert pilot.app.screen is screen
        assert screen.saving.words.all() == []
    assert decided(judge).rulings["one"].note == "see p 3"


async def test_what_waited_when_the_desk_was_left_is_offered_at_the_next_start(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        with locked(judge):
            await strike(pilot, "2", "5", "enter", "1", "tab", '"half a no')
            screen.saving.finish(1.0)
    again = Desk(type(judge.project).open(judge.path, tabs=judge.project.tabs), "judge")
    async with reviewing(again) as (screen, pilot):
        assert list(screen.state.refused) == ["one"]
        assert "was not saved before the desk was closed; give it again" in shown(pilot)
        await press(pilot, "2")
        assert "5 (•) slip" in shown(pilot)
        await press(pilot, "enter", "1")
        assert pilot.app.screen.query_one("#note", Input).value == "half a no"
        await press(pilot, "enter")
        assert screen.saving.words.all() == []
    assert decided(judge).rulings["one"].answer.value == "red"
    assert decided(judge).rulings["several"].note == "half a no"


def test_the_words_of_a_ruling_bring_it_back_and_those_of_another_version_nothing() -> None:
    meant = Meant(Answer(value=["a"], confidence=0.5), Because("slip", "see\n1", 0.8))
    assert meant_by(meant.words) == meant
    assert meant_by(Meant(Answer(state="unknown"), Because("misread")).words) == Meant(
        Answer(state="unknown"), Because("misread")
    )
    others = (
        "",
        "{}",
        "[]",
        "[1, 2, 3, 4]",
        '[{}, "whim", "", null]',
        '[{}, "slip", 1, null]',
        '[{}, "slip", "", "1"]',
    )
    assert [meant_by(each) for each in (*others, "5")] == [None] * 8
    assert DECISION != RULING_NOTE


# The whole subject


async def test_a_reason_for_reopening_stays_in_its_question_until_it_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, *["1", "enter"] * 3, "ctrl+s")
        monkeypatch.setattr(Adjudication, "reopen", full)
        await press(pilot, "R", *"new", "enter")
        assert "Why is it reopened?" in shown(pilot)
        assert "Not saved: The disk is full" in shown(pilot)
        monkeypatch.undo()
        await press(pilot, "enter")
        assert pilot.app.screen is screen
        assert not screen.state.is_adjudicated
    assert decided(judge).status == "draft"


async def test_publishing_and_withdrawing_wait_for_another_process_and_can_be_given_up(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, *["1", "enter"] * 3, "ctrl+s")
        with locked(judge):
            await strike(pilot, "w")
            await until(pilot, lambda: stalled(pilot))
            assert not screen.state.is_published
            await strike(pilot, "ctrl+g")
            await until(pilot, lambda: "Nothing was changed" in told(pilot) or "Not saved" in told(pilot))
        await written(pilot)
        assert decided(judge).publish == "unpublished"
        await press(pilot, "w")
        assert screen.state.is_published
        with locked(judge):
            await strike(pilot, "w")
            assert screen.state.is_published
        await written(pilot)
        assert not screen.state.is_published


# Looking


async def test_nothing_is_seen_before_the_look_is_written(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with deciding(judge) as pilot:
        with locked(judge):
            await strike(pilot, "enter")
            await until(pilot, lambda: stalled(pilot))
            assert isinstance(pilot.app.screen, DisagreementsScreen)
            assert "Another process is writing" in told(pilot)
            assert looks(judge) == []
            await strike(pilot, "ctrl+g")
            await until(pilot, lambda: "The review was not opened" in told(pilot) or "Not saved" in told(pilot))
            assert isinstance(pilot.app.screen, DisagreementsScreen)
        await written(pilot)
        assert looks(judge) == []
        assert isinstance(pilot.app.screen, DisagreementsScreen)
        with locked(judge):
            await strike(pilot, "enter")
            await until(pilot, lambda: stalled(pilot))
        await in_review(pilot)
        assert looks(judge) == ["demo:2"]


async def test_a_review_that_is_opened_from_elsewhere_waits_for_the_look_too(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    app = AnnotatorApp(judge)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await press(pilot, "home")
        with locked(judge):
            open_review(cast(QueueScreen, app.screen), "demo:1", "kinds")
            await until(pilot, lambda: stalled(pilot))
            await strike(pilot, "home")  # no key goes back from the queue
            assert isinstance(app.screen, QueueScreen)
        await in_review(pilot)
        assert looks(judge) == ["demo:1"]


async def test_who_has_looked_opens_a_subject_at_once_while_another_process_writes(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with reviewing(judge) as (_, pilot):
        await press(pilot, "escape")
        with locked(judge):
            cast(DisagreementsScreen, pilot.app.screen).open("demo:1")
            await in_review(pilot)


async def test_what_is_clicked_while_a_look_waits_is_not_looked_at_and_help_hides_nothing(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with deciding(judge) as pilot:
        with locked(judge):
            await strike(pilot, "enter")
            await until(pilot, lambda: stalled(pilot))
            await pilot.click("#rows", offset=(4, 1))
            await pilot.click("#rows", offset=(4, 1))
            cast(AnnotatorApp, pilot.app).action_help()
            await pilot.pause()
        screen = await in_review(pilot)
        await settled(pilot)
        assert (screen.key, looks(judge)) == ("demo:2", ["demo:2"])


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_the_key_that_goes_back_ends_the_wait_for_a_look(tmp_path: Path, key: str) -> None:
    judge = disputed_desk(tmp_path)
    async with deciding(judge) as pilot:
        with locked(judge):
            await strike(pilot, "enter")
            await until(pilot, lambda: stalled(pilot))
            await strike(pilot, key)
            await until(pilot, lambda: "Not saved: you stopped waiting" in told(pilot))
            assert isinstance(pilot.app.screen, DisagreementsScreen), "it ends the wait and goes no further"
        await written(pilot)
        assert looks(judge) == []
        await press(pilot, "enter")
        review = cast(ReviewScreen, pilot.app.screen)
        pilot.app.clear_notifications()
        with locked(judge):
            await strike(pilot, "N")
            await until(pilot, lambda: stalled(pilot))
            await strike(pilot, key)
            await until(pilot, lambda: "No other subject was opened" in told(pilot) or "Not saved" in told(pilot))
            assert cast(ReviewScreen, pilot.app.screen) is review
        await written(pilot)
        assert (review.key, looks(judge)) == ("demo:2", ["demo:2"])
        await press(pilot, key)
        assert isinstance(pilot.app.screen, DisagreementsScreen)


async def test_what_others_hand_in_while_a_subject_opens_is_not_seen_without_a_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = disputed_desk(tmp_path)
    judge.manner.is_told = False
    with closing(at_desk(judge, "eva")) as eva:
        eva.tagging.reopen("demo:3", "kinds")
        eva.tagging.skip("demo:3", "kinds", "not now")
    is_first_look = Visibility.is_first_look

    def hand_in_just_after(self: Visibility, standing: Standing) -> bool:
        is_first = is_first_look(self, standing)
        if standing.annotator == "judge" and standing.subject == "demo:3":
            monkeypatch.undo()
            with closing(at_desk(judge, "bo")) as bo:
                hand_in(bo, "demo:3", one="red", name="Only for those who looked")
        return is_first

    async with deciding(judge) as pilot:
        monkeypatch.setattr(Visibility, "is_first_look", hand_in_just_after)
        cast(DisagreementsScreen, pilot.app.screen).open("demo:3")
        screen = await in_review(pilot)
        await settled(pilot)
        assert screen.state.review.annotators == ()
        assert "Only for those who looked" not in shown(pilot)
        assert looks(judge) == []
        await press(pilot, "escape")
        cast(DisagreementsScreen, pilot.app.screen).open("demo:3")
        await settled(pilot)
        assert "Look at what others answered?" in shown(pilot)
        await press(pilot, "y")
        assert cast(ReviewScreen, pilot.app.screen).state.review.annotators == ("bo",)
        assert looks(judge) == ["demo:3"]


# In bulk


async def test_accepting_waits_for_another_process_shows_so_and_goes_on_after(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with deciding(judge) as pilot:
        with locked(judge):
            await strike(pilot, "B", "j", "j", "enter")
            await until(pilot, lambda: "Accept by single?" in shown(pilot))
            await strike(pilot, "y")
            await until(pilot, lambda: "waiting for another process, accepting" in shown(pilot))
            await strike(pilot, "j")
            assert cast(DisagreementsScreen, pilot.app.screen).rows.cursor == 1, "the list takes keys meanwhile"
            await strike(pilot, "B")
            assert "accepted already" in told(pilot)
            assert adjudicated(judge) == []
        await until(pilot, lambda: "single: 1 subject adjudicated, 2 left for people" in shown(pilot))
    assert decided(judge, "demo:3").status == "adjudicated"


async def test_accepting_can_be_stopped_while_it_waits(tmp_path: Path) -> None:
    judge = disputed_desk(tmp_path)
    async with deciding(judge) as pilot:
        with locked(judge):
            await strike(pilot, "B", "j", "j", "enter")
            await until(pilot, lambda: "Accept by single?" in shown(pilot))
            await strike(pilot, "y")
            await until(pilot, lambda: "waiting for another process, accepting" in shown(pilot))
            await strike(pilot, "escape")
            await until(pilot, lambda: "0 subjects adjudicated" in told(pilot) + shown(pilot))
            assert "single: 0 subjects adjudicated, stopped before the first" in told(pilot)
            assert "another program" not in told(pilot), "who stops it is not told that it failed"
        assert isinstance(pilot.app.screen, DisagreementsScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, QueueScreen)
    assert decided(judge, "demo:3").status == "untouched"


async def test_somebody_hands_in_between_two_that_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = disputed_desk(tmp_path)
    accept, met = Adjudication.accept, list[str]()

    def hand_in_first(self: Adjudication, key: str, *given: str) -> None:
        if key == "demo:3":  # somebody hands in while the subject before is done and this one is not
            with closing(at_desk(judge, "bo")) as bo:
                hand_in(bo, "demo:3", one="green")
            met.append(key)
        accept(self, key, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Adjudication, "accept", hand_in_first)
    async with deciding(judge) as pilot:
        await press(pilot, "B", "j", "j", "enter", "y")
        assert met == ["demo:3"]
        assert "single: 0 subjects adjudicated, 3 left for people" in shown(pilot)
        assert "demo:3 left: 2 annotators handed in" in shown(pilot)
    assert decided(judge, "demo:3").status == "untouched"
