"""What was said at a place in conflict: each side, what it amounts to, and which of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk.conflicts import saying_again
from annotator.model.chain import shortened
from annotator.model.classification import Classification, Conflict, Identity, Version
from annotator.model.fold import HidingRule, fold, undone_ids
from annotator.model.handing_in.handed_in import is_as_handed_in, values_digest, values_then
from annotator.model.people.deeds import OF_PEOPLE
from annotator.model.place import IMPORT, SETTLED, TURNS, version_of
from annotator.model.place import Standing as Stood
from annotator.store import conflicts, people
from annotator.store.log import events

if TYPE_CHECKING:
    from annotator.model.event import Event
    from annotator.store.connection import Transaction

TEAM = ("assignment", "round", "closing", "gold", "setting", "counting", *OF_PEOPLE)
"""The sorts of places of the team, those about who is who among them."""
HERE = "/here"
"""Behind the name of an import: what it stands beside."""


class Side(NamedTuple):
    """One of several things that were said at a place."""

    event: str
    """Its id; what an import stands beside has the import's with something behind it."""
    by: str
    at: str
    replica: str
    """Where it was written."""
    is_here: bool
    """Whether that is this file."""
    kind: str
    """What it amounts to, as the kind of an event: what is undone amounts to what was there before."""
    said: dict[str, Any]
    """What an event of that kind says."""
    is_shown: bool = False
    """Whether it is what shows meanwhile."""
    rulings: dict[str, Any] = {}
    """Of a decision: what it took over from rulings, by field id."""
    is_of_what_shows: bool | None = None
    """Of what was handed in: whether it was with the answers that show now; None where that is not known."""


class OpenConflict(NamedTuple):
    """A place with all that was said there."""

    place: str
    """As `annotator/model/classification.py` says; of the team as `TEAM` does."""
    subject: str
    taxonomy: str
    annotator: str
    """Whose classification it is about, or whose assignment."""
    round: int
    sides: tuple[Side, ...]
    about: str = ""
    """Which setting it is, or which person or name."""
    within: tuple[Any, ...] = ()
    """The place of the team, as the store names it."""

    @property
    def field(self) -> str:
        """The field it is about; empty when it is about none."""
        kind, _, field = self.place.partition(":")
        return field if kind in {"answer", "ruling"} else ""

    @property
    def kind(self) -> str:
        """What sort of a place it is."""
        return self.place.partition(":")[0]

    @property
    def is_about_people(self) -> bool:
        """Whether it is about who is who."""
        return self.place in OF_PEOPLE

    @property
    def is_of_team(self) -> bool:
        """Whether it is about no classification."""
        return self.place in TEAM


def names_in(conflicts: Iterable[OpenConflict]) -> dict[str, str]:
    """By event: a name for each side of some conflicts that is enough to keep it."""
    return shortened(side.event for each in conflicts for side in each.sides)


