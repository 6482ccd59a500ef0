"""What was handed in since the feeds were so long, told by the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from annotator.model.chain import Heads, branch_of, local_id
from annotator.model.person import ADJUDICATED, plain_name
from annotator.store.connection import Transaction

DRAFTING = ("answer_set", "answer_cleared", "note_set", "flag_raised", "flag_resolved", "version_taken")
"""Kinds of events that leave what is handed in as it is."""


def heads(transaction: Transaction) -> Heads:
    """How far all feeds have come here."""
    return dict(transaction.execute("SELECT id, number FROM feeds"))


def hash_of(transaction: Transaction, feed: str, number: int) -> bytes | None:
    """The hash of an event by the uid of its feed and its number; None where it is not here."""
    sql = "SELECT hash FROM events WHERE id = ((SELECT id FROM feeds NOT INDEXED WHERE uid = ?) << 32) + ?"
    row = transaction.execute(sql, (feed, number)).fetchone()
    return row[0] if row else None


def is_empty(transaction: Transaction) -> bool:
    """Whether nothing was ever decided here."""
    return not any(heads(transaction).values())


def gaps(transaction: Transaction) -> dict[str, int]:
    """By the uid of a feed that lacks events before its last one: the number of the first that it lacks."""
    sql = "SELECT id, uid, number FROM feeds WHERE number > 0"
    feeds = [(feed, uid, branch_of(uid).forked_at, number) for feed, uid, number in transaction.execute(sql).fetchall()]
    (held,) = transaction.execute("SELECT count(*) FROM events").fetchone()
    if held == sum(number - first for _, _, first, number in feeds):
        return {}
    sql = "SELECT id & 4294967295 FROM events WHERE id > ? << 32 AND id < (? + 1) << 32 ORDER BY id"
    found: dict[str, int] = {}
    for feed, uid, first, number in feeds:
        rows = enumerate((row for (row,) in transaction.execute(sql, (feed, feed))), first + 1)
        lacking = next((expected for expected, row in rows if row != expected), None)
        if lacking is not None and lacking <= number:
            found[uid] = lacking
    return found


@contextmanager
def without_triggers(transaction: Transaction) -> Iterator[None]:
    """Let rows of events stand where triggers refuse them; call inside a write transaction."""
    sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'events'"
    triggers = transaction.execute(sql).fetchall()
    for name, _ in triggers:
        transaction.execute(f"DROP TRIGGER {name}")
    yield
    for _, made in triggers:
        transaction.execute(made)


def stretches(transaction: Transaction, since: Heads) -> list[tuple[int, int]]:
    """The rows of the events that have come since, as first and last of each feed that has grown."""
    now = heads(transaction)
    return [
        (local_id(feed, since.get(feed, 0) + 1), local_id(feed, number))
        for feed, number in sorted(now.items())
        if number > since.get(feed, 0)
    ]


def is_news(transaction: Transaction, after: Heads, taxonomy: str, round_: int, viewer: str, *, drafts: bool) -> bool:
    """Whether work that counts may have changed since; with `drafts`, unfinished work counts too.

    What the viewer begins counts in any case, and for nobody whatever anybody begins: while
    annotation is blind it closes others' work to them.
    """
    kinds = () if drafts or not viewer else DRAFTING
    own = "SELECT id FROM people WHERE stands_for = (SELECT person FROM spellings WHERE plain = ?)"
    sql = f"""SELECT 1 FROM events JOIN feeds ON feeds.id = feed JOIN people ON people.id = whose
              WHERE events.id BETWEEN ? AND ? AND taxonomy = ? AND people.name != ?
              AND (feeds.person IN ({own})
                   OR (round = ? AND events.kind NOT IN ({", ".join("?" * len(kinds))}))) LIMIT 1"""
    values = (taxonomy, ADJUDICATED, plain_name(viewer), round_, *kinds)
    return any(transaction.execute(sql, (*ends, *values)).fetchone() for ends in stretches(transaction, after))
