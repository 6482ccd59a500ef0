"""The desk as a process of its own on a pseudo-terminal, as a person has it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte

from tests.cli.test_processes import environment

PATIENCE = 20.0
"""Seconds until a test gives up; a quiet machine needs a tenth."""
DESK = (sys.executable, "-m", "annotator", "--db", "desk.db", "--as", "ana")
SHELL = (
    sys.executable, "-c",
    "import fcntl, os, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.environ['PS1'] = 'ready> '; os.execvp('bash', ['bash', '--norc', '--noprofile', '-i'])",
)  # fmt: skip
"""A shell with job control, whose terminal is the controlling one."""


def _heed() -> None:
    """Have what is started heed the signals of a keyboard, which a shell has what runs behind it ignore."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


class DeskProcess:
    """A program on a terminal, in a desk of its own that has no controlling terminal, as under `setsid`."""

    def __init__(self, folder: Path, command: Sequence[str] = DESK, size: tuple[int, int] = (120, 40)) -> None:
        self._told = b""
        self._undrawn = b""
        self._screen = pyte.Screen(*size)
        self._drawing = pyte.ByteStream(self._screen)
        self.primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        env = {**environment(), "TERM": "xterm-256color", "XDG_CONFIG_HOME": str(folder / "settings")}
        env = {name: value for name, value in env.items() if name not in {"LINES", "COLUMNS"}}
        self._somebody, held = os.pipe()  # whatever the program starts holds the other end
        _heed()
        self.process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=secondary, stdout=secondary, stderr=secondary,
            start_new_session=True, pass_fds=[held],
        )  # fmt: skip
        os.close(held)
        os.close(secondary)

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size; the program is told, as by a system whose terminal controls it."""
        fcntl.ioctl(self.primary, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._screen.resize(lines, columns)
        self.process.send_signal(signal.SIGWINCH)

    def press(self, keys: str) -> None:
        """Type; what was told before counts no more."""
        self._told = b""
        os.write(self.primary, keys.encode())

    def until(self, words: str) -> None:
        """Read until some words are printed, as one piece, after the last key."""
        deadline = time.monotonic() + PATIENCE
        while words.encode() not in self._told:
            assert time.monotonic() < deadline, f"{words!r} was never printed, but at the end {self._told[-500:]!r}"
            self._read(0.2)

    def _read(self, seconds: float) -> None:
        if select.select([self.primary], [], [], seconds)[0]:
            told = os.read(self.primary, 1 << 16)
            self._told += told
            self._undrawn += told

    def drop(self, seconds: float) -> None:
        """Forget what is printed within some seconds; a program whose terminal nobody reads stands still."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)
            self._told = self._undrawn = b""

    def screen_with(self, words: str) -> pyte.Screen:
        """Read on until some words stand on the screen, and return it; it goes on to change."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self._drawing.feed(self._undrawn)
            self._undrawn = b""
            shown = self._screen.display
            if any(words in line for line in shown):
                return self._screen
            assert time.monotonic() < deadline, "\n".join([f"{words!r} is never shown, but at the end", *shown])
            self._read(0.2)

    def rest(self) -> str:
        """Read what else was printed until the program ended, and return it as it came."""
        told = b""
        while select.select([self.primary], [], [], PATIENCE)[0]:
            try:
                told += os.read(self.primary, 1 << 16)
            except OSError:  # nobody is left at the other end
                break
        return told.decode("utf-8", "replace")

    def lose_terminal(self) -> None:
        """Let the terminal go; without a controlling terminal no signal tells the program."""
        os.close(self.primary)
        self.primary = -1

    def ended(self) -> int:
        """Wait until the program has ended; returns its exit code."""
        return self.process.wait(PATIENCE)

    def left_behind(self) -> bool:
        """Wait for the end of all it started, as far as there was anything; whether something is still there."""
        if not select.select([self._somebody], [], [], PATIENCE)[0]:
            return True
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def close(self) -> None:
        """End what a failed test left."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.primary >= 0:
            self.lose_terminal()
        os.close(self._somebody)


@contextmanager
def desk_process(
    folder: Path, command: Sequence[str] = DESK, size: tuple[int, int] = (120, 40)
) -> Iterator[DeskProcess]:
    """Start a program, and end it whatever happens."""
    desk = DeskProcess(folder, command, size)
    try:
        yield desk
    finally:
        desk.close()
