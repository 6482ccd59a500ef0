"""Tables that fit the terminal."""

from __future__ import annotations

import pytest

from annotator.cli import printing
from annotator.cli.printing import cells, shortened, write_fitting, write_wrapped

HEADS = ("NO", "FIELD", "LEVEL", "ALPHA", "LABEL")
ROWS = [("1", "a_field_with_a_long_name", "nominal", "0.512", "A field"), ("2", "b", "ordinal", "", "日本語の名前")]


@pytest.fixture(params=[200, 60, 40, 30])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """A terminal of so many columns."""
    monkeypatch.setattr(printing, "room", lambda: request.param)
    return int(request.param)


def test_no_line_is_wider_than_the_terminal(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    gone = write_fitting(HEADS, ROWS, ("LABEL", "LEVEL"), "FIELD")
    lines = capsys.readouterr().out.splitlines()
    assert all(cells(line) <= width for line in lines)
    assert {200: [], 60: [], 40: ["LABEL", "LEVEL"], 30: ["LABEL", "LEVEL"]}[width] == gone
    assert all("ALPHA" in line or "0.512" in line or "2" in line for line in lines)


def test_output_that_is_no_terminal_has_no_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert write_fitting(HEADS, ROWS, ("LABEL",), "FIELD") == []
    assert "a_field_with_a_long_name  nominal  0.512  A field" in capsys.readouterr().out


def test_a_short_column_keeps_something_to_recognise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shortened("a_field_with_a_long_name", 12) == "a_field_wit…"
    assert shortened("日本語の名前", 5) == "日本…"
    assert shortened("short", 5) == "short"


def test_sentences_go_over_several_lines(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    write_wrapped("not compared: free text, and equal wording is no measure of agreement", "  ")
    lines = capsys.readouterr().out.splitlines()
    assert all(cells(line) <= width for line in lines)
    assert all(line.startswith("  ") for line in lines)
