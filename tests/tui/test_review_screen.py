"""Somebody decides, field by field, what annotators differ about; the keyboard is enough."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from annotator.desk import Desk
from annotator.desk.exchange.importing import import_path
from annotator.desk.project import Project
from annotator.errors import AnswerError
from annotator.model.classification import Answer, Classification
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.disagreements import DisagreementsScreen
from annotator.tui.review.opening import open_review
from annotator.tui.review.own_value import OwnValueScreen
from annotator.tui.review.ruling import RulingDialog
from annotator.tui.review.screen import ReviewScreen
from annotator.tui.review.state import AGREED
from annotator.tui.tagging.screen import TaggingScreen
from tests.desk.making import ailments
from tests.tui.desk_content import NASTY, SIZES, after
from tests.tui.review_content import (
    GREEN,
    RED,
    at_desk,
    deciding,
    disputed_desk,
    hand_in,
    lines,
    press,
    reviewing,
    settle,
    shown,
    told,
)  # fmt: skip
from tests.tui.tagging_content import JAPANESE, tagging_desk


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Desk]:
    """Somebody who classified nothing, at a desk where Bo and Eva differ."""
    desk = disputed_desk(tmp_path)
    yield desk
    assert ailments(desk) == []


def decided(desk: Desk, key: str = "demo:1") -> Classification:
    """What is on record, read by somebody else."""
    other = desk.another()
    try:
        return other.review.classification(key, "kinds")
    finally:
        other.close()


# Looking


async def test_differing_fields_come_first_and_agreed_ones_are_folded_away(judge: Desk) -> None:
    async with reviewing(judge) as (screen, pilot):
        assert screen.state.order == ["one", "several", "name", AGREED]
        assert "1 A bo" in lines(pilot)[2] and "2 B eva" in lines(pilot)[2]
        assert "Green ❝ Red ❝ open" in shown(pilot)
        assert "2 fields agreed: 1.4 Sure about it, 2.3 Since when" in shown(pilot)
        assert "kinds · round 1 · 3 of 3 fields open · undecided" in lines(pilot)[1]
        await press(pilot, "space", "end", "k")
        assert screen.state.focus == "sure"
        assert "unanimous" in shown(pilot) and "eva did not answer" not in shown(pilot)
        await press(pilot, "j")
        assert "1 A bo did not answer" in shown(pilot) and "single" in shown(pilot)
        await press(pilot, "space")
        assert screen.state.focus == AGREED and "unanimous" not in shown(pilot)
        await press(pilot, "enter", "home", "end")
        assert screen.state.focus == "day"


async def test_evidence_is_marked_with_the_letters_of_those_who_quoted_it(judge: Desk) -> None:
    async with reviewing(judge, size=(140, 30)) as (screen, pilot):
        text = [line[:60] for line in lines(pilot)]
        assert any(line.startswith("AB▌") for line in text)
        styles = {(span.start, span.end): (span.style, span.marker) for span in screen.report.evidence}
        assert styles[0, 27] == ("by-2", "B")
        assert styles[27, 46] == ("by-several", "A B")
        assert styles[46, 87] == ("by-1", "A")
        assert styles[89, 125] == ("evidence", "")
        await press(pilot, "full_stop", "full_stop")
        assert "2 of 2: B eva" in shown(pilot)
        await press(pilot, "j", "full_stop")
        assert "Nobody quoted anything for this field." in told(pilot)
        await press(pilot, "n")
        assert "顔認証システム" in shown(pilot)
        await press(pilot, "k", "full_stop")
        assert "delivery robot" in shown(pilot)


async def test_the_report_covers_the_answers_and_gives_way_again(judge: Desk) -> None:
    async with reviewing(judge) as (screen, pilot):
        assert not screen.report.size.height
        await press(pilot, "r")
        assert "A woman in a wheelchair" in shown(pilot) and not screen.sides.size.height
        await press(pilot, "pagedown", "ctrl+d", "ctrl+b", "pageup", "escape")
        assert isinstance(pilot.app.screen, ReviewScreen) and screen.sides.size.height
        await press(pilot, "f4")
        assert screen.report.size.height and screen.sides.size.height
        await press(pilot, "f4", "G")
        assert not screen.report.size.height and "Use when: It glows." in shown(pilot)
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, DisagreementsScreen)


# Ruling


async def test_digit_and_enter_rule_and_the_next_open_field_comes_up(judge: Desk) -> None:
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, "2")
        assert isinstance(pilot.app.screen, RulingDialog)
        assert "→ Red (B eva)" in shown(pilot)
        await press(pilot, "5", "enter")
        ruling = decided(judge).rulings["one"]
        assert (ruling.answer.value, ruling.by, ruling.cause, ruling.note) == ("red", "judge", "slip", "")
        assert ruling.answer.evidence[0].quote.startswith("The delivery robot")
        assert screen.state.focus == "several"
        assert "2 of 3 fields open · being decided" in lines(pilot)[1]
        await press(pilot, "1", "enter")
        assert decided(judge).rulings["several"].cause == "slip"


async def test_a_ruling_carries_a_note_and_how_sure_one_is(judge: Desk) -> None:
    async with reviewing(judge) as (_, pilot):
        await press(pilot, "1", "1", "tab", *"it is 3", "tab", *"800", "enter")
        assert "0 to 100" in shown(pilot)
        await press(pilot, "backspace", "enter")
        ruling = decided(judge).rulings["one"]
        assert (ruling.cause, ruling.note, ruling.confidence) == ("misread", "it is 3", 0.8)
        await press(pilot, "shift+tab", "k", "home")
        assert "80 % sure · it is 3" in shown(pilot)


async def test_nothing_is_ruled_when_the_question_is_closed(judge: Desk) -> None:
    async with reviewing(judge) as (_, pilot):
        await press(pilot, "1", "escape")
        assert decided(judge).status == "untouched"


async def test_union_and_majority_where_they_make_sense_and_words_where_not(judge: Desk) -> None:
    async with reviewing(judge, field="several") as (_, pilot):
        await press(pilot, "m")
        assert "→ Bell (majority)" in shown(pilot)
        await press(pilot, "escape", "plus")
        assert "→ Bell, Candle, Anchor (union)" in shown(pilot)
        await press(pilot, "enter")
        assert set(decided(judge).rulings["several"].answer.value) == {"a1", "b1", "c1"}
        await press(pilot, "home", "plus")
        assert "1.1 One of three takes one value, so there is no union" in told(pilot)
        await press(pilot, "m")
        assert "has no majority among 2 answers" in told(pilot)
        await press(pilot, "7")
        assert "There are 2 annotators here." in told(pilot)


async def test_any_third_value_is_entered_in_the_form(judge: Desk) -> None:
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, "v")
        assert isinstance(pilot.app.screen, OwnValueScreen)
        await press(pilot, "3", "enter", "enter")
        assert decided(judge).rulings["one"].answer.value == "up"
        assert screen.state.focus == "several"
        await press(pilot, "v", "1", "4", "ctrl+s")
        assert "→ Anchor, Drum" in shown(pilot)
        await press(pilot, "enter")
        assert decided(judge).rulings["several"].answer.value == ["a1", "d1"]
        await press(pilot, "v", "enter", *"Rollo 2", "enter", "ctrl+s", "enter")
        assert decided(judge).rulings["name"].answer.value == "Rollo 2"
        assert "Every disagreement is ruled" in told(pilot)


@pytest.mark.parametrize(("key", "state"), [("question_mark", "unknown"), ("minus", "not_applicable"), ("0", "empty")])
async def test_a_state_is_ruled_like_a_value(judge: Desk, key: str, state: str) -> None:
    async with reviewing(judge, field="several") as (_, pilot):
        await press(pilot, "v", key, "enter", "enter")
        assert decided(judge).rulings["several"].answer == Answer.model_validate({"state": state})


async def test_what_does_not_fit_is_refused_in_the_form_and_nothing_is_ruled(judge: Desk) -> None:
    async with reviewing(judge, "demo:2", "day") as (_, pilot):
        await press(pilot, "v", *"2021", "minus", *"99", "enter")
        assert isinstance(pilot.app.screen, OwnValueScreen)
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, OwnValueScreen)
        await press(pilot, "escape", "y")
        assert isinstance(pilot.app.screen, ReviewScreen)
        await press(pilot, "v", "backspace", "ctrl+s")
        assert "Answer first" in told(pilot)
        await press(pilot, "escape")
        assert decided(judge, "demo:2").status == "untouched"


async def test_evidence_is_quoted_where_the_field_asks_for_it(tmp_path: Path) -> None:
    eva = tagging_desk(tmp_path)
    hand_in(eva, quotes={"where": (0, 30)}, one="red", where=["road"])
    hand_in(at_desk(eva, "bo"), quotes={"where": (0, 30)}, one="red", where=["rail"])
    judge = at_desk(eva, "judge")
    async with reviewing(judge, size=(120, 40)) as (_, pilot):
        await press(pilot, "v", "2", "2", "ctrl+s")
        assert "Quote the words of the report" in told(pilot)
        await press(pilot, "e", "s", "enter", "ctrl+s", "3", "enter")
        ruling = decided(judge).rulings["where"]
        assert ruling.answer.value == ["river"]
        assert ruling.answer.evidence[0].quote == "The delivery robot stopped on the ramp at noon."
        await press(pilot, "ctrl+s")
        assert decided(judge).status == "adjudicated"


async def test_rows_of_a_group_are_ruled_in_a_form_of_their_own(tmp_path: Path) -> None:
    eva = tagging_desk(tmp_path)
    hand_in(eva, one="red", people=[{"who": "Ada"}])
    hand_in(at_desk(eva, "bo"), one="red", people=[{"who": "Bob", "role": "rider"}])
    judge = at_desk(eva, "judge")
    async with reviewing(judge) as (_, pilot):
        assert "Bob · Rider" in shown(pilot)
        await press(pilot, "v", "enter", "enter", *"Kim", "enter", "ctrl+s", "ctrl+s")
        assert "→ Kim" in shown(pilot)
        await press(pilot, "enter")
        assert decided(judge).rulings["people"].answer.value == [{"who": "Kim"}]


async def test_more_annotators_than_fit_are_counted_by_what_they_say(tmp_path: Path) -> None:
    eva = tagging_desk(tmp_path)
    for number in range(12):
        hand_in(at_desk(eva, f"annotator {number:02}"), one="red" if number % 3 else "green", sure=True)
    judge = at_desk(eva, "judge")
    async with reviewing(judge) as (screen, pilot):
        assert "8 × Red" in shown(pilot) and "4 × Green" in shown(pilot)
        assert "‹1–" in lines(pilot)[2] and "of 12›" in lines(pilot)[2]
        await press(pilot, *["right"] * 20)
        assert "annotator 11" in shown(pilot) or "tor 11" in lines(pilot)[2]
        await press(pilot, "a", "j", "enter")
        assert "→ Green" in shown(pilot)
        await press(pilot, "enter")
        assert decided(judge).rulings["one"].answer.value == "green"
        await press(pilot, "9", "enter")
        assert decided(judge).rulings["one"].answer.value == "red"
        assert screen.state.open == []


# On record


async def test_a_disputed_subject_is_adjudicated_published_withdrawn_and_reopened(judge: Desk) -> None:
    async with reviewing(judge) as (screen, pilot):
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, LineDialog) and "Not adjudicated: 3 fields" in shown(pilot)
        await press(pilot, "j", "enter")
        assert screen.state.focus == "several" and "rule on it first" in shown(pilot)
        await press(pilot, "home", "1", "enter", "1", "enter", "ctrl+s")
        assert screen.state.focus == "name" and decided(judge).status == "draft"
        await press(pilot, "1", "enter", "ctrl+s")
        assert decided(judge).status == "adjudicated"
        assert "0 of 3 fields open · adjudicated" in lines(pilot)[1]
        assert "w publish" in lines(pilot)[-1] and "adopt" not in lines(pilot)[-1]
        await press(pilot, "1")
        assert "is adjudicated; reopen it before changing it" in told(pilot)
        await press(pilot, "w", "R")
        assert decided(judge).publish == "published" and "w withdraws it first" in told(pilot)
        await press(pilot, "w", "R", *"new report", "enter")
        assert (decided(judge).status, decided(judge).publish) == ("draft", "unpublished")
        await press(pilot, "ctrl+s", "u")
        assert decided(judge).status == "draft"
        await press(pilot, "ctrl+r")
        assert decided(judge).status == "adjudicated"


async def test_undo_and_redo_follow_to_the_subject_they_are_about(judge: Desk) -> None:
    async with reviewing(judge, "demo:2") as (screen, pilot):
        await press(pilot, "2", "enter", "N")
        assert screen.key == "demo:1"
        await press(pilot, "u")
        assert (screen.key, screen.state.focus) == ("demo:2", "one")
        assert decided(judge, "demo:2").rulings == {}
        await press(pilot, "ctrl+r")
        assert decided(judge, "demo:2").rulings["one"].answer.state == "unknown"
        await press(pilot, "u", "u")
        assert "There is nothing to undo." in told(pilot)


async def test_what_is_settled_gives_its_place_to_the_next_one(judge: Desk) -> None:
    async with reviewing(judge, "demo:2") as (screen, pilot):
        await press(pilot, *["1", "enter"] * 3, "ctrl+s", "ctrl+s")
        assert screen.key == "demo:1"
        await press(pilot, "N")
        assert "This is the last disputed subject." in told(pilot)
        await press(pilot, "P")
        assert "This is the first disputed subject." in told(pilot)
        await press(pilot, "escape")
        assert "1 open, 1 settled" in shown(pilot)


async def test_new_work_makes_a_decision_stale_and_the_screen_says_why(judge: Desk) -> None:
    async with reviewing(judge) as (_, pilot):
        await press(pilot, *["1", "enter"] * 3, "ctrl+s", "escape")
        hand_in(at_desk(judge, "bo"), **{**GREEN, "name": "Someone else"})
        await press(pilot, "o", "enter")
        assert "adjudicated · STALE" in lines(pilot)[1]
        assert "stale: bo handed in other answers, on 2" in shown(pilot)
        await press(pilot, "w")
        assert "the adjudication is stale" in told(pilot)
        await press(pilot, "R", "enter")
        assert "bo answered otherwise since" in shown(pilot) and "open again" in shown(pilot)


async def test_what_was_decided_elsewhere_says_so_and_who_speaks_against_it(judge: Desk, tmp_path: Path) -> None:
    ruling = {"source": "ruled", "by": "dan", "at": "2030-01-01", "cause": "slip"}
    day = {"value": "2021-03-04", "provenance": ruling}
    answers = {"one": {"value": "red"}, "story": {"value": "It fell."}, "day": day}
    said = {"subject": "demo:1", "taxonomy": "kinds", "annotator": "adjudicated", "answers": answers}
    (tmp_path / "theirs.jsonl").write_text(json.dumps(said), encoding="utf-8")
    judge.importing.import_path(tmp_path / "theirs.jsonl")
    async with deciding(judge) as pilot:
        await press(pilot, "o", "enter")
        assert "· decided elsewhere · STALE" in lines(pilot)[1]
        words = "decided elsewhere (imported from theirs.jsonl)"
        assert "stale: bo handed in other answers than were decided elsewhere (One of three), on 2" in shown(pilot)
        assert f"↻ Red · {words}, no longer holds: bo handed in another answer here" in shown(pilot)
        assert "2 fields agreed or decided elsewhere: 1.4 Sure about it, 2.5 What happened" in shown(pilot)
        await press(pilot, "h")
        assert "no longer holds: A handed in" in shown(pilot) or "no longer holds: B handed in" in shown(pilot)
        await press(pilot, "h", "j", "j")
        assert f"✓ 2021-03-04 · by dan · 2030-01-01 · slip · {words}" in shown(pilot)
        await press(pilot, "w")
        assert "the adjudication is stale (bo handed in other answers" in told(pilot)


async def test_earlier_rulings_between_the_same_answers_are_shown(judge: Desk) -> None:
    hand_in(at_desk(judge, "eva"), "demo:2", **RED)
    hand_in(at_desk(judge, "bo"), "demo:2", **GREEN)
    judge.adjudication.adopt("demo:2", "kinds", "one", "bo", "guideline_unclear", "see 1.1")
    async with reviewing(judge) as (_, pilot):
        await settle(pilot)
        assert "≈ demo:2: Green · guideline unclear · see 1.1 (judge, 20" in shown(pilot)
        await press(pilot, "h")
        assert "≈ demo:2: Green · guideline unclear · see 1.1 (20" in shown(pilot)


# Who may, and who sees whom


async def test_hidden_names_stand_nowhere_and_stay_hidden(judge: Desk) -> None:
    async with reviewing(judge, size=(140, 30)) as (_, pilot):
        await press(pilot, *["1", "enter"] * 3, "ctrl+s", "h")
        hand_in(at_desk(judge, "bo"), **{**GREEN, "name": "Someone else"})
        await press(pilot, "escape", "o", "enter")
        review = cast(ReviewScreen, pilot.app.screen)
        for keys in ((), ("full_stop",), ("R", "enter"), ("end", "enter"), ("home", "1"), ("escape", "a")):
            await press(pilot, *keys)
            words = shown(pilot).split()
            assert "bo" not in words and "eva" not in words and "eva)" not in words, (keys, lines(pilot))
        await press(pilot, "escape", "h")
        assert "1 A bo" in shown(pilot)
        assert [column.name for column in review.state.columns] == ["bo", "eva"]


async def test_nobody_decides_about_their_own_work_and_nothing_is_offered(judge: Desk) -> None:
    async with reviewing(at_desk(judge, "Eva")) as (_, pilot):
        assert "you classified it yourself (submitted), so somebody else decides" in shown(pilot)
        assert "adopt" not in lines(pilot)[-1] and "adjudicate" not in lines(pilot)[-1]
        for key in ("1", "v", "m", "plus", "a", "ctrl+s"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, ReviewScreen)
        assert decided(judge).status == "untouched"


async def test_without_a_name_one_may_look_but_not_decide(judge: Desk) -> None:
    async with reviewing(at_desk(judge, "")) as (_, pilot):
        assert "Say who you are first" in shown(pilot)
        await press(pilot, "1")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_whoever_is_still_answering_sees_nobodys_answers(judge: Desk) -> None:
    kim = at_desk(judge, "kim")
    kim.tagging.answer("demo:2", "kinds", "one", Answer(value="red"))
    async with reviewing(kim, "demo:1") as (screen, pilot):
        await press(pilot, "P", "N")
        assert screen.key == "demo:1"


async def test_from_tagging_only_what_is_handed_in_can_be_compared(judge: Desk) -> None:
    eva = at_desk(judge, "eva")
    app = AnnotatorApp(eva)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        cast(QueueScreen, app.screen).open("demo:1", "kinds")
        await settle(pilot)
        await press(pilot, "D")
        assert isinstance(app.screen, ReviewScreen)
        await press(pilot, "escape", "R", "enter", "D")
        assert isinstance(app.screen, TaggingScreen)
        assert "Submit your own answers first" in told(pilot)


async def test_another_screen_opens_the_review_of_a_subject(judge: Desk) -> None:
    app = AnnotatorApp(judge)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        open_review(cast(QueueScreen, app.screen), "demo:2", "KINDS", "day")
        await settle(pilot)
        screen = cast(ReviewScreen, app.screen)
        assert (screen.key, screen.namespace, screen.state.focus) == ("demo:2", "kinds", "day")
        await press(pilot, "N")
        assert screen.key == "demo:1"
        await press(pilot, "escape")
        assert isinstance(app.screen, QueueScreen)


async def test_somebody_is_asked_once_before_they_see_what_others_said(judge: Desk) -> None:
    judge.manner.is_told = False
    app = AnnotatorApp(judge)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await press(pilot, "D", "enter")
        assert "Look at what others answered?" in shown(pilot)
        assert "longer classifies it" in shown(pilot)
        await press(pilot, "n")
        assert isinstance(app.screen, DisagreementsScreen)
        assert judge.tagging.answer("demo:1", "kinds", "one", Answer(value="red")).status == "draft"
        await press(pilot, "u", "enter", "y")
        assert isinstance(app.screen, ReviewScreen)
        with pytest.raises(AnswerError, match="you have looked at others' answers"):
            judge.tagging.answer(app.screen.key, "kinds", "one", Answer(value="red"))
        await press(pilot, "escape", "j", "enter")
        assert isinstance(app.screen, ReviewScreen)


async def test_names_and_answers_cannot_steer_the_terminal(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    hand_in(at_desk(desk, "bo"), **{**GREEN, "name": NASTY.replace("\n", " ")})
    with desk.store.writing() as transaction:
        transaction.execute("UPDATE classifications SET annotator = ? WHERE annotator = 'bo'", (NASTY,))
    async with deciding(desk, (200, 50)) as pilot:
        await press(pilot, "j", "enter", "end", "k")
        for key in ("1", "escape", "a", "escape", "h"):
            assert "[bold]loud[/bold]" in shown(pilot)
            assert "\x1b" not in shown(pilot) and "\u202e" not in shown(pilot)
            await press(pilot, key)


@pytest.mark.slow
async def test_a_real_disputed_incident_is_adjudicated_with_the_keyboard(tmp_path: Path, shared_data: Path) -> None:
    project = Project.open(tmp_path / "aiid.db")
    import_path(project, shared_data / "aiid-snapshot")
    desk = Desk(project, "judge")
    async with deciding(desk) as pilot:
        assert "Disagreements · CSETv1" in shown(pilot)
        adjudicated = ""
        while not adjudicated:
            await press(pilot, "enter")
            screen = cast(ReviewScreen, pilot.app.screen)
            while screen.state.open:
                answered = [column.name in screen.state.by_field[screen.state.focus].answers
                            for column in screen.state.columns]  # fmt: skip
                await press(pilot, str(answered.index(True) + 1), "enter")
            await press(pilot, "ctrl+s")
            if desk.review.classification(screen.key, "CSETv1").status == "adjudicated":
                adjudicated = screen.key
            await press(pilot, *(["escape"] if pilot.app.screen is not screen else []), "escape", "j")
    other = Desk(project, "")
    review = other.review.of(adjudicated, "CSETv1")
    assert review.adjudicated.decision and review.adjudicated.decision.by == "judge"
    assert all(each.ruling for each in review.disagreements if not each.is_moot)
    assert desk.review.totals("CSETv1").settled == 1


# What it looks like


@pytest.fixture
def on_a_known_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the date out of pictures."""
    from annotator.store import readable

    monkeypatch.setattr(readable, "now", lambda: "2026-01-02T03:04:05.678Z")


