"""Move single subjects between people until each has their share, or none can be moved any more."""

from __future__ import annotations

from collections.abc import Collection, MutableSequence, Sequence

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
