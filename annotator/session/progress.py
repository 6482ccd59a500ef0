"""How far everybody is, as one person sees it: counts alone, never answers."""

from __future__ import annotations

from annotator.session.seeing import viewer_of
from annotator.session.session import Session
from annotator.team.progress import Batch, Progress, ProgressRow, batches_of, progress_of


def progress(session: Session) -> Progress:
    """Count everything; call it in a thread, with a session of its own."""
    return progress_of(session.project, viewer=viewer_of(session.store, session.annotator))


def batches(session: Session, row: ProgressRow) -> list[Batch]:
    """What is behind a row, in the order to do it."""
    return batches_of(session.project, row)


def changes(session: Session) -> int:
    """A number that is another one after somebody else wrote to the file; cheap, to be asked every second."""
    return session.store.foreign_changes()
