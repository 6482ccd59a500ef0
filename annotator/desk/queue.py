"""The queue of one annotator: a stable list of subjects, read a window at a time, and what comes next in it.

Nothing here takes longer because there are more subjects, but for looking them all up once, which
`complete` does in a thread; and nothing needs pydantic, so that the queue opens at once.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from functools import partial
from random import randrange
from typing import TYPE_CHECKING

from annotator.model.chain import Heads
from annotator.model.queue import Makers, QueueRow, QueueView, ResumePoint, Work
from annotator.model.rounds import InRounds
from annotator.store import people
from annotator.store.connection import Transaction
from annotator.store.queue import QueueQuery, adjudicated, first_not_done, rows
from annotator.store.store import Store
from annotator.store.team import assignments, to_do
from annotator.store.team.to_do import Place

if TYPE_CHECKING:
    from annotator.model.visibility import Viewer

FIRST = 400
"""Subjects looked up before the queue opens; the rest follows with `complete`."""
BLOCK, LONGEST = 32, 2_048
"""Lines looked at at a time when looking for the next subject: few at first, then more and more."""


class Listed:
    """Subjects in any order, each of them found by its id."""

    def __init__(self, ids: array[int]) -> None:
        """Take ids in order; where each stands is noted, four bytes a subject."""
        self._ids = ids
        self._places = array("i")
        if len(ids) > FIRST:
            self._places = array("i", [-1]) * (max(ids) + 1)
            for place, subject_id in enumerate(ids):
                self._places[subject_id] = place

    def __len__(self) -> int:
        """How many subjects there are."""
        return len(self._ids)

    def window(self, start: int, stop: int) -> array[int]:
        """The ids from one place up to another."""
        return self._ids[start:stop]

    def place(self, subject_id: int) -> int | None:
        """Where a subject stands; None when it is not among them."""
        if self._places:
            found = self._places[subject_id] if subject_id < len(self._places) else -1
            return found if found >= 0 else None
        return self._ids.index(subject_id) if subject_id in self._ids else None

    def beginning_with(self, shown: Listed) -> Listed:
        """The same with those that are shown already before all others; work since then may have moved them."""
        ids = shown._ids
        if self._ids[: len(ids)] == ids:
            return self
        known = set(ids)
        return Listed(ids + array("q", (each for each in self._ids if each not in known)))


class InOrder:
    """Every subject in the order in which they came, but for some that come first. Their ids have no gaps."""

    def __init__(self, first: array[int], last: int) -> None:
        """Take the ids of those that come first, and the last id there is."""
        self._first, self._last = first, last
        self._places = {subject_id: place for place, subject_id in enumerate(first)}
        self._moved = sorted(first)
        self._passed = [subject_id - 1 - number for number, subject_id in enumerate(self._moved)]

    def __len__(self) -> int:
        """How many subjects there are."""
        return self._last

    def window(self, start: int, stop: int) -> array[int]:
        """The ids from one place up to another."""
        found = self._first[start:stop]
        found.extend(map(self._other, range(max(start, len(self._first)), min(stop, self._last))))
        return found

    def place(self, subject_id: int) -> int | None:
        """Where a subject stands; None when there is none of this id."""
        if subject_id in self._places:
            return self._places[subject_id]
        if subject_id > self._last:
            return None
        return len(self._first) + subject_id - 1 - bisect_left(self._moved, subject_id)

    def _other(self, place: int) -> int:
        """The id at a place behind those that come first."""
        place -= len(self._first)
        return place + 1 + bisect_right(self._passed, place)

    def longer(self, last: int) -> InOrder:
        """The same with all up to another last id."""
        return InOrder(self._first, last)

    def beginning_with(self, shown: InOrder) -> InOrder:
        """The same with those that are shown first already before all others."""
        first = [*shown._first, *(each for each in self._first if each not in shown._places)]
        return InOrder(array("q", first), self._last)


class Dealt:
    """Somebody's assignments that a view shows: those that were open when it was opened, and those touched since.

    With them, and with the index of those that are open now, the next one is found in leaps: over what
    the view does not show, and over what was done since.
    """

    def __init__(self, shown: Iterable[Place] = (), last: Place = to_do.START, until: Heads | None = None) -> None:
        """Take places in order, the last of all that was open, and how far the log had come then."""
        self._shown, self._last = list(shown), last
        self.until = until or {}

    def learn(self, place: Place) -> None:
        """Take a place that is shown and may be open again."""
        at = bisect_left(self._shown, place)
        if self._shown[at : at + 1] != [place]:
            self._shown.insert(at, place)

    def leap(self, place: Place) -> tuple[Place, bool]:
        """Where to look on after an open place that is not shown, and whether that place itself counts.

        Behind the last one there is only what was dealt since, which may be shown.
        """
        at = bisect_right(self._shown, place)
        return (self._shown[at], True) if at < len(self._shown) else (max(place, self._last), False)


class Queue:
    """Subjects in order. The list stays as it was opened, so work does not shift it underfoot."""

    def __init__(self, store: Store, view: QueueView, annotator: str, in_rounds: InRounds) -> None:
        """Look up the first subjects and count the rest."""
        self.view = view
        self._annotator, self._in_rounds = annotator, in_rounds
        self._query = _asked(store, view, annotator, in_rounds)
        self._store = store
        self._dealt = Dealt()
        self._lines: Listed | InOrder
        with store.reading() as transaction:
            if self.view == QueueView():  # everything in the usual order, which need not be looked up
                first = self._query.assigned(transaction, FIRST)
                self._lines, self.is_partial = InOrder(first, self._query.last(transaction)), len(first) == FIRST
            else:
                ids = self._query.ids(transaction, FIRST)
                self._lines, self.is_partial = Listed(ids), len(ids) == FIRST
            self.count = self._count(transaction)
            if not self.is_partial:
                self._dealt = self._look_up_dealt(transaction)

    def complete(self, store: Store | None = None) -> None:
        """Look up all subjects; give the store of the calling thread when it is not the first one."""
        if not self.is_partial:
            return
        with (store or self._store).reading() as transaction:
            if isinstance(self._lines, InOrder):
                found = InOrder(self._query.assigned(transaction), self._query.last(transaction))
                self._lines = found.beginning_with(self._lines)
            else:
                self._lines = Listed(self._query.ids(transaction)).beginning_with(self._lines)
                self._dealt = self._look_up_dealt(transaction)
        self.count, self.is_partial = len(self._lines), False

    @property
    def known(self) -> int:
        """How many lines can be read without looking up more."""
        return min(self.count, FIRST) if self.is_partial else self.count

    def _count(self, transaction: Transaction) -> int:
        is_listed_in_part = self.is_partial and isinstance(self._lines, Listed)
        return self._query.count(transaction) if is_listed_in_part else len(self._lines)

    def _look_up_dealt(self, transaction: Transaction) -> Dealt:
        """Note which open assignments the view shows: looked up by subject, or where there are many, the other way."""
        from annotator.store.log import changes

        whose = self._annotator, self._in_rounds
        if self.view.selects_all:  # then the next one that is open is shown
            return self._dealt
        if len(self._lines) <= FIRST:
            shown = to_do.open_places_of(transaction, self._lines.window(0, FIRST), *whose)
        else:
            places = to_do.open_places(transaction, *whose)
            shown = (each for each in places if self._lines.place(each[-1]) is not None)
        return Dealt(shown, to_do.last_open(transaction, *whose), changes.heads(transaction))

    def _learn(self, transaction: Transaction) -> None:
        """Note what this annotator touched since, of what the view shows: it may be open again."""
        from annotator.store.log import changes

        since, self._dealt.until = self._dealt.until, changes.heads(transaction)
        for place in to_do.places_since(transaction, self._annotator, self._in_rounds, since):
            if self._lines.place(place[-1]) is not None:
                self._dealt.learn(place)

    def read_through(self, store: Store) -> None:
        """Read the lines through another connection from now on."""
        self._store = store

    def grow(self, subjects: int) -> bool:
        """Take in what came to the file, when all of it is shown as it came; returns whether anything did.

        Any other list stays as it was opened until it is looked up again.
        """
        if not isinstance(self._lines, InOrder) or subjects <= len(self._lines):
            return False
        self._lines = self._lines.longer(subjects)
        self.count = len(self._lines)
        return True

    def rows(self, start: int, stop: int, store: Store | None = None) -> list[QueueRow]:
        """The lines from `start` up to `stop`; give the store of the calling thread when it is not the first one."""
        with (store or self._store).reading() as transaction:
            ids = self._window(start, stop).tolist()
            who = partial(_viewer, store or self._store, self._annotator)
            found = rows(transaction, ids, self._query.values["annotator"], self._in_rounds, who, self._annotator)
            return _with_decisions(transaction, self.view, who, found, self._in_rounds)

    def key_at(self, position: int) -> str:
        """The subject's key at a position."""
        return self.rows(position, position + 1)[0].key

    def position_of(self, key: str) -> int | None:
        """Where a subject stands, from 0; None when the view does not show it."""
        with self._store.reading() as transaction:
            subject_id = next(iter(assignments.ids_of(transaction, [key])), None)
        if subject_id is None:
            return None
        found = self._lines.place(subject_id)
        if found is None and self.is_partial:
            self.complete()
            found = self._lines.place(subject_id)
        return found

    def step(self, key: str, taxonomy: str = "", back: bool = False) -> str | None:
        """The next subject's key, or the one before; with a taxonomy, those done under it are passed over."""
        here = self.position_of(key)
        if back:
            return self.key_at(here - 1) if here else None
        ahead = here + 1 if here is not None else 0
        if taxonomy:
            return self._not_done(ahead, taxonomy)
        return self.key_at(ahead) if ahead < self.count else None

    def next_assigned(self, key: str, taxonomy: str) -> Work | None:
        """The next work that is assigned and that the view shows; from the last one back to the first that is open.

        Where none is left in the rounds worked in, that of other rounds follows.
        """
        if not self.view.selects_all:
            self.complete()
        with self._store.reading() as transaction:
            if not self.view.selects_all:
                self._learn(transaction)
            place = (key, taxonomy, self._annotator, self._in_rounds.under(taxonomy))
            here = to_do.place_of(transaction, *place) or to_do.START
            return (
                self._open_from(transaction, here)
                or self._open_from(transaction, to_do.START, here)
                or self._open_elsewhere(transaction, Work(key, taxonomy))
            )

    def _open_from(self, transaction: Transaction, place: Place, before: Place | None = None) -> Work | None:
        """The first open assignment behind a place, and before another one, that the view shows."""
        counts = False
        while found := to_do.next_open(transaction, self._annotator, self._in_rounds, place, including=counts):
            if before is not None and found.place >= before:
                return None
            if self.view.selects_all or self._lines.place(found.place[-1]) is not None:
                return Work(found.key, found.taxonomy)
            place, counts = self._dealt.leap(found.place)
        return None

    def _open_elsewhere(self, transaction: Transaction, but: Work) -> Work | None:
        """The first other open assignment that the view shows in rounds not worked in, unless one is named."""
        if self._in_rounds.named:
            return None
        for each in to_do.open_elsewhere(transaction, self._annotator, self._in_rounds):
            work = Work(each.key, each.taxonomy)
            if work != but and (self.view.selects_all or self._lines.place(each.place[-1]) is not None):
                return work
        return None

    def _not_done(self, start: int, taxonomy: str) -> str | None:
        """The first subject from a place on that is not done under a taxonomy."""
        length = BLOCK
        while start < self.count:
            ids = self._window(start, start + length).tolist()
            with self._store.reading() as transaction:
                whose = self._annotator, self._in_rounds.under(taxonomy)
                found = first_not_done(transaction, ids, taxonomy, *whose)
            if found is not None:
                return found
            start, length = start + length, min(4 * length, LONGEST)
        return None

    def _window(self, start: int, stop: int) -> array[int]:
        if self.is_partial and stop > FIRST:
            self.complete()
        return self._lines.window(max(0, start), max(0, stop))


