"""The mark of a running desk: a file that it holds locked, so that others know which words are still its own.

A desk that was killed holds nothing any more, whatever it left behind.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from glob import escape
from pathlib import Path
from secrets import token_hex

from annotator.desk.unsaved.journal import ONLY_PLAIN_FILES, PATIENCE, PRIVATE, locked

BRIEFLY = 0.02
"""Seconds to wait for somebody who only looks whether a desk is running."""


class Mark:
    """The mark of one desk, beside the first of some files where it can be."""

    def __init__(self, *beside: Path) -> None:
        """Take the files that the desk writes to, those behind the first in the person's own folder.

        Nothing is made yet.
        """
        self.desk = token_hex(8)
        """What the desk is called in these files."""
        self._beside = beside
        self._descriptor: int | None = None
        self._path = Path()

    @property
    def is_held(self) -> bool:
        """Whether others can tell that the desk is running."""
        return self._descriptor is not None

    def take(self) -> None:
        """Hold the mark from now on; where no file can be made or locked, the desk goes without."""
        for each in self._beside if self._descriptor is None else ():
            with suppress(OSError):
                if each is not self._beside[0]:  # the folder of a database is never made, when that was moved away
                    each.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                if self._hold(mark_of(each, self.desk)):
                    return

    def release(self) -> None:
        """Say that the desk has ended."""
        if self._descriptor is not None:
            with suppress(OSError):
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None

    def _hold(self, path: Path) -> bool:
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | ONLY_PLAIN_FILES, PRIVATE)
            is_held = False
            try:
                has_locks = locked(descriptor, PATIENCE)
                is_held = has_locks and _is_at(path, descriptor)
            finally:
                if not is_held:
                    os.close(descriptor)
            if is_held:
                self._descriptor, self._path = descriptor, path
                return True
            if not has_locks:
                path.unlink(missing_ok=True)
                return False


def is_running(desk: str, beside: Sequence[Path]) -> bool:
    """Whether a desk that wrote to one of these files has not ended; False where nobody can tell."""
    return any(_is_held(mark_of(each, desk)) for each in beside)


def sweep(beside: Path) -> None:
    """Remove the marks that desks left beside a file when they were killed."""
    with suppress(OSError):
        for path in beside.parent.glob(f"{escape(beside.name)}.*.desk"):
            _is_held(path, removes=True)


def mark_of(beside: Path, desk: str) -> Path:
    """Where the mark of a desk is."""
    return beside.with_name(f"{beside.name}.{desk}.desk")


def _is_held(path: Path, *, removes: bool = False) -> bool:
    """Whether a desk holds a mark; one that nobody holds can be removed."""
    try:
        descriptor = os.open(path, os.O_RDWR | ONLY_PLAIN_FILES)
    except OSError:
        return False
    try:
        if locked(descriptor, BRIEFLY) and removes and _is_at(path, descriptor):
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether a path names this file; whoever swept the folder may have removed it."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
