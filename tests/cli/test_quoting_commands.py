"""Words of a report quoted on the command line, where a field asks for evidence."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import open_desk
from annotator.desk.exchange.tables import COLUMNS
from tests.cli.conftest import Program
from tests.desk.making import make_desk

DESK = ("--db", "desk.db")
SKIPPED = {"jsonl": 0, "json": 1, "csv": 1}
"""Lines of an export before the first classification."""
EVA = (*DESK, "--as", "eva", "classify", "d:1", "--taxonomy", "desk")
ANSWERS = ("--set", "outcome=happened", "--set", "harm=injury")


@pytest.fixture(autouse=True)
def _made(program: Program, tmp_path: Path) -> None:
    make_desk(tmp_path)


def evidence_of(row: str) -> str:
    """What the column of evidence holds in a row of the long table."""
    return next(csv.reader([row]))[COLUMNS.index("evidence")]


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


def test_a_text_that_changed_moves_its_quotations_and_marks_those_whose_words_are_gone(
    program: Program, tmp_path: Path
) -> None:
    def report(text: str) -> Path:
        (tmp_path / "one.json").write_text(json.dumps([{"report_number": 1, "title": "One", "text": text}]))
        return tmp_path / "one.json"

    def spans(form: str) -> list[dict[str, Any]]:
        (line, *_) = program(*DESK, "--as", "eva", "export", form, "--annotator", "eva").out.splitlines()[
            SKIPPED[form] :
        ]
        answers = json.loads(line)["answers"] if form != "csv" else {}
        found: list[dict[str, Any]] = answers["tone"]["evidence"] if answers else json.loads(evidence_of(line))
        return found

    program(*DESK, "import", report("A robot hit a cyclist. The robot hit a wall."))
    quoted = [part for words in ("hit a cyclist", "The robot hit a wall") for part in ("--quote", f"tone={words}")]
    said = program(*DESK, "--as", "eva", "classify", "aiid:r1", "--taxonomy", "desk", "--set", "tone=dry", *quoted)
    assert said.code == 0, said.err
    new = "Corrected: a robot hit a\ncyclist. It missed a wall."
    said = program(*DESK, "import", report(new))
    assert "1 × quotations whose words the new text does not have any more (aiid:r1)" in said.err
    for form in SKIPPED:
        here, gone = spans(form)
        assert new[here["start"] : here["end"]] == here["quote"] == "hit a\ncyclist"
        assert (gone["quote"], gone["gone"], "gone" in here) == ("The robot hit a wall", True, False)
    shown = program(*DESK, "--as", "eva", "show", "aiid:r1")
    assert "“The robot hit a wall” (aiid:r1, no longer in its text)" in shown.out
    program(*DESK, "--as", "eva", "export", "jsonl", "--out", "mine.jsonl")
    assert "1 unchanged" in program(*DESK, "import", "mine.jsonl").err
