"""A calibration: the same subjects for everybody, then all answers side by side, and what changed after the talk."""

from __future__ import annotations

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program

NS = ("--taxonomy", "small")
ZOE = ("--as", "zoe")


def answered(program: Program, name: str, key: str, outcome: str, *more: str) -> None:
    said = program("--as", name, "classify", key, *NS, "--set", f"outcome={outcome}", *more, "--submit")
    assert said.code == 0, said.err


@pytest.fixture
def calibration(program: Program, eva: Desk) -> str:
    """The round in which ann and bob have the two incidents to do."""
    said = program(*ZOE, "round", "start", "--purpose", "calibration", *NS, "--to", "ann,bob", "--kind", "incident")
    assert said.code == 0, said.err
    return str(program("round", "list", *NS, "--json").json[-1]["round"])


def test_answers_stand_side_by_side_once_everybody_has_handed_in(program: Program, calibration: str) -> None:
    answered(program, "ann", "2", "near")
    answered(program, "ann", "10", "happened")
    answered(program, "bob", "2", "near", "--set", "words=x")
    said = program(*ZOE, "round", "show", calibration)
    assert (said.code, "these have subjects to hand in: bob 1." in said.err) == (2, True), said.err
    answered(program, "bob", "10", "near", "--set", "words=x")
    said = program("--as", "ann", "round", "show", calibration[:5])
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["demo:10", "demo:2"]
    assert sum("≠" in line for line in lines) == 1 and "everybody said the same throughout" in lines[-1]
    assert "2 fields with several answers 1 were alike at first and 1 are now; 0 answers changed." in said.err
    assert len(program("--as", "ann", "round", "show", calibration, "--all").out.splitlines()) > len(lines)


def test_what_changed_after_it_was_talked_about_is_told(program: Program, calibration: str) -> None:
    for name, outcome in (("ann", "happened"), ("bob", "near")):
        words = ("--set", "words=x") if outcome == "near" else ()
        answered(program, name, "2", "near", "--set", "words=x")
        answered(program, name, "10", outcome, *words)
    again = ("--round", calibration)
    assert program("--as", "ann", "reopen", "10", *NS, *again, "--reason", "as we agreed").code == 0
    answered(program, "ann", "10", "near", "--set", "words=x", *again)
    said = program("--as", "bob", "round", "show", calibration, *NS, "--json")
    assert said.code == 0, said.err
    found = said.json
    assert (found["purpose"], found["people"], found["closed"]) == ("calibration", ["ann", "bob"], 0)
    (outcome,) = (each for each in found["subjects"][0]["fields"] if each["field"] == "outcome")
    assert (outcome["alike_first"], outcome["alike_now"]) == (False, True)
    first, now = {"state": "answered", "value": "happened"}, {"state": "answered", "value": "near"}
    assert outcome["answers"]["ann"] == {"first": first, "now": now, "changed": True}
    assert outcome["answers"]["bob"] == {"first": now, "now": now, "changed": False}
    said = program("--as", "bob", "round", "show", calibration)
    assert " → " in said.out and "1 were alike at first and 2 are now; 1 answer changed" in said.err


def test_what_was_handed_in_last_is_undone_whatever_round_one_works_in_by_then(
    program: Program, calibration: str
) -> None:
    for key in ("2", "10"):
        answered(program, "ann", key, "near", "--set", "words=x")
    said = program("--as", "ann", "reopen", "10", *NS, "--reason", "unsure")
    assert (said.code, f"In round {calibration[:5]} it is submitted: --round {calibration[:5]}." in said.err) == (
        2,
        True,
    )
    assert program("--as", "ann", "undo").err.startswith("demo:10 · small: ")
    (row,) = (each for each in program("progress", "--json").json if each["annotator"] == "ann" and each["open"])
    assert (row["round"], row["open"], row["draft"]) == (int(calibration), 1, 1)


def test_who_is_at_work_there_and_strangers_are_not_shown_it(program: Program, calibration: str) -> None:
    for name in ("ann", "bob"):
        for key in ("2", "10"):
            answered(program, name, key, "near", "--set", "words=x")
    again = ("--round", calibration)
    assert program("--as", "ann", "reopen", "10", *NS, *again, "--reason", "as we agreed").code == 0
    said = program("--as", "ann", "round", "show", calibration)
    assert "bob" not in said.out.partition("demo:2")[0]
    assert "1 classification left out, closed to you while annotation is blind." in said.err
    nobody = program("round", "show", calibration)
    assert "demo:10" not in nobody.out and "2 classifications left out" in nobody.err
    stranger = program("--as", "cy", "round", "show", calibration)
    assert (stranger.code, "what was handed in is closed to you" in stranger.err) == (2, True), stranger.err


def test_a_round_that_has_nothing_to_show_says_so(program: Program, eva: Desk) -> None:
    for call, code, words in (
        (("round", "show", "1", *NS), 2, "In round 1 under small, nothing was handed in."),
        (("round", "show", "7", *NS), 3, "Under small there is no round 7"),
        (("round", "show", "7"), 3, "There is no round 7"),
        (("round", "show", "48213"), 3, "There is no round 48213"),
    ):
        said = program(*ZOE, *call)
        assert (said.code, words in said.err) == (code, True), (call, said.err)


def test_what_is_handed_in_beside_a_draft_in_another_round_is_told_and_closed_by_then(
    program: Program, calibration: str
) -> None:
    assert program("--as", "ann", "classify", "2", *NS, "--set", "outcome=near", "--round", "1").code == 0
    there = ("--as", "ann", "--round", calibration)
    said = program(*there, "classify", "2", *NS, "--set", "outcome=near", "--set", "words=x", "--submit", "--json")
    assert said.code == 0, said.err
    assert said.json == {"taxonomy": "small", "annotator": "ann", "round": int(calibration), "status": "submitted"}
    done, hint = said.err.splitlines()
    assert done == f"demo:2 · small · ann · round {calibration[:5]}: submitted."
    assert f"so what you said in round {calibration[:5]} stays closed until you hand that in." in hint
    assert program("--as", "ann", "classify", "10", *NS, "--note", "odd", "--round", "1").code == 0
    said = program(*there, "skip", "10", *NS, "--reason", "not about AI")
    assert (said.code, ": skipped." in said.err) == (0, True), said.err
