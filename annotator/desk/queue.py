"""The queue as one annotator looks at it: a stable list of subjects, read a window at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from annotator.model.queue import QueueRow, QueueView
from annotator.store.queue import QueueQuery, rows
from annotator.store.store import Store

FIRST = 400
"""Subjects looked up before the queue opens; the rest follows with `complete`."""
BLOCK = 32
"""Lines read at a time when looking for the next subject."""
DONE = {"submitted", "skipped", "adjudicated"}


class Queue:
    """Subjects in order. The list stays as it was opened, so work does not shift it underfoot."""

    def __init__(self, store: Store, view: QueueView, annotator: str, round_: int) -> None:
        """Look up the first subjects and count the rest."""
        self.view = view
        self._annotator, self._round = annotator, round_
        self._query = QueueQuery(view, annotator, round_)
        self._store = store
        self._last = 0
        with store.reading() as connection:
            self._ids = self._query.ids(connection, FIRST)
            self.is_partial = len(self._ids) == FIRST
            self.count = self._query.count(connection) if self.is_partial else len(self._ids)

    def complete(self, store: Store | None = None) -> None:
        """Look up all subjects; give the store of the calling thread when it is not the first one."""
        if self.is_partial:
            with (store or self._store).reading() as connection:
                ids = self._query.ids(connection)
            if ids[: len(self._ids)] != self._ids:  # work since then moved some: those shown stay where they are
                shown = set(self._ids)
                ids = self._ids + array("q", (each for each in ids if each not in shown))
            self._ids, self.count, self.is_partial = ids, len(ids), False

    def read_through(self, store: Store) -> None:
        """Read the lines through another connection from now on."""
        self._store = store

    def rows(self, start: int, stop: int) -> list[QueueRow]:
        """The lines from `start` up to `stop`."""
        return self._read(self._window(start, stop), self._query.values["annotator"])

    def key_at(self, position: int) -> str:
        """The subject's key at a position."""
        return self.rows(position, position + 1)[0].key

    def position_of(self, key: str) -> int | None:
        """Where a subject stands, from 0; None when the view does not show it."""
        with self._store.reading() as connection:
            row = connection.execute("SELECT id FROM subjects WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        found = self._find(row[0])
        if found is None and self.is_partial:
            self.complete()
            found = self._find(row[0])
        return found

    def shows(self, subject_id: int) -> bool:
        """Whether the view has a subject, by its id."""
        if self.view.selects_all:
            return True
        self.complete()
        return subject_id in self._ids

    def step(self, key: str, taxonomy: str = "", back: bool = False) -> str | None:
        """The next subject's key, or the one before; with a taxonomy, those done under it are passed over."""
        here = self.position_of(key)
        if back:
            ahead = self._walk_back(here if here is not None else 0)
        else:
            ahead = self._walk_on(here + 1 if here is not None else 0)
        return next((row.key for row in ahead if row.status.get(taxonomy) not in DONE), None)

    def _walk_on(self, start: int) -> Iterator[QueueRow]:
        for first in range(start, self.count, BLOCK):
            yield from self._read(self._window(first, first + BLOCK), self._annotator)

    def _walk_back(self, stop: int) -> Iterator[QueueRow]:
        for last in range(stop, 0, -BLOCK):
            yield from reversed(self._read(self._window(max(0, last - BLOCK), last), self._annotator))

    def _window(self, start: int, stop: int) -> array[int]:
        if self.is_partial and stop > len(self._ids):
            self.complete()
        return self._ids[max(0, start) : stop]

    def _read(self, ids: array[int], annotator: str) -> list[QueueRow]:
        with self._store.reading() as connection:
            return rows(connection, ids.tolist(), annotator, self._round)

    def _find(self, subject_id: int) -> int | None:
        """The place of an id; near the last one found first, because a million take a while."""
        for start, stop in ((max(0, self._last - BLOCK), self._last + BLOCK), (0, len(self._ids))):
            try:
                self._last = self._ids.index(subject_id, start, stop)
            except ValueError:
                continue
            return self._last
        return None
