"""Places at which what was done apart does not say the same: which there are, and keeping one of what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from annotator.desk import conflicting, saying_again
from annotator.desk.review import review_of
from annotator.desk.team.told import short_id
from annotator.desk.visibility import Standing, Visibility, refuse_nobody
from annotator.errors import AnnotatorError, AnswerError, NotFoundError, Problem, RequestError
from annotator.model.chain import meant_by, shortened
from annotator.model.classification import Classification, Conflict, Identity, Version
from annotator.model.fold import fold, undone_ids, values_digest
from annotator.model.person import ADJUDICATED, IMPORTED, same_name
from annotator.model.place import IMPORT, NOTE, PUBLISH, STATUS, TURNS, version_of
from annotator.model.place import Standing as Stood
from annotator.store import conflicts, people
from annotator.store.log import events
from annotator.store.team import team

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.model.event import Event, EventKind
    from annotator.model.taxonomy import Taxonomy
    from annotator.store.connection import Transaction

TEAM = ("assignment", "round", "setting")
"""The sorts of places of the team."""
CLOSED = {"submitted", "adjudicated"}
KEPT_WHEN_CLOSED = {STATUS, NOTE, "flag"}
"""Sorts of places that have no part in what was handed in."""
HERE = "/here"
"""Behind the name of an import: what it stands beside."""
NONE_HERE = "There is no open conflict with that event; `annotator conflicts` lists those there are."


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
    """As `annotator/model/classification.py` says; `assignment`, `round` or `setting` of the team."""
    subject: str
    taxonomy: str
    annotator: str
    """Whose classification it is about, or whose assignment."""
    round: int
    sides: tuple[Side, ...]
    about: str = ""
    """Which setting it is."""
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
    def is_of_team(self) -> bool:
        """Whether it is about no classification."""
        return self.place in TEAM


def names_in(conflicts: Iterable[OpenConflict]) -> dict[str, str]:
    """By event: a name for each side of some conflicts that is enough to keep it."""
    return shortened(side.event for each in conflicts for side in each.sides)


class Listed(NamedTuple):
    """What somebody may see of the conflicts."""

    conflicts: list[OpenConflict]
    left_out: str
    """What they may not see, in words; empty when that is nothing."""


class Kept(NamedTuple):
    """What was kept, and where."""

    conflict: OpenConflict
    side: Side
    also: int = 0
    """At how many further places the same event was kept."""


class Conflicts:
    """One person who looks at what is in conflict and decides what stands."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str, round_: int) -> None:
        """Take the project, what may be seen of it, and who decides."""
        self.project = project
        self.store = project.store
        self.visibility = visibility
        self.annotator = annotator
        self.round = round_

    # Looking

    def is_any(self) -> bool:
        """Whether there is any, whoever may see it."""
        with self.store.reading() as transaction:
            return conflicts.is_any(transaction)

    def listed(self, taxonomy: str = "") -> Listed:
        """Every open conflict that this person may see, those of the team first; `taxonomy` limits them to one."""
        name = self.project.named(taxonomy) if taxonomy else ""
        with self.store.reading() as transaction:
            if not conflicts.is_any(transaction):
                return Listed([], "")
            viewer = self.visibility.viewer()
            found = [*self._of_team(transaction, name)]
            for of in conflicts.classifications(transaction, viewer, name):
                found += self._of_one(transaction, of)
            left_out = conflicts.hidden_from(transaction, viewer, name)
        return Listed(found, left_out.words(viewer, "classification"))

    def of_subject(self, key: str, namespace: str = "") -> list[OpenConflict]:
        """The conflicts about one subject that this person may see."""
        with self.store.reading() as transaction:
            if not conflicts.is_any(transaction):
                return []
            viewer = self.visibility.viewer()
            found = conflicts.classifications(transaction, viewer, namespace, key)
            return [each for of in found for each in self._of_one(transaction, of)]

    def find(self, event: str) -> tuple[OpenConflict, Side]:
        """A conflict with one of its sides, by a beginning of the event's id; raises NotFoundError, RequestError."""
        wanted = event.strip()
        if not wanted:
            raise NotFoundError(f"{wanted!r}: {NONE_HERE}")
        listed = self.listed().conflicts
        known = names_in(listed)
        meant = meant_by(wanted, known)
        if len(meant) > 1:
            names = ", ".join(known[each] for each in meant)
            raise RequestError(f"{wanted!r} can be several events: {names}. Write more of it.")
        if not meant:
            raise NotFoundError(f"{wanted!r}: {NONE_HERE}")
        return next((each, side) for each in listed for side in each.sides if side.event == meant[0])

    def _of_one(self, transaction: Transaction, of: Identity) -> list[OpenConflict]:
        """Those of one classification."""
        seen = _Seen(self, transaction, of)
        return [seen.opened(each) for each in seen.now.conflicts]

    def _of_team(self, transaction: Transaction, taxonomy: str) -> Iterator[OpenConflict]:
        for place in conflicts.team_places(transaction):
            found = team.conflict_at(transaction, place)
            if found is None or (taxonomy and taxonomy not in place):
                continue
            sort, *which = place
            sides = tuple(_side(transaction, each) for each in found.versions)
            sides = (*sides[:-1], sides[-1]._replace(is_shown=True))
            sides = tuple(_by_name(transaction, each) for each in sides)
            if sort == "assignment":
                name, annotator, round_, subject = which
                key = conflicts.subject_key(transaction, cast("int", subject))
                yield OpenConflict(str(sort), key, str(name), str(annotator), cast("int", round_), sides, "", place)
            elif sort == "round":
                yield OpenConflict(str(sort), "", "", "", cast("int", which[0]), sides, "", place)
            else:
                yield OpenConflict(str(sort), "", "", "", 0, sides, str(which[0]), place)

    # Deciding

    def keep(self, event: str) -> Kept:
        """Let one of what was said stand, by saying it once more; whatever else stands there gives way to it.

        One's own work one settles oneself; others' somebody who may decide about it. Raises AnswerError where that
        is not so, or what is kept cannot be done now; NotFoundError for no such event.
        """
        refuse_nobody(self.annotator)
        conflict, side = self.find(event)
        if conflict.is_of_team:
            return self._keep_of_team(side)
        of = _identity(conflict)
        if conflict.place == PUBLISH:
            self._publish_again(of, side)
        elif same_name(of.annotator, self.annotator):
            with self.store.writing() as transaction:
                standing = Visibility(self.store, self.annotator, of.round).standing(of.subject, of.taxonomy)
                standing.refuse_earlier(of.round)
                now = self._say_again(transaction, standing, of, side.event)
                standing.refuse_who_looked(now, side.kind)
        else:
            visibility = Visibility(self.store, self.annotator, of.round)
            with visibility.deciding(of.subject, of.taxonomy) as standing, self.store.writing() as transaction:
                self._say_again(transaction, standing, of, side.event)
        return Kept(conflict, side)

    def _keep_of_team(self, side: Side) -> Kept:
        """Do a deed of the team again, at every place where it is in conflict."""
        with self.store.writing() as transaction:
            found = [each for each in self._of_team(transaction, "") if side.event in {one.event for one in each.sides}]
            if not found:
                raise NotFoundError(f"{short_id(side.event)!r}: {NONE_HERE}")
            team.say_again(transaction, self.annotator, side.event, [each.within for each in found])
        return Kept(found[0], side, len(found) - 1)

    def _publish_again(self, of: Identity, side: Side) -> None:
        from annotator.desk.publishing import Publishing

        visibility, whose = Visibility(self.store, self.annotator, of.round), of.annotator
        publishing = Publishing(self.project, visibility, self.annotator, of.round)
        if side.kind == "withdrawn":
            publishing.withdraw(of.subject, of.taxonomy, whose)
        elif side.said.get("released"):
            publishing.release(of.subject, of.taxonomy, side.said["reason"], whose)
        else:
            publishing.publish(of.subject, of.taxonomy)

    def _say_again(self, transaction: Transaction, standing: Standing, of: Identity, event: str) -> Classification:
        """Record what one side says; everything is looked up once more, in the transaction that writes."""
        seen = _Seen(self, transaction, of)
        found = [(each, side) for each in seen.all() for side in each.sides if side.event == event]
        if not found:
            raise NotFoundError(f"{event}: {NONE_HERE}")
        (conflict, side), now = found[0], seen.now
        if conflict.place == IMPORT:
            return self._settle_import(now, side)
        if conflict.kind not in KEPT_WHEN_CLOSED and now.status in CLOSED and not side.is_shown:
            raise AnswerError(_closed(now, self.annotator))
        kind, said = side.kind, side.said
        if kind == "submitted":
            self._refuse_unfit(standing, seen, side)
            said = {"answers": values_digest(now.answers)}
        elif kind == "adjudicated":
            self._refuse_stale(standing, now, said)
        elif kind == "unruled":
            return self._take_back_rulings(seen, conflict)
        return self._record(now, kind, said)

    def _record(self, now: Classification, kind: str, said: dict[str, Any]) -> Classification:
        version = said["to"] if kind == "version_taken" else now.version
        return self.store.record(self.annotator, cast("EventKind", kind), now.identity, version, said)[1]

    def _settle_import(self, now: Classification, side: Side) -> Classification:
        """Take over what an import brought beside the work here, or leave it."""
        answers = side.said.get("answers", {}) if side.kind == "imported" else {}
        if now.status in CLOSED and answers:
            raise AnswerError(_closed(now, self.annotator))
        brought = [each.event for conflict in now.conflicts if conflict.place == IMPORT for each in conflict.versions]
        about = side.event if side.kind == "imported" else brought[-1]
        return self._record(now, "incoming_settled", {"event": about, "answers": answers})

    def _take_back_rulings(self, seen: _Seen, conflict: OpenConflict) -> Classification:
        """Undo every ruling at a place: where there was none before, nothing else says so."""
        now = seen.now
        while (ruling := now.rulings.get(conflict.field)) is not None and not ruling.is_imported:
            now = self._record(now, "undone", {"event": ruling.event})
        return now

    def _refuse_unfit(self, standing: Standing, seen: _Seen, side: Side) -> None:
        """Refuse to keep that something was handed in which does not fit as it is now, and say what changed it."""
        from annotator.desk.tagging import Current, refuse_unfit

        now = seen.now
        current = Current(self.project.taxonomy(now.identity.taxonomy), standing, now)
        try:
            refuse_unfit(self.project, current)
        except AnswerError as error:
            if not error.problems or not (changed := seen.changed_since(side.event)):
                raise
            why = conflicting.unfit_words(now, self._taxonomy(now.identity), changed, self.annotator)
            raise AnswerError([Problem("", why), *error.problems]) from error

    def _refuse_stale(self, standing: Standing, now: Classification, said: dict[str, Any]) -> None:
        """Refuse to keep a decision that rests on other answers than there are, or while anything else is open."""
        review = review_of(self.project, standing)
        conflicting.refuse(now, self._taxonomy(now.identity), "no decision can be kept", STATUS)
        if said["seen"] and said["seen"] != review.digests and said.get("strategy") != IMPORTED:
            raise AnswerError(
                f"{standing.about}: that was decided on other answers than are handed in now; adjudicate it anew."
            )

    def _taxonomy(self, of: Identity) -> Taxonomy | None:
        try:
            return self.project.remembering(self.project.taxonomy(of.taxonomy))
        except AnnotatorError:
            return None


