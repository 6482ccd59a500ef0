"""Who is scored by known answers is not told which subjects have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops, lines_of

IN = ("--taxonomy", NS)
GOLD = {"gold_set", "gold_unset"}


@pytest.fixture
def lead(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """Lead, who drew four of the five subjects for Ann and mixed in one of the two that Eva answered."""
    (made,) = laptops(tmp_path, program, monkeypatch, "lead")
    for key in ("d:1", "d:r1"):
        made.used_by("eva").hand_in(key, "Acme")
    drawn = ("--kind", "incident", "--since", "2021", "--random", "7", "--limit", "4")
    for call in (
        ("people", "add", "ann"),
        ("people", "role", "lead", "lead"),
        ("gold", "set", *IN, "--from", "eva"),
        ("assign", *IN, "--to", "ann", *drawn, "--gold", "1", "--batch-size", "5"),
    ):
        said = made(*call)
        assert said.code == 0, said.err
    return made


def kinds(at: Laptop) -> list[str]:
    return [each["kind"] for each in at("history", "--team", "--json").json]


def test_the_history_and_bundles_tell_it_those_who_lead(lead: Laptop, tmp_path: Path) -> None:
    ann, nobody = lead.used_by("ann"), lead.used_by("")
    assert "gold_set" in kinds(lead)
    for other in (ann, nobody):
        assert not GOLD & set(kinds(other)) and "assigned" in kinds(other)
        assert "as known" not in other("history", "--team").out
    for name in ("ann", "eva"):
        assert lead("bundle", "--for", name, tmp_path / f"{name}.bundle").code == 0
        assert not any(kind in line for line in lines_of(tmp_path / f"{name}.bundle") for kind in GOLD), name
    assert lead("bundle", tmp_path / "all.bundle").code == 0
    assert any("gold_set" in line for line in lines_of(tmp_path / "all.bundle"))


def test_they_are_dealt_in_one_deed_with_what_was_drawn(lead: Laptop) -> None:
    dealt = [each["payload"] for each in lead("history", "--team", "--json").json if each["kind"] == "assigned"]
    assert [(len(each["subjects"]), len(each["draw"]["which"])) for each in dealt] == [(5, 5)]
    assert len(dealt[0]["draw"]["chances"]) == len({json.dumps(each) for each in dealt[0]["draw"]["chances"]}) == 1
    lead.fine()


def test_figures_weighted_by_the_draw_leave_them_out(lead: Laptop) -> None:
    dealt = lead.used_by("ann")("list", "--assigned", "--json").json
    for each in dealt:
        lead.used_by("ann").hand_in(each["key"], "Acme")
    said = lead("agreement", "shares", *IN, "--weighted")
    assert said.code == 0, said.err
    assert "The weights of 4 subjects that were drawn sum to 5 of the 5 drawn from" in said.err


def test_conflicts_do_not_tell_it(lead: Laptop, tmp_path: Path) -> None:
    copy = Laptop("lead", tmp_path / "copy", lead.program, lead.patches)
    copy.folder.mkdir()
    assert lead("backup", copy.path).code == 0
    assert lead("gold", "unset", *IN, "d:1").code == 0
    assert copy("gold", "set", *IN, "--from", "eva").code == 0
    assert lead("merge", copy.path).code == 0
    for who, many in ((lead, 1), (lead.used_by("ann"), 0), (lead.used_by(""), 0)):
        assert len(who("conflicts", "--json").json) == many


def test_what_waits_does_not_tell_it(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    (lead,) = laptops(tmp_path, program, monkeypatch, "lead")
    lead.used_by("eva").hand_in("d:1", "Acme")
    assert lead("settings", "reviewers", "lead, bob").code == 0
    copy = Laptop("bob", tmp_path / "copy", program, monkeypatch)
    copy.folder.mkdir()
    assert lead("backup", copy.path).code == 0
    assert lead("people", "role", "lead", "lead").code == 0
    for number in range(6):  # so that what comes next stands behind the role in the order of the record
        copy.answer("d:3", f"maker={number}")
    assert copy("gold", "set", *IN, "--from", "eva").code == 0
    assert lead("merge", copy.path).code == 0
    for is_blind in ("yes", "no"):
        assert lead("settings", "blind_annotation", is_blind).code == 0
        for who, many in ((lead, 1), (lead.used_by("ann"), 0), (lead.used_by(""), 0)):
            found = [each["kind"] for each in who("waiting", "--json").json]
            assert found.count("gold_set") == many, (who.name, found)
