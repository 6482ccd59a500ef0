"""One open database file: transactions, and the rooms of the store behind one door."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import (
    NotFoundError,
    SourceError,
    StoreAlteredError,
    StoreReadOnlyError,
    StoreReplacedError,
    StoreUnreadableError,
)
from annotator.files import belonging, size_of
from annotator.store.connection import (
    USUAL,
    Patience,
    Transaction,
    be_patient,
    begin_writing,
    connect,
    execute_patiently,
    take_back,
)
from annotator.store.file.alone import copy_of_one_alone
from annotator.store.file.content import holds
from annotator.store.file.foreign_log import refuse_foreign_log
from annotator.store.file.journal import is_without_log
from annotator.store.file.made_new import made_new, remove_empty
from annotator.store.file.open_file import OpenFile, refuse_left_open
from annotator.store.file.other_names import refuse_other_names
from annotator.store.file.standing import refuse_in_the_way, refuse_no_folder
from annotator.store.wording import DISK, in_words, temporary_in_words, unsound, worded

if TYPE_CHECKING:
    from annotator.model.classification import Classification, Identity
    from annotator.model.event import Event, EventKind
    from annotator.model.fold import HidingRule
    from annotator.model.taxonomy import Taxonomy
    from annotator.store.doctor import Finding
    from annotator.store.projection import Projection
    from annotator.store.rebuilding import Rebuilt

STEPS = 1_000
"""Of SQLite's machine, before it is asked again whether anybody waits: a fraction of a millisecond."""


LONGEST_LOG = 8 << 20
"""Bytes of the write-ahead log from which it is emptied after a write: SQLite begins it anew by itself, but never makes
it shorter, and not even that while others read and write all the time."""
EMPTY_EVERY = 0.5
"""Seconds between two times that this is tried."""
WAIT_FOR_READERS = 100
"""Milliseconds in which others may end their reading, while nobody can write; most need a tenth."""
TELL_EVERY = 5.0
"""Seconds between two times that the state folder is told how far the replica has come, while it is written to."""


