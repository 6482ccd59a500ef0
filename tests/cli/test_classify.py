"""Classifying from the command line, and what follows it: skip, reopen, flag, undo, history."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program, Said

AS = ("--as", "eva")


def classify(program: Program, *arguments: str) -> Said:
    return program(*AS, "classify", "2", "--taxonomy", "small", *arguments)


def answers(program: Program, key: str = "2") -> dict[str, Any]:
    """The values of eva's answers, states in braces."""
    found = [each for each in program("show", key, "--json").json["classifications"] if each["annotator"] == "eva"]
    given = found[0]["answers"].items() if found else ()
    return {name: said["value"] if said["state"] == "answered" else f"{{{said['state']}}}" for name, said in given}


@pytest.mark.parametrize(
    ("name", "value", "field", "stored"),
    [
        ("outcome", "near", "outcome", "near"),
        ("1.1", "Near miss", "outcome", "near"),
        ("Outcome", "near MISS", "outcome", "near"),
        ("words", " a=b ", "words", " a=b "),
        ("sure", "yes", "sure", True),
        ("when", "2020-02", "when", "2020-02"),
        ("names", "a; b", "names", ["a", "b"]),
        ("names", '["a; b"]', "names", ["a; b"]),
        ("parties", '[{"name": "Ann", "size": 2}]', "parties", [{"name": "Ann", "size": 2}]),
    ],
)
def test_a_field_is_named_by_id_number_or_label(
    program: Program, eva: Desk, name: str, value: str, field: str, stored: object
) -> None:
    said = classify(program, "--set", f"{name}={value}")
    assert (said.code, said.out, said.err) == (0, "", "demo:2 · small · eva: draft, 1 answer.\n")
    assert answers(program) == {field: stored}


def test_many_steps_are_taken_at_once_and_submitted(program: Program, eva: Desk) -> None:
    said = classify(
        program, "--set", "outcome=happened", "--set", "harm=body/death; Money, lost", "--set", "deaths=3",
        "--state", "when=unknown", "--note", "sure of it", "--submit", "--json",
    )  # fmt: skip
    assert said.code == 0
    document = said.json
    assert (document["status"], document["notes"]) == ("submitted", "sure of it")
    assert document["answers"]["harm"]["value"] == ["death", "money"]
    assert document["answers"]["when"]["state"] == "unknown"
    assert program("list", "--json", "--status", "submitted").json[0]["key"] == "demo:2"


def test_clearing_makes_a_field_unanswered(program: Program, eva: Desk) -> None:
    classify(program, "--set", "words=x", "--set", "sure=no")
    assert classify(program, "--clear", "words").code == 0
    assert answers(program) == {"sure": False}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--set", "outcome=wrong"], 4, "outcome: Outcome has no choice 'wrong'"),
        (["--set", "deaths=many"], 4, "deaths: expects a whole number"),
        (["--set", f"deaths={'9' * 23}"], 4, f"deaths: must lie between {1 - 2**63} and {2**63 - 1}, not '{'9' * 23}'"),
        (["--set", "sure=perhaps"], 4, "sure: expects yes or no"),
        (["--set", "parties=Ann"], 4, "parties: expects JSON"),
        (["--state", "outcome=empty"], 4, "outcome: cannot be 'empty'"),
        (["--submit"], 4, "outcome: is required"),
        (["--set", "outcom=near"], 3, "did you mean"),
        (["--clear", "nothing"], 3, "has no field 'nothing'"),
        (["--state", "outcome=hidden"], 2, "is no state to choose"),
        (["--set", "outcome"], 2, "write FIELD=VALUE"),
        ([], 2, "There is nothing to do"),
    ],
)
def test_one_mistake_and_nothing_is_stored(
    program: Program, eva: Desk, arguments: list[str], code: int, words: str
) -> None:
    right = ["--set", "words=right"] if arguments else []
    said = classify(program, *right, *arguments)
    assert (said.code, said.out) == (code, "")
    assert words in said.err
    assert program("show", "2", "--json").json["classifications"] == []
    assert program("history", "2", "--json").json == []


def test_whoever_classifies_must_have_a_name(program: Program, eva: Desk) -> None:
    said = program("classify", "2", "--taxonomy", "small", "--set", "words=x")
    assert said.code == 2
    assert "--as NAME" in said.err
    assert program("--as", "e\nva", "classify", "2", "--taxonomy", "small", "--set", "words=x").code == 2


