"""How far feeds are known to have come: told whole in every bundle, and never forgotten on the way."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator.store.store import Store
from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops, lines_of, sealed

Two = tuple[Laptop, Laptop]


@pytest.fixture
def two(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Lead, who reviews, and Ann, whose work Lead has taken in from a bundle; nothing is blind."""
    lead, ann = laptops(tmp_path, program, monkeypatch, "lead", "ann")
    assert lead("settings", "blind_annotation", "no").code == 0
    assert lead("assign", "--taxonomy", NS, "--to", "ann", "--kind", "incident", "--limit", "3").code == 0
    assert lead("bundle", tmp_path / "for.bundle").code == ann("merge", tmp_path / "for.bundle").code == 0
    ann.hand_in("d:1", "Anntell")
    assert ann("bundle", tmp_path / "own.bundle").code == lead("merge", tmp_path / "own.bundle").code == 0
    return lead, ann


def feed_of(laptop: Laptop, name: str) -> tuple[str, int]:
    """The feed of somebody, and its last number."""
    with closing(Store.open(laptop.path)) as store, store.reading() as transaction:
        sql = "SELECT feeds.uid, number FROM feeds JOIN people ON people.id = person WHERE name = ? AND number > 0"
        found: tuple[str, int] = transaction.execute(sql, (name,)).fetchone()
        return found


def cut(laptop: Laptop, uid: str) -> None:
    """Take the last event of a feed away as somebody does who knows how the file is made."""
    with closing(sqlite3.connect(laptop.path)) as connection, connection:
        sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'events'"
        triggers = connection.execute(sql).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        feed, number = connection.execute("SELECT id, number FROM feeds WHERE uid = ?", (uid,)).fetchone()
        connection.execute("DELETE FROM events WHERE id = ?", ((feed << 32) + number,))
        last = "SELECT ?, counter, hash FROM events WHERE id = ?"
        connection.execute(
            f"UPDATE feeds SET (number, counter, hash) = ({last}) WHERE id = ?",
            (number - 1, (feed << 32) + number - 1, feed),
        )
        for _, made in triggers:
            connection.execute(made)


def missing_in(laptop: Laptop, *files: Path) -> list[tuple[str, int, int]]:
    """What `verify` says is missing: feed, first and last number."""
    (found,) = laptop("verify", "--json", *files).json
    flaws = [(each["feed"], each["first"], each["last"]) for each in found["findings"] if each["what"] == "missing"]
    assert found["sound"] is not bool(flaws)
    return flaws


def new_ones(lead: Laptop) -> Iterator[Laptop]:
    for number in range(9):
        yield beside(lead, "kim", f"new-{number}")


def test_a_missing_end_is_missed_wherever_the_work_goes(two: Two, tmp_path: Path) -> None:
    lead, ann = two
    uid, last = feed_of(lead, "ann")
    cut(lead, uid)
    flaws = [(uid, last, last)]
    assert missing_in(lead) == flaws
    by_file, by_bundle, by_folder, *_ = new_ones(lead)
    said = by_file("merge", lead.path)
    assert said.code == 0, said.err
    assert f"lacks what was written up to event {last} of feed {uid}" in said.err
    bundle = tmp_path / "cut.bundle"
    assert lead("bundle", bundle).code == 0
    assert missing_in(lead, bundle) == flaws
    assert by_bundle("merge", bundle).code == 0
    (tmp_path / "share").mkdir()
    assert lead("sync", tmp_path / "share").code == by_folder("sync", tmp_path / "share").code == 0
    for each in (by_file, by_bundle, by_folder):
        assert missing_in(each) == flaws
    assert by_bundle("bundle", bundle).code == 0
    assert missing_in(by_bundle, bundle) == flaws
    for each in (lead, by_file, by_bundle, by_folder):  # what comes after all is missed no longer
        assert each("merge", ann.path).code == 0
        each.fine()


