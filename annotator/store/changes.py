"""What was handed in since an event, told by the log."""

from __future__ import annotations

from annotator.model.person import ADJUDICATED
from annotator.store.connection import Transaction

DRAFTING = ("answer_set", "answer_cleared", "note_set", "flag_raised", "flag_resolved")
"""Kinds of events that leave what is handed in as it is."""


def newest(transaction: Transaction) -> str:
    """The id of the latest event; empty when nothing has happened yet."""
    return str(transaction.execute("SELECT ifnull(max(id), '') FROM events").fetchone()[0])


def is_news(transaction: Transaction, after: str, taxonomy: str, round_: int, viewer: str, *, drafts: bool) -> bool:
    """Whether work that counts may have changed since an event; with `drafts`, unfinished work counts too.

    What the viewer begins counts in any case, and for nobody whatever anybody begins: while
    annotation is blind it closes others' work to them.
    """
    kinds = () if drafts or not viewer else DRAFTING
    sql = f"""SELECT 1 FROM events WHERE id > ? AND taxonomy = ? AND of_annotator != ?
              AND (annotator = ? OR (round = ? AND kind NOT IN ({", ".join("?" * len(kinds))}))) LIMIT 1"""
    values = (after, taxonomy, ADJUDICATED, viewer, round_, *kinds)
    return transaction.execute(sql, values).fetchone() is not None
