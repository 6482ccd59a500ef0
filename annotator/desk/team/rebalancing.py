"""Move what nobody has begun between people, so that what is to be done fits those who are here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from annotator.desk.names import in_use
from annotator.desk.project import Project
from annotator.desk.roles import refuse_who_leads_not
from annotator.desk.team.closing import refuse_closed
from annotator.desk.team.dealing import level, shares
from annotator.desk.team.people import idle, new_among, read_people
from annotator.desk.team.taking_back import OpenWork, open_work
from annotator.errors import RequestError
from annotator.model.queue import QueueView
from annotator.model.rounds import short
from annotator.store.connection import Transaction
from annotator.store.team import assignments, rounds
from annotator.store.team.assignments import Assignment, StillOpen


@dataclass(frozen=True)
class Balance:
    """Between whom open work is to be levelled, and which."""

    taxonomy: str
    to: tuple[str, ...] = ()
    """Names, with weights; nobody means everybody who was dealt something there and can still do it, alike."""
    view: QueueView = field(default_factory=QueueView)
    keys: tuple[str, ...] | None = None
    """These subjects alone, instead of those of the view."""
    batch_size: int = 0


class Load(NamedTuple):
    """What one annotator has to do, before and after."""

    annotator: str
    open: int
    gives: int
    gets: int
    after: int


class Move(NamedTuple):
    """One subject that goes from somebody to somebody else."""

    subject: str
    giver: str
    taker: str


class Rebalanced(NamedTuple):
    """What was moved, or would be."""

    taxonomy: str
    round: int
    open: int
    """How much is to be done there, by whomever."""
    loads: tuple[Load, ...]
    moves: tuple[Move, ...]
    stuck: int
    """How much of those who left or only read nobody may have who is here."""
    begun: int
    """How much they have begun, which stays theirs."""
    new: tuple[str, ...] = ()
    """Those named whom nobody knew before."""


class Moved(NamedTuple):
    """An assignment, and who gets it."""

    one: StillOpen
    taker: str


def rebalance(project: Project, wish: Balance, named: int, by: str, *, dry_run: bool = False) -> Rebalanced:
    """Move untouched open work from who is idle or has more than their share to others; a dry run changes nothing.

    Shares are of all that is to be done, what is begun included. Nobody gets what they had, in whatever round, or
    saw others' answers on. Raises RequestError and NotFoundError in words.
    """
    taxonomy = project.taxonomy(wish.taxonomy).namespace
    with project.store.reading() if dry_run else project.store.writing() as transaction:
        refuse_who_leads_not(transaction, by, "deals work out")
        round_ = named or rounds.dealt_in(transaction, taxonomy)
        refuse_closed(transaction, taxonomy, round_)
        _refuse_retest(transaction, taxonomy, round_)
        away = idle(transaction)
        found = assignments.still_open(transaction, round_, taxonomy)
        people = _people(transaction, wish, taxonomy, round_, away)
        meant = open_work(transaction, found, OpenWork(view=wish.view, keys=wish.keys))
        movable = [each for each in meant if not each.is_begun and (each.annotator in people or each.annotator in away)]
        moved, stuck = Levelling(people, found, movable, _shut(transaction, taxonomy)).moves()
        new = new_among(transaction, people, by)
        if not dry_run:
            _record(transaction, moved, (taxonomy, round_, wish.batch_size), by)
        ids = [each.one.subject_id for each in moved]
        keys = {each.id: each.key for each in assignments.subjects(transaction, ids)}
    told = tuple(Move(keys[each.one.subject_id], each.one.annotator, each.taker) for each in moved)
    begun = sum(each.is_begun for each in found if each.annotator in away)
    return Rebalanced(taxonomy, round_, len(found), tuple(_loads(people, found, told)), told, stuck, begun, new)


def _refuse_retest(transaction: Transaction, taxonomy: str, round_: int) -> None:
    found = rounds.one(transaction, taxonomy, round_)
    if found and found.purpose == "retest":
        raise RequestError(
            f"Round {short(round_)} is a retest, in which everybody classifies their own again, so nothing can be "
            "moved. Take back what somebody will not do: --take-back NAME."
        )


def _people(
    transaction: Transaction, wish: Balance, taxonomy: str, round_: int, away: Mapping[str, str]
) -> dict[str, Fraction]:
    if wish.to:
        return read_people(wish.to, in_use(transaction), away)
    here = [name for name in assignments.dealt_to(transaction, taxonomy, round_) if name not in away]
    if not here:
        raise RequestError(
            f"Nobody who is still here and may classify was given anything under {taxonomy} in round {short(round_)}; "
            "name who is to have the work: --to NAMES."
        )
    return dict.fromkeys(here, Fraction(1))


def _shut(transaction: Transaction, taxonomy: str) -> dict[int, frozenset[str]]:
    """By subject: those who had it in whatever round, or saw others' answers as somebody who decides."""
    had = assignments.ever_had(transaction, taxonomy)
    for subject, names in assignments.who_looked(transaction, taxonomy).items():
        had[subject] = had.get(subject, frozenset()) | names
    return had


