"""What people say to each other about a subject, as far as it is open to whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from annotator.desk import mentions
from annotator.desk.place import unknown
from annotator.desk.roles import refuse_readers
from annotator.desk.visibility import refuse_nobody
from annotator.errors import AnswerError
from annotator.plain import storable
from annotator.store import people, subjects
from annotator.store.team import comments
from annotator.store.team.comments import Wanted

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.desk.visibility import Visibility
    from annotator.store.connection import Transaction
    from annotator.store.team.comments import Comment

LONGEST = 20_000
"""Characters of a comment."""


class Thread(NamedTuple):
    """Comments that are open to somebody, newest last."""

    comments: list[Comment]
    left_out: str
    """What is closed to them, in words; empty when nothing is."""


class Comments:
    """One person as one who talks with others about subjects."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str) -> None:
        """Take an open project, what may be seen, and who talks; an empty name is nobody's."""
        self.project = project
        self.store = project.store
        self.visibility = visibility
        self.annotator = annotator

    def write(self, key: str, text: str, namespace: str = "") -> Comment:
        """Comment on a subject, or on the work under a taxonomy; returns the comment as it stands in the thread.

        Raises RequestError for nobody, for a reader, and where somebody is named who is not known; AnswerError for
        an empty text, or one that is too long; NotFoundError.
        """
        refuse_nobody(self.annotator)
        said = storable(text).strip()
        if not said:
            raise AnswerError("A comment has words; write them behind the subject. Nothing was written.")
        if len(said) > LONGEST:
            raise AnswerError(f"A comment has {LONGEST:,} characters at most, and this one {len(said):,}; shorten it.")
        with self.store.writing() as transaction:
            refuse_readers(transaction, self.annotator)
            if subjects.kind_of(transaction, key) is None:
                raise unknown(key)
            found = mentions.read(said, _spelt(transaction))
            event = comments.add(transaction, self.annotator, (key, namespace), found.text, found.people)
            thread, _ = comments.listed(transaction, self.visibility.viewer(), Wanted(key))
        return next(each for each in thread if each.event == event)

    def listed(self, key: str = "", mentioning: str = "", since: str = "") -> Thread:
        """The comments on a subject, or on any, that are open to this person."""
        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            found, closed = comments.listed(transaction, viewer, Wanted(key, mentioning, since))
        return Thread(found, closed.words(viewer, "comment"))

    def count(self, key: str) -> int:
        """How many comments on a subject are open to this person."""
        return sum(1 for each in self.listed(key).comments if not each.erased_by)

    def mark_read(self, key: str) -> None:
        """Keep that this person has read what names them on a subject, so that it asks for them no longer."""
        with self.store.writing() as transaction:
            comments.mark_read(transaction, self.annotator, key, self.visibility.viewer())

    def naming(self) -> int:
        """How many subjects there are where somebody names this person, who neither answered nor read it."""
        if not self.annotator:
            return 0
        with self.store.reading() as transaction:
            return comments.naming(transaction, self.visibility.viewer, self.annotator)


def _spelt(transaction: Transaction) -> dict[str, mentions.Person]:
    """Everybody who is known, by each spelling as it reads."""
    return {plain: mentions.Person._make(person) for plain, *person in people.all_spelt(transaction)}
