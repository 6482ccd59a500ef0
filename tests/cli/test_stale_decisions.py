"""A decision on other answers than there are now shows wherever decisions are counted, until it is made again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program, Said

SMALL = ("--taxonomy", "small")
LEAD = ("--as", "lead")


def hand_in(program: Program, name: str, key: str, outcome: str) -> None:
    """Somebody hands in, taking back what they had handed in before."""
    program("reopen", key, *SMALL, "--as", name)
    said = program("classify", key, *SMALL, "--set", f"outcome={outcome}", "--submit", "--as", name)
    assert said.code == 0, said.err


def found(program: Program, *asked: str, name: str = "lead") -> Any:
    said = program(*asked, "--json", "--as", name)
    assert said.code == 0, said.err
    return said.json


def stale(program: Program, name: str = "lead") -> dict[str, Any]:
    """Every place that tells of stale decisions, with what somebody is told there."""
    adjudicated = found(program, "list", *SMALL, "--status", "adjudicated", name=name)
    exported = program("export", "jsonl", "--what", "adjudicated", *SMALL, "--as", name).out
    lists = {
        "list": [each["key"] for each in found(program, "list", "--stale", name=name)],
        "under": [each["key"] for each in found(program, "list", "--stale", *SMALL, name=name)],
        "adjudicated": [each["key"] for each in adjudicated if each["stale"] == ["small"]],
        "review": [each["key"] for each in found(program, "review", *SMALL, "--stale", name=name)],
        "export": [one["subject"] for one in map(json.loads, exported.splitlines()) if one["stale"]],
    }
    counted = sum(each["stale"] for each in found(program, "progress", "--decisions", name=name))
    return {"progress": counted, **{where: sorted(keys) for where, keys in lists.items()}}


def everywhere(*keys: str) -> dict[str, Any]:
    """What all of them tell of so many."""
    names = ("list", "under", "adjudicated", "review", "export")
    return {"progress": len(keys), **{name: list(keys) for name in names}}


def at(program: Program, file: str) -> Program:
    """The same commands at another database."""

    def call(*arguments: str | Path) -> Said:
        return program("--db", file, "--taxonomies", "taxonomies", *arguments)

    return call


@pytest.fixture
def decided(program: Program, eva: object) -> Program:
    """Two handed in alike on two subjects, and both are adjudicated."""
    assert eva
    for key in ("2", "10"):
        for name in ("eva", "ina"):
            hand_in(program, name, key, "near")
    assert program("adjudicate", "--agreed", "unanimous", *SMALL, *LEAD).code == 0
    assert stale(program) == everywhere()
    return program


def test_it_shows_everywhere_until_it_is_decided_again(decided: Program) -> None:
    hand_in(decided, "ina", "10", "happened")
    assert stale(decided) == everywhere("demo:10")
    hand_in(decided, "ina", "10", "near")
    assert stale(decided) == everywhere(), "it is what was decided on again"
    hand_in(decided, "eva", "2", "happened")
    hand_in(decided, "ina", "2", "happened")
    assert stale(decided) == everywhere("demo:2"), "also where nobody differs"
    assert decided("adjudicate", "2", *SMALL, "--reopen", *LEAD).code == 0
    assert stale(decided) == everywhere(), "nothing is decided"
    assert decided("adjudicate", "2", *SMALL, *LEAD).code == 0
    assert stale(decided) == everywhere()


@pytest.mark.parametrize("way", ["undo", "reopen", "hand in too", "rename"])
def test_whatever_takes_away_what_it_was_made_on_makes_it_stale(decided: Program, way: str) -> None:
    if way == "hand in too":
        hand_in(decided, "zoe", "10", "near")
    elif way == "undo":
        assert decided("undo", "--as", "ina").code == 0
    else:
        assert decided("reopen", "10", *SMALL, "--as", "ina").code == 0
    if way == "rename":
        assert decided("people", "rename", "ina", "Ina B", *LEAD).code == 0
    assert stale(decided) == everywhere("demo:10")
    if way == "undo":
        assert decided("redo", "--as", "ina").code == 0
        assert stale(decided) == everywhere()
    assert decided("doctor", "--rebuild").code == 0
    assert stale(decided)["progress"] == (0 if way == "undo" else 1)


def test_deciding_about_what_one_classified_too_hangs_on_the_setting(decided: Program) -> None:
    assert decided("settings", "blind_annotation", "no", *LEAD).code == 0
    assert decided("classify", "10", *SMALL, "--note", "me too", *LEAD).code == 0
    assert stale(decided)["list"] == ["demo:10"]
    assert decided("settings", "allow_self_adjudication", "yes", *LEAD).code == 0
    assert stale(decided)["list"] == []
    assert decided("settings", "allow_self_adjudication", "no", *LEAD).code == 0
    assert stale(decided)["list"] == ["demo:10"]


def test_what_a_merge_brings_makes_it_stale(decided: Program) -> None:
    assert decided("backup", "copy.db").code == 0
    hand_in(at(decided, "copy.db"), "ina", "10", "happened")
    assert decided("merge", "copy.db", *LEAD).code == 0
    assert stale(decided) == everywhere("demo:10")


def test_an_import_of_others_work_makes_it_stale(decided: Program) -> None:
    there = at(decided, "there.db")
    assert decided("export", "jsonl", "--what", "raw", "--annotator", "ina", "--out", "ina.jsonl").code == 0
    assert there("import", "ina.jsonl", *LEAD).code == 0
    assert there("adjudicate", "--agreed", "single", *SMALL, *LEAD).code == 0
    assert stale(there) == everywhere()
    assert decided("export", "jsonl", "--what", "raw", "--annotator", "eva", "--out", "eva.jsonl").code == 0
    assert there("import", "eva.jsonl", *LEAD).code == 0
    assert stale(there) == everywhere("demo:10", "demo:2")


@pytest.mark.parametrize("name", ["dora", "DORA"])
def test_whoever_is_at_work_on_it_is_told_nowhere(decided: Program, name: str) -> None:
    assert decided("classify", "10", *SMALL, "--note", "to be done", "--as", "dora").code == 0
    hand_in(decided, "ina", "10", "happened")
    hand_in(decided, "ina", "2", "happened")
    told = stale(decided, name)
    assert told.pop("export") == []
    assert told == {name: each for name, each in everywhere("demo:2").items() if name != "export"}
    assert "1 stale decision " in decided("progress", "--decisions", "--as", name).err
    assert decided("skip", "10", *SMALL, "--reason", "not now", "--as", name).code == 0
    assert stale(decided, name)["list"] == ["demo:10", "demo:2"]


def test_it_is_told_in_words(decided: Program) -> None:
    hand_in(decided, "ina", "10", "happened")
    progress = decided("progress", "--decisions", *LEAD)
    assert progress.out.split()[:7] == ["ROUND", "TAXONOMY", "DISPUTED", "SETTLED", "ADJUDICATED", "PUBLISHED", "STALE"]
    assert progress.out.split()[7:] == ["1", "small", "0", "1", "2", "0", "1"]
    assert "1 stale decision to make again (`annotator list --stale`)." in progress.err
    assert "decision stale under small" in decided("list", "--stale", *LEAD).out
    listed = decided("list", "--status", "adjudicated", *LEAD).out.splitlines()[1:]
    assert {line.split()[0]: "decision stale" in line for line in listed} == {"demo:2": False, "demo:10": True}
    review = decided("review", *SMALL, "--stale", *LEAD)
    assert "stale · Tenth" in review.out
    assert review.err == "0 disputed subjects open, 1 settled, 1 stale decision.\n"
    assert "about the queue" in decided("review", "10", *SMALL, "--stale", *LEAD).err
