"""What is taken away for good: of the file's bytes, of what repeats it, and in what is told of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import Laptop, laptops

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
