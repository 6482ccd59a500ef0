"""Somebody sees what was done apart, keeps one of it, or answers anew."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk, open_desk
from annotator.model.classification import Answer
from annotator.tui.app import AnnotatorApp
from annotator.tui.conflicts.rows import Line, laid_out
from annotator.tui.conflicts.screen import ConflictsScreen
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.screen import ReviewScreen
from annotator.tui.tagging.screen import TaggingScreen
from tests.desk.apart import closing_desk, parted
from tests.desk.making import ailments, choose, make_desk, submit_fully
from tests.tui.desk_content import NASTY, SIZES, after, settle

BY = "eva · 2026-01-02 03:04 · replica 3f2a91c0"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_desk(tmp_path)


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of replicas and moments are others each time; and nothing is told in passing."""
    monkeypatch.setattr("annotator.tui.queue.screen.WARM_UP_AFTER", 600.0)
    monkeypatch.setattr("annotator.tui.conflicts.rows.told_by", lambda *_: BY)
    monkeypatch.setattr(
        "annotator.tui.widgets.form.lines.version_words",
        lambda _, version: f"{version.said['answer']['value']} (eva, 2026-01-02 03:04)",
    )


def apart(path: Path, **values: tuple[Any, Any]) -> None:
    """Eva answers fields of the first subject on two copies; what the second says shows."""
    with parted(path, "eva", "eva") as (here, there):
        there.tagging.note("d:3", "desk", "first")
        for number in range(len(values) + 1):  # so that its events come last
            there.tagging.note("d:3", "desk", f"later {number}")
        for field, (one, other) in values.items():
            choose(here, "d:1", field, one)
            choose(there, "d:1", field, other)


def usual(path: Path) -> Desk:
    """Two fields, and a note."""
    apart(path, maker=("Ajax", "Bolt"), sectors=(["health", "police"], ["traffic"]))
    with parted(path, "eva", "eva") as (here, there):
        here.tagging.note("d:2", "desk", "one")
        there.tagging.note("d:3", "desk", "last")
        there.tagging.note("d:2", "desk", "two")
    return open_desk(path, "eva")


@asynccontextmanager
async def looking(desk: Desk, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = AnnotatorApp(desk)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("C")
        await settle(pilot)
        assert isinstance(app.screen, ConflictsScreen)
        yield pilot


def shown(pilot: Pilot[Any]) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def told(pilot: Pilot[Any]) -> str:
    screen = pilot.app.screen
    here = [screen.news.text] if isinstance(screen, ConflictsScreen) and screen.news.text else []
    return "\n".join((*(each.message for each in pilot.app._notifications), *here))


def versions(pilot: Pilot[Any]) -> list[str]:
    """The pieces of all lines on screen, as their margins part them."""
    return [
        piece.removeprefix("handed in, ") for line in shown(pilot).splitlines() for piece in line.strip().split("  ")
    ]


def number_of(pilot: Pilot[Any], words: str) -> str:
    """The number under which the place of the cursor offers something."""
    screen = pilot.app.screen
    assert isinstance(screen, ConflictsScreen)
    line = screen.rows.line
    assert line
    return str([said for said, _ in line.sides].index(words) + 1)


async def go_to(pilot: Pilot[Any], label: str) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, ConflictsScreen)
    await pilot.press("home")
    for _ in range(len(screen.rows.lines)):
        if screen.rows.line and screen.rows.line.label == label:
            return
        await pilot.press("j")
    raise AssertionError(f"{label} is not listed: {shown(pilot)}")


async def test_every_place_is_listed_with_all_versions_side_by_side(path: Path) -> None:
    async with looking(usual(path)) as pilot:
        assert " Conflicts · 3 places in conflict" in shown(pilot)
        await go_to(pilot, "Maker")
        assert "d:1 · desk · eva · round 1 · Maker" in shown(pilot)
        line = next(each for each in shown(pilot).splitlines() if "Ajax" in each)
        assert "Bolt" in line
        assert "→ shows meanwhile" in shown(pilot)


