"""Which project a file belongs to: work of different projects is brought together only when somebody says so."""

from __future__ import annotations

from annotator.errors import SourceError
from annotator.store.connection import Transaction
from annotator.store.log import changes
from annotator.store.merging.offer import Offer


def here(transaction: Transaction) -> frozenset[str]:
    """The projects that this file belongs to."""
    return frozenset(uid for (uid,) in transaction.execute("SELECT uid FROM projects"))


def agree(transaction: Transaction, offer: Offer, *, join: bool) -> bool:
    """Make sure that an offer belongs to the same project; a file without work of its own becomes part of it.

    Returns whether two projects become one, whose teams agreed on nothing before. Raises SourceError where they are
    not to be joined.
    """
    own = here(transaction)
    is_new = changes.is_empty(transaction)
    is_another = bool(own and not own & offer.projects and not is_new)
    if is_another and not join:
        what = "belongs to another project" if offer.projects else "names no project that it belongs to"
        raise SourceError(
            f"{offer.name}: {what}; nothing was changed. If both are to become one, say so with "
            "`annotator merge --join`."
        )
    if is_new and offer.projects:
        transaction.execute("DELETE FROM projects")
    sql = "INSERT OR IGNORE INTO projects VALUES (?)"
    transaction.executemany(sql, [(uid,) for uid in sorted(offer.projects)])
    return is_another
