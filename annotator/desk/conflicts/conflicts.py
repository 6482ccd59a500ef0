"""Places at which what was done apart does not say the same: which there are, and keeping one of what was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from annotator.desk.conflicts import conflicting
from annotator.desk.conflicts.sides import OpenConflict, Seen, Side, by_name, names_in, side_of, with_whose
from annotator.desk.review import review_of
from annotator.desk.roles import refuse_who_leads_not
from annotator.desk.team.roles import refuse_without_lead
from annotator.desk.team.roster import opening_nothing
from annotator.desk.team.told import short_id
from annotator.desk.visibility import Standing, Visibility, refuse_nobody
from annotator.errors import AnnotatorError, AnswerError, NotFoundError, Problem, RequestError
from annotator.model.chain import meant_by
from annotator.model.classification import Classification, Identity
from annotator.model.people.deeds import CALLED, NAME, OF_PEOPLE, PERSON
from annotator.model.person import ADJUDICATED, IMPORTED, same_name
from annotator.model.place import IMPORT, NOTE, PUBLISH, SETTLED, STATUS
from annotator.model.waiting import DECISIONS
from annotator.store import conflicts, people
from annotator.store.team import roster, team, waiting

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.model.event import EventKind
    from annotator.model.people.who_is_who import Place
    from annotator.model.taxonomy import Taxonomy
    from annotator.store.connection import Transaction

CLOSED = {"submitted", "adjudicated"}
KEPT_WHEN_CLOSED = {STATUS, NOTE, "flag"}
"""Sorts of places that have no part in what was handed in."""
NONE_HERE = "There is no open conflict with that event; `annotator conflicts` lists those there are."


class Listed(NamedTuple):
    """What somebody may see of the conflicts."""

    conflicts: list[OpenConflict]
    left_out: str
    """What they may not see, in conflict or not, in words; empty when that is nothing."""


class Kept(NamedTuple):
    """What was kept, and where."""

    conflict: OpenConflict
    side: Side
    also: int = 0
    """At how many further places the same event was kept."""


class Conflicts:
    """One person who looks at what is in conflict and decides what stands."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str) -> None:
        """Take the project, what may be seen of it, and who decides."""
        self.project = project
        self.store = project.store
        self.visibility = visibility
        self.annotator = annotator

    # Looking

    def is_any(self) -> bool:
        """Whether there is any, whoever may see it."""
        with self.store.reading() as transaction:
            return conflicts.is_any(transaction)

    def listed(self, taxonomy: str = "") -> Listed:
        """Every open conflict that this person may see, those of the team first; `taxonomy` limits them to one."""
        name = self.project.named(taxonomy) if taxonomy else ""
        with self.store.reading() as transaction:
            viewer, found = self.visibility.viewer(), list[OpenConflict]()
            if conflicts.is_any(transaction):
                found += self._of_team(transaction, name)
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
        return Seen(transaction, of, self.store.projection.hiding).all(transaction)

    def _of_team(self, transaction: Transaction, taxonomy: str) -> Iterator[OpenConflict]:
        places = conflicts.team_places(transaction, self.visibility.viewer())
        of_people = roster.apart(transaction) if any(place[0] in OF_PEOPLE for place in places) else {}
        for place in places:
            sort, *which = place
            found = of_people.get(cast("Place", place)) if sort in OF_PEOPLE else team.conflict_at(transaction, place)
            if found is None or (taxonomy and (sort != "assignment" or which[0] != taxonomy)):
                continue
            sides = tuple(side_of(transaction, each) for each in found.versions)
            sides = (*sides[:-1], sides[-1]._replace(is_shown=True))
            sides = tuple(by_name(transaction, each) for each in sides)
            if sort == "assignment":
                name, annotator, round_, subject = which
                key = conflicts.subject_key(transaction, cast("int", subject))
                yield OpenConflict(str(sort), key, str(name), str(annotator), cast("int", round_), sides, "", place)
            elif sort == "gold":
                key = conflicts.subject_key(transaction, cast("int", which[1]))
                told = tuple(with_whose(transaction, each) for each in sides)
                yield OpenConflict(str(sort), key, str(which[0]), "", 0, told, "", place)
            elif sort == "closing":
                yield OpenConflict(str(sort), "", str(which[0]), "", cast("int", which[1]), sides, "", place)
            elif sort == "round":
                yield OpenConflict(str(sort), "", "", "", cast("int", which[0]), sides, "", place)
            else:
                about = _about(transaction, place, sides) if sort in OF_PEOPLE else str(which[0])
                yield OpenConflict(str(sort), "", "", "", 0, sides, about, place)

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
                standing.refuse_readers()
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
            refuse_who_leads_not(transaction, self.annotator, "decides what the team agreed on")
            found = [each for each in self._of_team(transaction, "") if side.event in {one.event for one in each.sides}]
            if not found:
                raise NotFoundError(f"{short_id(side.event)!r}: {NONE_HERE}")
            with opening_nothing(transaction, self.visibility):
                self._keep_of_people(transaction, side.event, found)
            of_work = [each.within for each in found if not each.is_about_people]
            if of_work:
                team.say_again(transaction, self.annotator, side.event, of_work)
            if side.kind in DECISIONS:
                waiting.settle(transaction, self.store.projection)
                refuse_without_lead(transaction)
        return Kept(found[0], side, len(found) - 1)

    def _keep_of_people(self, transaction: Transaction, event: str, found: list[OpenConflict]) -> None:
        """Let one deed about who is who stand; first of those that tell how many people there are."""
        places = sorted((cast("Place", each.within) for each in found if each.is_about_people), key=_names_last)
        for place in places:
            roster.keep(transaction, self.store.projection, self.annotator, place, event)
        if places:
            refuse_without_lead(transaction)

    def _publish_again(self, of: Identity, side: Side) -> None:
        from annotator.desk.publishing import Publishing

        visibility, whose = Visibility(self.store, self.annotator, of.round), of.annotator
        publishing = Publishing(self.project, visibility, self.annotator)
        if side.kind == "withdrawn":
            publishing.withdraw(of.subject, of.taxonomy, whose)
        elif side.said.get("released"):
            publishing.release(of.subject, of.taxonomy, side.said["reason"], whose)
        else:
            publishing.publish(of.subject, of.taxonomy)

    def _say_again(self, transaction: Transaction, standing: Standing, of: Identity, event: str) -> Classification:
        """Record what one side says; everything is looked up once more, in the transaction that writes."""
        seen = Seen(transaction, of, self.store.projection.hiding)
        found = [(each, side) for each in seen.all(transaction) for side in each.sides if side.event == event]
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
            said = {}
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
        about = side.said.get("event") or (side.event if side.kind == "imported" else brought[-1])
        return self._record(now, SETTLED, {"event": about, "answers": answers, "fields": sorted(answers)})

    def _take_back_rulings(self, seen: Seen, conflict: OpenConflict) -> Classification:
        """Undo every ruling at a place: where there was none before, nothing else says so."""
        now = seen.now
        while (ruling := now.rulings.get(conflict.field)) is not None and not ruling.is_imported:
            now = self._record(now, "undone", {"event": ruling.event})
        return now

    def _refuse_unfit(self, standing: Standing, seen: Seen, side: Side) -> None:
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


def _names_last(place: Place) -> bool:
    return place[0] == NAME


def _about(transaction: Transaction, place: tuple[object, ...], sides: tuple[Side, ...]) -> str:
    """Whom or which name a conflict about people is about, as people call it."""
    sort, which = place
    if sort == CALLED:
        return str(sides[-1].said["gives"])
    told = (side.said.get("was") for side in sides if sort == PERSON and side.said["person"] == which)
    return next(filter(None, told), None) or people.name_of(transaction, str(which))


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
