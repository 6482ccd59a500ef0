"""One open database file: transactions, and the rooms of the store behind one door."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import RequestError, StoreError
from annotator.store import search
from annotator.store.connection import connect
from annotator.store.failures import in_words

if TYPE_CHECKING:
    from annotator.models.classification import Classification, Identity
    from annotator.models.event import Event, EventKind
    from annotator.models.fold import HidingRule
    from annotator.store.doctor import Finding
    from annotator.store.projection import Projection


class Store:
    """A database file in use. Reads see the last commit; writes are all or nothing."""

    def __init__(self, path: Path, connection: sqlite3.Connection, hiding: HidingRule | None) -> None:
        """Take an open connection; use `Store.open`."""
        self.path = path
        self.connection = connection
        self.hiding = hiding

    @cached_property
    def projection(self) -> Projection:
        """What writes the readable tables; made when something is first written or folded."""
        from annotator.store.projection import Projection

        return Projection(self.connection, self.hiding or _nothing_hidden)

    @classmethod
    def open(
        cls, path: Path, hiding: HidingRule | None = None, *, create: bool = True, read_only: bool = False
    ) -> Store:
        """Open or make a database; raises StoreError in words."""
        return cls(path, connect(path, create=create, read_only=read_only), hiding)

    def use_rule(self, hiding: HidingRule) -> None:
        """Say which answers a condition hides, once the taxonomies are known."""
        self.hiding = hiding
        if "projection" in self.__dict__:
            self.projection.hiding = hiding

    def another(self) -> Store:
        """A second connection to the same file, for a thread of its own."""
        return Store.open(self.path, self.hiding, create=False)

    def close(self) -> None:
        """Give the file back."""
        self.connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read from one consistent state of the file."""
        with in_words(self.path):
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                self.connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write in one durable transaction: committed at the end, or nothing of it is kept."""
        with in_words(self.path):
            if self.connection.in_transaction:
                yield self.connection
                return
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                self._forget_codes()
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def rehearsing(self) -> Iterator[None]:
        """Write as usual inside, and take all of it back at the end."""
        with in_words(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                self._forget_codes()
                self.connection.execute("ROLLBACK")

    def record(
        self, annotator: str, kind: EventKind, of: Identity, version: int, payload: dict[str, Any]
    ) -> tuple[Event, Classification]:
        """Write one event and its projection together."""
        from annotator.store import events

        with self.writing() as connection:
            event = events.append(connection, annotator, kind, of, version, payload)
            return event, self.projection.refresh(of)

    def classification(self, of: Identity) -> Classification:
        """What the events of one classification add up to now."""
        with self.reading():
            return self.projection.computed(of)

    def examine(self) -> list[Finding]:
        """Check the whole file; nothing is changed."""
        from annotator.store import doctor

        with self.writing() as connection:
            return doctor.examine(connection, self.projection)

    def rebuild(self) -> int:
        """Make the projection and the search indexes anew; returns how many classifications."""
        with self.writing() as connection:
            search.rebuild(connection)
            return self.projection.rebuild()

    def _forget_codes(self) -> None:
        """After a rollback, codes made inside it are gone."""
        if "projection" in self.__dict__:
            self.projection.codes.forget()

    def backup(self, target: Path) -> None:
        """Copy the file while it is in use; the copy is one consistent state, or there is none.

        Raises RequestError when the target exists, StoreError when it cannot be written.
        """
        if target.exists():
            raise RequestError(f"{target}: already exists; a backup never overwrites. Name a new file.")
        unfinished = target.with_name(target.name + ".unfinished")
        try:
            with in_words(target):
                copy = sqlite3.connect(unfinished)
                try:
                    self.connection.backup(copy)
                    copy.execute("PRAGMA journal_mode = DELETE")
                finally:
                    copy.close()
            unfinished.replace(target)
        except OSError as error:
            raise StoreError(f"{target}: the backup cannot be written ({error.strerror}).") from error
        finally:
            unfinished.unlink(missing_ok=True)


def _nothing_hidden(_namespace: str, _version: int, _answers: object) -> frozenset[str]:
    """The rule where no taxonomy is known."""
    return frozenset()
