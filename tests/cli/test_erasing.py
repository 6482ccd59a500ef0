"""What is taken away for good: of the file's bytes, of what repeats it, and in what is told of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops, lines_of

Two = tuple[Laptop, Laptop]


@pytest.fixture
def two(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Kim, who reviews, and Ann, who has everything that Kim has."""
    kim, ann = laptops(tmp_path, program, monkeypatch, "kim", "ann")
    assert kim("settings", "blind_annotation", "no").code == 0
    passed_on(kim, ann)
    return kim, ann


def passed_on(one: Laptop, other: Laptop) -> None:
    """Let another laptop take in all that is on one."""
    bundle = one.folder / "passed-on.bundle"
    assert one("bundle", bundle).code == 0
    said = other("merge", bundle)
    assert said.code == 0, said.err
    bundle.unlink()


def event(laptop: Laptop, key: str, kind: str, words: str = "") -> str:
    """The name of the latest event of a kind that holds some words."""
    found = [each for each in laptop("history", key, "--json").json if each["kind"] == kind and words in str(each)]
    return str(found[-1]["id"])


def erase(laptop: Laptop, *events: str) -> Any:
    """Take away what some events say."""
    said = laptop("erase", *events, "--reason", "a takedown")
    assert said.code == 0, said.err
    return said


def telling(laptop: Laptop, words: str) -> list[str]:
    """The files of a laptop's database whose bytes hold some words."""
    files = sorted(laptop.folder.glob("desk.db*"))
    return [file.name for file in files if words.encode() in file.read_bytes()]


# The bytes


def test_nothing_of_what_was_erased_is_left_in_the_bytes_of_any_copy(two: Two) -> None:
    kim, ann = two
    ann.answer("d:2", "outcome=none", "maker=Erasedtell", "words=Erasedtag; other", submit=True)
    passed_on(ann, kim)
    assert telling(kim, "Erasedtell"), "it is there before"
    said = erase(kim, event(kim, "d:2", "answer_set", "Erasedtell"), event(kim, "d:2", "answer_set", "Erasedtag"))
    assert "bytes" not in said.err
    passed_on(kim, ann)
    for laptop in two:
        assert not telling(laptop, "Erasedtell")
        assert not telling(laptop, "Erasedtag")
        laptop.fine()
    assert ann.digest == kim.digest


def test_of_words_that_somebody_took_back_before_nothing_is_left_either(two: Two) -> None:
    kim, _ = two
    kim.answer("d:2", "maker=Erasedtell")
    first = event(kim, "d:2", "answer_set", "Erasedtell")
    kim.answer("d:2", "maker=Kept")
    kim.answer("d:3", "maker=Kept")
    erase(kim, first)
    assert not telling(kim, "Erasedtell")
    assert kim("show", "d:2", "--json").code == 0
    assert telling(kim, "Kept")
    kim.fine()