class _Seen:
    """One classification with its events, as its conflicts are looked at."""

    def __init__(self, part: Conflicts, transaction: Transaction, of: Identity) -> None:
        self.part, self.of = part, of
        self.events = events.of_classification(transaction, of)
        self.stood = Stood(self.events)
        self.hiding = part.store.projection.hiding
        self.now = fold(of, self.events, self.hiding)

    def all(self) -> list[OpenConflict]:
        """Every conflict in it."""
        return [self.opened(each) for each in self.now.conflicts]

    def changed_since(self, handed_in: str) -> dict[str, Event]:
        """By field, what gave another answer than was handed in, or took it back; empty where that cannot be told.

        A hand-in keeps but a digest of its answers: what may have been done apart is left out until that fits.
        """
        made = self._made("submitted", handed_in)
        if not made:
            return {}
        place = self.events.index(made[-1])
        digest, now = self.events[place].payload.get("answers"), self.now.answers
        found = (fold(self.of, events).answers for events in _known_to(self.events[place], self.events[:place]))
        then = next((answers for answers in found if values_digest(answers) == digest), now)
        said = {self.stood.place_of(event): event for event in self.events}
        return {
            field: said[f"answer:{field}"]
            for field in sorted({*then, *now})
            if f"answer:{field}" in said
            and (field not in then or field not in now or then[field].value != now[field].value)
        }

    def opened(self, conflict: Conflict) -> OpenConflict:
        """A conflict with its sides, each as what it amounts to, and that which shows marked."""
        of = self.of
        found = [self._side(conflict, each) for each in self._versions(conflict)]
        shown = next((place for place in reversed(range(len(found))) if self._is_shown(conflict, found[place])), -1)
        sides = tuple(each._replace(is_shown=place == shown) for place, each in enumerate(found))
        return OpenConflict(conflict.place, of.subject, of.taxonomy, of.annotator, of.round, sides)

    def _versions(self, conflict: Conflict) -> Iterator[Version]:
        """What was said; of an import also what is here, as the latest that was done here."""
        if conflict.place == IMPORT:
            here = [event for event in self.events if event.id not in self.stood.left_out]
            yield version_of(here[-1])
        yield from conflict.versions

    def _side(self, conflict: Conflict, version: Version) -> Side:
        with self.part.store.reading() as transaction:
            side = _side(transaction, version)
        if conflict.place == IMPORT:
            return side if version in conflict.versions else self._own(side, conflict)
        if version.kind == "submitted" and "answers" in version.said:
            return side._replace(is_of_what_shows=version.said["answers"] == values_digest(self.now.answers))
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

    def _own(self, side: Side, conflict: Conflict) -> Side:
        """What is here beside an import, under a name of its own: its latest event may stand elsewhere too."""
        said = {"answers": {field: each.model_dump(mode="json") for field, each in self.now.shown.items()}}
        return side._replace(event=f"{conflict.versions[-1].event}{HERE}", kind="worked_on", said=said)

    def _amount(self, conflict: Conflict, version: Version) -> tuple[str, dict[str, Any]]:
        """What an event that undoes or redoes another leaves at its place: what its own branch adds up to."""
        left = fold(self.of, self.stood.branch(version.event), self.hiding)
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


def _side(transaction: Transaction, version: Version) -> Side:
    """One side as it was said."""
    _, replica, is_here = conflicts.origin(transaction, version.event)
    return Side(version.event, version.by, version.at, replica, is_here, version.kind, version.said)


def _by_name(transaction: Transaction, side: Side) -> Side:
    """A setting that lists people, with their names."""
    if "people" not in side.said:
        return side
    names = ", ".join(people.name_of(transaction, uid) for uid in side.said["people"])
    return side._replace(said={**side.said, "value": names})


def _identity(conflict: OpenConflict) -> Identity:
    return Identity(
        subject=conflict.subject, taxonomy=conflict.taxonomy, annotator=conflict.annotator, round=conflict.round
    )


def _closed(now: Classification, annotator: str) -> str:
    of = now.identity
    about = f"{of.subject} under {of.taxonomy}"
    if of.annotator == ADJUDICATED or same_name(of.annotator, annotator):
        return f"{about} is {now.status}; reopen it before changing it."
    return f"{about}: {of.annotator} handed in something else than that; only {of.annotator} can reopen it and keep it."
