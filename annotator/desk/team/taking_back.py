"""Take from somebody what they have still to do, all of it or what is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from annotator.desk.names import known_as
from annotator.desk.project import Project
from annotator.desk.roles import refuse_who_leads_not
from annotator.desk.team.dealing import shuffled
from annotator.errors import NotFoundError, RequestError
from annotator.model.queue import QueueView
from annotator.model.rounds import FIRST, FIRST_ROUNDS, short
from annotator.store import people
from annotator.store.connection import Transaction
from annotator.store.queue import QueueQuery
from annotator.store.team import assignments
from annotator.store.team.assignments import StillOpen


@dataclass(frozen=True)
class OpenWork:
    """Which of what somebody has still to do is meant; nothing given means all of it."""

    taxonomy: str = ""
    view: QueueView = field(default_factory=QueueView)
    keys: tuple[str, ...] | None = None
    """These subjects alone, instead of those of the view."""
    batches: tuple[int, ...] = ()
    status: Literal["", "untouched", "draft"] = ""
    limit: int | None = None
    """At most so many: what is not begun first, and of that what would be done last."""
    random: int | None = None
    """The seed by which as many as the limit are drawn instead."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing was asked for."""
        return self == EVERYTHING


EVERYTHING = OpenWork()


class TakenBatch(NamedTuple):
    """What is taken of one batch under one taxonomy."""

    taxonomy: str
    round: int
    batch: int
    taken: int
    begun: int
    """How many of them were begun; the drafts stay in the file."""
    left: int
    """How many stay to be done."""


class TakenBack(NamedTuple):
    """What was taken back, or would be."""

    annotator: str
    """Their name as it is kept."""
    round: int
    """The one that was named; 0: all of them."""
    taken: int
    open: int
    """How many were to be done before."""
    batches: tuple[TakenBatch, ...]
    not_theirs: int = 0
    """How many of the subjects that were named they have not to do."""


def take_back(
    project: Project, name: str, round_: int, which: OpenWork = EVERYTHING, by: str = "", *, dry_run: bool = False
) -> TakenBack:
    """Take what somebody has not done yet from them; a dry run changes nothing.

    Without a round (0), in all of them. Raises NotFoundError when nothing was ever dealt to anybody of that name, and
    RequestError in words.
    """
    namespace = project.taxonomy(which.taxonomy).namespace if which.taxonomy else ""
    with project.store.reading() if dry_run else project.store.writing() as transaction:
        refuse_who_leads_not(transaction, by, "takes work back")
        kept = known_in(transaction, name, round_)
        found = assignments.still_open(transaction, round_, annotator=kept)
        meant = open_work(transaction, [each for each in found if namespace in {"", each.taxonomy}], which)
        chosen = at_most(transaction, meant, which)
        if not dry_run:
            assignments.take(transaction, chosen, by)
        named = set(assignments.ids_of(transaction, which.keys or ()))
    not_theirs = len(named - {each.subject_id for each in meant})
    return TakenBack(kept, round_, len(chosen), len(found), tuple(_by_batch(found, chosen)), not_theirs)


def open_work(transaction: Transaction, found: Sequence[StillOpen], which: OpenWork) -> list[StillOpen]:
    """Those of some open assignments that are meant, whatever the limit."""
    subjects = _subjects(transaction, which)
    return [
        each
        for each in found
        if (subjects is None or each.subject_id in subjects)
        and (not which.batches or each.batch in which.batches)
        and (not which.status or each.is_begun == (which.status == "draft"))
    ]


def known_in(transaction: Transaction, name: str, round_: int) -> str:
    """The name under which somebody was given something in a round, or in any (0); raises NotFoundError."""
    found = people.find(transaction, name)
    known = assignments.dealt_to(transaction, round_=round_)
    where = f" in round {short(round_)}" if round_ else ""
    if found is not None and found.name not in known:
        raise NotFoundError(f"Nothing is assigned to {found.name}{where}; `annotator progress` tells who has what.")
    try:
        return known_as(found.name if found else name.strip(), known)
    except RequestError as error:
        raise NotFoundError(f"Nothing is assigned to {name!r}{where}. {error}") from error


def _subjects(transaction: Transaction, which: OpenWork) -> Collection[int] | None:
    """The ids of the subjects that are meant; None: all."""
    if which.keys is not None:
        return frozenset(assignments.ids_of(transaction, which.keys))
    if which.view.selects_all:
        return None
    return frozenset(QueueQuery(which.view, None, FIRST_ROUNDS).ids(transaction))


def at_most(transaction: Transaction, meant: Sequence[StillOpen], which: OpenWork) -> list[StillOpen]:
    """As many of them as were asked for."""
    if which.random is not None and which.limit is None:
        raise RequestError("--random draws some of what is open; say how many: --limit N.")
    if which.limit is None:
        return list(meant)
    if which.random is None:
        return sorted(meant, key=lambda each: (each.is_begun, -each.batch, -each.position))[: which.limit]
    keys = {each.id: each.key for each in assignments.subjects(transaction, [each.subject_id for each in meant])}
    by_name = {f"{keys[each.subject_id]}\0{each.taxonomy}" + _apart(each): each for each in meant}
    return [by_name[name] for name in shuffled(by_name, which.random)[: which.limit]]


def _by_batch(found: Sequence[StillOpen], chosen: Sequence[StillOpen]) -> list[TakenBatch]:
    there = Counter(_batch_of(each) for each in found)
    taken = Counter(_batch_of(each) for each in chosen)
    begun = Counter(_batch_of(each) for each in chosen if each.is_begun)
    return [TakenBatch(*place, taken[place], begun[place], there[place] - taken[place]) for place in sorted(taken)]


def _batch_of(one: StillOpen) -> tuple[str, int, int]:
    return one.taxonomy, one.round, one.batch


def _apart(one: StillOpen) -> str:
    """What tells the same subject in another round than the first apart, so that a draw there stays what it was."""
    return f"\0{one.round}" if one.round != FIRST else ""
