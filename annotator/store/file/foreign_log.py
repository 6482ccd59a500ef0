"""Logs that were written for another file than the one they stand beside."""

from __future__ import annotations

import time
from pathlib import Path

from annotator.errors import StoreForeignLogError
from annotator.files import belonging, is_held
from annotator.store.file.content import LOOKS, PAUSE, Holds, whole_without_log, with_log, without_log
from annotator.store.file.locked_bytes import bytes_held
from annotator.store.file.standing import stood_at

LOG_HEAD = 32
"""Bytes of a log in which nothing is."""


def refuse_foreign_log(path: Path) -> None:
    """Raise StoreForeignLogError where the log beside a file was written for another one.

    So it is when a backup is copied over a database that was not closed: SQLite would take the one into the other.
    What the file itself holds must be part of what it holds with the log, no event may be missing in between, and the
    file not be behind what this person saw in it. One that was written later than its log, and that nobody has open,
    must hold together with it.
    """
    if not has_foreign_log(path):
        return
    log = belonging(path, "-wal")
    raise StoreForeignLogError(
        f"{path}: beside it stands {log.name}, which holds work that was written for another file, or for another "
        "state of it, as when a backup is copied over a database that was not closed. Nothing was changed. To go on "
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
            return _was_left_behind(path) and _is_at_odds(path)
        time.sleep(PAUSE)
    return True


def _was_left_behind(path: Path) -> bool:
    """Whether a log is no younger than its file, which nobody has open: so it may be one that was copied there.

    Also one that was killed after it took its log in, and before it wrote another.
    """
    file, log = stood_at(path), stood_at(belonging(path, "-wal"))
    if file is None or log is None or is_held(path):
        return False
    (_, _, moved), (_, written, _) = file.changed, log.changed  # to read a log can move it, not write it
    if moved < written:
        return False
    try:
        with bytes_held(path) as is_alone:
            return is_alone
    except OSError:  # it cannot be written, so the log will not be taken in
        return False


def _is_at_odds(path: Path) -> bool:
    """Whether a file holds together alone, and not with its log."""
    return whole_without_log(path).holds is not None and with_log(path, is_whole=True).is_broken


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
