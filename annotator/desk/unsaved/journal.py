"""A file of lines that several processes add to, and that neither a crash nor a full disk spoils."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 0.5
"""Seconds to wait for another process that holds the file; it needs milliseconds, unless it was stopped."""
PAUSE = 0.005
ONLY_PLAIN_FILES = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""No link is followed and no pipe waited for: in a folder of several people somebody may have put one there."""
PRIVATE = 0o600

if sys.platform == "win32":

    def _take(_descriptor: int) -> None:
        raise OSError(errno.ENOTSUP, "files are not locked here")
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Journal:
    """Lines in a file of the person's own. Whatever fails raises OSError and leaves the file as it was."""

    def __init__(self, path: Path) -> None:
        """Take the path; the file is made with its first line."""
        self.path = path

    def lines(self) -> list[bytes]:
        """Every line with its end; the last one has none when it was torn. No file has no lines."""
        try:
            descriptor = self._open(os.O_RDONLY)
        except FileNotFoundError:
            return []
        with os.fdopen(descriptor, "rb") as file:
            *whole, torn = file.read().split(b"\n")
        return [line + b"\n" for line in whole] + ([torn] if torn else [])

    def size(self) -> int:
        """Bytes of the file; 0 when there is none to be seen."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def stamp(self) -> tuple[int, ...]:
        """What differs once the file was written to; nothing when there is none to be seen."""
        try:
            found = self.path.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def append(self, lines: Sequence[bytes]) -> None:
        """Add lines, each in one write, so that they are on the disk afterwards; all of them or none."""
        with self._held(PATIENCE, os.O_CREAT) as (descriptor, is_locked):
            size = os.fstat(descriptor).st_size
            try:
                for line in lines if _ends_whole(descriptor, size) else [b"\n", *lines]:
                    _write_whole(descriptor, line)
                os.fsync(descriptor)
            except OSError:
                if is_locked:  # otherwise another's line may have come after
                    self._take_back(descriptor, size)
                raise
        if not size:
            self._keep_name()

    def rewrite(self, choose: Callable[[list[bytes]], list[bytes]]) -> None:
        """Put chosen lines in place of all, and no file in place of none.

        Does nothing where another process holds the file, or where nobody can tell whether one does.
        """
        try:
            with self._held(0, 0) as (_, is_locked):
                if is_locked:
                    self._replace(self.lines(), choose)
        except (FileNotFoundError, BlockingIOError):
            return

    def _take_back(self, descriptor: int, size: int) -> None:
        if size:
            os.ftruncate(descriptor, size)
        else:
            self.path.unlink()

    def _replace(self, lines: list[bytes], choose: Callable[[list[bytes]], list[bytes]]) -> None:
        chosen = choose(lines)
        if not chosen:
            self.path.unlink()
        elif chosen != lines:
            self._write_anew(chosen)

    def _write_anew(self, lines: list[bytes]) -> None:
        unfinished = self.path.with_name(self.path.name + ".unfinished")
        unfinished.unlink(missing_ok=True)
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | ONLY_PLAIN_FILES, PRIVATE)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self.path)
        finally:
            unfinished.unlink(missing_ok=True)
        self._keep_name()

    @contextmanager
    def _held(self, patience: float, flags: int) -> Iterator[tuple[int, bool]]:
        """The file while no other process has it; also whether that is certain."""
        while True:
            descriptor = self._open(os.O_RDWR | os.O_APPEND | flags)
            try:
                is_locked = locked(descriptor, patience)
                if self._is_still(descriptor):
                    yield descriptor, is_locked
                    return
            finally:
                os.close(descriptor)

    def _open(self, flags: int) -> int:
        try:
            descriptor = os.open(self.path, flags | ONLY_PLAIN_FILES, PRIVATE)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._foreign() from error
            raise
        try:
            self._make_private(descriptor, flags)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _make_private(self, descriptor: int, flags: int) -> None:
        """Let nobody else read what is to be written; raises PermissionError for a file of somebody else."""
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise self._foreign()
        if sys.platform != "win32":
            if found.st_uid != os.geteuid():
                raise self._foreign()
            if flags & os.O_RDWR and found.st_mode & 0o077:
                os.fchmod(descriptor, PRIVATE)

    def _foreign(self) -> PermissionError:
        return PermissionError(errno.EACCES, "is not a file of your own", str(self.path))

    def _is_still(self, descriptor: int) -> bool:
        """Whether the path still names this file; another process may have replaced or removed it."""
        try:
            return os.path.samestat(self.path.lstat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def _keep_name(self) -> None:
        """Have the folder on the disk as well, where the system can do that: the file itself is there already."""
        if sys.platform != "win32":
            with suppress(OSError):
                folder = os.open(self.path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)


def locked(descriptor: int, patience: float) -> bool:
    """Lock a file until it is closed; False where there are no locks.

    Raises BlockingIOError when another process holds it for longer than `patience`, in seconds.
    """
    patient_until = time.monotonic() + patience
    while True:
        try:
            _take(descriptor)
        except BlockingIOError:
            if time.monotonic() >= patient_until:
                raise
        except OSError:  # not every file system has locks
            return False
        else:
            return True
        time.sleep(PAUSE)


def _ends_whole(descriptor: int, size: int) -> bool:
    """Whether the last line is complete; one that was torn must not swallow the next."""
    if not size:
        return True
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) == b"\n"


def _write_whole(descriptor: int, line: bytes) -> None:
    if os.write(descriptor, line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
