"""Logs that were written for another file than the one they stand beside."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from annotator.errors import StoreForeignLogError
from annotator.files import belonging, is_held
from annotator.store.file.content import (
    AS_IT_IS,
    BROKEN,
    LOOKS,
    PAST_LOG,
    PAUSE,
    UNREADABLE,
    Holds,
    holds_together,
    opened,
    with_log,
    without_log,
)
from annotator.store.file.locked_bytes import bytes_held
from annotator.store.file.standing import stood_at

SOON_READ = 64 << 20
"""Bytes of a file that is looked through although others have it open."""
UNNOTICED = 3_000_000_000
"""Nanoseconds in which they may not have noticed what became of it."""
LOG_HEAD = 32
"""Bytes of a log in which nothing is."""


def refuse_foreign_log(path: Path) -> None:
    """Raise StoreForeignLogError where the log beside a file was written for another one.

    So it is when a backup is copied over a database that was not closed: SQLite would take the one into the other.
    What the file itself holds must be part of what it holds with the log, no event may be missing in between, and the
    file not be behind what this person saw in it. One that was written later than its log, and that nobody has open,
    must be sound with it.
    """
    if not has_foreign_log(path):
        return
    log = belonging(path, "-wal")
    raise StoreForeignLogError(
        f"{path}: beside it stands {log.name}, which holds work that was written for another file, or for another "
        "state of it, as when a backup is copied over a database that was not closed. Nothing was changed. A desk that "
        "has it open puts that right within seconds: try again then. Otherwise, to go on "
        f"with the file as it is, move {log.name} and {belonging(path, '-shm').name} to another folder. "
        "`annotator restore` puts backups in place without such a log."
    )


def has_foreign_log(path: Path) -> bool:
    """Whether the log beside a file was written for another one, however often it is looked at."""
    found = stood_at(belonging(path, "-wal")) if stood_at(path) is not None else None
    if found is None or found.changed[0] <= LOG_HEAD:
        return False
    for _ in range(LOOKS):
        if not _is_log_foreign(path):
            return _may_be_foreign(path) and _is_at_odds(path)
        time.sleep(PAUSE)
    return True


def _may_be_foreign(path: Path) -> bool:
    """Whether a file was written later than its log, and not by whoever has it open: it may have been copied there.

    So it also is where somebody was killed after taking the log in. Those who have a file open take their log in as
    well, and at a desk they notice within a second what was copied over it: for some seconds a file that is soon
    looked through is told even then.
    """
    file, log = stood_at(path), stood_at(belonging(path, "-wal"))
    if file is None or log is None or is_held(path):
        return False
    (size, _, moved), (_, written, _) = file.changed, log.changed  # to read a log can move it, not write it
    if moved < written:
        return False
    try:
        with bytes_held(path) as is_alone:
            if is_alone:
                return True
    except OSError:  # it cannot be written, so the log will not be taken in
        return False
    return size <= SOON_READ and time.time_ns() - moved < UNNOTICED


def _is_at_odds(path: Path) -> bool:
    """Whether a file is sound alone, and not with its log."""
    return not _is_sound(path, AS_IT_IS) and _is_sound(path, PAST_LOG)


def _is_sound(path: Path, how: str) -> bool:
    """Whether a file holds together, its rows refer to others that are there, and its events are what was written.

    What is computed from these need not agree with them: it can be computed anew. So is what the disk does not let be
    read, as far as anybody can tell.
    """
    from annotator.store.connection import Transaction, add_functions
    from annotator.store.log.verifying import FLAWS, verify

    try:
        with opened(path, how) as connection:
            add_functions(connection)
            if not holds_together(connection) or connection.execute("PRAGMA foreign_key_check").fetchone():
                return False
            return all(flaw.what not in FLAWS for flaw in verify(Transaction(connection)))
    except (*UNREADABLE, LookupError, TypeError, ValueError) as error:  # of pages of two files
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return code not in {0, sqlite3.SQLITE_ERROR, *BROKEN}  # a disk that is full or fails tells nothing of them


def _is_log_foreign(path: Path) -> bool:
    """Whether that can be said; of a file in which some pages are newer than others, as after a kill, it cannot."""
    alone = without_log(path).holds
    if alone is None or not (alone.replicas or alone.heads):
        return False
    both = with_log(path, alone)
    if both.holds is None:
        return both.is_broken
    return not alone.is_part_of(both.holds) or both.lacks or _was_further(path, alone)


def _was_further(path: Path, alone: Holds) -> bool:
    """Whether this person saw more in the file itself, at this path, than it holds now."""
    from annotator.store.log.replicas import remembered_in_file

    return bool(alone.replicas) and alone.is_behind(remembered_in_file(alone.replicas[-1][0], path))
