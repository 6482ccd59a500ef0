"""What SQLite and the disk refuse, in words: the first error, with its true reason as far as that can be found out."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import (
    REFUSED_BY_SYSTEM,
    NotAStoreError,
    OutputError,
    RequestError,
    StoppedError,
    StoreBusyError,
    StoreDamagedError,
    StoreDiskError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)
from annotator.files import MOUNTS, belonging, real, size_of, with_belonging
from annotator.store.file.standing import in_the_way

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

NO_ROOM = (
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_GETTEMPPATH
)  # fmt: skip
"""What SQLite says when it cannot write a temporary file."""
SHARED = {
    sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMLOCK,
    sqlite3.SQLITE_IOERR_SHMMAP,
}  # fmt: skip
"""What it says where it cannot share memory with other processes through a file."""
DISK = {
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM
}  # fmt: skip
"""What it says when the disk or the system refuses, by the last byte of its codes."""


@contextmanager
def temporary_in_words() -> Iterator[None]:
    """Run a block that writes temporary tables alone; no room for them comes out as a StoreFullError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode not in NO_ROOM:
            raise
        what = "There is no room for" if error.sqlite_errorcode == sqlite3.SQLITE_FULL else "The disk refuses"
        raise StoreFullError(
            f"{what} temporary files ({error}); nothing was saved. Free some space in the folder for temporary files, "
            "or name another one with SQLITE_TMPDIR=FOLDER."
        ) from error


@contextmanager
def in_words(path: Path, *, is_saving: bool = True) -> Iterator[None]:
    """Run a block; an SQLite error inside comes out as a StoreError, text that cannot be stored as a RequestError.

    Only where something `is_saving` it is said that nothing was saved.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise RequestError(f"{error.object!r:.60} holds bytes that are not text; type it again.") from error
    except sqlite3.DatabaseError as error:
        refused = worded(error, path, "; nothing of this change was saved" if is_saving else "")
        if refused is None:  # a mistake in this program, not in the file: let it be seen
            raise
        raise refused from error


@contextmanager
def written_out(target: Path) -> Iterator[None]:
    """Run a block that makes a new database under another name first; what the disk refuses is an OutputError."""
    try:
        with in_words(target):
            yield
    except REFUSED_BY_SYSTEM as error:
        cause = error.__cause__  # which may have been worded about the name that the file has until it is whole
        refused = (
            worded(cause, target, "; nothing was written there") if isinstance(cause, sqlite3.DatabaseError) else None
        )
        raise OutputError(str(refused or error)) from error


def worded(error: sqlite3.DatabaseError, path: Path, unsaved: str = "") -> StoreError | None:
    """What to say of an SQLite error, with what became of what was being saved; None for a mistake of this program."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreBusyError(
            f"{path}: another program is reading or writing this database, and holds it meanwhile; nothing was saved. "
            "Try again when it has finished, or close it."
        )
    if code in DISK:
        return _refused_by_disk(error, code, path, unsaved)
    if code == sqlite3.SQLITE_INTERRUPT:
        return StoppedError(f"{path}: the search was given up; nothing was changed. Search again.")
    if code == sqlite3.SQLITE_NOTADB:
        return NotAStoreError(
            f"{path}: this is not a database of annotator. Name another file with --db FILE; of one that was damaged, "
            f"`annotator salvage {path} --out NEW` saves what can be read."
        )
    if error.sqlite_errorcode == sqlite3.SQLITE_CORRUPT_VTAB or "vtable" in str(error):  # only FTS5 makes such tables
        return StoreDamagedError(
            f"{path}: the search index is damaged ({error}). `annotator doctor --rebuild` makes it again."
        )
    if code == sqlite3.SQLITE_CORRUPT:
        return damaged(path, error)
    return None


NOT_GIVEN = re.compile(r"^(.*): unable to get the page\. error code=(\d+)$")
"""How SQLite tells of a page that the disk does not give, or that stands where no page can."""


def unsound(connection: sqlite3.Connection | Transaction, *, is_quick: bool = False) -> Iterator[str]:
    """What SQLite finds in a file that does not hold together, a line for each; nothing for a sound one.

    Where `is_quick`, indexes are compared with their tables only when anything else is found: of tables without row
    ids some versions (3.40) say in a quick check that keys lack, which they do not.
    """
    try:
        if is_quick and connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
            return
        for (found,) in connection.execute("PRAGMA integrity_check"):
            yield from flaws_in(found)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        yield str(error)  # newer versions (3.44) look into search indexes too, and fail where they cannot read one


def flaws_in(found: object) -> Iterator[str]:
    """The lines of what one of SQLite's checks says of a file, but for `ok` and a head that says which database."""
    for line in str(found).splitlines():
        if line != "ok" and not line.startswith("***"):
            yield _without_code(line)


