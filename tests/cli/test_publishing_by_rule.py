"""Publish by rule: what is adjudicated, or submitted, and of which conditions hold."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program

SMALL = ("--taxonomy", "small")
LEAD = ("--as", "lead")


def by_rule(program: Program, *more: str) -> Any:
    said = program("publish", *SMALL, *LEAD, "--json", *more)
    assert said.code == 0, said.err
    return said.json


@pytest.fixture
def decided(program: Program, eva: object) -> Program:
    """Two subjects are adjudicated; of one of them somebody handed in otherwise since."""
    assert eva
    for key, outcome in (("2", "near"), ("10", "happened")):
        for name in ("eva", "ina"):
            said = program("classify", key, *SMALL, "--set", f"outcome={outcome}", "--submit", "--as", name)
            assert said.code == 0, said.err
    assert program("adjudicate", "--agreed", "unanimous", *SMALL, *LEAD).code == 0
    assert program("classify", "10", *SMALL, "--set", "outcome=near", "--submit", "--as", "zoe").code == 0
    return program


def test_what_is_stale_is_refused_and_a_dry_run_changes_nothing(decided: Program) -> None:
    for number in range(3):
        done = by_rule(decided, "--where", "status=adjudicated", *(["--dry-run"] if number < 2 else []))
        assert done["published"] == [{"subject": "demo:2", "annotator": "adjudicated"}]
        assert [(each["subject"], each["reason"]) for each in done["refused"]] == [
            ("demo:10", "the adjudication is stale; reopen it and decide again")
        ]
        assert (done["already"], done["dry_run"]) == (0, number < 2)
    again = decided("publish", *SMALL, *LEAD, "--where", "not stale")
    assert again.err == "0 published, 1 published already, 1 refused.\n"
    assert again.out.startswith("demo:10 · adjudicated  the adjudication is stale")


def test_what_is_published_and_stale_is_told(decided: Program) -> None:
    assert [each["subject"] for each in by_rule(decided, "--where", "outcome=near")["published"]] == ["demo:2"]
    assert by_rule(decided, "--where", "outcome=near")["already"] == 1
    assert decided("classify", "2", *SMALL, "--set", "outcome=happened", "--submit", "--as", "zoe").code == 0
    done = by_rule(decided, "--where", "outcome=near")
    why = "the adjudication is published and stale; withdraw it, reopen it and decide again"
    assert (done["already"], done["refused"]) == (
        0, [{"subject": "demo:2", "annotator": "adjudicated", "reason": why}],
    )  # fmt: skip
    said = decided("publish", *SMALL, *LEAD, "--where", "outcome=near")
    assert said.out == f"demo:2 · adjudicated  {why}\n"
    assert said.err == "0 published, 0 published already, 1 refused.\n"


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        (["outcome=near"], ["demo:2"]),
        (["outcome!=near"], []),
        (["outcome>=near"], ["demo:2"]),
        (["outcome<near"], []),
        (["outcome=near", "reviewed"], []),  # accepted in bulk
        (["not in conflict", "not stale"], ["demo:2"]),
        (["outcome=near", "outcome!=happened"], ["demo:2"]),
        (["outcome>=near", "outcome<=near", "outcome=near"], ["demo:2"]),
        (["outcome!=happened", "deaths!=1", "deaths!=2"], ["demo:2"]),
        (["deaths>1", "deaths<3", "deaths!=0", "deaths>=2"], []),
        (["names=a;b", "names=b;a"], []),
        (["deaths=2", "deaths=02", "deaths>=1e0"], []),
    ],
)
def test_all_conditions_must_hold(decided: Program, conditions: list[str], met: list[str]) -> None:
    done = by_rule(decided, "--dry-run", *(word for each in conditions for word in ("--where", each)))
    assert [each["subject"] for each in done["published"]] == met


def test_what_was_not_adjudicated_needs_a_reason(decided: Program) -> None:
    where = ("--where", "status=submitted", "--where", "annotator=INA")
    assert decided("settings", "reviewers", "lead", *LEAD).code == 0
    assert "--reason" in decided("publish", *SMALL, *LEAD, *where).err
    done = by_rule(decided, *where, "--reason", "as agreed")
    assert [each["annotator"] for each in done["published"]] == ["ina", "ina"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--where", "soon"], "is no condition"),
        (["--where", "status=draft"], "status=adjudicated or status=submitted"),
        (["--where", "words>=x"], "has no order"),
        (["--where", "nothing=x"], "nothing"),
        (["--where", "deaths>=many"], "is compared with a number"),
        (["--where", "deaths=many", "--where", "deaths>1"], "is compared with a number"),
        (["2", "--where", "reviewed"], "Name a subject, or say with --where"),
        (["2", "--dry-run"], "Name a subject, or say with --where"),
    ],
)
def test_what_cannot_be_is_said_in_words(decided: Program, arguments: list[str], words: str) -> None:
    said = decided("publish", *arguments, *SMALL, *LEAD)
    assert said.code != 0
    assert words in said.err


def test_what_is_closed_is_not_told_by_a_dry_run(decided: Program) -> None:
    said = decided("publish", *SMALL, "--as", "dora", "--where", "status=submitted", "--dry-run")
    assert said.err.startswith("0 would be published, 0 published already, 0 refused.\nAnnotation is blind: ")


def test_what_is_stale_is_marked_in_every_form(decided: Program) -> None:
    asked = ("--what", "adjudicated", *SMALL, *LEAD)
    lines = [json.loads(line) for line in decided("export", "jsonl", *asked).out.splitlines()]
    whole = decided("export", "json", *asked).json
    for found in (lines, whole):
        assert [(each["subject"], each["stale"]) for each in found] == [("demo:2", False), ("demo:10", True)]
    for shape, column in (("long", "stale"), ("wide", "stale"), ("subjects", "stale@gold")):
        text = decided("export", "csv", "--shape", shape, *asked).out
        assert [row[column] for row in csv.DictReader(io.StringIO(text))] == ["false", "true"]
    assert " · adjudicated · stale" in decided("show", "10", *LEAD).out
    assert "stale" not in decided("show", "2", *LEAD).out
    assert decided("export", "jsonl", "--out", "out.jsonl", *asked).code == 0
    there = ("--db", "there.db", "--taxonomies", "taxonomies")
    assert "none of the names" not in decided("import", "out.jsonl", *there, *LEAD).out


def test_what_is_stale_is_told_in_the_queue_of_what_is_settled(decided: Program) -> None:
    settled = decided("review", *SMALL, *LEAD, "--settled", "--json").json
    assert [(each["key"], each["stale"]) for each in settled] == [("demo:10", True)]
    assert "stale · Tenth" in decided("review", *SMALL, *LEAD, "--settled").out


@pytest.mark.long
def test_the_rule_of_aiid_publishes_what_aiid_published(program: Program, shared_data: Path) -> None:
    asked = ("--db", "real.db", *LEAD)
    assert program("import", shared_data / "aiid-snapshot", *asked).code == 0
    rule = ("publish", "--taxonomy", "CSETv1", "--where", "status=submitted", "--where", "annotation_status>=2")
    assert program(*rule, "--dry-run", *asked).err == "0 would be published, 676 published already, 0 refused.\n"
    with closing(sqlite3.connect(Path("real.db"))) as connection:
        sql = "SELECT count(*) FROM classifications WHERE taxonomy = 'CSETv1' AND publish = 'published'"
        assert connection.execute(sql).fetchone() == (676,)


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        (("status=submitted", "annotator=nobody"), "Nobody here is called 'nobody'; there is "),
        (("annotator=",), "Nobody here is called ''"),
        (("status=submitted", "status=adjudicated"), "hold both status=submitted and status=adjudicated; name one"),
        (("status=submitted", "annotator=eva", "annotator=ina"), "hold both annotator=eva and annotator=ina; name one"),
        (("annotator=eva",), "what is published is status=adjudicated, which is never eva's"),
        (("status=submitted", "annotator=adjudicated"), "which is never adjudicated's"),
        (("outcome=near", "outcome=happened"), "hold both outcome=near and outcome=happened; leave one away"),
        (("outcome=near", "sure=yes", "1.1!=near"), "hold both outcome=near and 1.1!=near; leave one away"),
        (("outcome<=happened", "outcome>=near"), "hold both outcome<=happened and outcome>=near; leave one away"),
        (("deaths>1", "deaths<2"), "hold both deaths>1 and deaths<2; leave one away"),
        (("deaths>=5", "deaths=4"), "hold both deaths>=5 and deaths=4; leave one away"),
        (
            ("deaths>1", "outcome=near", "deaths<4", "deaths!=2", "deaths<=5", "deaths!=3"),
            "hold all of deaths>1, deaths<4, deaths!=2 and deaths!=3; leave one away",
        ),
        (("outcome>=near", "outcome!=near", "sure=yes"), "hold both outcome>=near and outcome!=near; leave one away"),
        (("names=a;b", "names=a"), "hold both names=a;b and names=a; leave one away"),
    ],
)
def test_conditions_that_nothing_can_meet_are_refused(decided: Program, conditions: tuple[str, ...], why: str) -> None:
    where = [part for each in conditions for part in ("--where", each)]
    said = decided("publish", *SMALL, *LEAD, *where, "--dry-run", "--reason", "urgent")
    assert (said.code, why in said.err) == (2, True), said.err
    amid = [part for each in ("deaths>1", "deaths<5", "deaths!=2", "deaths!=4") for part in ("--where", each)]
    assert decided("publish", *SMALL, *LEAD, *amid, "--dry-run").code == 0
    twice = ("--where", "status=submitted", "--where", "status=submitted", "--where", "annotator=EVA")
    assert decided("publish", *SMALL, *LEAD, *twice, "--where", "annotator=eva", "--dry-run").code == 0
