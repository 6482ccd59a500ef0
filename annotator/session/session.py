"""One annotator at one project: read, answer, save, undo. Knows nothing of screens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from annotator.errors import RequestError
from annotator.project import Project
from annotator.session.editing import Editor

if TYPE_CHECKING:
    from annotator.models.classification import Evidence
    from annotator.models.event import Event
    from annotator.models.subject import Report
    from annotator.session.adjudicating import Adjudicator
    from annotator.session.manner import Manner
    from annotator.session.publishing import Publisher
    from annotator.session.undoing import Change


def open_session(
    path: Path, annotator: str, folders: Sequence[Path] = (), round_: int = 1, *, create: bool = True
) -> Session:
    """Open a database for one annotator; raises AnnotatorError in words."""
    project = Project.open(path, folders, create=create)
    try:
        return Session(project, annotator, round_)
    except RequestError:
        project.store.close()
        raise


class Session(Editor):
    """What one annotator sees and does."""

    # Going back and forth

    def undo(self) -> Change | None:
        """Undo this annotator's latest edit, wherever it was made; None when there is nothing to undo."""
        return self._turn("undone")

    def redo(self) -> Change | None:
        """Do again what was undone last; None when there is nothing."""
        return self._turn("redone")

    def history(self, key: str, namespace: str = "") -> list[Event]:
        """This annotator's events about a subject, oldest first; those closed while they are at work are left out."""
        from annotator.session import seeing
        from annotator.store import events

        self.kind_of(key)
        name = namespace and self.project.taxonomy(namespace).namespace
        viewer = seeing.viewer_of(self.store, self.annotator)
        with self.store.reading() as connection:
            found = events.open_to(connection, key, viewer)
        return [event for event in found if event.of.annotator == self.annotator and name in {"", event.of.taxonomy}]

    # Deciding

    def adjudicator(self) -> Adjudicator:
        """This person as one who decides what annotators differ about."""
        from annotator.session.adjudicating import Adjudicator

        return Adjudicator(self)

    def publisher(self) -> Publisher:
        """This person as one who publishes."""
        from annotator.session.publishing import Publisher

        return Publisher(self)

    @cached_property
    def manner(self) -> Manner:
        """How this person decides for as long as they sit here."""
        from annotator.session.manner import Manner

        return Manner()

    # Help with answering

    def frequent_choices(self, namespace: str, field_id: str) -> list[str]:
        """Choice ids this annotator used, most frequent and most recent first."""
        from annotator.session import seeing, suggesting

        field = self.field(namespace, field_id)
        name = self.project.taxonomy(namespace).namespace
        viewer = seeing.viewer_of(self.store, self.annotator)
        return suggesting.frequent(self.store, viewer, self.annotator, name, field.id)

    def completions(self, key: str, namespace: str, field_id: str, typed: str, limit: int = 20) -> list[str]:
        """Texts that begin with, or contain, what was typed so far."""
        from annotator.session import suggesting

        self.kind_of(key)
        field = self.field(namespace, field_id)
        sources = suggesting.sources(self, key, self.project.taxonomy(namespace).namespace, field)
        return suggesting.matching(sources, typed, limit)

    def quote(self, report: Report, start: int, end: int) -> Evidence:
        """Make evidence of a span of a report; raises AnswerError when nothing is selected."""
        from annotator.session import evidence

        return evidence.quote(report, start, end)

    def locate(self, text: str, span: Evidence) -> tuple[int, int] | None:
        """Where the words of evidence stand in a text now; None when they are gone."""
        from annotator.session import evidence

        return evidence.locate(text, span)

    # Within

    def _turn(self, kind: Literal["undone", "redone"]) -> Change | None:
        from annotator.session import permitting, seeing
        from annotator.session.undoing import change_of, to_turn

        with self.store.writing() as connection:
            turned = to_turn(connection, self.annotator, self.round, kind)
            if not turned:
                return None
            for event in turned:
                permitting.check_turn(self, event, kind)
                _, now = self.store.record(self.annotator, kind, event.of, event.version, {"event": event.id})
                if event.of.annotator == self.annotator:
                    seeing.refuse_who_looked(self, now, kind)
        verb = "undid" if kind == "undone" else "redid"
        return change_of(event, verb, self._field_name(event), now, len(turned))

    def _field_name(self, event: Event) -> str:
        field_id = event.payload.get("field") or ""
        field = self.project.taxonomy(event.of.taxonomy, event.version).by_id.get(field_id)
        return f"{field.number or ''} {field.name}".strip() if field else field_id
