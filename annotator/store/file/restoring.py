"""Put a backup in the place of a database that nobody has open, and keep what was there beside it."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain, count
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

from annotator.errors import (
    NotAStoreError,
    NotFoundError,
    RequestError,
    StoreBusyError,
    StoreDamagedError,
    StoreDiskError,
)
from annotator.files import (
    BELONGING,
    MADE_UP,
    REFUSALS,
    SQLITE,
    belonging,
    is_made_up,
    mode_at,
    size_of,
    stands,
    with_belonging,
    with_ending,
)
from annotator.store.connection import APPLICATION_ID, Transaction
from annotator.store.file import backup as backups
from annotator.store.file.foreign_log import has_foreign_log
from annotator.store.file.locked_bytes import bytes_held
from annotator.store.file.standing import refuse_in_the_way, refuse_no_folder, stood_at
from annotator.store.file.unfinished import NO_LINKS, beside, put_names_on_disk, put_on_disk, remove_interrupted
from annotator.store.log import replicas, verifying
from annotator.store.merging import altered, bundle
from annotator.store.merging.opening import database
from annotator.store.wording import in_words, unsound

LOGS = ("-wal", "-journal")
"""What belongs to a database and may hold some of it."""
A_TABLE = b"CREATE TABLE events"
"""What every database of this program holds, wherever its pages lie."""
PATIENCE = 2.0
"""Seconds to wait for whoever is about to close the database."""
UNREADABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
"""What SQLite says of a file that it cannot bring into order any more."""
LACKING = """SELECT count(*) FROM main.events AS theirs JOIN main.feeds AS feed ON feed.id = theirs.id >> 32
             WHERE NOT EXISTS (SELECT 1 FROM other.feeds AS own JOIN other.events AS event
               ON event.id = (own.id << 32) + (theirs.id & 4294967295) AND event.hash = theirs.hash
               WHERE own.uid = feed.uid)"""
"""How many events a file holds that the attached one does not."""


class Restored(NamedTuple):
    """What became of a database and of the file that was in its place."""

    events: int
    """How many the database holds now."""
    former: Path | None
    """Where the file is now that was there before; None where there was none."""
    lacking: int | None
    """How many events the former file holds that the database lacks; None where that file cannot be read."""


def restore(target: Path, source: Path) -> Restored:
    """Put a copy of a backup in the place of a database, whole or not at all.

    The copy goes on as a new replica: the former file, or what others took from it, may hold later events of the same
    feeds. Raises RequestError and NotFoundError for what cannot be meant, StoreDamagedError for a backup that is not
    what was written, StoreBusyError while another has the database open, and StoreError in words.
    """
    target = Path(os.path.realpath(target))  # behind a link, the file is replaced and not the link
    _refuse(target, source)
    try:
        with beside(target) as unfinished:
            events = _copy(source, unfinished, target)
            if stands(target):
                former, lacking = _swap_alone(unfinished, target, source)
            else:
                backups.keep_permissions(unfinished, source)
                former, lacking = _swap(unfinished, target, ()), None
        with suppress(OSError):  # the next one removes it
            remove_interrupted(target)
    except OSError as error:
        raise StoreDiskError(
            f"{target}: nothing was changed, because the restored file cannot be made beside it, or it cannot be held "
            f"meanwhile ({error.strerror}). {REFUSALS.get(error.errno or 0, 'Look after its folder.')}"
        ) from error
    return Restored(events, former, lacking)


def _refuse(target: Path, source: Path) -> None:
    if not stands(source):
        raise NotFoundError(f"{source}: there is no such file. Name a backup, or another copy of the database.")
    if target.is_symlink():  # the end of a way through links that goes in a circle
        raise NotAStoreError(f"{target}: leads in a circle of links; --db takes the file that is to be restored.")
    mode = mode_at(target)
    if mode and not stat.S_ISREG(mode):
        raise NotAStoreError(f"{target}: this is no file; --db takes the file that is to be restored.")
    if is_made_up(target):
        raise NotAStoreError(f"{target}: {MADE_UP}; --db takes the file that is to be restored.")
    refuse_no_folder(target)
    refuse_in_the_way(target)
    if mode and not _may_be_database(target):
        raise NotAStoreError(
            f"{target}: is no database, nor what is left of one; nothing was changed. --db takes the database in whose "
            "place the backup is put."
        )
    if mode and source.samefile(target):
        raise RequestError(f"{source}: is the database itself; name the backup to put in its place.")
    if source.is_file() and bundle.is_bundle(source):
        raise RequestError(f"{source}: is a bundle and no backup; `annotator merge {source}` takes in what it holds.")


def _may_be_database(target: Path) -> bool:
    """Whether a file begins as a database, has a log beside it, or holds how a table of this program is made.

    An empty one may be, too.
    """
    if stood_at(belonging(target, "-wal")) is not None:
        return True
    with target.open("rb") as file:
        if file.read(len(SQLITE)) in {SQLITE, b""}:
            return True
        with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            return content.find(A_TABLE) >= 0


def _copy(source: Path, unfinished: Path, target: Path) -> int:
    """Copy a backup that is what was written, as a new replica; returns how many events it holds."""
    with database(source) as store:
        with store.reading() as transaction:
            _refuse_flawed(transaction, source)
            held = backups.held(transaction)
            backups.copy_pages(store, unfinished, target)
        backups.refuse_unlike(unfinished, held, source, unfinished)
    with in_words(target), closing(sqlite3.connect(unfinished, isolation_level=None)) as copied:
        replicas.begin_anew(Transaction(copied))
        (events,) = copied.execute("SELECT count(*) FROM events").fetchone()
    put_on_disk(unfinished)
    return int(events)


def _refuse_flawed(transaction: Transaction, source: Path) -> None:
    found = next(chain(unsound(transaction), verifying.problems(transaction), altered.problems(transaction)), None)
    if found and found.endswith("disk I/O error"):
        raise StoreDiskError(
            f"{source}: cannot be read ({found}), so nothing was changed. Look after its disk, or name another backup."
        )
    if found:
        raise StoreDamagedError(
            f"{source}: is not what was written ({found}), so nothing was changed. Name another backup, or save what "
            f"can be read of this one: `annotator salvage {source} --out NEW`."
        )


# The swap


def _swap_alone(unfinished: Path, target: Path, source: Path) -> tuple[Path | None, int | None]:
    """Swap while nobody else can have the database open; returns where it is now, and how many events it has more.

    Whoever could not read both the backup and the database cannot read what is restored; an empty file was none.
    """
    with _held_alone(target) as connection:
        backups.keep_permissions(unfinished, source, *([target] if size_of(target) else []))
        if connection:
            lacking = _lacking(connection, unfinished)
            return _swap(unfinished, target, ()), lacking
        is_nothing = not any(size_of(belonging(target, ending)) for ending in ("", *LOGS))
        return _swap(unfinished, target, LOGS), 0 if is_nothing else None


@contextmanager
def _held_alone(target: Path) -> Iterator[sqlite3.Connection | None]:
    """Hold a database for oneself, with all that its log holds in the file; None for one that cannot be read so.

    Raises StoreBusyError while another has it open: whoever reads or writes a file with a log holds its lock.
    """
    # SQLite would take the log of one file into the other, and begin a database in one that is empty.
    if has_foreign_log(target) or not size_of(target):
        with _bytes_held(target):
            yield None
        return
    address = f"{target.absolute().as_uri()}?mode=rw"
    with in_words(target), closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        try:
            _take_alone(connection, target)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise _busy(target) from error
            if error.sqlite_errorcode & 0xFF not in UNREADABLE:
                raise
        else:
            yield connection
            return
    with _bytes_held(target):
        yield None


def _take_alone(connection: sqlite3.Connection, target: Path) -> None:
    connection.execute(f"PRAGMA busy_timeout = {round(PATIENCE * 1000)}")
    connection.execute("PRAGMA main.locking_mode = EXCLUSIVE")  # what is locked now stays locked until it is closed
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise NotAStoreError(f"{target}: this SQLite file was not made by annotator. Name another file with --db FILE.")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")


@contextmanager
def _bytes_held(target: Path) -> Iterator[None]:
    """Hold a file that SQLite reads too little of to hold it itself."""
    with bytes_held(target) as is_alone:
        if not is_alone:
            raise _busy(target)
        yield


def _busy(target: Path) -> StoreBusyError:
    return StoreBusyError(
        f"{target}: another program has this database open; nothing was changed. Close every desk and command that "
        "uses it, and restore again."
    )


def _lacking(connection: sqlite3.Connection, unfinished: Path) -> int | None:
    """How many events the former file has more; None where it is damaged, or too old to tell."""
    if not connection.execute("SELECT count(*) FROM main.sqlite_schema").fetchone()[0]:  # a database of nothing
        return 0
    connection.execute("ATTACH ? AS other", (f"{unfinished.absolute().as_uri()}?mode=ro",))
    try:
        (found,) = connection.execute(LACKING).fetchone()
    except sqlite3.DatabaseError:  # whatever it is, the file is kept, and its reader says what is wrong with it
        return None
    finally:
        connection.execute("DETACH other")
    return int(found)


def _swap(unfinished: Path, target: Path, kept: Sequence[str]) -> Path | None:
    """Give the new file the name, and the former one another; at no moment is there none.

    What belongs to the former one is `kept` beside it by endings, as long as it is not all in the file. Raises
    StoreError in words.
    """
    former, is_there = _free_name(target), stands(target)
    try:
        for ending in BELONGING:  # a new file beside the log of another would be damaged by it
            if ending not in kept and stands(belonging(target, ending)):
                belonging(target, ending).unlink(missing_ok=True)
        if is_there:
            _name_too(target, former)
        for ending in kept:
            if stands(belonging(target, ending)):
                belonging(target, ending).replace(belonging(former, ending))
        unfinished.replace(target)
    except OSError as error:
        _name_as_before(former, target)
        raise StoreDiskError(
            f"{target}: nothing was changed, because the restored file cannot take this name ({error.strerror}). Let "
            "its folder be written, and restore again."
        ) from error
    try:
        put_names_on_disk(target.parent)
    except OSError as error:
        where = f"; {former} is the file that was there" if is_there else ""
        raise StoreDiskError(
            f"{target}: is restored{where}. Whether that is on the disk, the system does not say ({error.strerror}): "
            "after a loss of power, look which of them stands there."
        ) from error
    return former if is_there else None


def _name_as_before(former: Path, target: Path) -> None:
    """Take second names away again, as a database with two cannot be written; one that is the only one goes back."""
    for second, first in zip(with_belonging(former), with_belonging(target), strict=True):
        with suppress(OSError):  # what kept the file from being put there is told; the other names go all the same
            if stands(second) and not stands(first):
                second.replace(first)
            second.unlink(missing_ok=True)


def _free_name(target: Path) -> Path:
    """A name beside a database that nothing has, not even what belongs to one."""
    names = (with_ending(target, f".{number}former") for number in chain([""], (f"{n}." for n in count(2))))
    return next(each for each in names if not any(stands(taken) for taken in with_belonging(each)))


def _name_too(file: Path, name: Path) -> None:
    """Let a file have a second name; where files have only one, that one. Raises FileExistsError."""
    try:
        os.link(file, name)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if stands(name):
            raise FileExistsError from error
        file.rename(name)
