"""Dealing out, rounds and progress from the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer, Identity
from tests.cli.conftest import Program

DEAL = ("assign", "--taxonomy", "small", "--as", "zoe")


def test_dealing_prints_who_got_how_much(program: Program, eva: Desk) -> None:
    said = program(*DEAL, "--to", "ann,bob", "--per-subject", "2", "--batch-size", "2")
    assert said.code == 0
    assert [line.split() for line in said.out.splitlines()] == [
        ["ANNOTATOR", "ASSIGNED", "SHARED", "BATCHES"],
        ["ann", "3", "3", "2", "of", "2,", "the", "last", "of", "1"],
        ["bob", "3", "3", "2", "of", "2,", "the", "last", "of", "1"],
    ]
    assert said.err == (
        "Dealt 6 assignments of 3 subjects under small in round 1, with seed 0.\n"
        "ann and bob are new here; nobody was called so before.\n"
    )
    assert program(*DEAL, "--to", "bob,ann", "--per-subject", "2").err.startswith(
        "Nothing is missing: 3 subjects under small"
    )


def test_the_document_of_a_deal_has_its_strata(program: Program, eva: Desk) -> None:
    said = program(*DEAL, "--to", "ann,bob", "--overlap", "1", "--stratify", "date", "--dry-run", "--json")
    document = said.json
    assert {name: document[name] for name in ("taxonomy", "round", "seed", "subjects", "assigned", "dry_run")} == {
        "taxonomy": "small", "round": 1, "seed": 0, "subjects": 3, "assigned": 4, "dry_run": True,
    }  # fmt: skip
    assert [each["annotator"] for each in document["shares"]] == ["ann", "bob"]
    assert sum(each["shared"] for each in document["strata"]) == 1
    assert sum(each["subjects"] for each in document["strata"]) == 3
    assert program("progress", "--json").json == []


def test_subjects_are_chosen_as_they_are_listed(program: Program, eva: Desk) -> None:
    assert program(*DEAL, "--to", "ann", "second").err.startswith("Dealt 1 assignment of 1 subject ")
    assert [each["key"] for each in program("list", "--assigned", "--as", "ann", "--json").json] == ["demo:2"]
    assert program(*DEAL, "--to", "ann", "--kind", "incident", "--dry-run").err.startswith("Would deal 1 assignment")
    between = ("--since", "2020", "--until", "2020-02", "--dry-run")
    assert "of 1 subject " in program(*DEAL, "--to", "bob", "--per-subject", "2", *between).err
    assert "of 2 subjects " in program(*DEAL, "--to", "ann", "--limit", "2", "--dry-run").err


def test_keys_come_from_a_file_or_a_pipe(
    program: Program, eva: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys.txt"
    file.write_text("demo:2\n\nr1\n", encoding="utf-8")
    assert "of 2 subjects " in program(*DEAL, "--to", "ann", "--keys", file).err
    monkeypatch.setattr("sys.stdin", io.StringIO("demo:10\n"))
    assert "of 1 subject " in program(*DEAL, "--to", "ann", "--keys", "-").err
    file.write_text("demo:99\n", encoding="utf-8")
    said = program(*DEAL, "--to", "ann", "--keys", file)
    assert (said.code, "demo:99" in said.err) == (3, True)
    said = program(*DEAL, "--to", "ann", "--keys", "nowhere.txt")
    assert (said.code, "nowhere.txt: there is no such file" in said.err) == (3, True)
    assert program(*DEAL, "--to", "ann", "--keys", file, "second").code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "ann"), "Say under which taxonomy"),
        (("--taxonomy", "small"), "Name who is to classify"),
        (("--taxonomy", "small", "--to", "ann", "--stratify", "date"), "how large: --overlap"),
        (("--taxonomy", "small", "--to", "ann", "--overlap-per-subject", "2"), "how large: --overlap"),
        (("--taxonomy", "small", "--to", "ann", "--per-subject", "0"), "--per-subject"),
    ],
)
def test_what_is_missing_is_asked_for(program: Program, eva: Desk, arguments: tuple[str, ...], words: str) -> None:
    said = program("assign", "--as", "zoe", *arguments)
    assert (said.code, words in said.err) == (2, True)


def test_somebody_answers_for_a_deal_but_anybody_may_rehearse_one(program: Program, eva: Desk) -> None:
    deal = ("assign", "--taxonomy", "small", "--to", "ann")
    assert "Say who you are" in program(*deal).err
    assert program(*deal, "--dry-run").code == 0


def test_what_somebody_leaves_is_taken_back_and_dealt_to_others(program: Program, eva: Desk) -> None:
    program(*DEAL, "--to", "ann")
    assert program("--as", "ann", "skip", "2", "--taxonomy", "small", "--reason", "none").code == 0
    said = program("assign", "--take-back", "ann", "--as", "zoe", "--dry-run", "--json")
    assert said.json == {
        "annotator": "ann", "round": None, "taken_back": 2, "open": 2, "random": None, "dry_run": True,
        "batches": [{"taxonomy": "small", "round": 1, "batch": 1, "taken": 2, "begun": 0, "left": 0}],
    }  # fmt: skip
    assert program("assign", "--take-back", "ann", "--as", "zoe").err.startswith("Took 2 assignments back from ann")
    assert program(*DEAL, "--to", "bob").err.startswith("Dealt 2 assignments")
    assert program("assign", "--take-back", "nobody", "--as", "zoe").code == 3


def test_open_work_moves_when_somebody_leaves(program: Program, eva: Desk) -> None:
    program(*DEAL, "--to", "ann,bob", "--per-subject", "2")
    program("people", "leave", "bob", "--as", "zoe")
    move = (*DEAL, "--rebalance", "--to", "ann,cy")
    rehearsed = program(*move, "--dry-run")
    assert rehearsed.err == (
        "Would move 3 of 6 open assignments under small in round 1; what is begun stays.\n"
        "cy is new here; nobody was called so before.\n"
    )
    assert program(*move, "--dry-run", "--json").json["moves"][0].keys() == {"subject", "giver", "taker"}
    said = program(*move)
    assert (said.code, said.out) == (0, rehearsed.out)
    assert [line.split() for line in said.out.splitlines()] == [
        ["ANNOTATOR", "OPEN", "GIVES", "GETS", "AFTER"],
        ["ann", "3", "0", "0", "3"], ["bob", "3", "3", "0", "0"], ["cy", "0", "0", "3", "3"],
    ]  # fmt: skip
    assert program(*move).err.startswith("Nothing is to be moved under small in round 1")
    told = program("history", "--team").out
    assert "took 3 subjects back from bob under small" in told and "gave cy 3 subjects under small" in told


def test_assigned_work_is_listed_first_and_for_whom_it_is_asked(program: Program, eva: Desk) -> None:
    program(*DEAL, "--to", "ann", "--limit", "1", "second")
    assert program("list", "--as", "ann", "--json").json[0]["key"] == "demo:2"
    assert program("list", "--as", "bob", "--json").json[0]["key"] == "demo:10"
    said = program("list", "--assigned", "--annotator", "ann", "--json").json
    assert [(each["key"], each["assigned"]) for each in said] == [("demo:2", ["small"])]
    assert "assigned under small" in program("list", "--as", "ann").out
    assert "Say whose open work" in program("list", "--assigned").err


def test_a_round_that_is_started_is_worked_in(program: Program, eva: Desk) -> None:
    for field, value in {"outcome": "near", "words": "fell"}.items():
        eva.tagging.answer("demo:2", "small", field, Answer(value=value))
    eva.tagging.submit("demo:2", "small")
    start = ("round", "start", "--purpose", "retest", "--taxonomy", "small", "--as", "zoe")
    assert program(*start, "--dry-run").err.startswith("Would deal 1 assignment")
    assert [each["round"] for each in program("round", "--json").json] == [1]
    said = program(*start)
    first, second = program("round", "list", "--taxonomy", "small", "--json").json
    number = second["round"]
    assert (said.code, f"Round {str(number)[:5]} (retest) under small has begun" in said.err) == (0, True)
    assert (first["purpose"], first["assigned"]) == ("first", 0)
    told = {"purpose": "retest", "started_by": "zoe", "people": 1, "assigned": 1, "done": 0, "closed_at": None}
    assert second == second | told
    listed = [line.split()[:3] for line in program("round").out.splitlines()[1:]]
    assert listed == [["small", "1", "first"], ["small", str(number)[:5], "retest"]]
    assert program("list", "--as", "eva", "--assigned", "--json").json[0]["key"] == "demo:2"
    program("classify", "2", "--taxonomy", "small", "--set", "outcome=near", "--as", "eva")
    former = Identity(subject="demo:2", taxonomy="small", annotator="eva", round=1)
    assert eva.store.classification(former).status == "submitted"
    rows = {each["round"]: each for each in program("progress", "--json").json}
    again = rows[number]
    assert (rows[1]["submitted"], again["assigned"], again["open"], again["draft"]) == (1, 1, 1, 1)
    assert [each["round"] for each in program("progress", "--round", "1", "--json").json] == [1]
    assert program(*start, "--per-subject", "2").code == 2


def test_a_day_that_is_not_told_is_null(program: Program, eva: Desk) -> None:
    program(*DEAL, "--to", "ann")
    program("--as", "bob", "skip", "2", "--taxonomy", "small", "--reason", "none")
    found = program("progress", "--pace", "--json").json
    assert [(each["annotator"], each["per_week"], each["done_on"]) for each in found] == [
        ("ann", None, None), ("bob", 1.0, None),
    ]  # fmt: skip


def test_the_pace_is_told_and_work_given_another_day(program: Program, eva: Desk) -> None:
    program(*DEAL, "--to", "ann", "--due", "2999-12-31")
    program("--as", "ann", "skip", "2", "--taxonomy", "small", "--reason", "none")
    said = program("progress", "--pace")
    assert (said.code, said.err) == (0, "Nobody is late.\n")
    assert said.out.splitlines()[1].split()[:7] == ["1", "small", "ann", "2", "0", "2999-12-31", "1.0"]
    (row,) = program("progress", "--pace", "--json").json
    assert row.pop("done_on") > "2026-11-27" and row.pop("median_seconds") is None
    assert row == {
        "annotator": "ann", "taxonomy": "small", "round": 1, "open": 2, "late": 0, "due": "2999-12-31",
        "per_week": 1.0,
    }  # fmt: skip
    assert program("progress", "--pace", "--decisions").code == 2
    move = ("assign", "--as", "zoe", "--redate", "ann", "--due", "2998-01-31")
    assert program(*move, "--dry-run", "--json").json == {
        "annotator": "ann", "due": "2998-01-31", "changed": 2, "open": 2, "dry_run": True,
    }  # fmt: skip
    assert program(*move).err == "Are now due on 2998-01-31: 2 assignments of ann, of 2 that are open.\n"
    assert "lead gave ann" not in program("history", "--team").out
    assert "due on 2998-01-31" in program("history", "--team").out
    assert program("progress", "--json").json[0]["due"] == "2998-01-31"


def test_a_lead_is_told_who_is_late_and_everybody_else_of_themselves_alone(
    program: Program, eva: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(*DEAL, "--to", "ann,bob", "--due", "2999-12-31")
    program(*DEAL, "--to", "cy", "--per-subject", "2")
    assert program("--as", "zoe", "people", "role", "zoe", "lead").code == 0
    monkeypatch.setattr("annotator.desk.team.progress.today", lambda: "3000-01-01")
    late = {
        name: program("--as", "zoe", "progress", "--json").json[at]["late"] for at, name in enumerate(("ann", "bob"))
    }
    assert sum(late.values()) == 3

    def told(name: str) -> list[dict[str, object]]:
        return [{"annotator": each["annotator"], "late": each["late"], "due": each["due"]}
                for each in program("--as", name, "progress", "--json").json]  # fmt: skip

    assert told("ann")[0] == {"annotator": "ann", "late": late["ann"], "due": "2999-12-31"}
    assert told("ann")[1] == {"annotator": "bob", "late": None, "due": None}
    everybody = f"Late: ann {late['ann']}, bob {late['bob']}.\n"
    for more in ((), ("--pace",)):
        assert program("--as", "zoe", "progress", *more).err.endswith(everybody)
        said = program("--as", "ann", "progress", *more)
        assert said.err.endswith(f"You are late with {late['ann']}.\n") and said.out.count("2999-12-31") == 1
        assert "late" not in program("--as", "cy", "progress").err
    said = program("--as", "cy", "progress", "--pace")
    assert (said.err, "2999-12-31" in said.out) == ("You are not late.\n", False)
    assert "Who is late is told a lead" in program("progress", "--pace").err
    heads, first, *_ = program("--as", "zoe", "progress").out.splitlines()
    assert heads.split()[4:7] == ["OPEN", "LATE", "DUE"] and first.split()[5:7] == [str(late["ann"]), "2999-12-31"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--redate", "ann"), 2, "Say until when: --due 2027-01-31."),
        (("--redate", "ann", "--due", "2020-01-01"), 2, "is over already"),
        (("--redate", "ann", "--due", "soon"), 2, "'soon' is no day; write it as 2027-01-31."),
        (("--redate", "ann", "--due", "20270131"), 2, "is no day"),
        (("--redate", "ann", "--due", "2999-01-31", "--overlap", "20%"), 2, "--redate deals nothing"),
        (("--redate", "ann", "--due", "2999-01-31", "--take-back", "ann"), 2, "leave the other one out"),
        (("--redate", "cy", "--due", "2999-01-31"), 3, "Nothing is assigned to 'cy'"),
        (("--to", "ann", "--taxonomy", "small", "--due", "2026-02-30"), 2, "is no day"),
        (("--to", "ann", "--taxonomy", "small", "--due", "2020-01-01"), 2, "is over already"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    program: Program, eva: Desk, options: tuple[str, ...], code: int, words: str
) -> None:
    program(*DEAL, "--to", "ann")
    said = program("assign", "--as", "zoe", *options)
    assert (said.code, words in said.err) == (code, True), said.err


def test_what_there_is_none_of_is_null(program: Program, eva: Desk) -> None:
    dealt = program(*DEAL, "--to", "ann", "--json").json
    started = program(
        "--as", "zoe", "round", "start", "--taxonomy", "small", "--to", "bob", "--purpose", "second-pass", "--json"
    ).json
    assert (dealt["due"], started["due"]) == (None, None)
    begun = program("progress", "--json").json
    assert [(each["last"], each["due"]) for each in begun] == [(None, None)] * 2
    rounds = program("round", "list", "--json").json
    assert [(each["started_by"] is None, each["closed_at"], each["closed_by"]) for each in rounds] == [
        (True, None, None), (False, None, None),
    ]  # fmt: skip
    assert {each["set_at"] for each in program("settings", "--json").json} == {None}
    assert program("--as", "zoe", "people", "role", "zoe", "lead").code == 0
    assert [each["left_at"] for each in program("people", "role", "--json").json] == [None]


def test_progress_has_the_promised_shape(program: Program, eva: Desk) -> None:
    assert program("progress").err == "Nothing is assigned yet.\n"
    program(*DEAL, "--to", "ann")
    program("--as", "ann", "skip", "2", "--taxonomy", "small", "--reason", "none")
    (row,) = program("progress", "--json").json
    assert row.pop("last").endswith("Z")
    assert row == {
        "annotator": "ann", "taxonomy": "small", "round": 1, "assigned": 3, "open": 2, "draft": 0, "skipped": 1,
        "submitted": 0, "late": 0, "due": None,
    }  # fmt: skip
    assert program("progress").err == "1 of 3 assignments done.\n"
    assert program("progress", "--pace", "--json").json[0]["due"] is None
    assert program("progress", "--taxonomy", "GMF", "--json").json == []
    assert program("progress", "--taxonomy", "nope").code == 3
    assert program("progress", "--decisions", "--json").json == []


def test_names_cannot_steer_the_terminal(program: Program, eva: Desk) -> None:
    program(*DEAL, "--to", "ann")
    with eva.store.writing() as transaction:
        transaction.execute("UPDATE assignments SET annotator = ?", ("\x1b[31mred\u202e",))
    for arguments in (("progress",), ("progress", "--json"), (*DEAL, "--take-back", "x")):
        said = program(*arguments)
        assert "\x1b" not in said.out + said.err and "\u202e" not in said.out + said.err


def test_a_draft_in_a_closed_round_hides_no_work_and_the_other_rounds_are_told_with_what_is_to_do_there(
    program: Program, eva: Desk, tmp_path: Path
) -> None:
    first, others = tmp_path / "first.txt", tmp_path / "others.txt"
    first.write_text("demo:10\n", encoding="utf-8")
    others.write_text("demo:2\nr1\n", encoding="utf-8")
    start = ("round", "start", "--as", "zoe", "--purpose", "calibration", "--taxonomy", "small", "--to", "ann")
    assert program(*start, "--keys", first).code == 0
    assert program(*DEAL, "--to", "ann", "--round", "1", "--keys", others).code == 0
    (number,) = [each["round"] for each in program("round", "list", "--json").json if each["purpose"] == "calibration"]
    said = program("list", "--as", "ann").err
    assert f"this is round {str(number)[:5]} (calibration)" in said and "round 1, with 2 to do" in said
    draft = ("classify", "demo:10", "--as", "ann", "--taxonomy", "small", "--round", str(number), "--note", "begun")
    assert program(*draft).code == 0
    assert program("round", "close", str(number), "--as", "zoe", "--taxonomy", "small").code == 0
    said = program("list", "--as", "ann").err
    assert "this is round 1;" in said and "(calibration), with 1 to do" in said
    found = program("list", "--assigned", "--as", "ann", "--json").json
    assert [(each["key"], bool(each["elsewhere"])) for each in found][-1] == ("demo:10", True)
    assert {each["key"] for each in found} == {"demo:10", "demo:2", "demo:r1"}
