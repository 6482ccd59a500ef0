"""Whole numbers on the command line: in range they are taken, else refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest

from annotator.cli.commands import commands
from annotator.config import state_folder
from annotator.desk import Desk
from tests.cli.conftest import Program

LARGEST = str(2**63 - 1)
HUGE = "9" * 23


def numbered(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Parameter]]:
    """Every option of every command that takes a number."""
    context = click.Context(command)
    for each in command.get_params(context):
        is_number = each.metavar in {"N", "K", "M", "S"} or isinstance(each.type, click.types.IntParamType)
        if is_number and isinstance(each, click.Option):
            yield path, each
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below
            yield from numbered(below, *path, name)


OPTIONS = [(path, each) for path, each in numbered(commands)]


@pytest.mark.parametrize(("path", "option"), OPTIONS, ids=lambda each: getattr(each, "name", None) or " ".join(each))
@pytest.mark.parametrize("number", [HUGE, "9" * 5000, "-1", "two"])
def test_what_is_no_number_of_the_range_is_refused_in_words(
    program: Program, path: tuple[str, ...], option: click.Parameter, number: str
) -> None:
    said = program(*path, f"{option.opts[0]}={number}")
    assert (said.code, said.out) == (2, "")
    assert option.opts[0] in said.err
    assert f"{number[:40]} is not a whole number from " in said.err
    assert len(said.err) < 500


@pytest.mark.parametrize(
    "call",
    [
        ("list", "--limit", LARGEST), ("issues", "--limit", LARGEST), ("round", "close", LARGEST),
        ("disagreements", "--limit", LARGEST, "--taxonomy", "small"),
        ("assign", "--to", "ann", "--taxonomy", "small", "--seed", LARGEST, "--dry-run"),
        ("assign", "--to", "ann", "--taxonomy", "small", "--batch-size", LARGEST, "--dry-run"),
        ("assign", "--to", "ann", "--taxonomy", "small", "--per-subject", LARGEST, "--dry-run"),
        ("assign", "--to", "ann", "--taxonomy", "small", "--limit", LARGEST, "--dry-run"),
        ("agreement", "--taxonomy", "small", "--seed", LARGEST),
    ],
)  # fmt: skip
def test_the_largest_number_ends_in_no_traceback(program: Program, eva: Desk, call: tuple[str, ...]) -> None:
    said = program("--as", "eva", *call)
    assert "Traceback" not in said.err
    assert "is not a whole number" not in said.err


NO_NUMBERS = ("9" * 19, "9" * 5000, "1e30", "Infinity", "-1", "[" * 10_000)
NOTE = ("classify", "2", "--taxonomy", "small", "--note", "x")


@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda each: each[:9])
@pytest.mark.parametrize("kept", ["heads", "in_file"])
@pytest.mark.usefixtures("eva")
def test_numbers_in_the_state_folder_that_are_none_are_passed_over(program: Program, kept: str, number: str) -> None:
    assert program("--as", "eva", *NOTE).code == 0
    (file,) = (state_folder() / "replicas").glob("*.json")
    told = json.loads(file.read_text(encoding="utf-8"))
    told[kept] = {feed: "NUMBER" if kept == "in_file" else ["NUMBER", said[1]] for feed, said in told["heads"].items()}
    for call in (("doctor",), ("verify",), ("list",), ("bundle", "all.bundle"), NOTE):
        file.write_text(json.dumps(told).replace('"NUMBER"', number), encoding="utf-8")
        said = program("--as", "eva", *call)
        assert said.code == 0, said