class Seen:
    """One classification with its events, as its conflicts are looked at."""

    def __init__(self, transaction: Transaction, of: Identity, hiding: HidingRule) -> None:
        self.of = of
        self.events = events.of_classification(transaction, of)
        self.stood = Stood(self.events)
        self.hiding = hiding
        self.now = fold(of, self.events, self.hiding)

    def all(self, transaction: Transaction) -> list[OpenConflict]:
        """Every conflict in it."""
        return [self._opened(transaction, each) for each in self.now.conflicts]

    def changed_since(self, handed_in: str) -> dict[str, Event]:
        """By field, what gave another answer than was handed in, or took it back; empty where that cannot be told.

        A hand-in of an older version keeps but a digest: what may have been done apart is left out until that fits.
        """
        made = self._made("submitted", handed_in)
        if not made:
            return {}
        then, now = self._then(made[-1]), {field: answer.value for field, answer in self.now.answers.items()}
        said = {self.stood.place_of(event): event for event in self.events}
        return {
            field: said[f"answer:{field}"]
            for field in sorted({*then, *now})
            if f"answer:{field}" in said and (field not in then or field not in now or then[field] != now[field])
        }

    def _then(self, made: Event) -> dict[str, Any]:
        """By field: the values that were handed in; those that show where that cannot be told."""
        if "handed_in" in made.payload:
            return values_then(made.payload["handed_in"], self.stood.known)
        place, digest = self.events.index(made), made.payload.get("answers")
        found = (fold(self.of, events).answers for events in _known_to(made, self.events[:place]))
        then = next((answers for answers in found if values_digest(answers) == digest), self.now.answers)
        return {field: answer.value for field, answer in then.items()}

    def _opened(self, transaction: Transaction, conflict: Conflict) -> OpenConflict:
        """A conflict with its sides, each as what it amounts to, and that which shows marked."""
        of = self.of
        found = [self._side(transaction, conflict, each) for each in self._versions(conflict)]
        shown = next((place for place in reversed(range(len(found))) if self._is_shown(conflict, found[place])), -1)
        sides = tuple(each._replace(is_shown=place == shown) for place, each in enumerate(found))
        return OpenConflict(conflict.place, of.subject, of.taxonomy, of.annotator, of.round, sides)

    def _versions(self, conflict: Conflict) -> Iterator[Version]:
        """What was said; of an import also what is here, as the latest that was done here."""
        if any(each.kind == "imported" for each in conflict.versions):
            here = [event for event in self.events if event.id not in self.stood.left_out]
            yield version_of(here[-1])
        yield from conflict.versions

    def _side(self, transaction: Transaction, conflict: Conflict, version: Version) -> Side:
        side = side_of(transaction, version)
        if conflict.place == IMPORT and version.kind == SETTLED:
            return self._decided(side)
        if conflict.place == IMPORT:
            return side if version in conflict.versions else self._own(side, conflict)
        if version.kind == "submitted" and version.said.keys() & {"handed_in", "answers"}:
            is_of_what_shows = is_as_handed_in(version.said, self.now.answers, self.stood.known)
            return side._replace(is_of_what_shows=is_of_what_shows)
        if version.kind not in TURNS or conflict.place.startswith("flag:"):
            return self._with_rulings(side)
        kind, said = self._amount(conflict, version)
        return self._with_rulings(side._replace(kind=kind, said=said))

    def _with_rulings(self, side: Side) -> Side:
        """A decision with the answers that were ruled; it names no more of them than their events."""
        known = {event.id: event.payload for event in self.events}
        ruled = side.said.get("ruled", {}) if side.kind == "adjudicated" else {}
        found: dict[str, Any] = {}
        for field, made in ((field, known.get(event, {})) for field, event in ruled.items()):
            found[field] = made.get("answer") or made.get("answers", {}).get(field)  # of what an import ruled
        found = {field: answer for field, answer in found.items() if answer is not None}
        return side._replace(rulings=found)

    def _decided(self, side: Side) -> Side:
        """What somebody decided about an import: that it was taken over, or what was here left as it was."""
        if side.said["answers"]:
            return side._replace(kind="imported")
        here = fold(self.of, [event for event in self.events if event.kind != SETTLED], self.hiding)
        said = {**side.said, "answers": {field: saying_again.answer(each) for field, each in here.answers.items()}}
        return side._replace(kind="worked_on", said=said)

    def _own(self, side: Side, conflict: Conflict) -> Side:
        """What is here beside an import, under a name of its own: its latest event may stand elsewhere too."""
        said = {"answers": {field: each.model_dump(mode="json") for field, each in self.now.shown.items()}}
        return side._replace(event=f"{conflict.versions[-1].event}{HERE}", kind="worked_on", said=said)

    def _amount(self, conflict: Conflict, version: Version) -> tuple[str, dict[str, Any]]:
        """What an event that undoes or redoes another leaves at its place: what its own branch adds up to."""
        left = fold(self.of, self.stood.branch(version.event, conflict.place), self.hiding)
        field = conflict.field
        match conflict.place.partition(":")[0]:
            case "answer":
                if field not in left.answers:
                    return "answer_cleared", {"field": field}
                return "answer_set", {"field": field, "answer": saying_again.answer(left.answers[field])}
            case "note":
                return "note_set", {"text": left.notes}
            case "ruling":
                return (
                    ("ruled", saying_again.ruled(field, left.rulings[field]))
                    if field in left.rulings
                    else ("unruled", {})
                )
            case _:
                return self._status(left, version.event)

    def _status(self, left: Classification, head: str) -> tuple[str, dict[str, Any]]:
        if left.status == "skipped":
            return "skipped", {"reason": left.skip_reason}
        if left.status == "adjudicated":
            made = self._made("adjudicated", head)
            return "adjudicated", made[-1].payload if made else saying_again.adjudicated(left)
        return ("submitted", {}) if left.status == "submitted" else ("reopened", {"reason": ""})

    def _made(self, kind: str, head: str) -> list[Event]:
        """What was done of a kind, and not undone, on the branch that ends with an event; an import may be all."""
        branch = self.stood.branch(head)
        undone = undone_ids(branch)
        return [event for event in branch if event.kind == kind and event.id not in undone]

    def _is_shown(self, conflict: Conflict, side: Side) -> bool:
        """Whether what a side amounts to is what there is now."""
        now, field = self.now, conflict.field
        decided = [each.event for each in conflict.versions if each.kind == SETTLED]
        if side.event in decided:
            return side.event == decided[-1]
        match side.kind:
            case "answer_set":
                held = now.answers.get(field)
                return held is not None and bool(held.value == side.said["answer"].get("value"))
            case "answer_cleared":
                held = now.answers.get(field)
                return held is None or held.value is None  # a conflict shows an empty answer
            case "note_set":
                return bool(now.notes == side.said["text"])
            case "ruled" | "unruled":
                ruling = now.rulings.get(field)
                value = side.said["answer"].get("value") if side.said else None
                return (ruling is None) == (not side.said) and (ruling is None or bool(ruling.answer.value == value))
            case "published" | "withdrawn":
                return (now.publish == "published") == (side.kind == "published")
            case "worked_on":
                return True
            case "imported":
                return False
        return side.event == conflict.versions[-1].event and side.kind not in {"submitted", "adjudicated"}


