"""Change until when somebody's open work is to be done."""

from __future__ import annotations

from typing import NamedTuple

from annotator.desk.project import Project
from annotator.desk.roles import refuse_who_leads_not
from annotator.desk.team.closing import refuse_past
from annotator.desk.team.taking_back import OpenWork, at_most, known_in, open_work
from annotator.store.connection import Transaction
from annotator.store.team import assignments
from annotator.store.team.assignments import Assignment, StillOpen


class Redated(NamedTuple):
    """What was given another day, or would be."""

    annotator: str
    due: str
    changed: int
    open: int
    """How much of theirs is to be done."""


def redate(project: Project, name: str, due: str, named: int, which: OpenWork, by: str, *, dry_run: bool) -> Redated:
    """Say until when somebody's open work, or some of it, is to be done; raises RequestError and NotFoundError."""
    namespace = project.taxonomy(which.taxonomy).namespace if which.taxonomy else ""
    refuse_past(due)
    with project.store.reading() if dry_run else project.store.writing() as transaction:
        refuse_who_leads_not(transaction, by, "says until when work is due")
        kept = known_in(transaction, name, named)
        found = assignments.still_open(transaction, named, namespace, kept)
        chosen = [each for each in at_most(transaction, open_work(transaction, found, which), which) if each.due != due]
        if not dry_run:
            _record(transaction, chosen, due, by)
    return Redated(kept, due, len(chosen), len(found))


def _record(transaction: Transaction, chosen: list[StillOpen], due: str, by: str) -> None:
    """Deal the same again, at the same places, with another day."""
    places: dict[tuple[str, int], list[Assignment]] = {}
    for each in chosen:
        one = Assignment(each.subject_id, each.annotator, each.batch, each.position, each.dealt, each.compared, due)
        places.setdefault((each.taxonomy, each.round), []).append(one)
    for (taxonomy, round_), dealt in places.items():
        assignments.put(transaction, taxonomy, round_, dealt, by)