def _asked(store: Store, view: QueueView, annotator: str | None, in_rounds: InRounds) -> QueueQuery:
    """A view as somebody asks for it; who they are matters where it tells of others' work."""
    tells_of_others = view.made_by or view.speaks_of_decisions or view.speaks_of_comments
    viewer = _viewer(store, annotator or "") if tells_of_others else None
    return QueueQuery(view, annotator, in_rounds, viewer)


def _with_decisions(
    transaction: Transaction,
    view: QueueView,
    viewer: Callable[[], Viewer],
    found: list[QueueRow],
    in_rounds: InRounds,
) -> list[QueueRow]:
    """The same lines, with which decisions are stale, and what is decided where a view is of that."""
    from annotator.store.deciding import staleness

    ids = [row.id for row in found]
    stale = staleness.by_subject(transaction, viewer, ids, in_rounds)
    decided = adjudicated(transaction, ids, in_rounds) if view.status == "adjudicated" else {}
    if not (stale or decided):
        return found
    return [
        row._replace(
            status={**row.status, **dict.fromkeys(decided.get(row.id, ()), "adjudicated")}, stale=stale.get(row.id, ())
        )
        for row in found
    ]


def _viewer(store: Store, annotator: str) -> Viewer:
    from annotator.desk.visibility import Visibility

    return Visibility(store, annotator).viewer()


