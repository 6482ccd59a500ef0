"""Names that come in with imports and merges and that nobody new could take: kept, and listed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, beside, laptops

ODD = {
    "rest": "'rest': nobody works under this name; in figures it stands for everybody else.",
    "a=1": "'a=1': a name has no `=` in it",
    "b,c": "'b,c': a name has no `,` in it",
    "аnn": "'аnn' looks like 'ann', who is somebody else here, but has CYRILLIC SMALL LETTER A",
    "rеst": "'rеst' looks like 'rest', but has CYRILLIC SMALL LETTER IE",
}
HEAD = "Each name that follows came in and is kept as it came"
COLUMNS = "subject,annotator,taxonomy,version,status,field,value,state"


def table(folder: Path, *names: str) -> Path:
    """A table in which each of some people answers two subjects."""
    rows = [f'd:{n},"{name}",{NS},1,submitted,maker,M,answered' for name in names for n in (1, 2)]
    (folder / "odd.csv").write_text("\n".join([COLUMNS, *rows, ""]), encoding="utf-8")
    return folder / "odd.csv"


@pytest.fixture
def kim(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """Kim, whose database knows Ann."""
    kim, _ = laptops(tmp_path, program, monkeypatch, "kim", "ann")
    assert kim("people", "add", "ann").code == 0
    return kim


def test_an_import_lists_each_odd_name_once_and_says_what_to_do(kim: Laptop, tmp_path: Path) -> None:
    file = table(tmp_path, "zoe", *ODD)
    rehearsed = kim("import", file, "--dry-run")
    assert "came in and would be kept as it came" in rehearsed.err
    said = kim("import", file)
    assert said.code == 0
    assert HEAD in said.err
    assert "annotator people rename NAME NEW" in said.err
    for why in ODD.values():
        assert said.err.count(why) == rehearsed.err.count(why) == 1
    assert "zoe" not in said.err
    again = kim("import", file)
    assert HEAD not in again.err
    assert kim("people", "rename", "a=1", "Abel").code == 0
    assert kim("people", "merge", "аnn", "ann").code == 0
    names = {each["name"] for each in kim("people", "list", "--json").json}
    assert names >= {"Abel", "ann", "rest", "b,c", "zoe"}


def test_the_report_of_an_import_has_the_names(kim: Laptop, tmp_path: Path) -> None:
    said = kim("import", table(tmp_path, "rest", "zoe"), "--json")
    (report,) = said.json
    assert [why.partition(":")[0] for why in report["names"]] == ["'rest'"]


def test_a_merge_lists_them_where_they_are_new(kim: Laptop, tmp_path: Path) -> None:
    assert kim("import", table(tmp_path, *ODD)).code == 0
    assert kim("bundle", tmp_path / "kim.bundle").code == 0
    new = beside(kim, "lea", "lea")
    rehearsed = new("merge", "--dry-run", tmp_path / "kim.bundle")
    said = new("merge", tmp_path / "kim.bundle")
    assert said.code == 0, said.err
    for why in ODD.values():
        assert said.err.count(why) == rehearsed.err.count(why) == 1
    assert HEAD not in new("merge", tmp_path / "kim.bundle").err
    other = beside(kim, "bob", "bob")
    (tmp_path / "share").mkdir()
    assert kim("settings", "blind_annotation", "no").code == 0
    assert kim("sync", tmp_path / "share").code == 0
    assert other("sync", tmp_path / "share").err.count(ODD["rest"]) == 1
    merged = beside(kim, "eve", "eve")("merge", tmp_path / "kim.bundle", "--json").json
    assert len(merged[-1]["names"]) == len(ODD)
