"""Decide what annotators differ about: rule on it field by field, and put answers and rulings on record.

An adjudication is a classification of its own, under a name that no person can have; its
events name whoever decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from annotator.desk import resolving
from annotator.desk.conflicts import conflicting
from annotator.desk.review import compared, decided_of, refusal_of, review_of
from annotator.desk.visibility import refuse_published
from annotator.errors import AnnotatorError, AnswerError, OutdatedError, Problem, RequestError
from annotator.model.classification import Answer, Classification
from annotator.model.outline import Position, position
from annotator.model.person import CAUSES, STRATEGIES, Cause, Strategy, same_name
from annotator.model.place import STATUS
from annotator.model.queue import QueueView
from annotator.model.review import Comparison, Review
from annotator.plain import storable
from annotator.store.deciding import reviews
from annotator.store.log import events
from annotator.store.queue import QueueQuery
from annotator.store.readable import between
from annotator.taxonomy.compiling import check_answer, check_classification

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.desk.visibility import Standing, Visibility
    from annotator.model.event import EventKind
    from annotator.model.taxonomy import Field, Taxonomy

UNRULED = "is disputed and nobody has ruled; rule on it first"
MISFIT = "what was handed in does not fit the taxonomy; open the review to see why"
GoesOn = Callable[[], bool]
"""Whether to go on to the next subject."""
Choose = Callable[["Field", Comparison], Answer]
"""Makes the answer to rule of what annotators said; raises AnswerError where there is none."""


class Accepted(NamedTuple):
    """What a bulk decision did."""

    accepted: list[str]
    refused: dict[str, str]
    """By key: why a subject was left for people."""
    untried: tuple[str, ...] = ()
    """Subjects it did not come to, because it was stopped; what it accepted before stays."""
    stopped_by: AnnotatorError | KeyboardInterrupt | None = None
    """What stopped it, unless it was told to."""


class Adjudication:
    """One person who decides, in one round of a taxonomy, about single fields and about whole subjects."""

    def __init__(self, project: Project, visibility: Visibility, annotator: str) -> None:
        """Take what there is to decide, what may be seen of it, and who decides."""
        self.project = project
        self.store = project.store
        self.visibility = visibility
        self.annotator = annotator

    # One field

    def rule(
        self, key: str, namespace: str, field: str, answer: Answer, cause: Cause, note: str = "",
        confidence: float | None = None, seen: Comparison | None = None,
    ) -> Classification:  # fmt: skip
        """Decide on a field; raises AnswerError when the answer does not fit, or the adjudicator may not decide.

        `seen` is what it is decided on. Raises OutdatedError when others answered or ruled otherwise since; without,
        the decision is on what is there now.
        """
        return self._rule(key, namespace, field, lambda _about, _one: answer, _reasons(cause, note, confidence), seen)

    def adopt(
        self, key: str, namespace: str, field: str, annotator: str, cause: Cause, note: str = "",
        confidence: float | None = None,
    ) -> Classification:  # fmt: skip
        """Rule that one annotator's answer stands, with its evidence."""

        def given(_about: Field, one: Comparison) -> Answer:
            if annotator not in one.answers:
                known = ", ".join(one.answers) or "nobody"
                raise AnswerError([Problem(field, f"was not answered by {annotator!r}, but by {known}")])
            return one.answers[annotator]

        return self._rule(key, namespace, field, given, _reasons(cause, note, confidence))

    def union(
        self, key: str, namespace: str, field: str, cause: Cause, note: str = "", confidence: float | None = None
    ) -> Classification:
        """Rule that every value somebody gave stands; raises AnswerError where that means nothing."""

        def joined(about: Field, one: Comparison) -> Answer:
            return resolving.union(about, one.answers)

        return self._rule(key, namespace, field, joined, _reasons(cause, note, confidence))

    def majority(
        self, key: str, namespace: str, field: str, cause: Cause, note: str = "", confidence: float | None = None
    ) -> Classification:
        """Rule what more than half say; raises AnswerError where there is no majority."""

        def most(about: Field, one: Comparison) -> Answer:
            return resolving.majority(about, one.answers, one.positions)

        return self._rule(key, namespace, field, most, _reasons(cause, note, confidence))

    def _rule(
        self, key: str, namespace: str, field: str, choose: Choose, reasons: Mapping[str, Any],
        seen: Comparison | None = None,
    ) -> Classification:  # fmt: skip
        taxonomy, about = self.project.taxonomy(namespace), self.project.field(namespace, field)
        with self.visibility.deciding(key, taxonomy.namespace) as standing:
            review = undecided(review_of(self.project, standing))
            one = compared(review, field)
            if seen is not None:
                _refuse_outdated(standing, (seen,), (one,))
            if standing.kind not in (about.applies_to or taxonomy.applies_to):
                raise AnswerError([Problem(field, f"is not asked about {standing.kind}s")])
            answer = choose(about, one).model_copy(update={"confidence": reasons["confidence"]})
            checked = _backed(check_answer(taxonomy, field, answer), one)
            payload = {
                "field": field,
                "answer": checked.model_dump(mode="json", exclude_defaults=True),
                **reasons,
                "between": between(one.answers),
            }
            is_apart = ("", f"ruling:{field}") in review.conflicts
            if _is_so(one, payload) and not is_apart:
                return review.adjudicated
            return self._record(standing, review, "ruled", payload)

    # Whether one may

    def refusal(self, key: str, namespace: str) -> str:
        """Why this person may not decide about a subject; empty when they may."""
        return refusal_of(self.visibility.standing(key, self.project.taxonomy(namespace).namespace))

    # Whole subjects

    def problems(self, review: Review, by_majority: bool = False) -> list[Problem]:
        """What keeps a subject from being adjudicated; empty when all is well."""
        taxonomy = self.project.remembering(self.project.taxonomy(review.taxonomy))
        standing = self.visibility.standing(review.subject, taxonomy.namespace)
        return _problems(taxonomy, standing, review, by_majority)

    def adjudicate(self, key: str, namespace: str, seen: Review | None = None) -> Classification:
        """Put agreed answers and rulings on record; raises AnswerError with everything that is still missing.

        `seen` is what that is decided on. Raises OutdatedError when others answered or ruled otherwise since.
        """
        taxonomy = self.project.remembering(self.project.taxonomy(namespace))
        with self.visibility.deciding(key, taxonomy.namespace) as standing:
            review = undecided(review_of(self.project, standing))
            if seen is not None:
                _refuse_outdated(standing, seen.fields, review.fields)
            if problems := _problems(taxonomy, standing, review):
                raise AnswerError(problems)
            return self._decide(standing, review)

    def reopen(self, key: str, namespace: str, reason: str = "") -> Classification:
        """Take an adjudication back for another look; its rulings stay."""
        with self.visibility.deciding(key, self.project.taxonomy(namespace).namespace) as standing:
            review = review_of(self.project, standing)
            if review.adjudicated.status != "adjudicated" and not conflicting.is_at(review.adjudicated, STATUS):
                raise RequestError(f"{key} under {review.taxonomy} is not adjudicated: there is nothing to reopen.")
            refuse_published(review.adjudicated)
            return self._record(standing, review, "reopened", {"reason": storable(reason)})

    # In bulk

    def accept(self, key: str, namespace: str, strategy: Strategy, batch: str) -> None:
        """Adjudicate a subject that a strategy settles, and show nothing of it, so that it is no look.

        What carries the same `batch` is undone as one. Raises AnswerError, which tells no answer either.
        """
        taxonomy = self.project.remembering(self.project.taxonomy(namespace))
        self._settled(key, taxonomy, strategy)  # without the lock, which those left for people never need
        with self.store.writing():
            self._decide(*self._settled(key, taxonomy, strategy), strategy, batch)

    def accept_agreed(
        self,
        namespace: str,
        strategy: Strategy,
        which: Iterable[str] | QueueView | None = None,
        goes_on: GoesOn = lambda: True,
    ) -> Accepted:
        """Adjudicate every subject that a strategy settles, each in a transaction of its own; others can write between.

        `which` limits it to keys or to a view. One undo takes all of them back. Nothing is shown of any, so none
        counts as looked at. What is stopped halfway says how far it came. Raises RequestError for no strategy, and
        what stops it before the first.

        `unanimous`: two annotators or more, and they differ on nothing. `majority`: where they
        differ, more than half give the same answer. `single`: one annotator handed in.
        """
        if strategy not in STRATEGIES:
            raise RequestError(f"{strategy!r} is no strategy; there is {', '.join(STRATEGIES)}.")
        done, batch, waiting = Accepted([], {}), uuid4().hex, self._waiting(namespace, which)
        for place, key in enumerate(waiting):
            if not goes_on():
                return done._replace(untried=tuple(waiting[place:]))
            try:
                self.accept(key, namespace, strategy, batch)
            except AnswerError as error:
                done.refused[key] = str(error)
            except (AnnotatorError, KeyboardInterrupt) as error:
                return self._stopped(done, waiting[place:], batch, error)
            else:
                done.accepted.append(key)
        return done

    def _waiting(self, namespace: str, which: Iterable[str] | QueueView | None) -> list[str]:
        if which is not None and not isinstance(which, QueueView):
            return list(which)
        with self.store.reading() as transaction:
            name, in_rounds = self.project.taxonomy(namespace).namespace, self.visibility.decided_in
            waiting = reviews.undecided(transaction, name, in_rounds.under(name))
            if which is None:
                return waiting
            shown = set(reviews.keys(transaction, QueueQuery(which, self.annotator, in_rounds).ids(transaction)))
        return [key for key in waiting if key in shown]

    def _settled(self, key: str, taxonomy: Taxonomy, strategy: Strategy) -> tuple[Standing, Review]:
        """A subject that this person may decide about and that a strategy settles; raises AnswerError."""
        with self.store.reading():
            standing = self.visibility.standing(key, taxonomy.namespace)
            standing.refuse_own()
            standing.refuse_at_work()
            review = undecided(review_of(self.project, standing))
        if apart := _apart(review):
            raise AnswerError(apart)
        _refuse_unsettled(review, strategy)
        _refuse_in_short(_problems(taxonomy, standing, review, strategy == "majority"))
        return standing, review

    def _stopped(
        self, done: Accepted, left: list[str], batch: str, error: AnnotatorError | KeyboardInterrupt
    ) -> Accepted:
        """Say how far it came, from the log: the last one may have been stored just before it was stopped."""
        with self.store.reading() as transaction:
            stored = {event.of.subject for event in events.of_batch(transaction, self.annotator, batch)}
        if not stored:
            raise error
        accepted = [*done.accepted, *(key for key in left if key in stored)]
        return Accepted(accepted, done.refused, tuple(key for key in left if key not in stored), error)

    # Within

    def _decide(self, standing: Standing, review: Review, strategy: str = "", batch: str = "") -> Classification:
        """Record an adjudication that nothing speaks against; call in a write transaction."""
        answers = resolving.tentative(review.fields, strategy == "majority")
        ruled = {each.field: each.ruling.event for each in review.fields if each.ruling is not None}
        taken = {field: answer for field, answer in answers.items() if field not in ruled}
        payload = {
            "answers": {name: each.model_dump(mode="json", exclude_defaults=True) for name, each in taken.items()},
            "sources": {each.field: _source(each) for each in review.fields if each.field in taken},
            "ruled": ruled,
            "seen": review.digests,
            "strategy": strategy,
            **({"batch": batch} if batch else {}),
        }
        return self._record(standing, review, "adjudicated", payload)

    def _record(self, standing: Standing, review: Review, kind: EventKind, payload: dict[str, Any]) -> Classification:
        of = decided_of(standing)
        taxonomy = self.project.taxonomy(review.taxonomy)
        return self.store.record(self.annotator, kind, of, review.version, payload, taxonomy)[1]


