"""`make bench` tells what it measured, what it could not measure, and whether the bounds were kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.figures import Figure, Found, Unmeasured
from benchmarks.ticking import longest

Bench = Callable[..., tuple[int, str]]

KEPT = Figure("a thing", 1.2, "×", 1.5, True, "120 ms against 100 ms")
TOO_MUCH = Figure("another thing", 1.6, "×", 1.5, True, "160 ms against 100 ms")
TOO_LITTLE = Figure("a rate", 55, "%", 60, False, "55 against 100")
SKIPPED = Unmeasured("a third thing", "the data is not there")


def broken_off(_: Path) -> Found:
    raise TimeoutError("the screen never showed it:\nline after line")


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Bench:
    """Measure made-up things; returns the exit code and what is printed."""
    monkeypatch.setenv("ANNOTATOR_BENCH", str(tmp_path))
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "__main__.py"))

    def call(*found: Figure | Unmeasured, named: tuple[str, ...] = (), breaks: bool = False) -> tuple[int, str]:
        first = {"first": broken_off} if breaks else {}
        monkeypatch.setattr(bench, "MEASURES", {**first, "second": lambda _: list(found)})
        monkeypatch.setattr("sys.argv", ["bench", *named])
        code = bench.main()
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def test_bounds_that_are_kept_are_a_success(measure: Bench) -> None:
    code, said = measure(KEPT)
    assert code == 0
    assert "ok " in said
    assert "1 measured, 0 of them out of bounds; 0 skipped, 0 broken." in said


@pytest.mark.parametrize(("missed", "mark"), [(TOO_MUCH, "OVER "), (TOO_LITTLE, "UNDER")])
def test_a_bound_that_is_missed_is_a_failure(measure: Bench, missed: Figure, mark: str) -> None:
    code, said = measure(KEPT, missed)
    assert code == 1
    assert f"\n{mark} {missed.name}" in said
    assert "2 measured, 1 of them out of bounds" in said


def test_what_is_skipped_is_said_with_its_reason(measure: Bench, tmp_path: Path) -> None:
    code, said = measure(KEPT, SKIPPED)
    assert code == 0
    assert "SKIPPED  a third thing: the data is not there\n1 measured, 0 of them out of bounds; 1 skipped" in said
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in kept] == ["a thing", "a third thing"]


def test_a_measure_that_breaks_does_not_take_the_others_with_it(measure: Bench) -> None:
    code, said = measure(KEPT, breaks=True)
    assert code == 1
    assert "ok    a thing" in said
    assert "BROKEN   first: the screen never showed it\n1 measured" in said


def test_a_measure_there_is_none_of_is_named(measure: Bench) -> None:
    code, said = measure(KEPT, named=("second", "third"))
    assert code == 2
    assert "There is no measure 'third'. There are: second." in said


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [(9.0, 9.9, 0.0), (10.5, 11.0, 0.9), (10.9, 12.0, 0.9), (10.0, 10.3, 0.9), (11.1, 12.0, 0.2)],
)
def test_a_stall_counts_when_any_of_it_falls_into_the_time(
    tmp_path: Path, start: float, end: float, seconds: float
) -> None:
    notes = tmp_path / "ticks"
    notes.write_text("10.000000 0.000000\n11.000000 0.900000\n11.500000 0.200000\n12.000000 0.0000", encoding="ascii")
    assert longest(notes, start, end) == seconds
