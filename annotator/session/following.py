"""The figures of the fields, kept in step with what anybody hands in. Threads may share it, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING

from annotator.comparing.scope import Scope
from annotator.session.comparing import FieldsSeen, agreement_fields, compared_taxonomies
from annotator.session.session import Session

if TYPE_CHECKING:
    from annotator.comparing.following import Following


class Follower:
    """Remembers the tables of the scope that was looked at last."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._lock = Lock()
        self._kept: Following | None = None
        self._taxonomies: tuple[str, ...] = ()

    def fields(self, session: Session, scope: Scope) -> Iterator[FieldsSeen]:
        """What `agreement_fields` says: at once without the intervals that must be drawn anew, then with them.

        What was seen last is followed from there, at a cost that does not depend on the number of subjects.
        """
        with self._lock:
            kept = self._in_step(session, scope)
            seen = self._seen(kept) if kept else None
        if kept is None or seen is None:
            yield agreement_fields(session, scope)
            return
        yield seen
        if not kept.is_complete:
            with self._lock:
                kept.complete(session.project)
                self._taxonomies, _ = compared_taxonomies(session, scope)
                seen = self._seen(kept)
            yield seen

    def _in_step(self, session: Session, scope: Scope) -> Following | None:
        from annotator.comparing.following import Following

        if self._kept and self._kept.scope == scope and self._kept.follow(session.project):
            return self._kept
        self._taxonomies, named = compared_taxonomies(session, scope)
        self._kept = Following(session.project, named) if named.taxonomy else None
        return self._kept

    def _seen(self, kept: Following) -> FieldsSeen:
        return FieldsSeen(kept.scope, self._taxonomies, tuple(kept.rows()), tuple(kept.notes), kept.pending)
