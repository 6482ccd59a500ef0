"""The open file is the file: whether what stands at its path is still what was opened, and is nobody else's too.

SQLite keeps writing into a file that was moved, deleted or written over, and calls that saved. So the path is looked
at around every commit: device, inode and number of names cost one question to the system. Only where size or time
moved since, as by a checkpoint, is the file itself read, past the log beside it, by a connection of its own: to open
the path plainly and close it again would drop the locks that SQLite holds for this process.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from annotator.errors import (
    StoreForeignLogError,
    StoreReadOnlyError,
    StoreReplacedError,
    StoreUnreadableError,
)
from annotator.files import belonging, hold, let_go
from annotator.model.chain import branch_of

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

LOOKS, PAUSE = 5, 0.05
"""How often a file is read again that reads otherwise than expected, and the seconds between: while another process
takes its log into it, some of its pages are new already and others are not yet."""
LONGEST_LOOK = 1.0
"""Seconds without a change in which a file must become one that can be read: under the lock, others end with the log
that there is."""
COUNTED = 1_000
"""How many events behind those of the file are counted. A log that goes with another state of it begins too late, so
they lack at the beginning; a long one is not read to its end at every opening."""
LOG_HEAD = 32
"""Bytes of a log in which nothing is."""


OVERWRITTEN: set[tuple[int, int]] = set()
"""Files that were overwritten while open here: until this process ends, SQLite reads them with the former log."""


BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What SQLite says of bytes that are no database."""


UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What comes of reading a damaged file: SQLite's own words quote a name in it, which may be no text."""


class Stood(NamedTuple):
    """What the system says of the file at a path."""

    device: int
    inode: int
    names: int
    """How many names the file has: more than one are hard links."""
    changed: tuple[int, int, int]
    """Its size, and when its content and its entry were changed last."""

    @property
    def is_which(self) -> tuple[int, int]:
        """Which file it is, whatever its name."""
        return self.device, self.inode


def stood_at(path: Path) -> Stood | None:
    """Which file stands at a path; None where there is none. Raises StoreReadOnlyError where that cannot be told."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked three times for each save
    except (FileNotFoundError, NotADirectoryError, ValueError):  # also for what can be no name
        return None
    except OSError as error:
        raise StoreReadOnlyError(
            f"{str(path)!r}: cannot be opened or looked at just now ({error.strerror}). "
            "Check that its folder can be reached."
        ) from error
    if not stat.S_ISREG(found.st_mode):
        return None
    return Stood(found.st_dev, found.st_ino, found.st_nlink, (found.st_size, found.st_mtime_ns, found.st_ctime_ns))


class Holds(NamedTuple):
    """By what a file's content is known again while it grows."""

    projects: frozenset[str]
    replicas: tuple[tuple[str, str, int, int], ...]
    """The copies that it was, in order: uid, and the machine, device and inode that it was known by."""
    heads: dict[str, int]
    """How far each feed has come."""

    def is_followed_by(self, later: Holds, path: Path) -> bool:
        """Whether `later` can be the same file at a path, written on there."""
        if later.replicas[-1:] != self.replicas[-1:]:
            from annotator.store.log.replicas import mark_of

            if not later.replicas or later.replicas[-1][1:] != mark_of(path)[:3]:
                return False
        elif not self.replicas and self.heads and not self.projects & later.projects:
            return False  # one in which nothing was takes over the project of what is merged into it
        return self.is_part_of(later)

    def is_part_of(self, later: Holds) -> bool:
        """Whether nothing of this is missing there."""
        return set(self.replicas) <= set(later.replicas) and not later.is_behind(self.heads)

    def is_behind(self, heads: Mapping[str, int]) -> bool:
        """Whether any feed has come further there than here; a branch counts as the feed that it is of."""
        reached = _by_feed(self.heads)
        return any(number > reached.get(feed, 0) for feed, number in _by_feed(heads).items())


