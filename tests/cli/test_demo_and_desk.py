"""The sample database, and the desk as far as it can be seen without looking at its screens."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.demo import ANNOTATORS
from annotator.desk.project import Project
from annotator.store import issues
from tests.cli.conftest import Program
from tests.cli.test_processes import environment

pytestmark = pytest.mark.long


def test_without_a_terminal_the_demo_says_what_it_made_and_how_to_open_it(program: Program, tmp_path: Path) -> None:
    said = program("demo")
    assert (said.code, said.out) == (0, "")
    assert "annotator-demo.db: 41 reports on 17 incidents" in said.err
    assert "annotator --db annotator-demo.db --as you" in said.err
    assert (tmp_path / "annotator-demo.db").exists()


def test_every_sample_fits_its_taxonomy(program: Program) -> None:
    program("demo")
    project = Project.open(Path("annotator-demo.db"))
    assert issues.read(project.store.transaction) == []
    assert [finding for finding in project.store.examine() if finding.problems] == []
    document = program("list", "--db", "annotator-demo.db", "--json", "--kind", "incident").json
    assert len(document) == 17
    assert {state for each in document for state in each["status"].values()} >= {"submitted", "draft"}
    assert tuple(Desk(project, "").subjects.annotators()) == ANNOTATORS


def test_the_demo_again_changes_nothing(program: Program) -> None:
    program("demo")
    before = program("export", "jsonl", "--db", "annotator-demo.db").out
    assert program("demo").code == 0
    assert program("export", "jsonl", "--db", "annotator-demo.db").out == before
    assert len(program("history", "1", "--db", "annotator-demo.db", "--json").json) > 0


def test_a_demo_somebody_worked_in_is_left_as_it_is(program: Program) -> None:
    program("demo", "--db", "mine.db")
    program("--db", "mine.db", "--as", "eva", "classify", "1", "--taxonomy", "harm_type", "--note", "mine")
    before = program("export", "jsonl", "--db", "mine.db").out
    said = program("demo", "--db", "mine.db", "--as", "eva")
    assert said.code == 0
    assert "left as it is" in said.err
    assert "annotator --db mine.db --as eva" in said.err
    assert program("export", "jsonl", "--db", "mine.db").out == before


def test_samples_are_not_poured_into_other_work(program: Program, eva: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    said = program("demo", "--db", "annotator.db")
    assert said.code == 2
    assert "annotator.db: holds other subjects, such as demo:10" in said.err
    assert len(program("list", "--json").json) == 3
    monkeypatch.setenv("ANNOTATOR_DB", "annotator.db")
    assert program("demo").code == 0
    assert Path("annotator-demo.db").exists()


@pytest.mark.parametrize("arguments", [[], ["desk"], ["desk", "2"]])
def test_without_a_terminal_the_desk_says_what_to_do(program: Program, eva: Desk, arguments: list[str]) -> None:
    said = program(*arguments)
    assert (said.code, said.out) == (2, "")
    assert "needs a terminal" in said.err
    assert "annotator list" in said.err


@pytest.mark.parametrize("gone", [">words", "<words"])
def test_where_it_cannot_draw_or_read_in_the_terminal_the_desk_does_not_open(
    program: Program, tmp_path: Path, gone: str
) -> None:
    words = tmp_path / "words"
    words.touch()
    code, shown = in_terminal(["demo", "--db", "mine.db"], tmp_path, "no screen is awaited", redirected="2>&1 | cat")
    assert code == 0
    assert "Open it in a terminal" in shown
    code, shown = in_terminal(["--db", "mine.db", "--as", "eva"], tmp_path, "Tempe", redirected=gone)
    assert code == 2
    assert "Tempe" not in shown + words.read_text(encoding="utf-8")
    assert "needs a terminal" in shown


@pytest.mark.parametrize(("given", "frames"), [(None, "120"), ("30", "30")])
def test_the_desk_draws_as_often_as_somebody_says_or_twice_as_often_as_usual(
    program: Program, eva: Desk, monkeypatch: pytest.MonkeyPatch, given: str | None, frames: str
) -> None:
    monkeypatch.setenv("TEXTUAL_FPS", given or "")
    if given is None:
        monkeypatch.delenv("TEXTUAL_FPS")
    found: list[str | None] = []

    def run(*_: object) -> int:
        found.append(os.environ.get("TEXTUAL_FPS"))
        return 0

    monkeypatch.setattr("annotator.cli.desk.has_terminal", lambda: True)
    monkeypatch.setattr("annotator.tui.app.run", run)
    assert program("--as", "eva", "desk").code == 0
    assert found == [frames]


def in_terminal(
    arguments: list[str], folder: Path, until: str, keys: str = "\x11", redirected: str = "",
    then: tuple[str, str] | None = None,
) -> tuple[int, str]:  # fmt: skip
    """Run the program in a pseudo-terminal until it shows something, press keys, and wait for its end.

    `then` is what it shows after that, with the keys to press next.
    """
    primary, secondary = pty.openpty()
    env = {**environment(), "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
    env["XDG_CONFIG_HOME"] = str(folder / "settings")
    command = [sys.executable, "-m", "annotator", *arguments]
    command = ["sh", "-c", f'"$@" {redirected}', "sh", *command] if redirected else command
    process = subprocess.Popen(command, cwd=folder, env=env, stdin=secondary, stdout=secondary, stderr=secondary)
    os.close(secondary)
    shown, deadline = "", time.monotonic() + 40
    steps = [(until, keys), *([then] if then else [])]
    while time.monotonic() < deadline:
        if select.select([primary], [], [], 0.2)[0]:
            try:
                shown += os.read(primary, 65_536).decode("utf-8", "replace")
            except OSError:  # the other side is closed
                break
        if steps and steps[0][0] in shown:
            os.write(primary, steps.pop(0)[1].encode())
        if process.poll() is not None and not select.select([primary], [], [], 0)[0]:
            break
    process.kill()
    os.close(primary)
    return process.wait(), shown


def test_what_went_wrong_with_an_import_stands_on_a_line_of_its_own(program: Program, tmp_path: Path) -> None:
    assert program("--db", "some.db", "demo").code == 0
    code, shown = in_terminal(
        ["--db", "some.db", "--as", "you", "import", "gone.json", "other.json"], tmp_path, "?", ""
    )
    assert code == 5
    for name in ("gone.json", "other.json"):
        assert f"{name}: reading …\r\x1b[K" in shown
    assert "\x1b[Kgone.json: there is no such file or folder" in shown


def test_in_a_terminal_the_demo_opens_the_desk(program: Program, tmp_path: Path) -> None:
    code, shown = in_terminal(["demo", "--as", "you"], tmp_path, "Tempe", "q")
    assert "Tempe" in shown
    assert code == 0


def test_the_demo_asks_who_is_there_and_keeps_no_name(program: Program, tmp_path: Path) -> None:
    code, shown = in_terminal(["demo"], tmp_path, "sample-1", "\r", then=("Tempe", "q"))
    assert "Who is classifying?" in shown
    assert "Tempe" in shown
    assert code == 0
    assert not (tmp_path / "settings" / "annotator" / "config.yaml").exists()


def test_in_a_terminal_a_missing_database_is_said(program: Program, tmp_path: Path) -> None:
    code, shown = in_terminal([], tmp_path, "annotator demo")
    assert code == 3
    assert "there is no such database" in shown
