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
    first = disputed("--as", who, "list", *NS, "--assigned", "--json").json
    assert len(first) == 1, (newest, first)
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
