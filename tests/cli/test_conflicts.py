"""List what is in conflict, keep one of it, and what other commands say meanwhile."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from annotator.desk.exchange.exporting import FORMS
from tests.cli.conftest import Program
from tests.desk.apart import closing_desk, parted
from tests.desk.making import HARM, choose, make_desk, submit_fully

AJAX, BOLT = "≠ Ajax (in conflict)", "≠ Bolt (in conflict)"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small desk, which the commands find by themselves."""
    found = make_desk(tmp_path)
    monkeypatch.setenv("ANNOTATOR_DB", str(found))
    return found


@pytest.fixture
def program(program: Program, path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The commands at that desk."""
    monkeypatch.setenv("ANNOTATOR_DB", str(path))
    return program


@pytest.fixture
def apart(path: Path) -> None:
    """Eva answered one field on two copies."""
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    with parted(path, "eva", "eva") as (here, there):
        choose(here, "d:1", "maker", "Ajax")
        choose(there, "d:1", "maker", "Bolt")


def event_of(program: Program, words: str) -> str:
    """The event that says something, as the list names it."""
    found = program("--as", "eva", "conflicts", "--json").json
    (event,) = (side["event"] for each in found for side in each["versions"] if side["words"] == words)
    return str(event)


@pytest.mark.usefixtures("path")
def test_where_nothing_is_in_conflict_that_is_said(program: Program) -> None:
    said = program("conflicts")
    assert said == (0, "", "Nothing is in conflict: what was done apart says the same everywhere.\n")
    assert program("conflicts", "--json").json == []


@pytest.mark.usefixtures("apart")
def test_the_list_shows_each_place_with_all_that_was_said_there(program: Program) -> None:
    said = program("--as", "eva", "conflicts")
    head, first, second, end = said.out.split("\n", 3)
    assert head == "d:1 · desk · eva · round 1 · Maker"
    assert {line.split("  (")[0].split(None, 2)[-1].split("  ")[-1] for line in (first, second)} == {"Ajax", "Bolt"}
    assert [line.startswith("  →") for line in (first, second)] == [False, True]
    assert "eva · 20" in first
    assert "replica " in first
    assert end == "\n"
    assert said.err == (
        "1 place in conflict. `annotator conflicts keep EVENT` keeps one; an answer given anew settles what is said of "
        "a field too.\n"
    )
    (found,) = program("--as", "eva", "conflicts", "--taxonomy", "desk", "--json").json
    assert (found["place"], found["label"], found["field"], len(found["versions"])) == (
        "answer:maker", "Maker", "maker", 2,
    )  # fmt: skip
    assert program("conflicts", "--taxonomy", "CSETv1", "--json").json == []
    assert program("conflicts", "--taxonomy", "nope").code == 3


@pytest.mark.usefixtures("apart")
def test_keeping_one_by_a_beginning_of_its_event(program: Program) -> None:
    event = event_of(program, "Ajax")
    said = program("--as", "eva", "conflicts", "keep", event[:12])
    assert said == (0, "", "Kept for d:1 · desk · eva · round 1, Maker: Ajax.\n")
    assert "  Maker: Ajax\n" in program("--as", "eva", "show", "d:1").out
    again = program("--as", "eva", "conflicts", "keep", event[:12])
    assert (again.code, again.err) == (
        3, f"{event[:12]!r}: There is no open conflict with that event; `annotator conflicts` lists those there are.\n",
    )  # fmt: skip
    assert program("conflicts", "keep", event).code == 2


@pytest.mark.usefixtures("apart")
def test_other_commands_mark_it_and_refuse_to_hand_it_in(program: Program) -> None:
    shown = program("--as", "eva", "show", "d:1").out
    assert (f"  Maker: {AJAX}\n" in shown) != (f"  Maker: {BOLT}\n" in shown)
    refused = program("--as", "eva", "classify", "d:1", "--taxonomy", "desk", "--submit")
    assert refused.code == 4
    assert "maker: was answered apart and not alike; keep one answer, or answer anew" in refused.err
    settled = program("--as", "eva", "classify", "d:1", "--taxonomy", "desk", "--set", "maker=Ajax", "--submit")
    assert settled.code == 0, settled.err
    assert program("--as", "eva", "conflicts").err.startswith("Nothing is in conflict")


@pytest.mark.usefixtures("apart")
def test_who_may_not_see_the_work_is_told_that_something_is_left_out(program: Program, path: Path) -> None:
    with closing_desk(path, "bob") as bob:
        bob.tagging.note("d:1", "desk", "at work")
    said = program("--as", "bob", "conflicts")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith(
        "Nothing that you may see is in conflict.\nAnnotation is blind: 1 classification left out"
    )


@pytest.mark.usefixtures("apart")
def test_exports_say_conflict_as_the_state_and_bring_no_answer_back(program: Program, tmp_path: Path) -> None:
    whole = json.loads(program("--as", "eva", "export", "json").out)[0]["answers"]["maker"]
    line = json.loads(program("--as", "eva", "export", "jsonl").out)["answers"]["maker"]
    assert (whole["state"], line["state"]) == ("conflict", "conflict")
    rows = list(csv.DictReader(io.StringIO(program("--as", "eva", "export", "csv").out)))
    (long,) = (row for row in rows if row["field"] == "maker")
    assert (long["state"], long["value"]) == ("conflict", whole["value"])
    wide = next(csv.DictReader(io.StringIO(program("--as", "eva", "export", "csv", "--shape", "wide").out)))
    assert wide["maker"] == f"{{conflict}} {whole['value']}"
    for form in FORMS:
        file = tmp_path / f"{form}.{form}"
        file.write_text(program("--as", "eva", "export", form).out, encoding="utf-8")
        other = tmp_path / form
        other.mkdir()
        fresh = make_desk(other)
        brought = program("--db", fresh, "--as", "ivy", "import", file)
        assert brought.code == 0, brought.err
        assert "answers in conflict, of which nobody decided what holds: left out" in brought.out + brought.err
        with closing_desk(fresh, "eva") as eva:
            assert eva.tagging.classification("d:1", "desk").answers.keys() == {"outcome"}


def test_show_list_and_review_say_what_else_is_in_conflict(program: Program, path: Path) -> None:
    with parted(path, "eva", "eva") as (here, there):
        here.tagging.note("d:1", "desk", "one")
        there.tagging.note("d:1", "desk", "two")
    assert (
        "  ≠ the note: said apart and not alike (`annotator conflicts`)\n" in program("--as", "eva", "show", "d:1").out
    )
    assert "desk draft in conflict" in program("--as", "eva", "list").out


def test_a_review_says_what_is_in_conflict_in_what_was_handed_in(program: Program, path: Path) -> None:
    handed_in_with_a_conflict(path)
    shown = program("--as", "lead", "review", "d:1", "--taxonomy", "desk").out
    assert "in conflict: Maker, eva (`annotator conflicts`)" in shown
    document = program("--as", "lead", "review", "d:1", "--taxonomy", "desk", "--json").json
    assert {"annotator": "eva", "place": "answer:maker"} in document["conflicts"]


def test_a_row_per_subject_says_it_too(program: Program, path: Path) -> None:
    handed_in_with_a_conflict(path)
    table = program("--as", "eva", "export", "csv", "--taxonomy", "desk", "--shape", "subjects").out
    assert next(csv.DictReader(io.StringIO(table)))["maker@eva"] == "{conflict} Bolt"


def test_agreement_and_disagreements_leave_it_out_and_say_so(program: Program, path: Path) -> None:
    handed_in_with_a_conflict(path)
    with closing_desk(path, "bob") as bob:
        choose(bob, "d:1", "maker", "Cog")
        submit_fully(bob, "d:1")
    said = program("--as", "eva", "agreement", "--taxonomy", "desk")
    assert "1 answer in conflict is left out; `annotator conflicts` lists them." in said.out + said.err
    counted = ("--taxonomy", "desk", "--field", "maker", "--states", "hidden=value", "--json")
    (figures,) = program("--as", "eva", "agreement", *counted).json
    assert (figures["units"], figures["pairable"], [each["choice"] for each in figures["choices"]]) == (1, 0, ["Cog"])
    assert program("--as", "eva", "disagreements", "--taxonomy", "desk", "--json").json == []
    assert program("doctor").code == 0
    event = event_of(program, "Bolt")
    assert program("--as", "eva", "conflicts", "keep", event).code == 0
    assert "in conflict" not in program("--as", "eva", "agreement", "--taxonomy", "desk").err
    found = program("--as", "eva", "disagreements", "--taxonomy", "desk", "--json").json
    assert [each["field"] for each in found] == ["maker"]


def test_a_sample_is_not_spread_over_answers_in_conflict(program: Program, path: Path) -> None:
    with parted(path, "eva", "eva") as (here, there):
        choose(here, "d:1", "outcome", "near")
        for number in range(3):
            there.tagging.note("d:2", "desk", str(number))
        choose(there, "d:1", "outcome", "none")
        choose(there, "d:1", "maker", "Bolt")
        there.tagging.submit("d:1", "desk")
    sample = ("--overlap", "1", "--overlap-per-subject", "2", "--stratify", "outcome", "--dry-run", "--json")
    dealt = program("--as", "eva", "assign", "--taxonomy", "desk", "--to", "ann,dee", "--kind", "incident", *sample)
    assert [each["subjects"] for each in dealt.json["strata"]] == [6]
    program("--as", "eva", "conflicts", "keep", event_of(program, "Nothing happened"))
    dealt = program("--as", "eva", "assign", "--taxonomy", "desk", "--to", "ann,dee", "--kind", "incident", *sample)
    assert sorted(each["subjects"] for each in dealt.json["strata"]) == [1, 5]


def handed_in_with_a_conflict(path: Path) -> None:
    """What Eva handed in says Bolt; Ajax was said on another copy, earlier in the log."""
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "none")
    with parted(path, "eva", "eva") as (here, there):
        choose(here, "d:1", "maker", "Ajax")
        for number in range(3):
            there.tagging.note("d:2", "desk", str(number))
        choose(there, "d:1", "maker", "Bolt")
        there.tagging.submit("d:1", "desk")


def handed_in_and_changed(path: Path, is_taken_back: bool) -> None:
    """Eva hands d:1 in on one copy; on another she takes an answer back that it needs, or gives one that needs more."""
    with closing_desk(path, "eva") as eva:
        choose(eva, "d:1", "outcome", "near" if is_taken_back else "none")
        if is_taken_back:
            choose(eva, "d:1", "harm", HARM)
    with parted(path, "eva", "eva") as (here, there):
        for number in range(3):
            here.tagging.note("d:2", "desk", str(number))
        here.tagging.submit("d:1", "desk")  # later in the log than what it did not know
        if is_taken_back:
            there.tagging.clear("d:1", "desk", "harm")
        else:
            choose(there, "d:1", "outcome", "near")


@pytest.mark.parametrize(
    ("is_taken_back", "why"),
    [(True, "1.2 Kind of harm was taken back"), (False, "1.1 Outcome was answered otherwise")],
    ids=["taken back", "answered otherwise"],
)
def test_what_was_handed_in_and_does_not_fit_any_more_says_what_changed_it_and_the_way_out(
    program: Program, path: Path, is_taken_back: bool, why: str
) -> None:
    handed_in_and_changed(path, is_taken_back)
    ((found,),) = (each["versions"] for each in program("--as", "eva", "conflicts", "--json").json)
    said = program("--as", "eva", "conflicts", "keep", found["event"])
    assert said.code == 4
    first, second = said.err.splitlines()
    cannot = f"d:1 under desk: what was handed in cannot be kept as it was, because {why} apart from that (by eva, 20"
    assert first.startswith(cannot)
    assert first.endswith(
        "Reopen it (`annotator reopen d:1 --taxonomy desk`), answer what is missing, and hand it in again."
    )
    assert second.startswith("harm: is required")
    desk = ("--taxonomy", "desk")
    assert program("--as", "eva", "reopen", "d:1", *desk).code == 0
    answered = ("--set", "harm=injury", "--quote", "harm=fell over it")
    assert program("--as", "eva", "classify", "d:1", *desk, *answered, "--submit").code == 0
    assert program("--as", "eva", "conflicts", "--json").json == []