def test_while_another_program_reads_the_file_it_is_said_that_the_bytes_are_still_there(two: Two) -> None:
    kim, _ = two
    kim.answer("d:2", "maker=Erasedtell")
    with closing(sqlite3.connect(kim.path)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM events").fetchone()
        said = erase(kim, event(kim, "d:2", "answer_set", "Erasedtell"))
        assert "still stands in the bytes" in said.err
        assert "doctor --rebuild" in said.err
    said = kim("doctor", "--rebuild")
    assert (said.code, "still stands" in said.err) == (0, False)
    assert not telling(kim, "Erasedtell")


def test_a_rehearsal_takes_nothing_away(two: Two) -> None:
    kim, _ = two
    kim.answer("d:2", "maker=Erasedtell")
    before = kim.digest
    said = kim("erase", event(kim, "d:2", "answer_set"), "--reason", "a takedown", "--dry-run")
    assert (said.code, kim.digest) == (0, before)
    assert telling(kim, "Erasedtell")


# What says the same elsewhere


def test_no_hand_in_tells_whether_a_guess_at_an_erased_answer_is_right(two: Two) -> None:
    kim, ann = two
    for laptop, key in ((ann, "d:2"), (kim, "d:2")):
        laptop.answer(key, "outcome=none", "maker=Erasedtell", submit=True)
    passed_on(ann, kim)
    hand_ins = [each["payload"] for each in kim("history", "d:2", "--json").json if each["kind"] == "submitted"]
    assert len(hand_ins) == 2
    assert [said.keys() for said in hand_ins] == [{"handed_in", "open"}] * 2
    assert all(said["handed_in"].keys() == {"outcome", "maker"} for said in hand_ins)
    assert all(
        each in str(kim("history", "d:2", "--json").json) for said in hand_ins for each in said["handed_in"].values()
    )


def test_the_same_handed_in_apart_is_no_conflict_and_something_else_is(
    two: Two, tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim, ann = two
    other = beside(kim, "ann", "laptop-9")
    passed_on(kim, other)
    for laptop in (ann, other):
        laptop.answer("d:2", "outcome=none", "maker=Acme", submit=True)
    ann.answer("d:3", "outcome=none", "maker=Acme", submit=True)
    other.answer("d:3", "outcome=none", submit=True)
    passed_on(other, ann)
    passed_on(ann, other)
    assert ann.digest == other.digest
    assert {each["subject"] for each in ann("conflicts", "--json").json} == {"d:3"}
    assert "handed in" in ann("conflicts").out


def test_an_answer_that_was_handed_in_and_erased_leaves_the_rest_handed_in(two: Two) -> None:
    kim, ann = two
    ann.answer("d:2", "outcome=none", "maker=Erasedtell", submit=True)
    passed_on(ann, kim)
    erase(kim, event(kim, "d:2", "answer_set", "Erasedtell"))
    passed_on(kim, ann)
    for laptop in two:
        assert status(laptop, "d:2") == "submitted"
        assert not laptop("conflicts", "--json").json
        laptop.fine()
    assert ann.digest == kim.digest
    assert ann("reopen", "d:2", "--taxonomy", NS).code == 0
    ann.answer("d:2", "maker=Anew", submit=True)
    passed_on(ann, kim)
    assert status(kim, "d:2") == "submitted"


def status(laptop: Laptop, key: str) -> str:
    """Of the one classification of a subject that is no decision."""
    (found,) = laptop("show", key, "--json").json["classifications"]
    return str(found["status"])


def test_what_repeats_an_erased_answer_is_named_and_taken_away_too(two: Two) -> None:
    kim, ann = two
    ann.answer("d:2", "outcome=none", "maker=Erasedtell", submit=True)
    bob = beside(kim, "bob", "laptop-9")
    passed_on(kim, bob)
    bob.answer("d:2", "outcome=none", "maker=Other", submit=True)
    passed_on(ann, kim)
    passed_on(bob, kim)
    said = kim("rule", "d:2", "--taxonomy", NS, "--field", "maker", "--value", "Third", "--cause", "slip")
    assert said.code == 0, said.err
    erased, ruling = event(kim, "d:2", "answer_set", "Erasedtell"), event(kim, "d:2", "ruled")
    said = kim("erase", erased, "--reason", "a takedown", "--dry-run")
    assert f"{ruling} (ruled) says the same" in said.err
    assert telling(kim, "Erasedtell")
    said = kim("erase", erased, "--reason", "a takedown", "--with-repeats")
    assert "says the same" not in said.err
    assert not telling(kim, "Erasedtell")
    kim.fine()


# What nobody erased


def test_what_was_written_here_is_not_withheld_and_comes_back(two: Two, tmp_path: Path) -> None:
    kim, ann = two
    ann.answer("d:2", "maker=Anntell")
    kim.answer("d:3", "maker=Kimtell")
    passed_on(ann, kim)
    passed_on(kim, ann)
    gone = event(kim, "d:3", "answer_set")
    columns = "at, kind, subject, taxonomy, whose, round, version, replaces, payload, salt"
    nothing = ", ".join(["NULL"] * 10)
    for laptop in two:
        with closing(sqlite3.connect(laptop.path)) as connection, connection:
            connection.execute(f"UPDATE events SET ({columns}) = ({nothing}) WHERE payload LIKE '%Kimtell%'")
    said = kim("verify")
    assert (said.code, "its content is gone, though it was written here and not erased" in said.out) == (1, True)
    said = ann("verify")
    assert (said.code, "withheld from what brought it, or taken away since" in said.out) == (0, True)
    assert kim("doctor").code == 1
    assert gone.rpartition(":")[0] in kim("verify").out


# What is told of it


def test_history_and_show_tell_what_was_erased_by_whom_and_why(two: Two) -> None:
    kim, ann = two
    ann.answer("d:2", "outcome=none", "maker=Erasedtell", submit=True)
    passed_on(ann, kim)
    said = kim("erase", event(kim, "d:2", "answer_set", "none"), "--reason", "a takedown", "--dry-run")
    assert "What would follow:" in said.err
    assert "d:2 under desk, of ann: stays handed in, without an answer to outcome." in said.err
    assert "erased" not in kim("history", "d:2").out
    erase(kim, event(kim, "d:2", "answer_set", "none"), event(kim, "d:2", "answer_set", "Erasedtell"))
    passed_on(kim, ann)
    for laptop in two:
        told = laptop("history", "d:2").out
        assert "kim  erased an answer to 1.1 Outcome of ann: a takedown" in told
        assert "kim  erased an answer to Maker of ann: a takedown" in told
        shown = laptop("show", "d:2").out
        assert "kim erased an answer to 1.1 Outcome of ann on " in shown
        assert "it was handed in with that answer, which is required; reopen it to answer 1.1 Outcome anew" in shown
        assert shown.count("which is required") == 1
        assert ": a takedown" in laptop("history", "--team").out
        laptop.fine()
    assert ann.digest == kim.digest


def test_nothing_is_told_of_closed_work_where_something_of_it_was_erased(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim, ann, bob = laptops(tmp_path, program, monkeypatch, "kim", "ann", "bob")
    assert kim("assign", "--taxonomy", NS, "--to", "ann,bob", "--kind", "incident", "--per-subject", "2").code == 0
    for name in ("ann", "bob"):
        given = ("--set", "outcome=none", "--set", f"maker={name}tell", "--submit")
        assert kim("--as", name, "classify", "d:1", "--taxonomy", NS, *given[:4]).code == 0
    erase(kim, event(kim, "d:1", "answer_set", "anntell"))
    for laptop, told in ((ann, True), (bob, False)):
        assert kim("bundle", tmp_path / "for.bundle", "--for", laptop.name).code == 0
        lines = lines_of(tmp_path / "for.bundle")
        assert any("erasure_told" in line for line in lines) == told
        assert laptop("merge", tmp_path / "for.bundle").code == 0
        assert ("erased an answer to Maker" in laptop("history", "d:1").out) == told


def test_who_erases_their_own_rights_is_told_before(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kim,) = laptops(tmp_path, program, monkeypatch, "kim")
    (setting,) = (each["id"] for each in kim("history", "--team", "--json").json if each["kind"] == "setting_set")
    said = kim("erase", setting, "--reason", "a takedown", "--dry-run")
    assert (said.code, "kim no longer reviews" in said.err) == (0, True)


def test_a_hand_in_and_a_note_that_are_erased_say_what_becomes_of_the_work(two: Two) -> None:
    kim, _ = two
    kim.answer("d:2", "outcome=none", submit=True)
    said = erase(kim, event(kim, "d:2", "submitted"))
    assert "d:2 under desk, of kim: was handed in and is a draft now." in said.err
    said = erase(kim, event(kim, "d:2", "answer_set"))
    assert "d:2 under desk, of kim: nothing is left of it." in said.err
    assert "erased the hand-in of kim: a takedown" in kim("history", "d:2").out
    kim.fine()


# By the ids that lists print


def test_what_is_erased_may_be_named_as_lists_print_it(two: Two) -> None:
    kim, _ = two
    for text in ("secret", "kept"):
        assert kim("comment", "d:2", text).code == 0
    line = next(each for each in kim("comments", "d:2").out.splitlines() if " · " in each)
    short = line.rpartition(" · ")[2]
    whole = kim("comments", "d:2", "--json").json[0]["id"]
    assert len(short) < len(whole) and whole.startswith(short.partition(":")[0])
    assert kim("erase", short, "--reason", "private", "--dry-run").code == 0
    assert kim("erase", short, "--reason", "private").code == 0
    assert [each["text"] for each in kim("comments", "d:2", "--json").json] == [None, "kept"]
    team = kim("history", "--team").out.splitlines()[1].split()[0]
    assert "and stays" in kim("erase", team, "--reason", "x").err  # it is found, and cannot be taken away


def test_what_several_events_are_called_is_refused_and_names_them(two: Two) -> None:
    kim, _ = two
    for number in range(17):  # feeds of as many people, two of which begin alike
        assert kim.used_by(f"person {number}")("comment", "d:2", "text").code == 0
    found = [each["id"] for each in kim("comments", "d:2", "--json").json]
    one, *_, other = sorted(found, key=lambda each: (each[0] not in _twice(found), each[0], each))[:2]
    number = one.partition(":")[2]
    assert other == f"{other.partition(':')[0]}:{number}"
    said = kim("erase", f"{one[0]}:{number}", "--reason", "x")
    assert (said.code, "can be several events" in said.err, other[:8] in said.err) == (2, True, True), said.err
    assert all(each["text"] for each in kim("comments", "d:2", "--json").json)
    assert "there is no such event" in kim("erase", f":{number}", "--reason", "x").err


def _twice(ids: list[str]) -> set[str]:
    """The characters with which several begin."""
    return {first for first, many in Counter(each[0] for each in ids).items() if many > 1}
