"""Copy a database while it is in use."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from functools import reduce
from itertools import chain, count
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import RequestError, StoreDamagedError, StoreDiskError
from annotator.files import mode_at, stands, unwritable, with_ending
from annotator.store.connection import Transaction
from annotator.store.file import indexes
from annotator.store.file.unfinished import PRIVATE, beside, name_for_the_first_time, remove_interrupted
from annotator.store.wording import in_words, unsound, written_out

if TYPE_CHECKING:
    from annotator.store.store import Store

Held = tuple[dict[str, int], list[tuple[object, ...]]]
"""What a copy is to hold: the rows of each table by number, and the heads of the feeds."""


def copy(store: Store, target: Path) -> None:
    """Write one consistent state of a database to a new file, or no file at all.

    The file appears under its name when it is complete, on the disk, and found to hold the same. Raises RequestError
    when there is one already, or comes to be meanwhile, StoreDamagedError for a database that is damaged, OutputError
    when the copy cannot be written.
    """
    try:
        if stands(target):
            raise _taken(target)
        with beside(target) as unfinished, in_words(target):
            with store.reading() as transaction:
                holds = held(transaction)
                with written_out(target):
                    copy_pages(store, unfinished, target)
            with written_out(target):
                refuse_unlike(unfinished, holds, store.path, target)
            keep_permissions(unfinished, store.path)
            try:
                name_for_the_first_time(unfinished, target)
            except FileExistsError as error:
                raise _taken(target) from error
        remove_interrupted(target)
    except OSError as error:
        raise unwritable(target, error) from error


def keep_permissions(copied: Path, *sources: Path) -> None:
    """Let those read and write a copy who may do so with all of its sources, and in any case its owner.

    Of a source that was deleted while it was open, its owner alone.
    """
    copied.chmod(reduce(and_, (stat.S_IMODE(mode_at(source)) for source in sources), 0o666) | PRIVATE)


def keep_beside(path: Path, why: str, undone: str) -> Path:
    """Copy a file as it is to one beside it, and make sure that the copy holds the same; call while nobody writes.

    `why` comes into its name; where such a copy stands there from before, a further one is made. Raises StoreDiskError
    when it cannot be written, StoreDamagedError when it does not hold the same, with what is `undone` then.
    """
    target = next(each for each in _names_beside(path, why) if not stands(each))
    try:
        with beside(target) as unfinished, in_words(target):
            with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as source:
                with closing(sqlite3.connect(unfinished, isolation_level=None)) as copied:
                    source.backup(copied)
                    copied.execute("PRAGMA journal_mode = DELETE")
                _refuse_other(unfinished, source, path, target)
            keep_permissions(unfinished, path)
            name_for_the_first_time(unfinished, target)
    except OSError as error:
        raise StoreDiskError(
            f"{path}: {undone}, because no copy of it can be kept first ({error.strerror}). "
            "Make room, or let its folder be written."
        ) from error
    return target


def _names_beside(path: Path, why: str) -> Iterator[Path]:
    yield with_ending(path, f".{why}.backup")
    yield from (with_ending(path, f".{why}.{number}.backup") for number in count(2))


def _refuse_other(copied: Path, source: sqlite3.Connection, path: Path, target: Path) -> None:
    with closing(_to_read(copied)) as found:
        checks = [list(unsound(each, is_quick=True)) for each in (found, source)]
        if checks[0] != checks[1] or _counts(found) != _counts(source):
            raise StoreDamagedError(
                f"{target}: the copy of {path} that is kept first does not hold the same. "
                "Nothing was changed. Put a backup in its place with `annotator restore`, or save what can be read "
                "with `annotator salvage`."
            )


def refuse_unlike(copied: Path, holds: Held, source: Path, target: Path) -> None:
    """Raise StoreDamagedError for a copy that is not sound, or does not hold what it is to hold."""
    with in_words(copied, is_saving=False), closing(_to_read(copied)) as found:
        if first := _flaw(found):
            raise StoreDamagedError(
                f"{source}: is damaged ({first}), or its disk cannot read it, so no backup was written. `annotator "
                "doctor` tells what is found, `annotator salvage` saves what can be read."
            )
        if held(found) != holds:
            raise StoreDamagedError(
                f"{target}: the backup does not hold what {source} does, so it was not kept. Try another disk."
            )


def _flaw(copied: sqlite3.Connection) -> str:
    """The first thing that is wrong with a copy, or with one of its indexes; empty where nothing is."""
    try:
        return next(chain(unsound(copied, is_quick=True), *indexes.unfit(copied).values()), "")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return str(error)


def _to_read(copied: Path) -> sqlite3.Connection:
    return sqlite3.connect(copied.absolute().as_uri() + "?mode=ro", uri=True)


def held(read: sqlite3.Connection | Transaction) -> Held:
    """What a database holds, as far as a copy of it is compared."""
    return _counts(read), read.execute("SELECT uid, number, hash FROM feeds ORDER BY uid").fetchall()


def _counts(read: sqlite3.Connection | Transaction) -> dict[str, int]:
    """How many rows each ordinary table has."""
    return {
        table: read.execute(f"SELECT count(*) FROM {table} NOT INDEXED").fetchone()[0] for table in indexes.tables(read)
    }


def _taken(target: Path) -> RequestError:
    return RequestError(f"{target}: already exists; a backup never overwrites. Name a new file.")


def copy_pages(store: Store, unfinished: Path, target: Path) -> None:
    """Copy a database that is open into an empty file that is to become the target, which errors name."""
    with in_words(target), closing(sqlite3.connect(unfinished, isolation_level=None)) as copied:
        store.copy_pages(copied)
        copied.execute("PRAGMA journal_mode = DELETE")