def test_a_feed_of_which_nothing_is_left_is_missed_too_and_what_is_given_up_is_not(two: Two, tmp_path: Path) -> None:
    lead, _ = two
    with closing(sqlite3.connect(lead.path)) as connection, connection:
        connection.execute("INSERT INTO heads VALUES (?, 7, ?, 'x.bundle')", ("ab" * 16, b"\1" * 32))
    assert lead("bundle", tmp_path / "one.bundle").code == 0
    one, other, *_ = new_ones(lead)
    assert one("merge", tmp_path / "one.bundle").code == 0
    assert missing_in(one) == missing_in(lead, tmp_path / "one.bundle") == [("ab" * 16, 1, 7)]
    assert lead("verify", "--give-up", "the disk broke").code == 0
    assert lead("bundle", tmp_path / "other.bundle").code == other("merge", tmp_path / "other.bundle").code == 0
    other.fine()
    assert missing_in(lead, tmp_path / "other.bundle") == []


def test_what_ann_alone_passes_on_tells_of_her_feeds_alone(two: Two, tmp_path: Path) -> None:
    lead, ann = two
    assert lead("settings", "blind_annotation", "yes").code == 0
    assert (
        lead("bundle", tmp_path / "for.bundle", "--for", "ann").code == ann("merge", tmp_path / "for.bundle").code == 0
    )
    with closing(sqlite3.connect(ann.path)) as connection, connection:
        connection.execute("INSERT INTO heads VALUES (?, 7, ?, 'x.bundle')", ("ab" * 16, b"\1" * 32))
    assert ann("bundle", tmp_path / "own.bundle").code == 0
    assert missing_in(ann, tmp_path / "own.bundle") == []
    first, *rest = lines_of(tmp_path / "own.bundle")
    told = {**json.loads(first), "missing": {"ab" * 16: [7, "01" * 32]}}
    said = lead("merge", sealed(tmp_path / "own.bundle", [json.dumps(told), *rest]))
    assert (said.code, "can be missing in it" in said.err) == (5, True)


def altered(heads: dict[str, Any], how: str) -> dict[str, Any]:
    uid, (number, found) = max(heads.items(), key=lambda each: each[1][0])
    if how == "none":
        return {}
    if how == "one fewer":
        return {each: head for each, head in heads.items() if each != uid}
    if how == "one more":
        return {**heads, "ab" * 16: [1, found]}
    return {**heads, uid: [number - 1, found]}


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("none", "and no head of it"), ("one fewer", "and no head of it"), ("one more", f"lacks the feed {'ab' * 16}"),
        ("shorter", "goes on behind its head"),
    ],
)  # fmt: skip
def test_heads_that_do_not_fit_the_feeds_are_refused(two: Two, tmp_path: Path, how: str, words: str) -> None:
    lead, ann = two
    ann.answer("d:2", "maker=Anntell")
    bundle = tmp_path / "own.bundle"
    assert ann("bundle", bundle).code == 0
    first, *rest = lines_of(bundle)
    said = json.loads(first)
    sealed(bundle, [json.dumps({**said, "heads": altered(said["heads"], how)}), *rest])
    before = lead.digest
    for command in ("verify", "merge"):
        refused = lead(command, bundle)
        assert (refused.code, words in refused.err, "Nothing was changed" in refused.err) == (5, True, True), refused
    assert lead.digest == before


def test_a_feed_that_is_told_twice_is_refused(two: Two, tmp_path: Path) -> None:
    lead, _ = two
    bundle = tmp_path / "own.bundle"
    lines = lines_of(bundle)
    beginning = next(number for number, line in enumerate(lines) if line.startswith('{"feed":'))
    sealed(bundle, [*lines, lines[beginning]])
    for command in ("verify", "merge"):
        refused = lead(command, bundle)
        assert (refused.code, "holds a feed twice" in refused.err) == (5, True)


def test_a_head_before_what_the_other_side_has_must_be_the_one_it_has(two: Two, tmp_path: Path) -> None:
    lead, ann = two
    assert ann("bundle", tmp_path / "more.bundle", "--since", tmp_path / "own.bundle").code == 0
    first, *rest = lines_of(tmp_path / "more.bundle")
    said = json.loads(first)
    uid, number = feed_of(ann, "ann")
    said["heads"][uid] = [number - 1, "01" * 32]
    refused = lead("merge", sealed(tmp_path / "more.bundle", [json.dumps(said), *rest]))
    assert (refused.code, "is not the head that the file tells" in refused.err) == (5, True)
    lead.fine()