class Queues:
    """The queue that an annotator has open, what to do after a subject, and where they stopped."""

    def __init__(self, store: Store, annotator: str, in_rounds: InRounds) -> None:
        """Take an open store, and whose work it is in which rounds; an empty name is nobody's."""
        self.store = store
        self.annotator = annotator
        self.in_rounds = in_rounds
        self._opened: dict[QueueView, Queue] = {}

    def open(self, view: QueueView, *, again: bool = False) -> Queue:
        """The subjects a view shows; the list stays as first opened unless asked `again`."""
        if again or view not in self._opened:
            self._opened = {view: Queue(self.store, view, self.annotator, self.in_rounds)}
        return self._opened[view]

    def changes(self) -> int:
        """A number that is another one after somebody wrote, here or in another process; asks no table."""
        return self.store.foreign_changes()

    def subjects(self) -> int:
        """How many subjects there are, in whatever view."""
        with self.store.reading() as transaction:
            return QueueQuery(QueueView(), self.annotator, self.in_rounds).last(transaction)

    def looked_up(self, view: QueueView) -> Queue | None:
        """The queue of a view, when all of it is known without looking anything up."""
        queue = self._opened.get(view)
        if queue is None and view == QueueView():
            queue = self.open(view)
        return None if queue is None or queue.is_partial else queue

    def adopt(self, queue: Queue) -> Queue:
        """Take over a queue that `another` desk of this annotator looked up in its thread."""
        queue.read_through(self.store)
        self._opened = {queue.view: queue}
        return queue

    def listed(self, view: QueueView, limit: int | None = None) -> list[QueueRow]:
        """All lines of a view, or so many of them; to nobody, with the most advanced status that anybody reached."""
        asked = _asked(self.store, view, self.annotator or None, self.in_rounds)
        with self.store.reading() as transaction:
            ids = asked.ids(transaction, -1 if limit is None else limit)
            who = partial(_viewer, self.store, self.annotator)
            found = rows(transaction, ids.tolist(), asked.values["annotator"], self.in_rounds, who, self.annotator)
            return _with_decisions(transaction, view, who, found, self.in_rounds)

    def next_key(self, view: QueueView, key: str, taxonomy: str = "") -> str | None:
        """The next subject in the queue; with a taxonomy, the next one not done under it."""
        return self.open(view).step(key, taxonomy)

    def next_work(self, view: QueueView, key: str, taxonomy: str) -> Work | None:
        """What to do after a subject: what is assigned comes first, then whatever is not done under the taxonomy."""
        if work := self.next_assigned(view, key, taxonomy):
            return work
        following = self.next_key(view, key, taxonomy)
        return Work(following, taxonomy) if following else None

    def next_assigned(self, view: QueueView, key: str, taxonomy: str) -> Work | None:
        """The next work that is assigned and that the view shows; from the last one back to the first that is open."""
        return self.open(view).next_assigned(key, taxonomy)

    def assigned(self, key: str) -> list[str]:
        """The taxonomies under which this annotator has still to do a subject, in the order to do them."""
        with self.store.reading() as transaction:
            return to_do.open_for(transaction, key, self.annotator, self.in_rounds)

    def previous_key(self, view: QueueView, key: str) -> str | None:
        """The subject before this one in the queue."""
        return self.open(view).step(key, back=True)

    def random_key(self, view: QueueView) -> str | None:
        """Any subject of the view, each equally likely; None when it shows none."""
        if known := self.looked_up(view):  # a search is not run again for it
            return known.key_at(randrange(known.count)) if known.count else None  # noqa: S311  # no secret
        with self.store.reading() as transaction:
            return _asked(self.store, view, self.annotator, self.in_rounds).random_key(transaction)

    def makers(self) -> Makers:
        """Whom and what a view can name as having classified something."""
        from annotator.store import provenance

        viewer = _viewer(self.store, self.annotator)
        with self.store.reading() as transaction:
            models = provenance.models_that_made(transaction, viewer)
            return Makers(tuple(provenance.people_who_made(transaction)), tuple(models))

    def resume_point(self) -> ResumePoint | None:
        """Where this annotator stopped last."""
        with self.store.reading() as transaction:
            return people.get(transaction, self.annotator)

    def remember(self, point: ResumePoint) -> None:
        """Keep a place for the next start."""
        with self.store.writing() as transaction:
            people.put(transaction, self.annotator, point)
