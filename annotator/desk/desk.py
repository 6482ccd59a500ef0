"""One annotator at one project: read, answer, save, undo. Knows nothing of screens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from annotator.desk.project import Project
from annotator.desk.tagging import Editor
from annotator.errors import RequestError

if TYPE_CHECKING:
    import sqlite3

    from annotator.desk.adjudication import Adjudicator
    from annotator.desk.publishing import Publisher
    from annotator.desk.settings import Manner
    from annotator.model.classification import Classification, Evidence
    from annotator.model.event import Event
    from annotator.model.subject import Report


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
        from annotator.desk import visibility
        from annotator.store import events

        self.kind_of(key)
        name = namespace and self.project.taxonomy(namespace).namespace
        viewer = visibility.viewer_of(self.store, self.annotator)
        with self.store.reading() as connection:
            found = events.open_to(connection, key, viewer)
        return [event for event in found if event.of.annotator == self.annotator and name in {"", event.of.taxonomy}]

    # Deciding

    def adjudicator(self) -> Adjudicator:
        """This person as one who decides what annotators differ about."""
        from annotator.desk.adjudication import Adjudicator

        return Adjudicator(self)

    def publisher(self) -> Publisher:
        """This person as one who publishes."""
        from annotator.desk.publishing import Publisher

        return Publisher(self)

    @cached_property
    def manner(self) -> Manner:
        """How this person decides for as long as they sit here."""
        from annotator.desk.settings import Manner

        return Manner()

    # Help with answering

    def frequent_choices(self, namespace: str, field_id: str) -> list[str]:
        """Choice ids this annotator used, most frequent and most recent first."""
        from annotator.desk import tagging, visibility

        field = self.field(namespace, field_id)
        name = self.project.taxonomy(namespace).namespace
        viewer = visibility.viewer_of(self.store, self.annotator)
        return tagging.frequent(self.store, viewer, self.annotator, name, field.id)

    def completions(self, key: str, namespace: str, field_id: str, typed: str, limit: int = 20) -> list[str]:
        """Texts that begin with, or contain, what was typed so far."""
        from annotator.desk import tagging

        self.kind_of(key)
        field = self.field(namespace, field_id)
        sources = tagging.sources(self, key, self.project.taxonomy(namespace).namespace, field)
        return tagging.matching(sources, typed, limit)

    def quote(self, report: Report, start: int, end: int) -> Evidence:
        """Make evidence of a span of a report; raises AnswerError when nothing is selected."""
        from annotator.desk import tagging

        return tagging.quote(report, start, end)

    def locate(self, text: str, span: Evidence) -> tuple[int, int] | None:
        """Where the words of evidence stand in a text now; None when they are gone."""
        from annotator.desk import tagging

        return tagging.locate(text, span)

    # Within

    def _turn(self, kind: Literal["undone", "redone"]) -> Change | None:
        from annotator.desk import visibility

        with self.store.writing() as connection:
            turned = to_turn(connection, self.annotator, self.round, kind)
            if not turned:
                return None
            for event in turned:
                visibility.check_turn(self, event, kind)
                _, now = self.store.record(self.annotator, kind, event.of, event.version, {"event": event.id})
                if event.of.annotator == self.annotator:
                    visibility.refuse_who_looked(self, now, kind)
        verb = "undid" if kind == "undone" else "redid"
        return change_of(event, verb, self._field_name(event), now, len(turned))

    def _field_name(self, event: Event) -> str:
        field_id = event.payload.get("field") or ""
        field = self.project.taxonomy(event.of.taxonomy, event.version).by_id.get(field_id)
        return f"{field.number or ''} {field.name}".strip() if field else field_id


UNDO_DEPTH = 1_000
"""Events looked back over at first; deep enough for some days of work."""
NO_LIMIT = -1

WORDS = {
    "answer_set": "answer",
    "answer_cleared": "cleared answer",
    "note_set": "note",
    "flag_raised": "flag",
    "flag_resolved": "resolved flag",
    "skipped": "skip",
    "submitted": "submission",
    "reopened": "reopening",
    "ruled": "ruling",
    "adjudicated": "adjudication",
}


class Change(NamedTuple):
    """One event that was undone or redone."""

    subject: str
    taxonomy: str
    field: str
    kind: str
    words: str
    """Such as `undid: answer to 2.2 Entertainment Industry`."""
    classification: Classification
    """As it is now; without its answers when it was accepted in bulk, because nobody looked at them then."""


def to_turn(
    connection: sqlite3.Connection, annotator: str, round_: int, kind: Literal["undone", "redone"]
) -> list[Event]:
    """The events to undo or redo now, in that order: the latest one, and with it all that was accepted in one go."""
    from annotator.store import events

    stack = _stack(connection, annotator, round_, kind, UNDO_DEPTH)
    first = events.get(connection, stack[-1]) if stack else None
    if first is None or first.payload.get("batch"):
        stack = _stack(connection, annotator, round_, kind, NO_LIMIT)
        first = events.get(connection, stack[-1]) if stack else None
    batch = first.payload.get("batch") if first else None
    if first is None or not batch:
        return [first] if first else []
    together = {each.id: each for each in events.of_batch(connection, annotator, batch)}
    return [together[each] for each in reversed(stack) if each in together]


def _stack(connection: sqlite3.Connection, annotator: str, round_: int, kind: str, limit: int) -> list[str]:
    from annotator.model.fold import undo_stacks
    from annotator.store import events

    done, ready = undo_stacks(events.newest_steps(connection, annotator, round_, limit))
    return done if kind == "undone" else ready


def change_of(event: Event, verb: str, field_name: str, classification: Classification, count: int = 1) -> Change:
    """Describe an event that was undone or redone, and with it those accepted in one go with it."""
    joined = "on" if event.kind == "ruled" else "to"
    what = WORDS[event.kind] + (f" {joined} {field_name}" if field_name else "")
    if count > 1:
        what = f"{what} of {count:,} subjects"
    field = event.payload.get("field") or ""
    if event.payload.get("batch"):
        classification = classification.model_copy(update={"answers": {}, "rulings": {}, "decision": None})
    return Change(event.of.subject, event.of.taxonomy, field, event.kind, f"{verb}: {what}", classification)