def _known_to(event: Event, before: list[Event]) -> Iterator[list[Event]]:
    """What may have been known to whoever wrote an event, of all that stands before it: feeds of others up to a point.

    Orders do not tell, because what is done apart can come before.
    """
    yield before
    others = {_feed(each) for each in before} - {_feed(event)}
    for feed in sorted(others):
        of_feed = [each.id for each in before if _feed(each) == feed]
        for start in reversed(range(len(of_feed))):
            yield [each for each in before if each.id not in of_feed[start:]]
    yield [each for each in before if _feed(each) not in others]


def _feed(event: Event) -> str:
    return event.id.rpartition(":")[0]


def side_of(transaction: Transaction, version: Version) -> Side:
    """One side as it was said."""
    _, replica, is_here = conflicts.origin(transaction, version.event)
    return Side(version.event, version.by, version.at, replica, is_here, version.kind, version.said)


def with_whose(transaction: Transaction, side: Side) -> Side:
    """Which answers are known, with whose they are."""
    return side._replace(said={**side.said, "whose": events.get(transaction, side.event).of.annotator})


def by_name(transaction: Transaction, side: Side) -> Side:
    """A setting that lists people, with their names."""
    if "people" not in side.said or "value" in side.said:
        return side
    names = ", ".join(people.name_of(transaction, uid) for uid in side.said["people"])
    return side._replace(said={**side.said, "value": names})
