"""Of a folder only ordinary files that lie in it are read, and nobody waits meanwhile."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from annotator.formats.folder import members
from annotator.formats.text_folder import ENDINGS
from tests.cli.conftest import Program

OUT = "is a link out of the folder, and those are not followed"
ODD = "is no ordinary file but a pipe, a socket or a device"
FOLDER = "is a link to a folder, and those are not followed"
NOTHING = "is a link to nothing"
RING = "cannot be looked at (Too many levels of symbolic links)"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one of each kind."""
    found = tmp_path / "in"
    (found / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("Not this.\n", encoding="utf-8")
    (found / "a.txt").write_text("One.\n", encoding="utf-8")
    (found / "sub" / "c.md").write_text("Two.\n", encoding="utf-8")
    os.mkfifo(found / "b.txt")
    links = {
        "notes.txt": "/etc/hostname", "out.txt": "../secret.txt", "here.txt": "a.txt", "gone.txt": "nowhere",
        "one.txt": "two.txt", "two.txt": "one.txt", "etc": "/etc", "sub/up": "..", "null.txt": "/dev/null",
    }  # fmt: skip
    for name, target in links.items():
        (found / name).symlink_to(target)
    monkeypatch.chdir(found)  # the names of sockets are short
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("s.txt")
    monkeypatch.chdir(tmp_path)
    return found


def test_each_kind_is_read_or_named_with_the_reason(folder: Path) -> None:
    found = {str(each.name): each.why_not for each in members(folder)}
    assert found == {
        "a.txt": "", "sub/c.md": "", "here.txt": "", "b.txt": ODD, "s.txt": ODD, "notes.txt": OUT, "out.txt": OUT,
        "null.txt": OUT, "gone.txt": NOTHING, "one.txt": RING, "two.txt": RING, "etc": FOLDER, "sub/up": FOLDER,
    }  # fmt: skip


@pytest.mark.parametrize("error", [errno.EACCES, errno.EIO, errno.ELOOP, errno.ESTALE])
@pytest.mark.parametrize("name", ["a.txt", "here.txt"])
def test_what_the_system_does_not_let_be_looked_at_is_named_with_its_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: int
) -> None:
    real = os.stat

    def stat(path: Any, *rest: Any, **said: Any) -> Any:
        if Path(os.fsdecode(path)) == folder / name:
            raise OSError(error, os.strerror(error), str(path))
        return real(path, *rest, **said)

    monkeypatch.setattr(os, "stat", stat)
    why = {str(each.name): each.why_not for each in members(folder)}
    assert why[name] == f"cannot be looked at ({os.strerror(error)})"


def test_an_import_reads_what_lies_in_the_folder(
    folder: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = Path.open

    def noted(self: Path, *rest: Any, **said: Any) -> Any:
        if "in" in self.parts:  # libraries read files of their own
            opened.append(self.name)
        return real(self, *rest, **said)

    monkeypatch.setattr(Path, "open", noted)
    said = program("import", "in", "--json")
    (report,) = said.json
    assert (said.code, report["counts"]["reports"]["added"]) == (0, 3)
    assert {each["where"]: each["what"] for each in report["losses"]} == {
        f"in/{each.name}": f"not read: {each.why_not}" for each in members(folder) if each.why_not
    }
    assert {name for name in opened if Path(name).suffix in ENDINGS} == {"a.txt", "c.md", "here.txt"}
    assert "secret" not in said.out.replace("out.txt", "")


def test_a_folder_of_nothing_else_says_why(tmp_path: Path, program: Program) -> None:
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "b.txt")
    said = program("import", "in")
    assert (said.code, ODD in said.err) == (5, True)


def test_a_file_or_folder_that_is_refused_is_named_and_the_rest_is_read(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in" / "closed").mkdir(parents=True)
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text(f"{name}\n", encoding="utf-8")
    real_scan, real_open = os.scandir, Path.open

    def scan(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return real_scan(path)

    def open_(self: Path, *rest: Any, **said: Any) -> Any:
        if self.name == "b.txt":
            raise PermissionError(13, "Permission denied", str(self))
        return real_open(self, *rest, **said)

    monkeypatch.setattr(os, "scandir", scan)
    monkeypatch.setattr(Path, "open", open_)
    said = program("import", "in", "--json")
    (report,) = said.json
    assert (said.code, report["counts"]["reports"]["added"]) == (0, 1)
    assert {each["where"] for each in report["losses"]} == {"in/closed", "in/b.txt"}
    assert all("Permission denied" in each["what"] for each in report["losses"])


def test_others_write_while_a_source_is_read(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("One.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Two.\n", encoding="utf-8")
    assert program("import", "a.txt").code == 0
    between: list[int] = []

    def language_of(text: str) -> str:
        if not between:
            between.append(1)
            between.append(program("--as", "eva", "comment", "file:a.txt", "Meanwhile.").code)
        return "en" if text else ""

    monkeypatch.setattr("annotator.formats.text_folder.language_of", language_of)
    assert program("import", "b.txt").code == 0
    assert between == [1, 0]
