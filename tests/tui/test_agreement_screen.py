"""Somebody compares three annotators: ranks fields, goes to what is behind a figure, filters and exports."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from textual.events import Paste

from annotator.desk import Desk, open_desk
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import FieldRow
from annotator.desk.settings import change
from annotator.model.classification import Answer
from annotator.model.rounds import InRounds
from annotator.tui.agreement.field import AgreementFieldScreen
from annotator.tui.agreement.filter import scope_from, scope_lines
from annotator.tui.agreement.screen import AgreementScreen
from annotator.tui.agreement.subjects import AgreementSubjectsScreen
from annotator.tui.agreement.words import bar, figure, percent, scale, scale_start
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.filter import LineFilter
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.screen import ReviewScreen
from tests.comparison.classified import COMPARED, add, verdicts
from tests.exporting.desks import project_with
from tests.tui.agreement_content import comparing, field_screen, go_to, lines, listed, press, settle, shown, three
from tests.tui.desk_content import NASTY, SIZES, after, filled_desk


async def test_fields_are_ranked_from_the_worst_and_undefined_ones_come_last_with_the_reason(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        screen = cast(AgreementScreen, pilot.app.screen)
        alphas = [row.alpha for row in screen.rows.rows if row.alpha is not None]
        assert [row.field for row in screen.rows.rows[:3]] == ["verdict", "basis", "deaths"]
        assert alphas == sorted(alphas) and len(alphas) == 3
        first, *_, last = (line for line in lines(screen)[2:11])
        assert "1 Verdict" in first and "■" in first
        assert "not compared" in last or "—" in last
        assert "compared" in screen.where.text and screen.where.right == " zoe "


async def test_the_line_of_the_cursor_is_spelled_out(tmp_path: Path) -> None:
    async with comparing(three(tmp_path), (200, 50)) as pilot:
        screen = cast(AgreementScreen, pilot.app.screen)
        assert "α −" in screen.detail.text or "α 0." in screen.detail.text
        assert "n 4 of 4" in screen.detail.text
        await pilot.press("G")
        await pilot.pause()
        assert "not compared" in screen.detail.text


async def test_a_field_shows_choices_pairs_and_confusions_most_frequent_first(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, AgreementFieldScreen)
        assert pilot.app.screen.shown is not None
        seen = pilot.app.screen.shown.seen
        assert [each.label for each in seen.choices][:2] == ["Yes", "No"]
        assert {(each.a, each.b): each.units for each in seen.pairs} == {
            ("ana", "bo"): 4, ("ana", "eva"): 3, ("bo", "eva"): 3,
        }  # fmt: skip
        assert [(each.a, each.b, each.pairs, each.subjects) for each in seen.confusions] == [
            ("Yes", "No", 4, 2), ("No", "(unknown)", 2, 1),
        ]  # fmt: skip
        assert "Yes ≠ No" in shown(pilot)


async def test_a_confusion_leads_to_its_subjects_and_they_open_in_review(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await go_to(pilot, "Yes ≠ No")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, AgreementSubjectsScreen)
        assert "≠ demo:1 ana: Yes | bo: Yes | eva: No" in shown(pilot)
        assert "≠ demo:2 ana: No | bo: Yes | eva: Yes" in shown(pilot)
        assert "demo:3" not in shown(pilot)
        await pilot.press("j", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ReviewScreen)
        assert pilot.app.screen.key == "demo:2"
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, AgreementSubjectsScreen)
        assert pilot.app.screen.row is not None and pilot.app.screen.row.key == "demo:2"
        await pilot.press("escape", "q", "escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_d_lists_the_subjects_that_a_pair_or_anybody_differs_on(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("d")
        await settle(pilot)
        assert listed(pilot) == ["demo:1", "demo:2", "demo:4"]
        await pilot.press("escape", "tab", "d")
        await settle(pilot)
        assert "ana and bo differ" in shown(pilot)
        assert listed(pilot) == ["demo:2"]


async def test_a_choice_leads_to_its_subjects_those_first_that_annotators_differ_on(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await go_to(pilot, "Yes")
        await pilot.press("enter")
        await settle(pilot)
        assert listed(pilot) == ["demo:1", "demo:2", "demo:3"]
        assert "= demo:3 ana: Yes | bo: Yes" in shown(pilot)
        await pilot.press("escape", "escape", "j", "enter")
        await settle(pilot)
        await go_to(pilot, "Sex")
        await pilot.press("enter")
        await settle(pilot)
        assert listed(pilot) == ["demo:3", "demo:4"]
        assert "demo:3 ana: Age; Sex | bo: Age" in shown(pilot)


async def test_what_somebody_is_still_answering_is_left_out_and_said(tmp_path: Path) -> None:
    desk = three(tmp_path)
    desk.tagging.note("demo:2", "compared", "first look")
    async with comparing(desk) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await go_to(pilot, "Yes ≠ No")
        await pilot.press("enter")
        await settle(pilot)
        assert listed(pilot) == ["demo:1"]
        assert "1 subject is closed to you until you hand in your own answers" in shown(pilot)


async def test_leaving_an_annotator_out_compares_the_other_two(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await pilot.press("f")
        await pilot.pause()
        assert isinstance(pilot.app.screen, LineFilter)
        await pilot.press("G", "right", "enter")
        await settle(pilot)
        screen = cast(AgreementScreen, pilot.app.screen)
        assert screen.scope.annotators == ("ana", "bo")
        assert "ana, bo" in screen.where.text
        assert screen.rows.rows[0].percent == 75


async def test_what_came_after_others_is_left_out_and_counts_when_asked_for(tmp_path: Path) -> None:
    desk = three(tmp_path)
    change(desk.store, "zoe", "reviewers", "zoe")
    for name in ("max", "pia"):
        with closing(open_desk(desk.path, name)) as other:
            other.tagging.answer("demo:4", "compared", "verdict", Answer(value="no"))
            other.tagging.submit("demo:4", "compared")
        for value in ("no", "yes"):
            change(desk.store, "zoe", "blind_annotation", value)
    async with comparing(desk, (160, 40)) as pilot:
        screen = cast(AgreementScreen, pilot.app.screen)
        assert "max (1)" in shown(pilot) and "pia" not in shown(pilot)
        assert "1 classification after others' answers left out" in shown(pilot)
        before = {row.field: row.percent for row in screen.rows.rows}
        await press(pilot, "f", *"jjjjjj", "right", "enter")
        assert "after others: counts" in screen.where.text
        assert "pia (1)" in shown(pilot) and "left out" not in shown(pilot)
        assert {row.field: row.percent for row in screen.rows.rows} != before
        await press(pilot, "enter")
        shown_now = field_screen(pilot).shown
        assert shown_now and ("max", "pia") in {(each.a, each.b) for each in shown_now.seen.pairs}


async def test_one_annotator_alone_cannot_be_left(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await pilot.press("f", "G", "right", "up", "right", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, LineFilter)
        assert "needs two annotators" in shown(pilot)


async def test_another_round_and_dates_are_compared_when_asked_for(tmp_path: Path) -> None:
    desk = three(tmp_path)
    add(desk.project, {"ana": verdicts("yes"), "bo": verdicts("no")}, round_=2)
    async with comparing(desk) as pilot:
        await pilot.press("f", "right", "enter")
        await settle(pilot)
        screen = cast(AgreementScreen, pilot.app.screen)
        assert "round 2" in screen.where.text
        assert max(row.pairable for row in screen.rows.rows) == 1
        await pilot.press("f", "left", "j", "j", "j", *"2003", "enter")
        await settle(pilot)
        assert screen.scope.since == "2003"
        assert max(row.units for row in screen.rows.rows) == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [("a" * 5_000, "longer than the name of a file can be"), ("~nobody-here/out.csv", "no such home folder")],
    ids=["too-long", "no-home"],
)
async def test_a_file_that_cannot_be_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    async with comparing(three(tmp_path)) as pilot:
        before = sorted(tmp_path.iterdir())
        await pilot.press("x")
        pilot.app.post_message(Paste(name))
        await pilot.pause()
        await pilot.press("enter")
        await settle(pilot)
        assert words in [notification.message for notification in pilot.app._notifications][-1]
        assert sorted(tmp_path.iterdir()) == before


async def test_what_is_shown_is_written_to_a_file_and_nothing_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with comparing(three(tmp_path)) as pilot:
        await pilot.press("x", *"out.csv", "enter")
        await settle(pilot)
        rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
        assert [row["field"] for row in rows[:3]] == ["verdict", "basis", "deaths"]
        before = (tmp_path / "out.csv").read_bytes()
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("x", *"out.csv", "enter")
        await settle(pilot)
        assert (tmp_path / "out.csv").read_bytes() == before
        await pilot.press("x", "enter")
        await settle(pilot)
        written = (tmp_path / "choices-compared-verdict.csv").read_text()
        assert written.splitlines()[0] == "choice,label,specific,alpha_one_vs_rest"


async def test_each_part_of_a_field_is_written_as_its_own_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with comparing(three(tmp_path)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("tab", "x", "enter")
        await settle(pilot)
        assert (tmp_path / "pairs-compared-verdict.csv").read_text().startswith("field,a,b,units,percent,kappa,pi,")
        await pilot.press("tab", "x", "enter")
        await settle(pilot)
        confusions = (tmp_path / "confusion-compared-verdict.csv").read_text()
        assert confusions == "a,b,pairs,subjects\nYes,No,4,2\nNo,(unknown),2,1\n"
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("x", "enter")
        await settle(pilot)
        subjects = (tmp_path / "subjects-compared-verdict.csv").read_text()
        assert subjects.startswith("subject,ana,bo,eva\ndemo:1,Yes,Yes,No\n")


async def test_every_taxonomy_that_can_be_compared_is_reached(tmp_path: Path) -> None:
    project = project_with(tmp_path, COMPARED, COMPARED.replace("namespace: compared", "namespace: other"))
    for name, verdict in (("compared", "yes"), ("other", "no")):
        add(project, {"ana": verdicts("yes", "no"), "bo": verdicts(verdict, "maybe")}, taxonomy=name)
    async with comparing(Desk(project, "zoe")) as pilot:
        screen = cast(AgreementScreen, pilot.app.screen)
        assert "compared · 1 of 2" in screen.where.text
        first = screen.rows.rows[0].percent
        await press(pilot, "]")
        assert "other · 2 of 2" in screen.where.text and screen.rows.rows[0].percent != first
        await press(pilot, "enter")
        assert "other · 1 Verdict" in shown(pilot)
        await press(pilot, "]", "escape", "]")
        assert "compared · 1 of 2" in screen.where.text and screen.rows.rows[0].percent == first
        await press(pilot, "[")
        assert "other · 2 of 2" in screen.where.text


async def test_a_filter_set_on_a_field_holds_for_all_fields_too(tmp_path: Path) -> None:
    async with comparing(three(tmp_path)) as pilot:
        await press(pilot, "enter", "f", "G", "right", "enter")
        shown_field = cast(AgreementFieldScreen, pilot.app.screen).shown
        assert shown_field and [(row.a, row.b) for row in shown_field.seen.pairs] == [("ana", "bo")]
        await press(pilot, "d")
        assert listed(pilot) == ["demo:2"]
        await press(pilot, "escape", "escape")
        screen = cast(AgreementScreen, pilot.app.screen)
        assert screen.scope.annotators == ("ana", "bo") and screen.scope.field == ""
        assert screen.rows.rows[0].percent == 75


async def test_nothing_is_written_where_nothing_is_shown(tmp_path: Path) -> None:
    async with comparing(filled_desk(tmp_path)) as pilot:
        await press(pilot, "x")
        assert isinstance(pilot.app.screen, AgreementScreen)
        assert [each.message for each in pilot.app._notifications] == ["There is nothing here to write."]


async def test_one_annotator_alone_is_told_that_agreement_needs_two(tmp_path: Path) -> None:
    async with comparing(three(tmp_path, work={"ana": verdicts("yes", "no")})) as pilot:
        assert "agreement needs two annotators" in shown(pilot)
        await pilot.press("enter", "]", "j")
        await settle(pilot)
        assert isinstance(pilot.app.screen, AgreementScreen)


async def test_annotators_without_a_common_subject_are_told_so(tmp_path: Path) -> None:
    apart = {"ana": verdicts("yes", None), "bo": verdicts(None, "no")}
    async with comparing(three(tmp_path, work=apart)) as pilot:
        assert "no subject classified by two or more" in shown(pilot)


async def test_a_desk_where_nobody_worked_says_so(tmp_path: Path) -> None:
    async with comparing(filled_desk(tmp_path)) as pilot:
        assert "nobody handed anything in" in shown(pilot)


async def test_names_of_annotators_cannot_steer_the_terminal(tmp_path: Path) -> None:
    desk = three(tmp_path)
    with desk.store.writing() as transaction:
        transaction.execute("UPDATE classifications SET annotator = ? WHERE annotator = 'bo'", (NASTY,))
    async with comparing(desk) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        assert "\x1b" not in shown(pilot) and "\u202e" not in shown(pilot)
        await go_to(pilot, "Yes ≠ No")
        await pilot.press("enter")
        await settle(pilot)
        assert "\x1b" not in shown(pilot) and "[bold]" in shown(pilot)


def row(alpha: float | None, low: float | None = None, high: float | None = None) -> FieldRow:
    return FieldRow("f", "1", "F", "nominal", 9, 9, 90.0, alpha, low, high, 0.5, 0.5, None)


@pytest.mark.parametrize(
    ("of", "start", "drawn"),
    [
        (row(0.5, 0.3, 0.8), 0.0, "░░░├─■──┤  "),
        (row(1.0), 0.0, "░░░░░░░░░░■"),
        (row(0.0, -0.5, 0.5), -0.5, "├──■───┤   "),
        (row(None), 0.0, " " * 11),
    ],
)
def test_an_interval_is_drawn_where_it_lies(of: FieldRow, start: float, drawn: str) -> None:
    assert bar(of, 11, start) == drawn


def test_the_scale_has_room_for_every_interval() -> None:
    assert [scale_start([row(a, low)]) for a, low in ((0.5, 0.1), (0.5, -0.1), (-0.7, None))] == [0.0, -0.5, -1.0]
    assert scale(11, -1.0) == "−1   0    1"


def test_what_has_no_room_on_the_scale_is_left_out() -> None:
    assert [scale(cells, -0.5) for cells in (5, 8, 20)] == [" 0  1", "  0    1", "−0.5  0            1"]


def test_figures_do_not_round_to_what_they_are_not() -> None:
    assert (figure(-0.001), figure(-0.25), figure(None)) == ("0.00", "−0.25", "—")
    assert (percent(99.7), percent(100.0), percent(None)) == ("99 %", "100 %", "—")


def test_a_filter_left_as_it_is_changes_nothing() -> None:
    people = ["AIID", "ana", "bo", "eva"]
    for chosen in ((), ("ana", "bo"), ("AIID", "ana"), ("AIID", "ana", "bo", "eva")):
        scope = Scope("compared", rounds=InRounds(12), annotators=chosen, since="2020", drafts=True)
        values = {line.setting: line.value for line in scope_lines(scope, people)}
        assert scope_from(scope, values, people) == scope


def test_rounds_to_choose_from_are_those_with_work() -> None:
    (line, *_) = scope_lines(Scope("compared", rounds=InRounds(12)), [], [1, 2, 11])
    assert [value for value, _ in line.options] == ["1", "2", "11", "12"]


def test_what_was_published_is_left_out_unless_somebody_takes_it_in() -> None:
    people = ["AIID", "ana", "bo"]
    named = {line.setting: line for line in scope_lines(Scope("compared"), people)}
    assert [named[f"with:{name}"].value for name in people] == ["out", "", ""]
    values = {name: line.value for name, line in named.items()} | {"with:AIID": ""}
    assert scope_from(Scope("compared"), values, people).annotators == ("AIID", "ana", "bo")


# What it looks like


@SIZES
def test_an_editor_sees_where_annotators_differ(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(three(tmp_path)), terminal_size=size, run_before=after("A"))


@SIZES
def test_an_editor_sees_what_is_behind_a_field(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(three(tmp_path)), terminal_size=size, run_before=after("A", "enter"))


def test_an_editor_chooses_whose_work_to_compare(snap_compare: Any, tmp_path: Path) -> None:
    assert snap_compare(AnnotatorApp(three(tmp_path)), terminal_size=(80, 24), run_before=after("A", "f"))


def test_an_editor_without_colours_still_reads_the_bars(
    snap_compare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(AnnotatorApp(three(tmp_path)), terminal_size=(80, 24), run_before=after("A", "j"))