async def test_a_number_keeps_that_version_and_the_next_one_is_for_the_next_place(path: Path) -> None:
    desk = usual(path)
    async with looking(desk) as pilot:
        await go_to(pilot, "Maker")
        await pilot.press(number_of(pilot, "Ajax"))
        await settle(pilot)
        assert "Conflicts · 2 places in conflict · ✓ Kept for Maker of d:1: Ajax." in shown(pilot)
        assert "Kept" not in told(pilot)
        assert desk.tagging.classification("d:1", "desk").answers["maker"] == Answer(value="Ajax")
        await go_to(pilot, "the note")
        assert "✓" not in shown(pilot)
        await pilot.press(number_of(pilot, "“two”"))
        await settle(pilot)
        assert "✓ Kept for the note of d:2: “two”." in shown(pilot)
        assert desk.tagging.classification("d:2", "desk").notes == "two"
        assert "1 place in conflict" in shown(pilot)
        await pilot.press("9")
        await settle(pilot)
        assert "1 place in conflict" in shown(pilot)
    assert ailments(desk) == []


async def test_enter_opens_the_form_at_the_field_and_an_answer_there_settles_it(path: Path) -> None:
    desk = usual(path)
    async with looking(desk) as pilot:
        await go_to(pilot, "Sectors")
        await pilot.press("enter")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, TaggingScreen)
        assert screen.field and screen.field.id == "sectors"
        assert "≠ Traffic" in shown(pilot)
        assert "≠ Health, Police" in shown(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert "≠" not in shown(pilot).replace("≠ Bolt", "")
        assert desk.tagging.classification("d:1", "desk").answers["sectors"] == Answer(value=["traffic"])
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ConflictsScreen)
        assert "2 places in conflict" in shown(pilot)


