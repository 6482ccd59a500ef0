"""A database in which somebody altered what events or taxonomies say: words with a place and a way out, and healing."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops, lines_of, sealed

Two = tuple[Laptop, Laptop]
DAMAGES = {
    "a taxonomy": "UPDATE taxonomies SET document = replace(document, 'label', 'lable')",
    "no taxonomy": "UPDATE taxonomies SET document = '[]'",
    "answers": "UPDATE events SET payload = '{}' WHERE kind = 'answer_set'",
    "hand-ins": "UPDATE events SET payload = 'null' WHERE kind = 'submitted'",
    "settings": "UPDATE events SET payload = '{}' WHERE kind = 'setting_set'",
    "imports": "UPDATE events SET payload = '[]' WHERE kind = 'import_ran'",
    "a decision": """UPDATE events SET payload = '{"answers": 3}' WHERE kind = 'adjudicated'""",
    "kinds": "UPDATE events SET kind = 'nonsense' WHERE kind IN ('ruled', 'answer_set')",
    "whose work it is": "UPDATE events SET whose = NULL WHERE subject IS NOT NULL",
}


@pytest.fixture
def two(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Kim, who reviews and decided about Ann's and Bob's work, and Ann, who has all of it."""
    kim, ann = laptops(tmp_path, program, monkeypatch, "kim", "ann")
    assert kim("settings", "blind_annotation", "no").code == 0
    for name in ("ann", "bob"):
        given = ("--set", "outcome=none", "--set", f"maker={name}", "--submit")
        assert kim("--as", name, "classify", "d:1", "--taxonomy", NS, *given).code == 0
    assert kim("rule", "d:1", "--taxonomy", NS, "--field", "maker", "--value", "C", "--cause", "slip").code == 0
    assert kim("adjudicate", "d:1", "--taxonomy", NS).code == 0
    assert kim("bundle", tmp_path / "intact.bundle").code == 0
    assert ann("merge", tmp_path / "intact.bundle").code == 0
    return kim, ann


def alter(laptop: Laptop, damage: str) -> None:
    """Alter a database behind the program's back, as somebody does who knows SQLite."""
    with closing(sqlite3.connect(laptop.path)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(damage).rowcount > 0
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_whatever_was_altered_is_told_in_words_and_put_right_by_a_bundle(two: Two, damage: str, tmp_path: Path) -> None:
    kim, ann = two
    alter(kim, damage)
    looks = (
        ("show", "d:1"),
        ("history", "d:1"),
        ("history", "--team"),
        ("export", "json"),
        ("agreement", "--taxonomy", NS),
    )
    for command in (*looks, ("doctor", "--rebuild"), ("conflicts",), ("progress",)):
        said = kim(*command)
        assert said.code in {0, 1, 6}, said.err
        if said.code == 6:
            assert "was altered" in said.err
            assert "merge" in said.err
    assert kim("doctor").code == 1
    said = kim("verify")
    assert (said.code, "`annotator merge`" in said.out or "merge a copy" in said.out) == (1, True)
    said = kim("merge", tmp_path / "intact.bundle")
    assert said.code == 0, said.err
    assert "put right" in said.err
    assert kim("doctor", "--rebuild").code == 0
    kim.fine()
    assert kim.digest == ann.digest


@pytest.mark.parametrize("damage", [DAMAGES["answers"], DAMAGES["kinds"], DAMAGES["a taxonomy"]])
def test_a_database_that_is_intact_puts_right_too(two: Two, damage: str) -> None:
    kim, ann = two
    alter(kim, damage)
    assert "would put right" in kim("merge", ann.path, "--dry-run").err
    assert kim("doctor").code == 1
    said = kim("merge", ann.path)
    assert (said.code, "put right" in said.err) == (0, True)
    kim.fine()
    assert kim.digest == ann.digest


def test_what_was_altered_is_not_passed_on(two: Two, tmp_path: Path) -> None:
    kim, ann = two
    alter(kim, "UPDATE events SET payload = replace(payload, 'bob', 'Bert') WHERE kind = 'answer_set'")
    share = tmp_path / "share"
    share.mkdir()
    for command in (("bundle", tmp_path / "altered.bundle"), ("sync", share)):
        said = kim(*command)
        assert said.code == 6
        assert "event 2 of feed" in said.err
        assert "of bob is not what was written" in said.err
        assert "nothing is passed on" in said.err
    assert not (tmp_path / "altered.bundle").exists()
    assert not list(share.iterdir())
    said = beside(kim, "cyd", "laptop-9")("merge", kim.path)
    assert said.code == 5
    assert f"{kim.path}: event 2 of feed" in said.err
    assert "was altered. Nothing was changed" in said.err
    assert ann("sync", share).code == 0
    assert "put right 1 event" in kim("sync", share).err
    kim.fine()


def test_no_altered_taxonomy_is_passed_on(two: Two, tmp_path: Path) -> None:
    kim, _ = two
    alter(kim, DAMAGES["a taxonomy"])
    said = kim("bundle", tmp_path / "altered.bundle")
    assert (said.code, "nothing is passed on" in said.err) == (6, True)
    assert not (tmp_path / "altered.bundle").exists()


def test_a_bundle_out_of_order_is_told_as_that(two: Two, tmp_path: Path) -> None:
    kim, _ = two
    told = lines_of(tmp_path / "intact.bundle")
    events = [place for place, line in enumerate(told) if line.startswith('{"e":')]
    one, other = next((a, b) for a, b in pairwise(events) if b == a + 1)
    told[one], told[other] = told[other], told[one]
    said = kim("verify", sealed(tmp_path / "reordered.bundle", told))
    assert said.code == 1
    assert "does not come after the one before it" in said.out
    assert ": is not in the bundle" in said.out
    numbers = [tuple(map(int, found)) for found in re.findall(r"events (\d+) to (\d+)", said.out)]
    assert all(first < last for first, last in numbers)
