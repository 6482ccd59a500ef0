"""What an import tells is the same whether a guess at what is closed to who imports is right or wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer
from tests.cli.conftest import Program

ANN = ("--as", "ann")
WHO = pytest.mark.parametrize("who", [("--as", "bob"), ()], ids=["at work", "nobody"])


@pytest.fixture
def closed(eva: Desk, program: Program) -> None:
    """Ann handed demo:2 in; Bob is at work on it."""
    said = program(
        *ANN, "classify", "2", "--taxonomy", "small", "--set", "outcome=near", "--set", "words=Acme", "--submit",
    )  # fmt: skip
    assert said.code == 0, said.err
    Desk(eva.project, "bob").tagging.answer("demo:2", "small", "words", Answer(value="Ink"))


def told(program: Program, who: Sequence[str], file: str, *more: str) -> tuple[Any, ...]:
    """All that an import of a file tells, with nothing that says which file it was."""
    Path("report.json").unlink(missing_ok=True)
    said = program(*who, "import", file, "--json", "--report", "report.json", *more)
    (one,) = said.json
    reported = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert reported == [one]
    return said.code, said.err.replace(file, "FILE"), {**one, "source": "", "sha256": ""}


def guesses(program: Program, form: str) -> list[str]:
    """Files in Ann's name, as she handed it in, and with another answer."""
    text = program(*ANN, "export", form, "--annotator", "ann").out
    assert "Acme" in text
    for name, words in (("right", "Acme"), ("wrong", "Onyx")):
        Path(f"{name}.{form}").write_text(text.replace("Acme", words), encoding="utf-8")
    return [f"right.{form}", f"wrong.{form}"]


@WHO
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_import_does_not_tell_a_right_guess_from_a_wrong_one(
    program: Program, closed: None, who: Sequence[str], form: str
) -> None:
    right, wrong = guesses(program, form)
    rehearsed = [told(program, who, each, "--dry-run") for each in (right, wrong)]
    assert rehearsed[0] == rehearsed[1]
    code, words, report = rehearsed[0]
    counts = {"added": 0, "updated": 0, "unchanged": 0, "closed to you": 1}
    assert (code, report["counts"]["classifications"]) == (0, counts)
    assert "what becomes of 1 classification whose work is closed to you is not told" in words
    kept = [told(program, who, each) for each in (right, wrong)]
    assert kept[0] == kept[1], "nor when it is kept"
    assert program(*ANN, "conflicts", "--json").json, "what came is kept beside, for those who may see it"
    opened = told(program, ANN, wrong, "--dry-run")[2]["counts"]["classifications"]
    assert "closed to you" not in opened, "who may see it is told"


@WHO
def test_a_new_text_does_not_tell_what_was_quoted_of_the_old(
    program: Program, closed: None, who: Sequence[str]
) -> None:
    def report(name: str, text: str) -> str:
        Path(f"{name}.json").write_text(json.dumps([{"report_number": 1, "title": "One", "text": text}]))
        return f"{name}.json"

    program("import", report("first", "A robot hit a cyclist and went on to the next street."))
    words = ("aiid:r1", "--taxonomy", "small", "--set", "outcome=near", "--set", "words=Acme")
    said = program(*ANN, "classify", *words, "--quote", "words=hit a cyclist", "--submit")
    assert said.code == 0, said.err
    program("--as", "bob", "classify", *words)
    keeps, drops = (
        told(program, who, report(name, f"A robot {what} and went on to the next street."), "--dry-run")
        for name, what in (("keeps", "did hit a cyclist"), ("drops", "missed a cyclist"))
    )
    assert keeps == drops
    assert keeps[2]["counts"]["reports"]["updated"] == 1
    assert told(program, ANN, "drops.json", "--dry-run")[2]["losses"], "who may see the quotation is told"


EVERYTHING = (
    ("list",), ("list", "--annotator", "ann"), ("list", "--json"), ("show", "demo:2"), ("show", "demo:2", "--json"),
    ("history", "demo:2"), ("history", "demo:2", "--json"), ("history", "--team"), ("history", "--team", "--json"),
    ("conflicts",), ("conflicts", "--json"), ("conflicts", "--taxonomy", "small"), ("people", "list"),
    ("people", "list", "--json"), ("verify",), ("verify", "--json"), ("doctor",), ("issues",), ("progress", "--json"),
    ("progress", "--decisions", "--json"), ("disagreements", "--taxonomy", "small"), ("export", "json"),
    ("agreement", "--taxonomy", "small"),
)  # fmt: skip
CHANGING = re.compile(r"[0-9a-f]{6,}(:\d+)?|\d{4}-\d\d-\d\d[T ][\d:.]+Z?|\d+ ms")
"""What is another one each time: ids, digests and moments."""


def traces(program: Program, who: Sequence[str], file: str) -> dict[str, tuple[object, ...]]:
    """All that somebody is told, by command."""
    told = {}
    for each in EVERYTHING:
        code, *words = program(*who, *each)
        told[" ".join(each)] = (code, *(CHANGING.sub("#", said.replace(file, "FILE")) for said in words))
    return told


@WHO
@pytest.mark.parametrize("is_draft", [False, True], ids=["handed in", "draft"])
def test_nothing_tells_afterwards_whether_what_was_imported_was_right(
    program: Program, closed: None, who: Sequence[str], is_draft: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_draft:
        assert program(*ANN, "reopen", "demo:2", "--taxonomy", "small").code == 0
    found = {}
    for file in guesses(program, "csv"):
        copy = Path(f"{file}.db")
        assert program("backup", copy).code == 0
        monkeypatch.setenv("ANNOTATOR_DB", str(copy))
        Path("guess.csv").write_bytes(Path(file).read_bytes())
        for _ in range(2):
            assert program(*who, "import", "guess.csv").code == 0
        found[file] = traces(program, who, file)
        apart = len(program(*ANN, "conflicts", "--json").json)
        assert apart == ("wrong" in file), "what says otherwise is in conflict, for those who may see it"
        assert program(*ANN, "list", "--annotator", "ann").out.count("in conflict") == apart
        monkeypatch.delenv("ANNOTATOR_DB")
    right, wrong = found.values()
    assert right == wrong


def test_what_somebody_brought_before_is_known_although_it_is_closed(program: Program, closed: None) -> None:
    right, wrong = guesses(program, "csv")

    def events(file: str) -> int:
        assert program("--as", "bob", "import", file).code == 0
        return int(program("verify", "--json").json[0]["events"])

    first = events(right)
    assert events(right) == first
    second = events(wrong)
    assert second > first
    assert events(right) == second, "it did not change, and another came between"