def _by_feed(heads: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for uid, number in heads.items():
        feed = branch_of(uid).feed
        found[feed] = max(number, found.get(feed, 0))
    return found


def holds(connection: sqlite3.Connection | Transaction) -> Holds:
    """What a connection reads of it."""
    projects = frozenset(uid for (uid,) in connection.execute("SELECT uid FROM projects"))
    replicas = connection.execute("SELECT uid, machine, device, inode FROM replicas ORDER BY id").fetchall()
    # Of a damaged page whatever else can come, which the doctor tells.
    sql = "SELECT uid, number FROM feeds WHERE number > 0 AND typeof(uid) = 'text' AND typeof(number) = 'integer'"
    return Holds(projects, tuple(replicas), dict(connection.execute(sql)))


def held_without_log(path: Path, *, in_log_mode: bool = True) -> Holds | None:
    """What a file holds without the log beside it; None where that cannot be read at this moment.

    With `in_log_mode` false there is no log, and the file is read under its locks.
    """
    return _looked_into(path, in_log_mode=in_log_mode)[0]


def _looked_into(path: Path, *, in_log_mode: bool) -> tuple[Holds | None, int]:
    """The same; where that cannot be read, with the last byte of what SQLite says."""
    address = path.resolve().as_uri() + "?mode=ro" + ("&immutable=1" if in_log_mode else "")
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return holds(connection), 0
    except UNREADABLE as error:
        return None, _code_of(error)


def _opened(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)


def _code_of(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _is_whole_with_log(path: Path) -> bool:
    """Whether a file that is no empty one holds together with the log beside it, as far as the disk can read both."""
    try:  # only to be read: whoever closes such a connection takes no log into the file
        with closing(sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except UNREADABLE as error:
        return _code_of(error) not in {0, *BROKEN}


LINKED = (
    "{path}: was given a second name (a hard link). What others save through that is lost here, and the other way "
    "round. Remove the other name, and copy the file instead."
)
"""What to say of a file that was given a second name while it was open."""


BEING_SAVED = "What can still be read of it is being saved beside it."
NOT_SAVED = "It was open here for reading only, so nothing of it is saved beside it: leave, and open it again."


class OpenFile:
    """The file that a store opened. All connections of one process to it share this; any thread may ask."""

    def __init__(self, path: Path, *, in_log_mode: bool = True, read_only: bool = False) -> None:
        """Take the path as it was named; what stands there is what was opened."""
        self.path = path
        self.in_log_mode = in_log_mode
        """Whether what is written goes to a log beside the file first."""
        self.is_read_only = read_only
        self.why_read_only = ""
        """What kept it from being opened to be written, as a sentence, where it was to be."""
        self.keeps_log = in_log_mode and not read_only
        """Whether the log stands there for as long as the file is open: what is only read need not have one."""
        self._stood = stood_at(path)
        self._unreadable: Stood | None = None  # how the file stood when it could not be read without its log
        self._whole_with_log: Stood | None = None  # and when it was found to be whole with it
        self._beside = {ending: stood_at(belonging(path, ending)) for ending in ("-wal", "-shm")}
        self._held = held_without_log(path, in_log_mode=in_log_mode)
        self.is_overwritten = False
        """Whether other content was put into the file: then what is read is neither the one nor the other."""
        self.is_lost = False
        """Whether another file stood at the path at some look, or none. It stays so, even where the file is put back:
        others may have a log of their own beside it by then."""
        self.is_log_lost = False
        """Whether what SQLite keeps beside the file was taken away or replaced: then others begin another log."""
        self.is_outdated = False
        """Whether a file that is read without others' log was written to: what is read then may be of two states."""
        self.is_left = False
        """Whether nothing of it stands any more beside what took its place."""
        self.saved_to = ""
        """What was saved of the former content and where, as a sentence, once it was overwritten."""
        self.taken_in = ""
        """Whether what was saved last is in the file, as a sentence, once its log was lost."""

    @property
    def is_gone(self) -> bool:
        """Whether nothing can be saved into it any more."""
        return self.is_lost or self.is_overwritten or self.is_log_lost or self.is_outdated

    @property
    def has_other_names(self) -> bool:
        """Whether the file had a second name at the last look; one that it had before is refused at opening."""
        return self._stood is not None and self._stood.names > 1

    @property
    def _is_read_alone(self) -> bool:
        """Whether it is read without the log that others write to, so that what they write would be read in part."""
        is_apart = self._beside["-wal"] is None or self.has_other_names
        return self.is_read_only and self.in_log_mode and is_apart

    def was_linked(self) -> bool:
        """Whether the file, which had one name when it was opened to be written, has more of them now."""
        now = stood_at(self.path)
        return not self.is_read_only and now is not None and now.names > 1 and not self.is_gone

    @property
    def content(self) -> Holds | None:
        """What was in the file itself at the last look; None where it could not be read."""
        return self._held

    def refuse_overwritten(self) -> None:
        """Raise StoreReplacedError where it is known already that the file was written over."""
        if self.is_overwritten:
            is_being_saved = not (self.saved_to or self.is_read_only)
            raise StoreReplacedError(self.words_of_overwritten, is_overwritten=True, is_being_saved=is_being_saved)

    @property
    def words_of_overwritten(self) -> str:
        """What to say of a file that was written over."""
        kept = self.saved_to or (NOT_SAVED if self.is_read_only else BEING_SAVED)
        return (
            f"{self.path}: another file was copied over this database while it was open, or it was cut off or written "
            f"over otherwise; nothing more was saved. {kept}"
        )

    def refuse_replaced(self, *, content: bool = True, insists: bool = True) -> None:
        """Raise StoreReplacedError where another file stands at the path, or none.

        Raises StoreReplacedError where its `content` is none that it can have come to; reads it where it changed.
        Where that cannot be read, StoreUnreadableError is raised when the caller `insists`; else a later look tells:
        while nobody holds the lock, others may take one log after the other into the file without a pause.
        """
        self.refuse_overwritten()
        now, before = stood_at(self.path), self._stood
        self.is_lost = self.is_lost or now is None or before is None or now.is_which != before.is_which
        if self.is_lost or now is None or before is None:
            raise StoreReplacedError(
                f"{self.path}: another file stood there, or none, since this database was opened; nothing was saved. "
                "Put the database back where it was, or take the one that is there, and open it again."
            )
        self.is_outdated = self.is_outdated or (self._is_read_alone and now.changed[:2] != before.changed[:2])
        if self.is_outdated:
            raise StoreReplacedError(
                f"{self.path}: was written to since it was opened here for reading only, as it stood then. Leave, and "
                "open it again."
            )
        is_written_on = not content or now.changed == before.changed or self._is_written_on(insists=insists)
        if is_written_on is None:
            return
        if not is_written_on:
            if self._has_rest_in_log():  # what was taken for another file was one that changed while it was read
                if insists:
                    raise self._unreadable_now()
                return
            self.is_overwritten = True
            OVERWRITTEN.add(now.is_which)
            self.refuse_overwritten()
        if content:
            self._stood = now
        self._refuse_lost_log()

    def _refuse_lost_log(self) -> None:
        """Raise StoreReplacedError where the log, or the memory shared about it, is another file now, or none."""
        for ending, before in self._beside.items() if self.keeps_log and not self.is_log_lost else ():
            now = stood_at(belonging(self.path, ending))
            if before is None:
                self._beside[ending] = now
            elif now is None or now.is_which != before.is_which:
                self.is_log_lost = True
        if self.is_log_lost:
            raise StoreReplacedError(
                f"{self.path}: what SQLite keeps beside it ({self.path.name}-wal and -shm) was taken away or replaced "
                f"while this database was open; nothing more was saved. {self.taken_in}".rstrip(),
                has_lost_log=True,
                is_being_saved=not self.taken_in,
            )

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Have it known for the length of a block that a connection of this process has the file open."""
        which = self._stood.is_which if self._stood else None
        if which:
            hold(which)
        try:
            yield
        finally:
            if which:
                let_go(which)

    def note_own_change(self) -> None:
        """Take how the file stands now for what this process has just written, without reading it."""
        now = stood_at(self.path)
        if now and self._stood and now.is_which == self._stood.is_which:
            self._stood = now

    def _is_written_on(self, *, insists: bool) -> bool | None:
        """Whether the file still holds what it held, and maybe more; raises StoreUnreadableError where that is no file.

        Gives None instead where nobody `insists` on an answer.

        That is so too where its log was taken in only in part, as on a disk that failed: then the log is all there is
        of the rest, and is to stay.
        """
        others, end, seen, is_cut = 0, time.monotonic() + LONGEST_LOOK, stood_at(self.path), False
        while others < LOOKS:
            now, code = _looked_into(self.path, in_log_mode=self.in_log_mode)
            if now is not None and (self._held is None or self._held.is_followed_by(now, self.path)):
                self._held, self._unreadable = now, None
                return True
            is_cut = now is None and self._is_cut(code)
            if now is None and not is_cut and not insists:
                return self._is_whole_with_log()
            if now is None and time.monotonic() >= end:
                seen, before = stood_at(self.path), seen
                if seen == before or self._is_taken_in_by_part():
                    break
                end = time.monotonic() + LONGEST_LOOK
            others += now is not None or is_cut
            time.sleep(PAUSE)
        if not is_cut and self._is_taken_in_by_part():
            return True
        if now is None and not is_cut:
            raise self._unreadable_now()
        return False

    def _unreadable_now(self) -> StoreUnreadableError:
        return StoreUnreadableError(
            f"{self.path}: cannot be read without its log just now, because that is being taken in, or the disk "
            "failed meanwhile; nothing was saved. Try again; leave where that does not help, and run "
            "`annotator doctor`."
        )

    def _has_rest_in_log(self) -> bool:
        """Whether any of some looks finds that: to call a file written over takes its log away, and what is in it."""
        for _ in range(LOOKS):
            now, code = _looked_into(self.path, in_log_mode=self.in_log_mode)
            if (now is None and self._is_cut(code)) or self._is_whole_alone():
                return False
            if self._is_taken_in_by_part():
                return True
            time.sleep(PAUSE)
        return False

    def _is_whole_alone(self) -> bool:
        """Whether the file holds together without its log, as another one that was copied over it does."""
        with suppress(*UNREADABLE), closing(_opened(self.path, "mode=ro&immutable=1")) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
        return False

    def _is_taken_in_by_part(self) -> bool:
        """Whether the file does not hold together alone, and with the log beside it is what it was, and maybe more.

        So it stays where a part of the log was taken in and somebody reads an older state, for nobody takes in the rest
        while this process has the lock.
        """
        if self._is_whole_alone():
            return False
        try:  # only to be read: whoever closes such a connection takes no log into the file
            with closing(_opened(self.path, "mode=ro")) as connection:
                connection.execute("BEGIN")
                both = holds(connection)
                held = self._held or both
                if not held.is_followed_by(both, self.path) or _lacks_events(connection, held, both):
                    return False
                return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except UNREADABLE:
            return False

    def _is_cut(self, code: int) -> bool:
        """Whether the file cannot be read as SQLite never leaves it: without its header, or shorter than it was.

        It cuts off only a file that is whole; whatever takes a log in leaves the header what it is.
        """
        now, before = stood_at(self.path), self._stood
        is_shorter = now is not None and before is not None and now.changed[0] < before.changed[0]
        return code == sqlite3.SQLITE_NOTADB or (is_shorter and code in {*BROKEN, sqlite3.SQLITE_ERROR})

    def _is_whole_with_log(self) -> bool | None:
        """False where a file that cannot be read alone is none with its log either; None where that may yet change.

        It is looked through once: at the second look that finds it unreadable, and as it stood at the first.
        """
        before, self._unreadable = self._unreadable, stood_at(self.path)
        if before is None or before != self._unreadable or before == self._whole_with_log:
            return None
        if not _is_whole_with_log(self.path):
            return False
        self._whole_with_log = before
        return None

    def remove_log(self, kept: Path | None = None) -> None:
        """Take the log away from beside a file that it does not go with, or move it to another name.

        Whoever has it open reads on in it; whoever opens the file from now on does without.
        """
        log = belonging(self.path, "-wal")
        found = stood_at(log)
        own = self._beside["-wal"]
        if found is None or (own is not None and found.is_which != own.is_which):
            return  # taken away by another process already
        belonging(self.path, "-shm").unlink(missing_ok=True)
        if kept is None:
            log.unlink()
        else:
            log.replace(kept)


def refuse_overwritten(path: Path) -> None:
    """Raise StoreReplacedError for a file that was copied over while this process had it open."""
    found = stood_at(path)
    if found is not None and found.is_which in OVERWRITTEN:
        raise StoreReplacedError(
            f"{path}: another file was copied over this database while it was open here; leave, and open it again.",
            is_overwritten=True,
        )


def refuse_foreign_log(path: Path) -> None:
    """Raise StoreForeignLogError where the log beside a file was written for another one.

    So it is when a backup is copied over a database that was not closed: SQLite would take the one into the other.
    What the file itself holds must be part of what it holds with the log, no event may be missing in between, and the
    file not be behind what this person saw in it.
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
            return False
        time.sleep(PAUSE)
    return True


def _is_log_foreign(path: Path) -> bool:
    """Whether that can be said; of a file in which some pages are newer than others, as after a kill, it cannot."""
    alone = held_without_log(path)
    if alone is None or not (alone.replicas or alone.heads):
        return False
    try:  # only to be read: whoever closes such a connection takes no log into the file
        with closing(sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True)) as connection:
            connection.execute("BEGIN")
            both = holds(connection)
            return not alone.is_part_of(both) or _lacks_events(connection, alone, both) or _was_further(path, alone)
    except UNREADABLE as error:
        return _code_of(error) in BROKEN


def _lacks_events(connection: sqlite3.Connection, alone: Holds, both: Holds) -> bool:
    """Whether events are missing between what the file holds and what it holds with its log."""
    sql = """SELECT count(*) FROM events WHERE id > (SELECT id FROM feeds WHERE uid = :uid) << 32 | :first
               AND id <= (SELECT id FROM feeds WHERE uid = :uid) << 32 | :last"""
    for uid, number in both.heads.items():
        first = max(alone.heads.get(uid, 0), branch_of(uid).forked_at)
        last = min(number, first + COUNTED)
        if last > first:
            (count,) = connection.execute(sql, {"uid": uid, "first": first, "last": last}).fetchone()
            if count != last - first:
                return True
    return False


def _was_further(path: Path, alone: Holds) -> bool:
    """Whether this person saw more in the file itself, at this path, than it holds now."""
    from annotator.store.log.replicas import remembered_in_file

    return bool(alone.replicas) and alone.is_behind(remembered_in_file(alone.replicas[-1][0], path))
