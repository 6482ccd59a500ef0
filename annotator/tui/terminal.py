"""The terminal the desk stands in: when it has gone, or a signal asks, the program ends in order and in time.

A terminal may go without a hang-up signal reaching the program (under `setsid`, in a container), and a
signal may come while the event loop waits. A thread of its own therefore looks at both.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from time import monotonic, sleep
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

Step = Callable[[float], None]
"""Something to finish before the program ends; it is told how many seconds it has."""

STEP_SECONDS, ALL_STEPS_SECONDS, END_SECONDS = 0.8, 1.0, 1.4
"""How long one step may take, all of them together, and the whole end until the program is stopped."""
LOOK_SECONDS = 0.2
"""How often the terminal is looked at."""

RESTORE = b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?2004l\x1b[?2048l\x1b[?1004l\x1b[?7h\x1b[<u"
RESTORE += b"\x1b[?1049l\x1b[?25h"
"""Gives a terminal back without mouse, keyboard protocol and second screen."""


class Leaving(list[Step]):
    """What is to be finished before the program ends, whatever ends it: quitting, a signal, a lost terminal, a crash.

    Each step is called once, in this order, in a thread of its own and never on the event loop, which may
    be waiting. A step that takes too long is left behind, so it keeps what it could not finish by itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._finishing = Lock()

    def finish(self) -> None:
        """Take every step once; who comes second waits for who came first."""
        with self._finishing:
            end = monotonic() + ALL_STEPS_SECONDS
            while self and (seconds := min(STEP_SECONDS, end - monotonic())) > 0:
                step = Thread(target=self.pop(0), args=(seconds,), daemon=True, name="leaving")
                step.start()
                step.join(seconds)


if sys.platform == "win32":  # a console that closes ends its programs by itself

    class TerminalWatch:
        """Finishes what is to be finished when the app has ended."""

        def __init__(self, _app: App[Any], leaving: Leaving) -> None:
            self._leaving = leaving

        def __enter__(self) -> None:
            """Nothing to watch."""

        def __exit__(self, *_: object) -> None:
            self._leaving.finish()

    def driver_for(usual: type[Driver]) -> type[Driver]:
        """Return the driver of this platform."""
        return usual

