"""Roles: nobody notices them until one is given; from then on everybody does what theirs allows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program, Said

NS = ("--taxonomy", "small")
LEAD = ("--as", "lead")
ANSWERS = ("--set", "outcome=near", "--set", "names=x")


def answer(program: Program, name: str, words: str, *more: str) -> None:
    said = program("--as", name, "classify", "2", *NS, *ANSWERS, "--set", f"words={words}", *more)
    assert said.code == 0, said.err


def role(program: Program, by: str, *asked: str) -> Said:
    return program("--as", by, "people", "role", *asked)


def roles(program: Program) -> dict[str, str]:
    return {each["name"]: each["role"] for each in program("people", "role", "--json").json}


@pytest.fixture
def team(eva: Desk, program: Program) -> Program:
    """Eva and Bob handed in demo:2 and differ; Cleo decides, Lead leads, Rea reads, Ann is to classify demo:3."""
    eva.close()
    for name in ("eva", "bob"):
        answer(program, name, name, "--submit")
    assert program(*LEAD, "assign", *NS, "--to", "ann", "--limit", "1").code == 0
    for name in ("cleo", "rea"):
        assert program(*LEAD, "people", "add", name).code == 0
    for name, what in (("lead", "lead"), ("cleo", "adjudicator"), ("rea", "reader")):
        assert role(program, "lead", name, what).code == 0
    return program


def log(program: Program) -> object:
    return program("verify", "--json").json[0]["events"]


DECIDING = [
    ("rule", "2", *NS, "--field", "words", "--adopt", "eva", "--cause", "slip"),
    ("adjudicate", "2", *NS),
    ("adjudicate", *NS, "--agreed", "single"),
    ("publish", "2", *NS),
    ("publish", "2", *NS, "--released", "--annotator", "eva", "--reason", "urgent"),
    ("withdraw", "2", *NS),
]
LEADING = [
    ("assign", *NS, "--to", "bob"),
    ("assign", "--take-back", "ann"),
    ("assign", *NS, "--rebalance", "--to", "bob"),
    ("assign", "--redate", "ann", "--due", "2999-12-31"),
    ("round", "start", "--purpose", "retest", *NS),
    ("round", "start", "--purpose", "calibration", *NS, "--to", "bob"),
    ("gold", "set", *NS, "--from", "eva"),
    ("gold", "unset", *NS),
    ("gold", "list"),
    ("round", "close", "1", *NS),
    ("round", "open", "1", *NS),
    ("settings", "blind_annotation", "no"),
    ("people", "role", "bob", "lead"),
    ("people", "role", "--proposed"),
    ("people", "rename", "bob", "rob"),
    ("people", "merge", "bob", "lead"),
    ("people", "leave", "bob"),
    ("waiting", "accept", "--all"),
    ("waiting", "decline", "x:1", "--reason", "x"),
    ("waiting", "decline", "--all", "--reason", "x"),
]
WORKING = [
    ("classify", "10", *NS, "--set", "words=x"),
    ("skip", "10", *NS, "--reason", "not about AI"),
    ("flag", "10", *NS, "--reason", "odd"),
    ("import", "new.json"),
]


@pytest.mark.parametrize("name", ["ann", "nobody known", "rea"])
@pytest.mark.parametrize("deed", DECIDING, ids=" ".join)
def test_only_an_adjudicator_or_a_lead_decides(team: Program, name: str, deed: tuple[str, ...]) -> None:
    before = log(team)
    said = team("--as", name, *deed)
    assert (said.code, "A lead gives roles: `annotator people role" in said.err) == (2, True), said.err
    assert log(team) == before


@pytest.mark.parametrize("name", ["cleo", "ann", "rea"])
@pytest.mark.parametrize("deed", LEADING, ids=" ".join)
def test_only_a_lead_leads(team: Program, name: str, deed: tuple[str, ...]) -> None:
    before = log(team)
    said = team("--as", name, *deed)
    assert (said.code, "a lead" in said.err or "readers change nothing" in said.err) == (2, True), said.err
    assert log(team) == before


@pytest.mark.parametrize("deed", WORKING, ids=" ".join)
def test_a_reader_changes_nothing(team: Program, tmp_path: Path, deed: tuple[str, ...]) -> None:
    (tmp_path / "new.json").write_text('[{"report_number": 1, "title": "One", "text": "A robot."}]')
    before = log(team)
    said = team("--as", "rea", *deed)
    assert (said.code, "rea is a reader here, and readers change nothing" in said.err) == (2, True), said.err
    assert log(team) == before
    assert team("--as", "ann", *deed).code == 0


@pytest.mark.parametrize("deed", [("merge", "other.db"), ("merge", "--dry-run", "other.db"), ("sync", "shared")])
def test_a_reader_takes_nothing_in_and_may_begin_a_copy_to_read(
    team: Program, tmp_path: Path, deed: tuple[str, ...]
) -> None:
    shutil.copy(tmp_path / "annotator.db", tmp_path / "other.db")
    (tmp_path / "shared").mkdir()
    assert team("--db", "other.db", *LEAD, "classify", "10", *NS, "--set", "words=x").code == 0
    assert team("--db", "other.db", *LEAD, "sync", "shared").code == 0
    before, left = log(team), {*(tmp_path / "shared").iterdir()}
    said = team("--as", "rea", *deed)
    assert (said.code, "rea is a reader here, and readers change nothing" in said.err) == (2, True), said.err
    assert (log(team), {*(tmp_path / "shared").iterdir()}) == (before, left)
    assert team("--as", "rea", "join", "demo:2", "demo:10").code == 2
    assert team("--as", "ann", *deed).code == 0
    assert team("--db", "new.db", "--as", "rea", "merge", "annotator.db", "other.db").code == 0
    assert team("--db", "new.db", "--as", "rea", "merge", "other.db").code == 2


@pytest.mark.parametrize("deed", [("merge", "other.db"), ("merge", "--dry-run", "other.db"), ("import", "new.json")])
def test_who_takes_anything_in_says_who_they_are_once_there_are_roles(
    team: Program, tmp_path: Path, deed: tuple[str, ...]
) -> None:
    shutil.copy(tmp_path / "annotator.db", tmp_path / "other.db")
    assert team("--db", "other.db", *LEAD, "classify", "10", *NS, "--set", "words=x").code == 0
    (tmp_path / "new.json").write_text('[{"report_number": 1, "title": "One", "text": "A robot."}]')
    before = log(team)
    said = team(*deed)
    assert (said.code, "so say who you are: --as NAME" in said.err, log(team)) == (2, True, before), said.err
    assert team("--db", "new.db", *deed).code == team("--as", "ann", *deed).code == 0


def test_who_makes_bundles_for_others_is_told_by_role(team: Program) -> None:
    said = team("--as", "ann", "bundle", "bob.bundle", "--for", "bob")
    assert (said.code, "an adjudicator or a lead (`annotator people role`)" in said.err) == (2, True), said.err
    assert team("--as", "cleo", "bundle", "bob.bundle", "--for", "bob").code == 0


def test_a_reader_takes_nothing_back_of_what_they_did_before(team: Program) -> None:
    assert role(team, "lead", "eva", "reader").code == 0
    said = team("--as", "eva", "undo")
    assert (said.code, "readers change nothing" in said.err) == (2, True)


@pytest.mark.parametrize(
    "deed",
    [
        ("assign", *NS, "--to", "rea"),
        ("assign", *NS, "--to", "ann,REA", "--dry-run"),
        ("assign", *NS, "--rebalance", "--to", "bob,rea"),
        ("round", "start", "--purpose", "calibration", *NS, "--to", "ann,rea"),
        ("round", "start", "--purpose", "second-pass", *NS, "--to", "ann,rea"),
        ("round", "start", "--purpose", "retest", *NS, "--to", "rea"),
    ],
    ids=" ".join,
)
def test_a_reader_is_dealt_nothing(team: Program, deed: tuple[str, ...]) -> None:
    before = log(team)
    said = team(*LEAD, *deed)
    assert (said.code, said.err.startswith("'rea' is a reader, and readers hand nothing in")) == (2, True), said.err
    assert "`annotator people role rea annotator`" in said.err
    assert log(team) == before


def test_what_a_reader_had_goes_to_others_and_a_new_round_leaves_them_out(team: Program) -> None:
    for name in ("ann", "eva"):
        assert role(team, "lead", name, "reader").code == 0
    (move,) = team(*LEAD, "assign", *NS, "--rebalance", "--to", "cleo", "--json").json["moves"]
    assert (move["giver"], move["taker"]) == ("ann", "cleo")
    again = team(*LEAD, "round", "start", "--purpose", "retest", *NS, "--json").json
    assert [each["annotator"] for each in again["shares"]] == ["bob"]
    other = team(*LEAD, "round", "start", "--purpose", "second-pass", *NS, "--round", "1", "--json").json
    assert [(each["annotator"], each["assigned"]) for each in other["shares"]] == [("bob", 1), ("cleo", 1)]


def test_everybody_does_what_their_role_allows(team: Program) -> None:
    answer(team, "ann", "x", "--submit")
    for deed in DECIDING[:1]:
        assert team("--as", "cleo", *deed).code == 0
    names = ("rule", "2", *NS, "--field", "words", "--adopt", "bob", "--cause", "slip")
    assert team(*LEAD, *names).code == 0
    assert team(*LEAD, "adjudicate", "2", *NS).code == 0
    assert team("--as", "cleo", "publish", "2", *NS).code == 0
    assert team("--as", "ann", "withdraw", "2", *NS).code == 2
    assert team("--as", "cleo", "withdraw", "2", *NS).code == 0
    assert team(*LEAD, "settings", "blind_annotation", "no").code == 0
    assert team(*LEAD, "assign", *NS, "--to", "bob").code == 0
    assert team("doctor").code == 0


def test_who_decides_sees_what_the_setting_let_reviewers_see(eva: Desk, program: Program) -> None:
    eva.close()
    answer(program, "eva", "Acme", "--submit")
    assert program(*LEAD, "settings", "reviewers", "ann").code == 0
    assert "Acme" in program("--as", "ann", "show", "2").out
    said = role(program, "lead", "lead", "lead")
    assert (said.code, "ann (adjudicator)" in said.err) == (0, True), said.err
    assert "Acme" not in program("--as", "ann", "show", "2").out
    assert "adjudicators and leads see it" in program("--as", "ann", "show", "2").err
    said = program(*LEAD, "settings", "reviewers", "ann")
    assert (said.code, "roles take the place of this setting" in said.err) == (2, True)
    assert role(program, "lead", "ann", "adjudicator").code == 0
    assert "Acme" in program("--as", "ann", "show", "2").out
    assert "ann, lead" in program("settings").out


def test_the_first_role_proposes_what_everybody_did_so_far(eva: Desk, program: Program) -> None:
    eva.close()
    for name in ("eva", "bob"):
        answer(program, name, name, "--submit")
    assert program("--as", "cleo", *DECIDING[0]).code == 0
    assert program("--as", "max", "assign", *NS, "--to", "ann", "--limit", "1").code == 0
    said = program("people", "role")
    assert "Nobody has a role, so everybody may do everything." in said.err
    assert "cleo (adjudicator), max (lead)" in said.err
    said = role(program, "max", "--proposed", "--dry-run")
    assert (said.code, roles(program)) == (0, {})
    assert role(program, "max", "--proposed").code == 0
    assert roles(program) == {"cleo": "adjudicator", "max": "lead"}


def test_whoever_gives_the_first_role_is_a_lead(eva: Desk, program: Program) -> None:
    eva.close()
    assert program("--as", "eva", "people", "add", "bob").code == 0
    said = role(program, "lead", "bob", "reader")
    assert (said.code, roles(program)) == (0, {"bob": "reader", "lead": "lead"}), said.err
    said = role(program, "lead", "lead", "annotator")
    assert (said.code, "Nobody would be a lead then" in said.err) == (2, True)
    said = program(*LEAD, "people", "leave", "lead")
    assert (said.code, "Nobody would be a lead then" in said.err) == (2, True)
    assert role(program, "lead", "bob", "lead").code == role(program, "lead", "lead", "reader").code == 0
    assert roles(program) == {"bob": "lead", "lead": "reader"}


def test_a_lost_lead_is_replaced_by_who_claims_it(team: Program) -> None:
    said = role(team, "ann", "ann", "adjudicator", "--claim")
    assert (said.code, "--claim is for who takes the place of a lead" in said.err) == (2, True)
    assert role(team, "ann", "bob", "lead", "--claim").code == 2
    said = role(team, "somebody new", "somebody new", "lead", "--claim")
    assert (said.code, said.err.startswith("Nobody here is called 'somebody new'")) == (2, True), said.err
    assert role(team, "ann", "ann", "lead", "--claim").code == 0
    assert roles(team)["ann"] == "lead"
    assert "ann claimed the role lead." in team("history", "--team").out
    assert role(team, "ann", "lead", "annotator").code == 0
    assert team("doctor").code == team("doctor", "--rebuild").code == 0
    assert roles(team) == {"ann": "lead", "cleo": "adjudicator", "lead": "annotator", "rea": "reader"}


def test_where_everybody_is_a_reader_and_the_lead_is_lost_a_reader_takes_their_place(team: Program) -> None:
    assert role(team, "lead", "ann", "reader").code == 0
    said = role(team, "ann", "ann", "lead")
    assert (said.code, "whoever is known here takes their place" in said.err) == (2, True), said.err
    assert "`annotator people role NAME lead --claim`" in said.err
    assert role(team, "ann", "ann", "lead", "--claim").code == 0
    assert roles(team)["ann"] == "lead"
    assert team("doctor").code == 0 and team("waiting", "--json").json == []


def test_the_only_lead_becomes_no_reader_and_nobody_who_left(team: Program) -> None:
    assert team(*LEAD, "people", "leave", "bob").code == 0
    before = log(team)
    for name in ("rea", "bob"):
        for more in ((), ("--dry-run",)):
            said = team(*LEAD, "people", "merge", "lead", name, *more)
            assert (said.code, "Nobody would be a lead then" in said.err) == (2, True), (name, said.err)
    assert (log(team), roles(team)["lead"]) == (before, "lead")
    assert role(team, "lead", "rea", "lead").code == 0
    assert team(*LEAD, "people", "merge", "rea", "lead").code == 0
    assert roles(team) == {"cleo": "adjudicator", "lead": "lead"}


def test_who_has_left_has_no_role_until_they_are_back(team: Program) -> None:
    assert role(team, "lead", "cleo", "lead").code == 0
    assert team("--as", "cleo", "people", "leave", "lead").code == 0
    before = log(team)
    for deed in (*LEADING, DECIDING[0]):
        said = team(*LEAD, *deed)
        assert (said.code, "lead has left and has no role until they are back" in said.err) == (2, True), said.err
        assert "`annotator people undo` lists the deed by which they left" in said.err
    said = role(team, "lead", "lead", "lead", "--claim")
    assert (said.code, "has no role until they are back" in said.err) == (2, True), said.err
    for deed in (("people", "leave", "cleo"), ("people", "role", "cleo", "annotator")):
        assert "Nobody would be a lead then" in team("--as", "cleo", *deed).err
    assert log(team) == before
    listed = {each["name"]: (each["role"], bool(each["left_at"])) for each in team("people", "role", "--json").json}
    assert listed == {"cleo": ("lead", False), "lead": ("lead", True), "rea": ("reader", False)}
    assert "LEFT" in team("people", "role").out.splitlines()[0]
    assert role(team, "cleo", "lead", "lead").err.startswith("lead is a lead already, once they are back: they left")
    assert "reviewers" in team("settings").out and "cleo, lead" not in team("settings").out
    (deed_id, *_) = [line.split()[0] for line in team("people", "undo").out.splitlines() if "lead has left" in line]
    assert team("--as", "cleo", "people", "undo", deed_id).code == 0
    assert team(*LEAD, "settings", "blind_annotation", "no").code == 0
    assert team("doctor").code == 0


def test_what_a_lead_who_left_does_on_another_copy_waits(team: Program, tmp_path: Path) -> None:
    assert role(team, "lead", "cleo", "lead").code == 0
    shutil.copy(tmp_path / "annotator.db", tmp_path / "other.db")
    assert team("--as", "cleo", "people", "leave", "lead").code == 0
    for number in range(2):
        assert team("--db", "other.db", "--as", "ann", "classify", "10", *NS, "--set", f"words=x{number}").code == 0
    assert team("--db", "other.db", *LEAD, "settings", "blind_annotation", "no").code == 0
    assert "1 deed waits for a lead" in team("--as", "cleo", "merge", "other.db").err
    assert team("doctor").code == team("doctor", "--rebuild").code == 0
    assert team("--as", "cleo", "waiting", "accept", "--all").code == 0
    assert team("doctor").code == 0


def test_a_role_follows_the_person_and_the_work(team: Program, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "annotator.db", tmp_path / "other.db")
    assert team(*LEAD, "people", "rename", "cleo", "Cleopatra").code == 0
    assert roles(team)["Cleopatra"] == "adjudicator"
    assert team("--as", "cleo", *DECIDING[0]).code == 0
    assert team("--db", "other.db", *LEAD, "people", "role", "cleo", "annotator").code == 0
    assert team(*LEAD, "merge", "other.db").code == 0
    said = team(*LEAD, "people", "role", "cleo", "lead")
    assert (said.code, roles(team)["Cleopatra"]) == (0, "lead"), said.err
    assert team("doctor").code == 0


def test_a_role_given_apart_is_a_conflict_that_a_lead_decides(team: Program, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "annotator.db", tmp_path / "other.db")
    assert role(team, "lead", "cleo", "lead").code == 0
    assert team("--db", "other.db", *LEAD, "people", "role", "cleo", "annotator").code == 0
    assert team(*LEAD, "merge", "other.db").code == 0
    (found,) = team(*LEAD, "conflicts", "--json").json
    assert found["label"] == "the role cleo"
    event = next(each["event"] for each in found["versions"] if each["words"] == "lead")
    assert team("--as", "bob", "conflicts", "keep", event).code == 2
    assert team(*LEAD, "conflicts", "keep", event).code == 0
    assert roles(team)["cleo"] == "lead"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (("bob",), "Say which role: reader, annotator, adjudicator, lead."),
        (("adjudicated", "lead"), "adjudications are kept under it"),
        (("bob", "lead", "--proposed"), "--proposed goes without a name"),
        (("bob", "king"), "'king' is not one of 'reader', 'annotator', 'adjudicator', 'lead'"),
        (("bob", "king"), "role [OPTIONS] [NAME] [ROLE]"),
        (("", "lead"), "'' is no name; say who is to have the role"),
        ((" ", "lead"), "' ' is no name; say who is to have the role"),
    ],
)
def test_what_cannot_be_given_is_said(team: Program, asked: tuple[str, ...], why: str) -> None:
    said = role(team, "lead", *asked)
    assert (said.code, why in said.err) == (2, True), said.err


def test_a_mistyped_name_is_given_no_role_and_locks_nobody_out(eva: Desk, program: Program) -> None:
    eva.close()
    assert program("--as", "eva", "people", "add", "kim").code == 0
    for deed in (("kmi", "lead"), ("kmi", "reader", "--dry-run")):
        said = role(program, "kim", *deed)
        assert (said.code, said.err.startswith("Nobody here is called 'kmi'; there is eva, kim.")) == (2, True), (
            said.err
        )
        assert "`annotator people add 'kmi'`" in said.err
    assert roles(program) == {}
    assert role(program, "somebody new", "Somebody  New", "lead").code == 0  # a role of one's own is no slip
    assert roles(program) == {"somebody new": "lead"}


@pytest.mark.parametrize(
    "deed", [("assign", *NS), ("round", "start", "--purpose", "calibration", *NS)], ids=("assign", "round")
)
def test_who_is_new_is_said_where_work_is_dealt(team: Program, deed: tuple[str, ...]) -> None:
    asked = (*LEAD, *deed, "--to", "bob,annn")
    for more in (("--dry-run",), ()):
        assert "annn is new here" in team(*asked, *more).err
    assert "new here" not in team(*asked).err
    other = team(*LEAD, *deed, "--to", "annn,bobb,ann2", "--dry-run", "--json").json
    assert other["new"] == ["bobb", "ann2"]


@pytest.mark.parametrize("name", ["ann", "cleo", "rea"])
def test_erasing_is_refused_by_the_role_and_not_by_a_setting_that_is_out_of_use(team: Program, name: str) -> None:
    (event, *_) = [each["id"] for each in team(*LEAD, "history", "2", "--json").json if each["kind"] == "submitted"]
    said = team("--as", name, "erase", event, "--reason", "y")
    assert (said.code, f"`annotator people role {name} lead`" in said.err) == (2, True), said.err
    assert "reviewers" not in said.err


def test_a_retest_tells_who_is_known_and_handed_nothing_in(team: Program) -> None:
    retest = (*LEAD, "round", "start", "--purpose", "retest", *NS, "--to")
    said = team(*retest, "ann")
    assert (said.code, said.err.startswith("'ann' handed nothing in in that round")) == (2, True), said.err
    assert "there is bob, eva" in said.err
    assert team(*retest, "annn").err.startswith("Nobody here is called 'annn'")


def test_a_model_has_no_role(team: Program) -> None:
    assert team(*LEAD, "people", "add", "gpt", "--model").code == 0
    said = role(team, "lead", "gpt", "adjudicator")
    assert (said.code, "roles are people's" in said.err) == (2, True)
    listed = {each["name"]: each["role"] for each in team("people", "list", "--json").json}
    assert (listed["gpt"], listed["ann"], listed["rea"]) == ("", "annotator", "reader")
