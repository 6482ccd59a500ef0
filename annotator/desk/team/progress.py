"""How far everybody is: per annotator, taxonomy and round, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.project import Project
from annotator.desk.roles import may_lead
from annotator.desk.team.closing import today
from annotator.desk.team.pace import Pace, Whose, paces
from annotator.model.visibility import NOBODY, Viewer
from annotator.store import people, readable
from annotator.store.team import assignments, pace, rounds
from annotator.store.team.assignments import Batch, Dealt, Decided, Worked

if TYPE_CHECKING:
    from annotator.desk.visibility import Visibility

__all__ = ["Batch", "Decided", "Progress", "ProgressRow", "Progressing", "batches_of", "progress_of"]


class ProgressRow(NamedTuple):
    """One annotator under one taxonomy in one round. `open` and `assigned` count assignments, the rest work."""

    annotator: str
    taxonomy: str
    round: int
    assigned: int
    open: int
    """Assigned, and neither submitted nor skipped."""
    begun: int
    """Of the open ones, those with a draft."""
    draft: int
    skipped: int
    submitted: int
    """With work that nobody assigned."""
    last: str
    """When they last changed something; empty before that."""
    late: int | None
    """Of the open ones, those that were due before today; None where that is not told."""
    due: str | None
    """The next day on which an open one is due, or was; empty where there is none, None where that is not told."""

    @property
    def done(self) -> int:
        """How many assignments are done."""
        return self.assigned - self.open


@dataclass(frozen=True)
class Progress:
    """How far everybody is."""

    rows: tuple[ProgressRow, ...]
    """The round that was started last first, then by taxonomy and annotator."""
    decided: tuple[Decided, ...]
    rounds: Mapping[tuple[str, int], str]
    """By taxonomy and round, in the same order: what it is for; empty where nobody started it."""
    late_of: str | None = ""
    """Of whom it is told whether they are late; empty: of everybody, None: of nobody."""


def progress_of(
    project: Project, taxonomy: str = "", round_: int = 0, viewer: Viewer = NOBODY, day: str = ""
) -> Progress:
    """Count what a viewer may know, of everything, one taxonomy or one round (0: all), as of a day (today).

    Raises NotFoundError.
    """
    name = project.named(taxonomy) if taxonomy else ""
    with project.store.reading() as transaction:
        dealt, worked = assignments.assigned(transaction, day or today()), assignments.worked(transaction)
        decided = assignments.decided(transaction, viewer)
        started = {(each.taxonomy, each.round): each.purpose for each in rounds.started(transaction)}
    place = {each: at for at, each in enumerate(started, 1)}

    def order(taxonomy: str, number: int) -> tuple[int, int, str]:
        return -place.get((taxonomy, number), 0), -number, taxonomy

    everybody = sorted(dealt.keys() | worked.keys(), key=lambda each: (*order(*each[1:]), each[0]))
    rows = tuple(
        _row(whose, dealt.get(whose, Dealt()), worked.get(whose, Worked()))
        for whose in everybody
        if name in {"", whose[1]} and round_ in {0, whose[2]}
    )
    decided = [each for each in decided if name in {"", each.taxonomy} and round_ in {0, each.round}]
    decided.sort(key=lambda each: order(each.taxonomy, each.round))
    known = {(each.taxonomy, each.round) for each in rows} | {(each.taxonomy, each.round) for each in decided}
    purposes = {each: started.get(each, "") for each in sorted(known, key=lambda each: order(*each))}
    return Progress(rows, tuple(decided), purposes)


def _row(whose: Whose, dealt: Dealt, worked: Worked) -> ProgressRow:
    return ProgressRow._make((*whose, *dealt[:3], *worked, dealt.late, dealt.due))


def batches_of(project: Project, row: ProgressRow) -> list[Batch]:
    """The batches behind a row, in the order to do them."""
    with project.store.reading() as transaction:
        return assignments.batches(transaction, row.annotator, row.taxonomy, row.round)


class Progressing:
    """How far everybody is, as one person may know it."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str) -> None:
        """Take the project, what may be seen of it, and who asks."""
        self.project = project
        self.visibility = visibility
        self.annotator = annotator

    def of(self, taxonomy: str = "", round_: int = 0) -> Progress:
        """Count everything, one taxonomy or one round (0: all); call it in a thread. Raises NotFoundError.

        Who is late is told a lead, and everybody of themselves.
        """
        found = progress_of(self.project, taxonomy, round_, self.visibility.viewer())
        with self.project.store.reading() as transaction:
            if may_lead(transaction, self.annotator):
                return found
            own = people.known_as(transaction, self.annotator) if self.annotator else None
        rows = (each if each.annotator == own else each._replace(late=None, due=None) for each in found.rows)
        return replace(found, rows=tuple(rows), late_of=own)

    def paces(self, found: Progress, now: datetime | None = None) -> dict[Whose, Pace]:
        """How fast everybody gets on whose pace is told this person: a lead everybody's, others their own.

        As long as nobody has a role, everybody is told everything. Walks the whole log: call it in a thread.
        """
        with self.project.store.reading() as transaction:
            own = "" if may_lead(transaction, self.annotator) else people.known_as(transaction, self.annotator)
            worked = pace.worked(transaction, own) if own or may_lead(transaction, self.annotator) else []
        to_do = {(each.annotator, each.taxonomy, each.round): each.open for each in found.rows}
        return paces(worked, to_do, now or datetime.fromisoformat(readable.now()))

    def batches(self, row: ProgressRow) -> list[Batch]:
        """What is behind a row, in the order to do it."""
        return batches_of(self.project, row)

    def changes(self) -> int:
        """A number that is another one after somebody else wrote to the file; cheap, to be asked every second."""
        return self.project.store.foreign_changes()
