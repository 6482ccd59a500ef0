"""Whoever could see others' answers before they handed in is marked, however they came to it; nobody else is."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Program

SMALL = ("--taxonomy", "small")
BOTH = ("--per-subject", "2", "--keys", "keys.txt")
MARK = "handed in after others' answers were open to them"


def done(program: Program, *said: str, by: str) -> None:
    answer = program(*said, "--as", by)
    assert answer.code == 0, answer.err


def classify(program: Program, name: str, outcome: str = "near", key: str = "2", *more: str) -> None:
    done(program, "classify", key, *SMALL, "--set", f"outcome={outcome}", "--submit", *more, by=name)


def marks(program: Program, key: str = "2", *where: str) -> dict[str, bool]:
    """By annotator: whether their hand-in is marked, wherever it is told."""
    shown = program("show", key, "--json", "--as", "kim", *where).json["classifications"]
    found: dict[str, bool] = {}
    for each in shown:
        if each["annotator"] != "adjudicated":
            found[each["annotator"]] = bool(each["hand_in"] and each["hand_in"]["after_others"])
    many = sum(found.values())
    assert program("show", key, "--as", "kim", *where).out.count(MARK) == many
    told = program("agreement", *SMALL, "--as", "kim", *where).err
    assert ("after others' answers were open" in told) == bool(many), told
    for _ in range(2):
        assert program("doctor", *where).code == 0
        assert program("doctor", "--rebuild", *where).code == 0
    assert found == {
        each["annotator"]: bool(each["hand_in"] and each["hand_in"]["after_others"])
        for each in program("show", key, "--json", "--as", "kim", *where).json["classifications"]
        if each["annotator"] in found
    }
    return found


@pytest.fixture
def team(program: Program, eva: object, tmp_path: Path) -> Program:
    """Kim leads, eva adjudicates; ann and eva are dealt a subject."""
    assert eva
    (tmp_path / "keys.txt").write_text("demo:2\n")
    done(program, "people", "role", "kim", "lead", by="kim")
    for name in ("ann", "bob", "eva"):
        program("people", "add", name, "--as", "kim")
    done(program, "people", "role", "eva", "adjudicator", by="kim")
    return program


@pytest.fixture
def dealt(team: Program) -> Program:
    done(team, "assign", *SMALL, "--to", "ann,eva", *BOTH, by="kim")
    return team


@pytest.fixture
def open_to_all(program: Program, eva: object, tmp_path: Path) -> Program:
    """Nobody has a role; kim reviews, and ann and bob are dealt a subject."""
    assert eva
    (tmp_path / "keys.txt").write_text("demo:2\n")
    done(program, "settings", "reviewers", "kim", by="kim")
    done(program, "assign", *SMALL, "--to", "ann,bob", *BOTH, by="kim")
    return program


def test_who_was_at_work_all_along_is_not_marked(dealt: Program) -> None:
    classify(dealt, "ann")
    classify(dealt, "eva")
    assert marks(dealt) == {"ann": False, "eva": False}


@pytest.mark.parametrize("back", ["undo", "reopen"])
def test_who_reviews_and_skipped_meanwhile_is_marked(dealt: Program, back: str) -> None:
    classify(dealt, "ann")
    done(dealt, "skip", "2", *SMALL, "--reason", "later", by="eva")
    assert "near" in dealt("export", "csv", *SMALL, "--annotator", "ann", "--as", "eva").out
    done(dealt, *(("undo",) if back == "undo" else ("reopen", "2", *SMALL)), by="eva")
    classify(dealt, "eva")
    assert marks(dealt) == {"ann": False, "eva": True}


def test_who_skipped_before_anybody_had_said_anything_is_not_marked(dealt: Program) -> None:
    done(dealt, "skip", "2", *SMALL, "--reason", "later", by="eva")
    done(dealt, "reopen", "2", *SMALL, by="eva")
    classify(dealt, "ann")
    classify(dealt, "eva")
    assert marks(dealt) == {"ann": False, "eva": False}


def test_who_reviews_and_was_given_nothing_is_marked(team: Program) -> None:
    classify(team, "ann")
    classify(team, "eva")
    assert marks(team) == {"ann": False, "eva": True}


def test_who_reviews_and_began_before_others_said_anything_is_not_marked(team: Program) -> None:
    done(team, "classify", "2", *SMALL, "--set", "outcome=near", by="eva")
    classify(team, "ann")
    done(team, "classify", "2", *SMALL, "--submit", by="eva")
    assert marks(team) == {"ann": False, "eva": False}


def test_what_was_taken_back_from_a_reviewer_meanwhile_marks(dealt: Program) -> None:
    classify(dealt, "ann")
    done(dealt, "assign", "--take-back", "eva", "--keys", "keys.txt", by="kim")
    done(dealt, "assign", *SMALL, "--to", "ann,eva", *BOTH, by="kim")
    classify(dealt, "eva")
    assert marks(dealt) == {"ann": False, "eva": True}


def test_what_others_skipped_tells_no_answer_and_what_they_undid_does(team: Program) -> None:
    done(team, "skip", "2", *SMALL, "--reason", "later", by="ann")
    classify(team, "eva")
    assert marks(team)["eva"] is False
    done(team, "classify", "10", *SMALL, "--set", "outcome=near", by="ann")
    done(team, "undo", by="ann")
    assert "Near miss" in team("history", "10", "--as", "eva").out
    classify(team, "eva", "near", "10")
    assert marks(team, "10")["eva"] is True


def test_a_role_that_ended_before_others_said_anything_marks_nothing(dealt: Program) -> None:
    done(dealt, "skip", "2", *SMALL, "--reason", "later", by="eva")
    done(dealt, "people", "role", "eva", "annotator", by="kim")
    classify(dealt, "ann")
    done(dealt, "reopen", "2", *SMALL, by="eva")
    classify(dealt, "eva")
    assert marks(dealt) == {"ann": False, "eva": False}


@pytest.mark.parametrize("way", ["skip", "take back"])
def test_who_let_themselves_review_for_a_while_is_marked(open_to_all: Program, way: str) -> None:
    classify(open_to_all, "bob")
    if way == "skip":
        done(open_to_all, "skip", "2", *SMALL, "--reason", "later", by="ann")
    else:
        done(open_to_all, "assign", "--take-back", "ann", "--keys", "keys.txt", by="ann")
    done(open_to_all, "settings", "reviewers", "ann,kim", by="ann")
    assert "near" in open_to_all("export", "csv", *SMALL, "--annotator", "bob", "--as", "ann").out
    done(open_to_all, "settings", "reviewers", "kim", by="ann")
    if way == "skip":
        done(open_to_all, "reopen", "2", *SMALL, by="ann")
    classify(open_to_all, "ann")
    assert marks(open_to_all) == {"ann": True, "bob": False}


def test_a_skip_alone_opens_nothing(open_to_all: Program) -> None:
    classify(open_to_all, "bob")
    done(open_to_all, "skip", "2", *SMALL, "--reason", "later", by="ann")
    done(open_to_all, "reopen", "2", *SMALL, by="ann")
    classify(open_to_all, "ann")
    assert marks(open_to_all) == {"ann": False, "bob": False}


def decide(program: Program, by: str) -> None:
    done(program, "adjudicate", "2", *SMALL, by=by)
    done(program, "publish", "2", *SMALL, by=by)


@pytest.mark.parametrize("is_left", [True, False])
def test_what_is_published_marks_whoever_was_not_at_work(team: Program, is_left: bool) -> None:
    done(team, "assign", *SMALL, "--to", "ann,bob", *BOTH, by="kim")
    classify(team, "ann")
    classify(team, "cy")  # nothing was published yet, and cy does not review
    decide(team, "eva")
    if is_left:
        done(team, "skip", "2", *SMALL, "--reason", "later", by="bob")
        assert "Near miss" in team("show", "2", "--as", "bob").out
        done(team, "reopen", "2", *SMALL, by="bob")
    classify(team, "bob")
    classify(team, "dan")  # who may have read what is published, and was given nothing
    assert marks(team) == {"ann": False, "bob": is_left, "cy": False, "dan": True}


def test_what_was_withdrawn_before_the_skip_marks_nothing(team: Program) -> None:
    done(team, "assign", *SMALL, "--to", "ann,bob", *BOTH, by="kim")
    classify(team, "ann")
    decide(team, "eva")
    done(team, "withdraw", "2", *SMALL, by="eva")
    done(team, "skip", "2", *SMALL, "--reason", "later", by="bob")
    done(team, "reopen", "2", *SMALL, by="bob")
    classify(team, "bob")
    assert marks(team) == {"ann": False, "bob": False}


def test_who_handed_in_in_another_round_is_marked_where_others_had_said_something(team: Program) -> None:
    classify(team, "bob")
    classify(team, "ann")
    classify(team, "ann", "near", "10")
    for key in ("2", "10"):
        classify(team, "ann", "near", key, "--round", "2")
    for key, are_marked in (("2", [False, False, True]), ("10", [False, False])):
        shown = team("show", key, "--json", "--as", "kim").json["classifications"]
        assert [bool(each["hand_in"]) for each in shown] == are_marked
    assert "after others' answers were open" in team("agreement", *SMALL, "--round", "2", "--as", "kim").err
    assert "after others' answers were open" not in team("agreement", *SMALL, "--round", "1", "--as", "kim").err


def test_nobody_who_works_alone_notices_anything(program: Program, eva: object) -> None:
    assert eva
    for key in ("2", "10"):
        classify(program, "kim", "near", key)
        done(program, "reopen", key, *SMALL, by="kim")
        classify(program, "kim", "happened", key)
    done(program, "settings", "reviewers", "kim", by="kim")
    done(program, "settings", "allow_self_adjudication", "yes", by="kim")
    classify(program, "kim", "near", "2", "--round", "2")
    decide(program, "kim")
    assert marks(program) == {"kim": False}


def test_who_decides_about_nothing_but_their_own_goes_on_with_it(program: Program, eva: object) -> None:
    assert eva
    done(program, "settings", "allow_self_adjudication", "yes", by="kim")
    for key in ("2", "10"):
        classify(program, "kim", "near", key)
        if key == "10":
            classify(program, "bob", "near", key)
        done(program, "adjudicate", key, *SMALL, by="kim")
    done(program, "reopen", "2", *SMALL, by="kim")
    classify(program, "kim", "happened")
    assert marks(program) == {"kim": False}
    said = program("reopen", "10", *SMALL, "--as", "kim")
    assert "what was decided tells others' answers" in said.err


# What figures of agreement do with it

LOOKED_AND_COPIED = {"ann": "near", "bob": "happened", "eva": "near"}
LEFT_OUT = "open to its annotator is left out, because it may not be independent: 1 classification, of eva (1)"
COUNTED = "1 classification was handed in after others' answers were open to their annotator, and so may not be"


def copy(program: Program, *more: str) -> None:
    """Ann and bob disagree; eva, who reviews, skips, looks, comes back and says what ann says."""
    classify(program, "ann", "near", "2", *more)
    classify(program, "bob", "happened", "2", *more)
    done(program, "skip", "2", *SMALL, "--reason", "later", *more, by="eva")
    done(program, "export", "csv", *SMALL, "--annotator", "ann", by="eva")
    done(program, "undo", by="eva")
    classify(program, "eva", "near", "2", *more)


@pytest.fixture
def copied(team: Program) -> Program:
    done(team, "assign", *SMALL, "--to", "ann,bob,eva", "--per-subject", "3", "--keys", "keys.txt", by="kim")
    copy(team)
    return team


def agreed(program: Program, *more: str) -> tuple[float, str]:
    """How far they agree on the outcome, in percent, and what is said beside it."""
    told = program("agreement", *SMALL, "--field", "outcome", "--json", "--as", "kim", *more)
    return told.json[0]["percent"], told.err


def test_whoever_looks_and_copies_raises_no_agreement(copied: Program) -> None:
    percent, told = agreed(copied)
    assert percent == 0
    assert LEFT_OUT in told and "(--after-others count: it counts)" in told and COUNTED not in told
    percent, told = agreed(copied, "--after-others", "count")
    assert percent == pytest.approx(100 / 3, abs=0.001)
    assert COUNTED in told and "left out" not in told
    assert agreed(copied, "--hand-in", "last")[0] == agreed(copied, "--drafts")[0] == 0


def test_every_table_of_agreement_leaves_it_out_and_says_so(copied: Program) -> None:
    for more, pairs, confused, names in (
        ((), 1, 1, {"ann", "bob"}),
        (("--after-others", "count"), 3, 2, {*LOOKED_AND_COPIED}),
    ):
        asked = (*SMALL, "--field", "outcome", "--json", "--as", "kim", *more)
        by_table = {table: copied("agreement", table, *asked) for table in ("pairs", "confusion", "annotators")}
        assert all((LEFT_OUT in told.err) is (not more) for told in by_table.values())
        assert len(by_table["pairs"].json) == pairs
        assert sum(row["count"] for row in by_table["confusion"].json) == confused
        assert {row["annotator"] for row in by_table["annotators"].json} == names
    table = copied("agreement", *SMALL, "--csv", "--as", "kim").out.splitlines()
    (row,) = (each for each in csv.DictReader(table) if each["field"] == "outcome")
    assert (row["pairable"], float(row["percent"])) == ("1", 0)
    assert copied("report", "page.html", *SMALL, "--as", "kim").code == 0
    assert "1 classification, of eva (1)" in Path("page.html").read_text()


def test_shares_and_disagreements_count_and_list_it_all_the_same(copied: Program) -> None:
    shares = copied("agreement", "shares", *SMALL, "--field", "outcome", "--json", "--as", "kim")
    assert {row["choice"]: round(row["share"], 2) for row in shares.json if row["units"]} == {
        "near": 66.67, "happened": 33.33,
    }  # fmt: skip
    assert COUNTED in shares.err
    listed = copied("disagreements", *SMALL, "--json", "--as", "kim")
    assert [each["answers"] for each in listed.json] == [LOOKED_AND_COPIED]
    assert COUNTED in listed.err
    without = copied("agreement", "shares", *SMALL, "--after-others", "leave-out", "--as", "kim")
    assert LEFT_OUT in without.err


def test_whatever_is_decided_knows_it(copied: Program) -> None:
    assert "eva" in copied("review", "2", *SMALL, "--as", "kim").out
    assert {each["annotator"] for each in copied("show", "2", "--json", "--as", "kim").json["classifications"]} == {
        *LOOKED_AND_COPIED
    }


def test_where_annotation_is_not_blind_all_of_it_counts(copied: Program) -> None:
    done(copied, "settings", "blind_annotation", "no", by="kim")
    percent, told = agreed(copied)
    assert percent == pytest.approx(100 / 3, abs=0.001) and COUNTED in told
    percent, told = agreed(copied, "--after-others", "leave-out")
    assert percent == 0 and LEFT_OUT in told


def test_a_blind_team_at_work_notices_nothing(dealt: Program) -> None:
    classify(dealt, "ann")
    classify(dealt, "eva")
    for more in ((), ("--after-others", "count"), ("--after-others", "leave-out")):
        percent, told = agreed(dealt, *more)
        assert percent == 100 and "after others" not in told


def test_nothing_to_compare_is_said_truly(dealt: Program) -> None:
    classify(dealt, "ann")
    done(dealt, "skip", "2", *SMALL, "--reason", "later", by="eva")
    done(dealt, "undo", by="eva")
    classify(dealt, "eva")
    told = dealt("agreement", "--as", "kim").err  # the taxonomy is found all the same
    assert "only ann (1) is left to compare; agreement needs two annotators." in told and LEFT_OUT in told
    told = dealt("agreement", *SMALL, "--annotators", "eva", "--as", "kim").err
    assert "nothing that may be independent is left, so there is nothing to compare." in told


def in_round(program: Program, purpose: str, *more: str) -> tuple[str, str]:
    """Start a round for a purpose; how to name it."""
    said = program("round", "start", "--purpose", purpose, *SMALL, *more, "--json", "--as", "kim")
    assert said.code == 0, said.err
    return "--round", str(said.json["round"])


@pytest.mark.parametrize("purpose", ["calibration", "training"])
def test_in_rounds_that_teach_it_counts(team: Program, purpose: str) -> None:
    here = in_round(team, purpose, "--to", "ann,bob,eva", "--keys", "keys.txt")
    copy(team, *here)
    percent, told = agreed(team, *here)
    assert percent == pytest.approx(100 / 3, abs=0.001)
    assert COUNTED in told and "left out" not in told
    assert agreed(team, "--after-others", "leave-out", *here)[0] == 0


def test_in_a_retest_it_counts_and_so_does_what_it_is_compared_with(copied: Program) -> None:
    here = in_round(copied, "retest", "--share", "1", "--to", "ann,bob,eva")
    for name, outcome in LOOKED_AND_COPIED.items():
        classify(copied, name, outcome, "2", *here)
    percent, told = agreed(copied, *here)
    assert percent == pytest.approx(100 / 3, abs=0.001)
    assert "3 classifications were handed in after others' answers were open" in told and "left out" not in told
    rows = copied("agreement", "annotators", *SMALL, "--field", "outcome", "--json", "--as", "kim", *here).json
    assert {row["annotator"]: row["percent"] for row in rows if row["against"] == "round 1"} == dict.fromkeys(
        LOOKED_AND_COPIED, 100
    )


def test_in_a_second_pass_it_is_left_out(team: Program) -> None:
    done(team, "assign", *SMALL, "--to", "cy", "--keys", "keys.txt", by="kim")
    classify(team, "cy")
    here = in_round(team, "second-pass", "--to", "ann,bob,eva", "--share", "1", "--per-subject", "3")
    copy(team, *here)
    percent, told = agreed(team, *here)
    assert percent == 0 and LEFT_OUT in told


# What is dealt again


def begin(program: Program, purpose: str, to: str) -> str:
    said = program("round", "start", "--purpose", purpose, *SMALL, "--to", to, "--limit", "1", "--json", "--as", "kim")
    assert said.code == 0, said.err
    return str(said.json["round"])


def deal(program: Program, *more: str) -> tuple[dict[str, int], str]:
    """How many everybody gets, and what is said beside it."""
    said = program("assign", *SMALL, *more, "--as", "kim")
    assert said.code == 0, said.err
    rows = program("progress", "--json", "--as", "kim").json
    return {row["annotator"]: row["assigned"] for row in rows if row["round"] == 1}, said.err


PASSED = "1 of the subjects that match are passed over for who had them in a calibration or training"


@pytest.mark.parametrize("purpose", ["calibration", "training"])
def test_nobody_gets_what_they_had_in_a_calibration_or_training(team: Program, purpose: str) -> None:
    begin(team, purpose, "ann,bob")
    got, told = deal(team, "--to", "ann,bob", "--per-subject", "2")
    assert PASSED in told
    assert got["ann"] == got["bob"] == len(team("list", "--json", "--as", "kim").json) - 1
    assert "passed over" not in deal(team, "--to", "cy")[1]


def test_others_get_what_somebody_had_in_a_training(team: Program) -> None:
    begin(team, "training", "ann")
    got, told = deal(team, "--to", "ann,bob", "--per-subject", "2")
    assert PASSED in told
    assert got["bob"] == got["ann"] + 1


def test_a_calibration_that_is_dealt_on_gets_its_own_subjects(team: Program) -> None:
    round_ = begin(team, "calibration", "ann,bob")
    said = team("assign", *SMALL, "--to", "cy", "--round", round_, "--limit", "1", "--as", "kim")
    assert said.code == 0
    assert "passed over" not in said.err


def test_subjects_that_are_named_are_passed_over_too(team: Program) -> None:
    begin(team, "calibration", "ann,bob")
    key = team("list", "--assigned", "--annotator", "ann", "--json", "--as", "kim").json[0]["key"]
    Path("keys.txt").write_text(key)
    said = team("assign", *SMALL, "--to", "ann,bob", *BOTH, "--json", "--as", "kim")
    assert said.code == 0, said.err
    assert (said.json["assigned"], said.json["short"]) == (0, 2)


# Copies that were worked on apart


def copy_of(program: Program, name: str = "copy.db") -> tuple[str, ...]:
    assert program("backup", name).code == 0
    return ("--db", name, "--taxonomies", "taxonomies")


def joined(program: Program, copy: tuple[str, ...]) -> dict[str, bool]:
    """What is marked once both know of each other, the same on both."""
    done(program, "merge", copy[1], by="kim")
    done(program, "merge", "annotator.db", *copy, by="kim")
    here, there = marks(program), marks(program, "2", *copy)
    assert here == there
    return here


def test_a_role_that_comes_by_a_merge_and_is_earlier_marks_nobody(team: Program) -> None:
    done(team, "assign", *SMALL, "--to", "ann,bob", *BOTH, by="kim")
    classify(team, "ann")
    copy = copy_of(team)
    done(team, "people", "role", "bob", "adjudicator", by="kim")
    for key in ("10", "r1"):  # so that what follows in the copy comes later, by the order of the log
        classify(team, "ann", "near", key)
        classify(team, "cy", "near", key, *copy)
    done(team, "people", "role", "bob", "annotator", by="kim")
    done(team, "skip", "2", *SMALL, "--reason", "later", *copy, by="bob")
    done(team, "reopen", "2", *SMALL, *copy, by="bob")
    classify(team, "bob", "near", "2", *copy)
    assert joined(team, copy) == {"ann": False, "bob": False}  # it was closed to them where they handed in


def test_what_was_taken_back_on_another_copy_marks_nobody_who_had_it_to_do(dealt: Program) -> None:
    classify(dealt, "ann")
    copy = copy_of(dealt)
    done(dealt, "assign", "--take-back", "eva", "--keys", "keys.txt", by="kim")
    for outcome in ("near", "happened"):
        done(dealt, "classify", "10", *SMALL, "--set", f"outcome={outcome}", *copy, by="cy")
    classify(dealt, "eva", "near", "2", *copy)
    assert marks(dealt, "2", *copy) == {"ann": False, "eva": False}
    assert joined(dealt, copy) == {"ann": False, "eva": False}


@pytest.mark.parametrize("is_seen", [True, False])
def test_what_somebody_looked_at_on_another_copy_marks_them_in_any_order(open_to_all: Program, is_seen: bool) -> None:
    done(open_to_all, "settings", "reviewers", "ann,kim", by="kim")
    classify(open_to_all, "bob")
    copy = copy_of(open_to_all)
    if is_seen:
        done(open_to_all, "skip", "2", *SMALL, "--reason", "later", by="ann")
        done(open_to_all, "review", "2", *SMALL, by="ann")
    for key in ("10", "r1"):  # so that what follows in the copy comes later, by the order of the log
        classify(open_to_all, "cy", "near", key, *copy)
    classify(open_to_all, "ann", "near", "2", *copy)
    assert marks(open_to_all, "2", *copy)["ann"] is False
    assert joined(open_to_all, copy) == {"ann": is_seen, "bob": False}


def test_what_is_handed_in_by_undoing_tells_its_own(dealt: Program) -> None:
    classify(dealt, "eva")
    for deed in ("undo", "redo"):
        done(dealt, deed, by="eva")
    done(dealt, "reopen", "2", *SMALL, by="eva")
    done(dealt, "settings", "blind_annotation", "no", by="kim")
    classify(dealt, "ann")
    done(dealt, "settings", "blind_annotation", "yes", by="kim")
    done(dealt, "undo", by="eva")
    assert told("eva") == [("submitted", 0), ("redone", 0), ("undone", 1)]
    assert marks(dealt) == {"ann": True, "eva": True}


def told(name: str) -> list[tuple[str, int]]:
    """What everything by which somebody handed in tells, in order."""
    sql = "SELECT kind, payload ->> 'open' FROM log WHERE annotator = ? AND payload ->> 'open' IS NOT NULL ORDER BY id"
    with closing(sqlite3.connect("annotator.db")) as connection:
        return connection.execute(sql, (name,)).fetchall()


def test_who_is_one_person_with_somebody_who_reviews_is_marked(team: Program) -> None:
    classify(team, "ann")
    classify(team, "evi")
    assert marks(team) == {"ann": False, "evi": False}
    done(team, "people", "merge", "evi", "eva", by="kim")
    assert marks(team) == {"ann": False, "eva": True}


def test_it_goes_with_exports_and_comes_back(dealt: Program) -> None:
    classify(dealt, "ann")
    done(dealt, "skip", "2", *SMALL, "--reason", "later", by="eva")
    done(dealt, "undo", by="eva")
    classify(dealt, "eva")
    done(dealt, "export", "jsonl", "--out", "out.jsonl", by="kim")
    there = ("--db", "there.db", "--taxonomies", "taxonomies")
    done(dealt, "import", "out.jsonl", *there, by="kim")
    assert marks(dealt, "2", *there) == {"ann": False, "eva": True}


def test_a_file_of_an_older_version_learns_it(dealt: Program) -> None:
    classify(dealt, "ann")
    done(dealt, "skip", "2", *SMALL, "--reason", "later", by="eva")
    done(dealt, "undo", by="eva")
    classify(dealt, "eva")
    with closing(sqlite3.connect("annotator.db")) as connection, connection:
        connection.execute("UPDATE hand_ins SET after_others = 0")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '0016%'")
        connection.execute("PRAGMA user_version = 15")
    assert marks(dealt) == {"ann": False, "eva": True}
