"""Files that people name: what may be written over, and what may be opened to be read."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from annotator.errors import AnnotatorError, DiskError, NotFoundError, RequestError, SourceError

SQLITE = b"SQLite format 3\0"
"""How every database begins, whichever program it is of."""
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files that belong to it."""


HELD: Counter[tuple[int, int]] = Counter()
"""By device and inode: how often this process has a database open."""


def hold(which: tuple[int, int]) -> None:
    """Note that a database has been opened."""
    HELD[which] += 1


def let_go(which: tuple[int, int]) -> None:
    """Note that a database is closed."""
    HELD[which] -= 1


def is_held(path: Path) -> bool:
    """Whether this process has the database at a path open, or that which the file belongs to.

    Such a file is not opened otherwise: closing it again would drop the locks that SQLite holds in this process.
    """
    of = (path.with_name(path.name.removesuffix(ending)) for ending in BESIDE if path.name.endswith(ending))
    for each in (path, *of):
        with suppress(OSError, ValueError):
            found = each.stat()
            if HELD[found.st_dev, found.st_ino] > 0:
                return True
    return False


def private_mode(folder: Path) -> int:
    """What a new file with work in it may be to others: nothing, but what a folder that a group shares says."""
    return 0o660 if folder.stat().st_mode & stat.S_ISGID else 0o600


def make_private(path: Path) -> None:
    """Make an empty file that others cannot read, whatever the usual permissions are; raises OSError."""
    mode = private_mode(path.absolute().parent)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    try:
        path.chmod(mode)
    finally:
        os.close(descriptor)


def refuse_database(target: Path) -> None:
    """Raise RequestError where a database stands, or what belongs to one: work is never written over."""
    if _is_database(target):
        raise RequestError(f"{target}: is a database, and those are never written over; name another file.")
    for ending in BESIDE:
        of = target.with_name(target.name.removesuffix(ending)) if target.name.endswith(ending) else target
        if of.name != target.name and _is_database(of):
            raise RequestError(f"{target}: belongs to the database {of.name}; name another file.")


def refuse_source(target: Path, sources: Iterable[Path]) -> None:
    """Raise RequestError where what is to be written would take the place of something that is read."""
    for source in sources if target.exists() else ():
        if source.exists() and target.resolve().is_relative_to(source.resolve()):
            what = "is read" if source.is_file() else f"is in {source}, which is read"
            raise RequestError(f"{target}: {what}, and would be written over; name another file.")


def _is_database(path: Path) -> bool:
    """Whether a file begins as a database; one that cannot be read is none that anybody could tell."""
    if not path.is_file():
        return False
    if is_held(path):
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError:
        return False


def refuse_no_file(path: Path, wanted: str) -> None:
    """Raise NotFoundError for what is not there, SourceError for what is no file or is held open.

    To open a pipe waits for ever. `wanted` says what to name instead, such as `a bundle`.
    """
    if is_held(path):
        raise SourceError(f"{path}: is the database that is open here, or belongs to it; name {wanted}.")
    if path.is_file():
        return
    if not path.exists():
        raise NotFoundError(f"{path}: there is no such file. Name {wanted}.")
    what = "a folder" if path.is_dir() else "a pipe or a device"
    raise SourceError(f"{path}: is {what}, and no file; name {wanted}.")


REFUSALS = {
    errno.EIO: "Look after the disk, and copy what can still be read to another one.",
    errno.ENOSPC: "Free some space.",
    errno.EDQUOT: "Free some space of yours.",
    errno.EROFS: "Use a disk that can be written.",
    errno.EACCES: "Check your rights to it.",
    errno.EPERM: "Check your rights to it.",
    errno.EINTR: "Try again.",
    errno.EMFILE: "Close other programs.",
    errno.ENFILE: "Close other programs.",
    errno.ENOMEM: "Close other programs.",
    errno.ESTALE: "See whether the network drive is still there.",
    errno.ENOTCONN: "See whether the network drive is still there.",
    errno.ETIMEDOUT: "See whether the network drive is still there.",
    errno.ENODEV: "See whether the drive is still there.",
    errno.ENXIO: "See whether the drive is still there.",
}
"""What a system refuses for reasons that no program can foresee, and the way out."""


def refusal(error: OSError) -> AnnotatorError | None:
    """What to say of a system call that failed where nobody expected it; None where that is this program's mistake."""
    if error.errno == errno.ENAMETOOLONG:
        return RequestError(f"{error.filename!s:.60}… is longer than the name of a file can be; name another one.")
    if error.errno not in REFUSALS:
        return None
    place = error.filename or "a file"
    return DiskError(f"{place}: cannot be read or written ({error.strerror}). {REFUSALS[error.errno]}")
