"""A clock that is wrong marks its own events and nobody else's, and ends nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from annotator.desk import Desk
from annotator.store.log import clocks
from annotator.store.log.clocks import out_of_order
from tests.cli.conftest import Program

LATER, BEFORE, EARLIER = "later than now", "before this program was first written", "not in the order in which"
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
    for day, moment in enumerate(("2026-05-01", "2026-05-02", "2026-01-05", "2026-05-03", "2026-05-04")):
        save(program, "eva", f"{moment}T08:00:00.000Z", str(day))
    assert [EARLIER in clock for _, _, clock in marks(program)] == [False, False, True, False, False]


def test_times_that_cannot_be_are_marked_however_many_agree_on_them(eva: Desk, program: Program) -> None:
    eva.close()
    ahead = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    years = ("2099", "1969", "1868", "1969", "2262", "2262", "1677", "1677")
    for turn, moment in enumerate((*(f"{year}-03-04T05:06:07.000Z" for year in years), ahead)):
        save(program, "eva", moment, str(turn))
    found = marks(program)
    assert len(found) == len(years) + 1
    assert all((BEFORE if at < "2026" else LATER) in clock for _, at, clock in found)
    said = program("doctor")
    assert (said.code, said.err.count(BEFORE), said.err.count(LATER), said.err.count(EARLIER)) == (0, 1, 1, 0), said.err
    assert "5 events of eva, such as " in said.err
    assert {each["clock"] for each in program("history", "--team", "--json").json} == {None}, "the import is as it was"


def test_who_is_before_the_program_was_written_holds_it_against_nobody(eva: Desk, program: Program) -> None:
    eva.close()
    with patch.object(clocks, "FIRST", "2199-01-01"):
        save(program, "eva", "2026-01-01T08:00:00.000Z", "one")
        save(program, "eva", "2026-01-02T08:00:00.000Z", "two")
        assert [clock for _, _, clock in marks(program)] == ["", ""]


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
