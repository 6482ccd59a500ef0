"""Accept in bulk what annotators agree on, so that people decide only what they must."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from annotator.errors import AnswerError, RequestError
from annotator.models.queue import QueueView
from annotator.models.reserved import STRATEGIES, Strategy
from annotator.models.review import Review
from annotator.store import reviews
from annotator.store.queue import QueueQuery

if TYPE_CHECKING:
    from annotator.session.adjudicating import Adjudicator


class Accepted(NamedTuple):
    """What a bulk decision did."""

    accepted: list[str]
    refused: dict[str, str]
    """By key: why a subject was left for people."""


def accept_agreed(
    adjudicator: Adjudicator, namespace: str, strategy: Strategy, which: Iterable[str] | QueueView | None = None
) -> Accepted:
    """Adjudicate every subject that a strategy settles, in one transaction; raises RequestError for no strategy.

    One undo takes all of them back.

    `unanimous`: two annotators or more, and they differ on nothing. `majority`: where they
    differ, more than half give the same answer. `single`: one annotator handed in.
    """
    if strategy not in STRATEGIES:
        raise RequestError(f"{strategy!r} is no strategy; there is {', '.join(STRATEGIES)}.")
    done, batch = Accepted([], {}), uuid4().hex
    with adjudicator.store.writing():
        for key in _keys(adjudicator, namespace, which):
            try:
                _refuse(adjudicator.review(key, namespace), strategy)
                adjudicator.adjudicate(key, namespace, strategy, batch)
            except AnswerError as error:
                done.refused[key] = str(error)
            else:
                done.accepted.append(key)
    return done


def _keys(adjudicator: Adjudicator, namespace: str, which: Iterable[str] | QueueView | None) -> list[str]:
    session = adjudicator.session
    if which is not None and not isinstance(which, QueueView):
        return list(which)
    with session.store.reading() as connection:
        waiting = reviews.undecided(connection, session.taxonomy(namespace).namespace, session.round)
        if which is None:
            return waiting
        shown = set(reviews.keys(connection, QueueQuery(which, session.annotator, session.round).ids(connection)))
    return [key for key in waiting if key in shown]


def _refuse(review: Review, strategy: Strategy) -> None:
    """Say why a strategy does not settle a subject."""
    several = len(review.annotators) > 1
    if strategy == "single" and several:
        raise AnswerError(f"{len(review.annotators)} annotators handed in")
    if strategy != "single" and not several:
        raise AnswerError("fewer than two annotators handed in")
    if strategy == "unanimous" and any(each.differs and not each.is_moot for each in review.fields):
        raise AnswerError("annotators differ")
