"""A round started beside others leaves their work, review, agreement and progress as they were."""

from __future__ import annotations

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program

NS = ("--taxonomy", "small")
ZOE = ("--as", "zoe")
EVA = ("--as", "eva")
ANN = ("--as", "ann")


@pytest.fixture
def disputed(program: Program, eva: Desk) -> Program:
    """Ann and bob differ on one subject and agree on another; both have one left, also under another taxonomy."""
    assert program(*ZOE, "settings", "reviewers", "eva").code == 0
    for deal in ((*NS, "--kind", "incident"), ("--taxonomy", "harm_type", "--kind", "incident", "--limit", "1")):
        assert program(*ZOE, "assign", *deal, "--to", "ann,bob", "--per-subject", "2").code == 0
    for name, outcome in (("ann", "near"), ("bob", "happened")):
        said = program(
            "--as", name, "classify", "2", *NS, "--set", f"outcome={outcome}", "--set", "words=x", "--submit"
        )
        assert said.code == 0, said.err
    return program


def seen(program: Program) -> list[object]:
    """What the team sees of its work, but for what a new round adds to it."""
    rows = [each for each in program("progress", "--json").json if each["round"] == 1]
    return [
        program(*EVA, "review", *NS, "--json").json,
        program(*EVA, "agreement", *NS, "--json").json,
        program(*EVA, "disagreements", *NS, "--json").json,
        rows,
        program("--as", "bob", "list", "--assigned", "--json").json,
        [each["key"] for each in program(*ANN, "list", "--assigned", "--taxonomy", "harm_type", "--json").json],
    ]


@pytest.mark.parametrize(
    "start",
    [
        ("--purpose", "retest", "--share", "1", "--to", "ann"),
        ("--purpose", "calibration", "--to", "ann,cy", "--kind", "report", "--limit", "1"),
        ("--purpose", "training", "--to", "cy", "--kind", "report", "--limit", "1"),
        ("--purpose", "second-pass", "--to", "cy", "--share", "1"),
    ],
    ids=["retest", "calibration", "training", "second pass"],
)
def test_a_round_of_one_subject_changes_nothing_for_the_others(disputed: Program, start: tuple[str, ...]) -> None:
    before = seen(disputed)
    assert len(before[0]) == 1 and before[1] and before[2]  # type: ignore[arg-type]
    said = disputed(*ZOE, "round", "start", *NS, *start)
    assert said.code == 0, said.err
    assert seen(disputed) == before
    newest = disputed("round", "--json").json[-1]
    who = "ann" if "ann" in start[-1] or "ann" in start[3] or "ann,cy" in start else "cy"
    new, *others = disputed("--as", who, "list", *NS, "--assigned", "--json").json
    assert new["elsewhere"] == [] and all(each["elsewhere"] for each in others), (newest, new, others)
    assert f"this is round {str(newest['round'])[:5]}" in disputed("--as", who, "list", *NS).err
    assert "this is round 1;" in disputed(*EVA, "review", *NS).err


def test_what_is_handed_in_there_leaves_them_so_too(disputed: Program) -> None:
    assert disputed(*ZOE, "round", "start", *NS, "--purpose", "retest", "--share", "1", "--to", "ann").code == 0
    before = seen(disputed)
    said = disputed("--as", "ann", "classify", "2", *NS, "--set", "outcome=near", "--set", "words=x", "--submit")
    assert said.code == 0 and "round" in said.err
    assert seen(disputed) == before
    number = str(disputed("round", "--json").json[-1]["round"])
    assert [each["annotator"] for each in disputed("export", "json", "--round", number).json] == ["ann"]
    (row,) = (each for each in disputed(*EVA, "--round", number[:5], "agreement", "annotators", *NS, "--json").json
              if each["against"] == "round 1" and each["field"] == "outcome")  # fmt: skip
    assert (row["annotator"], row["percent"]) == ("ann", 100)


