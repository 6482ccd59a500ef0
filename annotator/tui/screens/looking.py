"""Looking a queue up away from the screen's thread."""

from __future__ import annotations

from contextlib import closing

from textual.message import Message

from annotator.models.queue import QueueView
from annotator.session import Queue, Session


class Looked(Message):
    """A queue has been looked up; the session that shows it has to adopt it."""

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self.queue = queue


def look_up(session: Session, view: QueueView) -> Queue:
    """Find all subjects of a view with a connection of its own; call it in any thread."""
    with closing(session.another()) as other:
        queue = other.queue(view)
        queue.complete()
        return queue
