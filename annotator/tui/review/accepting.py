"""Accepting in bulk what annotators agree on: in a thread, subject by subject, while others write in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from textual.message import Message

from annotator.desk import Desk
from annotator.desk.adjudication import Accepted
from annotator.errors import StoreBusyError
from annotator.model.person import Strategy
from annotator.store.connection import Patience
from annotator.tui.review.disputed_rows import counted

STRATEGY_WORDS: dict[Strategy, str] = {
    "unanimous": "two annotators or more, who differ on nothing",
    "majority": "where they differ, more than half give the same answer",
    "single": "one annotator handed in",
}
Tell = Callable[[int, bool], None]
"""Gets to how many subjects it has come, and whether it waits for another process. Called in the thread."""


class Progressed(Message):
    """Accepting has come so far, or waits."""

    def __init__(self, come_to: int, is_waiting: bool) -> None:
        super().__init__()
        self.come_to = come_to
        self.is_waiting = is_waiting


class Done(Message):
    """A bulk decision has been made, or was stopped."""

    def __init__(self, strategy: Strategy, accepted: Accepted, is_stopped: bool = False) -> None:
        super().__init__()
        self.strategy = strategy
        self.accepted = accepted
        self.is_stopped = is_stopped
        """Whether somebody stopped it."""


def accept(desk: Desk, namespace: str, strategy: Strategy, is_unwanted: Callable[[], bool], tell: Tell) -> Accepted:
    """Adjudicate what a strategy settles, with a connection of its own; call it in any thread.

    Waits for other processes as long as it is wanted. Raises AnnotatorError for what stops it before the first.
    """
    come_to = 0

    def goes_on() -> bool:
        nonlocal come_to
        if is_unwanted():
            return False
        come_to += 1
        tell(come_to, False)
        return True

    def waits_on() -> bool:
        tell(come_to, True)
        return not is_unwanted()

    try:
        with closing(desk.another(Patience(None, waits_on))) as other:
            done = other.adjudication.accept_agreed(namespace, strategy, goes_on=goes_on)
    except StoreBusyError:  # nobody wanted to wait any longer, and nothing was accepted before
        if not is_unwanted():
            raise
        return Accepted([], {})
    was_given_up = is_unwanted() and isinstance(done.stopped_by, StoreBusyError)
    return done._replace(stopped_by=None) if was_given_up else done


def keys_of(done: Accepted) -> list[str]:
    """The subjects of `lines_of`, in its order."""
    return [*done.refused, *done.accepted, *done.untried]


def lines_of(done: Accepted) -> Iterator[str]:
    """What became of each subject."""
    longest = max(map(len, keys_of(done)), default=0)
    yield from (f"{key:<{longest}}  left: {_shortly(why)}" for key, why in done.refused.items())
    yield from (f"{key:<{longest}}  adjudicated" for key in done.accepted)
    yield from (f"{key:<{longest}}  not come to" for key in done.untried)


def done_in_words(strategy: Strategy, done: Accepted, *, is_stopped: bool = False) -> str:
    """What became of all of them; who stopped it while the first one waited is told that."""
    words = f"{strategy}: {counted(len(done.accepted), 'subject')} adjudicated"
    if is_stopped and not keys_of(done):
        return f"{words}, stopped before the first"
    words += f", {len(done.refused):,} left for people"
    return f"{words}, stopped before {len(done.untried):,}" if done.untried else words


def _shortly(why: str) -> str:
    """The first reason, and how many more there are."""
    first, *others = why.splitlines() or [""]
    return f"{first} (and {len(others)} more)" if others else first