async def test_what_was_handed_in_when_other_answers_stood_there_is_reopened(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    with parted(path, "eva", "eva") as (here, there):
        here.tagging.submit("d:1", "desk")
        choose(there, "d:1", "outcome", "near")
    desk = open_desk(path, "eva")
    async with looking(desk) as pilot:
        assert "handed in, when other answers stood here" in shown(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "≠ it was handed in, skipped or decided apart" in " ".join(shown(pilot).replace("│", " ").split())
        await pilot.press("R", "enter")
        await settle(pilot)
        assert desk.conflicts.listed().conflicts == []
        assert desk.tagging.classification("d:1", "desk").status == "draft"


async def test_a_note_in_conflict_keeps_from_handing_in_in_words(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:2", "outcome", "none")
    async with looking(usual(path)) as pilot:
        await go_to(pilot, "the note")
        await pilot.press("enter", "escape")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "the note was written apart and not alike; keep one, or write it anew" in told(pilot)


async def test_enter_at_a_note_opens_the_note_and_what_is_typed_at_once_goes_there(path: Path) -> None:
    desk = usual(path)
    async with looking(desk) as pilot:
        await go_to(pilot, "the note")
        await pilot.press("enter", *"1x", "ctrl+s")
        await settle(pilot)
        assert desk.tagging.classification("d:2", "desk").answers == {}
        assert desk.tagging.classification("d:2", "desk").notes.replace("one", "").replace("two", "") == "1x"
        await pilot.press("escape")
        await settle(pilot)
        assert "2 places in conflict" in shown(pilot)


async def test_a_long_note_is_read_to_its_end_in_a_small_terminal(path: Path) -> None:
    words = {name: [f"{name}{number}" for number in range(400)] for name in ("one", "other")}
    with parted(path, "eva", "eva") as (here, there):
        here.tagging.note("d:2", "desk", " ".join(words["one"]))
        there.tagging.note("d:2", "desk", " ".join(words["other"]))
    async with looking(open_desk(path, "eva")) as pilot:
        seen = shown(pilot).split()
        for _ in range(40):
            before = shown(pilot)
            await pilot.press("space")
            await settle(pilot)
            seen += shown(pilot).split()
            if shown(pilot) == before:
                break
        assert {word for told in words.values() for word in told} <= {each.strip("“”") for each in seen}
        for _ in range(40):
            await pilot.press("ctrl+b")
        await settle(pilot)
        assert "“one0" in shown(pilot)


async def test_what_the_queue_said_of_conflicts_does_not_cover_them(path: Path) -> None:
    app = AnnotatorApp(usual(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.pause(0.4)
        await settle(pilot)
        assert "3 places are in conflict" in told(pilot)
        await pilot.press("C")
        await settle(pilot)
        assert told(pilot) == ""


async def test_what_is_refused_is_told_and_stays_listed(path: Path) -> None:
    desk = usual(path)
    async with looking(desk) as pilot:
        await go_to(pilot, "the note")
        with closing_desk(path, "eva") as other:
            other.tagging.note("d:2", "desk", "settled elsewhere")
        await pilot.press("1")
        await settle(pilot)
        assert "There is no open conflict with that event" in told(pilot)
        await pilot.pause(1.2)
        await settle(pilot)
        assert "2 places in conflict" in shown(pilot)


async def test_the_queue_marks_what_is_in_conflict_and_says_so_once(path: Path) -> None:
    app = AnnotatorApp(usual(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.pause(0.4)
        await settle(pilot)
        assert isinstance(app.screen, QueueScreen)
        line = next(each for each in shown(pilot).splitlines() if "d:1 " in each)
        assert "≠" in line
        assert "desk draft in conflict ≠" in shown(pilot)
        assert "3 places are in conflict: what was done apart does not say the same; C lists all." in told(pilot)


async def test_an_empty_list_says_so(path: Path) -> None:
    async with looking(open_desk(path, "eva")) as pilot:
        assert "Nothing is in conflict: what was done apart says the same everywhere." in shown(pilot)
        await pilot.press("enter", "1", "j", "G")
        assert isinstance(pilot.app.screen, ConflictsScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_who_may_not_see_it_is_told_that_something_is_left_out(path: Path) -> None:
    usual(path).close()
    with closing_desk(path, "bob") as bob:
        bob.tagging.note("d:1", "desk", "at work")
        bob.tagging.note("d:2", "desk", "at work")
    async with looking(open_desk(path, "bob")) as pilot:
        words = " ".join(shown(pilot).split())
        assert "Nothing that you may see is in conflict." in words
        assert "Annotation is blind: 3 classifications left out" in words
        assert "Ajax" not in words
    with closing_desk(path, "lead") as lead:
        lead.settings.change("reviewers", "lead")
    with closing_desk(path, "bob") as bob:
        bob.tagging.skip("d:2", "desk", "no")
        bob.settings.change("reviewers", "bob")
    async with looking(open_desk(path, "bob")) as pilot:
        assert "1 place in conflict · what is closed to you is left out" in shown(pilot)
        assert "Ajax" not in shown(pilot)


async def test_a_decision_in_conflict_opens_its_review(path: Path) -> None:
    for name in ("eva", "bob"):
        with closing_desk(path, name) as desk:
            choose(desk, "d:1", "maker", name)
            submit_fully(desk, "d:1")
    with parted(path, "lead", "chief") as (lead, chief):
        for each, value in ((lead, "A"), (chief, "B")):
            each.adjudication.rule("d:1", "desk", "maker", Answer(value=value), "judgement")
    with closing_desk(path, "lead") as desk:
        desk.settings.change("reviewers", "lead")
    async with looking(open_desk(path, "lead")) as pilot:
        await go_to(pilot, "the ruling on Maker")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert "being decided · ≠ in conflict" in shown(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "what was done apart does not say the same; `annotator conflicts` lists it" in told(pilot)


async def test_others_answers_are_kept_but_not_given_anew(path: Path) -> None:
    usual(path).close()
    with closing_desk(path, "lead") as desk:
        desk.settings.change("reviewers", "lead")
    async with looking(open_desk(path, "lead")) as pilot:
        await go_to(pilot, "Maker")
        await pilot.press("enter")
        await settle(pilot)
        assert "Only eva can answer anew here; 1-9 keep one of what was said." in told(pilot)
        await pilot.press(number_of(pilot, "Bolt"))
        await settle(pilot)
        assert "2 places in conflict" in shown(pilot)


async def test_a_setting_has_no_form(path: Path) -> None:
    with parted(path, "lead", "chief") as (lead, chief):
        lead.settings.change("reviewers", "lead")
        chief.settings.change("reviewers", "chief")
    async with looking(open_desk(path, "eva")) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        assert "There is no form for this" in told(pilot)
        await pilot.press(number_of(pilot, "chief"))
        await settle(pilot)
        assert "Nothing is in conflict" in shown(pilot)
        assert pilot.app.desk.settings.all()[2].value == "chief"  # type: ignore[attr-defined]


async def test_a_name_that_was_given_apart_is_kept_by_its_number(path: Path) -> None:
    with closing_desk(path, "lead") as lead:
        lead.people.add("bob")
    with parted(path, "lead", "kim") as (here, there):
        here.people.rename("bob", "Rob")
        there.people.rename("bob", "Bert")
    desk = open_desk(path, "lead")
    async with looking(desk) as pilot:
        assert "the name of" in shown(pilot) and "1 place in conflict" in shown(pilot)
        (kept,) = (side for side in desk.conflicts.listed().conflicts[0].sides if not side.is_shown)
        await pilot.press(number_of(pilot, kept.said["gives"]))
        await settle(pilot)
        assert "Nothing is in conflict" in shown(pilot)
        assert kept.said["gives"] in {each.name for each in desk.people.listed()}


async def test_foreign_text_steers_nothing(path: Path) -> None:
    apart(path, maker=(NASTY, "plain"))
    async with looking(open_desk(path, "eva")) as pilot:
        assert "\x1b" not in shown(pilot)
        assert "[bold]loud[/bold]" in shown(pilot)


def hundred(path: Path) -> Desk:
    """A hundred places, of twenty-five people each of whom answered four fields apart."""
    with closing_desk(path, "lead") as lead:
        lead.settings.change("reviewers", "lead")
    for number in range(25):
        with parted(path, f"person {number:02}", f"person {number:02}") as (here, there):
            for field in ("maker", "vendor", "remark"):
                choose(here, "d:1", field, "one")
                choose(there, "d:1", field, "other")
            here.tagging.note("d:1", "desk", "one")
            there.tagging.note("d:1", "desk", "other")
    return open_desk(path, "lead")


@pytest.mark.slow
async def test_a_hundred_places_are_walked_through(path: Path) -> None:
    async with looking(hundred(path)) as pilot:
        assert "100 places in conflict" in shown(pilot)
        await pilot.press("G")
        await settle(pilot)
        assert "person 24" in shown(pilot)
        await pilot.press("1")
        await settle(pilot)
        assert "99 places in conflict" in shown(pilot)


@pytest.mark.parametrize("count", [2, 3, 9])
@pytest.mark.parametrize("width", [80, 200])
def test_however_many_versions_there_are_each_has_room(path: Path, count: int, width: int) -> None:
    with parted(path, *["eva"] * count) as desks:
        for number, desk in enumerate(desks):
            choose(desk, "d:1", "maker", f"maker {number} " * 400)
    with closing_desk(path, "eva") as eva:
        (conflict,) = eva.conflicts.listed().conflicts
    line = Line(conflict, "Maker", "", tuple((str(each.said["answer"]["value"]), BY) for each in conflict.sides))
    rows = ["".join(part.text for part in parts) for parts in laid_out(line, width, 10)]
    for number in range(1, count + 1):
        assert any(f" {number} " in f"{row} " for row in rows)
    assert max(map(len, rows)) <= width + 2
    assert any(row.rstrip().endswith("…") for row in rows)


# How it looks

Compare = Callable[..., bool]


@SIZES
@pytest.mark.usefixtures("steady")
def test_an_editor_compares_what_was_said_apart(snap_compare: Compare, path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(usual(path)), terminal_size=size, run_before=after("C", "home"))


@SIZES
@pytest.mark.usefixtures("steady")
def test_an_editor_sees_at_the_field_what_was_said_apart(snap_compare: Compare, path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(usual(path)), terminal_size=size, run_before=after("C", "home", "enter"))


@SIZES
@pytest.mark.usefixtures("steady")
def test_japanese_answers_stand_beside_each_other(snap_compare: Compare, path: Path, size: Any) -> None:
    apart(path, maker=("株式会社ロボット工業の坂道支店", "有限会社坂道のロボット修理センター第二工場"))
    assert snap_compare(AnnotatorApp(open_desk(path, "eva")), terminal_size=size, run_before=after("C"))


@SIZES
@pytest.mark.usefixtures("steady")
def test_nothing_in_conflict_is_said_in_words(snap_compare: Compare, path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(open_desk(path, "eva")), terminal_size=size, run_before=after("C"))


async def test_what_is_told_stands_below_the_versions_one_sentence_at_a_time(path: Path) -> None:
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "maker", "First")
        submit_fully(eva, "d:1")
    with parted(path, "eva", "eva") as (here, there):
        for desk, value in ((here, "Ajax"), (there, "Bolt")):
            desk.tagging.reopen("d:1", "desk")
            choose(desk, "d:1", "maker", value)
            submit_fully(desk, "d:1")
    async with looking(open_desk(path, "eva")) as pilot:
        await go_to(pilot, "whether it is handed in")
        assert isinstance(pilot.app.screen, ConflictsScreen)
        refused: list[str] = []
        for key in ("1", "2"):
            await pilot.press(key)
            await settle(pilot)
            refused.append(pilot.app.screen.news.text)
            over = [each.message for each in pilot.app._notifications]
            assert all("places are in conflict" in each for each in over), "nothing lies over the versions"
            assert refused[-1].split(";")[0][-30:] in " ".join(shown(pilot).split())
            assert {"with other answers than", "with the answers that show"} <= {*versions(pilot)}
        assert refused[0] != refused[1]
        await pilot.press("u")
        await settle(pilot)
        assert pilot.app.screen.news.text == (
            "Nothing was kept here that can be undone. What you did elsewhere is undone in the queue."
        )
        assert "Nothing was kept here that can be undone." in shown(pilot)
        await go_to(pilot, "Maker")
        assert pilot.app.screen.news.text == ""
        await pilot.press("u", "escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, QueueScreen)
        assert "Nothing was kept here" not in shown(pilot)


async def test_undo_here_is_about_what_was_kept_here_alone(path: Path) -> None:
    desk = usual(path)
    desk.tagging.skip("d:3", "desk", "no report")
    async with looking(desk) as pilot:
        await pilot.press("u")
        await settle(pilot)
        assert desk.tagging.classification("d:3", "desk").status == "skipped"
        assert "3 places in conflict" in shown(pilot)
        await go_to(pilot, "Maker")
        await pilot.press(number_of(pilot, "Ajax"))
        await settle(pilot)
        await pilot.press("u")
        await settle(pilot)
        assert "d:1 undid: answer to Maker" in told(pilot)
        await pilot.pause(1.2)
        await settle(pilot)
        assert "3 places in conflict" in shown(pilot)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert desk.tagging.classification("d:1", "desk").answers["maker"] == Answer(value="Ajax")
        with closing_desk(path, "eva") as other:
            other.tagging.note("d:3", "desk", "done elsewhere since")
        for _ in range(2):
            await pilot.press("u")
            await settle(pilot)
        assert "Nothing was kept here that can be undone." in told(pilot)
        assert desk.tagging.classification("d:3", "desk").notes == "done elsewhere since"
        assert desk.tagging.classification("d:3", "desk").status == "skipped"