def undecided(review: Review) -> Review:
    """A review that there is something to decide about; raises AnswerError otherwise."""
    about = f"{review.subject} under {review.taxonomy}"
    if review.adjudicated.status == "adjudicated":
        raise AnswerError(f"{about} is adjudicated; reopen it before changing it.")
    if not review.annotators:
        raise AnswerError(f"{about}: nobody has handed in anything to decide about.")
    return review


def _refuse_outdated(standing: Standing, seen: Sequence[Comparison], now: Sequence[Comparison]) -> None:
    """Refuse a decision on other answers, or other people's rulings, than there are; raises OutdatedError."""
    what = ""
    if _held(seen) != _held(now):
        what = "answers were handed in or taken back meanwhile"
    elif _ruled(now, standing.annotator) - _ruled(seen, standing.annotator):
        what = "somebody else ruled meanwhile"
    if what:
        raise OutdatedError(f"{standing.about}: {what}; look again, then decide.")


def _held(fields: Iterable[Comparison]) -> dict[str, dict[str, Position]]:
    """Who answered what."""
    return {each.field: each.positions for each in fields if each.positions}


def _ruled(fields: Iterable[Comparison], but: str) -> set[str]:
    """The events of all rulings that are not by one person."""
    made = (each.ruling or each.outdated for each in fields)
    return {ruling.event for ruling in made if ruling is not None and not same_name(ruling.by, but)}


