"""The first hand-in counts for agreement: what is copied from a colleague afterwards raises nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program

SMALL = ("--taxonomy", "small")


def classify(program: Program, name: str, outcome: str, key: str = "2", *more: str) -> None:
    said = program("classify", key, *SMALL, "--set", f"outcome={outcome}", "--submit", "--as", name, *more)
    assert said.code == 0, said.err


def reopen(program: Program, name: str, key: str = "2") -> None:
    said = program("reopen", key, *SMALL, "--as", name)
    assert said.code == 0, said.err


def agreed(program: Program, *more: str) -> Any:
    """How far they agree on the outcome."""
    (row,) = program("agreement", *SMALL, "--field", "outcome", "--json", "--as", "lead", *more).json
    return row["percent"]


@pytest.fixture
def everybody(program: Program, eva: object) -> Program:
    """A lead sees everything; nobody has done anything."""
    assert eva
    assert program("settings", "reviewers", "lead", "--as", "lead").code == 0
    return program


@pytest.fixture
def copied(everybody: Program) -> Program:
    """Bob sees what eva said, reopens his own and copies it."""
    for name, outcome in (("eva", "near"), ("bob", "happened")):
        classify(everybody, name, outcome)
    reopen(everybody, "bob")
    classify(everybody, "bob", "near")
    return everybody


def test_an_answer_copied_from_a_colleague_leaves_agreement_as_it_was(copied: Program) -> None:
    assert agreed(copied) == 0
    assert agreed(copied, "--hand-in", "first") == 0
    assert agreed(copied, "--hand-in", "last") == 100


def test_shares_are_of_the_same_hand_ins(copied: Program) -> None:
    for which, given in (("first", {"happened", "near"}), ("last", {"near"})):
        asked = ("--hand-in", which, "--field", "outcome", "--json", "--as", "lead")
        rows = copied("agreement", "shares", *SMALL, *asked).json
        assert {row["choice"] for row in rows if row["units"]} == given


def test_disagreements_and_the_page_stand_on_the_same_hand_ins(copied: Program) -> None:
    for more, outcomes in (((), {"bob": "happened", "eva": "near"}), (("--hand-in", "last"), None)):
        found = copied("disagreements", *SMALL, "--json", "--as", "lead", *more).json
        assert [each["answers"] for each in found] == ([outcomes] if outcomes else [])
    assert copied("review", *SMALL, "--as", "lead").out == ""  # what is decided about is what shows now
    assert copied("report", "page.html", *SMALL, "--as", "lead").code == 0
    page = Path("page.html").read_text()
    assert "as they were first handed in" in page
    assert "1 classification was handed in again after others&#x27; answers could be seen; what 1 of these say" in page


def test_it_is_told_wherever_the_work_is_shown(copied: Program) -> None:
    again = "handed in again once after others' answers could be seen; the first hand-in counts for agreement"
    shown = copied("show", "2", "--as", "lead").out.splitlines()
    assert f"  {again}" in shown
    assert "  at first 1.1 Outcome: It happened" in shown
    assert f"bob: {again}" in copied("review", "2", *SMALL, "--as", "lead").out.splitlines()
    marks = [each["hand_in"] for each in copied("history", "2", "--annotator", "bob", "--json", "--as", "lead").json]
    assert [each for each in marks if each] == ["first", "revision"]
    assert "submitted (a revision)" in copied("history", "2", "--as", "lead").out


@pytest.mark.parametrize("back", ["undo", "reopen"])
def test_what_was_taken_back_before_anybody_else_had_said_anything_does_not_count(
    everybody: Program, back: str
) -> None:
    classify(everybody, "bob", "happened")
    everybody("undo", "--as", "bob") if back == "undo" else reopen(everybody, "bob")
    classify(everybody, "bob", "near")
    classify(everybody, "eva", "near")
    assert agreed(everybody) == 100
    assert everybody("show", "2", "--json", "--as", "lead").json["classifications"][0]["hand_in"] is None


@pytest.mark.parametrize("back", ["undo", "reopen"])
def test_what_was_taken_back_after_others_had_begun_counts_even_while_it_is_open(everybody: Program, back: str) -> None:
    assert everybody("classify", "2", *SMALL, "--set", "outcome=near", "--as", "eva").code == 0  # a draft can be seen
    classify(everybody, "bob", "happened")
    everybody("undo", "--as", "bob") if back == "undo" else reopen(everybody, "bob")
    classify(everybody, "eva", "near")
    assert agreed(everybody) == 0
    assert "1 classification was taken back since" in everybody("agreement", *SMALL, "--as", "lead").err
    classify(everybody, "bob", "near")
    assert agreed(everybody) == 0


def test_work_of_an_earlier_round_can_be_seen_as_well(everybody: Program) -> None:
    classify(everybody, "eva", "near")
    again = ("--round", "2")
    classify(everybody, "bob", "happened", "2", *again)
    assert everybody("reopen", "2", *SMALL, "--as", "bob", *again).code == 0
    classify(everybody, "bob", "near", "2", *again)
    (bob,) = (
        each
        for each in everybody("show", "2", "--json", "--as", "lead").json["classifications"]
        if each["annotator"] == "bob"
    )
    assert bob["hand_in"]["first"]["answers"]["outcome"]["value"] == "happened"


def test_what_was_handed_in_after_blindness_was_off_is_marked(everybody: Program) -> None:
    classify(everybody, "eva", "near")
    classify(everybody, "ina", "happened", "10")
    for value in ("no", "yes"):
        assert everybody("settings", "blind_annotation", value, "--as", "lead").code == 0
    classify(everybody, "bob", "near")
    classify(everybody, "eva", "near", "r1")  # nobody had said anything about that one
    open_before = "handed in after others' answers were open to them"
    assert everybody("show", "2", "--as", "lead").out.count(open_before) == 1
    assert everybody("show", "r1", "--as", "lead").out.count(open_before) == 0
    told = everybody("agreement", *SMALL, "--as", "lead").err
    assert "is left out, because it may not be independent: 1 classification, of bob (1)" in told
    assert everybody("doctor").code == 0


def test_what_imports_brought_is_open_in_any_case_and_marks_nothing(everybody: Program) -> None:
    classify(everybody, "eva", "near")
    assert everybody("export", "jsonl", "--out", "out.jsonl", "--as", "lead").code == 0
    there = ("--db", "there.db", "--taxonomies", "taxonomies")
    assert everybody("import", "out.jsonl", *there, "--as", "lead").code == 0
    for value in ("no", "yes"):
        assert everybody("settings", "blind_annotation", value, *there, "--as", "lead").code == 0
    classify(everybody, "bob", "near", "2", *there)
    shown = everybody("show", "2", "--json", *there, "--as", "bob").json["classifications"]
    assert [each["hand_in"] for each in shown] == [None, None]


FORMS = [("jsonl", "out.jsonl"), ("json", "out.json"), ("csv", "out.csv")]


@pytest.mark.parametrize(("form", "file"), FORMS)
def test_it_comes_back_from_our_own_exports(copied: Program, form: str, file: str) -> None:
    copied("classify", "10", *SMALL, "--set", "outcome=near", "--submit", "--as", "eva")
    reopen(copied, "eva")  # and counts all the same
    assert copied("export", form, "--out", file, "--as", "lead").code == 0
    there = ("--db", "there.db", "--taxonomies", "taxonomies")
    said = copied("import", file, *there, "--as", "lead")
    assert said.code == 0, said.err
    assert "is not understood" not in said.err + said.out
    hand_ins = [
        [each["hand_in"] for each in copied("show", "2", "--json", "--as", "lead", *more).json["classifications"]]
        for more in ((), there)
    ]
    assert hand_ins[0] == hand_ins[1]
    assert sum(each is not None for each in hand_ins[1]) == 2
    assert agreed(copied, *there) == 0
    assert agreed(copied, "--hand-in", "last", *there) == agreed(copied, "--hand-in", "last")
    assert copied("doctor", *there).code == 0


def test_tables_to_read_have_columns_for_it(copied: Program) -> None:
    wide = copied("export", "csv", "--shape", "wide", "--as", "lead").out.splitlines()
    assert ",revisions,after_others,first_hand_in," in wide[0]
    beside = copied("export", "csv", "--shape", "subjects", *SMALL, "--as", "lead").out.splitlines()
    assert beside[0].endswith("first_hand_in@bob,first_hand_in@eva,stale@gold")
    assert '""value"":""happened""' in beside[1]


def test_copies_that_were_worked_on_apart_come_to_the_same(everybody: Program) -> None:
    classify(everybody, "bob", "happened")
    assert everybody("backup", "copy.db").code == 0
    copy = ("--db", "copy.db", "--taxonomies", "taxonomies")
    classify(everybody, "eva", "near", "2", *copy)
    classify(everybody, "ina", "near", "10")
    reopen(everybody, "bob")
    classify(everybody, "bob", "near")
    assert everybody("merge", "copy.db", "--as", "lead").code == 0
    assert everybody("merge", "annotator.db", "--as", "lead", *copy).code == 0
    found = [everybody("export", "jsonl", "--as", "lead", *more).out for more in ((), copy)]
    assert found[0] == found[1]
    assert '"revisions":1' in found[0]  # in the order of the log eva had begun before bob took his back
    for more in ((), copy):
        assert everybody("doctor", *more).code == 0
        assert everybody("doctor", "--rebuild", *more).code == 0
        assert everybody("export", "jsonl", "--as", "lead", *more).out == found[0]


def test_the_doctor_finds_what_was_altered(copied: Program) -> None:
    with closing(sqlite3.connect("annotator.db")) as connection, connection:
        connection.execute("UPDATE hand_ins SET revisions = 7")
    said = copied("doctor")
    assert said.code != 0
    assert "what was handed in first is not what the events say" in said.out + said.err
    assert copied("doctor", "--rebuild").code == 0