class Levelling:
    """Open work on its way to whom it goes to; people and subjects are numbers here."""

    def __init__(
        self,
        people: Mapping[str, Fraction],
        found: Sequence[StillOpen],
        movable: Sequence[StillOpen],
        shut: Mapping[int, frozenset[str]],
    ) -> None:
        """Take who is here with their weights, all that is open, what of it may move, and who may not have what."""
        before = Counter(each.annotator for each in found)
        # Of equal remainders whoever has more keeps it, so that nothing is moved to and fro.
        self.names = sorted(people, key=lambda name: (-before[name], name))
        number = {name: who for who, name in enumerate(self.names)}
        # What would be done last is moved first.
        latest = sorted(movable, key=lambda each: (-each.batch, -each.position, each.subject_id))
        self.subjects = list(dict.fromkeys(each.subject_id for each in latest))
        place = {subject: at for at, subject in enumerate(self.subjects)}
        self.held: list[list[StillOpen]] = [[] for _ in self.subjects]
        for each in latest:
            self.held[place[each.subject_id]].append(each)
        self.hands = [[number[each.annotator] for each in held if each.annotator in number] for held in self.held]
        self.shut = [{number[name] for name in shut.get(one, ()) if name in number} for one in self.subjects]
        self.homeless = [place[each.subject_id] for each in latest if each.annotator not in number]
        own = Counter(who for hand in self.hands for who in hand)
        self.load = [before[name] for name in self.names]
        floors = [load - own[who] for who, load in enumerate(self.load)]
        room = [sum(who not in barred for barred in self.shut) for who in range(len(self.names))]
        caps = [load + more for load, more in zip(self.load, room, strict=True)]
        total = min(sum(self.load) + len(self.homeless), sum(caps))
        levelled = shares([people[name] for name in self.names], floors, caps, total)
        self.fixed = floors
        self.quota = levelled

    def moves(self) -> tuple[list[Moved], int]:
        """Who gives what to whom, and how much of those who are idle nobody may have."""
        stuck = sum(not self._give(place, at_any_rate=True) for place in self.homeless)
        for place, hand in enumerate(self.hands):
            for who in [each for each in hand if self.load[each] > self.quota[each]]:
                if self._give(place):
                    hand.remove(who)
                    self.load[who] -= 1
        level(self.hands, self.shut, [whole - fixed for whole, fixed in zip(self.quota, self.fixed, strict=True)])
        return [each for at in range(len(self.subjects)) for each in self._changed(at)], stuck

    def _give(self, place: int, *, at_any_rate: bool = False) -> bool:
        """Give a subject to who is furthest behind, of those who may have it; says whether there is anybody."""
        free = [who for who in range(len(self.names)) if who not in self.shut[place] and who not in self.hands[place]]
        behind = [who for who in free if self.load[who] < self.quota[who]]
        takers = behind or (free if at_any_rate else [])
        if not takers:
            return False
        taker = max(takers, key=lambda who: (self.quota[who] - self.load[who], -who))
        self.hands[place].append(taker)
        self.load[taker] += 1
        return True

    def _changed(self, place: int) -> Iterable[Moved]:
        after = [self.names[who] for who in self.hands[place]]
        gone = [each for each in self.held[place] if each.annotator not in after]
        had = {each.annotator for each in self.held[place]}
        new = (name for name in after if name not in had)
        return [Moved(one, taker) for one, taker in zip(gone, new, strict=False)]  # what is stuck has no taker


def _record(transaction: Transaction, moved: Sequence[Moved], where: tuple[str, int, int], by: str) -> None:
    """Take everything back that moves, then deal it; `where`: taxonomy, round, size of a batch."""
    taxonomy, round_, batch_size = where
    last = assignments.last_batches(transaction)
    assignments.take(transaction, [each.one for each in moved], by)
    had: Counter[str] = Counter()
    dealt = []
    for one, taker in sorted(moved, key=lambda each: (each.one.batch, each.one.position, each.one.subject_id)):
        batch = last.get(taker, 0) + 1 + (had[taker] // batch_size if batch_size else 0)
        dealt.append(Assignment(one.subject_id, taker, batch, one.position, one.dealt, one.compared, one.due))
        had[taker] += 1
    assignments.put(transaction, taxonomy, round_, dealt, by)


def _loads(people: Iterable[str], found: Sequence[StillOpen], moves: Sequence[Move]) -> list[Load]:
    before = Counter(each.annotator for each in found)
    gives, gets = Counter(each.giver for each in moves), Counter(each.taker for each in moves)
    return [
        Load(name, before[name], gives[name], gets[name], before[name] - gives[name] + gets[name])
        for name in sorted({*people, *before})
    ]
