"""Run a program in a pseudo-terminal and read its screen the way a person would."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyte

SIZE = (120, 40)
"""Columns and lines."""


class Terminal:
    """A program on a terminal of its own; times are in seconds."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        """Start the program; the clock starts just before."""
        self.screen = pyte.Screen(*SIZE)
        self.stream = pyte.ByteStream(self.screen)
        self.untold: list[bytes] = []
        self.came = 0.0
        """When the last of what the program printed came."""
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
            os.execvp(command[0], list(command))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))

    def take(self, seconds: float) -> bool:
        """Take in what the program printed, to be shown later; False when nothing came in time."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            self.untold.append(os.read(self.fd, 1 << 16))
        except OSError as error:
            raise RuntimeError("the program ended:\n" + self.text()) from error
        self.came = time.perf_counter()
        return True

    def read(self, seconds: float) -> bool:
        """Show what the program printed; False when nothing came in time."""
        if not self.take(seconds):
            return False
        self.show()
        return True

    def show(self) -> None:
        """Show what was only taken in so far."""
        for each in self.untold:
            self.stream.feed(each)
        self.untold.clear()

    def type(self, keys: str, pause: float) -> None:
        """Press keys and go on after a pause, whatever the screen shows; what is printed meanwhile is taken in."""
        end = time.perf_counter() + pause
        if keys:
            os.write(self.fd, keys.encode())
        while (left := end - time.perf_counter()) > 0:
            self.take(left)

    def text(self) -> str:
        """The screen as text."""
        self.show()
        return "\n".join(self.screen.display)

    def wait(self, shows: Callable[[str], bool], limit: float = 60.0) -> float:
        """Read until the screen shows something; returns the moment its bytes came: to look at them takes as long."""
        began = time.perf_counter()
        while not shows(self.text()):
            if time.perf_counter() > began + limit:
                raise TimeoutError("the screen never showed it:\n" + self.text())
            self.read(0.5)
        return max(began, self.came)

    def settle(self, quiet: float = 0.25) -> None:
        """Read until nothing is printed for a while."""
        while self.read(quiet):
            pass

    def press(self, keys: str, shows: Callable[[str], bool]) -> float:
        """Press keys and return how long it took until the screen showed the result."""
        before = time.perf_counter()
        os.write(self.fd, keys.encode())
        return self.wait(shows) - before

    def memory(self) -> float:
        """Resident memory in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def close(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
