"""Several copies of one database, each on a machine and in a home of its own, and what people do to them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from annotator.model.classification import Classification, Identity
from annotator.model.event import EventKind
from annotator.model.fold import undo_stacks
from annotator.model.rounds import FIRST_ROUNDS
from annotator.store import people, readable
from annotator.store.log import events, replicas
from annotator.store.log.digest import digest, lines
from annotator.store.log.verifying import verify
from annotator.store.merging import bundle
from annotator.store.merging.merged import Merged
from annotator.store.merging.offer import Offer, Wanted, Wire, offer_of
from annotator.store.merging.opening import opened
from annotator.store.merging.sharing import own_feeds
from annotator.store.merging.taking import take
from annotator.store.store import Store
from tests.store.making import hides_b_unless_a_says_yes, problems

TAXONOMY = "T"


class Interrupted(Exception):
    """What ends a merge halfway."""


@dataclass(frozen=True)
class Copy:
    """One file, and the machine and home of whoever writes it."""

    path: Path
    state: Path
    machine: str


class World:
    """Where and when things are done; everything of a program that looks about itself sees what stands here."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the program see this world in place of the real one."""
        self.at: Copy | None = None
        self.clock = timedelta()
        monkeypatch.setattr(replicas, "state_folder", lambda: self._here.state)
        monkeypatch.setattr(replicas, "machine", lambda: self._here.machine)
        monkeypatch.setattr(readable, "now", self._now)

    @property
    def _here(self) -> Copy:
        assert self.at is not None
        return self.at

    def _now(self) -> str:
        moment = datetime(2026, 6, 1, tzinfo=UTC) + self.clock
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @contextmanager
    def on(self, copy: Copy, *, is_killed: bool = False) -> Iterator[Store]:
        """A copy in use; a program that is killed tells the state folder nothing at its end."""
        before, self.at = self.at, copy
        store = Store.open(copy.path, hides_b_unless_a_says_yes)
        try:
            yield store
        finally:
            if is_killed:
                store._connection.close()
            else:
                store.close()
            self.at = before


def acknowledged(store: Store) -> set[str]:
    """The ids of all events that a copy holds."""
    sql = "SELECT uid || ':' || events.number FROM events JOIN feeds ON feeds.id = events.feed"
    return {event for (event,) in store.transaction.execute(sql)}


def digest_of(store: Store) -> str:
    with store.reading() as transaction:
        return digest(transaction)


def told(store: Store) -> list[str]:
    """What a digest is made of, for messages."""
    with store.reading() as transaction:
        return list(lines(transaction))


def flaws(store: Store) -> list[str]:
    """What doctor and verify find, that events were withheld left out."""
    with store.reading() as transaction:
        found = [str(flaw) for flaw in verify(transaction) if flaw.what not in {"withheld", "erased"}]
    return [*problems(store), *found]


def edit(store: Store, name: str, kind: EventKind, key: str = "t:1", whose: str = "", **payload: Any) -> Classification:
    """Record one event by somebody, however they are spelt."""
    with store.writing() as transaction:
        author = people.known_as(transaction, name)
        of = Identity(subject=key, taxonomy=TAXONOMY, annotator=people.known_as(transaction, whose or name))
        return store.record(author, kind, of, 1, payload)[1]


def undo(store: Store, name: str, *, again: bool = False) -> None:
    """Take somebody's latest edit back, or do it again."""
    with store.writing() as transaction:
        author = people.known_as(transaction, name)
        done, ready = undo_stacks(events.newest_steps(transaction, author, FIRST_ROUNDS, 200))
        if stack := ready if again else done:
            event = events.get(transaction, stack[-1])
            store.record(author, "redone" if again else "undone", event.of, 1, {"event": event.id})


@contextmanager
def merging(store: Store, others: Iterable[Path]) -> Iterator[list[Merged]]:
    """Take others in, in one transaction that holds if the block does."""
    with ExitStack() as stack:
        with store.reading() as transaction:
            offers = [stack.enter_context(opened(path, transaction)) for path in others]
        with store.writing():
            yield [take(store, offer) for offer in offers]


def merge(store: Store, *others: Path) -> list[Merged]:
    """Take others in."""
    with merging(store, others) as done:
        return done


def merge_interrupted(store: Store, other: Path, after: int) -> None:
    """Begin to take another in, and stop after so many events, at the latest when all of it is in."""

    def stop() -> None:
        raise Interrupted

    def stopping(wires: Iterable[Wire], left: list[int]) -> Iterator[Wire]:
        for wire in wires:
            left[0] -= 1
            if left[0] < 0:
                stop()
            yield wire

    with ExitStack() as stack:
        with store.reading() as transaction:
            offer = stack.enter_context(opened(other, transaction))
        left = [after]
        feeds = [each._replace(events=stopping(each.events, left)) for each in offer.feeds]
        with suppress(Interrupted), store.writing():
            take(store, replace(offer, feeds=feeds))
            stop()


def write_bundle(
    store: Store, path: Path, *, own: str = "", since: Path | None = None, withheld: Sequence[str] = ()
) -> int:
    """Write a bundle: everything or somebody's own, without what an earlier one holds, some people's work withheld."""
    before = bundle.read_header(since) if since else None
    with store.reading() as transaction:
        wanted = Wanted()
        if own:
            me = people.find(transaction, own)
            uid, name = (me.uid, me.name) if me else ("", own)
            wanted = Wanted(own_feeds(transaction, uid), is_whole=False, by=uid, by_name=name)
        if before:
            heads: Mapping[str, int] = {feed: number for feed, (number, _) in before.heads.items()}
            wanted = replace(wanted, since=heads, known=frozenset(before.known))
        if withheld:
            uids = {found.uid for each in withheld if (found := people.find(transaction, each))}
            wanted = replace(wanted, keeps=lambda content: content.whose not in uids)
        offer: Offer = offer_of(transaction, str(path), wanted)
        return bundle.write(path, offer, known=frozenset(before.known) if before else frozenset())


def duplicate(copy: Copy, path: Path) -> Path:
    """A copy of a file as somebody makes it, with what stands in its log."""
    with closing(Store.open(copy.path)) as store:
        store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(shutil.copyfile(copy.path, path))
