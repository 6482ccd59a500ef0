"""What a file holds, read past the log beside it and together with that, by a connection of its own.

SQLite takes a log in page by page, and while somebody reads an older state only in part. Until the rest follows the
file alone is a mixture, in which anything may be missing or at odds; with its log it is whole at every moment. Of
another file that was copied over it, it is the other way round.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from annotator.files import real
from annotator.model.chain import branch_of
from annotator.store.file.indexes import tables

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

LOOKS, PAUSE = 5, 0.05
"""How often a file is read again that reads otherwise than expected, and the seconds between: while another process
takes its log into it, some of its pages are new already and others are not yet."""
COUNTED = 1_000
"""How many events behind those of the file are counted. A log that goes with another state of it begins too late, so
they lack at the beginning; a long one is not read to its end at every opening."""


BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""What SQLite says of bytes that are no database."""


UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What comes of reading a damaged file: SQLite's own words quote a name in it, which may be no text."""

PAST_LOG, AS_IT_IS = "mode=ro&immutable=1", "mode=ro"
"""How a file is opened past the log beside it, and under its locks with whatever log there is: only to be read, for
whoever closes such a connection takes no log into the file."""


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


@contextmanager
def opened(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    """Read a file for the length of a block, in one state of it."""
    with closing(sqlite3.connect(f"{real(path).as_uri()}?{how}", uri=True)) as connection:
        connection.execute("BEGIN")
        yield connection


class Found(NamedTuple):
    """What came of reading a file."""

    holds: Holds | None
    """None where it could not be read, or does not hold together."""
    code: int = 0
    """The last byte of what SQLite said of that."""
    lacks: bool = False
    """Whether events are missing between what it held before and what it holds."""

    @property
    def is_broken(self) -> bool:
        """Whether the bytes are no database, as far as the disk can read them."""
        return self.holds is None and self.code in {0, *BROKEN}


def without_log(path: Path, *, in_log_mode: bool = True) -> Found:
    """Read a file without the log beside it, which may be being taken in meanwhile.

    With `in_log_mode` false there is no log, and the file is read under its locks.
    """
    return _found(path, PAST_LOG if in_log_mode else AS_IT_IS)


def whole_without_log(path: Path) -> Found:
    """The same of a file that holds together without its log, indexes and all, as another one copied over it does."""
    return _found(path, PAST_LOG, is_whole=True)


def with_log(path: Path, before: Holds | None = None, *, is_whole: bool = False) -> Found:
    """Read a file together with the log beside it, in one state; where `is_whole`, one that holds together so."""
    return _found(path, AS_IT_IS, before, is_whole=is_whole)


def _found(path: Path, how: str, before: Holds | None = None, *, is_whole: bool = False) -> Found:
    try:
        with opened(path, how) as connection:
            if is_whole and not holds_together(connection):
                return Found(None, sqlite3.SQLITE_CORRUPT)
            found = holds(connection)
            return Found(found, lacks=before is not None and _lacks_events(connection, before, found))
    except UNREADABLE as error:
        return Found(None, int(getattr(error, "sqlite_errorcode", 0)) & 0xFF)


def holds_together(connection: sqlite3.Connection) -> bool:
    """Whether every table does, and with its indexes; search indexes, which can be made anew, need not go with them."""
    checks = (f"PRAGMA integrity_check({table})" for table in ("sqlite_schema", *tables(connection)))
    return all(connection.execute(check).fetchone() == ("ok",) for check in checks)


def _lacks_events(connection: sqlite3.Connection, before: Holds, now: Holds) -> bool:
    """Whether events are missing between what a file held and what it holds."""
    sql = """SELECT count(*) FROM events WHERE id > (SELECT id FROM feeds WHERE uid = :uid) << 32 | :first
               AND id <= (SELECT id FROM feeds WHERE uid = :uid) << 32 | :last"""
    for uid, number in now.heads.items():
        first = max(before.heads.get(uid, 0), branch_of(uid).forked_at)
        last = min(number, first + COUNTED)
        if last > first:
            (count,) = connection.execute(sql, {"uid": uid, "first": first, "last": last}).fetchone()
            if count != last - first:
                return True
    return False