class Store:
    """A database file in use, by one thread at a time. Reads see the last commit; writes are all or nothing."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        hiding: HidingRule | None,
        read_only: bool = False,
        patience: Patience = USUAL,
        file: OpenFile | None = None,
    ) -> None:
        """Take an open connection, and the file that other connections of this process opened; use `Store.open`."""
        self.path = path
        self._connection = connection
        self.transaction = Transaction(connection, path)
        """Outside of a block of this store, each statement is a transaction of its own."""
        self.hiding = hiding
        self.read_only = read_only
        self.patience = patience
        self._is_writing = self._has_written = self._is_closed = False
        self._tell_from = self._empty_from = 0.0
        self.is_swept = True
        """Whether nothing is left in the file's bytes of what was taken away, as far as this program can tell."""
        self.file = file or OpenFile(path, in_log_mode=not is_without_log(), read_only=read_only)
        self._held = ExitStack()
        self._held.enter_context(self.file.holding())
        self._log = belonging(path, "-wal")

    @cached_property
    def projection(self) -> Projection:
        """What writes the readable tables; made when something is first written or folded."""
        from annotator.store.projection import Projection

        return Projection(self.transaction, self.hiding or _nothing_hidden)

    @classmethod
    def open(
        cls,
        path: Path,
        hiding: HidingRule | None = None,
        *,
        create: bool = True,
        read_only: bool = False,
        patience: Patience = USUAL,
    ) -> Store:
        """Open or make a database; raises StoreError in words."""
        refuse_left_open(path)
        refuse_in_the_way(path)
        refuse_foreign_log(path)
        if not read_only:
            refuse_other_names(path)
            if create:
                refuse_no_folder(path)
        with made_new(path) if create and not read_only else nullcontext():
            connection = connect(path, patience, create=create, read_only=read_only)
            try:
                return cls(path, connection, hiding, read_only, patience)
            except BaseException:
                connection.close()
                raise

    def use_rule(self, hiding: HidingRule) -> None:
        """Say which answers a condition hides, once the taxonomies are known."""
        self.hiding = hiding
        if "projection" in self.__dict__:
            self.projection.hiding = hiding

    def another(self, patience: Patience | None = None) -> Store:
        """A second connection to the same file, for a thread of its own; as patient as this one unless told.

        Where this one is alone with the file, nobody can change it, and a copy does as well.
        """
        self.file.refuse_replaced(insists=False)
        patience = patience or self.patience
        with in_words(self.path, is_saving=False):
            copy = copy_of_one_alone(self._connection)
        connection = copy or connect(self.path, patience, create=False, read_only=self.read_only)
        return Store(self.path, connection, self.hiding, self.read_only, patience, self.file)

    def look(self) -> None:
        """Raise StoreReplacedError where the file at the path is not what was opened, and leave it in order then."""
        with in_words(self.path), self._leaving_replaced():
            self.file.refuse_replaced(insists=False)

    def give_up_when(self, is_unwanted: Callable[[], bool]) -> None:
        """End every reading with a StoppedError once this says that nobody waits for it any more."""
        self._connection.set_progress_handler(is_unwanted, STEPS)

    def close(self) -> None:
        """Give the file back; again does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self.file.refuse_replaced()
        except StoreUnreadableError:  # closing takes the rest of the log in
            pass
        except StoreReplacedError:
            with suppress(sqlite3.DatabaseError):  # closed already, or the log has to stay where it is
                self._leave_replaced()
            if self.file.is_overwritten or self.file.is_log_lost:
                self.keep_open()  # it would take the log into what the file holds now, or others' log away by its name
                return
        except StoreReadOnlyError:
            pass  # nothing can be told of the path
        else:
            if self._has_written:
                self._remember_heads()
        self._connection.close()
        self._held.close()

    def remove_when_empty(self) -> bool:
        """Take the file away again while nothing was put into it; returns whether it did.

        Whoever else has opened it meanwhile is told at their next write that none stands there any more.
        """
        with self.rehearsing() as transaction:
            return remove_empty(transaction, self.path)

    def foreign_changes(self) -> int:
        """A number that is another one after another connection wrote to the file."""
        with in_words(self.path):
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Read from one consistent state of the file."""
        self.file.refuse_overwritten()
        with in_words(self.path, is_saving=self._is_writing):
            if self._connection.in_transaction:
                yield self.transaction
            else:
                self._connection.execute("BEGIN")
                with self._transaction(keep=False):
                    yield self.transaction

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Write in one durable transaction: committed at the end, or nothing of it is kept."""
        with in_words(self.path):
            if self._is_writing:
                yield self.transaction
            else:
                with self._write_transaction(keep=True):
                    yield self.transaction

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """Fill staging tables beside one consistent state of the file, without its lock."""
        with in_words(self.path):
            if self._connection.in_transaction:
                yield
            else:
                self._connection.execute("BEGIN")
                with temporary_in_words(), self._transaction(keep=True):
                    yield

    @contextmanager
    def rehearsing(self) -> Iterator[Transaction]:
        """Write as usual inside, and take all of it back at the end."""
        with in_words(self.path), self._write_transaction(keep=False):
            yield self.transaction

    @contextmanager
    def attempting(self) -> Iterator[None]:
        """Inside a write transaction: what the block wrote is taken back when it refuses a source, and nothing else."""
        self.transaction.execute("SAVEPOINT attempt")
        try:
            yield
        except SourceError:
            self.transaction.execute("ROLLBACK TO attempt")
            self.transaction.execute("RELEASE attempt")
            self.transaction.forget_replica()
            self._forget()
            raise
        self.transaction.execute("RELEASE attempt")

    def record(
        self,
        annotator: str,
        kind: EventKind,
        of: Identity,
        version: int,
        payload: dict[str, Any],
        under: Taxonomy | None = None,
    ) -> tuple[Event, Classification]:
        """Write one event and its projection together, and keep the taxonomy `under` which it is done.

        It replaces what stands at its place: what is there now, in the same transaction. What is handed in are the
        answers that show, and whether others' had been open until then.

        Raises NotFoundError for an unknown subject, TaxonomyError for a taxonomy kept with another text.
        """
        from annotator.store.log import events

        with self.writing() as transaction:
            replaces = self.projection.replaced_by(kind, of, payload)
            if kind == "submitted":
                payload = {**payload, "handed_in": self.projection.handing_in(of)}
            if (is_open := self.projection.opened_by(kind, of, payload)) is not None:
                payload = {**payload, "open": is_open}
            if kind == "published" and (published := self.projection.standing_for(of)):
                payload = {**payload, "of": published}
            event = events.append(transaction, annotator, kind, of, version, payload, under, replaces)
            return event, self.projection.take(event)

    def classification(self, of: Identity) -> Classification:
        """What the events of one classification add up to now."""
        with self.reading():
            return self.projection.computed(of, keep=self._is_writing)

    def examine(self) -> list[Finding]:
        """Check the whole file; nothing is changed."""
        from annotator.store import doctor

        with self.reading() as transaction:
            found = doctor.examine(transaction, self.projection)
        if any(each.check == doctor.UNEXAMINED for each in found):
            return found
        with in_words(self.path):
            return [*found, doctor.examine_search(self)]

    def refuse_failed(self, error: Exception) -> None:
        """Raise an error of the disk, met where a statement was no part of a block, as a StoreError in words."""
        if isinstance(error, sqlite3.DatabaseError) and (refused := worded(error, self.path)):
            raise refused from error

    def refuse_altered(self, error: BaseException) -> None:
        """Raise StoreAlteredError because of an error where something in the file is not what was written there."""
        from annotator.store import doctor

        with self.reading() as transaction:
            altered = doctor.alteration(transaction, self.projection)
        if altered:
            raise StoreAlteredError(
                f"{self.path}: cannot be read any more, because it was altered: {altered}. "
                "`annotator doctor` names all that was."
            ) from error

    def rebuild(self) -> Rebuilt:
        """Make the projection and the search indexes anew."""
        from annotator.store import rebuilding

        try:
            rebuilt = rebuilding.rebuild(self)
        except (sqlite3.IntegrityError, NotFoundError) as error:
            self.refuse_altered(error)
            raise  # nothing was altered: a mistake in this program
        with self.reading() as transaction:
            has_gaps = transaction.execute("SELECT 1 FROM events WHERE salt IS NULL LIMIT 1").fetchone() is not None
            has_lost_pages = any("never used" in line for line in unsound(transaction, is_quick=True))
        if has_gaps or has_lost_pages:
            self.sweep()
        return rebuilt

    def sweep(self) -> None:
        """Write the file anew: what was taken away stands in freed pages, and in the log, until they are used again.

        Where others have the file open, or there is no room, it stays in there, and `is_swept` says so.
        """
        self.is_swept = False
        try:
            execute_patiently(self._connection, "VACUUM", self.patience)
            be_patient(self._connection, self.patience)
            (is_busy, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, *DISK}:
                raise
        else:
            self.is_swept = not is_busy

    def backup(self, target: Path) -> None:
        """Copy the file while it is in use; the copy is one consistent state, or there is none.

        Raises RequestError when the target exists, OutputError when it cannot be written.
        """
        from annotator.store.file.backup import copy

        copy(self, target)

    def copy_pages(self, target: sqlite3.Connection) -> None:
        """Copy the file into another one that is open, whatever happens to it meanwhile."""
        self._connection.backup(target)

    @contextmanager
    def _transaction(self, *, keep: bool) -> Iterator[None]:
        try:
            yield
            if keep:
                self._connection.execute("COMMIT")
        finally:
            take_back(self._connection)

    @contextmanager
    def _write_transaction(self, *, keep: bool) -> Iterator[None]:
        if self._connection.in_transaction:
            raise RuntimeError("writing inside `reading` would be lost at its end")
        if self.read_only:
            why = self.file.why_read_only or f"{self.path}: cannot be written; nothing was saved."
            raise StoreReadOnlyError(f"{why} The database is open for reading only.")
        is_kept = False
        with self._leaving_replaced():
            self.file.refuse_replaced(insists=False)  # before the commit it is looked at again, under the lock
            begin_writing(self._connection, self.patience)
            try:
                with self._transaction(keep=keep):
                    self._is_writing = True
                    try:
                        yield
                    finally:
                        self._is_writing = False
                        self._forget()
                    if keep:
                        self.file.refuse_replaced(content=self.file.in_log_mode)
                if keep:
                    self._refuse_unsaved()
                is_kept = keep
            finally:
                self._end_writing(is_kept=is_kept)

    def _refuse_unsaved(self) -> None:
        """Raise StoreReplacedError where what was just written is not in the file at the path."""
        if not self.file.in_log_mode:
            self.file.note_own_change()
        self.file.refuse_replaced(insists=False)

    def _remember_heads(self) -> None:
        """Tell the person's state folder how far this replica has come, so that an older copy in its place is known."""
        from annotator.store.log import replicas

        self._has_written = False
        with suppress(sqlite3.Error):  # closed already, or damaged: what was told before stays
            if uid := self.transaction.replica_so_far:
                content = self.file.content
                in_file = content.heads if content else {}
                replicas.remember(uid, self.path, replicas.heads(self.transaction, uid), in_file)

    def _end_writing(self, *, is_kept: bool) -> None:
        """Note that something was written, and tell the state folder now and then: a process may be killed."""
        is_to_be_swept, self.transaction.is_to_be_swept = self.transaction.is_to_be_swept, False
        if not is_kept:
            self.transaction.forget_replica()
            return
        if is_to_be_swept:
            self.sweep()
        self._has_written = True
        if time.monotonic() >= self._tell_from:
            self._tell_from = time.monotonic() + TELL_EVERY
            self._remember_heads()
        if time.monotonic() >= self._empty_from and size_of(self._log) > LONGEST_LOG:
            self._shorten_log()
            self._empty_from = time.monotonic() + EMPTY_EVERY

    def _shorten_log(self) -> None:
        """Take the log into the file and empty it, unless somebody reads from it for long: then a later write does."""
        self._connection.execute(f"PRAGMA busy_timeout = {WAIT_FOR_READERS}")
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:  # what was written is in the log, wherever that stands; nothing is lost
            return
        finally:
            be_patient(self._connection, self.patience)

    @contextmanager
    def _leaving_replaced(self) -> Iterator[None]:
        """Run a block; where that finds the file replaced, leave it in order, and tell what was saved of it."""
        try:
            yield
        except StoreReplacedError:
            self._leave_replaced()
            self.file.refuse_replaced(content=False)
            raise

    def _leave_replaced(self) -> None:
        """Leave nothing of the open file beside what stands in its place, which would be read with it."""
        if self.read_only:
            return
        if self.file.is_overwritten:
            from annotator.store.file.rescuing import withdraw

            withdraw(self)
        elif self.file.is_log_lost and not self.file.is_lost:
            self._leave_lost_log()
        elif not self.file.is_left:
            content = self.file.content
            if content is None or content.is_part_of(
                holds(self.transaction)
            ):  # nobody writes there for another file yet
                self._empty_log()
                self.file.remove_log()
            self.file.is_left = True

    def _empty_log(self) -> None:
        """Take what was written last into the open file: whatever stands in its place would be read with its log."""
        execute_patiently(self._connection, "PRAGMA wal_checkpoint(TRUNCATE)", self.patience)

    def _leave_lost_log(self) -> None:
        """Take what was saved from a log without a name into the file, so that whoever opens it finds that there.

        Others who have begun a log of their own since read the file as it stood then: for them it is saved beside it.
        """
        if self.file.is_left:
            return
        if self.file.has_others_log:
            from annotator.store.file.rescuing import withdraw

            withdraw(self)
            self.file.is_left, self.file.taken_in = True, self.file.saved_to
            return
        with suppress(sqlite3.OperationalError):  # something is being read: a later look, or closing, tries again
            is_busy, saved, taken_in = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            self.file.is_left = not is_busy and saved == taken_in
        self.file.taken_in = (
            "All that had been saved is in the database: leave, and open it again."
            if self.file.is_left
            else "What was saved last is not in the database yet: save all work to a new file."
        )

    def keep_open(self) -> None:
        """Never close the connection: at its end SQLite would take the log into the file, whatever that holds."""
        import ctypes

        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._connection))

    def _forget(self) -> None:
        """What the projection has at hand holds for one transaction: it may be rolled back, or others write."""
        if "projection" in self.__dict__:
            self.projection.forget()


def _nothing_hidden(_namespace: str, _version: int, _answers: object) -> frozenset[str]:
    """The rule where no taxonomy is known."""
    return frozenset()
