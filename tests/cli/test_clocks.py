"""A clock that is wrong marks its own events and nobody else's, and ends nothing."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from annotator.desk import Desk
from annotator.store.log.clocks import out_of_order
from tests.cli.conftest import Program

LATER, EARLIER = "later than now", "not in the order in which"
ODD = ("0002-01-01T00:00:00.000Z", "1931-07-01T02:30:00.000Z", "1969-12-31T23:59:59.999Z", "9998-12-31T23:59:59.999Z")


def save(program: Program, name: str, moment: str, words: str) -> None:
    """Answer at a moment."""
    with patch("annotator.store.readable.now", return_value=moment):
        said = program("--as", name, "classify", "demo:2", "--taxonomy", "small", "--set", f"words={words}")
    assert said.code == 0, said


def marks(program: Program) -> list[tuple[str, str, str]]:
    """Who answered, when, and what is wrong with that."""
    found = program("history", "demo:2", "--json").json
    told = [(each["annotator"], each["at"][:4], each["clock"] or "") for each in found if each["kind"] == "answer_set"]
    lines = program("history", "demo:2").out.splitlines()
    assert sum("its clock cannot be right" in line for line in lines) == sum(bool(clock) for _, _, clock in told)
    return told


def test_one_save_in_2099_marks_itself_alone(eva: Desk, program: Program) -> None:
    eva.settings.change("blind_annotation", "no")
    eva.close()
    year = {"eva": ("2026-01-01", "2099-01-01", "2026-01-02"), "bob": ("2026-01-01", "2026-01-02", "2026-01-03")}
    for turn in range(3):
        for name, days in year.items():
            save(program, name, f"{days[turn]}T08:00:00.000Z", f"{name} {turn}")
    wrong = [(name, at, clock) for name, at, clock in marks(program) if clock]
    assert [(name, at) for name, at, _ in wrong] == [("eva", "2099")]
    assert LATER in wrong[0][2]
    said = program("doctor")
    assert (said.code, said.err.count(LATER)) == (0, 1)
    assert "1 event of eva, such as " in said.err
    assert "its clock cannot be right" in program("verify").err


def test_a_clock_that_was_set_back_marks_the_fewest_events(eva: Desk, program: Program) -> None:
    eva.close()
    for day, moment in enumerate(("2026-01-01", "2026-01-02", "2001-05-05", "2026-01-03", "2026-01-04")):
        save(program, "eva", f"{moment}T08:00:00.000Z", str(day))
    assert [(at, EARLIER in clock) for _, at, clock in marks(program)] == [
        ("2026", False), ("2026", False), ("2001", True), ("2026", False), ("2026", False),
    ]  # fmt: skip


@pytest.mark.parametrize("moment", ODD)
def test_times_before_1970_and_far_ahead_end_no_command(eva: Desk, program: Program, moment: str) -> None:
    eva.close()
    save(program, "eva", moment, "odd")
    with patch("annotator.store.readable.now", return_value=moment):
        deal = ("assign", "--to", "eva", "--taxonomy", "small", "--due", "9999-01-01")
        for command in (
            ("--as", "eva", *deal), ("progress", "--pace"), ("progress",), ("history", "demo:2"), ("show", "demo:2"),
            ("history", "--team"), ("list",), ("verify",), ("export", "json"), ("export", "csv"), ("people", "list"),
            ("import", "--help"), ("settings",), ("agreement", "--taxonomy", "small"), ("conflicts",), ("waiting",),
            ("doctor",), ("backup", "copy.db"), ("--as", "eva", "bundle", "eva.bundle"), ("verify", "eva.bundle"),
            ("--db", "other.db", "merge", "copy.db"), ("--db", "third.db", "merge", "eva.bundle"),
        ):  # fmt: skip
            said = program(*command)
            assert said.code == 0, said
            assert "Traceback" not in said.err


def test_small_steps_back_are_no_matter_and_the_fewest_are_named() -> None:
    minute = 1 / 24 / 60
    assert out_of_order([1.0, 1.0 - minute, 1.0 + minute, 1.0 - 2 * minute, 2.0]) == []
    assert out_of_order([1.0, 9.0, 2.0, 3.0]) == [1]
    assert out_of_order([5.0, 6.0, 1.0, 7.0, 1.5]) == [2, 4]
    assert out_of_order([]) == []
