"""Comments: who is named, who reads what while annotation is blind, and what stays of one that is erased."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.cli.conftest import Program, Said
from tests.cli.laptops import NS, Laptop, laptops

SMALL = ("--taxonomy", "small")


@pytest.fixture
def team(eva: Desk, program: Program) -> Program:
    """A database in which Eva, José Pérez, José, Bob and 山田 are known."""
    eva.close()
    for name in ("eva", "José Pérez", "José", "bob", "山田"):
        assert program("--as", "lead", "people", "add", name).code == 0
    return program


def comment(program: Program, name: str, text: str, *more: str, key: str = "2") -> Said:
    return program("--as", name, "comment", key, text, *more)


def thread(program: Program, name: str, *asked: str) -> list[str]:
    """What somebody reads, as `who: what`."""
    found = program("--as", name, "comments", *asked, "--json").json
    return [f"{each['annotator']}: {each['text']}" for each in found]


def listed(program: Program, name: str, *asked: str) -> list[str]:
    return [each["key"] for each in program("--as", name, "list", *asked, "--json").json]


def events(program: Program) -> object:
    return program("verify", "--json").json[0]["events"]


# Who is named


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("@bob look", ["bob"], "@bob look"),
        ("look, @BOB.", ["bob"], "look, @bob."),
        ("@José Pérez knows", ["José Pérez"], '@"José Pérez" knows'),
        ("@josé pérez", ["José Pérez"], '@"José Pérez"'),
        ("@José knows Pérez", ["José"], "@José knows Pérez"),
        ('@"José" Pérez', ["José"], "@José Pérez"),
        ("(@bob,@José)", ["José", "bob"], "(@bob,@José)"),
        ("@山田さん、どう？", ["山田"], "@山田さん、どう？"),
        ("@lead and @eva, who writes", ["lead"], "@lead and @eva, who writes"),
        ("bob@example.org, @ home, 5 @ 3", [], "bob@example.org, @ home, 5 @ 3"),
    ],
)
def test_somebody_is_named_by_any_spelling(team: Program, text: str, names: list[str], shown: str) -> None:
    said = comment(team, "eva", text, "--json")
    assert (said.code, said.json["mentions"], said.json["text"]) == (0, names, shown), said.err
    assert said.json["text"] == team("comments", "2", "--json", "--as", "lead").json[0]["text"]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [("@Bop look", "Bop"), ('@bob @"José P"', "José P"), ("@bobby", "bobby"), ("@山口さん", "山口さん")],
)
def test_who_is_not_known_is_told_and_nothing_is_written(team: Program, text: str, unknown: str) -> None:
    before = events(team)
    said = comment(team, "eva", text)
    assert (said.code, f"Nobody here is called '{unknown}'" in said.err, events(team)) == (2, True, before), said.err
    assert "annotator people add" in said.err


def test_everybody_is_called_as_they_are_known_now(team: Program) -> None:
    comment(team, "bob", "@José, ask @josé pérez")
    assert team("--as", "lead", "people", "rename", "José", "Joe").code == 0
    assert team("--as", "lead", "people", "rename", "bob", "Robert").code == 0
    assert thread(team, "lead", "2") == ['Robert: @Joe, ask @"José Pérez"']
    assert listed(team, "joe", "--mentioned") == ["demo:2"]
    assert team("--as", "lead", "people", "merge", "José Pérez", "Joe").code == 0
    assert thread(team, "lead", "--mentioning", "José Pérez") == ["Robert: @Joe, ask @Joe"]
    assert team("doctor").code == 0


# The thread


def test_a_thread_is_read_newest_last_and_counted(team: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    comment(team, "eva", "first, @bob")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"two\nlines \x1b[31m")))
    assert comment(team, "lead", "-", *SMALL).code == 0
    comment(team, "eva", "elsewhere", key="10")
    assert thread(team, "bob", "2") == ["eva: first, @bob", "lead: two\nlines \x1b[31m"]
    assert thread(team, "bob") == [*thread(team, "bob", "2"), "eva: elsewhere"]
    assert thread(team, "bob", "--since", "2999") == []
    assert thread(team, "lead", "--mentioning", "bob") == ["eva: first, @bob"]
    said = team("--as", "bob", "comments", "2")
    assert ("demo:2 · small · lead" in said.out, "  lines ␛[31m" in said.out, "\x1b" in said.out) == (True, True, False)
    assert "2 comments (`annotator comments demo:2`)" in team("--as", "bob", "show", "2").out
    assert team("--as", "bob", "show", "2", "--json").json["comments"] == 2
    assert listed(team, "bob", "--commented") == ["demo:10", "demo:2"]
    assert "small" in team("--as", "bob", "history", "2").out
    assert "comment: first, @bob" in team("--as", "bob", "history", "2").out
    assert "comment" not in team("history", "--team").out


def test_a_mention_counts_until_it_is_answered(team: Program) -> None:
    comment(team, "eva", "@bob @José, is it?")
    comment(team, "bob", "elsewhere", key="10")
    assert (listed(team, "bob", "--mentioned"), listed(team, "José", "--mentioned")) == (["demo:2"], ["demo:2"])
    assert "1 comment, names you" in team("--as", "bob", "list", "--mentioned").out
    comment(team, "bob", "it is")
    assert (listed(team, "bob", "--mentioned"), listed(team, "José", "--mentioned")) == ([], ["demo:2"])
    comment(team, "eva", "and this, @bob?")
    assert listed(team, "bob", "--mentioned") == ["demo:2"]
    assert listed(team, "eva", "--mentioned") == []
    said = team("list", "--mentioned")
    assert (said.code, "--as NAME" in said.err) == (2, True)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 20_001])
def test_what_is_no_comment_is_refused(team: Program, text: str) -> None:
    before = events(team)
    assert (comment(team, "eva", text).code, events(team)) == (4, before)


def test_a_comment_is_not_undone(team: Program) -> None:
    comment(team, "eva", "stays")
    assert team("--as", "eva", "undo").code == 3
    assert thread(team, "bob") == ["eva: stays"]


def test_nobody_and_readers_write_none(team: Program) -> None:
    assert team("--as", "lead", "people", "role", "lead", "lead").code == 0
    assert team("--as", "lead", "people", "role", "bob", "reader").code == 0
    before = events(team)
    said = comment(team, "bob", "x")
    assert (said.code, "readers change nothing" in said.err) == (2, True)
    assert team("comment", "2", "x").code == 2
    assert events(team) == before
    comment(team, "eva", "read me, @bob")
    assert thread(team, "bob") == ["eva: read me, @bob"]


# Blind


def test_who_is_at_work_reads_none_but_their_own_until_they_are_done(team: Program) -> None:
    assert team("--as", "lead", "assign", *SMALL, "--to", "bob", "--limit", "1").code == 0
    ((key, *_),) = [(each["key"],) for each in team("--as", "bob", "list", "--assigned", "--json").json]
    comment(team, "eva", "whole, @bob", key=key)
    comment(team, "eva", "of the work", *SMALL, key=key)
    comment(team, "eva", "of other work", "--taxonomy", "GMF", key=key)
    comment(team, "bob", "mine", key=key)
    everything = ["eva: whole, @bob", "eva: of the work", "eva: of other work", "bob: mine"]
    assert thread(team, "lead") == everything
    assert thread(team, "bob") == ["eva: of other work", "bob: mine"]
    said = team("--as", "BOB", "comments", key)
    assert "2 comments left out, 2 because you are at work on the same (submit or skip yours first)" in said.err
    assert team("comments", "--json").json[0]["text"] == "of other work"
    assert len(team("comments", "--json").json) == 1  # who says no name may be Bob
    assert listed(team, "bob", "--mentioned") == []
    assert "2 comments (" in team("--as", "bob", "show", key).out
    assert "whole" not in team("--as", "bob", "history", key).out
    assert team("--as", "bob", "skip", key, *SMALL, "--reason", "not about AI").code == 0
    assert thread(team, "bob") == everything
    assert "4 comments (" in team("--as", "bob", "show", key).out


# Erased


def test_of_an_erased_comment_a_line_stays(team: Program, tmp_path: Path) -> None:
    assert team("--as", "lead", "settings", "reviewers", "lead").code == 0
    secret = comment(team, "eva", "telephone number of @bob", "--json").json["id"]
    comment(team, "bob", "oh")
    said = team("--as", "lead", "erase", secret, "--reason", "private")
    assert said.code == 0, said.err
    gone, kept = team("comments", "2", "--json").json
    assert (gone["annotator"], gone["text"], gone["mentions"]) == ("eva", None, [])
    assert (gone["erased"], kept["text"]) == ({"by": "lead", "reason": "private"}, "oh")
    assert "erased by lead: private" in team("comments").out
    assert "1 comment (" in team("show", "2").out
    assert (listed(team, "bob", "--mentioned"), team("doctor").code, team("verify").code) == ([], 0, 0)
    assert team("doctor", "--rebuild").code == 0
    assert "erased by lead" in team("comments").out
    assert not any(b"telephone" in file.read_bytes() for file in tmp_path.glob("annotator.db*"))


# Together


@pytest.fixture
def two(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> tuple[Laptop, Laptop]:
    """Kim, who reviews, and Ann, who is to classify one incident and has what is hers of Kim's database."""
    kim, ann = laptops(tmp_path, program, monkeypatch, "kim", "ann")
    assert kim("assign", "--taxonomy", NS, "--to", "ann", "--limit", "1").code == 0
    return kim, ann