def test_an_unknown_subject_or_taxonomy_is_refused(program: Program, eva: Desk) -> None:
    assert program(*AS, "classify", "99", "--taxonomy", "small", "--set", "words=x").code == 3
    assert program(*AS, "classify", "2", "--taxonomy", "smal", "--set", "words=x").code == 3
    assert program(*AS, "classify", "2", "--set", "words=x").code == 2


def test_a_submitted_classification_is_closed_until_it_is_reopened(program: Program, eva: Desk) -> None:
    classify(program, "--set", "outcome=near", "--submit")
    said = classify(program, "--set", "words=late")
    assert said.code == 4
    assert "reopen" in said.err
    assert program(*AS, "reopen", "2", "--taxonomy", "small", "--reason", "new report").code == 0
    assert classify(program, "--set", "words=late").code == 0
    assert program(*AS, "reopen", "2", "--taxonomy", "small").code == 2


def test_a_round_is_a_classification_of_its_own(program: Program, eva: Desk) -> None:
    classify(program, "--set", "outcome=near")
    classify(program, "--set", "outcome=happened", "--round", "2")
    found = program("show", "2", "--json").json["classifications"]
    assert [(each["round"], each["answers"]["outcome"]["value"]) for each in found] == [(1, "near"), (2, "happened")]


def test_skipping_needs_a_reason_and_shows(program: Program, eva: Desk) -> None:
    assert program(*AS, "skip", "2", "--taxonomy", "small").code == 2
    assert program(*AS, "skip", "2", "--taxonomy", "small", "--reason", " ").code == 4
    said = program(*AS, "skip", "2", "--taxonomy", "small", "--reason", "no text")
    assert (said.code, said.err) == (0, "demo:2 · small · eva: skipped, 0 answers.\n")


def test_flags_are_raised_and_resolved(program: Program, eva: Desk) -> None:
    flag = (*AS, "flag", "2", "--taxonomy", "small")
    assert program(*flag).code == 4
    assert program(*flag, "--reason", "which one?", "--field", "1.2").code == 0
    assert len(program("list", "--flagged", "--json").json) == 1
    assert program(*flag, "--resolve").code == 0
    assert program("list", "--flagged", "--json").json == []
    assert program(*flag, "--resolve").code == 3


def test_undo_and_redo_follow_the_annotator_over_calls(program: Program, eva: Desk) -> None:
    assert program(*AS, "undo").code == 3
    classify(program, "--set", "words=one")
    classify(program, "--set", "words=two")
    said = program(*AS, "undo")
    assert (said.code, said.err) == (0, "demo:2 · small: undid: answer to 1.6 Words.\n")
    assert answers(program) == {"words": "one"}
    assert program("undo", "--as", "ann").code == 3
    assert program(*AS, "redo").code == 0
    assert answers(program) == {"words": "two"}
    assert program(*AS, "redo").code == 3
    assert program("undo").code == 2


def test_history_tells_every_event_of_everybody(program: Program, eva: Desk) -> None:
    classify(program, "--set", "outcome=near", "--submit")
    program("--as", "ann", "classify", "2", "--taxonomy", "small", "--note", "hm")
    program("--as", "zoe", "settings", "reviewers", "zoe")  # others may not see it all while ann is at work
    history = partial(program, "--as", "zoe", "history", "2")
    document = history("--json").json
    assert [(each["annotator"], each["kind"]) for each in document] == [
        ("eva", "answer_set"), ("eva", "submitted"), ("ann", "note_set"),
    ]  # fmt: skip
    assert list(document[0]) == [
        "id", "at", "annotator", "kind", "subject", "taxonomy", "of_annotator", "round", "version", "payload",
        "hand_in", "waiting", "clock",
    ]  # fmt: skip
    assert document[0]["payload"] == {"field": "outcome", "answer": {"value": "near"}}
    lines = history().out.splitlines()
    assert [line.split("  ")[-1] for line in lines] == ["1.1 Outcome: Near miss", "submitted", "note: hm"]
    assert len(history("--json", "--annotator", "ann").json) == 1
    assert history("--json", "--taxonomy", "GMF").json == []
    assert history("--taxonomy", "nope").code == 3
