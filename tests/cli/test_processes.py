"""The program as a process: what it loads, pipes that close, text that is not ASCII."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.proofs import mostly_slow

pytestmark = pytest.mark.long

LOADED = "import sys; from annotator.cli import main; code = main(sys.argv[1:]); import json; "
LOADED += "print(json.dumps(sorted(sys.modules)), file=sys.stderr); sys.exit(code)"
HEADLESS = [
    "--help", "list", "list --json", "show 2", "history 2", "issues", "formats", "doctor", "undo --as eva",
    "export csv", "export csv --shape wide", "export json", "export jsonl", "taxonomy list", "taxonomy show small",
    "classify 2 --taxonomy small --set words=x --as eva", "import again.jsonl", "backup copy.db", "demo",
]  # fmt: skip


def environment() -> dict[str, str]:
    """That of the tests, without anything about this program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANNOTATOR_")}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "LC_ALL": "C.UTF-8"}


def modules(arguments: list[str], folder: Path) -> set[str]:
    """The modules a command has loaded when it ends."""
    command = [sys.executable, "-c", LOADED, *arguments]
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "line", mostly_slow(HEADLESS, "--help", "export csv", "history 2", "import again.jsonl", "demo")
)
def test_no_headless_command_loads_the_screens(eva: Desk, tmp_path: Path, line: str) -> None:
    (tmp_path / "again.jsonl").write_text(
        json.dumps({"subject": "demo:2", "taxonomy": "small", "annotator": "ann", "answers": {}}), encoding="utf-8"
    )
    loaded = modules(line.split(), tmp_path)
    assert "annotator.cli.commands" in loaded
    assert not loaded & {"textual", "rich"}


@pytest.mark.parametrize("line", ["list", "export jsonl"])
def test_what_is_called_most_loads_no_more_than_it_needs(eva: Desk, tmp_path: Path, line: str) -> None:
    assert not modules(line.split(), tmp_path) & {"pydantic", "yaml", "sqlite_utils"}


@pytest.mark.parametrize("line", ["--help", "formats", "undo --help", "classify --help", "import --help"])
def test_what_needs_no_database_loads_nothing_of_one(tmp_path: Path, line: str) -> None:
    loaded = modules(line.split(), tmp_path)
    assert "annotator.cli.commands" in loaded
    assert not loaded & {"pydantic", "yaml", "sqlite3", "numpy", "difflib", "annotator.desk", "annotator.store"}


def test_a_reader_that_has_seen_enough_is_no_error(eva: Desk, tmp_path: Path) -> None:
    with eva.store.writing():
        for number in range(200):
            eva.tagging.note("demo:2", "small", f"{number}" * 20_000)
            eva.project.store.transaction.execute(
                "INSERT INTO subjects (key, kind, title) VALUES (?, 'incident', ?)", (f"many:{number}", "t" * 5_000)
            )
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "annotator", "list"]
    done = subprocess.run(
        command, check=False, cwd=tmp_path, env=environment(), stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_data_is_utf_8_whatever_the_terminal_speaks(eva: Desk, tmp_path: Path) -> None:
    eva.tagging.note("demo:2", "small", "顔認証")
    command = [sys.executable, "-m", "annotator", "export", "jsonl"]
    env = {**environment(), "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(command, check=False, cwd=tmp_path, env=env, capture_output=True)
    assert "顔認証" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("line", ["import again.jsonl", "doctor --rebuild"])
def test_what_was_got_ready_waits_for_the_lock_and_says_so(eva: Desk, tmp_path: Path, line: str) -> None:
    (tmp_path / "again.jsonl").write_text(
        json.dumps({"subject": "demo:2", "taxonomy": "small", "annotator": "ann", "answers": {}}), encoding="utf-8"
    )
    command = [sys.executable, "-m", "annotator", *line.split()]
    with eva.store.writing():
        waiting = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
        assert waiting.stderr
        assert waiting.stderr.readline().startswith(
            "Another program is reading or writing this database; waiting for it."
        )
        assert waiting.poll() is None
    waiting.communicate()
    assert waiting.returncode == 0
