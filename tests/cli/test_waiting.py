"""What somebody does on a laptop that knows of no roles waits, once it is merged, until a lead accepts it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.project import Project
from annotator.model.classification import Identity
from tests.cli.conftest import Program, Said
from tests.cli.laptops import NS, Laptop, laptops

IN = ("--taxonomy", NS)
RULE = ("rule", "1", *IN, "--field", "maker", "--adopt", "eva", "--cause", "slip")
ASSIGN = ("assign", "2", *IN, "--to", "zoe")


def waiting(at: Laptop) -> list[dict[str, str]]:
    found: list[dict[str, str]] = at("waiting", "--json").json
    return found


def kinds(at: Laptop) -> list[str]:
    return [each["kind"] for each in waiting(at)]


def roles(at: Laptop) -> dict[str, str]:
    return {each["name"]: each["role"] for each in at("people", "role", "--json").json}


def do(at: Laptop, *deed: str) -> Said:
    said = at(*deed)
    assert said.code == 0, (deed, said.err)
    return said


def ruled(at: Laptop) -> list[str]:
    return [each["field"] for each in do(at, "disagreements", *IN, "--json").json if each["ruled"]]


def met(*copies: Laptop) -> None:
    """Let all merge with all until nothing is new, and see that they hold the same and nothing speaks against it."""
    for _ in range(3):
        for one in copies:
            for other in copies:
                if one != other:
                    do(one, "merge", str(other.path))
    for each in copies:
        each.fine()
    assert len({each.digest for each in copies}) == 1


def decide(at: Laptop, which: str, *how: str) -> None:
    (event,) = [each["event"] for each in waiting(at) if which in each["words"]]
    do(at, "waiting", *how[:1], event, *how[1:])


@pytest.fixture
def apart(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> tuple[Laptop, Laptop]:
    """Eva and Bob differ; the lead gave roles on one laptop, of which Ann, on the other one, has not heard.

    What Ann does comes behind the roles in the order of the record.
    """
    lead, ann = laptops(tmp_path, program, monkeypatch, "lead", "ann")
    for name in ("eva", "bob"):
        lead.used_by(name).hand_in("1", name)
    shutil.copy(lead.path, ann.path)
    do(lead, "people", "add", "cleo")
    for role in ("lead", "cleo"):
        do(lead, "people", "role", role, "adjudicator" if role == "cleo" else "lead")
    ann.answer("3", *(f"maker={number}" for number in range(2)))
    for number in range(12):
        ann.answer("3", f"maker={number}")
    return lead, ann


DEEDS: Sequence[tuple[str, ...]] = (
    RULE,
    ASSIGN,
    ("round", "start", *IN, "--purpose", "calibration", "--to", "zoe"),
    ("settings", "blind_annotation", "no"),
    ("people", "rename", "bob", "Robert"),
    ("people", "role", "ann", "lead"),
)


def test_nothing_that_was_done_without_the_role_counts_until_a_lead_accepts_it(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    for deed in DEEDS:
        do(ann, *deed)
    assert (ruled(ann), roles(ann)) == (["maker"], {"ann": "lead"})
    said = do(lead, "merge", str(ann.path))
    assert "deeds wait for a lead" in said.err
    met(lead, ann)
    for at in apart:
        assert kinds(at)[:2] == ["ruled", "assigned"]
        assert {"round_started", "setting_set", "person_renamed"} <= set(kinds(at))
        assert (ruled(at), roles(at)) == ([], {"cleo": "adjudicator", "lead": "lead"})
        assert not [line for line in at("settings").out.splitlines() if "blind" in line and "  no  " in line]
        assert "zoe" not in at("progress").out
        assert "Robert" not in at("people", "list").out
        assert "calibration" not in at("round", "list").out
    assert "ruled on Maker: eva (slip)" in do(lead, "waiting").out
    history = do(lead, "history", "1").out.splitlines()
    team = do(ann, "history", "--team").out.splitlines()
    for about in ("ruled on", "Robert"):
        assert next(line for line in (*history, *team) if about in line).endswith("(waits for a lead)")
    do(lead, "waiting", "accept", "--all")
    met(lead, ann)
    for at in apart:
        assert (waiting(at), ruled(at), roles(at)["ann"]) == ([], ["maker"], "lead")
        assert "zoe" in at("progress").out
        assert "Robert" in at("people", "list").out
        assert "calibration" in at("round", "list").out


def test_a_lead_accepts_one_and_declines_another(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *RULE)
    do(ann, *ASSIGN)
    met(lead, ann)
    decide(lead, "ruled on", "accept")
    decide(lead, "gave zoe", "decline", "--reason", "she is away")
    assert (ruled(lead), waiting(lead)) == (["maker"], [])
    assert "zoe" not in lead("progress").out
    met(lead, ann)
    assert (ruled(ann), waiting(ann)) == (["maker"], [])
    team = do(ann, "history", "--team").out
    assert "(declined by lead: she is away)" in team
    assert "which waited for a lead: she is away." in team
    for at in apart:
        unchanged = at.digest
        assert do(at, "doctor", "--rebuild").code == 0
        assert at.digest == unchanged


def test_all_that_waits_is_declined_at_once(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *RULE)
    do(ann, *ASSIGN)
    met(lead, ann)
    said = do(lead, "waiting", "decline", "--all", "--reason", "not now").err
    assert said.count("Declined: ") == 2 and said.endswith("2 deeds declined.\n")
    assert (ruled(lead), waiting(lead)) == ([], [])
    assert "zoe" not in lead("progress").out
    met(lead, ann)
    assert (ruled(ann), waiting(ann)) == ([], [])


def test_only_a_lead_decides(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *RULE)
    met(lead, ann)
    (event,) = [each["event"] for each in waiting(lead)]
    hows: tuple[tuple[str, ...], ...] = (
        *(("accept", which) for which in (event, "--all")),
        *(("decline", which, "--reason", "x") for which in (event, "--all")),
    )
    for name in ("ann", "cleo", "eva"):
        for how in hows:
            said = lead.used_by(name)("waiting", *how)
            assert (said.code, "only a lead decides about what waits" in said.err) == (2, True), said.err
    refused: dict[tuple[str, ...], str] = {
        ("accept", "ffff:1"): "No deed of that name waits",
        ("accept",): "or say --all",
        ("decline", event, "--reason", " "): "Say why with --reason",
        ("decline", "--reason", "x"): "or say --all",
        ("decline", event, "--all", "--reason", "x"): "or say --all",
    }
    for how, why in refused.items():
        assert why in lead("waiting", *how).err
    assert kinds(lead) == ["ruled"]
    do(lead, "waiting", "accept", "--all")
    assert "Nothing waits for a lead." in lead("waiting").err
    assert "Nothing waits for a lead." in lead("waiting", "accept", "--all").err


def test_what_rests_on_a_deed_that_waits_waits_with_it(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *RULE)
    do(ann, "rule", "1", *IN, "--field", "maker", "--adopt", "bob", "--cause", "slip")
    do(ann, "adjudicate", "1", *IN)
    do(ann.used_by("cleo"), "publish", "1", *IN)
    met(lead, ann)
    assert "adjudicated" not in do(lead, "show", "1").out
    assert kinds(lead) == ["ruled", "ruled", "adjudicated"]
    assert "(rests on what does not count)" in do(lead, "history", "1").out
    assert not lead("conflicts", "--json").json
    do(lead, "waiting", "accept", "--all")
    met(lead, ann)
    (one,) = [each for each in do(ann, "show", "1", "--json").json["classifications"] if each["publish"] == "published"]
    assert (one["annotator"], one["answers"]["maker"]["value"]) == ("adjudicated", "bob")
    assert not ann("conflicts", "--json").json


def test_a_role_that_is_accepted_lets_what_was_done_with_it_count(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, "people", "role", "ann", "lead")
    do(ann, *RULE)
    do(ann, "settings", "blind_annotation", "no")
    met(lead, ann)
    assert kinds(ann) == ["setting_set", "ruled", "setting_set"]
    decide(lead, "the role lead", "accept")
    assert (waiting(lead), ruled(lead), roles(lead)["ann"]) == ([], ["maker"], "lead")
    met(lead, ann)
    assert (waiting(ann), roles(ann)) == ([], {"ann": "lead", "cleo": "adjudicator", "lead": "lead"})


def test_the_first_roles_given_on_two_laptops_leave_one_lead(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, "people", "role", "bob", "reader")
    assert roles(ann) == {"ann": "lead", "bob": "reader"}
    met(lead, ann)
    assert roles(ann) == roles(lead) == {"cleo": "adjudicator", "lead": "lead"}
    said = ann("people", "role", "bob", "reader")
    assert (said.code, "only a lead gives roles" in said.err) == (2, True)
    do(ann, "people", "role", "ann", "lead", "--claim")
    met(lead, ann)
    assert roles(lead)["ann"] == "lead"
    decide(ann, "bob the role reader", "accept")
    met(lead, ann)
    assert roles(lead)["bob"] == "reader"


@pytest.fixture
def two_leads(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> tuple[Laptop, Laptop]:
    """Two copies of one file in which nobody reviews; on either somebody makes themselves the lead and hands in.

    What Bob does comes behind what Kim does in the order of the record.
    """
    kim, bob = laptops(tmp_path, program, monkeypatch, "kim", "bob")
    do(kim, "settings", "reviewers", "")
    shutil.copy(kim.path, bob.path)
    bob.answer("3", "maker=Deka")
    for each in (kim, bob):
        do(each, "people", "role", each.name, "lead")
        each.hand_in("1", f"{each.name}s maker")
    return kim, bob


def test_bundles_of_two_who_made_themselves_leads_apart_bring_the_work_and_the_roles_wait(
    two_leads: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    kim, bob = two_leads
    do(bob, "bundle", str(tmp_path / "bobs.bundle"))
    do(kim, "bundle", str(tmp_path / "kims.bundle"))
    assert "1 deed waits for a lead" in do(kim, "merge", str(tmp_path / "bobs.bundle")).err
    assert (roles(kim), kinds(kim)) == ({"kim": "lead"}, ["setting_set"])
    do(bob, "merge", str(tmp_path / "kims.bundle"))
    assert (roles(bob), bob.digest) == ({"kim": "lead"}, kim.digest)
    assert [each["field"] for each in do(kim, "disagreements", *IN, "--json").json] == ["maker"]
    met(kim, bob)


@pytest.mark.parametrize("way", ["merge", "sync"])
def test_who_leads_in_place_of_whom_is_said_with_the_way_back(
    two_leads: tuple[Laptop, Laptop], tmp_path: Path, way: str
) -> None:
    kim, bob = two_leads
    told = "kim leads here now, and bob does no longer"
    if way == "sync":
        do(kim, "assign", "2", *IN, "--to", "bob")  # so that something is left for Bob
        do(kim, "sync", str(tmp_path))
        said = do(bob, "sync", str(tmp_path))
        assert told in said.err
        said = do(kim, "sync", str(tmp_path))
    else:
        would = do(bob, "merge", str(kim.path), "--dry-run").err
        assert "kim would lead here now, and bob would no longer" in would
        assert told in do(bob, "merge", str(kim.path)).err
        said = do(kim, "merge", str(bob.path))
    assert "no longer" not in said.err
    assert roles(bob) == {"kim": "lead"}
    assert "no longer" not in do(bob, "merge", str(kim.path)).err
    do(bob, "people", "role", "bob", "lead", "--claim")
    do(bob, "waiting", "accept", "--all")
    assert (roles(bob), waiting(bob)) == ({"bob": "lead", "kim": "lead"}, [])
    met(kim, bob)


def test_whose_bundle_is_refused_syncs_once_more(apart: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    lead, ann = apart
    share = tmp_path / "share"
    share.mkdir()
    for number in range(20):
        ann.answer("3", f"maker={number}")
    do(ann, "settings", "blind_annotation", "no")
    ann.used_by("zoe").hand_in("2", "zoe")
    ann.hand_in("2", "ann")
    do(lead, "assign", "4", *IN, "--to", "ann")
    do(ann, "sync", str(share))
    refused = lead("sync", str(share))
    assert (refused.code, "made by ann, who does not review here" in refused.err) == (5, True)
    assert "as their next `annotator sync` leaves one once it finds a file for them" in refused.err
    do(ann, "sync", str(share))
    assert "1 deed waits for a lead" in do(lead, "sync", str(share)).err


def test_a_bundle_for_one_who_made_themselves_the_lead_apart_brings_the_roles(
    two_leads: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    kim, bob = two_leads
    do(bob, "bundle", str(tmp_path / "bobs.bundle"))
    do(kim, "merge", str(tmp_path / "bobs.bundle"))
    do(kim, "bundle", str(tmp_path / "for-bob.bundle"), "--for", "bob")
    do(bob, "merge", str(tmp_path / "for-bob.bundle"))
    assert roles(bob) == {"kim": "lead"}


def test_two_who_made_themselves_leads_apart_come_together_through_a_folder(
    two_leads: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    kim, bob = two_leads
    folder = tmp_path / "shared"
    folder.mkdir()
    for _ in range(2):
        for each in two_leads:
            each("sync", folder)
    assert [each("sync", folder).code for each in two_leads] == [0, 0]
    assert roles(kim) == roles(bob) == {"kim": "lead"}
    assert [each["field"] for each in do(kim, "disagreements", *IN, "--json").json] == ["maker"]


def test_what_holds_others_work_by_who_reviews_nowhere_is_refused_with_the_role_it_takes(
    apart: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    lead, ann = apart
    do(ann, "settings", "reviewers", "ann")
    do(ann, "bundle", str(tmp_path / "anns.bundle"))
    said = lead("merge", str(tmp_path / "anns.bundle"))
    assert (said.code, "made by ann, who does not review here" in said.err) == (5, True)
    assert "annotator people role 'ann' adjudicator" in said.err


def test_what_a_reader_does_apart_waits_and_what_others_answer_counts(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(lead, "people", "add", "rea")
    do(lead, "people", "role", "rea", "reader")
    for number in range(4):
        ann.answer("3", f"maker={number} again")
    ann.used_by("rea").answer("2", "maker=rea")
    do(ann, *ASSIGN)
    ann.used_by("zoe").hand_in("2", "zoe")
    met(lead, ann)
    found = {each["annotator"]: each["status"] for each in do(lead, "show", "2", "--json").json["classifications"]}
    assert (found["zoe"], "rea" in found) == ("submitted", False)
    assert kinds(lead) == ["answer_set", "assigned"]
    do(lead, "waiting", "accept", "--all")
    met(lead, ann)
    assert "zoe" in do(ann, "progress").out


def test_accepted_and_declined_apart_is_a_conflict_that_a_lead_settles(
    apart: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    lead, ann = apart
    do(ann, *RULE)
    met(lead, ann)
    do(lead, "people", "role", "ann", "lead")
    met(lead, ann)
    decide(lead, "ruled on", "accept")
    decide(ann, "ruled on", "decline", "--reason", "too early")
    met(lead, ann)
    (found,) = lead("conflicts", "--json").json
    assert {each["words"] for each in found["versions"]} == {"it counts", "it does not count: too early"}
    accepted = next(each["event"] for each in found["versions"] if each["kind"] == "accepted")
    do(ann, "conflicts", "keep", accepted)
    met(lead, ann)
    assert (ruled(lead), lead("conflicts", "--json").json) == (["maker"], [])


def test_what_is_undone_where_it_was_done_is_undone_when_it_is_accepted(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *RULE)
    met(lead, ann)
    do(ann, "undo")
    met(lead, ann)
    assert kinds(lead) == ["ruled"]
    do(lead, "waiting", "accept", "--all")
    assert ruled(lead) == []
    lead.fine()


def test_what_was_erased_without_the_role_comes_back_until_a_lead_accepts_it(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, "settings", "reviewers", "ann")
    events = do(ann, "history", "1", "--json").json
    (event,) = [each["id"] for each in events if each["payload"].get("answer", {}).get("value") == "eva"]
    do(ann, "erase", event, "--reason", "as asked", "--with-repeats")
    met(lead, ann)
    assert "eva" in do(ann.used_by("eva"), "show", "1").out
    assert {*kinds(ann)} == {"setting_set", "erased"}
    do(lead, "waiting", "accept", "--all")
    met(lead, ann)
    shown = do(ann.used_by("eva"), "show", "1", "--json").json["classifications"]
    assert ["maker" in each["answers"] for each in shown] == [True, False]


def test_who_is_at_work_is_told_nothing_of_what_waits_there(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, *RULE)
    do(ann, *ASSIGN)
    met(lead, ann)
    lead.used_by("max").answer("1", "maker=max")
    for name in ("max", "nat"):
        said = lead.used_by(name)("waiting")
        assert ("ruled" in said.out, "gave zoe" in said.out) == (False, True)
        assert "1 deed waits" in said.err
        assert "left out" in said.err
    do(lead, "people", "role", "max", "lead")
    said = lead.used_by("max")("waiting", "accept", "--all")
    assert (said.code, kinds(lead)) == (0, ["ruled"])
    assert said.err.splitlines()[1] == "1 deed accepted." and "left out" in said.err.splitlines()[2]
    for how in (("accept", "--all"), ("decline", "--all", "--reason", "unwanted")):
        first, closed = lead.used_by("max")("waiting", *how).err.splitlines()
        assert first == "Nothing that you may see waits for a lead." and closed in said.err


def test_a_bundle_tells_whoever_it_is_for_what_counts(apart: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    lead, ann = apart
    do(ann, *RULE)
    do(ann, "bundle", "anns.bundle")
    do(lead, "merge", "anns.bundle")
    assert kinds(lead) == ["ruled"]
    do(lead, "bundle", "for-ann.bundle", "--for", "ann")
    do(ann, "merge", "for-ann.bundle")
    ann.fine()
    assert roles(ann) == {"cleo": "adjudicator", "lead": "lead"}
    assert ruled(ann) == []
    decide(lead, "ruled on", "accept")
    do(lead, "bundle", "for-ann.bundle", "--for", "ann")
    do(ann, "merge", "for-ann.bundle")
    ann.fine()
    assert ruled(ann) == ["maker"]


def test_what_somebody_gives_themselves_waits_like_what_they_give_others(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, "assign", "2", *IN, "--to", "ann")
    do(ann, "assign", "--take-back", "ann")

    def assigned(at: Laptop) -> int:
        return sum(each["assigned"] for each in do(at, "round", "list", *IN, "--json").json)

    met(lead, ann)
    for at in apart:
        assert (kinds(at), assigned(at)) == (["assigned", "taken_back"], 0)
    decide(lead, "gave ann", "accept")
    met(lead, ann)
    assert (kinds(ann), assigned(ann)) == (["taken_back"], 1)
    do(lead, "waiting", "accept", "--all")
    met(lead, ann)
    assert (kinds(ann), assigned(ann)) == ([], 0)


def test_a_readers_comment_that_was_made_apart_asks_nobody_until_a_lead_accepts_it(
    apart: tuple[Laptop, Laptop],
) -> None:
    lead, ann = apart
    do(lead, "people", "add", "rea")
    do(lead, "people", "role", "rea", "reader")
    for number in range(4):
        ann.answer("3", f"maker={number} again")
    do(ann.used_by("rea"), "comment", "2", "@bob look here")
    do(ann.used_by("zoe"), "comment", "2", "so do I")

    def asked(at: Laptop) -> tuple[list[str], int]:
        said = [each["text"] for each in do(at, "comments", "2", "--json").json]
        return said, len(do(at.used_by("bob"), "list", "--mentioned", "--json").json)

    met(lead, ann)
    assert asked(lead) == asked(ann) == (["so do I"], 0)
    (one,) = waiting(lead)
    assert (one["kind"], "rea commented: @bob look here" in one["words"]) == ("commented", True)
    assert "rea commented: @bob look here" in do(lead, "waiting").out
    do(lead, "waiting", "accept", "--all")
    met(lead, ann)
    assert asked(lead) == asked(ann) == (["@bob look here", "so do I"], 1)


def test_a_round_that_waits_is_said_to_wait(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, "round", "start", *IN, "--purpose", "calibration", "--to", "zoe")
    (number,) = [each["round"] for each in do(ann, "round", "list", *IN, "--json").json if each["round"] > 1]
    met(lead, ann)
    said = lead("progress", *IN, "--round", str(number))
    assert (said.code, "waits for a lead" in said.err, "`annotator waiting`" in said.err) == (3, True, True), said
    do(lead, "waiting", "accept", "--all")
    assert lead("progress", *IN, "--round", str(number)).code == 0


def test_who_handed_in_in_a_round_that_waits_takes_it_back_and_begins_nothing_there(
    apart: tuple[Laptop, Laptop],
) -> None:
    lead, ann = apart
    do(ann, "round", "start", *IN, "--purpose", "calibration", "--to", "ann", "--kind", "incident")
    (number,) = [each["round"] for each in do(ann, "round", "list", *IN, "--json").json if each["round"] > 1]
    first, second, *_ = (each["key"] for each in do(ann, "list", "--assigned", "--round", str(number), "--json").json)
    there = ("--round", str(number)[:5])
    do(ann, "classify", first, *IN, *there, "--set", "maker=a", "--set", "outcome=none", "--submit")
    met(lead, ann)
    said = ann("reopen", first, *IN)
    assert (said.code, f"In round {str(number)[:5]} it is submitted" in said.err) == (2, True), said.err
    do(ann, "reopen", first, *IN, *there)
    do(ann, "classify", first, *IN, *there, "--set", "maker=b", "--submit")
    refused = [ann("classify", second, *IN, *there, "--set", "maker=b"), lead("reopen", first, *IN, *there)]
    assert ["waits for a lead" in each.err for each in refused] == [True, True]
    assert [each.code for each in refused] == [4, 3]
    met(lead, ann)
    do(lead, "waiting", "accept", "--all")
    (answers,) = do(lead, "export", "json", *there).json
    assert (answers["subject"], answers["answers"]["maker"]["value"]) == (first, "b")


def test_the_closing_of_a_round_that_was_declined_is_not_accepted(apart: tuple[Laptop, Laptop]) -> None:
    lead, ann = apart
    do(ann, "round", "start", *IN, "--purpose", "calibration", "--to", "zoe")
    (number,) = [each["round"] for each in do(ann, "round", "list", *IN, "--json").json if each["round"] > 1]
    do(ann, "round", "close", str(number), "--take-back")
    met(lead, ann)
    (closing,) = [each["event"] for each in waiting(lead) if each["kind"] == "round_closed"]
    (start,) = [each["event"] for each in waiting(lead) if each["kind"] == "round_started"]
    do(lead, "waiting", "decline", start, "--reason", "not now")
    for which in (closing, "--all"):
        said = lead("waiting", "accept", which)
        assert (said.code, "That round was declined" in said.err) == (2, True), said.err
    assert "round_closed" in kinds(lead)
    do(lead, "waiting", "decline", closing, "--reason", "not now")
    do(lead, "waiting", "accept", "--all")
    assert waiting(lead) == []


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000, "4294967296"], ids=len)
def test_who_takes_back_an_event_of_any_number_waits_like_all(apart: tuple[Laptop, Laptop], number: str) -> None:
    lead, ann = apart
    feed = ann("history", "3", "--json").json[0]["id"].partition(":")[0]
    with closing(Desk(Project.open(ann.path), "ann")) as desk:
        of = Identity(subject="d:1", taxonomy=NS, annotator="eva")
        desk.store.record("ann", "undone", of, 1, {"event": f"{feed}:{number}"})
    do(lead, "merge", str(ann.path))
    assert kinds(lead) == ["undone"]
    lead.fine()
