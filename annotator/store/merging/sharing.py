"""What of a database somebody may be given while annotation is blind."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.model.chain import Content
from annotator.store import people
from annotator.store.connection import Transaction
from annotator.store.merging.offer import Keeps

FOR_ALL = frozenset(
    {
        "person_added", "person_renamed", "spelling_added", "people_merged", "people_split", "person_left",
        "people_undone", "round_started", "setting_set", "import_ran", "erased",
    }
)  # fmt: skip
"""Kinds of events that tell of nobody's work."""


def own_feeds(transaction: Transaction, person: str) -> tuple[int, ...]:
    """The rows of the feeds that somebody wrote, on whatever replica."""
    sql = """SELECT feeds.id FROM feeds JOIN people AS writer ON writer.id = person
             WHERE number > 0 AND writer.stands_for = (SELECT stands_for FROM people WHERE uid = ?) ORDER BY 1"""
    return tuple(feed for (feed,) in transaction.execute(sql, (person,)))


def for_person(transaction: Transaction, person: str, reviewers: Sequence[str]) -> tuple[tuple[int, ...], Keeps]:
    """The rows of the feeds somebody gets, and what of them goes with them.

    Their own come whole; of those who review, and of imports, what is about them or about nobody's work.
    """
    feeds = set(own_feeds(transaction, person))
    for name in ("", *reviewers):
        found = people.find(transaction, name)
        feeds |= set(own_feeds(transaction, found.uid)) if found else set()
    sql = "SELECT uid FROM people WHERE stands_for = (SELECT stands_for FROM people WHERE uid = ?)"
    theirs = {uid for (uid,) in transaction.execute(sql, (person,))}

    def keeps(content: Content) -> bool:
        return content.whose in theirs or content.kind in FOR_ALL

    return tuple(sorted(feeds)), keeps
