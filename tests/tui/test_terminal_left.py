"""The terminal after every end: as it was found, and the words that were being typed are not lost."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
from pathlib import Path

import pytest

from tests.tui.desk_content import filled_desk
from tests.tui.desk_process import DESK, SHELL, DeskProcess, desk_process
from tests.tui.test_terminal_gone import QUEUE_SHOWN, job, needs_bash

pytestmark = pytest.mark.long

MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])|\x1b\[(>|<)[0-9]*u")
SHOWN = {"7", "25"}
"""The modes that are set where nobody changed anything: long lines are wrapped, the cursor is seen."""
KEYS = "keys"
"""Stands for the keyboard protocol, which is put on a pile."""
ENDING = [
    signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM,
    signal.SIGTERM, signal.SIGXCPU, signal.SIGVTALRM, signal.SIGPROF,
]  # fmt: skip
WORDS = "seen by nobody else"
NOTE = (("\r", "What happened"), ("ro", "Note, kept with the classification"))
"""What to press for a note on the first subject, and what is shown then."""


def changed(told: bytes) -> set[str]:
    """The modes of a terminal that are not as they were found, after all that was printed."""
    found: set[str] = set()
    depth = 0
    for numbers, how, pile in MODE.findall(told):
        depth += {b">": 1, b"<": -1, b"": 0}[pile]
        for number in numbers.decode().split(";") if numbers else ():
            is_usual = (how == b"h") == (number in SHOWN)
            found = found - {number} if is_usual else found | {number}
    return found | ({KEYS} if depth > 0 else set())


def told_until_the_end(desk: DeskProcess, before: bytes) -> bytes:
    return before + desk.rest().encode("utf-8", "surrogateescape")


def writing_a_note(desk: DeskProcess) -> bytes:
    """Open a subject and begin a note; returns all that was printed."""
    told = b""
    for keys, shown in (("", QUEUE_SHOWN), *NOTE):
        desk.press(keys)
        desk.until(shown)
        told += desk._told
    desk.press(WORDS)
    desk.drop(1.5)  # words are kept within a second of being typed
    return told


def assert_left_as_found(desk: DeskProcess, modes: list[object], told: bytes) -> None:
    assert changed(told) == set()
    assert termios.tcgetattr(desk.primary) == modes


def end_by(number: int, tmp_path: Path) -> None:
    filled_desk(tmp_path, "ana").close()
    with desk_process(tmp_path) as desk:
        modes = termios.tcgetattr(desk.primary)
        told = writing_a_note(desk)
        assert {"1049", "2004", KEYS} <= changed(told)
        desk.process.send_signal(number)
        told = told_until_the_end(desk, told)
        assert desk.ended() == 128 + number
        assert b"Traceback" not in told
        assert_left_as_found(desk, modes, told)
    with desk_process(tmp_path) as desk:
        desk.until(QUEUE_SHOWN)
        for keys, shown in NOTE:
            desk.press(keys)
            desk.screen_with(shown)
        desk.screen_with(WORDS)


def test_a_signal_leaves_the_terminal_as_it_was_found_and_the_words_that_were_typed(tmp_path: Path) -> None:
    end_by(signal.SIGQUIT, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [each for each in ENDING if each != signal.SIGQUIT], ids=lambda each: each.name)
def test_every_signal_that_ends_a_program_does(tmp_path: Path, number: signal.Signals) -> None:
    end_by(number, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has them all")
@pytest.mark.parametrize("number", ["SIGPOLL", "SIGPWR", "SIGSTKFLT", "SIGRTMIN", "SIGRTMAX"])
def test_the_signals_of_linux_do_too(tmp_path: Path, number: str) -> None:
    end_by(getattr(signal, number), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGPIPE, signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT])
def test_other_signals_change_nothing(tmp_path: Path, number: signal.Signals) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path) as desk:
        modes = termios.tcgetattr(desk.primary)
        desk.until(QUEUE_SHOWN)
        told = desk._told
        desk.process.send_signal(number)
        desk.press("?")
        desk.until("change them in the config file")
        desk.press("\x11")
        told = told_until_the_end(desk, told)
        assert desk.ended() == 0
        assert_left_as_found(desk, modes, told)


@needs_bash
@pytest.mark.slow
def test_a_desk_that_is_stopped_gives_the_terminal_back_until_it_goes_on(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, SHELL) as shell:
        desk = job(shell, tmp_path)
        for _ in range(3):
            os.kill(desk, signal.SIGTSTP)
            shell.until("Stopped")
            assert changed(shell._told) - {"2004"} == set()  # the shell's own line has pastes marked
            shell.press("stty -a | tr ' ' '\\n' | grep -x icanon\r")
            shell.until("\ricanon")
            shell.press("fg\r")
            shell.until(QUEUE_SHOWN)
            assert {"1049", KEYS} <= changed(shell._told)


def env_and(**given: str) -> tuple[str, ...]:
    """The desk in another environment."""
    return ("env", *(f"{name}={value}" for name, value in given.items()), *DESK)


@pytest.mark.parametrize(
    "given",
    [
        {"TERM": "vt100"},
        pytest.param({"TERM": ""}, marks=pytest.mark.slow),
        pytest.param({"LC_ALL": "C", "LANG": "C"}, marks=pytest.mark.slow),
        pytest.param({"LC_ALL": "POSIX"}, marks=pytest.mark.slow),
        pytest.param({"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}, marks=pytest.mark.slow),
        {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0", "LC_ALL": "C"},
    ],
    ids=repr,
)
def test_the_desk_opens_in_whatever_terminal_and_language(tmp_path: Path, given: dict[str, str]) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, env_and(**given)) as desk:
        desk.until(QUEUE_SHOWN)
        desk.press("jj\r")
        desk.until("harm_type")
        desk.press("\x11")
        assert "Traceback" not in desk.rest()
        assert desk.ended() == 0


def test_a_terminal_that_cannot_place_text_is_told_so(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, env_and(TERM="dumb")) as desk:
        assert "TERM=dumb says that this one cannot" in desk.rest()
        assert desk.ended() == 2


def redirected(how: str) -> tuple[str, ...]:
    return ("sh", "-c", " ".join((*DESK, how)))


@pytest.mark.parametrize("how", ["2>log", "2>/dev/null", "2>&-"])
def test_what_is_told_beside_may_go_into_a_file(tmp_path: Path, how: str) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, redirected(how)) as desk:
        modes = termios.tcgetattr(desk.primary)
        desk.until(QUEUE_SHOWN)
        told = desk._told
        desk.press("\x11")
        told = told_until_the_end(desk, told)
        assert desk.ended() == 0
        assert_left_as_found(desk, modes, told)
    assert not (tmp_path / "log").exists() or (tmp_path / "log").read_bytes() == b""


@pytest.mark.parametrize(
    ("how", "why"), [(">log", "standard output is none"), ("</dev/null", "standard input is none")]
)
def test_what_is_drawn_and_typed_cannot(tmp_path: Path, how: str, why: str) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, redirected(how)) as desk:
        assert why in desk.rest()
        assert desk.ended() == 2
    assert not (tmp_path / "log").exists() or (tmp_path / "log").read_bytes() == b""


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 300)])
def test_a_terminal_of_one_character_is_survived(tmp_path: Path, size: tuple[int, int]) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, size=size) as desk:
        desk.drop(2)
        desk.press("j\rn?\x1b")
        desk.drop(1)
        assert desk.process.poll() is None
        desk.resize(120, 40)
        desk.screen_with("demo:")
        desk.press("\x11")
        assert "Traceback" not in desk.rest()
        assert desk.ended() == 0
