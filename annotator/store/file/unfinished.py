"""A file that is being written beside the one it is to become: held, so that nobody takes it for left over."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from annotator.files import BELONGING, LONGEST_FILE, stands, with_belonging, with_ending

NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
"""How systems say that a place, such as a memory stick, knows no second names for files."""
PRIVATE = 0o600
ENDING = ".{:8}.unfinished"
"""What the name of such a file ends with: eight signs that no other has."""

if sys.platform == "win32":

    def _is_locked(_descriptor: int) -> bool:
        return False
else:
    import fcntl

    def _is_locked(descriptor: int) -> bool:
        """Take the lock of a whole file, which goes with the process; not the one of its bytes that SQLite takes."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # another process holds it, or there are no locks here
            return False
        return True


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """An empty file of one's own beside a target, for its owner alone; removed at the end under the name it has here.

    One that the system does not let go stays, and is removed with what was interrupted.

    Close every connection to it inside: the lock goes with the block. Raises OSError, also for the name of a target
    beside which SQLite could keep no log: nobody could open it.
    """
    if len(os.fsencode(target.name)) + len("-wal") > LONGEST_FILE:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), str(target))
    path, descriptor = _made(target)
    try:
        yield path
    finally:
        with suppress(OSError):
            remove(path)
        os.close(descriptor)


def _made(target: Path) -> tuple[Path, int]:
    while True:
        path = with_ending(target, ENDING.format(uuid4().hex[:8]))
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            path.chmod(PRIVATE)  # whatever the usual permissions are
            _is_locked(descriptor)
            if stands(path):  # nobody found it before it was held
                return path, descriptor
        except BaseException:  # also when somebody interrupts: nothing holds what nobody writes, and nothing is left
            with suppress(OSError):
                remove(path)
            os.close(descriptor)
            raise
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a database and what SQLite left beside it."""
    for each in with_belonging(path):
        each.unlink(missing_ok=True)


def remove_interrupted(target: Path) -> None:
    """Remove what was left by processes that ended before such a file was whole; what one still writes stays."""
    named = with_ending(target, ENDING.format("")).name[: -len(ENDING.format(""))]
    left = re.compile(rf"({re.escape(named)}(\.[0-9a-f]{{8}})?\.unfinished)({'|'.join(BELONGING)})?")
    with suppress(OSError):  # where the folder cannot be read, or written, what was left stays
        found = {match[1] for each in target.absolute().parent.iterdir() if (match := left.fullmatch(each.name))}
        for name in found:
            _remove_unheld(target.with_name(name))


def _remove_unheld(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:  # what SQLite kept beside it is left alone
        remove(path)
        return
    try:
        if _is_locked(descriptor):
            remove(path)
    finally:
        os.close(descriptor)


def put_on_disk(path: Path) -> None:
    """Wait until a file's bytes are on the disk; call when no connection to it is open in this process."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_names_on_disk(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can be asked to."""
    with suppress(PermissionError):  # folders are not opened everywhere
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
        finally:
            os.close(descriptor)


def name_for_the_first_time(unfinished: Path, target: Path) -> None:
    """Give a complete file its name, for good; raises FileExistsError where somebody has taken it.

    `rename` would overwrite.
    """
    put_on_disk(unfinished)
    try:
        os.link(unfinished, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        # A file has one name here: take the target's, and move the file there.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        unfinished.replace(target)
    put_names_on_disk(target.absolute().parent)
