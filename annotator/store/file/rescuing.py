"""Save what an open connection can still read of a database that another file was copied over, or whose log is gone."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from annotator.config import state_folder
from annotator.errors import AnnotatorError
from annotator.files import make_private, real, size_of, stands, with_ending
from annotator.store.file.content import Holds, holds
from annotator.store.log import verifying
from annotator.store.wording import unsound

if TYPE_CHECKING:
    from annotator.store.store import Store

ONE_AT_A_TIME = Lock()
MOST = 100
"""How many files that were saved of one database are looked for."""
OWN_NAME = re.compile(r".*\.rescued(\.[0-9]+)?")


def withdraw(store: Store) -> None:
    """Save what can be read beside the file, once, and take the log away, so that what is there now stays as it is."""
    with ONE_AT_A_TIME:
        if store.file.saved_to:
            return
        store.keep_open()
        try:
            store.file.saved_to = _saved(store)
        except OSError as error:
            store.file.saved_to = (
                f"What can still be read of it cannot all be saved beside it ({error.strerror}): "
                f"`annotator salvage {store.path} --out NEW` saves what is sound, of what lies beside it too."
            )


def _saved(store: Store) -> str:
    """Save it; returns what and where, as a sentence. Raises OSError."""
    target = free_name(store.path)
    is_whole = _copied(store, target) and _is_whole(target, store.file.content)
    log = _log_of(target)
    if store.file.is_overwritten:  # else others may use it
        store.file.remove_log(None if is_whole else log)
    if not size_of(target):
        target.unlink(missing_ok=True)
    return _in_words(target, log, is_whole=is_whole)


def _copied(store: Store, target: Path) -> bool:
    """Copy whatever pages can be read, of the file, its log and what is in memory."""
    try:
        make_private(target)
        with closing(sqlite3.connect(target, isolation_level=None)) as copied:
            store.copy_pages(copied)
            copied.execute("PRAGMA journal_mode = DELETE")
    except (sqlite3.DatabaseError, OSError):
        return False
    return True


def free_name(path: Path) -> Path:
    """A name beside a database that nothing has yet, for what is saved of it; in the state folder where that is gone.

    That folder alone is made.
    """
    folder = path.parent
    if not folder.is_dir():
        folder = state_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return next(each for each in _names(folder / path.name) if not (stands(each) or stands(_log_of(each))))


def rescued_beside(path: Path) -> list[Path]:
    """What was saved beside a database that was damaged while it was open, and the logs that go with that."""
    found = [_log_of(path)] if OWN_NAME.fullmatch(path.name) else []
    for of in (path, real(path)) if path.is_symlink() else (path,):
        found += [each for name in islice(_names(of), MOST) for each in (name, _log_of(name))]
    return [each for each in found if each.is_file()]


def _names(path: Path) -> Iterator[Path]:
    yield with_ending(path, ".rescued")
    yield from (with_ending(path, f".rescued.{n}") for n in count(2))


def _log_of(target: Path) -> Path:
    return with_ending(target, ".log")


def _is_whole(copy: Path, held: Holds | None) -> bool:
    """Whether a copy is sound, and holds a complete record that goes at least as far as the file itself did."""
    from annotator.store.store import Store

    try:
        with closing(Store.open(copy, create=False, read_only=True)) as store, store.reading() as transaction:
            flaw = next(unsound(transaction), "")
            found = holds(transaction)
            has_flaws = any(each.what in verifying.FLAWS for each in verifying.verify(transaction))
    except (AnnotatorError, sqlite3.DatabaseError, LookupError, TypeError, ValueError):  # of pages of two files
        return False
    return not flaw and not has_flaws and held is not None and held.is_part_of(found)


def _in_words(target: Path, log: Path, *, is_whole: bool) -> str:
    if is_whole:
        return (
            f"All that had been saved is whole in {target}; `annotator merge {target}` takes it into another database."
        )
    kept = f"the log of what was saved last is kept in {log}." if log.exists() else "nothing of its log was left."
    if not size_of(target):
        return f"Nothing could be read of it any more; {kept}"
    way_out = f"`annotator salvage {target} --out NEW` saves what is sound"
    return f"What could still be read is in {target}, and is not whole: {way_out}; {kept}"