@pytest.fixture
def two_rounds(program: Program, eva: Desk) -> tuple[Program, int]:
    """Ann has one incident to do in the first round, and the other one in a calibration."""
    program(*ZOE, "assign", *NS, "--to", "ann,bob", "--per-subject", "2", "second")
    said = program(*ZOE, "round", "start", *NS, "--purpose", "calibration", "--to", "ann,bob", "Tenth")
    assert said.code == 0, said.err
    return program, program("round", "--json").json[-1]["round"]


def done_in(program: Program, name: str) -> dict[int, int]:
    return {each["round"]: each["submitted"] + each["skipped"] for each in program("progress", "--json").json
            if each["annotator"] == name}  # fmt: skip


def test_a_subject_is_classified_in_the_round_it_is_to_be_done_in(two_rounds: tuple[Program, int]) -> None:
    program, calibration = two_rounds
    said = program(*ANN, "classify", "2", *NS, "--set", "outcome=happened", "--submit")
    assert (said.code, "round" in said.err) == (0, False), said.err
    assert done_in(program, "ann") == {1: 1, calibration: 0}
    assert program(*ANN, "undo").code == 0
    assert program(*ANN, "skip", "2", *NS, "--reason", "x").code == 0
    said = program(*ANN, "classify", "10", *NS, "--set", "outcome=happened", "--submit")
    assert f"round {str(calibration)[:5]}" in said.err
    assert done_in(program, "ann") == {1: 1, calibration: 1}


def test_what_is_no_subject_of_a_calibration_is_classified_in_the_round_for_results(
    two_rounds: tuple[Program, int],
) -> None:
    program, calibration = two_rounds
    program(*ZOE, "assign", "--take-back", "ann", "--round", "1")
    said = program(*ANN, "classify", "2", *NS, "--set", "outcome=happened")
    assert (said.code, "round" in said.err) == (0, False), said.err
    (row,) = (each for each in program("progress", "--json").json if each["draft"])
    assert (row["annotator"], row["round"]) == ("ann", 1)
    said = program(*ANN, "classify", "2", *NS, "--set", "outcome=near", "--round", str(calibration)[:5])
    assert said.code != 0 or f"round {str(calibration)[:5]}" in said.err


def test_the_queue_marks_what_is_to_do_in_another_round(two_rounds: tuple[Program, int]) -> None:
    program, _ = two_rounds
    listed = program(*ANN, "list", "--kind", "incident").out
    assert (listed.count("assigned under small"), listed.count("assigned under small in round 1")) == (2, 1)


def test_all_that_is_to_do_is_listed_in_whatever_round_but_that_of_the_one_worked_in_first(
    two_rounds: tuple[Program, int],
) -> None:
    program, calibration = two_rounds
    small = {"assigned": ["small"]}
    first, second = program(*ANN, "list", "--assigned", "--json").json
    assert first.items() >= {"key": "demo:10", "elsewhere": [], **small}.items()
    assert second.items() >= {"key": "demo:2", "elsewhere": [{"taxonomy": "small", "round": 1}], **small}.items()
    assert program(*ANN, "list", "--assigned", *NS, "--limit", "1", "--json").json == [first]
    (only,) = program(*ANN, "list", "--assigned", "--round", "1", "--json").json
    assert (only["key"], only["elsewhere"]) == ("demo:2", [])
    said = program(*ZOE, "assign", *NS, "--to", "ann", "--round", str(calibration), "second")
    assert said.code == 0, said.err
    both = program(*ANN, "list", "--assigned", "--json").json  # one of them in two rounds
    assert [len(each["elsewhere"]) for each in both] == [0, 1]
    assert "assigned under small, small in round 1" in program(*ANN, "list", "--assigned").out


def test_of_a_closed_round_nothing_but_what_is_begun_is_to_do(two_rounds: tuple[Program, int]) -> None:
    program, calibration = two_rounds
    assert program(*ANN, "classify", "10", *NS, "--set", "outcome=near", "--round", str(calibration)).code == 0
    assert program(*ZOE, "round", "close", str(calibration), "--take-back").code == 0
    assert len(program(*ANN, "list", "--assigned", "--json").json) == 2
    assert program(*ANN, "undo").code == 0
    assert [each["key"] for each in program(*ANN, "list", "--assigned", "--json").json] == ["demo:2"]
