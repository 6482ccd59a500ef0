"""What one person takes out: files, and single documents of what is stored."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from annotator.errors import NotFoundError
from annotator.model.visibility import LeftOut
from annotator.store import classifications
from annotator.store.classifications import StoredClassification, Wanted

if TYPE_CHECKING:
    from annotator.desk.exchange.exporting import Form, Selection, Shape
    from annotator.desk.project import Project
    from annotator.desk.visibility import Visibility
    from annotator.model.event import Event
    from annotator.model.record import ImportIssue
    from annotator.model.subject import SubjectView


class Shown(NamedTuple):
    """One subject with everything about it that somebody may see."""

    subject: SubjectView
    classifications: list[StoredClassification]
    left_out: str
    """What is closed to them, in words; empty when nothing is."""


class Exported(NamedTuple):
    """A file that is read from the database while it is written."""

    contents: str
    """Which classifications it holds and which it leaves out, in words."""
    pieces: Generator[str]
    """Its text; close it where it is not read to its end."""


class TeamEvent(NamedTuple):
    """Something that was done to no classification."""

    event: Event
    words: str
    """Who did what, in one sentence."""


class Exchange:
    """The way of files out, as one person may see what goes."""

    def __init__(self, project: Project, visibility: Visibility) -> None:
        """Take the project, and what may be seen of it."""
        self.project = project
        self.store = project.store
        self.visibility = visibility

    def export(self, form: Form, selection: Selection, shape: Shape = "long") -> Exported:
        """What is chosen and open to this person, as a file; raises NotFoundError for unknown names."""
        from annotator.desk.exchange.exporting import contents, export

        visible = selection._replace(viewer=self.visibility.viewer())
        return Exported(contents(self.project, visible), export(self.project, form, visible, shape))

    # Single documents

    def shown(self, key: str) -> Shown:
        """One subject with the classifications that are open to this person; raises NotFoundError."""
        from annotator.store import subjects

        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            wanted = Wanted(key, viewer=viewer)
            subject = subjects.view(transaction, key)
            found = list(classifications.read(transaction, wanted))
            closed = classifications.left_out(transaction, wanted)
        if subject is None:  # it was there a moment ago
            raise NotFoundError(f"{key} is gone; another program changed the database.")
        return Shown(subject, found, closed.words(viewer, "classification"))

    def stored(self, key: str, namespace: str, annotator: str, round_: int) -> StoredClassification:
        """One classification as it is kept; raises NotFoundError where none is open to this person."""
        with self.store.reading() as transaction:
            wanted = Wanted(key, namespace, annotator, round_, viewer=self.visibility.viewer())
            found = next(classifications.read(transaction, wanted), None)
        if found is None:
            raise NotFoundError(f"{key} under {namespace}: nothing of {annotator} that is open to you.")
        return found

    def events(self, key: str, namespace: str = "", annotator: str = "") -> tuple[list[Event], str]:
        """The events about a subject that are open to this person, oldest first, and what is left out, in words."""
        from annotator.store.log import events
        from annotator.store.team import comments

        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            talk = comments.events_open_to(transaction, viewer, key)
            found = [
                event
                for event in events.open_to(transaction, key, viewer, talk)
                if namespace in {"", event.of.taxonomy} and annotator in {"", event.of.annotator}
            ]
            closed = classifications.left_out(transaction, Wanted(key, namespace, annotator, viewer=viewer))
        return found, closed.words(viewer, "classification")

    def erasures(self, key: str) -> list[Event]:
        """What tells that something was erased of classifications of a subject, as far as they are open."""
        from annotator.store.log import events

        with self.store.reading() as transaction:
            found = events.open_to(transaction, key, self.visibility.viewer())
        return [each for each in found if each.kind == "erasure_told"]

    def first_hand_ins(self, key: str) -> dict[tuple[str, str, int], str]:
        """The events that handed in first what was revised since and is open to this person, by whose it is."""
        from annotator.store import hand_ins

        with self.store.reading() as transaction:
            return hand_ins.firsts(transaction, key, self.visibility.viewer())

    def team_events(self) -> tuple[list[TeamEvent], str]:
        """What was done to no classification, oldest first, and what of it is left out, in words."""
        from annotator.desk.team.told import sentence
        from annotator.store import people
        from annotator.store.team import team

        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            found, closed = team.open_to(transaction, viewer)
            named = partial(people.name_of, transaction)
            told = [TeamEvent(event, sentence(event, named)) for event in found]
        return told, LeftOut(not_handed_in=closed).words(viewer, "look")

    def issues(self) -> tuple[list[ImportIssue], str]:
        """What imports met and could not accept, as far as it is open, and what is left out, in words."""
        from annotator.store import issues

        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            found = issues.read(transaction, viewer)
            closed = LeftOut(issues.count(transaction) - len(found))
        return found, closed.words(viewer, "issue")
