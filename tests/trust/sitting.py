"""Somebody at a desk on a pseudo-terminal, in a process forked from one that has loaded the screens."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pyte

from annotator.cli import main
from tests.trust.filling import TAXONOMY
from tests.trust.killing import ended, forked, kill

SIZE = (100, 40)
PATIENCE = 60.0
"""Seconds until something that is never shown is a failure; a quiet machine needs a hundredth."""


class Sitting:
    """One stay at the desk."""

    def __init__(self, path: Path, annotator: str, *words: str) -> None:
        """Open the desk; `words` say at what."""
        self.told = b""
        self.size = SIZE
        self.fd, secondary = pty.openpty()
        self._set_size()
        arguments = ["--db", str(path), "--as", annotator, "--taxonomies", str(path.parent / "taxonomies"), *words]
        self.pid = forked(lambda: _sit_down(self.fd, secondary, arguments))
        os.close(secondary)

    def read(self, seconds: float) -> None:
        """Take in what is printed in so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and select.select([self.fd], [], [], left)[0]:
            try:
                self.told += os.read(self.fd, 1 << 16)
            except OSError:  # it has ended
                return

    def until(self, words: str) -> None:
        """Take in what is printed until words were."""
        began, seen = time.monotonic(), 0
        while words.encode() not in self.told[seen:]:
            if time.monotonic() > began + PATIENCE:
                raise TimeoutError(f"{words!r} was never shown:\n" + "\n".join(self.screen()))
            seen = max(0, len(self.told) - len(words))
            self.read(0.1)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.fd, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size; the system tells the desk, whose controlling terminal it is."""
        self.size = (columns, lines)
        self._set_size()

    def _set_size(self) -> None:
        columns, lines = self.size
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def screen(self) -> list[str]:
        """What stands on the screen after all that was printed."""
        screen = pyte.Screen(*self.size)
        pyte.ByteStream(screen).feed(self.told)
        return list(screen.display)

    def is_there(self) -> bool:
        """Whether the desk has not ended."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def kill(self) -> int:
        """Kill the desk, and take in what it had printed; returns how it ended."""
        code = kill(self.pid)
        self.read(0.05)
        os.close(self.fd)
        return code

    def leave(self) -> int:
        """Have it quit; returns its exit code."""
        self.press("\x11")
        end = time.monotonic() + PATIENCE
        while self.is_there() and time.monotonic() < end:
            self.read(0.1)
        if self.is_there():
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        return ended(self.pid)


def _sit_down(primary: int, secondary: int, arguments: list[str]) -> None:
    """Become a program on a terminal."""
    os.setsid()
    fcntl.ioctl(secondary, termios.TIOCSCTTY, 0)
    for number in (0, 1, 2):
        os.dup2(secondary, number)
    os.close(primary)
    os.close(secondary)
    os.environ["TERM"] = "xterm-256color"
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os._exit(main(arguments))


def opened(path: Path, annotator: str, number: int) -> Sitting:
    """A desk that shows the form of a subject of `fill`."""
    desk = Sitting(path, annotator, "desk", f"many:{number}", "--taxonomy", TAXONOMY)
    desk.until("Field a")
    return desk


def load() -> None:
    """Load what the desk needs, so that each process that is forked has it."""
    import annotator.tui.app
    import annotator.tui.dialogs.ask
    import annotator.tui.tagging.screen
    import annotator.tui.widgets.form.form  # noqa: F401


def some_words(chance: random.Random, count: int) -> str:
    """So many characters that no word was typed with before."""
    return "".join(chance.choice("abcdefghijklmnopqrstuvwxyz ") for _ in range(count)).strip()
