"""Which events were told a time that cannot be right. Nothing follows from a time, so nothing is mended: it is said."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from annotator.model.chain import event_id
from annotator.store.connection import Transaction

SLACK = 1 / 24
"""Days by which clocks may differ, or be set back, without a word."""
FIRST = "2026-01-01"
"""Nothing can have been written before: the year in which this program was first written begins with it."""
LATER, BEFORE, EARLIER = (
    "its clock cannot be right: this is later than now",
    "its clock cannot be right: this is before this program was first written",
    ("its clock cannot be right: this is not in the order in which the events of its copy were written"),
)


class WrongClock(NamedTuple):
    """An event and what is wrong with its time."""

    event: str
    person: str
    at: str
    words: str


def wrong_clocks(transaction: Transaction) -> Iterator[WrongClock]:
    """The events whose time is later than now, before `FIRST`, or out of the order in which their copy wrote them.

    Of the latter as few as can be: one clock that was wrong for a while marks its own events and nobody else's. Whose
    own clock is before `FIRST` holds it against nobody.
    """
    sql = """SELECT feeds.replica, feeds.uid, events.id & 4294967295, people.name, at, julianday(at),
               julianday('now') + ?, julianday(?) FROM events JOIN feeds ON feeds.id = events.id >> 32
             JOIN people ON people.id = feeds.person WHERE at IS NOT NULL
             ORDER BY feeds.replica, events.counter, feeds.uid"""
    for _, rows in groupby(transaction.execute(sql, (SLACK, FIRST)), key=lambda row: row[0]):
        possible = []
        for _, uid, number, person, at, day, now, first in rows:
            one = WrongClock(event_id(uid, number), person, at, EARLIER)
            if day is None or day > now:
                yield one._replace(words=LATER)
            elif day < first <= now:
                yield one._replace(words=BEFORE)
            else:
                possible.append((day, one))
        for index in out_of_order([day for day, _ in possible]):
            yield possible[index][1]


def out_of_order(days: Sequence[float]) -> list[int]:
    """The places of the fewest days without which each is later than those before, but for `SLACK`."""
    ends: list[float] = []  # of the longest runs of each length so far, the earliest last day
    lasts: list[int] = []
    before: list[int] = []
    for index, day in enumerate(_smoothed(days)):
        length = bisect_right(ends, day)
        before.append(lasts[length - 1] if length else -1)
        ends[length : length + 1], lasts[length : length + 1] = [day], [index]
    kept, index = set[int](), lasts[-1] if lasts else -1
    while index >= 0:
        kept.add(index)
        index = before[index]
    return [index for index in range(len(days)) if index not in kept]


def _smoothed(days: Sequence[float]) -> Iterator[float]:
    last = float("-inf")
    for day in days:
        last = last if last - SLACK <= day < last else day
        yield last
