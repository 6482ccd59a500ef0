"""Write everything of the screens in one thread, one after the other, so that no screen ever waits.

    ticket = writer.put(lambda desk: desk.answer(…), place, then=show_saved, otherwise=show_refused)

A ticket is `waiting`, then `writing`, then settled: `saved`, `refused` or `cancelled`. It settles in the very
call that tells so, in the thread that calls are delivered to: a screen never sees *saved* before it knows what was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Generic, Literal, Protocol, Self, TypeVar

from annotator.desk.place import Place
from annotator.errors import AnnotatorError, StoreBusyError
from annotator.store.connection import PAUSE, Patience

State = Literal["waiting", "writing", "saved", "refused", "cancelled"]
Deliver = Callable[[Callable[[], None]], None]
"""Has a call made in the thread of the screens. It must return at once, from whatever thread it is called."""

STALL = 0.3
"""Seconds after which a wait for another process is worth showing."""
GRACE = 0.25
"""Seconds that the write under way has to come to an end when everything is given up."""


class Openable(Protocol):
    """What a job works with: anything that can be opened a second time for a thread of its own."""

    def another(self, patience: Patience | None = None) -> Self:
        """Open the same with a connection of its own."""

    def close(self) -> None:
        """Give the file back."""


D = TypeVar("D", bound=Openable)
T = TypeVar("T")


def _ignore(_: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Job(Generic[D, T]):
    """Something to write, and whom to tell."""

    work: Callable[[D], T]
    place: Place
    label: str = ""
    """What is written, for people."""
    words: str = ""
    """What to keep as unsaved words should it not be written."""
    then: Callable[[T], None] = _ignore
    """Gets what the work returned, once that is saved."""
    otherwise: Callable[[Ticket[D, T]], None] = _ignore
    """Gets the ticket when it was refused or cancelled: its words are the caller's to keep."""


class Ticket(Generic[D, T]):
    """One job on its way to the file. Whoever put it reads; only the writer changes it."""

    def __init__(self, job: Job[D, T], after: Ticket[D, Any] | None) -> None:
        """Take a number; `Writer.put` makes tickets."""
        self.job = job
        self.state: State = "waiting"
        self.refusal: AnnotatorError | None = None
        """Why it was refused."""
        self.outcome: Future[T] = Future()
        self.after = after
        self.is_given_up = False

    def __repr__(self) -> str:
        return f"<Ticket {self.job.label or self.job.place} {self.state}>"

    @property
    def place(self) -> Place:
        """What the job is about."""
        return self.job.place

    @property
    def is_written(self) -> bool:
        """Whether the work is in the file, told already or not."""
        return self.outcome.done() and not self.outcome.cancelled() and self.outcome.exception() is None

    def settle(self) -> BaseException | None:
        """Take over what became of the work; returns what is no refusal and no cancellation."""
        error = CancelledError() if self.outcome.cancelled() else self.outcome.exception()
        self.after = None
        if isinstance(error, AnnotatorError):
            self.refusal, self.state = error, "refused"
            return None
        self.state = "cancelled" if error else "saved"
        return None if isinstance(error, CancelledError) else error


