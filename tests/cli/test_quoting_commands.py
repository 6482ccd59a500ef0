"""Words of a report quoted on the command line, where a field asks for evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.desk import open_desk
from tests.cli.conftest import Program
from tests.desk.making import make_desk

DESK = ("--db", "desk.db")
EVA = (*DESK, "--as", "eva", "classify", "d:1", "--taxonomy", "desk")
ANSWERS = ("--set", "outcome=happened", "--set", "harm=injury")


@pytest.fixture(autouse=True)
def _made(program: Program, tmp_path: Path) -> None:
    make_desk(tmp_path)


def quotes(program: Program, annotator: str) -> list[str]:
    """What supports an annotator's answer on the kind of harm."""
    shown = program(*DESK, "--as", annotator, "show", "d:1", "--json").json["classifications"]
    (mine,) = (each for each in shown if each["annotator"] == annotator)
    return [span["quote"] for span in mine["answers"]["harm"]["evidence"]]


def test_a_field_that_needs_evidence_can_be_handed_in(program: Program) -> None:
    assert program(*EVA, *ANSWERS, "--submit").code == 4
    assert program(*EVA, *ANSWERS, "--quote", "harm=broke\n his  arm", "--submit").code == 0
    assert quotes(program, "eva") == ["broke his arm"]


def test_several_quotes_add_up_and_the_same_one_counts_once(program: Program) -> None:
    program(*EVA, *ANSWERS, "--quote", "harm=fell over it", "--quote", "1.2=broke his arm")
    program(*EVA, "--quote", "harm=fell over it")
    assert quotes(program, "eva") == ["fell over it", "broke his arm"]


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("harm=walked away", "“walked away” stands in no report of this subject"),
        ("harm=The robot stood", "stands in 2 places; quote more words around it"),
        ("harm= ", "There are no words in this quote"),
        ("deaths=fell over it", "is not answered, so nothing can support it"),
    ],
)
def test_what_cannot_be_quoted_is_refused_and_nothing_stored(program: Program, quote: str, words: str) -> None:
    said = program(*EVA, *ANSWERS, "--quote", quote)
    assert said.code == 4
    assert words in said.err
    assert program(*DESK, "--as", "eva", "show", "d:1", "--json").json["classifications"] == []


def test_a_ruling_quotes_a_report_too(program: Program, tmp_path: Path) -> None:
    for name, harm in (("eva", "injury"), ("bob", "death")):
        answer = ("--set", "outcome=happened", "--set", f"harm={harm}", "--quote", "harm=fell over it")
        more = ("--set", "deaths=1") if harm == "death" else ()
        assert program(*DESK, "--as", name, *EVA[4:], *answer, *more, "--submit").code == 0
    rule = (*DESK, "--as", "cleo", "rule", "d:1", "--taxonomy", "desk", "--field", "harm", "--cause", "misread")
    decide = (*DESK, "--as", "cleo", "adjudicate", "d:1", "--taxonomy", "desk")
    assert program(*rule, "--value", "money").code == 0
    refused = program(*decide)
    assert (refused.code, "needs evidence" in refused.err) == (4, True), refused.err
    assert program(*rule, "--adopt", "eva", "--quote", "his arm").code == 2
    assert program(*rule, "--value", "money", "--quote", "broke his arm").code == 0
    assert program(*decide).code == 0
    desk = open_desk(tmp_path / "desk.db", "cleo")
    ruling = desk.review.classification("d:1", "desk").rulings["harm"]
    desk.close()
    assert [span.quote for span in ruling.answer.evidence] == ["broke his arm"]