def merged(one: Laptop, other: Laptop) -> None:
    """Let each take the other's database in."""
    for here, there in ((one, other), (other, one)):
        said = here("merge", there.path)
        assert said.code == 0, said.err


def said_on(laptop: Laptop, key: str) -> list[str]:
    return [f"{each['annotator']}: {each['text']}" for each in laptop("comments", key, "--json").json]


def test_two_laptops_come_to_the_same_thread(two: tuple[Laptop, Laptop]) -> None:
    kim, ann = two
    merged(ann, kim)
    assert kim("comment", "d:2", "What do you say, @ann?").code == 0
    secret = ann("comment", "d:2", "I was not asked, @kim", "--json").json["id"]
    merged(kim, ann)
    assert kim.digest == ann.digest
    assert sorted(said_on(kim, "d:2")) == sorted(said_on(ann, "d:2"))
    assert len(said_on(kim, "d:2")) == 2
    assert [each["key"] for each in ann("list", "--mentioned", "--json").json] == ["d:2"]  # asked for apart
    assert ann("comment", "d:2", "Now I was").code == 0
    assert kim("erase", secret, "--reason", "rude").code == 0
    merged(kim, ann)
    assert kim.digest == ann.digest
    assert ann("list", "--mentioned", "--json").json == []
    assert [each for each in said_on(ann, "d:2") if "None" in each] == ["ann: None"]
    for laptop in two:
        laptop.fine()


