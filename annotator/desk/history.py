"""What one annotator did, and going back and forth in it."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Literal

from annotator.desk.place import Change
from annotator.desk.visibility import refuse_published
from annotator.errors import AnswerError
from annotator.model.fold import undo_stacks
from annotator.model.person import ADJUDICATED, same_name
from annotator.store.log import events

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.desk.visibility import Visibility
    from annotator.model.classification import Classification
    from annotator.model.rounds import InRounds
from annotator.model.event import Event, EventKind

Turn = Literal["undone", "redone"]
UNDO_DEPTH = 1_000
"""Events looked back over at first; deep enough for some days of work."""
NO_LIMIT = -1
HANDED_IN = ("submitted", "adjudicated", "reopened")
"""Kinds of events whose undoing or redoing changes whether something is handed in."""
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
    "incoming_settled": "decision about an import",
}


class History:
    """The events of one annotator in the rounds they work in."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str, in_rounds: InRounds) -> None:
        """Take the project, what may be seen of it, and whose events they are in which rounds."""
        self.project = project
        self.store = project.store
        self.visibility = visibility
        self.annotator = annotator
        self.in_rounds = in_rounds

    def of(self, key: str, namespace: str = "") -> list[Event]:
        """This annotator's events about a subject, oldest first; those closed while they are at work are left out."""
        name = namespace and self.project.taxonomy(namespace).namespace
        with self.store.reading() as transaction:
            standing = self.visibility.standing(key, name)
            found = events.open_to(transaction, key, self.visibility.viewer(standing))
        return [
            event for event in found
            if same_name(event.of.annotator, self.annotator) and name in {"", event.of.taxonomy}
        ]  # fmt: skip

    def has_done(self, kind: EventKind, since: str, key: str = "") -> bool:
        """Whether this annotator did something of a kind since a moment, about a subject when one is named."""
        with self.store.reading() as transaction:
            return events.has_since(transaction, self.annotator, kind, since, key)

    def undo(self, among: Container[str] | None = None) -> Change | None:
        """Undo this annotator's latest edit, wherever it was made; None when there is nothing to undo.

        With events to undo `among`, the latest edit is undone where it is one of them, and nothing else.
        """
        return self._turn("undone", among)

    def redo(self, among: Container[str] | None = None) -> Change | None:
        """Do again what was undone last, of the same; None when there is nothing."""
        return self._turn("redone", among)

    def latest(self) -> str:
        """The id of the edit that `undo` would take back now; empty where there is none."""
        return next((event.id for event in self._to_turn("undone")), "")

    def _turn(self, kind: Turn, among: Container[str] | None) -> Change | None:
        with self.store.writing():
            turned = [event for event in self._to_turn(kind) if among is None or event.id in among]
            if not turned:
                return None
            for event in turned:
                now = self._turn_one(event, kind)
        verb = "undid" if kind == "undone" else "redid"
        return change_of(event, verb, self._field_name(event), now, len(turned))

    def _turn_one(self, event: Event, kind: Turn) -> Classification:
        """Record that an event is undone or redone; raises AnswerError where that would be deciding, or working.

        To take back a ruling or an adjudication of one's own is always possible while it is not
        published; to do it again, or to undo a reopening, is deciding.
        """
        of = event.of
        standing = self.visibility.standing(of.subject, of.taxonomy)
        standing.refuse_readers()
        if of.annotator == ADJUDICATED:
            standing.refuse_at_work()
        else:
            standing.refuse_earlier(of.round)
        before = self.store.classification(of)
        if event.kind in HANDED_IN:
            refuse_published(before)
        if of.annotator == ADJUDICATED:
            if kind == "redone" or event.kind == "reopened":
                standing.refuse_own()
            _refuse_decided(event, before, kind)
        _, now = self.store.record(self.annotator, kind, of, event.version, {"event": event.id})
        if event.kind not in HANDED_IN and before.status == "submitted" != now.status:
            raise AnswerError(f"{of.subject} under {of.taxonomy} was handed in since; reopen it before changing it.")
        if same_name(of.annotator, self.annotator):
            standing.refuse_who_looked(now, event.kind)
        return now

    def _to_turn(self, kind: Turn) -> list[Event]:
        """The events to undo or redo now, in that order: the latest one, and with it all accepted in one go."""
        with self.store.reading() as transaction:
            stack = self._stack(kind, UNDO_DEPTH)
            first = events.get(transaction, stack[-1]) if stack else None
            if first is None or first.payload.get("batch"):
                stack = self._stack(kind, NO_LIMIT)
                first = events.get(transaction, stack[-1]) if stack else None
            batch = first.payload.get("batch") if first else None
            if first is None or not batch:
                return [first] if first else []
            together = {each.id: each for each in events.of_batch(transaction, self.annotator, batch)}
        return [together[each] for each in reversed(stack) if each in together]

    def _stack(self, kind: Turn, limit: int) -> list[str]:
        with self.store.reading() as transaction:
            done, ready = undo_stacks(events.newest_steps(transaction, self.annotator, self.in_rounds, limit))
        return done if kind == "undone" else ready

    def _field_name(self, event: Event) -> str:
        field_id = event.payload.get("field") or ""
        taxonomy = self.project.taxonomy(event.of.taxonomy, event.version)
        field = taxonomy.by_id.get(field_id) or self.project.remembering(taxonomy).known(field_id)
        return f"{field.number or ''} {field.name}".strip() if field else field_id


def _refuse_decided(event: Event, now: Classification, kind: Turn) -> None:
    """Refuse to turn what would change a decision on record; raises AnswerError."""
    about = f"{event.of.subject} under {event.of.taxonomy}"
    if event.kind == "ruled" and now.status == "adjudicated":
        raise AnswerError(f"{about} is adjudicated; reopen it before changing a ruling.")
    if kind == "redone" and event.kind == "adjudicated":
        held = {ruling.event for ruling in now.rulings.values()}
        if now.status == "adjudicated" or not held >= set(event.payload["ruled"].values()):
            raise AnswerError(f"{about} was decided differently since; adjudicate it anew.")


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
