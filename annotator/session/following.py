"""The figures of the fields, kept in step with what anybody hands in. Threads may share it, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING

from annotator.comparing.scope import Scope
from annotator.session.comparing import FieldsSeen, agreement_fields, compared_taxonomies, seen_by, unseen
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
        scope = seen_by(session, scope)
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
        from annotator.store.seeing import open_to

        with session.store.reading() as connection:
            if open_to(connection, scope.viewer).sql:
                return None
        if self._kept and self._kept.scope == scope and self._kept.follow(session.project):
            return self._kept
        self._taxonomies, named = compared_taxonomies(session, scope)
        found = Following(session.project, named) if named.taxonomy else None
        self._kept = found if found and found.is_whole else None
        return self._kept

    def _seen(self, kept: Following) -> FieldsSeen:
        rows, notes = tuple(kept.rows()), tuple(kept.notes)
        return FieldsSeen(unseen(kept.scope), self._taxonomies, rows, notes, kept.pending, kept.brief)


def newest_event(session: Session) -> str:
    """The id of the latest event: cheap, to be asked every second."""
    from annotator.store.following import newest

    with session.store.reading() as connection:
        return newest(connection)


def is_news(session: Session, scope: Scope, since: str) -> bool:
    """Whether events after one may have changed what a scope compares, or what of it is open to this person."""
    from annotator.store import following

    with session.store.reading() as connection:
        about = (scope.taxonomy, scope.round, session.annotator)
        return following.is_news(connection, since, *about, drafts=scope.drafts)
