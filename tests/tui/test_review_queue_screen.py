"""Somebody who decides finds what annotators differ about, and accepts what they agree on."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk, open_desk
from annotator.desk.adjudication import Adjudication
from annotator.desk.review import Reviewing
from annotator.errors import StoreFullError
from annotator.model.record import IncidentRecord
from annotator.model.review import Comparison, DisputedSubject, ReviewView, Totals
from annotator.model.subject import Incident
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.keys import Keys
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.accepting import STRATEGY_WORDS, accept
from annotator.tui.review.disagreements import DisagreementsScreen
from annotator.tui.review.disputed_rows import heading, nothing_in_words
from annotator.tui.review.opening import beside, walked
from annotator.tui.review.screen import ReviewScreen
from tests.tui.desk_content import NASTY, SIZES, after, empty_desk, filled_desk
from tests.tui.review_content import (
    RED,
    at_desk,
    deciding,
    disputed_desk,
    hand_in,
    lines,
    press,
    settle,
    shown,
    told,
)
from tests.tui.tagging_content import tagging_desk


def listed(pilot: Pilot[None]) -> list[str]:
    """The keys in the queue, from top to bottom."""
    rows = cast(DisagreementsScreen, pilot.app.screen).rows
    return [rows._rows[place].key for place in range(rows.count)]


async def test_disputed_subjects_are_listed_and_one_key_cycles_their_order(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        assert listed(pilot) == ["demo:2", "demo:1"]
        assert "kinds · round 1 · 2 open, 0 settled" in shown(pilot)
        assert "demo:2 · 3 fields differ, none ruled" in lines(pilot)[-2]
        await press(pilot, "s")
        assert listed(pilot) == ["demo:1", "demo:2"]
        await press(pilot, "s")
        assert "2.3 Since when" in shown(pilot) and listed(pilot).count("demo:1") == 3
        await press(pilot, "s")
        assert listed(pilot) == ["demo:2", "demo:1"]


async def test_the_name_of_a_field_gives_way_to_what_is_told_of_it(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path), size=(60, 24)) as pilot:
        await press(pilot, "s", "s", "j", "j", "j")
        assert lines(pilot)[-2] == " demo:1 · 1.1 One of… · 3 fields differ, none ruled  4 of 6 "
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert lines(pilot)[-2].startswith(" demo:1 · 1.1 One of three · 3 fields differ, none ruled  ")


async def test_only_those_who_differ_on_one_field(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path)) as pilot:
        await press(pilot, "f")
        assert "1.1 One of three 2 subjects" in shown(pilot)
        screen = cast(Any, pilot.app.screen)
        screen.rows.cursor = next(n for n, (field, _) in enumerate(screen.rows.options) if field == "day")
        await press(pilot, "enter")
        assert listed(pilot) == ["demo:2"]
        assert "on 2.3 Since when" in shown(pilot)
        await press(pilot, "enter")
        assert cast(ReviewScreen, pilot.app.screen).state.focus == "day"


async def test_what_is_settled_is_shown_apart(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    decide = desk.adjudication
    for each in desk.review.disagreements("demo:2", "kinds"):
        decide.adopt("demo:2", "kinds", each.field, "bo", "slip")
    decide.adjudicate("demo:2", "kinds")
    async with deciding(desk) as pilot:
        assert listed(pilot) == ["demo:1"]
        await press(pilot, "o")
        assert listed(pilot) == ["demo:2"]
        assert "1 open, 1 settled · settled ones" in shown(pilot)
        await press(pilot, "s", "s")
        assert lines(pilot)[0].split()[:2] == ["Disagreements", "·"]
        assert "1 open, 1 settled · settled ones · by field" in lines(pilot)[0]
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, QueueScreen)


@pytest.mark.parametrize(
    ("asked", "room", "said"),
    [
        ({"settled": True}, 75, "Disagreements · kinds 1/3 · round 1 · 12 open, 11 settled · settled ones"),
        ({"settled": True}, 71, "Disagreements · kinds 1/3 · 12 open, 11 settled · settled ones"),
        ({"settled": True, "order": "field"}, 61, "Disagreements · kinds 1/3 · 11 settled ones · by field"),
        ({"order": "field"}, 50, "Disagreements · kinds 1/3 · 12 open · by field"),
        ({"field": "day"}, 61, "Disagreements · kinds 1/3 · 12 open · on 2.3 Since when"),
        ({"settled": True, "round": 2}, 71, "Disagreements · kinds 1/3 · round 2 · 11 settled ones"),
    ],
)
def test_the_heading_leaves_out_what_matters_least_where_there_is_no_room(
    tmp_path: Path, asked: dict[str, Any], room: int, said: str
) -> None:
    taxonomy = disputed_desk(tmp_path).subjects.taxonomy("kinds")
    view = ReviewView("kinds")._replace(**asked)
    assert heading(view, Totals(12, 11), taxonomy, " 1/3", room) == said


async def test_a_queue_of_thousands_is_read_where_it_is_looked_at(tmp_path: Path) -> None:
    async with deciding(thousands_disputed(tmp_path)) as pilot:
        rows = cast(DisagreementsScreen, pilot.app.screen).rows
        assert rows.count == 3_002
        assert len(rows._rows) < 300
        await press(pilot, "G")
        assert "3,002 of 3,002" in shown(pilot)
        assert "…" not in "".join(line[:1] for line in lines(pilot)[2:-2])


async def test_what_others_settled_meanwhile_is_gone_when_the_queue_is_read_on(tmp_path: Path) -> None:
    desk = thousands_disputed(tmp_path)
    async with deciding(desk) as pilot:
        with desk.store.writing() as transaction:
            transaction.execute("DELETE FROM disputed_subjects WHERE subject_id % 2 = 0 AND subject_id > 3")
        await press(pilot, "G")
        rows = cast(DisagreementsScreen, pilot.app.screen).rows
        assert rows.count == 1_502
        assert "1,502 of 1,502" in shown(pilot)
        await press(pilot, "g", "j", "enter")
        assert cast(ReviewScreen, pilot.app.screen).key == "demo:1"
        await press(pilot, "N", "N", "P")
        keys = [line.key for line in desk.review.queue(ReviewView("kinds"), 4)]
        assert cast(ReviewScreen, pilot.app.screen).key == keys[2]


def test_a_walk_goes_on_from_page_to_page_and_ends(tmp_path: Path) -> None:
    desk, view = thousands_disputed(tmp_path), ReviewView("kinds")
    lines = desk.review.queue(view, 100)
    assert list(islice(beside(desk, view, None, 1), 100)) == lines
    assert list(islice(beside(desk, view, lines[60], -1), 100)) == lines[:60][::-1]
    assert list(beside(desk, view, None, -1)) == []


def test_a_walk_leads_from_a_subject_that_is_not_in_the_queue_as_opened_to_another_one(tmp_path: Path) -> None:
    desk, view = disputed_desk(tmp_path), ReviewView("kinds", order="field")
    lines = desk.review.queue(view, 2)
    assert [(line.field, line.key) for line in lines] == [("day", "demo:2"), ("name", "demo:1")]
    led = walked(desk, view, None, "demo:2", 1)
    assert led.line == lines[1]
    assert led.found and led.found.review.subject == "demo:1"


def test_a_walk_passes_who_began_meanwhile_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, view, queue = disputed_desk(tmp_path), ReviewView("kinds"), Reviewing.queue
    first, second = (line.key for line in desk.review.queue(view, 100))

    def begin_after(self: Reviewing, *given: Any, **more: Any) -> list[DisputedSubject]:
        found = queue(self, *given, **more)
        monkeypatch.undo()
        desk.tagging.note(first, "kinds", "my own work")
        return found

    monkeypatch.setattr(Reviewing, "queue", begin_after)
    led = walked(desk, view, None, "", 1)
    assert led.found and led.found.review.subject == second
    assert len(led.passed) == 1 and led.passed[0].startswith(f"{first} under kinds: submit your own answers")


def test_accepting_goes_no_further_than_somebody_wants(tmp_path: Path) -> None:
    desk, told = disputed_desk(tmp_path), list[int]()
    done = accept(desk, "kinds", "single", lambda: len(told) == 2, lambda come_to, _: told.append(come_to))
    assert (told, done.accepted, len(done.refused), len(done.untried)) == ([1, 2], [], 2, 1)


def thousands_disputed(folder: Path) -> Desk:
    """Two subjects that annotators differ about, and 3,000 of which only that is known."""
    desk = disputed_desk(folder)
    with desk.store.writing() as transaction:
        transaction.executemany(
            "INSERT INTO subjects (key, kind, title) VALUES (?, 'incident', ?)",
            [(f"many:{n}", f"Number {n}") for n in range(3_000)],
        )
        transaction.execute("INSERT INTO incidents (id) SELECT id FROM subjects WHERE key LIKE 'many:%'")
        transaction.execute(
            """INSERT INTO disputed_subjects SELECT id, 'kinds', 1, 1, 0 FROM subjects WHERE key LIKE 'many:%'"""
        )
    return desk


async def test_subjects_are_accepted_in_bulk_after_a_question_and_one_undo_takes_it_back(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    async with deciding(desk) as pilot:
        await press(pilot, "B", "j", "j", "enter")
        assert "Accept by single?" in shown(pilot) and "3 subjects" in shown(pilot)
        await press(pilot, "y")
        assert isinstance(pilot.app.screen, LineDialog)
        assert "single: 1 subject adjudicated, 2 left for people" in shown(pilot)
        assert "demo:1 left: 2 annotators handed in" in shown(pilot)
        assert "demo:3 adjudicated" in shown(pilot)
        await press(pilot, "G", "enter")
        assert cast(ReviewScreen, pilot.app.screen).key == "demo:3"
        assert "adjudicated" in lines(pilot)[1]
        await press(pilot, "escape", "u")
        assert "demo:3 undid: adjudication" in told(pilot)
        assert desk.review.classification("demo:3", "kinds").status == "untouched"


async def test_every_way_to_accept_in_bulk_is_told_in_full_on_a_small_screen(tmp_path: Path) -> None:
    async with deciding(disputed_desk(tmp_path), size=(80, 24)) as pilot:
        await press(pilot, "B")
        for words in STRATEGY_WORDS.values():
            assert words in shown(pilot)


async def test_accepting_that_is_stopped_halfway_says_how_far_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = disputed_desk(tmp_path)
    desk.importing.import_records([IncidentRecord(Incident(key="demo:4", title="One more"), "")], "made.json")
    with closing(at_desk(desk, "eva")) as eva:
        hand_in(eva, "demo:4", one="red")
    accept = Adjudication.accept

    def stop_at_the_last(self: Adjudication, key: str, *given: Any) -> None:
        if key == "demo:4":
            raise StoreFullError("The disk is full.")
        accept(self, key, *given)

    monkeypatch.setattr(Adjudication, "accept", stop_at_the_last)
    async with deciding(desk) as pilot:
        await press(pilot, "B", "j", "j", "enter", "y")
        assert "single: 1 subject adjudicated, 2 left for people, stopped before 1" in shown(pilot)
        assert "demo:3 adjudicated" in shown(pilot)
        assert "demo:4 not come to" in shown(pilot)
        assert "The disk is full." in shown(pilot)
        await press(pilot, "G", "enter")
        assert cast(ReviewScreen, pilot.app.screen).key == "demo:4"


async def test_nothing_is_accepted_when_the_question_is_answered_with_no(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    async with deciding(desk) as pilot:
        await press(pilot, "B", "enter", "n")
        assert isinstance(pilot.app.screen, DisagreementsScreen)
        assert desk.review.undecided("kinds") == 3


async def test_a_desk_where_nobody_worked_says_so(tmp_path: Path) -> None:
    async with deciding(filled_desk(tmp_path)) as pilot:
        assert "Nobody handed anything in under" in shown(pilot)
        await press(pilot, "enter", "s", "f", "escape", "]", "B", "enter", "j", "G")
        assert isinstance(pilot.app.screen, DisagreementsScreen)


async def test_an_empty_database_says_so(tmp_path: Path) -> None:
    async with deciding(empty_desk(tmp_path)) as pilot:
        assert "Nobody handed anything in under" in shown(pilot)


async def test_one_annotator_alone_is_told_that_disagreement_needs_two(tmp_path: Path) -> None:
    eva = tagging_desk(tmp_path)
    hand_in(eva, **RED)
    async with deciding(at_desk(eva, "judge")) as pilot:
        screen = cast(DisagreementsScreen, pilot.app.screen)
        screen.look(screen.view._replace(taxonomy="kinds"))
        await settle(pilot)
        assert "Only eva handed in; disagreement needs two." in shown(pilot)


async def test_annotators_who_agree_on_everything_are_told_so(tmp_path: Path) -> None:
    eva = tagging_desk(tmp_path)
    for desk in (eva, at_desk(eva, "bo")):
        hand_in(desk, **RED)
    async with deciding(at_desk(eva, "judge")) as pilot:
        screen = cast(DisagreementsScreen, pilot.app.screen)
        screen.look(screen.view._replace(taxonomy="kinds"))
        await settle(pilot)
        assert "Nobody differs. B accepts in bulk" in shown(pilot)


async def test_titles_cannot_steer_the_terminal(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    with desk.store.writing() as transaction:
        transaction.execute("UPDATE subjects SET title = ?", (NASTY,))
    async with deciding(desk) as pilot:
        assert "\x1b" not in shown(pilot) and "\u202e" not in shown(pilot) and "[bold]" in shown(pilot)


def test_words_for_an_empty_queue_say_what_to_do() -> None:
    from annotator.model.review import Totals

    view = ReviewView("kinds")
    assert "o shows what is open" in nothing_in_words(view._replace(settled=True), ["a", "b"], Totals(2, 0), Keys())
    assert "o shows it" in nothing_in_words(view, ["a", "b"], Totals(0, 2), Keys())
    assert "another one" in nothing_in_words(view._replace(field="one"), ["a", "b"], Totals(0, 0), Keys())
    assert not Comparison("one", {}, {}).differs


# What it looks like


@SIZES
def test_an_editor_sees_what_is_disputed(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(disputed_desk(tmp_path)), terminal_size=size, run_before=after("D", "j"))


def test_an_editor_is_told_what_accepting_will_do(snap_compare: Any, tmp_path: Path) -> None:
    desk: Desk = open_desk(disputed_desk(tmp_path).path, "judge")
    assert snap_compare(AnnotatorApp(desk), terminal_size=(80, 24), run_before=after("D", "B", "j", "enter"))
