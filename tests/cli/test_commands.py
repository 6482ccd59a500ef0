"""What holds for every command: help, shared options, words and exit codes."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path

import click
import pytest

from annotator import __version__
from annotator.cli.commands import TABLE, commands
from annotator.desk import Desk
from annotator.desk.queue import Queues
from tests.cli.conftest import Program


def command(name: str) -> click.Command:
    """A command by its name."""
    found = commands.get_command(click.Context(commands), name)
    assert found is not None
    return found


def test_the_help_lists_every_command_under_its_section(program: Program) -> None:
    said = program("--help")
    assert said.code == 0
    for title in ("Classify:", "Bring in and hand on:", "Taxonomies:", "The database:"):
        assert title in said.out
    assert all(f"  {name} " in said.out for name in TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_command_says_in_the_table_what_its_help_says(program: Program, name: str) -> None:
    words = TABLE[name][1].removesuffix(".")
    assert (command(name).help or "").startswith(words)
    said = program(name, "--help")
    assert (said.code, said.err) == (0, "")


def test_the_version_is_told(program: Program) -> None:
    assert program("--version").out == f"annotator, version {__version__}\n"


def test_an_unknown_command_is_refused_with_the_way_out(program: Program) -> None:
    for name, words in (("lst", "did you mean 'list'?"), ("zzz", "`annotator --help` lists them.")):
        said = program(name)
        assert (said.code, said.out) == (2, "")
        assert f"There is no command {name!r}; {words}" in said.err


def test_a_missing_database_is_said_with_the_ways_to_make_one(program: Program, tmp_path: Path) -> None:
    for arguments in (["list"], ["show", "1"], ["export", "csv"], ["doctor"], ["undo", "--as", "eva"]):
        said = program(*arguments)
        assert (said.code, said.out) == (3, "")
        assert "annotator import" in said.err
        assert "annotator demo" in said.err
    assert list(tmp_path.iterdir()) == []


def test_the_database_is_named_before_or_behind_the_command_or_by_the_environment(
    program: Program, eva: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "annotator.db").rename(tmp_path / "other.db")
    assert program("list").code == 3
    assert len(program("--db", "other.db", "list", "--json").json) == 3
    assert len(program("list", "--db", "other.db", "--json").json) == 3
    assert len(program("--db", "wrong.db", "list", "--db", "other.db", "--json").json) == 3
    monkeypatch.setenv("ANNOTATOR_DB", "other.db")
    assert program("list").code == 0
    assert program("--db", "wrong.db", "list").code == 3
    assert program("list", "--db", "wrong.db").code == 3


def test_the_annotator_comes_from_the_call_the_environment_or_the_settings(
    program: Program, eva: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def who(*arguments: str) -> str:
        note = program(*arguments, "classify", "10", "--taxonomy", "small", "--note", f"{arguments}")
        assert note.code == 0
        return str(program("history", "10", "--json").json[-1]["annotator"])

    assert program("classify", "10", "--taxonomy", "small", "--note", "x").code == 2
    program("settings", "blind_annotation", "no", "--as", "eva")  # so that anybody sees who wrote a note
    settings = tmp_path / "settings" / "annotator" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("annotator: Set\n", encoding="utf-8")
    assert who() == "Set"
    monkeypatch.setenv("ANNOTATOR_AS", "Env")
    assert who() == "Env"
    assert who("--as", "Called") == "Called"


def test_wrong_settings_stop_a_command_with_their_place(program: Program, eva: Desk, tmp_path: Path) -> None:
    settings = tmp_path / "settings" / "annotator" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("colour: red\n", encoding="utf-8")
    said = program("list")
    assert (said.code, said.out) == (2, "")
    assert "there is no setting 'colour'" in said.err


@pytest.mark.parametrize(
    ("line", "what"), [("theme: purple", "There is no theme 'purple'"), ("keys: {submit: 99999}", "there is no key")]
)
def test_keys_and_themes_that_there_are_none_of_are_told_at_the_desk(
    program: Program, eva: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, what: str
) -> None:
    settings = tmp_path / "settings" / "annotator" / "config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"{line}\n", encoding="utf-8")
    assert program("list").code == 0
    monkeypatch.setattr("annotator.cli.desk.has_terminal", lambda: True)
    said = program("desk", "--as", "eva")
    assert (said.code, f"{settings}: " in said.err, what in said.err) == (2, True, True)


def test_taxonomies_of_a_folder_named_are_used(program: Program, eva: Desk, tmp_path: Path) -> None:
    (tmp_path / "taxonomies").rename(tmp_path / "elsewhere")
    assert program("taxonomy", "show", "small").code == 3
    assert program("--taxonomies", "elsewhere", "taxonomy", "show", "small").code == 0
    assert program("taxonomy", "show", "small", "--taxonomies", "elsewhere").code == 0
    assert program("taxonomy", "show", "small", "--taxonomies", "nowhere").code == 2


def test_a_file_that_is_no_database_of_ours_is_refused(program: Program, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database at all, but long enough to be looked at", encoding="utf-8")
    sqlite3.connect(tmp_path / "foreign.db").execute("CREATE TABLE t (a)").connection.close()
    for name in ("text.db", "foreign.db"):
        said = program("--db", name, "list")
        assert (said.code, said.out) == (6, "")
        assert name in said.err


def test_words_cannot_steer_the_terminal(program: Program, eva: Desk) -> None:
    said = program("show", "\x1b[2Jnasty\u202e")
    assert said.code == 3
    assert "\x1b" not in said.err
    assert "\u202e" not in said.err


def test_bytes_that_are_no_text_are_refused(program: Program, eva: Desk) -> None:
    broken = os.fsdecode(b"\xff")
    for arguments in (["list", broken], ["show", broken], ["--as", broken, "undo"], ["import", f"{broken}.txt"]):
        said = program(*arguments)
        assert (said.code, said.out) == (2, "")
        assert "is not UTF-8 text" in said.err


def test_an_interruption_has_its_own_code(program: Program, eva: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Queues, "listed", interrupted)
    assert program("list").code == 130


def test_what_nobody_foresaw_is_seen_whole(program: Program, eva: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Queues, "listed", mistaken)
    with pytest.raises(ZeroDivisionError):
        program("list")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--db", "a" * 5_000, "list"), ("import", "a" * 5_000), ("import", "--report", "a" * 5_000, "."),
        ("export", "csv", "--out", "a" * 5_000), ("export", "csv", "--out", "a" * 250), ("backup", "a" * 5_000),
        ("taxonomy", "check", "a" * 5_000),
    ],
    ids=lambda arguments: "-".join(each[:8] for each in arguments),
)  # fmt: skip
def test_a_file_name_that_is_far_too_long_is_refused_in_words(
    program: Program, eva: Desk, arguments: tuple[str, ...]
) -> None:
    said = program(*arguments)
    assert said.code in {2, 3, 4, 5, 6, 7}
    assert re.search("longer than the name of a file|File name too long", said.err)