def _problems(taxonomy: Taxonomy, standing: Standing, review: Review, by_majority: bool = False) -> list[Problem]:
    if apart := _apart(review):
        return apart
    answers = resolving.tentative(review.fields, by_majority)
    waiting = [each.field for each in review.fields if each.is_open and each.field not in answers]
    if waiting:
        return [Problem(field, UNRULED) for field in waiting]
    if not answers:
        return [Problem("", f"{review.subject} under {review.taxonomy}: nobody has handed in any answer")]
    aside = resolving.about_work(taxonomy)
    found = check_classification(taxonomy, standing.kind, answers)
    return [problem for problem in found if problem.field not in aside]


def _backed(answer: Answer, comparison: Comparison) -> Answer:
    """An answer that annotators gave brings their evidence, unless the ruling quotes its own."""
    same = position(answer.state, answer.value)
    given = [comparison.answers[name] for name, each in comparison.positions.items() if each == same]
    if not given or answer.evidence:
        return answer
    return answer.model_copy(update={"evidence": resolving.agreed(given).evidence})


def _reasons(cause: str, note: str, confidence: float | None) -> dict[str, Any]:
    """What a ruling says beside its answer; raises RequestError for a cause or a confidence there is none of."""
    if cause not in CAUSES:
        raise RequestError(f"{cause!r} is no cause; there is {', '.join(CAUSES)}.")
    if confidence is not None and not 0 <= confidence <= 1:
        raise RequestError(f"A confidence is a number from 0 to 1, not {confidence}.")
    return {"cause": cause, "note": storable(note).strip(), "confidence": confidence}


