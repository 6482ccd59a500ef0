"""What is taken back on one copy while it is done on another is told, and the work counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops

IN = ("--taxonomy", NS)


def test_a_round_closed_on_one_copy_counts_what_was_done_on_another(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lead,) = laptops(tmp_path, program, monkeypatch, "lead")
    keys = ("--kind", "incident", "--limit", "2")
    assert lead("round", "start", "--purpose", "training", *IN, "--to", "ann,bob", *keys).code == 0
    number = str(lead("round", "list", "--json").json[-1]["round"])
    there = Laptop("lead", tmp_path / "there", program, monkeypatch)
    shutil.copytree(lead.folder, there.folder)
    assert lead("round", "close", number, *IN, "--take-back").code == 0
    for name in ("ann", "bob"):
        one = there.used_by(name)
        for each in one("list", "--assigned", "--json").json:
            done = one("classify", each["key"], *IN, "--round", number, "--set", "outcome=none", "--submit")
            assert done.code == 0, done.err
    said = lead("merge", there.path)
    assert "4 assignments taken back on one copy were done on another: no longer assigned" in said.err
    assert "taken back on one copy" not in lead("merge", there.path).err
    told = lead("round", "list", "--json").json[-1]
    assert (told["people"], told["assigned"], told["done"]) == (2, 0, 4)
    assert there("merge", lead.path, "--json").json[-1]["done_though_taken_back"] == 4
    lead.fine()
