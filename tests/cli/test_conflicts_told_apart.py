"""Two versions that would read alike say how they differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.model.classification import Answer, Evidence
from tests.cli.conftest import Program
from tests.desk.apart import closing_desk, merge, parted
from tests.desk.making import choose, make_desk, submit_fully

QUOTE = Evidence(report="d:r1", start=0, end=9, quote="The robot", prefix="", suffix=" stood")
Deed = Callable[[Desk, Desk, Desk], None]
"""What two people do apart; a third may have handed in, which both can take in."""


def rule(desk: Desk, value: str, note: str) -> None:
    desk.adjudication.rule("d:1", "desk", "maker", Answer(value=value), "judgement", note)


def ruled_alike(lead: Desk, chief: Desk, _: Desk) -> None:
    rule(lead, "A", "see the text")
    rule(chief, "A", "")


def decided_otherwise(lead: Desk, chief: Desk, _: Desk) -> None:
    for desk, value in ((lead, "A"), (chief, "B")):
        rule(desk, value, "")
        desk.adjudication.adjudicate("d:1", "desk")


def decided_later(lead: Desk, chief: Desk, cy: Desk) -> None:
    lead.adjudication.accept("d:2", "desk", "single", "batch")
    choose(cy, "d:2", "maker", "A")
    submit_fully(cy, "d:2")
    merge(chief.store, cy.store)
    chief.adjudication.accept("d:2", "desk", "majority", "batch")


APART: dict[str, tuple[Deed, str, set[str]]] = {
    "ruled alike": (
        ruled_alike, "ruling:maker", {"A (judgement), with the note “see the text”", "A (judgement), without a note"},
    ),
    "decided otherwise": (decided_otherwise, "status", {"decided: Maker: A", "decided: Maker: B"}),
    "decided later": (
        decided_later,
        "status",
        {
            "decided with the same answers, on what eva handed in, single on 1.1, Maker",
            "decided with the same answers, on what cy, eva handed in, unanimous on 1.1, Maker",
        },
    ),
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path, program: Program) -> Path:
    """Eva and Bob differ about incident 1, and Eva alone classified incident 2."""
    path = make_desk(tmp_path)
    for name, keys in (("eva", ("d:1", "d:2")), ("bob", ("d:1",))):
        with closing_desk(path, name) as desk:
            for key in keys:
                choose(desk, key, "maker", "A" if key == "d:2" else name)
                submit_fully(desk, key)
    assert program("--db", path, "--as", "lead", "settings", "blind_annotation", "no").code == 0
    return path


@pytest.mark.parametrize(("deed", "place", "words"), APART.values(), ids=APART)
def test_two_decisions_say_how_they_differ(
    path: Path, program: Program, deed: Deed, place: str, words: set[str]
) -> None:
    with parted(path, "lead", "chief", "cy") as (lead, chief, cy):
        deed(lead, chief, cy)
    listed = program("--db", path, "--as", "lead", "conflicts", "--json").json
    (found,) = (each["versions"] for each in listed if each["place"] == place)
    assert {each["words"] for each in found} == words


def test_two_answers_of_one_value_say_what_they_come_with(path: Path, program: Program) -> None:
    with parted(path, "cy", "cy") as (here, there):
        choose(here, "d:3", "maker", Answer(value="A", evidence=(QUOTE,)))
        choose(there, "d:3", "maker", Answer(value="A", confidence=0.5))
    (found,) = program("--db", path, "--as", "cy", "conflicts", "--json").json
    assert {each["words"] for each in found["versions"]} == {
        "A, quoting “The robot”, without a confidence", "A, quoting nothing, with a confidence of 0.5",
    }  # fmt: skip


def test_two_hand_ins_say_which_answers_show_now(path: Path, program: Program) -> None:
    with closing_desk(path, "cy") as cy:
        choose(cy, "d:3", "outcome", "none")
    with parted(path, "cy", "cy") as (here, there):
        for desk, maker in ((here, "A"), (there, "B")):
            choose(desk, "d:3", "maker", maker)
            desk.tagging.submit("d:3", "desk")
    found = {
        each["place"]: each["versions"] for each in program("--db", path, "--as", "cy", "conflicts", "--json").json
    }
    shown = {each["event"].partition(":")[0] for each in found["answer:maker"] if each["shown"]}
    assert {each["words"]: each["event"].partition(":")[0] in shown for each in found["status"]} == {
        "handed in, with the answers that show now": True, "handed in, with other answers than show now": False,
    }  # fmt: skip


def test_what_falls_into_one_minute_is_told_to_the_second(path: Path, program: Program) -> None:
    with parted(path, "lead", "chief", "cy") as them:
        decided_otherwise(*them)
    lines = [line for line in program("--db", path, "conflicts").out.splitlines() if "(judgement)" in line]
    assert lines and all(re.search(r" · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d · ", line) for line in lines)
