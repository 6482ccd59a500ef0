"""How far everybody is: per annotator, taxonomy and round, and what is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from annotator.desk.project import Project
from annotator.model.visibility import NOBODY, Viewer
from annotator.store.team import assignments
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

    @property
    def done(self) -> int:
        """How many assignments are done."""
        return self.assigned - self.open


@dataclass(frozen=True)
class Progress:
    """How far everybody is."""

    rows: tuple[ProgressRow, ...]
    """The latest round first, then by taxonomy and annotator."""
    decided: tuple[Decided, ...]


def progress_of(project: Project, taxonomy: str = "", round_: int = 0, viewer: Viewer = NOBODY) -> Progress:
    """Count what a viewer may know, of everything, one taxonomy or one round (0: all); raises NotFoundError."""
    name = project.named(taxonomy) if taxonomy else ""
    with project.store.reading() as transaction:
        dealt, worked = assignments.assigned(transaction), assignments.worked(transaction)
        decided = assignments.decided(transaction, viewer)
    rows = [
        ProgressRow._make((*whose, *dealt.get(whose, Dealt()), *worked.get(whose, Worked())))
        for whose in sorted(dealt.keys() | worked.keys(), key=lambda each: (-each[2], each[1], each[0]))
        if name in {"", whose[1]} and round_ in {0, whose[2]}
    ]
    return Progress(
        tuple(rows), tuple(each for each in decided if name in {"", each.taxonomy} and round_ in {0, each.round})
    )


def batches_of(project: Project, row: ProgressRow) -> list[Batch]:
    """The batches behind a row, in the order to do them."""
    with project.store.reading() as transaction:
        return assignments.batches(transaction, row.annotator, row.taxonomy, row.round)


class Progressing:
    """How far everybody is, as one person may know it."""

    def __init__(self, project: Project, visibility: Visibility) -> None:
        """Take the project, and what may be seen of it."""
        self.project = project
        self.visibility = visibility

    def of(self, taxonomy: str = "", round_: int = 0) -> Progress:
        """Count everything, one taxonomy or one round (0: all); call it in a thread. Raises NotFoundError."""
        return progress_of(self.project, taxonomy, round_, self.visibility.viewer())

    def batches(self, row: ProgressRow) -> list[Batch]:
        """What is behind a row, in the order to do it."""
        return batches_of(self.project, row)

    def changes(self) -> int:
        """A number that is another one after somebody else wrote to the file; cheap, to be asked every second."""
        return self.project.store.foreign_changes()
