"""What may no longer be done in a round that is closed, or until a day that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.errors import RequestError
from annotator.model.rounds import in_words, short
from annotator.store import readable
from annotator.store.team import rounds

if TYPE_CHECKING:
    from annotator.store.connection import Transaction
    from annotator.store.team.rounds import Round


def closed_in_words(round_: Round) -> str:
    """That nothing new is begun in a round, who said so, and the way out."""
    where = in_words(round_.round, round_.purpose)
    return (
        f"Nothing new is begun in {where}, which was closed on {round_.closed_at[:10]} by "
        f"{round_.closed_by or 'somebody'}. Work in another one (R at the desk, --round), or have a lead open it: "
        "`annotator round open`."
    )


def waits_in_words(round_: int) -> str:
    """That a round does not count yet, and where that is told."""
    return (
        f"Round {short(round_)} waits for a lead, and until one accepts it nothing is begun in it; "
        "`annotator waiting` lists it."
    )


def why_closed(transaction: Transaction, taxonomy: str, round_: int) -> str:
    """Why nothing is begun in a round, in words: it is closed, or waits for a lead; empty where it is open."""
    found = rounds.one(transaction, taxonomy, round_)
    if found:
        return closed_in_words(found) if found.is_closed else ""
    from annotator.store.team import waiting

    return waits_in_words(round_) if round_ in waiting.rounds(transaction) else ""


def refuse_closed(transaction: Transaction, taxonomy: str, round_: int) -> None:
    """Refuse to deal anything out in a round that is closed, or waits; raises RequestError."""
    if why := why_closed(transaction, taxonomy, round_):
        raise RequestError(why)


def refuse_past(due: str) -> None:
    """Refuse a day that is over; raises RequestError."""
    if due and due < today():
        raise RequestError(f"--due {due} is over already, so everything would be late at once; name a day to come.")


def today() -> str:
    """The day it is, as it is written: UTC."""
    return readable.now()[:10]
