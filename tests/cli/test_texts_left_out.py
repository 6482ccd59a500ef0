"""Bundles without texts, taken in where the texts are and where they are not yet."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import Laptop, beside, laptops

RAMP = "A robot stood on a ramp and did not move."
GATE = "The gate shut before the train had left, and nobody knew why."


@pytest.fixture
def kim(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """Kim, with two reports that were imported, one in two versions, and something said about one."""
    (kim,) = laptops(tmp_path, program, monkeypatch, "kim")
    bring(kim, (7, "Robto on a ramp", RAMP), (8, "A gate shuts", GATE))
    bring(kim, (7, "Robot on a ramp", f"{RAMP} It was told to."))
    kim.answer("aiid:r7", "maker=Tell")
    for name, options in (("bare", ["--no-texts"]), ("full", []), ("since", ["--since", "bare.bundle"])):
        assert kim("bundle", f"{name}.bundle", *options).code == 0
    return kim


def bring(laptop: Laptop, *told: tuple[int, str, str]) -> None:
    """Import reports: number, title and text."""
    file = laptop.folder / "told.json"
    file.write_text(json.dumps([{"report_number": n, "title": t, "text": s} for n, t, s in told]), encoding="utf-8")
    said = laptop("import", file)
    assert said.code == 0, said.err


def test_who_begins_with_a_bundle_without_texts_has_titles_and_is_told_what_is_missing(kim: Laptop) -> None:
    new = beside(kim, "ann", "new")
    said = new("merge", "bare.bundle")
    assert said.code == 0, said.err
    (here,) = [line for line in said.err.splitlines() if "without text" in line]
    assert "4 reports without text here" in here
    assert "made without --no-texts, or import their source" in here
    titles = {line["key"]: line["title"] for line in new("list", "--json").json}
    assert titles == {line["key"]: line["title"] for line in kim("list", "--json").json}
    assert (titles["aiid:r7"], titles["aiid:r8"]) == ("Robot on a ramp", "A gate shuts")
    new.fine()
    assert "without text: 4 reports" in new("verify").out
    assert new("verify", "bare.bundle", "--json").json[0]["without_text"] == 4
    assert new.digest != kim.digest
    before = kim.digest
    assert kim("merge", new.path).code == 0
    assert kim.digest == before, "what was left out is no version of anything"
    assert "without text" not in kim("merge", new.path).err


@pytest.mark.parametrize("order", permutations(["bare", "full", "since"]))
def test_the_texts_come_to_the_same_in_whatever_order(kim: Laptop, order: tuple[str, ...]) -> None:
    new = beside(kim, "ann", "new")
    if order[0] == "since":
        assert new("merge", "since.bundle").code == 5, "it goes on where the one without texts ends"
    for name in order[order[0] == "since" :]:
        said = new("merge", f"{name}.bundle")
        assert said.code == 0, said.err
    assert "without text" not in said.err
    assert new.digest == kim.digest
    for key in ("aiid:r7", "aiid:r8"):
        assert new("show", key, "--json").json["reports"] == kim("show", key, "--json").json["reports"]
    new.fine()


def test_texts_that_were_left_out_come_with_what_goes_on_from_there_or_with_their_source(kim: Laptop) -> None:
    new = beside(kim, "ann", "new")
    assert new("merge", "bare.bundle").code == 0
    said = new("merge", "since.bundle")
    assert "4 texts left out before" in said.err
    assert new.digest == kim.digest
    again = beside(kim, "ann", "again")
    assert again("merge", "bare.bundle").code == 0
    assert "There is no text here." in again("show", "aiid:r8", "--text").out
    bring(again, (8, "A gate shuts", GATE))
    assert GATE in again("show", "aiid:r8", "--text").out
    assert "without text: 3 reports," in again("verify").out
    again.fine()


def test_what_is_here_is_kept_when_a_later_text_is_left_out(kim: Laptop) -> None:
    new = beside(kim, "ann", "new")
    assert new("merge", "full.bundle").code == 0
    bring(kim, (8, "A gate shuts", f"{GATE} It was the wind."))
    kim.hand_in("d:1", "Later")
    assert kim("bundle", "later.bundle", "--since", "full.bundle", "--no-texts").code == 0
    said = new("merge", "later.bundle")
    assert said.code == 0, said.err
    assert GATE in new("show", "aiid:r8", "--text").out
    assert kim("bundle", "whole.bundle").code == new("merge", "whole.bundle").code == 0
    assert "It was the wind." in new("show", "aiid:r8", "--text").out
    assert new.digest == kim.digest
