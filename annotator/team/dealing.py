"""Who gets what: subjects dealt out among people. Pure; the same input is the same deal.

Neither the order of the subjects nor that of the names matters: subjects are shuffled by the
seed and their keys, people by the seed and their names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from annotator.team.levelling import level
from annotator.team.sampling import shuffled
from annotator.team.shares import shares

WINDOW = 1.0
"""How far, in subjects, somebody may be ahead of those most behind and still be chosen, to even out who meets whom."""


class Dealable(NamedTuple):
    """A subject to deal out."""

    key: str
    wanted: int
    """How many people are to have it, those who have it already included."""
    held: frozenset[str] = frozenset()
    """Who has it already, named in the deal or not."""
    barred: frozenset[str] = frozenset()
    """Who must not get it."""


class Deal(NamedTuple):
    """What is new."""

    given: list[tuple[str, tuple[str, ...]]]
    """Keys with those who get them, in dealt order; subjects that nobody gets are left out."""
    short: dict[str, int]
    """By key: how many people it lacks, because nobody else may have it."""


def deal(subjects: Collection[Dealable], people: Mapping[str, Fraction], seed: int = 0) -> Deal:
    """Deal what is missing, by weight, nobody twice; loads count what people hold of these subjects already."""
    names = shuffled(people, seed)
    by_key = {each.key: each for each in subjects}
    ordered = [by_key[key] for key in shuffled(by_key, seed)]
    table = _Table(ordered, names, [people[name] for name in names])
    table.deal()
    given = [
        (each.key, tuple(sorted(names[who] for who in hand)))
        for each, hand in zip(ordered, table.hands, strict=True)
        if hand
    ]
    return Deal(given, {each.key: lack for each, lack in zip(ordered, table.lacking, strict=True) if lack})


class _Table:
    """Hands as they are dealt; people and subjects are numbers here."""

    def __init__(self, subjects: Sequence[Dealable], names: Sequence[str], weights: Sequence[Fraction]) -> None:
        number = {name: who for who, name in enumerate(names)}
        self.everybody = range(len(names))
        self.held = [{number[name] for name in each.held if name in number} for each in subjects]
        self.shut = [
            held | {number[name] for name in each.barred if name in number}
            for each, held in zip(subjects, self.held, strict=True)
        ]
        missing = [max(0, each.wanted - len(each.held)) for each in subjects]
        self.wants = [min(lack, len(names) - len(shut)) for lack, shut in zip(missing, self.shut, strict=True)]
        self.lacking = [lack - want for lack, want in zip(missing, self.wants, strict=True)]
        self.is_shared = [each.wanted > 1 for each in subjects]
        self.hands: list[list[int]] = [[] for _ in subjects]
        self.open = [0] * len(names)
        """For how many of the subjects still to come each person may be chosen."""
        for shut, want in zip(self.shut, self.wants, strict=True):
            for who in self.everybody if want else ():
                self.open[who] += who not in shut
        before = [sum(who in held for held in self.held) for who in self.everybody]
        caps = [had + more for had, more in zip(before, self.open, strict=True)]
        whole = shares(weights, before, caps, sum(before) + sum(self.wants))
        self.quota = [share - had for share, had in zip(whole, before, strict=True)]
        self.given = [0] * len(names)
        self.met = [[0] * len(names) for _ in names]
        self.shared = [0] * len(names)
        for held in self.held:
            self._meet(list(held))

    def deal(self) -> None:
        """Go through the subjects, keeping everybody on the way to their share; then level what is left over."""
        places = [place for place, want in enumerate(self.wants) if want]
        for done, place in enumerate(places, 1):
            self._serve(place, done / len(places))
        level(self.hands, self.shut, self.quota)

    def _serve(self, place: int, progress: float) -> None:
        hand, shut = self.hands[place], self.shut[place]
        behind = {who: self.quota[who] * progress - self.given[who] for who in self.everybody if who not in shut}
        due = [who for who in behind if self.quota[who] - self.given[who] >= self.open[who]]
        hand += sorted(due, key=lambda who: -behind[who])[: self.wants[place]]
        while len(hand) < self.wants[place]:
            hand.append(self._next(place, behind))
        for who in hand:
            self.given[who] += 1
        for who in behind:
            self.open[who] -= 1
        self._meet([*self.held[place], *hand])

    def _next(self, place: int, behind: Mapping[int, float]) -> int:
        """Of those most behind, the one who met the others of this subject least."""
        hand = self.hands[place]
        free = [who for who in behind if who not in hand]
        least = sorted((behind[who] for who in free), reverse=True)[self.wants[place] - len(hand) - 1]
        near = [who for who in free if behind[who] >= least - WINDOW] if self.is_shared[place] else free
        others = [*self.held[place], *hand]
        return min(near, key=lambda who: (self._crowd(place, who, others), -behind[who], who))

    def _crowd(self, place: int, who: int, others: Sequence[int]) -> float:
        """How much somebody shares already: with these others, or at all when there are none yet."""
        if not self.is_shared[place]:
            return 0.0
        own = max(1, self.quota[who])
        if not others:
            return self.shared[who] / own
        return sum(self.met[who][other] / (own * max(1, self.quota[other])) for other in others)

    def _meet(self, together: Sequence[int]) -> None:
        if len(together) < 2:
            return
        for who in together:
            self.shared[who] += 1
            for other in together:
                self.met[who][other] += 1
