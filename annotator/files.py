"""Files that people name: what may be written over, what may be opened to be read, and what belongs to a database."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from annotator.errors import AnnotatorError, DiskError, NotFoundError, OutputError, RequestError, SourceError

SQLITE = b"SQLite format 3\0"
"""How every database begins, whichever program it is of."""
BELONGING = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files that belong to it."""


def mode_at(path: Path) -> int:
    """What the system says of the kind of what stands at a path, and of who may use it; 0 where nothing does.

    Raises OSError where that cannot be told, links in a ring included: `Path.exists` and its like call that nothing.
    """
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # also for what can be no name
        return 0


def stands(path: Path) -> bool:
    """Whether anything stands at a path, where links lead; raises OSError where that cannot be told."""
    return mode_at(path) != 0


def is_folder(path: Path) -> bool:
    """Whether a folder stands at a path, where links lead; raises OSError where that cannot be told."""
    return stat.S_ISDIR(mode_at(path))


def is_file(path: Path) -> bool:
    """Whether an ordinary file stands at a path, where links lead; raises OSError where that cannot be told."""
    return stat.S_ISREG(mode_at(path))


def real(path: Path) -> Path:
    """Where links lead, as far as they do; for links in a ring `Path.resolve` has a RuntimeError before Python 3.13."""
    return Path(os.path.realpath(path))


def belonging(path: Path, ending: str) -> Path:
    """The file that SQLite keeps for a database under an ending; it stands where a link to the database leads."""
    file = real(path)
    return file.with_name(file.name + ending)


def with_belonging(path: Path) -> list[Path]:
    """A database, where a link leads to one, and all that SQLite may keep beside it."""
    return [belonging(path, ending) for ending in ("", *BELONGING)]


def belongs_to(path: Path) -> list[Path]:
    """The databases that a file belongs to, by its name."""
    return [path.with_name(path.name.removesuffix(each)) for each in BELONGING if path.name.endswith(each)]


LONGEST_FILE = 255
"""Bytes of the name of any file."""
LONGEST_NAME = LONGEST_FILE - max(len(each) for each in BELONGING)
"""Bytes of the name of a database to which SQLite can still add its endings."""


def with_ending(path: Path, ending: str) -> Path:
    """A file beside another, named after it and an ending; after its beginning where that would become too long."""
    name, room = os.fsencode(path.name), LONGEST_NAME - len(ending)
    return path.with_name((path.name if len(name) <= room else name[:room].decode("utf-8", "ignore")) + ending)


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


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
    for each in (path, *belongs_to(path)):
        with suppress(OSError, ValueError):
            found = each.stat()
            if HELD[found.st_dev, found.st_ino] > 0:
                return True
    return False


MOUNTS = Path("/proc/self/mountinfo")
"""What is mounted where, on systems that tell."""
OF_THE_SYSTEM = {
    "proc", "sysfs", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs", "bpf", "pstore", "configfs", "efivarfs",
    "fusectl", "mqueue", "binfmt_misc", "selinuxfs", "nsfs", "rpc_pipefs",
}  # fmt: skip
"""Kinds of disks that are none: the system makes up what is read there, with no end or only once somebody waits."""
MADE_UP = "is made up by the system while it is read, and no file that was saved"


@cache
def _devices_of_the_system() -> frozenset[int]:
    try:
        told = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # other systems have no such files
        return frozenset()
    found = set()
    for line in told.splitlines():
        place, _, kind = line.partition(" - ")
        if kind.partition(" ")[0] in OF_THE_SYSTEM:
            major, minor = place.split()[2].split(":")
            found.add(os.makedev(int(major), int(minor)))
    return frozenset(found)


def is_made_up(path: Path) -> bool:
    """Whether what stands at a path is nobody's file but told by the system, as in /proc."""
    try:
        return path.stat().st_dev in _devices_of_the_system()
    except (OSError, ValueError):  # who opens it says why it cannot be looked at
        return False


def is_file_to_read(path: Path) -> bool:
    """Whether an ordinary file stands at a path, which has an end; raises OSError where that cannot be told."""
    return is_file(path) and not is_made_up(path)


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
    for of in belongs_to(target):
        if _is_database(of):
            raise RequestError(f"{target}: belongs to the database {of.name}; name another file.")


def refuse_source(target: Path, sources: Iterable[Path]) -> None:
    """Raise RequestError where what is to be written would take the place of something that is read."""
    for source in sources if mode_to_write(target) else ():
        if mode_to_read(source) and real(target).is_relative_to(real(source)):
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


def mode_to_read(path: Path) -> int:
    """`mode_at` of a file that is to be taken in; raises SourceError where the system does not tell."""
    try:
        return mode_at(path)
    except OSError as error:
        way_out = REFUSALS.get(error.errno or 0, "Check your rights to it.")
        raise SourceError(f"{path}: cannot be read ({error.strerror}). {way_out}") from error


def mode_to_write(path: Path) -> int:
    """`mode_at` of a file that is to be made; raises OutputError where the system does not tell."""
    try:
        return mode_at(path)
    except OSError as error:
        raise unwritable(path, error) from error


def refuse_no_file(path: Path, wanted: str) -> None:
    """Raise NotFoundError for what is not there, SourceError for what is no file, cannot be looked at or is held open.

    To open a pipe waits for ever. `wanted` says what to name instead, such as `a bundle`.
    """
    if is_held(path):
        raise SourceError(f"{path}: is the database that is open here, or belongs to it; name {wanted}.")
    mode = mode_to_read(path)
    if not mode:
        raise NotFoundError(f"{path}: there is no such file. Name {wanted}.")
    if is_made_up(path):
        raise SourceError(f"{path}: {MADE_UP}; name {wanted}.")
    if stat.S_ISREG(mode):
        return
    what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
    raise SourceError(f"{path}: is {what}, and no file; name {wanted}.")


REFUSALS = {
    errno.EIO: "Look after the disk, and copy what can still be read to another one.",
    errno.ENOSPC: "Free some space.",
    errno.EDQUOT: "Free some space of yours.",
    errno.EROFS: "Use a disk that can be written.",
    errno.EACCES: "Check your rights to it.",
    errno.EPERM: "Check your rights to it.",
    errno.ELOOP: "Look where its links lead.",
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


def unwritable(target: Path, error: OSError) -> OutputError:
    """What to say of a file that the system does not let be written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError(f"{target}: the disk is full; nothing was written there. Free some space, or name another.")
    if error.errno == errno.ENAMETOOLONG:
        return OutputError(f"{target!s:.60}…: is longer than the name of a file can be; choose a shorter name.")
    if error.errno == errno.ENOENT and not target.parent.is_dir():
        return OutputError(f"{target}: there is no folder {target.parent}; create it first.")
    way_out = REFUSALS.get(error.errno or 0, "Check the folder and your rights to it.")
    return OutputError(f"{target}: cannot be written ({error.strerror}). {way_out}")
