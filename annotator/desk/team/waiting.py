"""Deeds that came without the role they take and wait for a lead: which there are, accepting and declining them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.roles import may_lead, refuse_who_leads_not
from annotator.desk.team.roles import refuse_without_lead
from annotator.desk.team.roster import opening_nothing
from annotator.desk.team.told import NAMED, sentence
from annotator.desk.visibility import refuse_nobody
from annotator.errors import NotFoundError, RequestError
from annotator.model.chain import meant_by, shortened
from annotator.model.waiting import OF_PEOPLE, left_out
from annotator.plain import storable
from annotator.store import conflicts, people
from annotator.store.conflicts import Origin
from annotator.store.team import waiting

if TYPE_CHECKING:
    from annotator.desk.visibility import Visibility
    from annotator.model.event import Event, TeamKind
    from annotator.store.connection import Transaction
    from annotator.store.store import Store

NONE_HERE = "No deed of that name waits for a lead; `annotator waiting` lists those that do."
WAITS = "waits for a lead"
RESTS = "rests on what does not count"


class Waits(NamedTuple):
    """A deed that waits."""

    event: Event
    origin: Origin
    words: str
    """Of the team and of a comment: who did what, in one sentence; of a classification nothing."""


class Listed(NamedTuple):
    """What somebody may see of what waits, or waited until they decided."""

    deeds: list[Waits]
    left_out: str
    """What they may not see, whether it waits or not, in words; empty when that is nothing."""


class Waiting:
    """One person who looks at what waits for a lead, and decides whether it counts."""

    def __init__(self, store: Store, visibility: Visibility, annotator: str) -> None:
        """Take an open store, what may be seen of it, and who decides."""
        self.store = store
        self.visibility = visibility
        self.annotator = annotator

    def listed(self) -> Listed:
        """Every deed that waits and that this person may see, in order."""
        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            named = partial(people.name_of, transaction)
            deeds = [
                Waits(event, conflicts.origin(transaction, event.id), _told(event, named))
                for event in waiting.open_to(transaction, viewer)
            ]
            closed = conflicts.hidden_from(transaction, viewer)
        return Listed(deeds, closed.words(viewer, "classification"))

    def to_decide(self) -> int:
        """How many deeds this person is to decide about, who is a lead; none for anybody else."""
        with self.store.reading() as transaction:
            if not waiting.is_any(transaction) or not may_lead(transaction, self.annotator):
                return 0
            return waiting.count(transaction, self.visibility.viewer())

    def accept(self, said: Sequence[str] = ()) -> Listed:
        """Let deeds count at their own place in the order, as they are called or all one may see; returns which.

        Raises RequestError for who is no lead, and for the closing of a round that was declined; NotFoundError for a
        deed that does not wait.
        """
        return self._decide("accepted", said)

    def decline(self, said: Sequence[str], reason: str) -> Listed:
        """Leave deeds out for good, as they are called or all; raises like `accept`, and without a reason."""
        why = storable(reason).strip()
        if not why:
            raise RequestError("Say why with --reason: it is kept with your name.")
        return self._decide("declined", said, why)

    def _decide(self, kind: TeamKind, said: Sequence[str], reason: str = "") -> Listed:
        refuse_nobody(self.annotator)
        with self.store.writing() as transaction:
            refuse_who_leads_not(transaction, self.annotator, "decides about what waits")
            deeds, closed = self.listed()
            chosen = [_meant(one, deeds) for one in said] if said else deeds
            if kind == "accepted":
                _refuse_without_round(transaction, chosen)
            ids = list(dict.fromkeys(each.event.id for each in chosen))
            if any(each.event.kind in OF_PEOPLE for each in chosen):
                with opening_nothing(transaction, self.visibility):
                    self._record(transaction, kind, ids, reason)
            else:
                self._record(transaction, kind, ids, reason)
            refuse_without_lead(transaction)
        return Listed([each for each in deeds if each.event.id in ids], "" if said else closed)

    def _record(self, transaction: Transaction, kind: TeamKind, ids: Iterable[str], reason: str) -> None:
        waiting.decide(transaction, self.store.projection, self.annotator, kind, ids, reason)

    def marks(self, events: Sequence[Event]) -> dict[str, str]:
        """By event, of some in their order: why it does not count, in words; nothing of those that do."""
        with self.store.reading() as transaction:
            states = waiting.states(transaction)
            said = waiting.words(transaction) if "declined" in states.values() else {}
        marks = {}
        for id_ in left_out(events, states) if states else ():
            word = said.get(id_)
            if states.get(id_) == "declined" and word:
                marks[id_] = f"declined by {word.by}: {word.reason}"
            else:
                marks[id_] = WAITS if id_ in states else RESTS
        return marks


def _told(event: Event, named: NAMED) -> str:
    """Who did what, of what is done to no classification."""
    return sentence(event, named) if event.kind == "commented" or not event.of.subject else ""


def _refuse_without_round(transaction: Transaction, chosen: Sequence[Waits]) -> None:
    """Refuse to close or open a round that there is not, because a lead declined it; raises RequestError."""
    declined = waiting.rounds(transaction, "declined")
    for each in chosen:
        if each.event.kind in {"round_closed", "round_opened"} and each.event.of.round in declined:
            raise RequestError(
                f"{each.words} That round was declined, so there is none to close or open; `annotator waiting decline "
                f"{shortened([each.event.id])[each.event.id]} --reason TEXT` leaves this out too."
            )


def _meant(said: str, deeds: Sequence[Waits]) -> Waits:
    """The deed that somebody means by its id or a beginning; raises NotFoundError, RequestError."""
    known = {each.event.id: each for each in deeds}
    found = meant_by(said.strip(), known) if said.strip() else []
    if not found:
        raise NotFoundError(f"{said!r}: {NONE_HERE}")
    if len(found) > 1:
        names = ", ".join(shortened(known)[each] for each in found)
        raise RequestError(f"{said!r} can be several events: {names}. Write more of it.")
    return known[found[0]]