def test_two_subjects_that_are_one_have_one_thread(two: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    kim, ann = two
    merged(ann, kim)
    for laptop, text in ((kim, "A robot stood on a ramp and did not move."), (ann, "The storm flooded the archive.")):
        (tmp_path / laptop.name).mkdir()
        file = tmp_path / laptop.name / "report.md"
        file.write_text(f"# {laptop.name}\n\n{text}", encoding="utf-8")
        assert laptop("import", file).code == 0
        said = laptop("comment", "file:report.md", f"{laptop.name} on it, @ann")
        assert said.code == 0, said.err
    merged(kim, ann)
    apart = [each["key"] for each in kim("list", "--json").json if each["key"].startswith("file:report.md")]
    assert [len(said_on(kim, key)) for key in apart] == [1, 1]
    assert kim("join", *apart).code == 0
    both = ["ann: ann on it, @ann", "kim: kim on it, @ann"]  # made apart, so either may be first
    assert sorted(said_on(kim, "file:report.md")) == both
    merged(ann, kim)
    assert ann.digest == kim.digest
    assert [each["key"] for each in ann("list", "--mentioned", "--json").json] == ["file:report.md"]
    for laptop in two:
        laptop.fine()


def test_a_bundle_for_somebody_brings_what_is_open_to_them_and_later_the_rest(
    two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    kim, ann = two
    (at_work,) = [each["key"] for each in kim("list", "--assigned", "--annotator", "ann", "--json").json]
    assert kim("comment", at_work, "Closedtell, @ann").code == 0
    assert kim("comment", "d:5", "Opentell").code == 0

    def brought() -> str:
        bundle = tmp_path / "for.bundle"
        bundle.unlink(missing_ok=True)
        assert kim("bundle", bundle, "--for", "ann").code == 0
        said = ann("merge", bundle)
        assert said.code == 0, said.err
        return ann("comments", "--json").out

    assert ("Opentell" in brought(), "Closedtell" in brought()) == (True, False)
    assert b"Closedtell" not in ann.path.read_bytes()
    ann.hand_in(at_work, "x")
    own = tmp_path / "own.bundle"
    assert ann("bundle", own).code == 0
    assert kim("merge", own).code == 0
    assert "Closedtell" in brought()
    assert [each["key"] for each in ann("list", "--mentioned", "--json").json] == [at_work]


# By who has handed in, or decided


@pytest.fixture
def handed_in(team: Program) -> Program:
    """Eva, who adjudicates, and José handed in what bob has to do; everybody has said something about it."""
    assert team("--as", "lead", "people", "role", "lead", "lead").code == 0
    assert team("--as", "lead", "people", "role", "eva", "adjudicator").code == 0
    for name in ("eva", "José"):
        assert team("--as", name, "classify", "2", *SMALL, "--set", "outcome=near", "--submit").code == 0
    for name in ("eva", "José", "lead", "山田"):
        comment(team, name, f"{name} on the work", *SMALL)
        comment(team, name, f"{name} on the whole")
    return team


OPEN_TO_ALL = [f"{name}: {name} on the {what}" for name in ("lead", "山田") for what in ("work", "whole")]
TELLING = [f"{name}: {name} on the {what}" for name in ("eva", "José") for what in ("work", "whole")]


def test_comments_of_who_has_handed_in_are_closed_like_their_work(handed_in: Program) -> None:
    assert thread(handed_in, "bob", "2") == OPEN_TO_ALL
    assert thread(handed_in, "José", "2") == thread(handed_in, "eva", "2") == TELLING + OPEN_TO_ALL
    said = handed_in("--as", "bob", "comments")
    assert "4 comments left out, 4 because you have not handed in yours" in said.err
    assert "4 comments (" in handed_in("--as", "bob", "show", "2").out
    for shown in ("history", "2"), ("history", "2", "--json"):
        told = handed_in("--as", "bob", *shown)
        assert ("José on" in told.out, "山田 on the whole" in told.out) == (False, True)
    assert handed_in("--as", "José", "reopen", "2", *SMALL).code == 0
    assert thread(handed_in, "bob", "2") == OPEN_TO_ALL
    assert handed_in("--as", "bob", "classify", "2", *SMALL, "--set", "outcome=near", "--submit").code == 0
    assert thread(handed_in, "bob", "2") == TELLING + OPEN_TO_ALL


def test_who_skips_what_they_had_to_do_reads_no_more(handed_in: Program, tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("demo:2\n")
    deal = ("assign", *SMALL, "--to", "bob", "--per-subject", "3", "--keys", "keys.txt")
    said = handed_in("--as", "lead", *deal)
    assert said.code == 0, said.err
    assert thread(handed_in, "bob", "2") == []
    assert handed_in("--as", "bob", "skip", "2", *SMALL, "--reason", "later").code == 0
    assert thread(handed_in, "bob", "2") == OPEN_TO_ALL
    assert listed(handed_in, "bob", "--mentioned") == []


def test_comments_of_who_has_decided_are_closed_too(handed_in: Program) -> None:
    assert handed_in("--as", "lead", "people", "role", "山田", "adjudicator").code == 0
    assert handed_in("--as", "山田", "adjudicate", "2", *SMALL).code == 0
    assert thread(handed_in, "bob", "2") == OPEN_TO_ALL[:2]
    assert handed_in("--as", "山田", "publish", "2", *SMALL).code == 0
    assert thread(handed_in, "bob", "2") == OPEN_TO_ALL


def test_a_bundle_for_somebody_leaves_them_out(two: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    kim, ann = two
    kim.hand_in("d:2", "kim")
    assert kim("comment", "d:2", "It was the maker").code == 0
    assert kim("comment", "d:3", "Which report?").code == 0
    for number, is_done in enumerate((False, True)):
        if is_done:
            ann.hand_in("d:2", "ann")
            assert kim("merge", ann.path).code == 0
        bundle = tmp_path / f"{number}.bundle"
        assert kim("bundle", bundle, "--for", "ann").code == 0
        assert ann("merge", bundle).code == 0
        assert said_on(ann, "d:2") == (["kim: It was the maker"] if is_done else [])
        assert said_on(ann, "d:3") == ["kim: Which report?"]
        ann.fine()
