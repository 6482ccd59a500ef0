"""Count what a piece of work visits: files, calls and SQL statements, in every thread and on every connection."""

from __future__ import annotations

import re
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

WAY = ("MainThread", "writer")
"""How the threads are called in which a journey at the desk goes on: the loop's, and the one that writes."""
DRAWS = re.compile(r"_?(render|compose|show|redraw|refresh)\w*|on_form_moved")
"""What functions of the screens and of Textual are called that draw; where the cursor went, help is drawn anew."""


class Walk:
    """What was visited while it was followed."""

    def __init__(self) -> None:
        """Begin with nothing visited."""
        self.calls: Counter[str] = Counter()
        """Calls by file, each named from the package's own folder on."""
        self.aside: Counter[str] = Counter()
        """Those of them that were made to draw something, or by whatever else runs at the same time."""
        self.statements: list[str] = []
        self.stated_aside: Counter[str] = Counter()
        """Statements of what else runs at the same time."""
        self.to_row: Walk | None = None
        """The part that ends when the first event is committed."""
        self._is_writing = False

    def visit(self, file: str, *, is_aside: bool) -> None:
        """Count a call."""
        self.calls[file] += 1
        self.aside[file] += is_aside

    def state(self, statement: str, *, is_aside: bool) -> None:
        """Count a statement; of one that writes an event SQLite tells once more for each trigger that it sets off."""
        if statement.startswith("INSERT INTO events") and self.statements[-1:] == [statement]:
            return
        self.statements.append(statement)
        self.stated_aside[statement] += is_aside
        self._is_writing |= statement.startswith("INSERT INTO events")
        if self._is_writing and self.to_row is None and statement == "COMMIT":
            self.to_row = Walk()
            self.to_row.calls.update(self.calls)
            self.to_row.aside.update(self.aside)
            self.to_row.statements.extend(self.statements)
            self.to_row.stated_aside.update(self.stated_aside)

    def without(self, folder: str) -> Walk:
        """The same, files below a folder left out."""
        calls = {file: calls for file, calls in self.calls.items() if not file.startswith(f"{folder}/")}
        return _walk(calls, self.statements)

    @property
    def way(self) -> Walk:
        """The same without what was called to draw, and without what else ran at the same time."""
        left = self.stated_aside.copy()
        statements = []
        for statement in self.statements:
            if left[statement]:
                left[statement] -= 1
            else:
                statements.append(statement)
        return _walk(self.calls - self.aside, statements)


def _walk(calls: Mapping[str, int], statements: Iterable[str]) -> Walk:
    walk = Walk()
    walk.calls.update(calls)
    walk.statements.extend(statements)
    return walk


def _is_on_the_way() -> bool:
    """Whether this thread is one in which a journey goes on."""
    return threading.current_thread().name.startswith(WAY)


class Tracer:
    """Watches one package from before it starts, so that threads and connections made early are seen too.

    It is not taken away again: make one in a process, and let it end with it.
    """

    def __init__(self, package: Path) -> None:
        """Watch the files below the folder of a package; nothing counts until `following`."""
        self.top = f"{package.resolve()}/"
        self.names: dict[str, str] = {}
        self.draws: dict[CodeType, bool] = {}
        self.walk: Walk | None = None
        self.last_call_at = time.monotonic()
        sqlite3.connect = self._watched(sqlite3.connect)
        threading.setprofile(self._on_call)
        sys.setprofile(self._on_call)

    @contextmanager
    def following(self) -> Iterator[Walk]:
        """Count until the block ends."""
        self.walk = walk = Walk()
        try:
            yield walk
        finally:
            self.walk = None

    def is_quiet(self, seconds: float) -> bool:
        """Whether no function of the package was called for so long."""
        return time.monotonic() - self.last_call_at >= seconds

    def _on_call(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call":
            return
        place = frame.f_code.co_filename
        name = self.names.get(place)
        if name is None:
            name = self.names[place] = self._named(place)
        if name:
            self.last_call_at = time.monotonic()
            if self.walk is not None:
                self.walk.visit(name, is_aside=not _is_on_the_way() or self._is_drawing(frame))

    def _is_drawing(self, frame: FrameType | None) -> bool:
        """Whether a call draws: it is one that draws by its name, or is made within one."""
        while frame is not None:
            code = frame.f_code
            if code not in self.draws:
                is_of_screens = "/textual/" in code.co_filename or code.co_filename.startswith(f"{self.top}tui/")
                self.draws[code] = is_of_screens and DRAWS.fullmatch(code.co_name) is not None
            if self.draws[code]:
                return True
            frame = frame.f_back
        return False

    def _named(self, place: str) -> str:
        """A file as it is listed; empty for one of somebody else."""
        path = str(Path(place).resolve())
        return path.removeprefix(self.top) if path.startswith(self.top) else ""

    def _watched(self, connect: Callable[..., sqlite3.Connection]) -> Any:
        """What connects as before, and tells of every statement."""

        def connect_and_watch(*arguments: Any, **named: Any) -> sqlite3.Connection:
            connection = connect(*arguments, **named)
            connection.set_trace_callback(self._on_statement)
            return connection

        return connect_and_watch

    def _on_statement(self, statement: str) -> None:
        if self.walk is not None:
            self.walk.state(statement, is_aside=not _is_on_the_way())
