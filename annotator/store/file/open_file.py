"""The open file is the file: whether what stands at its path is still what was opened, and is nobody else's too.

SQLite keeps writing into a file that was moved, deleted or written over, and calls that saved. So the path is looked
at around every commit: device, inode and number of names cost one question to the system. Only where size or time
moved since, as by a checkpoint, is the file itself read, past the log beside it, by a connection of its own: to open
the path plainly and close it again would drop the locks that SQLite holds for this process.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.errors import StoreReplacedError, StoreUnreadableError
from annotator.files import belonging, hold, let_go
from annotator.store.file.content import (
    BROKEN,
    LOOKS,
    PAUSE,
    Found,
    Holds,
    whole_without_log,
    with_log,
    without_log,
)
from annotator.store.file.standing import Stood, stood_at

LONGEST_LOOK = 1.0
"""Seconds in which a file must become one that can be read: under the lock, others end with the log that there is."""


COPIED_OVER = "{path}: another file was copied over this database while it was open here; leave, and open it again."
LOG_GONE = "{path}: its log was taken away while it was open here; leave, and open it again."
LEFT_OPEN: dict[tuple[int, int], str] = {}
"""What became of files while they were open here: until this process ends, SQLite reads them with the former log."""


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
        self._held = without_log(path, in_log_mode=in_log_mode).holds
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
            raise StoreReplacedError(self.words_of_loss, is_overwritten=True, is_being_saved=is_being_saved)

    @property
    def words_of_loss(self) -> str:
        """What to say of a file that was written over, or whose log was lost."""
        if not self.is_overwritten:
            return (
                f"{self.path}: what SQLite keeps beside it ({self.path.name}-wal and -shm) was taken away or replaced "
                f"while this database was open; nothing more was saved. {self.taken_in}".rstrip()
            )
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
            if insists:
                raise self._unreadable_now()
            return
        if not is_written_on:
            self.is_overwritten = True
            LEFT_OPEN[now.is_which] = COPIED_OVER
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
                if self._stood is not None:
                    LEFT_OPEN[self._stood.is_which] = LOG_GONE
        if self.is_log_lost:
            raise StoreReplacedError(self.words_of_loss, has_lost_log=True, is_being_saved=not self.taken_in)

    @property
    def has_others_log(self) -> bool:
        """Whether others have begun a log of their own, or memory shared about it, where those of this were."""
        found = ((stood_at(belonging(self.path, ending)), before) for ending, before in self._beside.items())
        return any(now is not None and before is not None and now.is_which != before.is_which for now, before in found)

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
        """Whether the file still holds what it held, and maybe more; None where that cannot be told now.

        What it holds alone is looked at again for a while, as others may be taking their log in.
        """
        others, end, is_cut = 0, time.monotonic() + LONGEST_LOOK, False
        while others < LOOKS:
            read_at = stood_at(self.path)
            alone = without_log(self.path, in_log_mode=self.in_log_mode)
            if self._goes_on_in(alone.holds, read_at):
                return True
            is_cut = self._is_cut(alone)
            if alone.holds is None and not is_cut:
                if not insists:
                    return self._is_whole_with_log()
                if time.monotonic() >= end:
                    break
            else:
                others += 1
            time.sleep(PAUSE)
        return not is_cut and self._is_written_on_with_log(is_other=alone.holds is not None)

    def _follows(self, now: Holds | None) -> bool:
        """Whether what was read is there and can go on from what the file held."""
        return now is not None and (self._held is None or self._held.is_followed_by(now, self.path))

    def _goes_on_in(self, now: Holds | None, read_at: Stood | None) -> bool:
        """The same of what was read alone; then that is what the file holds from here on.

        Not of a file that moved since: a page that is just being written may be read in part.
        """
        if not self._follows(now):
            return False
        self._unreadable = None
        if stood_at(self.path) == read_at:
            self._held = now
        return True

    def _is_written_on_with_log(self, *, is_other: bool) -> bool | None:
        """The same of a file that reads otherwise alone, or cannot be read so, however often it is looked at.

        Where a part of its log was taken in and somebody reads an older state it stays a mixture: nobody takes in the
        rest while this process has the lock. Then it does not hold together alone, and with its log it does, with
        every event since. So too where the disk failed meanwhile: the log is all there is of the rest, and is to stay.
        """
        if self.in_log_mode:
            read_at = stood_at(self.path)
            whole = whole_without_log(self.path)
            if whole.holds is not None:
                return self._goes_on_in(whole.holds, read_at)
            both = with_log(self.path, self._held, is_whole=True)
            if self._follows(both.holds) and not both.lacks:
                return True
        return False if is_other else None

    def _unreadable_now(self) -> StoreUnreadableError:
        return StoreUnreadableError(
            f"{self.path}: cannot be read without its log just now, because that is being taken in, or the disk "
            "failed meanwhile; nothing was saved. Try again; leave where that does not help, and run "
            "`annotator doctor`."
        )

    def _is_cut(self, alone: Found) -> bool:
        """Whether the file cannot be read as SQLite never leaves it: without its header, or shorter than it was.

        It cuts off only a file that is whole; whatever takes a log in leaves the header what it is.
        """
        if alone.holds is not None:
            return False
        now, before = stood_at(self.path), self._stood
        is_shorter = now is not None and before is not None and now.changed[0] < before.changed[0]
        return alone.code == sqlite3.SQLITE_NOTADB or (is_shorter and alone.code in {*BROKEN, sqlite3.SQLITE_ERROR})

    def _is_whole_with_log(self) -> bool | None:
        """False where a file that cannot be read alone is none with its log either; None where that may yet change.

        It is looked through once: at the second look that finds it unreadable, and as it stood at the first.
        """
        before, self._unreadable = self._unreadable, stood_at(self.path)
        if before is None or before != self._unreadable or before == self._whole_with_log:
            return None
        if with_log(self.path, is_whole=True).is_broken:
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


def refuse_left_open(path: Path) -> None:
    """Raise StoreReplacedError for a file that was copied over, or lost its log, while this process had it open."""
    found = stood_at(path)
    if found is not None and found.is_which in LEFT_OPEN:
        raise StoreReplacedError(LEFT_OPEN[found.is_which].format(path=path), is_overwritten=True)