class Writer(Generic[D]):
    """One thread with its own connection, which does jobs in the order they were put.

    A locked file is waited for until it is free or the job cancelled. A job is one transaction, or can be done again
    when its first half is saved: it is when another process holds the file in the middle of it.

    Whoever makes a writer finishes it, from whatever thread but not from inside a signal's own handler: the writer's
    thread is no daemon, so that nothing is torn at the end of the program.
    """

    def __init__(
        self,
        desk: D,
        deliver: Deliver,
        stalled: Callable[[bool], None] = _ignore,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the desk to open a second time; `stalled` is told when a wait grows long and when it is over."""
        self.waiting_since: float | None = None
        """When the present wait for another process began, by the clock; None while nothing waits."""
        self._desk = desk
        self._deliver = deliver
        self._stalled = stalled
        self._clock = clock
        self._own: D | None = None
        self._lock = Lock()
        self._unsettled: dict[Ticket[D, Any], None] = {}
        self._current: Ticket[D, Any] | None = None
        self._is_stalled = self._is_finishing = self._has_given_up = False
        self._patience = Patience(None, self._goes_on, self._end_wait)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")

    def put(
        self,
        work: Callable[[D], T],
        place: Place,
        *,
        label: str = "",
        words: str = "",
        then: Callable[[T], None] = _ignore,
        otherwise: Callable[[Ticket[D, T]], None] = _ignore,
        after: Ticket[D, Any] | None = None,
    ) -> Ticket[D, T]:
        """Have something written. It is cancelled when `after` is not saved, and when the writer has finished."""
        ticket = Ticket(Job(work, place, label, words, then, otherwise), after)
        with self._lock:
            self._unsettled[ticket] = None
            if self._is_finishing:
                ticket.outcome.cancel()
            else:
                ticket.outcome = self._pool.submit(self._write, ticket)
        ticket.outcome.add_done_callback(lambda _: self._tell_soon(ticket))
        return ticket

    def pending(self, subject: str = "", taxonomy: str = "") -> list[Ticket[D, Any]]:
        """What is still on its way, in order; all of it, or what is about a subject or taxonomy."""
        with self._lock:
            unsettled = list(self._unsettled)
        return [
            ticket
            for ticket in unsettled
            if ticket.state in {"waiting", "writing"}
            and subject in {"", ticket.place.subject}
            and taxonomy in {"", ticket.place.taxonomy}
        ]

    def cancel(self, ticket: Ticket[D, Any]) -> None:
        """Take back what is not written yet, even while it waits for another process.

        What became of it is told as ever: it may just have been saved.
        """
        ticket.is_given_up = True
        ticket.outcome.cancel()

    def cancel_waiting(self) -> None:
        """Take back all that waits."""
        for ticket in reversed(self.pending()):  # the first at last, so that none comes after it meanwhile
            self.cancel(ticket)

    def finish(self, within: float) -> list[Ticket[D, Any]]:
        """Take no more jobs, write for so many seconds (and `GRACE`) and return what could not be written, in order.

        Refused ones that nobody was told of yet are among them and told to nobody else. So is one that a slow
        disk still holds up, though it may yet be saved.
        """
        with self._lock:
            is_first, self._is_finishing = not self._is_finishing, True
        if is_first:
            self._wind_up(self._pool.submit(self._close), within)
        with self._lock:
            unwritten = [ticket for ticket in self._unsettled if not ticket.is_written]
            for ticket in unwritten:
                is_mistake = ticket.outcome.done() and ticket.settle()
                if not is_mistake:  # one is left to `_tell`, which raises it
                    del self._unsettled[ticket]
        return unwritten

    def drain(self) -> None:
        """Wait until all that was put so far has come to its end and its telling is on its way."""
        self._pool.submit(_ignore, None).result()

    # In the thread of the screens

    def _wind_up(self, closing: Future[None], within: float) -> None:
        if not wait([closing], within).done:
            self._has_given_up = True
            self.cancel_waiting()
            wait([closing], GRACE)
        self._pool.shutdown(wait=False)

    def _tell(self, ticket: Ticket[D, Any]) -> None:
        with self._lock:
            if ticket not in self._unsettled:  # `finish` has returned it
                return
            mistake = ticket.settle()
            if mistake is None:
                del self._unsettled[ticket]
        if mistake:
            raise mistake  # `finish` still returns the words
        if ticket.state == "saved":
            ticket.job.then(ticket.outcome.result())
        else:
            ticket.job.otherwise(ticket)

    # In the writer's own thread

    def _write(self, ticket: Ticket[D, T]) -> T:
        if ticket.after and not ticket.after.is_written:
            raise CancelledError
        self._current, ticket.state = ticket, "writing"
        try:
            return self._work_when_free(ticket.job)
        finally:
            self._end_wait()

    def _work_when_free(self, job: Job[D, T]) -> T:
        while True:
            try:
                self._own = self._own or self._desk.another(self._patience)
                return job.work(self._own)
            except StoreBusyError:  # given up; or what patience cannot wait for, as at opening: nothing was saved
                if not self._goes_on():
                    raise CancelledError from None
            time.sleep(PAUSE)

    def _goes_on(self) -> bool:
        now = self._clock()
        if self.waiting_since is None:
            self.waiting_since = now
        elif not self._is_stalled and now - self.waiting_since >= STALL:
            self._say_stalled(True)
        return not (self._current and self._current.is_given_up)

    def _end_wait(self) -> None:
        self.waiting_since = None
        if self._is_stalled:
            self._say_stalled(False)

    def _say_stalled(self, is_stalled: bool) -> None:
        self._is_stalled = is_stalled
        if not self._has_given_up:
            self._deliver(partial(self._stalled, is_stalled))

    def _tell_soon(self, ticket: Ticket[D, Any]) -> None:
        if ticket in self._unsettled:
            self._deliver(partial(self._tell, ticket))

    def _close(self) -> None:
        if self._own:
            self._own.close()