def _is_so(comparison: Comparison, payload: dict[str, Any]) -> bool:
    """Whether the ruling on record says all this already."""
    made = comparison.ruling
    if made is None:
        return False
    said = {**payload, "answer": Answer.model_validate(payload["answer"])}
    return all(said[name] == getattr(made, name) for name in ("answer", "cause", "note", "confidence"))


def _source(comparison: Comparison) -> dict[str, Any]:
    source = "majority" if comparison.differs else comparison.source
    return {"source": source, "annotators": sorted(comparison.answers)}


def _refuse_unsettled(review: Review, strategy: Strategy) -> None:
    """Say why a strategy does not settle a subject; raises AnswerError."""
    several = len(review.annotators) > 1
    if strategy == "single" and several:
        raise AnswerError(f"{len(review.annotators)} annotators handed in")
    if strategy != "single" and not several:
        raise AnswerError("fewer than two annotators handed in")
    if strategy == "unanimous" and any(each.differs and not each.is_moot for each in review.fields):
        raise AnswerError("annotators differ")


def _apart(review: Review) -> list[Problem]:
    """What is in conflict in what was handed in or decided, by field alone: neither names nor answers are told."""
    places = (place for whose, place in review.conflicts if (whose, place) != ("", STATUS))
    return [Problem(field, conflicting.IN_SHORT) for field in dict.fromkeys(each.partition(":")[2] for each in places)]


def _refuse_in_short(problems: list[Problem]) -> None:
    """Refuse what does not fit by its fields alone: a whole sentence could quote an answer. Raises AnswerError."""
    told = (each if each.message == UNRULED or not each.field else Problem(each.field, MISFIT) for each in problems)
    if short := list(dict.fromkeys(told)):
        raise AnswerError(short)
