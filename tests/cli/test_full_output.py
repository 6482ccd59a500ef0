"""Where what is printed goes nowhere: no traceback, an exit code of its own, and what was to be saved is saved."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.desk import Desk
from tests.cli.test_processes import environment
from tests.proofs import mostly_slow

PRINTS = (
    "list", "list --json", "show 2", "history --team", "issues --json", "formats", "doctor", "verify", "export csv",
    "taxonomy list", "taxonomy show small", "people list", "round list --json",
    "comments --json", "settings", "conflicts --json", "waiting --json", "agreement --csv", "disagreements --json",
    "gold list --json", "--help", "list --help", "--version", "taxonomy new mine",
)  # fmt: skip
"""Commands that print; the two that examine find nothing."""
SILENT = ("> /dev/full", ">&-", "2> /dev/full", "> /dev/full 2>&-", "<&- >&- 2>&-")
CLOSED = "Standard output cannot be written"
CLASSIFY = "--as eva classify 2 --taxonomy small --set words=x"


def said(folder: Path, line: str, streams: str, unbuffered: str = "", before: str = "") -> tuple[int, str]:
    """Call the program from a shell with some of its streams elsewhere; its exit code, and what it told."""
    env = {**environment(), "PYTHONUNBUFFERED": unbuffered}
    command = f"{before}{sys.executable} -m annotator {line} {streams}"
    done = subprocess.run(["bash", "-c", command], check=False, cwd=folder, env=env, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr, "nothing is left to be told at the end"
    return done.returncode, done.stderr


@pytest.mark.parametrize("line", mostly_slow(PRINTS, "doctor"))
def test_what_cannot_be_printed_is_told_and_is_no_finding(eva: Desk, tmp_path: Path, line: str) -> None:
    for streams, unbuffered in (("> /dev/full", ""), ("> /dev/full", "1"), (">&-", "")):
        code, told = said(tmp_path, line, streams, unbuffered)
        assert (code, CLOSED in told) == (7, True), (streams, told)
    assert said(tmp_path, line, "> /dev/full 2> /dev/full") == (7, "")
    assert said(tmp_path, line, ">&- 2>&-") == (7, "")
    assert said(tmp_path, line, "<&- > /dev/null")[0] == 0
    assert said(tmp_path, line, "> /dev/null 2> /dev/full") == (0, "")
    assert said(tmp_path, line, "<&- > /dev/null 2>&-") == (0, "")


@pytest.mark.parametrize("line", ["show 9", "list --limit x", "nothing"])
@pytest.mark.parametrize("streams", mostly_slow(["> /dev/full 2> /dev/full", ">&- 2>&-", "2>&-"], ">&- 2>&-"))
def test_a_refusal_that_cannot_be_told_has_its_own_code(eva: Desk, tmp_path: Path, line: str, streams: str) -> None:
    assert said(tmp_path, line, streams) == (3 if line == "show 9" else 2, "")


@pytest.mark.parametrize("streams", mostly_slow(SILENT, "> /dev/full 2>&-"))
def test_what_was_to_be_saved_is_saved_whoever_can_be_told(eva: Desk, tmp_path: Path, streams: str) -> None:
    said(tmp_path, CLASSIFY, streams)
    assert eva.tagging.classification("demo:2", "small").answers["words"].value == "x"
    assert [found for found in eva.examine() if found.problems] == []


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_is_whole_or_not_there(eva: Desk, tmp_path: Path, form: str) -> None:
    said(tmp_path, CLASSIFY, "")
    for streams in ("> /dev/full", ">&-", ">&- 2>&-", "<&- >&- 2>&-"):
        code, _ = said(tmp_path, f"export {form} --out out", streams)
        assert code == 0
        whole = (tmp_path / "out").read_text(encoding="utf-8")
        assert whole
        (tmp_path / "out").unlink()
        assert said(tmp_path, f"export {form} --out /dev/full", streams)[0] == 7
    code, _ = said(tmp_path, f"export {form}", "> out")
    assert (code, (tmp_path / "out").read_text(encoding="utf-8")) == (0, whole)


@pytest.mark.parametrize("line", mostly_slow(PRINTS, "list"))
def test_a_reader_that_left_is_no_error(eva: Desk, tmp_path: Path, line: str) -> None:
    assert said(tmp_path, line, "2>&1 | true; exit ${PIPESTATUS[0]}")[0] in {0, 141}


BUFFERS = ("", "1")


@pytest.mark.parametrize("unbuffered", BUFFERS)
@pytest.mark.parametrize("line", ["--help", "taxonomy new mine"])
def test_output_of_which_a_part_fits_is_not_called_whole(tmp_path: Path, line: str, unbuffered: str) -> None:
    assert said(tmp_path, line, "> whole", unbuffered)[0] == 0
    whole = (tmp_path / "whole").read_bytes()
    assert len(whole) > 1024, "there is something to cut"
    code, told = said(tmp_path, line, "> part", unbuffered, before="ulimit -f 1; ")
    assert (code, CLOSED in told) == (7, True), told
    assert (tmp_path / "part").read_bytes() == whole[:1024]


@pytest.mark.parametrize("unbuffered", BUFFERS)
@pytest.mark.parametrize(("is_left", "code"), [(True, 141), (False, 7)])
def test_a_pipe_that_takes_a_part_is_told(tmp_path: Path, unbuffered: str, is_left: bool, code: int) -> None:
    assert through_a_small_pipe(tmp_path, "taxonomy show CSETv1", unbuffered, is_left=is_left) == code


def through_a_small_pipe(folder: Path, line: str, unbuffered: str, *, is_left: bool) -> int:
    """The exit code where a pipe holds one page of the output: its reader leaves, or it lets nobody wait."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 1)
    os.set_blocking(writing, is_left)
    env = {**environment(), "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-m", "annotator", *line.split()]
    with subprocess.Popen(command, cwd=folder, env=env, stdout=writing, stderr=subprocess.PIPE) as running:
        os.close(writing)
        assert not is_left or os.read(reading, 1)
        if is_left:
            os.close(reading)
        told = running.communicate()[1]
    assert b"Traceback" not in told
    return running.returncode
