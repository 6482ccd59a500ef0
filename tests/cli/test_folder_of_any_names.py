"""Bundles that somebody put into a shared folder by hand, under whatever names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops
from tests.cli.test_shared_folder import deal
from tests.cli.test_together import answers, synced

Two = tuple[Laptop, Laptop]


@pytest.fixture
def two(tmp_path: Path, share: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Kim, who leads, and Ann, who has something to do."""
    kim, ann = laptops(tmp_path, program, monkeypatch, "kim", "ann")
    assert kim("assign", "--taxonomy", NS, "--to", "ann", "--kind", "incident", "--limit", "2").code == 0
    synced(share, kim, ann)
    return kim, ann


def test_bundles_are_read_whatever_they_are_called(two: Two, share: Path) -> None:
    kim, ann = two
    ann.hand_in("d:1", "Anntell")
    assert ann("bundle", share / "from-ann.bundle").code == 0
    said = kim("sync", share)
    assert (said.code, "From ann (from-ann.bundle): brought " in said.err) == (0, True)
    assert answers(kim, "d:1") == {"ann": "Anntell"}
    deal(kim, "ann", "d:5")
    assert kim("bundle", share / "For Ann.BUNDLE", "--for", "ann").code == 0
    for file in share.iterdir():
        if ".by-" in file.name:
            file.unlink()
    said = ann("sync", share)
    assert (said.code, "From kim (For Ann.BUNDLE, for ann): brought " in said.err) == (0, True)
    assert "d:5" in [line["key"] for line in ann("list", "--assigned", "--json").json]
    assert kim("sync", share).code == 0


def test_what_is_damaged_or_of_another_project_is_named_whatever_it_is_called(
    two: Two, share: Path, tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim, ann = two
    (tmp_path / "else").mkdir()
    (eve,) = laptops(tmp_path / "else", program, monkeypatch, "eve")
    assert eve("bundle", share / "foreign.bundle").code == 0
    assert kim("bundle", share / "zz.bundle").code == 0
    (share / "zz.bundle").write_bytes((share / "zz.bundle").read_bytes()[:-30])
    (share / "notes.bundle").write_text("no bundle at all", encoding="utf-8")
    (share / ".hidden.bundle").write_text("what a drive keeps", encoding="utf-8")
    (share / "letter.txt").write_text("hello", encoding="utf-8")
    ann.hand_in("d:1", "Anntell")
    assert ann("sync", share).code == 5
    said = kim("sync", share)
    assert said.code == 5
    assert answers(kim, "d:1") == {"ann": "Anntell"}, "the rest is taken in"
    reasons = {
        "foreign.bundle": "belongs to another project",
        "notes.bundle": "is neither a database of annotator nor a bundle",
        "zz.bundle": "cannot be read",
    }
    for name, why in reasons.items():
        (line,) = [line for line in said.err.splitlines() if name in line]
        assert why in line
        assert f"It was left where it is, as {name}." in line
    assert "hidden" not in said.err
    assert "letter" not in said.err
    assert kim("sync", share, "--json").json["refused"].keys() == {"foreign.bundle", "notes.bundle", "zz.bundle"}
    assert ann("sync", share, "--json").json["refused"].keys() == {"notes.bundle"}, "the others are not for her"
