"""Review, rule, adjudicate and publish from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.adjudication import Adjudication
from annotator.errors import StoreFullError
from annotator.model.classification import Answer
from tests.cli.conftest import Program

ASKED = ("--taxonomy", "small")
CLEO = ("--as", "cleo")


@pytest.fixture
def disputed(eva: Desk) -> Desk:
    """Eva and Bob handed in demo:2 and differ on the words."""
    for name, words in (("eva", "Acme"), ("bob", "Acme Inc")):
        desk = Desk(eva.project, name)
        desk.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
        desk.tagging.answer("demo:2", "small", "words", Answer(value=words))
        desk.tagging.answer("demo:2", "small", "names", Answer(value=[name]))
        desk.tagging.submit("demo:2", "small")
    return eva


@pytest.mark.usefixtures("disputed")
def test_a_disputed_subject_from_the_queue_to_the_readers(program: Program) -> None:
    assert program("review", *ASKED, "--json").json == [
        {"key": "demo:2", "title": "Second", "date": "2020-02-02", "fields": 2, "field": "", "ruled": 0}
    ]
    shown = program("review", "2", *ASKED, *CLEO).out
    assert "bob: Acme Inc" in shown
    assert "unanimous: 1.1 Outcome" in shown
    ruled = program("rule", "2", *ASKED, *CLEO, "--field", "Words", "--adopt", "eva", "--cause", "misread")
    assert (ruled.code, ruled.err) == (0, "demo:2 · small · 1.6 Words: ruled; 1 disagreement left.\n")
    assert program("adjudicate", "2", *ASKED, *CLEO).code == 4
    assert program("rule", "2", *ASKED, *CLEO, "--field", "names", "--union", "--cause", "slip").code == 0
    assert program("adjudicate", "2", *ASKED, *CLEO).code == 0
    assert program("publish", "2", *ASKED, *CLEO).code == 0
    review = program("review", "2", *ASKED, "--json").json
    assert (review["status"], review["publish"], review["stale"]) == ("adjudicated", "published", [])
    words = next(each for each in review["fields"] if each["field"] == "words")
    assert (words["source"], words["open"], words["ruling"]["value"]) == ("ruled", False, "Acme")
    assert program("adjudicate", "2", *ASKED, *CLEO, "--reopen").code == 4
    assert program("withdraw", "2", *ASKED, *CLEO).code == 0
    assert program("adjudicate", "2", *ASKED, *CLEO, "--reopen").code == 0
    assert program("undo", *CLEO).err == "demo:2 · small: undid: reopening.\n"
    assert program("doctor").code == 0
    assert "ruled on 1.6 Words: Acme (misread)" in program("history", "2").out
    assert "1 settled" in program("review", *ASKED).err


@pytest.mark.usefixtures("disputed")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["rule", "2", "--field", "words", "--cause", "slip"], 2, "Say one of"),
        (["rule", "2", "--field", "words", "--cause", "slip", "--union"], 4, "there is no union"),
        (["rule", "2", "--field", "outcome", "--cause", "slip", "--value", "perhaps"], 4, "has no choice"),
        (["rule", "2", "--field", "words", "--cause", "boredom", "--union"], 2, "boredom"),
        (["rule", "2", "--field", "words", "--cause", "slip", "--state", "asleep"], 2, "no state to rule"),
        (["adjudicate"], 2, "Name a subject"),
        (["adjudicate", "10"], 4, "nobody has handed in"),
        (["publish", "2"], 4, "is not adjudicated"),
        (["publish", "2", "--reason", "urgent"], 2, "--released"),
        (["publish", "2", "--released", "--annotator", "eva"], 4, "needs a reason"),
        (["withdraw", "2"], 2, "is published"),
    ],
)
def test_what_cannot_be_is_said_in_words(program: Program, arguments: list[str], code: int, words: str) -> None:
    said = program(*arguments, *ASKED, *CLEO)
    assert said.code == code
    assert words in said.err


@pytest.mark.usefixtures("disputed")
def test_ones_own_work_is_for_others_unless_the_project_allows_it(program: Program) -> None:
    rule = ("rule", "2", *ASKED, "--as", "eva", "--field", "words", "--majority", "--cause", "slip")
    assert "classified it yourself" in program(*rule).err
    assert program("settings", "allow_self_adjudication", "yes", *CLEO).code == 0
    (setting,) = (each for each in program("settings", "--json").json if each["name"] == "allow_self_adjudication")
    assert (setting["value"], setting["set_by"]) == ("yes", "cleo")
    assert "has no majority" in program(*rule).err


@pytest.mark.usefixtures("disputed")
def test_bulk_and_what_it_leaves(program: Program, eva: Desk) -> None:
    eva.tagging.answer("demo:10", "small", "outcome", Answer(value="near"))
    eva.tagging.submit("demo:10", "small")
    said = program("adjudicate", "--agreed", "single", *ASKED, *CLEO)
    assert (said.code, said.out) == (0, "demo:2  2 annotators handed in\n")
    assert said.err == "1 subject adjudicated, 1 left for people.\n"


@pytest.mark.usefixtures("disputed")
@pytest.mark.parametrize(
    ("error", "code", "words"),
    [(StoreFullError("The disk is full."), 8, "The disk is full."), (KeyboardInterrupt(), 130, "Stopped.")],
)
def test_bulk_that_is_stopped_halfway_says_how_far_it_came(
    program: Program, eva: Desk, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    for key in ("demo:10", "demo:r1"):
        eva.tagging.answer(key, "small", "outcome", Answer(value="near"))
        eva.tagging.submit(key, "small")
    accept = Adjudication.accept

    def stop_at_the_last(self: Adjudication, key: str, *given: Any) -> None:
        if key == "demo:r1":
            raise error
        accept(self, key, *given)

    monkeypatch.setattr(Adjudication, "accept", stop_at_the_last)
    said = program("adjudicate", "--agreed", "single", *ASKED, *CLEO)
    assert (said.code, said.out) == (code, "demo:2  2 annotators handed in\n")
    assert said.err.splitlines() == [
        "1 subject adjudicated, 1 left for people.",
        "Stopped before 1 subject. What is adjudicated stays; one undo takes it back.",
        words,
    ]
    assert program("undo", *CLEO).err == "demo:10 · small: undid: adjudication.\n"


@pytest.mark.usefixtures("disputed")
def test_exports_of_decisions(program: Program) -> None:
    for field in ("words", "names"):
        program("rule", "2", *ASKED, *CLEO, "--field", field, "--adopt", "eva", "--cause", "slip")
    program("adjudicate", "2", *ASKED, *CLEO)
    raw = program("export", "jsonl")
    assert raw.out.count("\n") == 2
    assert "1 adjudicated left out" in raw.err
    assert program("export", "jsonl", "--what", "both").out.count("\n") == 3
    wide = program("export", "csv", "--shape", "subjects", "--out", "wide.csv")
    assert wide.code == 0
    assert "words@gold" in Path("wide.csv").read_text()
    assert program("export", "json", "--shape", "subjects").code == 2


def test_nobody_is_called_adjudicated(program: Program, eva: Desk) -> None:
    said = program("classify", "2", *ASKED, "--set", "outcome=near", "--as", "Adjudicated")
    assert said.code == 2
    assert "adjudications are kept under" in said.err
