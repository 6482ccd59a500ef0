"""The desk when its terminal goes, when signals ask it to end, and what it finishes before."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sqlite3
import sys
import termios
import time
import tty
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, current_thread, main_thread

import pytest

from annotator.tui.app import AnnotatorApp
from annotator.tui.terminal import Leaving
from tests.tui.desk_content import filled_desk
from tests.tui.desk_process import DESK, PATIENCE, SHELL, DeskProcess, desk_process

pytestmark = pytest.mark.long

needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="needs a shell with job control")
BUSY = """
import sys, time
from annotator.cli import main
from annotator.tui.app import AnnotatorApp
def write(seconds):
    open("finished", "w").close()
def do(self):
    self.leaving.append(write)
    WHAT
AnnotatorApp.on_ready = do
sys.exit(main(["--db", "desk.db", "--as", "ana"]))
"""

PAUSING = """
import os, sys
from contextlib import suppress
from annotator.cli import main
import annotator.cli.desk, annotator.tui.app
from annotator.tui.terminal import TerminalDriver
def pausing(do):
    def pause(*arguments, **named):
        with suppress(OSError):
            os.write(1, b"Paused.")
            os.read(0, 9)
        return do(*arguments, **named)
    return pause
WHAT = pausing(WHAT)
sys.exit(main(["--db", "desk.db", "--as", "ana"]))
"""
EARLY = {
    "the app is not made": "annotator.tui.app.AnnotatorApp",
    "the app does not run": "annotator.tui.app.AnnotatorApp.run",
    "nothing is drawn": "TerminalDriver.start_application_mode",
}
"""Moments of the first second: what waits then for a key, or for the terminal to go."""


def pausing(what: str) -> tuple[str, ...]:
    """The desk, waiting before it goes on to do something."""
    return (sys.executable, "-c", PAUSING.replace("WHAT", what))


def busy(what: str) -> tuple[str, ...]:
    """The desk, doing something as soon as it is ready, and with a file to write before it ends."""
    return (sys.executable, "-c", BUSY.replace("WHAT", what))


QUEUE_SHOWN = "Delivery robot"
STATES = {
    "queue": ("", QUEUE_SHOWN),
    "search": ("/", "search titles"),
    "tagging": ("\r", "What happened"),
    "filter": ("f", "Show only"),
    "help": ("?", "change them in the config file"),
    "palette": ("\x10", "Search for commands"),
    "progress": ("p", "Progress"),
    "agreement": ("A", "Agreement"),
}
"""What to press and what is shown then."""


# Quick: one loss without a signal, one signal, and the steps


def test_a_desk_whose_terminal_goes_without_a_signal_ends(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, busy("pass")) as desk:
        desk.until(QUEUE_SHOWN)
        desk.lose_terminal()
        assert desk.ended() == 129
        assert not desk.left_behind()
    assert (tmp_path / "finished").exists()


def test_a_desk_that_is_told_to_end_gives_its_terminal_back(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path) as desk:
        desk.until(QUEUE_SHOWN)
        desk.process.terminate()
        told = desk.rest()
        assert desk.ended() == 143
        assert "\x1b[?1049l" in told
        assert "Traceback" not in told


@pytest.mark.parametrize("moment", EARLY)
def test_a_desk_whose_terminal_goes_while_it_starts_ends(tmp_path: Path, moment: str) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, pausing(EARLY[moment])) as desk:
        desk.until("Paused.")
        desk.lose_terminal()
        assert desk.ended() == 129
        assert not desk.left_behind()


@pytest.mark.parametrize("asked", ["\x1b[?1049h", "\x1b[?2026$p"], ids=["second screen", "protocol"])
def test_a_desk_whose_terminal_goes_instead_of_answering_ends(tmp_path: Path, asked: str) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path) as desk:
        desk.until(asked)
        desk.lose_terminal()
        assert desk.ended() == 129
        assert not desk.left_behind()


@pytest.mark.parametrize("moment", ["the app does not run", "nothing is drawn"])
def test_a_desk_that_is_told_to_end_while_it_starts_ends_in_order(tmp_path: Path, moment: str) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, pausing(EARLY[moment])) as desk:
        desk.until("Paused.")
        desk.process.terminate()
        desk.press("\n")
        told = desk.rest()
        assert desk.ended() == 143
        assert "\x1b[?1049l" in told
        assert "Traceback" not in told


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_desk_without_input_or_output_says_that_it_needs_a_terminal(tmp_path: Path, closed: str) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, ("sh", "-c", f"exec {shlex.join(DESK)} {closed}")) as desk:
        assert "The desk needs a terminal" in desk.rest()
        assert desk.ended() == 2


@pytest.mark.parametrize("keys", [["q"], ["ctrl+q"], ["question_mark", "ctrl+q"], ["f", "ctrl+q"], ["enter", "ctrl+q"]])
async def test_quitting_finishes_first_what_is_on_its_way(tmp_path: Path, keys: list[str]) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    finished: list[str] = []

    def write(seconds: float) -> None:
        assert app.is_running
        assert current_thread() is not main_thread()
        finished.append("written")

    async with app.run_test() as pilot:
        app.leaving.append(write)
        await pilot.press(*keys)
        await pilot.pause()
    assert finished == ["written"]
    assert app.return_code == 0


def test_every_step_is_taken_once_and_in_order() -> None:
    taken: list[str] = []
    leaving = Leaving()
    leaving += [lambda _: taken.append("first"), lambda _: taken.append("second")]
    leaving.finish()
    leaving.finish()
    assert taken == ["first", "second"]


def test_a_step_that_takes_too_long_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.tui.terminal.STEP_SECONDS", 0.01)
    never, taken, told = Event(), Event(), []

    def hang(seconds: float) -> None:
        told.append(seconds)
        never.wait()

    leaving = Leaving()
    leaving += [hang, lambda _: taken.set()]
    leaving.finish()
    never.set()
    assert taken.wait(PATIENCE)
    assert told == [0.01]


# Slow: every state, every way


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.2, 0.4, 0.8, 1.5])
def test_a_desk_ends_whenever_in_its_beginning_the_terminal_goes(tmp_path: Path, seconds: float) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path) as desk:
        time.sleep(seconds)
        desk.lose_terminal()
        assert desk.ended() in {1, 2, 129}  # else there was no terminal by the time it looked for one
        assert not desk.left_behind()


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("number", [0, signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_the_desk_ends_on_every_screen(tmp_path: Path, state: str, number: int) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path) as desk:
        desk.until(QUEUE_SHOWN)
        keys, shown = STATES[state]
        desk.press(keys)
        desk.until(shown)
        if number:
            desk.process.send_signal(number)
            assert "Traceback" not in desk.rest()
        else:
            desk.lose_terminal()
        assert desk.ended() == 128 + (number or signal.SIGHUP)
        assert not desk.left_behind()


@pytest.mark.slow
def test_the_desk_ends_under_the_cover_of_a_small_terminal(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, size=(50, 10)) as desk:
        desk.until("too small")
        desk.lose_terminal()
        assert desk.ended() == 129


@pytest.mark.slow
@pytest.mark.parametrize(
    "ask", [DeskProcess.lose_terminal, lambda desk: desk.process.terminate()], ids=["lost", "told"]
)
@pytest.mark.parametrize(
    "what",
    [
        "self.run_worker(lambda: time.sleep(600), thread=True)",
        "self.set_timer(0.5, lambda: time.sleep(600))",
        "self.leaving.insert(0, lambda seconds: time.sleep(600))",
        "self.leaving.insert(0, lambda seconds: 1 / 0)",
    ],
    ids=["a thread works", "the loop waits", "a step hangs", "a step fails"],
)
def test_the_desk_ends_whatever_keeps_it(tmp_path: Path, what: str, ask: Callable[[DeskProcess], None]) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, busy(what)) as desk:
        desk.until(QUEUE_SHOWN)
        time.sleep(1)
        ask(desk)
        assert desk.ended() in {129, 143}
        assert not desk.left_behind()
    assert (tmp_path / "finished").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "ask", [DeskProcess.lose_terminal, lambda desk: desk.process.terminate()], ids=["lost", "told"]
)
def test_the_desk_ends_while_another_process_holds_the_database(
    tmp_path: Path, ask: Callable[[DeskProcess], None]
) -> None:
    filled_desk(tmp_path)
    other = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    with desk_process(tmp_path) as desk:
        desk.until(QUEUE_SHOWN)
        desk.press("\r")
        desk.until("What happened")
        other.execute("BEGIN IMMEDIATE")
        desk.press("1")
        time.sleep(0.5)
        ask(desk)
        assert desk.ended() in {129, 143}
        assert not desk.left_behind()
    other.close()


@pytest.mark.slow
def test_a_signal_ends_a_desk_whose_event_loop_waits_and_gives_the_terminal_back(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, busy("self.set_timer(0.5, lambda: time.sleep(600))")) as desk:
        desk.until(QUEUE_SHOWN)
        time.sleep(1)
        desk.process.terminate()
        assert "\x1b[?1049l" in desk.rest()
        assert desk.ended() == 143


@pytest.mark.slow
def test_without_job_control_the_desk_cannot_be_stopped_for_ever(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path) as desk:
        desk.until(QUEUE_SHOWN)
        desk.process.send_signal(signal.SIGTSTP)
        desk.press("?")
        desk.until("change them in the config file")
        desk.lose_terminal()
        assert desk.ended() == 129
        assert not desk.left_behind()


@pytest.mark.slow
def test_a_signal_to_go_on_without_a_stop_changes_nothing(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path) as desk:
        desk.until(QUEUE_SHOWN)
        desk.process.send_signal(signal.SIGCONT)
        desk.press("?")
        desk.until("change them in the config file")
        desk.press("\x11")
        desk.rest()
        assert desk.ended() == 0
        assert termios.tcgetattr(desk.primary)[tty.LFLAG] & termios.ICANON


LAST_WORDS = """import atexit
    atexit.register(lambda: (print("Last words.", flush=True), write(0)))
    self.leaving.clear()
    self.set_interval(0.05, lambda: [self.bell() for _ in range(99)])"""


@pytest.mark.slow
def test_a_desk_that_goes_on_drawing_and_has_last_words_ends_in_order(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, busy(LAST_WORDS)) as desk:
        desk.until("\x07\x07")
        desk.lose_terminal()
        assert desk.ended() == 129
    assert (tmp_path / "finished").exists()


@pytest.mark.slow
def test_a_crash_finishes_what_is_on_its_way(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, busy("self.set_timer(0.5, lambda: 1 / 0)")) as desk:
        assert "ZeroDivisionError" in desk.rest()
        assert desk.ended() == 1
    assert (tmp_path / "finished").exists()


def job(shell: DeskProcess, folder: Path, command: Sequence[str] = DESK) -> int:
    """Start the desk from the shell; returns its process."""
    (folder / "desk.sh").write_text(f"echo $$ > pid; exec {shlex.join(command)}")
    shell.until("ready>")
    shell.press("sh desk.sh\r")
    shell.until(QUEUE_SHOWN)
    return int((folder / "pid").read_text())


@needs_bash
@pytest.mark.slow
@pytest.mark.parametrize("resumed", [False, True], ids=["stopped", "resumed"])
@pytest.mark.parametrize("hangs_up", [True, False], ids=["with a signal", "without"])
def test_a_desk_that_was_stopped_ends_with_its_terminal(tmp_path: Path, resumed: bool, hangs_up: bool) -> None:
    filled_desk(tmp_path)
    with desk_process(tmp_path, SHELL) as shell:
        if not hangs_up:
            shell.until("ready>")
            shell.press("trap '' HUP\r")
        desk = job(shell, tmp_path)
        os.kill(desk, signal.SIGTSTP)
        shell.until("Stopped")
        if resumed:
            shell.press("fg\r")
            shell.until(QUEUE_SHOWN)
            shell.press("?")
            shell.until("change them in the config file")
        shell.lose_terminal()
        shell.ended()
        assert not shell.left_behind()


@needs_bash
@pytest.mark.slow
def test_a_desk_that_was_stopped_amid_a_drawing_goes_on_and_quits(tmp_path: Path) -> None:
    filled_desk(tmp_path)
    drawing = busy("self.set_interval(0.1, lambda: [self.bell() for _ in range(999)])")
    with desk_process(tmp_path, SHELL) as shell:
        desk = job(shell, tmp_path, drawing)
        for _ in range(5):
            os.kill(desk, signal.SIGTSTP)
            shell.until("Stopped")
            shell.press("fg\r")
            shell.until(QUEUE_SHOWN)
            shell.press("j")
            shell.until("\x07\x07")
        shell.press("q")
        shell.until("ready>")
        shell.press("echo code $?; stty -a | tr ' ' '\\n' | grep -x icanon\r")
        shell.until("code 0")
        shell.until("icanon")
