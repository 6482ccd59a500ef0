"""What a list of events adds up to. Pure: the same events give the same classification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from annotator.model.chain import write
from annotator.model.classification import Answer, Classification, Conflict, Decision, Flag, Identity, Ruling, Version
from annotator.model.event import UNDOABLE, Event, Step, taken_over
from annotator.model.handing_in.handed_in import is_as_handed_in
from annotator.model.place import BROUGHT, IMPORT, SETTLED, STATUS, TURNS, Standing, version_of
from annotator.model.provenance import PERSON, Provenance

HidingRule = Callable[[str, int, Mapping[str, Answer]], frozenset[str]]
"""From namespace, version and answers to the ids of fields a condition hides."""


def nothing_hidden(_namespace: str, _version: int, _answers: Mapping[str, Answer]) -> frozenset[str]:
    """Hide no field: the rule where no taxonomy is known."""
    return frozenset()


def undone_ids(events: Iterable[Event]) -> set[str]:
    """Ids of events whose last word is `undone`."""
    undone: set[str] = set()
    for event in events:
        if event.kind == "undone":
            undone.add(event.payload["event"])
        elif event.kind == "redone":
            undone.discard(event.payload["event"])
    return undone


def fold(of: Identity, events: Iterable[Event], hiding: HidingRule = nothing_hidden) -> Classification:
    """Compute a classification from its events, given in order of their ids."""
    return Folding(of, events).classification(hiding)


class Folding:
    """What events have added up to so far; takes further ones as they happen."""

    def __init__(self, of: Identity, events: Iterable[Event]) -> None:
        """Fold the events of one classification, given in their order."""
        self.of = of
        self._events = list(events)
        self._standing = Standing(self._events)
        self._state = self._folded()

    def add(self, event: Event) -> None:
        """Fold one more event; one that undoes or redoes another, or brings an import, has all of them folded anew."""
        self._events.append(event)
        was_worked_on = self._standing.is_worked_on
        self._standing.take(event)
        if event.kind in TURNS or event.kind in BROUGHT or not was_worked_on:
            self._state = self._folded()
        else:
            self._state.apply(event)

    @property
    def events(self) -> Sequence[Event]:
        """What was folded, in order."""
        return self._events

    def has(self, event: str) -> bool:
        """Whether an event was folded, by its id."""
        return event in self._standing.known

    def kind_of(self, event: str) -> str:
        """The kind of an event that was folded, by its id; empty where it was not."""
        return self._standing.known[event].kind if self.has(event) else ""

    def replaced_by(self, event: Event) -> tuple[str, ...]:
        """The ids of the events that one replaces which is to be done now."""
        return self._standing.replaced_by(event)

    @property
    def answered_by(self) -> dict[str, str]:
        """By field: the event that gave the answer which shows."""
        return {field: self._state.answered_by[field] for field in sorted(self._state.answers)
                if field in self._state.answered_by}  # fmt: skip

    @property
    def published_now(self) -> str:
        """The event that made what is published by whoever publishes now; empty where there is none."""
        return next((one.id for one in self._standing.deciding()), "")

    def classification(self, hiding: HidingRule = nothing_hidden) -> Classification:
        """The classification as it is now."""
        is_imported = bool(self._events) and all(event.kind in BROUGHT for event in self._events)
        found = (self._without_what_is_here(each) for each in self._standing.conflicts)
        conflicts = tuple(each for each in found if each.versions and not self._is_one_deed(each))
        is_other = self._standing.is_other_published(self._state.decision is not None)
        return self._state.classification(hiding, is_imported, conflicts, is_other_published=is_other)

    def _without_what_is_here(self, conflict: Conflict) -> Conflict:
        """A conflict with imports, but for those that say what is here, or what another of them says."""
        if conflict.place != IMPORT:
            return conflict
        here, notes = {field: each.value for field, each in self._state.answers.items()}, self._state.notes
        kept: dict[str, Version] = {}
        for version in conflict.versions:
            said = {name: value for name, value in version.said.items() if name != "run"}
            values = {field: each.get("value") for field, each in said.get("answers", {}).items()}
            if version.kind != "imported" or values != here or said.get("notes", "") not in {"", notes}:
                kept[version.event if version.kind == SETTLED else write(said)] = version
        return Conflict(conflict.place, tuple(kept.values()))

    def _is_one_deed(self, conflict: Conflict) -> bool:
        """Whether all that was said of the status leaves it alike, some by undoing what came before."""
        if conflict.place != STATUS or not any(each.kind in TURNS for each in conflict.versions):
            return False
        branches = (self._standing.branch(each.event) for each in conflict.versions)
        statuses = {Folding(self.of, branch)._state.status for branch in branches}
        return statuses <= {"draft", "untouched"} or statuses == {"skipped"}

    def _folded(self) -> _State:
        left_out = undone_ids(self._events) | self._standing.left_out
        state = _State(self.of, self._events[0].version if self._events else 1, self._standing.known)
        for event in self._events:
            if event.id not in left_out:
                state.apply(event)
        return state


TOLD = ("notes", "status", "publish")
"""What a source may know or not; where it says nothing, what is here stays, and so does what it said before."""


class _State:
    """A classification while it is being computed."""

    def __init__(self, of: Identity, version: int, known: Mapping[str, Event]) -> None:
        self.of = of
        self.known = known
        """All events of it by id."""
        self.version = version
        self.status: Any = "untouched"
        self.publish: Any = "unpublished"
        self.answers: dict[str, Answer] = {}
        self.answered_by: dict[str, str] = {}
        """By field: the event that gave the answer, of what is handed in; there may be more than there are answers."""
        self.imported: dict[str, Any] = {"notes": "", "publish": "unpublished"}
        self.notes = ""
        self.skip_reason = ""
        self.flags: dict[str, Flag] = {}
        self.rulings: dict[str, Ruling] = {}
        self.made: dict[tuple[str, str], Ruling] = {}
        """Every ruling, by field and the event that made or brought it."""
        self.decision: Decision | None = None
        self.updated_at: str | None = None
        self.submitted_at: str | None = None
        self.provenance = PERSON
        self.run: str | None = None
        self.handed_in: Mapping[str, Any] = {}
        """What the hand-in says."""
        self.handed_in_by: tuple[Version, ...] = ()
        """What handed them in."""

    def apply(self, event: Event) -> None:
        if event.kind in TURNS:
            self.updated_at = event.at
            return
        self.version, self.updated_at = event.version, event.at
        step = getattr(self, f"_{event.kind}", None)
        if step is not None:
            step(event)

    def classification(
        self, hiding: HidingRule, is_imported: bool, conflicts: tuple[Conflict, ...], *, is_other_published: bool
    ) -> Classification:
        places = {each.place for each in conflicts}
        is_other = self.status == "submitted" and not is_as_handed_in(self.handed_in, self.answers, self.known)
        if is_other and STATUS not in places:
            places.add(STATUS)
            conflicts = (*conflicts, Conflict(STATUS, self.handed_in_by))
        hidden = hiding(self.of.taxonomy, self.version, self.answers)
        answers = {
            field: answer.model_copy(update={"state": "hidden"}) if field in hidden else answer
            for field, answer in self.answers.items()
        }
        for field in (each.field for each in conflicts if each.place.startswith("answer:")):
            if field not in hidden:
                answers[field] = answers.get(field, Answer()).model_copy(update={"state": "conflict"})
        is_open = STATUS in places or any(place.startswith("ruling:") for place in places)
        is_draft = is_open and self.status in {"submitted", "adjudicated"}
        return Classification.model_construct(
            identity=self.of,
            version=self.version,
            status="draft" if is_draft else self.status,
            publish="unpublished" if is_draft or is_other_published else self.publish,
            answers=answers,
            notes=self.notes,
            skip_reason=self.skip_reason,
            flags=tuple(self.flags.values()),
            rulings=dict(self.rulings),
            decision=None if is_draft else self.decision,
            updated_at=self.updated_at,
            submitted_at=None if is_draft else self.submitted_at,
            provenance=self.provenance,
            run=self.run,
            is_imported=is_imported,
            conflicts=conflicts,
        )

    def _begin(self) -> None:
        if self.status == "untouched":
            self.status = "draft"

    def _answer_set(self, event: Event) -> None:
        self._begin()
        if self.status == "skipped":
            self.status, self.skip_reason = "draft", ""
        self._take(event, event.payload["field"], event.payload["answer"])

    def _take(self, event: Event, field: str, answer: Any) -> None:
        self.answers[field] = Answer.model_validate(answer)
        self.answered_by[field] = event.id

    def _answer_cleared(self, event: Event) -> None:
        self.answers.pop(event.payload["field"], None)

    def _note_set(self, event: Event) -> None:
        self._begin()
        self.notes = event.payload["text"]

    def _flag_raised(self, event: Event) -> None:
        self._begin()
        field, reason = event.payload.get("field"), event.payload.get("reason", "")
        self.flags[event.id] = Flag(
            id=event.id, field=field, reason=reason, raised_by=event.annotator, raised_at=event.at
        )

    def _flag_resolved(self, event: Event) -> None:
        flag = self.flags.get(event.payload["flag"])
        if flag is not None:
            self.flags[flag.id] = flag.model_copy(update={"resolved_at": event.at})

    def _skipped(self, event: Event) -> None:
        self.status, self.skip_reason = "skipped", event.payload.get("reason", "")

    def _submitted(self, event: Event) -> None:
        """Hand it in; where that was done apart, the first time counts."""
        at = self.submitted_at if self.status == "submitted" else None
        self.status, self.submitted_at, self.skip_reason = "submitted", at or event.at, ""
        self.handed_in, self.handed_in_by = event.payload, (version_of(event),)

    def _reopened(self, _event: Event) -> None:
        self.status, self.submitted_at, self.skip_reason = "draft", None, ""
        self._undecide()

    def _ruled(self, event: Event) -> None:
        """Take a ruling; one that is newer than the adjudication, as a merge can bring, opens it again."""
        self._begin()
        self._undecide()
        said = {name: value for name, value in event.payload.items() if name != "field"}
        ruling = Ruling.model_validate({**said, "by": event.annotator, "at": event.at, "event": event.id})
        field = event.payload["field"]
        self.rulings[field] = self.made[field, event.id] = ruling
        self.answers[field] = ruling.answer

    def _adjudicated(self, event: Event) -> None:
        """Put the agreed answers and the rulings that held on record, and nothing else."""
        said = event.payload
        self.rulings = {each[0]: self.made[each] for each in said["ruled"].items() if each in self.made}
        self.answers = {field: Answer.model_validate(answer) for field, answer in said["answers"].items()}
        self.answers |= {field: ruling.answer for field, ruling in self.rulings.items()}
        self.status, self.submitted_at = "adjudicated", event.at
        self.decision = Decision(
            by=event.annotator, at=event.at, strategy=said.get("strategy", ""),
            sources=said["sources"], seen=said["seen"],
        )  # fmt: skip

    def _undecide(self) -> None:
        """Keep the rulings alone: what was agreed may have changed since."""
        if self.decision is not None:
            self.answers = {field: ruling.answer for field, ruling in self.rulings.items()}
            self.status, self.submitted_at, self.decision = "draft", None, None

    def _published(self, _event: Event) -> None:
        self.publish = "published"

    def _withdrawn(self, _event: Event) -> None:
        self.publish = "unpublished"

    def _incoming_settled(self, event: Event) -> None:
        """Take over the answers that were chosen of an import that came beside the work done here."""
        for field, answer in event.payload["answers"].items():
            self._begin()
            self._take(event, field, answer)

    def _imported(self, event: Event) -> None:
        """Take over what the source changed since it was last imported."""
        new, old, was = event.payload, self.imported, self._brought()
        answers, before = new.get("answers", {}), old.get("answers", {})
        for field in {**before, **answers}:
            if answers.get(field) == before.get(field):
                continue
            if field in answers:
                self._take(event, field, answers[field])
            else:
                self.answers.pop(field, None)
        for name in TOLD:
            if name in new and new[name] != old.get(name):
                setattr(self, name, new[name])
        if self.answers or self.notes:
            self._begin()
        if "by" in new:
            self.provenance = Provenance.of(new["by"])
        if self.status == "submitted" and self.submitted_at is None:
            self.submitted_at = event.at
        if self.status == "adjudicated" and (self.decision is None or self.decision.is_imported):
            is_same = self.decision is not None and self.answers == was[0]
            seen = self.decision.seen if self.decision is not None and is_same else {}
            self.rulings, self.decision = taken_over(event, self.answers, seen)
            self.made |= {(field, ruling.event): ruling for field, ruling in self.rulings.items()}
        if self._brought() != was:
            self.run = new.get("run")
        self.imported = {**{name: old[name] for name in TOLD if name in old}, **new}

    def _brought(self) -> tuple[object, ...]:
        """What an import can change; one that changes nothing is not what it came from."""
        return dict(self.answers), self.notes, self.status, self.publish, self.provenance


def undo_stacks(steps: Iterable[Step]) -> tuple[list[str], list[str]]:
    """Ids of the events of one annotator that can be undone and that can be redone, newest last."""
    done: list[str] = []
    ready: list[str] = []
    for step in steps:
        if step.kind in UNDOABLE:
            done.append(step.id)
            ready.clear()
        elif step.kind in TURNS:
            source, target = (done, ready) if step.kind == "undone" else (ready, done)
            if step.turned in source:
                source.remove(step.turned)
                target.append(step.turned)
    return done, ready
