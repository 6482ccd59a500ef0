"""Without NumPy everything works but the statistics, and they say what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = "import sys; sys.modules['numpy'] = None; from annotator.cli import main; sys.exit(main(sys.argv[1:]))"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT, "--db", str(folder / "demo.db"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert run(tmp_path, "demo").returncode == 0
    return tmp_path


def test_agreement_says_that_numpy_is_missing(folder: Path) -> None:
    ended = run(folder, "agreement", "--taxonomy", "harm_type")
    assert ended.returncode == 2
    assert "need NumPy" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "command", [["list"], ["disagreements"], ["review", "--taxonomy", "harm_type"], ["doctor"], ["export", "jsonl"]]
)
def test_the_rest_does_without(folder: Path, command: list[str]) -> None:
    assert run(folder, *command).returncode == 0