else:
    import termios

    from textual.drivers.linux_driver import LinuxDriver

    from annotator.tui.terminal_input import TerminalInput

    NAMED = (
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGTERM", "SIGXCPU", "SIGVTALRM",
        "SIGPROF", "SIGPWR", "SIGSTKFLT",
    )  # fmt: skip
    ENDING = [int(getattr(signal, name)) for name in NAMED if hasattr(signal, name)]
    """Signals that would end the program where it stands, with the terminal as it is. Faults are not among them:
    whoever comes back from one is at it again at once."""
    if sys.platform == "linux":
        ENDING += [signal.SIGPOLL, *range(signal.SIGRTMIN, signal.SIGRTMAX + 1)]
    BY_SIGNAL = 128
    """What a shell adds to the number of the signal that ended a program. A lost terminal is a hang-up."""
    DRAWN_ON = 1
    """The terminal's number: standard output, because standard error may go into a file."""
    HUNG_UP = frozenset({errno.EIO, errno.ENXIO})
    """What the system answers about a terminal that has gone; what never was one is `ENOTTY`."""
    PIECE = 1 << 12
    """Bytes that are read at once."""
    STOP_WATCHING = 0
    """Stands among the numbers of signals, and is none."""

    def modes_of(terminal: int) -> list[Any] | None:
        """Return how a terminal is set; None when there is none, or nobody at its other end any more."""
        try:
            return termios.tcgetattr(terminal)
        except termios.error:
            return None

    def has_gone(terminal: int) -> bool:
        """Whether it was a terminal, and nobody is at its other end any more."""
        try:
            termios.tcgetattr(terminal)
        except termios.error as error:
            return error.args[0] in HUNG_UP
        return False

    def is_begun(app: App[Any]) -> bool:
        """Whether the app has its first screen; one that is told to end while it makes that fails instead."""
        return bool(app.screen_stack) and app.screen_stack[-1].is_mounted

    def can_be_resumed(terminal: int) -> bool:
        """Whether it is the terminal of a shell's job: only then a hang-up also wakes a stopped program."""
        try:
            os.tcgetpgrp(terminal)
        except OSError:
            return False
        return True

    def note_signal(_number: int, _frame: FrameType | None) -> None:
        """Keep the signal from ending the program; its number is in the pipe that the watch reads."""

    class TerminalWatch:
        """While it is entered, the app ends when its terminal has gone or a signal asks; at the latest by force."""

        def __init__(self, app: App[Any], leaving: Leaving) -> None:
            self._app = app
            self._leaving = leaving
            # One that has gone since the program began would else count as none, and nobody would see it go.
            self._terminals = {each: modes for each in (0, 1, 2) if (modes := modes_of(each)) or has_gone(each)}
            self._ending = False

        def __enter__(self) -> None:
            """Begin to watch; a signal that the caller ignores, as under `nohup`, stays ignored."""
            self._signals, self._pipe = os.pipe()
            os.set_blocking(self._pipe, False)
            heeded = [each for each in ENDING if signal.getsignal(each) != signal.SIG_IGN]
            self._handlers = {each: signal.signal(each, note_signal) for each in heeded}
            self._wakeup = signal.set_wakeup_fd(self._pipe, warn_on_full_buffer=False)
            self._thread = Thread(target=self._watch, daemon=True, name="terminal")
            self._thread.start()

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            """Finish what is left; where the end has begun, the watch stays to see it through."""
            self._leaving.finish()
            if self._ending:
                return
            os.write(self._pipe, bytes([STOP_WATCHING]))
            self._thread.join()
            signal.set_wakeup_fd(self._wakeup)
            for each, handler in self._handlers.items():
                signal.signal(each, handler)
            os.close(self._pipe)
            os.close(self._signals)

        def _watch(self) -> None:
            code = self._reason_to_end()
            if not code:
                return
            self._ending = True
            end = monotonic() + END_SECONDS
            self._let_go()
            self._leaving.finish()
            is_told = False
            while monotonic() < end:
                self._let_go()
                if not is_told and is_begun(self._app):
                    self._app.exit(return_code=code)
                    is_told = True
                sleep(LOOK_SECONDS / 4)
            self._restore()
            os._exit(code)

        def _reason_to_end(self) -> int:
            """Wait for a signal or the loss of the terminal; returns the exit code, 0 when the app ended by itself."""
            while all(map(modes_of, self._terminals)):
                if not select.select([self._signals], [], [], LOOK_SECONDS)[0]:
                    continue
                for number in os.read(self._signals, 256):
                    if number == STOP_WATCHING:
                        return 0
                    if number in self._handlers:
                        return BY_SIGNAL + number
            return BY_SIGNAL + signal.SIGHUP

        def _let_go(self) -> None:
            """Put the null device in the place of a lost terminal, so that last words neither fail nor wait."""
            for each in [each for each in self._terminals if not modes_of(each)]:
                del self._terminals[each]
                null = os.open(os.devnull, os.O_RDWR)
                os.dup2(null, each)
                os.close(null)

        def _restore(self) -> None:
            """Give back a terminal that the event loop could not give back in time."""
            for each, modes in self._terminals.items():
                with suppress(termios.error):  # lost this moment
                    if modes:
                        termios.tcsetattr(each, termios.TCSANOW, modes)
            if DRAWN_ON in self._terminals and select.select([], [DRAWN_ON], [], 0)[1]:
                with suppress(OSError):  # lost this moment
                    os.write(DRAWN_ON, RESTORE)

    def open_to_draw(output: TextIO) -> TextIO:
        """The same for drawing: what its encoding does not have is drawn as a mark of the same kind of width."""
        return open(output.fileno(), "w", encoding=output.encoding, errors="replace", newline="", closefd=False)

    class LastingFile:
        """Drops what a lost terminal does not take: Textual's writing thread would end, and all others wait for it."""

        def __init__(self, file: TextIO) -> None:
            self._file = file
            self.fileno = file.fileno

        def write(self, text: str) -> None:
            """Write, if anybody is there."""
            with suppress(OSError):
                self._file.write(text)

        def flush(self) -> None:
            """Let what was written be seen, if anybody is there."""
            with suppress(OSError):
                self._file.flush()

    class TerminalDriver(LinuxDriver):
        """Draws on a terminal that may go at any moment."""

        def __init__(self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: Any = None) -> None:
            super().__init__(app, debug=debug, mouse=mouse, size=size)
            if sys.__stdout__:
                self._file = cast(Any, LastingFile(open_to_draw(sys.__stdout__)))
            self._stop, self._go_on = signal.getsignal(signal.SIGTSTP), signal.getsignal(signal.SIGCONT)
            signal.signal(signal.SIGTSTP, self._on_stop)
            signal.signal(signal.SIGCONT, self._on_go_on)

        def run_input_thread(self) -> None:
            """Read keys and pastes; a terminal that cannot be read has gone, and that is the watch's to deal with."""
            terminal, is_last = TerminalInput(), False
            try:
                while not is_last:
                    is_last = self.exit_event.is_set()
                    is_ready = bool(select.select([self.fileno], [], [], LOOK_SECONDS / 2)[0])
                    came = os.read(self.fileno, PIECE) if is_ready else b""
                    for message in terminal.take(came):
                        self.process_message(message)
                    if is_ready and not came:  # the end of what is no terminal
                        self.exit_event.wait(LOOK_SECONDS / 2)
            except OSError:
                if modes_of(self.fileno):
                    raise
            finally:
                terminal.end()

        def resume_application_mode(self) -> None:
            """Draw again after a stop; a signal to go on also comes with a hang-up, without any stop before."""
            if self._key_thread is None or not self._key_thread.is_alive():
                super().resume_application_mode()
                self._app.call_later(self._app.refresh, layout=True)  # the shell's lines cover what was drawn

        def _on_stop(self, number: int, frame: FrameType | None) -> None:
            """Stop, unless nobody could resume the program nor wake it when its terminal goes."""
            if callable(self._stop) and can_be_resumed(self.fileno) and not self._loop.is_closed():
                # Not at once: the signal may have come amid a drawing, which would wait for itself.
                self._loop.call_soon_threadsafe(self._stop, number, frame)

        def _on_go_on(self, number: int, frame: FrameType | None) -> None:
            if callable(self._go_on) and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._go_on, number, frame)

    def driver_for(usual: type[Driver]) -> type[Driver]:
        """Return the driver to use where Textual would take `usual`."""
        return TerminalDriver if usual is LinuxDriver else usual