LOOK = ("D", "j", "enter")
SEEN = pytest.mark.usefixtures("on_a_known_day")


@SEEN
@SIZES
def test_an_editor_sees_who_said_what_and_where_they_quoted_it(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    run = after(*LOOK, "1", "enter", "home")
    assert snap_compare(AnnotatorApp(disputed_desk(tmp_path)), terminal_size=size, run_before=run)


@SEEN
@SIZES
def test_an_editor_says_why_annotators_differed(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    run = after(*LOOK, "2", "2", "tab", *"see p 3")
    assert snap_compare(AnnotatorApp(disputed_desk(tmp_path)), terminal_size=size, run_before=run)


@SEEN
def test_an_editor_enters_a_third_value(snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(
        AnnotatorApp(disputed_desk(tmp_path)), terminal_size=(80, 24), run_before=after(*LOOK, "v", "j")
    )


@SEEN
@SIZES
def test_overlapping_evidence_in_japanese_with_hidden_names(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    eva = tagging_desk(tmp_path, [JAPANESE * 3])
    hand_in(eva, quotes={"one": (0, 40)}, one="red", name="アリババ")
    hand_in(at_desk(eva, "bo"), quotes={"one": (20, 60)}, one="green", name="阿里巴巴")
    judge = at_desk(eva, "judge")
    judge.manner.salt = "always"
    assert snap_compare(AnnotatorApp(judge), terminal_size=size, run_before=after("D", "enter", "h", "r", "f4"))


@SEEN
def test_an_editor_without_colours_tells_annotators_apart(
    snap_compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(AnnotatorApp(disputed_desk(tmp_path)), terminal_size=(130, 30), run_before=after(*LOOK))
