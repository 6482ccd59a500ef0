"""What two laptops did and undid apart counts as what was there before, and is in no conflict."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.laptops import NS, Laptop, laptops

NONE = "Nothing is in conflict: what was done apart says the same everywhere.\n"
Two = tuple[Laptop, Laptop]
Deeds = tuple[tuple[str, ...], ...]
ON = ("d:1", "--taxonomy", NS)
REOPENED: Deeds = (("reopen", *ON), ("undo",))


def do(laptop: Laptop, deeds: Deeds) -> None:
    for deed in deeds:
        said = laptop(*deed)
        assert said.code == 0, said.err


def meet(here: Laptop, there: Laptop) -> None:
    """Merge both ways."""
    do(here, (("merge", str(there.path)),))
    do(there, (("merge", str(here.path)),))
    assert here.digest == there.digest
    for laptop in (here, there):
        laptop.fine()


@pytest.fixture
def two(tmp_path: Any, program: Program, monkeypatch: pytest.MonkeyPatch) -> Two:
    """Two laptops on which d:1 is handed in and the team's decision on it made, and d:2 begun; annotation is open."""
    here, there = laptops(tmp_path, program, monkeypatch, "eva", "kim")
    there = there.used_by("eva")
    do(here, (("settings", "blind_annotation", "no"), ("classify", "d:2", "--taxonomy", NS, "--set", "maker=First")))
    here.hand_in("d:1", "Ajax")
    chief = here.used_by("chief")
    do(chief, (("rule", *ON, "--field", "maker", "--value", "Ajax", "--cause", "slip"), ("adjudicate", *ON)))
    do(there, (("merge", str(here.path)),))
    return here, there


def status(laptop: Laptop, key: str = "d:1") -> dict[str, str]:
    shown = laptop("show", key, "--json").json["classifications"]
    return {each["annotator"]: each["status"] for each in shown}


BEGUN = ("classify", "d:2", "--taxonomy", NS)
SAME: dict[str, tuple[Deeds, Deeds]] = {
    "reopened": (REOPENED, REOPENED),
    "handed in again": (REOPENED, (("reopen", *ON), ("classify", *ON, "--note", "hello", "--submit"))),
    "an answer": (((*BEGUN, "--set", "maker=B"), ("undo",)), ((*BEGUN, "--set", "maker=C"), ("undo",))),
    "a first answer": (((*BEGUN, "--set", "outcome=none"), ("undo",)), ((*BEGUN, "--set", "outcome=near"), ("undo",))),
    "an answer given again": (((*BEGUN, "--set", "maker=B"), ("undo",)), ((*BEGUN, "--set", "maker=First"),)),
    "a note": (((*BEGUN, "--note", "one"), ("undo",)), ((*BEGUN, "--note", "two"), ("undo",))),
}  # fmt: skip


@pytest.mark.parametrize("apart", SAME)
def test_what_was_done_and_undone_apart_is_in_no_conflict(two: Two, apart: str) -> None:
    here, there = two
    was = status(here)
    for laptop, deeds in zip(two, SAME[apart], strict=True):
        do(laptop, deeds)
    meet(here, there)
    for laptop in two:
        said = laptop("conflicts")
        assert (said.out, said.err) == ("", NONE)
        assert status(laptop) == was


def test_a_decision_opened_and_closed_again_apart_stands(two: Two) -> None:
    for laptop in two:
        do(laptop.used_by("chief"), (("adjudicate", *ON, "--reopen"), ("undo",)))
    meet(*two)
    assert two[0]("conflicts").err == NONE
    assert status(two[0]) == {"eva": "submitted", "adjudicated": "adjudicated"}


def test_what_was_undone_to_something_else_is_in_conflict(two: Two) -> None:
    here, there = two
    do(here, ((*BEGUN, "--set", "maker=B"), ("undo",)))
    do(there, ((*BEGUN, "--set", "maker=C"), (*BEGUN, "--set", "maker=D"), ("undo",)))
    meet(here, there)
    (found,) = here("conflicts", "--json").json
    assert {each["words"] for each in found["versions"]} == {"First", "C"}


def test_what_was_undone_apart_can_be_done_again(two: Two) -> None:
    for laptop in two:
        do(laptop, REOPENED)
    meet(*two)
    do(two[0], (("redo",),))
    meet(*two)
    assert two[0]("conflicts").err == NONE
    assert status(two[0]) == {"eva": "draft", "adjudicated": "adjudicated"}
    do(two[0], (("undo",),))
    assert two[0]("conflicts").err == NONE
    assert status(two[0])["eva"] == "submitted"
