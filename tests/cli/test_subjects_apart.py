"""Subjects of one key whose texts have nothing in common: said when they come to stand apart, and listed later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import Laptop, beside, laptops

TEXTS = {
    "kim": "# Robot\n\nA robot stood on a ramp and did not move at all.",
    "bob": "# Storm\n\nThe storm flooded the whole archive of the town.",
    "eve": "# Chair\n\nSomebody fell from what an assistant had called safe.",
}
WHY = "apart: a source calls them alike, and their texts have nothing in common."


def told(laptop: Laptop, name: str) -> Path:
    """A file of the one key that holds somebody's text."""
    folder = laptop.folder / name
    folder.mkdir(exist_ok=True)
    (folder / "report.md").write_text(TEXTS[name], encoding="utf-8")
    return folder / "report.md"


@pytest.fixture
def two(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> tuple[Laptop, Laptop]:
    """Kim, who leads, and Bob, with a text of one key each."""
    kim, bob = laptops(tmp_path, program, monkeypatch, "kim", "bob")
    for laptop in (kim, bob):
        assert laptop("import", told(laptop, laptop.name)).code == 0
    return kim, bob


def keys(laptop: Laptop) -> list[str]:
    return sorted(line["key"] for line in laptop("list", "--json").json if "report.md" in line["key"])


def test_a_merge_says_which_subjects_stand_apart_and_join_lists_them(
    two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    kim, bob = two
    assert "No two subjects of one key stand apart." in kim("join").err
    rehearsed = kim("merge", "--join", "--dry-run", bob.path)
    said = kim("merge", "--join", bob.path)
    assert said.code == 0, said.err
    one, other = keys(kim)
    assert f"{one} and {other} would stand {WHY}" in rehearsed.err
    assert f"{one} and {other} stand {WHY}" in said.err
    assert f"`annotator join {one} {other}` says so" in said.err
    assert "apart" not in kim("merge", bob.path).err, "it is said once"
    listed = kim("join")
    assert f"{one}  " in listed.out
    assert f"{other}  " in listed.out
    assert "Subjects of 1 key stand apart." in listed.err
    (lot,) = kim("join", "--json").json
    assert {each["key"]: each["title"] for each in lot} == {
        key: kim("show", key, "--json").json["title"] for key in (one, other)
    }
    assert kim("join", one).code == 2
    again = beside(kim, "bob", "again")
    assert again("merge", kim.path, "--json").json[0]["apart"] == [[one, other]]
    assert kim("join", one, other).code == 0
    assert "No two subjects of one key stand apart." in kim("join").err


def test_a_shared_folder_tells_of_them_too(two: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    kim, bob = two
    (tmp_path / "share").mkdir()
    assert kim("merge", "--join", bob.path).code == kim("settings", "blind_annotation", "no").code == 0
    assert kim("sync", tmp_path / "share").code == 0
    said = beside(kim, "eve", "eve")("sync", tmp_path / "share")
    assert (said.code, said.err.count(WHY)) == (0, 1)


def test_an_import_says_it_and_not_again(two: tuple[Laptop, Laptop]) -> None:
    kim, _ = two
    for rehearsal in (["--dry-run"], []):
        said = kim("import", told(kim, "eve"), *rehearsal)
        assert (said.code, said.err.count(WHY)) == (0, 1)
    one, other = keys(kim)
    assert f"{one} and {other} stand {WHY}" in said.err
    assert WHY not in kim("import", told(kim, "eve")).err
    report = kim("import", told(kim, "bob"), "--json").json[0]
    assert [set(lot) for lot in report["apart"]] == [set(keys(kim))]
