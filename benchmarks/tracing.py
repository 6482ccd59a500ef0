"""Count what a piece of work visits: files, calls and SQL statements, in every thread and on every connection."""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any


class Walk:
    """What was visited while it was followed."""

    def __init__(self) -> None:
        """Begin with nothing visited."""
        self.calls: Counter[str] = Counter()
        """Calls by file, each named from the package's own folder on."""
        self.statements: list[str] = []
        self.to_row: Walk | None = None
        """The part that ends when the first event is committed."""
        self._is_writing = False

    def visit(self, file: str) -> None:
        """Count a call."""
        self.calls[file] += 1

    def state(self, statement: str) -> None:
        """Count a statement."""
        self.statements.append(statement)
        self._is_writing |= statement.startswith("INSERT INTO events")
        if self._is_writing and self.to_row is None and statement == "COMMIT":
            self.to_row = Walk()
            self.to_row.calls.update(self.calls)
            self.to_row.statements.extend(self.statements)

    def without(self, folder: str) -> Walk:
        """The same, files below a folder left out."""
        rest = Walk()
        rest.calls.update({file: calls for file, calls in self.calls.items() if not file.startswith(f"{folder}/")})
        rest.statements.extend(self.statements)
        return rest


class Tracer:
    """Watches one package from before it starts, so that threads and connections made early are seen too.

    It is not taken away again: make one in a process, and let it end with it.
    """

    def __init__(self, package: Path) -> None:
        """Watch the files below the folder of a package; nothing counts until `following`."""
        self.top = f"{package.resolve()}/"
        self.names: dict[str, str] = {}
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
                self.walk.visit(name)

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
            self.walk.state(statement)
