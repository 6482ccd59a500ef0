"""Who is who, from the command line: every deed is told beforehand, follows everywhere, and can be taken back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program, Said

NS = ("--taxonomy", "small")
LEAD = ("--as", "lead")


def answer(program: Program, name: str, value: str, key: str = "10", *more: str) -> None:
    said = program("--as", name, "classify", key, *NS, "--set", f"outcome={value}", *more)
    assert said.code == 0, said.err


def people(program: Program) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in program("people", "list", "--json").json}


def statuses(program: Program, key: str = "10") -> dict[str, str]:
    shown = program(*LEAD, "show", key, "--json").json["classifications"]
    return {each["annotator"]: each["status"] for each in shown}


def id_in(said: Said) -> str:
    """The id that a deed names in the last line it prints."""
    assert said.code == 0, said.err
    return said.err.splitlines()[-1].split("`")[1].split()[-1]


def is_sound(program: Program) -> bool:
    """Whether the doctor is content, before and after everything is computed anew, and nothing changed by that."""
    before = program(*LEAD, "export", "jsonl").out
    codes = [program("doctor").code, program("doctor", "--rebuild").code]
    return codes == [0, 0] and program(*LEAD, "export", "jsonl").out == before


@pytest.fixture
def begun(eva: Desk, program: Program) -> Program:
    """Bob and Ann have handed in the same subject and differ, Eva has decided, and Bob has more to do."""
    eva.close()
    assert program(*LEAD, "settings", "reviewers", "lead, bob").code == 0
    assert program(*LEAD, "assign", *NS, "--to", "bob", "--kind", "incident").code == 0
    answer(program, "bob", "happened", "10", "--submit")
    answer(program, "ann", "near", "10", "--submit")
    answer(program, "bob", "near", "2")
    assert program("--as", "bob", "flag", "2", *NS, "--reason", "odd").code == 0
    ruled = program("--as", "eva", "rule", "10", *NS, "--field", "outcome", "--value", "near", "--cause", "slip")
    assert ruled.code == 0, ruled.err
    return program


# Each deed


def test_a_rename_is_told_beforehand_and_changes_nothing_then(begun: Program) -> None:
    before = begun(*LEAD, "export", "jsonl").out
    said = begun(*LEAD, "people", "rename", "bob", "Robert", "--dry-run")
    assert said.code == 0
    assert said.err.splitlines() == [
        "lead renamed bob to Robert.",
        "2 classifications and 2 assignments stand under another name.",
        "Nothing was changed: this tells what would follow.",
    ]
    assert begun(*LEAD, "export", "jsonl").out == before
    assert "Robert" not in people(begun)


def test_all_that_somebody_did_stands_under_their_new_name(begun: Program) -> None:
    said = begun(*LEAD, "people", "rename", "BOB", "Robert")
    assert said.err.splitlines()[0] == "lead renamed bob to Robert."
    assert statuses(begun) == {"Robert": "submitted", "ann": "submitted", "adjudicated": "draft"}
    settings = {each["name"]: each["value"] for each in begun("settings", "--json").json}
    assert settings["reviewers"] == "lead, Robert"
    assert {each["annotator"]: each["open"] for each in begun(*LEAD, "progress", "--json").json} == {
        "Robert": 1,
        "ann": 0,
    }
    (field,) = [
        each for each in begun(*LEAD, "review", "10", *NS, "--json").json["fields"] if each["field"] == "outcome"
    ]
    assert set(field["answers"]) == {"Robert", "ann"} and field["ruling"]["by"] == "eva"
    assert not field["open"]
    assert people(begun)["Robert"]["spellings"] == ["bob"]
    assert is_sound(begun)


def test_a_rename_is_taken_back_and_done_again_by_its_id(begun: Program) -> None:
    before = begun(*LEAD, "export", "jsonl").out
    renamed = id_in(begun(*LEAD, "people", "rename", "bob", "Robert"))
    undone = id_in(begun(*LEAD, "people", "undo", renamed))
    assert begun(*LEAD, "export", "jsonl").out == before
    assert "Robert" not in people(begun) and people(begun)["bob"]["spellings"] == []
    assert is_sound(begun)
    assert id_in(begun(*LEAD, "people", "undo", undone)) != undone
    assert "Robert" in people(begun)
    listed = begun("people", "undo").out.splitlines()[1:]
    assert [line.split("  ")[0] for line in listed][:2] == [renamed, undone]
    assert listed[0].endswith("lead renamed bob to Robert.")
    assert listed[1].endswith(f"lead took back {renamed}. (taken back)")


def test_an_open_desk_goes_on_under_the_name_somebody_has_now(begun: Program, tmp_path: Path) -> None:
    from annotator.desk import open_desk
    from annotator.model.classification import Answer

    bob = open_desk(tmp_path / "annotator.db", "bob")
    assert begun(*LEAD, "people", "rename", "bob", "Robert").code == 0
    bob.tagging.answer("demo:2", "small", "sure", Answer(value=True))
    bob.close()
    assert statuses(begun, "2") == {"Robert": "draft"}
    assert is_sound(begun)


def test_an_open_desk_of_somebody_who_is_renamed_shows_them_no_more_than_before(begun: Program, tmp_path: Path) -> None:
    from annotator.desk import open_desk
    from annotator.errors import AnswerError

    answer(begun, "ann", "near", "2", "--submit")
    bob = open_desk(tmp_path / "annotator.db", "bob")
    assert begun(*LEAD, "people", "rename", "bob", "Robert").code == 0
    with pytest.raises(AnswerError, match="submit your own answers before"):
        bob.review.look("demo:2", "small")
    assert bob.visibility.viewer().reviews
    bob.close()


def test_a_spelling_finds_somebody_until_it_is_taken_back(begun: Program) -> None:
    told = begun(*LEAD, "people", "alias", "bob", "Ro bert", "--dry-run").err
    assert told.splitlines()[0] == "lead said that bob is also written “Ro bert”."
    deed = id_in(begun(*LEAD, "people", "alias", "bob", "Bobby"))
    answer(begun, "BOBBY", "near", "2")
    assert people(begun)["bob"] | {"uid": ""} == {
        "name": "bob", "kind": "person", "role": "", "uid": "", "spellings": ["Bobby"], "classifications": 2,
        "replicas": 1, "left_at": None, "in_conflict": False,
    }  # fmt: skip
    said = begun(*LEAD, "assign", *NS, "--to", "bobby,BOB", "--kind", "incident")
    assert (said.code, said.err) == (2, "'BOB' is named twice; name everybody once.\n")
    assert begun(*LEAD, "people", "undo", deed).code == 0
    assert people(begun)["bob"]["spellings"] == []
    answer(begun, "Bobby", "near", "2")
    assert "Bobby" in people(begun)
    assert is_sound(begun)


def test_two_who_are_one_person_differ_where_both_answered_and_neither_answer_is_lost(begun: Program) -> None:
    said = begun(*LEAD, "people", "merge", "ann", "bob", "--dry-run")
    lines = said.err.splitlines()
    assert lines[0] == "lead said that ann is the same person as bob."
    assert lines[1] == "1 classification stands under another name."
    assert lines[2].startswith("1 subject was classified by both; ")
    assert lines[3] == (
        "2 places become conflicts: demo:10 under small in round 1 (answer outcome); demo:10 under small in round 1 "
        "(status). `annotator conflicts` lists them."
    )
    assert "ann" in people(begun)
    merged = id_in(begun(*LEAD, "people", "merge", "ann", "bob"))
    assert statuses(begun) == {"bob": "draft", "adjudicated": "draft"}
    assert people(begun)["bob"]["spellings"] == ["ann"]
    assert is_sound(begun)
    said = begun(*LEAD, "people", "undo", merged)
    assert "2 places are in conflict no more." in said.err
    assert statuses(begun) == {"bob": "submitted", "ann": "submitted", "adjudicated": "draft"}
    assert is_sound(begun)


def test_where_two_differ_is_not_told_to_who_is_at_work_there(begun: Program) -> None:
    answer(begun, "cy", "near", "2")
    said = begun("--as", "cy", "people", "merge", "bob", "ann", "--dry-run")
    assert "demo:10" not in said.err and "demo:2" not in said.err
    assert "Which places closed to you are in conflict is not told while annotation is blind." in said.err
    said = begun(*LEAD, "people", "merge", "bob", "cy", "--dry-run")
    assert "demo:2" not in said.err  # both say the same
    answer(begun, "cy", "happened", "2")
    assert "demo:2" in begun(*LEAD, "people", "merge", "bob", "cy", "--dry-run").err
    assert "demo:2" not in begun("--as", "cy", "people", "merge", "bob", "cy", "--dry-run").err


def test_what_one_person_did_is_kept_when_they_are_two_again(begun: Program) -> None:
    """It stands with one of them: whoever wrote it then was one person."""
    merged = id_in(begun(*LEAD, "people", "merge", "ann", "bob"))
    for name in ("ann", "bob"):
        assert begun("--as", name, "classify", "r1", *NS, "--set", f"words={name}").code == 0
    assert begun(*LEAD, "people", "undo", merged).code == 0
    ((name, status),) = statuses(begun, "r1").items()
    assert (name in {"ann", "bob"}, status) == (True, "draft")
    assert is_sound(begun)


def test_whoever_has_left_gets_no_new_work_and_keeps_what_they_did(begun: Program) -> None:
    said = begun(*LEAD, "people", "leave", "bob")
    assert "1 assignment of bob is not done: `annotator assign --take-back bob` takes it back." in said.err
    refused = begun(*LEAD, "assign", *NS, "--to", "Bob,zoe", "--kind", "incident")
    assert refused.code == 2
    assert refused.err.startswith("'bob' left on 2") and "`annotator people undo` lists the deed" in refused.err
    again = begun(*LEAD, "people", "add", "BOB")
    assert again.code == 2 and "who is known here and left on" in again.err
    assert begun(*LEAD, "people", "leave", "bob").err.startswith("'bob' has left already, on 2")
    assert begun(*LEAD, "assign", "--take-back", "bob").code == 0
    assert statuses(begun)["bob"] == "submitted"
    assert begun(*LEAD, "people", "undo", id_in(said)).code == 0
    assert begun(*LEAD, "assign", *NS, "--to", "bob", "--kind", "incident").code == 0
    assert is_sound(begun)


def test_a_new_round_is_dealt_to_those_who_are_still_here(begun: Program) -> None:
    assert begun(*LEAD, "people", "leave", "ann").code == 0
    said = begun(*LEAD, "round", "start", "--purpose", "retest", *NS, "--dry-run", "--json")
    assert [each["annotator"] for each in said.json["shares"]] == ["bob"]


def test_whoever_is_added_is_known_and_can_be_given_work(begun: Program) -> None:
    said = begun(*LEAD, "people", "add", " Zoe  Quinn ")
    assert said.err.splitlines()[0] == "lead made Zoe Quinn known."
    assert begun(*LEAD, "people", "add", "gpt", "--model").err.startswith("lead made gpt known as a model.")
    assert {name: each["kind"] for name, each in people(begun).items()} == {
        "Zoe Quinn": "person", "ann": "person", "bob": "person", "eva": "person", "gpt": "model", "lead": "person",
    }  # fmt: skip
    dealt = begun(*LEAD, "assign", *NS, "--to", "zoe quinn", "--kind", "incident", "--json").json
    assert [each["annotator"] for each in dealt["shares"]] == ["Zoe Quinn"]
    assert begun("--as", "Zоe Quinn", "skip", "2", *NS, "--reason", "x").code == 2
    assert is_sound(begun)


# Two replicas


@pytest.fixture
def twins(begun: Program, tmp_path: Path) -> Program:
    """Somebody called Zoe works on one copy, somebody else called zoe on another, and both are brought together."""
    shutil.copy(tmp_path / "annotator.db", tmp_path / "other.db")
    answer(begun, "Zoe", "happened", "2")
    said = begun("--db", "other.db", "--as", "zoe", "classify", "10", *NS, "--set", "outcome=near")
    assert said.code == 0, said.err
    assert begun(*LEAD, "merge", "other.db").code == 0
    return begun


def test_two_of_one_name_on_two_replicas_are_one_until_they_are_split(twins: Program) -> None:
    (zoe,) = [each for name, each in people(twins).items() if name.casefold() == "zoe"]
    assert (zoe["classifications"], zoe["replicas"]) == (2, 2)
    said = twins(*LEAD, "people", "split", "zoe", "Zoe B")
    assert said.code == 0, said.err
    known = people(twins)
    assert known["Zoe B"]["classifications"] == known[zoe["name"]]["classifications"] == 1
    assert {*statuses(twins, "2"), *statuses(twins, "10")} >= {"Zoe B", zoe["name"]}
    assert is_sound(twins)
    assert twins(*LEAD, "people", "undo", id_in(said)).code == 0
    assert people(twins)[zoe["name"]]["classifications"] == 2
    assert is_sound(twins)


def test_a_deed_goes_with_the_work_to_the_other_replica(twins: Program) -> None:
    assert twins(*LEAD, "people", "rename", "bob", "Robert").code == 0
    assert twins(*LEAD, "people", "split", "zoe", "Zoe B").code == 0
    assert twins("--db", "other.db", *LEAD, "merge", "annotator.db").code == 0
    listed = twins("people", "list", "--json").json
    assert twins("--db", "other.db", "people", "list", "--json").json == listed
    assert twins("--db", "other.db", "doctor").code == 0
    assert twins("--db", "other.db", *LEAD, "export", "jsonl").out == twins(*LEAD, "export", "jsonl").out


def test_what_two_replicas_said_alike_is_taken_back_one_after_the_other(begun: Program, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "annotator.db", tmp_path / "other.db")
    other = ("--db", "other.db", *LEAD)
    first = id_in(begun(*LEAD, "people", "merge", "bob", "ann"))
    second = id_in(begun(*other, "people", "merge", "ann", "bob"))
    assert begun(*LEAD, "merge", "other.db").code == 0
    said = begun(*LEAD, "people", "undo", first)
    assert said.code == 0
    assert "another deed says the same, or otherwise, and has to be taken back too" in said.err
    assert len({"ann", "bob"} & people(begun).keys()) == 1
    said = begun(*LEAD, "people", "undo", second)
    assert (said.code, "another deed" in said.err) == (0, False)
    assert {"ann", "bob"} <= people(begun).keys()
    assert is_sound(begun)


def test_a_person_of_one_replica_has_nothing_to_split(begun: Program) -> None:
    assert begun(*LEAD, "people", "alias", "bob", "Bobby").code == 0
    said = begun(*LEAD, "people", "split", "bob", "Rob")
    assert said.code == 2
    assert said.err.startswith("'bob' was never two people: all that stands under 'Bobby' or 'bob' was written by one")


# Refusals


@pytest.mark.parametrize(
    ("command", "code", "why"),
    [
        (("merge", "bob", "BOB"), 2, "'bob' and 'BOB' are one person already"),
        (("merge", "bob", "nobody"), 3, "Nobody here is called 'nobody'; there is ann, bob, eva, gpt, lead."),
        (("merge", "bob", "aiid"), 2, "nobody works under this name"),
        (("merge", "bob", "gpt"), 2, "'bob' is a person and 'gpt' a model"),
        (("rename", "bob", "ANN"), 2, "'ANN' is 'ann', who is somebody else here"),
        (("rename", "bob", "bob"), 2, "'bob' is called so already"),
        (("rename", "bob", "аnn"), 2, "looks like 'ann'"),
        (("rename", "bob", "adjudicated"), 2, "nobody works under this name"),
        (("rename", "bob", "a=b"), 2, "no `=`"),
        (("rename", "bob", " "), 2, "is no name"),
        (("rename", "adjudicated", "me"), 2, "nobody works under this name"),
        (("rename", "cy", "dan"), 3, "Nobody here is called 'cy'"),
        (("alias", "bob", "Ann"), 2, "is 'ann', who is somebody else here"),
        (("alias", "bob", "ＢＯＢ"), 2, "'bob' is found as"),
        (("add", "Bob"), 2, "'Bob' is 'bob', who is known here already"),
        (("add", "Bоb"), 2, "looks like 'bob'"),
        (("add", "rest"), 2, "in figures it stands for everybody else"),
        (("add", ""), 2, "is no name"),
        (("leave", "cy"), 3, "Nobody here is called 'cy'"),
        (("split", "cy", "dan"), 3, "Nobody here is called 'cy'"),
        (("undo", "zz:1"), 3, "There is no deed about people 'zz:1'"),
        (("undo", "x"), 3, "There is no deed about people 'x'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_sentence_and_changes_nothing(
    begun: Program, command: tuple[str, ...], code: int, why: str
) -> None:
    assert begun(*LEAD, "people", "add", "gpt", "--model").code == 0
    before = begun("people", "list", "--json").out, begun("people", "undo").out
    said = begun(*LEAD, "people", *command)
    assert (said.code, why in said.err) == (code, True), said.err
    assert said.err.count("\n") == 1
    assert (begun("people", "list", "--json").out, begun("people", "undo").out) == before


def test_somebody_answers_for_a_deed(begun: Program) -> None:
    for command in (("add", "cy"), ("rename", "bob", "cy"), ("leave", "bob"), ("undo", "x:1")):
        said = begun("people", *command)
        assert (said.code, said.err.startswith("Say who you are")) == (2, True)


def test_what_was_decided_otherwise_since_cannot_be_undone(begun: Program) -> None:
    first = id_in(begun(*LEAD, "people", "rename", "bob", "rob"))
    second = id_in(begun(*LEAD, "people", "rename", "rob", "Robert"))
    said = begun(*LEAD, "people", "undo", first)
    assert (said.code, "cannot be undone any more" in said.err) == (2, True)
    undone = id_in(begun(*LEAD, "people", "undo", second))
    assert begun(*LEAD, "people", "undo", second).err.endswith("was taken back already.\n")
    assert begun(*LEAD, "people", "add", "Robert").code == 0
    said = begun(*LEAD, "people", "undo", undone)
    assert (said.code, "somebody else's name since" in said.err) == (2, True), said.err
    assert is_sound(begun)


# History of the team


def test_what_the_team_did_is_told_in_sentences_with_ids(begun: Program) -> None:
    assert begun(*LEAD, "round", "start", "--purpose", "retest", *NS).code == 0
    again = str(begun("round", "--json").json[-1]["round"])[:5]
    assert begun(*LEAD, "assign", "--take-back", "bob", "--round", "1").code == 0
    renamed = id_in(begun(*LEAD, "people", "rename", "bob", "Robert"))
    begun(*LEAD, "people", "undo", renamed)
    said = begun(*LEAD, "history", "--team")
    assert said.code == 0, said.err
    lines = [line.split("  ", 2)[2].strip() for line in said.out.splitlines()[1:]]
    assert [line for line in lines if not line.startswith("Somebody imported")] == [
        "lead made bob known.",
        "lead set reviewers to lead, bob.",
        "lead gave bob 2 subjects under small in round 1, batch 1.",
        "eva looked at others' answers on demo:10 under small.",
        f"lead started round {again} under small, a retest.",
        f"lead gave ann 1 subject under small in round {again}, batch 1.",
        f"lead gave bob 1 subject under small in round {again}, batch 2.",
        "lead took 1 subject back from bob under small in round 1.",
        "lead renamed bob to Robert.",
        f"lead took back {renamed}.",
    ]
    document = begun(*LEAD, "history", "--team", "--json").json
    assert document[-1]["kind"] == "people_undone" and document[-2]["words"] == "lead renamed bob to Robert."
    assert document[-2]["id"].startswith(renamed.split(":")[0])


def test_who_looked_at_work_that_is_closed_is_not_told(begun: Program) -> None:
    answer(begun, "cy", "near", "10")
    for name, told in (("cy", False), ("lead", True), ("eva", True), ("ann", True)):
        said = begun("--as", name, "history", "--team")
        assert ("looked at" in said.out) is told, name
        assert ("Annotation is blind: 1 look left out" in said.err) is not told, name


def test_the_team_has_a_history_of_its_own(begun: Program) -> None:
    for command in (("10", "--team"), ("--team", "--annotator", "bob"), ()):
        said = begun(*LEAD, "history", *command)
        assert (said.code, said.out) == (2, "")


# What is closed


def test_nobody_comes_to_see_what_is_closed_to_them_by_saying_who_is_who(begun: Program) -> None:
    answer(begun, "cy", "happened", "2")
    answer(begun, "dan", "near", "demo:r1")
    before = begun("verify", "--json").json[0]["events"]
    for deed in (("merge", "bob", "cy"), ("merge", "cy", "bob"), ("merge", "dan", "cy")):
        for more in ((), ("--dry-run",)):
            said = begun("--as", "cy", "people", *deed, *more)
            assert said.code == 2
            assert said.err.startswith("Annotation is blind, and this would open to you what is closed to you: demo:")
            assert "Let somebody who reviews (`annotator settings reviewers NAME`) say so" in said.err
    assert begun("verify", "--json").json[0]["events"] == before
    # who may see it says so; taking that back is cy's to do, saying it again that way is not
    merged = id_in(begun(*LEAD, "people", "merge", "dan", "cy"))
    undone = id_in(begun("--as", "cy", "people", "undo", merged))
    again = begun("--as", "cy", "people", "undo", undone)
    assert (again.code, "demo:r1 under small. Let" in again.err) == (2, True)
    assert id_in(begun(*LEAD, "people", "undo", undone))
