"""`make walk` still finds its way from the program's doors to the rows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.tracing import Walk

pytestmark = pytest.mark.long

TOP = Path(__file__).resolve().parents[1]
FIGURES = re.compile(r"^(?:ok|over)? +(\w+) +(\d+) files +(\d+) SQL +(\d+) calls", re.MULTILINE)


def walked(*arguments: str) -> str:
    """What the tool prints, in a process of its own because it watches every call."""
    command = [sys.executable, "-m", "benchmarks.walk", *arguments]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_document_is_followed_from_the_command_into_the_store() -> None:
    said = walked("document", "--list")
    [(name, files, statements, calls)] = FIGURES.findall(said)
    listed = re.findall(r"^ +(\d+)  (\w+/\S+\.py)$|^ +(\d+)  (\w+\.py)$", said, re.MULTILINE)
    assert name == "document"
    assert len(listed) == int(files)
    assert sum(int(each[0] or each[2]) for each in listed) == int(calls)
    assert {"cli", "formats", "store"} <= {each[1].split("/")[0] for each in listed}
    assert re.search(r"^ +\d+\. INSERT\b.* INTO reports", said, re.MULTILINE)
    assert int(statements) == len(re.findall(r"^ +\d+\. ", said, re.MULTILINE))


def test_an_answer_is_followed_from_its_key_at_the_desk() -> None:
    [(name, files, statements, _)] = FIGURES.findall(walked("answer"))
    assert name == "answer"
    assert int(files) > 10 and int(statements) > 3


def test_the_way_to_a_row_leaves_out_what_goes_on_beside_it_and_what_follows() -> None:
    walk = Walk()
    for file, is_aside in (("form.py", False), ("form.py", True), ("drawn.py", True)):
        walk.visit(file, is_aside=is_aside)
    for statement, is_aside in (
        ("SELECT 1", True), ("SELECT 1", False), ("INSERT INTO events", False), ("SELECT 2", True), ("COMMIT", False)
    ):  # fmt: skip
        walk.state(statement, is_aside=is_aside)
    walk.visit("later.py", is_aside=False)
    assert walk.to_row is not None
    assert walk.to_row.calls == {"form.py": 2, "drawn.py": 1}
    assert walk.to_row.way.calls == {"form.py": 1}
    assert walk.to_row.way.statements == ["SELECT 1", "INSERT INTO events", "COMMIT"]


def test_a_journey_there_is_none_of_is_named() -> None:
    command = [sys.executable, "-m", "benchmarks.walk", "nowhere"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no journey 'nowhere'. There are: answer, answer_shown, ruling, ruling_shown" in done.stderr


@pytest.mark.slow
def test_every_journey_ends_in_a_row() -> None:
    found = {name: (int(files), int(statements)) for name, files, statements, _ in FIGURES.findall(walked())}
    assert list(found) == ["answer", "answer_shown", "ruling", "ruling_shown", "document", "agreement"]
    assert all(files > 10 and statements > 3 for files, statements in found.values())
