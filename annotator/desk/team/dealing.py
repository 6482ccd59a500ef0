"""Who gets what: subjects dealt out among people. Pure; the same input is the same deal.

Neither the order of the subjects nor that of the names matters: subjects are shuffled by the
seed and their keys, people by the seed and their names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableSequence, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

Hands = Sequence[MutableSequence[int]]
"""By subject: the numbers of those who get it."""


def level(hands: Hands, shut: Sequence[Collection[int]], quota: Sequence[int]) -> None:
    """Change `hands` so that loads equal `quota` as nearly as they can.

    A subject moves to somebody who does not have it and is not shut out of it; a chain of
    moves counts as one. So many chains as possible are found, which is a maximum flow.
    """
    owned: list[set[int]] = [set() for _ in quota]
    for place, hand in enumerate(hands):
        for who in hand:
            owned[who].add(place)
    while chain := _chain(hands, shut, owned, quota):
        for giver, taker, place in chain:
            hands[place][hands[place].index(giver)] = taker
            owned[giver].remove(place)
            owned[taker].add(place)


def _chain(
    hands: Hands, shut: Sequence[Collection[int]], owned: Sequence[Collection[int]], quota: Sequence[int]
) -> list[tuple[int, int, int]]:
    """Moves (giver, taker, subject) from somebody with too much to somebody with too little; shortest first."""
    reached: dict[int, tuple[int, int, int] | None] = {
        who: None for who, has in enumerate(owned) if len(has) > quota[who]
    }
    waiting = list(reached)
    for giver in waiting:
        for taker in range(len(quota)):
            place = None if taker in reached else _movable(hands, shut, owned[giver], taker)
            if place is None:
                continue
            reached[taker] = (giver, taker, place)
            if len(owned[taker]) < quota[taker]:
                return _back(reached, taker)
            waiting.append(taker)
    return []


def _movable(hands: Hands, shut: Sequence[Collection[int]], places: Collection[int], taker: int) -> int | None:
    return min((each for each in places if taker not in shut[each] and taker not in hands[each]), default=None)


def _back(reached: dict[int, tuple[int, int, int] | None], last: int) -> list[tuple[int, int, int]]:
    chain = []
    while (move := reached[last]) is not None:
        chain.append(move)
        last = move[0]
    return chain


def shuffled(keys: Collection[str], seed: int) -> list[str]:
    """The keys in an order that the seed alone decides: neither their own order nor the other keys matter."""
    return sorted(keys, key=lambda key: (sha256(f"{seed}\0{key}".encode("utf-8", "surrogatepass")).digest(), key))


def allocated(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """Split a sample among strata in proportion to their sizes, by largest remainder.

    Where `total` is enough for that, every stratum gets at least one, at the cost of those
    that are furthest above their proportion. `total` is at most the sum of the sizes.
    """
    everything = sum(sizes.values())
    names = sorted(name for name, size in sizes.items() if size)
    exact = {name: Fraction(sizes[name] * total, everything) for name in names}
    parts = {name: int(exact[name]) for name in names}
    by_remainder = sorted(names, key=lambda name: (parts[name] - exact[name], name))
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    if total >= len(names):
        for name in (each for each in names if not parts[each]):
            giver = max((each for each in names if parts[each] > 1), key=lambda each: (parts[each] - exact[each], each))
            parts[giver], parts[name] = parts[giver] - 1, 1
    return {name: parts.get(name, 0) for name in sizes}


def sample(strata: Mapping[str, str], total: int, seed: int, shared: Mapping[str, int]) -> frozenset[str]:
    """Choose `total` of the keys of `strata` (key → stratum); those that more people share already come first.

    So a second call with more subjects keeps what the first one chose, as far as it was dealt.
    """
    sizes: dict[str, int] = {}
    for stratum in strata.values():
        sizes[stratum] = sizes.get(stratum, 0) + 1
    left = allocated(sizes, total)
    chosen = []
    for key in sorted(shuffled(strata, seed), key=lambda each: -shared.get(each, 0)):
        if left[strata[key]]:
            left[strata[key]] -= 1
            chosen.append(key)
    return frozenset(chosen)


def shares(weights: Sequence[Fraction], floors: Sequence[int], caps: Sequence[int], total: int) -> list[int]:
    """Split `total` by weight, each share within its floor and cap; whole numbers by largest remainder.

    Where nothing bounds them, shares differ from exact proportion by less than one. The sum
    is `total`, which must lie between the sums of floors and caps. Equal remainders go to
    whoever stands first.
    """
    exact = _filled(weights, floors, caps, total)
    whole = [int(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in by_remainder[: total - sum(whole)]:
        whole[at] += 1
    return whole


def _filled(weights: Sequence[Fraction], floors: Sequence[int], caps: Sequence[int], total: int) -> list[Fraction]:
    """Raise one level, `share = level * weight`, until the bounded shares add up."""
    bounds = list(zip(weights, floors, caps, strict=True))
    levels = sorted({Fraction(0), *(bound / weight for weight, *both in bounds for bound in both)})
    reached = [level for level in levels if sum(_held(level, *each) for each in bounds) <= total]
    level = reached[-1] if reached else Fraction(0)
    missing = total - sum(_held(level, *each) for each in bounds)
    rising = sum(weight for weight, floor, cap in bounds if floor <= level * weight < cap)
    if missing and rising:
        level += missing / rising
    return [_held(level, *each) for each in bounds]


def _held(level: Fraction, weight: Fraction, floor: int, cap: int) -> Fraction:
    return min(max(level * weight, Fraction(floor)), Fraction(cap))


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
