"""Where the annotator is on the tagging screen: kept, so that they can go on there, and what comes next got ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.model.queue import ResumePoint

if TYPE_CHECKING:
    from textual.timer import Timer

    from annotator.tui.tagging.screen import TaggingScreen

SETTLED = 1.0
"""Seconds on a field after which it is remembered as the place to resume."""


class Resuming:
    """The place of whoever sits at a tagging screen."""

    def __init__(self, screen: TaggingScreen) -> None:
        """Take the screen, which knows its subject, taxonomy and field."""
        self._screen = screen
        self._settling: Timer | None = None

    def begin(self, first_field: str) -> None:
        """Open the subject where the annotator stopped in it, or at a field."""
        screen = self._screen
        point = screen.desk.queue.resume_point() if screen.desk.annotator else None
        stopped = point if point and point.subject == screen.key else ResumePoint("")
        taxonomy = screen.namespace or screen.taxonomy_to_do(screen.key, stopped.taxonomy)
        field = first_field or (stopped.field if stopped.taxonomy == taxonomy else "")
        screen.open_subject(screen.key, taxonomy, field)

    def remember_soon(self) -> None:
        """Keep the place once the annotator has stayed a while."""
        screen = self._screen
        field = screen.field.id if screen.field else ""
        if screen.desk.annotator:
            here = ResumePoint(subject=screen.key, taxonomy=screen.namespace, field=field, view=screen.view)
            screen.saving.here = here
        if self._settling:
            self._settling.stop()
        self._settling = screen.set_timer(SETTLED, screen.saving.remember)

    def place_in_queue(self) -> str:
        """Which subject of how many it is; empty where that is not known at once."""
        screen = self._screen
        queue = screen.desk.queue.looked_up(screen.view)
        place = queue.position_of(screen.key) if queue else None
        return f"{place + 1}/{queue.count}" if queue and place is not None else ""

    def prefetch(self, key: str) -> None:
        """Get ready what comes after a subject, if that one is still open."""
        screen, queue = self._screen, self._screen.desk.queue
        if key == screen.key and queue.looked_up(screen.view):
            work = queue.next_assigned(screen.view, key, screen.namespace)
            if following := work.subject if work else queue.next_key(screen.view, key):
                screen.desk.subjects.prefetch(following)