def _without_code(line: str) -> str:
    told = NOT_GIVEN.match(line)
    if told is None:
        return line
    is_refused = int(told[2]) & 0xFF == sqlite3.SQLITE_IOERR
    return f"{told[1]}: {'disk I/O error' if is_refused else 'cannot be got'}"


def damaged(path: Path, error: Exception) -> StoreDamagedError:
    """What to say of a file that does not hold together, as SQLite also says where its disk cannot read a page."""
    return StoreDamagedError(
        f"{path}: the database is damaged ({error}), or its disk cannot read it. `annotator doctor` tells what is "
        "found, and whether `annotator doctor --rebuild` makes it again; `annotator restore BACKUP` puts a backup in "
        f"its place, `annotator salvage {path} --out NEW` saves what can be read."
    )


def _refused_by_disk(error: sqlite3.DatabaseError, code: int, path: Path, unsaved: str) -> StoreError:
    """SQLite tells of most that it could not be done; why, the disk and the rights to the file may show."""
    if found := in_the_way(path, unsaved):
        return found
    is_full, is_fixed = state_of_disk(path)
    if code == sqlite3.SQLITE_FULL or is_full:
        return StoreFullError(f"{path}: the disk is full{unsaved}. Free some space.")
    if is_fixed:
        return on_fixed_disk(path, unsaved)
    if error.sqlite_errorcode in SHARED:
        return StoreReadOnlyError(
            f"{path}: is on a disk{_kind_of_disk(path)} on which processes share no memory, as on many network drives, "
            f"and the log of the database needs that{unsaved}. Copy it to a disk of this machine and exchange work "
            "with `annotator sync`; or set ANNOTATOR_JOURNAL=rollback for everybody who opens it there, which does "
            "without the log and lets one process write or several read."
        )
    if locked := next((each for each in with_belonging(path) if not _is_open_to_us(each)), None):
        return StoreReadOnlyError(f"{locked}: is not yours to read and write{unsaved}. Check its permissions.")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return StoreReadOnlyError(
            f"{path}: the database cannot be written; nothing was saved. "
            f"Check the permissions of the file and of its folder, or {way_to_copy(path, 'a folder of your own')}."
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreReadOnlyError(
            f"{path}: cannot be opened{unsaved}. Check that its folder exists and can be written, and the disk."
        )
    log, shared = belonging(path, "-wal"), belonging(path, "-shm")
    if error.sqlite_errorcode == sqlite3.SQLITE_IOERR_SHORT_READ and _is_there(shared) and not size_of(log):
        return StoreDiskError(
            f"{path}: its log ({log.name}) was taken away while others have the database open, and cannot be read "
            f"without{unsaved}. Try again when they have left their desks, which tell where what they saved is then."
        )
    return StoreDiskError(
        f"{path}: the disk could not be read or written ({error}){unsaved}. Check the disk and its free space."
    )


def _is_open_to_us(path: Path) -> bool:
    """Whether a file is not there, or may be read and written."""
    return not _is_there(path) or os.access(path, os.R_OK | os.W_OK)


def _is_there(path: Path) -> bool:
    return os.access(path, os.F_OK)


def on_fixed_disk(path: Path, unsaved: str) -> StoreReadOnlyError:
    """What to say of a file, there or to be made, on a disk that can only be read."""
    instead = way_to_copy(path, "another one") if _is_there(path) else "name a file on another one"
    return StoreReadOnlyError(
        f"{path}: is on a disk that can only be read{unsaved}. Let the disk be written, or {instead}."
    )


def way_to_copy(path: Path, where: str) -> str:
    """How to go on with a database that cannot be written: SQLite reads no log that it has no memory to share beside.

    `where` says in what the copy is to be.
    """
    may_share = os.access(real(path).parent, os.W_OK) or _is_there(belonging(path, "-shm"))
    if may_share or not _is_there(belonging(path, "-wal")):
        return f"copy it to {where} with `annotator backup`"
    return (
        f"copy it to {where} with `annotator salvage {path} --out NEW`, because a log was left beside it that cannot "
        "be read otherwise"
    )


def _kind_of_disk(path: Path) -> str:
    """What the system calls the kind of disk that a file is on, in brackets; nothing where it does not tell."""
    try:
        told = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    here = os.path.realpath(path)
    mounts = [(line.split(" ", 5)[4], line.partition(" - ")[2].split(" ")[0]) for line in told if " - " in line]
    found = [each for each in mounts if here.startswith(each[0].rstrip("/") + "/")]
    return f" ({max(found, key=lambda each: len(each[0]))[1]})" if found else ""


def state_of_disk(path: Path) -> tuple[bool, bool]:
    """Whether the disk of a file has no room left, and whether it can only be read; twice no where nobody can tell."""
    try:
        disk = os.statvfs(real(path).parent)
    except (OSError, AttributeError):  # some systems have no such question
        return False, False
    return disk.f_bavail == 0 and disk.f_blocks > 0, bool(disk.f_flag & os.ST_RDONLY)
