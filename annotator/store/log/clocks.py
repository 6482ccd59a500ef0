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
LATER, EARLIER = (
    "its clock cannot be right: this is later than now",
    ("its clock cannot be right: this is not in the order in which the events of its copy were written"),
)


class WrongClock(NamedTuple):
    """An event and what is wrong with its time."""

    event: str
    person: str
    at: str
    words: str


def wrong_clocks(transaction: Transaction) -> Iterator[WrongClock]:
    """The events whose time is later than now, or out of the order in which their copy wrote them.

    Of the latter as few as can be: one clock that was wrong for a while marks its own events and nobody else's.
    """
    sql = """SELECT feeds.replica, feeds.uid, events.id & 4294967295, people.name, at, julianday(at),
               julianday('now') + ? FROM events JOIN feeds ON feeds.id = events.id >> 32
             JOIN people ON people.id = feeds.person WHERE at IS NOT NULL
             ORDER BY feeds.replica, events.counter, feeds.uid"""
    for _, rows in groupby(transaction.execute(sql, (SLACK,)), key=lambda row: row[0]):
        before_now = []
        for _, uid, number, person, at, day, now in rows:
            one = WrongClock(event_id(uid, number), person, at, LATER)
            if day is None or day > now:
                yield one
            else:
                before_now.append((day, one._replace(words=EARLIER)))
        for index in out_of_order([day for day, _ in before_now]):
            yield before_now[index][1]


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
