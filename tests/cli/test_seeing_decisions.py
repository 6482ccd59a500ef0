"""Whoever decided sees what they decided; that something is decided, everybody sees."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Program

SMALL = ("--taxonomy", "small")


@pytest.fixture
def accepted(program: Program, eva: object) -> None:
    """Eva handed in, and cleo accepted it in bulk, without having seen it."""
    assert eva
    for name in ("eva", "ina"):
        assert program("classify", "2", *SMALL, "--set", "outcome=near", "--submit", "--as", name).code == 0
    said = program("adjudicate", "--agreed", "unanimous", *SMALL, "--as", "cleo")
    assert said.err.startswith("1 subject adjudicated")


def exported(program: Program, name: str) -> list[str]:
    """The subjects of the decisions that somebody can export."""
    out = program("export", "csv", "--what", "adjudicated", "--as", name).out
    return sorted({line.split(",")[0] for line in out.splitlines()[1:]})


@pytest.mark.usefixtures("accepted")
def test_who_accepts_in_bulk_exports_what_they_accepted_and_nothing_else(program: Program) -> None:
    assert exported(program, "cleo") == ["demo:2"]
    assert exported(program, "dora") == []
    shown = program("show", "2", "--json", "--as", "cleo").json["classifications"]
    assert [each["annotator"] for each in shown] == ["adjudicated"]
    assert program("export", "csv", "--as", "cleo").out.count("\n") == 1  # what it was made from stays closed


@pytest.mark.usefixtures("accepted")
def test_who_decided_classifies_it_no_more_even_after_undoing_it(program: Program) -> None:
    assert program("undo", "--as", "cleo").code == 0
    assert exported(program, "cleo") == []
    said = program("classify", "2", *SMALL, "--set", "outcome=near", "--as", "cleo")
    assert said.code == 4
    assert "you decided about it on" in said.err
    assert program("classify", "2", *SMALL, "--set", "outcome=near", "--as", "dora").code == 0


@pytest.mark.usefixtures("accepted")
def test_who_decided_is_not_asked_to_classify_it(program: Program) -> None:
    dealt = program("assign", *SMALL, "--to", "cleo,dora", "--per-subject", "4", "--kind", "incident", "--as", "cleo")
    assert dealt.code == 0, dealt.err
    for name, keys in (("cleo", {"demo:10"}), ("dora", {"demo:10", "demo:2"})):
        assert {each["key"] for each in program("list", "--assigned", "--json", "--as", name).json} == keys


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("who", ["eva", "cleo", "dora", ""])
def test_adjudicated_subjects_are_found_whoever_asks(program: Program, who: str) -> None:
    asker = ("--as", who) if who else ()
    (listed,) = program("list", "--status", "adjudicated", "--json", *asker).json
    assert (listed["key"], listed["status"]) == ("demo:2", {"small": "adjudicated"})
    assert "small adjudicated" in program("list", "--status", "adjudicated", *asker).out
