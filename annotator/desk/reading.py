"""What one annotator sees: the queue, subjects, taxonomies, and where they stopped.

What only the form needs is imported when it is first used, so that the queue opens at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import randrange
from typing import TYPE_CHECKING, Self

from annotator.desk.project import Project
from annotator.desk.queue import Queue
from annotator.errors import AnswerError, NotFoundError, RequestError
from annotator.model.person import is_reserved
from annotator.model.queue import QueueView, ResumePoint, Work
from annotator.store import assignments, classifications, people
from annotator.store.queue import QueueQuery

if TYPE_CHECKING:
    from annotator.model.outline import SubjectKind
    from annotator.model.subject import SubjectView
    from annotator.model.taxonomy import Taxonomy
    from annotator.store.connection import Patience


class Reader:
    """One annotator looking at one project; changes nothing but the place to resume."""

    def __init__(self, project: Project, annotator: str, round_: int = 1) -> None:
        """Take an open project; raise RequestError for a name or round that cannot be."""
        self.annotator = annotator.strip()
        if not self.annotator.isprintable():
            raise RequestError(f"{annotator!r} is no name for an annotator; use letters that can be seen.")
        if is_reserved(self.annotator):
            raise RequestError(f"{annotator!r} is the name adjudications are kept under; work under your own.")
        if round_ < 1:
            raise RequestError(f"There is no round {round_}; rounds are numbered from 1.")
        self.project = project
        self.store = project.store
        self.round = round_
        self._queues: dict[QueueView, Queue] = {}
        self._subjects: dict[str, SubjectView] = {}
        self._seen = 0

    @property
    def path(self) -> Path:
        """The database file."""
        return self.store.path

    def another(self, patience: Patience | None = None) -> Self:
        """The same annotator with a connection of its own, for another thread; as patient as this one unless told."""
        return type(self)(self.project.another(patience), self.annotator, self.round)

    def in_round(self, round_: int) -> Self:
        """The same annotator at the same connection, in another round."""
        return type(self)(self.project, self.annotator, round_)

    def give_up_when(self, is_unwanted: Callable[[], bool]) -> None:
        """End a look-up that takes long with a StoppedError once this says that nobody waits for it any more."""
        self.store.give_up_when(is_unwanted)

    def close(self) -> None:
        """Give the file back."""
        self.store.close()

    # The queue

    def queue(self, view: QueueView, *, again: bool = False) -> Queue:
        """The subjects a view shows; the list stays as first opened unless asked `again`."""
        if again or view not in self._queues:
            self._queues = {view: Queue(self.store, view, self.annotator, self.round)}
        return self._queues[view]

    def looked_up(self, view: QueueView) -> Queue | None:
        """The queue of a view, when all of it is known without looking anything up."""
        queue = self._queues.get(view)
        if queue is None and view == QueueView():
            queue = self.queue(view)
        return None if queue is None or queue.is_partial else queue

    def adopt(self, queue: Queue) -> Queue:
        """Take over a queue that `another` session of this annotator looked up in its thread."""
        queue.read_through(self.store)
        self._queues = {queue.view: queue}
        return queue

    def next_key(self, view: QueueView, key: str, taxonomy: str = "") -> str | None:
        """The next subject in the queue; with a taxonomy, the next one not done under it."""
        return self.queue(view).step(key, taxonomy)

    def next_work(self, view: QueueView, key: str, taxonomy: str) -> Work | None:
        """What to do after a subject: what is assigned comes first, then whatever is not done under the taxonomy."""
        if work := self.next_assigned(view, key, taxonomy):
            return work
        following = self.next_key(view, key, taxonomy)
        return Work(following, taxonomy) if following else None

    def next_assigned(self, view: QueueView, key: str, taxonomy: str) -> Work | None:
        """The next work that is assigned and that the view shows; from the last one back to the first that is open."""
        return self.queue(view).next_assigned(key, taxonomy)

    def assigned(self, key: str) -> list[str]:
        """The taxonomies under which this annotator has still to do a subject, in the order to do them."""
        with self.store.reading() as connection:
            return assignments.open_for(connection, key, self.annotator, self.round)

    def previous_key(self, view: QueueView, key: str) -> str | None:
        """The subject before this one in the queue."""
        return self.queue(view).step(key, back=True)

    def random_key(self, view: QueueView) -> str | None:
        """Any subject of the view, each equally likely; None when it shows none."""
        if known := self.looked_up(view):  # a search is not run again for it
            return known.key_at(randrange(known.count)) if known.count else None  # noqa: S311  # no secret
        with self.store.reading() as connection:
            subject_id = QueueQuery(view, self.annotator, self.round).random_id(connection)
            row = connection.execute("SELECT key FROM subjects WHERE id = ?", (subject_id,)).fetchone()
        return row[0] if row else None

    def annotators(self) -> list[str]:
        """Everybody who has classified something here."""
        with self.store.reading() as connection:
            return classifications.annotators(connection)

    def resume_point(self) -> ResumePoint | None:
        """Where this annotator stopped last."""
        with self.store.reading() as connection:
            return people.get(connection, self.annotator)

    def remember(self, point: ResumePoint) -> None:
        """Keep a place for the next start."""
        with self.store.writing() as connection:
            people.put(connection, self.annotator, point)

    # Subjects and taxonomies

    def subject(self, key: str) -> SubjectView:
        """A subject with its reports; raises NotFoundError."""
        seen = self.store.foreign_changes()
        if seen != self._seen:  # it may have been imported anew
            self._subjects, self._seen = {}, seen
        view = self._subjects.pop(key, None) or self._read_subject(key)
        self._subjects = {**dict(list(self._subjects.items())[-3:]), key: view}
        return view

    def prefetch(self, key: str) -> None:
        """Read a subject ahead of time."""
        if key not in self._subjects:
            self.subject(key)

    def default_taxonomies(self) -> list[str]:
        """Namespaces in the order of the tabs."""
        return self.project.namespaces()

    def taxonomies_for(self, kind: SubjectKind) -> list[Taxonomy]:
        """Current taxonomies that ask something about this kind of subject."""
        current = [self.project.taxonomy(namespace) for namespace in self.project.namespaces()]
        return [taxonomy for taxonomy in current if kind in taxonomy.applies_to and taxonomy.fields_for(kind)]

    def taxonomy(self, namespace: str, version: int | None = None) -> Taxonomy:
        """A taxonomy by name, by default its current version; raises NotFoundError."""
        return self.project.taxonomy(namespace, version)

    def kind_of(self, key: str) -> SubjectKind:
        """Whether a subject is an incident or a report; raises NotFoundError."""
        from annotator.store import subjects

        with self.store.reading() as connection:
            kind = subjects.kind_of(connection, key)
        if kind is None:
            raise NotFoundError(f"{key}: there is no such subject; `annotator list` shows what there is.")
        return kind

    def _read_subject(self, key: str) -> SubjectView:
        from annotator.store import subjects

        with self.store.reading() as connection:
            view = subjects.view(connection, key)
        if view is None:
            raise NotFoundError(f"{key}: there is no such subject; `annotator list` shows what there is.")
        return view


def whole(text: str) -> str:
    """Refuse what no file can hold: half of a character's code, or a null."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise AnswerError("This text holds characters that are not text; type it again.")
    return text


def refuse_nobody(annotator: str) -> None:
    """Refuse to change anything for somebody who did not say who they are; raises RequestError."""
    if not annotator:
        raise RequestError("Say who you are first: --as NAME, or `annotator: NAME` in the config file.")
