"""Decide what annotators differ about: rule on it field by field, and put answers and rulings on record.

An adjudication is a classification of its own, under a name that no person can have; its
events name whoever decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from annotator.desk import resolving, visibility
from annotator.desk.reading import whole
from annotator.desk.review import Reviewer
from annotator.desk.visibility import refuse_own, refuse_published
from annotator.errors import AnnotatorError, AnswerError, Problem, RequestError
from annotator.model.classification import Answer, Classification
from annotator.model.person import CAUSES, STRATEGIES, Cause, Strategy
from annotator.model.queue import QueueView
from annotator.model.review import Comparison, Review
from annotator.store import events, reviews
from annotator.store.queue import QueueQuery
from annotator.store.readable import between, position
from annotator.taxonomy.compiling import check_answer, check_classification

if TYPE_CHECKING:
    from annotator.model.event import EventKind

UNRULED = "is disputed and nobody has ruled; rule on it first"
MISFIT = "what was handed in does not fit the taxonomy; open the review to see why"
GoesOn = Callable[[], bool]
"""Whether to go on to the next subject."""


class Decider(Reviewer):
    """One person who rules, in the round and under the name of their session."""

    def rule(
        self, key: str, namespace: str, field: str, answer: Answer, cause: Cause, note: str = "",
        confidence: float | None = None,
    ) -> Classification:  # fmt: skip
        """Decide on a field; raises AnswerError when the answer does not fit, or the adjudicator may not decide."""
        self._allow(key, namespace)
        with self.store.writing():
            review = self._open_review(key, namespace)
            comparison = self._comparison(review, field)
            checked = _backed(self._checked(review, field, answer, _share(confidence)), comparison)
            payload = {
                "field": field,
                "answer": checked.model_dump(mode="json", exclude_defaults=True),
                "cause": _known(cause), "note": whole(note).strip(), "confidence": confidence,
                "between": between(comparison.answers),
            }  # fmt: skip
            return review.adjudicated if _is_so(comparison, payload) else self._record(review, "ruled", payload)

    def adopt(
        self, key: str, namespace: str, field: str, annotator: str, cause: Cause, note: str = "",
        confidence: float | None = None,
    ) -> Classification:  # fmt: skip
        """Rule that one annotator's answer stands, with its evidence."""
        answers = self._allowed_comparison(key, namespace, field).answers
        if annotator not in answers:
            known = ", ".join(answers) or "nobody"
            raise AnswerError([Problem(field, f"was not answered by {annotator!r}, but by {known}")])
        return self.rule(key, namespace, field, answers[annotator], cause, note, confidence)

    def union(
        self, key: str, namespace: str, field: str, cause: Cause, note: str = "", confidence: float | None = None
    ) -> Classification:
        """Rule that every value somebody gave stands; raises AnswerError where that means nothing."""
        about = self.session.field(namespace, field)
        answer = resolving.union(about, self._allowed_comparison(key, namespace, field).answers)
        return self.rule(key, namespace, field, answer, cause, note, confidence)

    def majority(
        self, key: str, namespace: str, field: str, cause: Cause, note: str = "", confidence: float | None = None
    ) -> Classification:
        """Rule what more than half say; raises AnswerError where there is no majority."""
        about = self.session.field(namespace, field)
        one = self._allowed_comparison(key, namespace, field)
        answer = resolving.majority(about, one.answers, one.positions)
        return self.rule(key, namespace, field, answer, cause, note, confidence)

    # Whether one may

    def refusal(self, key: str, namespace: str) -> str:
        """Why this person may not decide about a subject; empty when they may."""
        try:
            refuse_own(self.session, key, self.session.taxonomy(namespace).namespace)
        except (AnswerError, RequestError) as error:
            return str(error)
        return ""

    def ready(self, key: str, namespace: str) -> Review:
        """A subject that this person can rule on now; raises AnswerError or RequestError when they cannot."""
        return self._open_review(key, namespace)

    def _allow(self, key: str, namespace: str) -> None:
        """Let somebody decide, before the transaction in which they do: who is refused there has looked too."""
        name = self.session.taxonomy(namespace).namespace
        self.session.kind_of(key)
        refuse_own(self.session, key, name)
        visibility.let_in(self.session, key, name)

    def _allowed_review(self, key: str, namespace: str) -> Review:
        self._allow(key, namespace)
        return self.review(key, namespace)

    def _allowed_comparison(self, key: str, namespace: str, field: str) -> Comparison:
        return self._comparison(self._allowed_review(key, namespace), field)

    def _open_review(self, key: str, namespace: str) -> Review:
        return undecided(self._allowed_review(key, namespace))

    def _checked(self, review: Review, field: str, answer: Answer, confidence: float | None) -> Answer:
        taxonomy = self.session.taxonomy(review.taxonomy)
        about, kind = self.session.field(review.taxonomy, field), self.session.kind_of(review.subject)
        if kind not in (about.applies_to or taxonomy.applies_to):
            raise AnswerError([Problem(field, f"is not asked about {kind}s")])
        return check_answer(taxonomy, field, answer.model_copy(update={"confidence": confidence}))

    def _record(self, review: Review, kind: EventKind, payload: dict[str, Any]) -> Classification:
        of = self._identity(review.subject, review.taxonomy)
        with self.store.writing() as connection:
            self.session.project.keep(connection, self.session.taxonomy(review.taxonomy))
            return self.store.record(self.session.annotator, kind, of, review.version, payload)[1]


def undecided(review: Review) -> Review:
    """A review that there is something to decide about; raises AnswerError otherwise."""
    about = f"{review.subject} under {review.taxonomy}"
    if review.adjudicated.status == "adjudicated":
        raise AnswerError(f"{about} is adjudicated; reopen it before changing it.")
    if not review.annotators:
        raise AnswerError(f"{about}: nobody has handed in anything to decide about.")
    return review


def _backed(answer: Answer, comparison: Comparison) -> Answer:
    """An answer that annotators gave brings their evidence, unless the ruling quotes its own."""
    same = position(answer.state, answer.value)
    given = [comparison.answers[name] for name, each in comparison.positions.items() if each == same]
    if not given or answer.evidence:
        return answer
    return answer.model_copy(update={"evidence": resolving.agreed(given).evidence})


def _known(cause: str) -> str:
    if cause not in CAUSES:
        raise RequestError(f"{cause!r} is no cause; there is {', '.join(CAUSES)}.")
    return cause


def _share(confidence: float | None) -> float | None:
    if confidence is not None and not 0 <= confidence <= 1:
        raise RequestError(f"A confidence is a number from 0 to 1, not {confidence}.")
    return confidence


def _is_so(comparison: Comparison, payload: dict[str, Any]) -> bool:
    """Whether the ruling on record says all this already."""
    made = comparison.ruling
    if made is None:
        return False
    said = {**payload, "answer": Answer.model_validate(payload["answer"])}
    return all(said[name] == getattr(made, name) for name in ("answer", "cause", "note", "confidence"))


class Adjudicator(Decider):
    """One person who decides about whole subjects, too."""

    def problems(self, review: Review, by_majority: bool = False) -> list[Problem]:
        """What keeps a subject from being adjudicated; empty when all is well."""
        answers = resolving.tentative(review.fields, by_majority)
        waiting = [each.field for each in review.fields if each.is_open and each.field not in answers]
        if waiting:
            return [Problem(field, UNRULED) for field in waiting]
        if not answers:
            return [Problem("", f"{review.subject} under {review.taxonomy}: nobody has handed in any answer")]
        taxonomy = self.session.taxonomy(review.taxonomy)
        aside = resolving.about_work(taxonomy)
        found = check_classification(taxonomy, self.session.kind_of(review.subject), answers)
        return [problem for problem in found if problem.field not in aside]

    def adjudicate(self, key: str, namespace: str) -> Classification:
        """Put agreed answers and rulings on record; raises AnswerError with everything that is still missing."""
        self._allow(key, namespace)
        with self.store.writing():
            review = self._open_review(key, namespace)
            if problems := self.problems(review):
                raise AnswerError(problems)
            return self._decide(review)

    def accept(self, key: str, namespace: str, strategy: Strategy, batch: str) -> None:
        """Adjudicate a subject that a strategy settles, and show nothing of it, so that it is no look.

        What carries the same `batch` is undone as one. Raises AnswerError, which tells no answer either.
        """
        self._settled(key, namespace, strategy)  # without the lock, which those left for people never need
        with self.store.writing():
            self._decide(self._settled(key, namespace, strategy), strategy, batch)

    def accept_agreed(
        self,
        namespace: str,
        strategy: Strategy,
        which: Iterable[str] | QueueView | None = None,
        goes_on: GoesOn = lambda: True,
    ) -> Accepted:
        """Adjudicate every subject that a strategy settles; `which` limits it to keys or to a view."""
        return accept_agreed(self, namespace, strategy, which, goes_on)

    def reopen(self, key: str, namespace: str, reason: str = "") -> Classification:
        """Take an adjudication back for another look; its rulings stay."""
        self._allow(key, namespace)
        with self.store.writing():
            review = self._allowed_review(key, namespace)
            if review.adjudicated.status != "adjudicated":
                raise RequestError(f"{key} under {review.taxonomy} is not adjudicated: there is nothing to reopen.")
            refuse_published(review.adjudicated)
            return self._record(review, "reopened", {"reason": whole(reason)})

    def _settled(self, key: str, namespace: str, strategy: Strategy) -> Review:
        """A subject that this person may decide about and that a strategy settles; raises AnswerError."""
        name = self.session.taxonomy(namespace).namespace
        self.session.kind_of(key)
        refuse_own(self.session, key, name)
        visibility.refuse_at_work(self.session, key, name)
        review = undecided(self._read(key, name))
        _refuse_unsettled(review, strategy)
        _refuse_in_short(self.problems(review, strategy == "majority"))
        return review

    def _decide(self, review: Review, strategy: str = "", batch: str = "") -> Classification:
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
        return self._record(review, "adjudicated", payload)


def _refuse_in_short(problems: list[Problem]) -> None:
    """Refuse what does not fit by its fields alone: a whole sentence could quote an answer. Raises AnswerError."""
    told = (each if each.message == UNRULED or not each.field else Problem(each.field, MISFIT) for each in problems)
    if short := list(dict.fromkeys(told)):
        raise AnswerError(short)


def _source(comparison: Comparison) -> dict[str, Any]:
    source = "majority" if comparison.differs else comparison.source
    return {"source": source, "annotators": sorted(comparison.answers)}


class Accepted(NamedTuple):
    """What a bulk decision did."""

    accepted: list[str]
    refused: dict[str, str]
    """By key: why a subject was left for people."""
    untried: tuple[str, ...] = ()
    """Subjects it did not come to, because it was stopped; what it accepted before stays."""
    stopped_by: AnnotatorError | KeyboardInterrupt | None = None
    """What stopped it, unless it was told to."""


def accept_agreed(
    adjudicator: Adjudicator,
    namespace: str,
    strategy: Strategy,
    which: Iterable[str] | QueueView | None = None,
    goes_on: GoesOn = lambda: True,
) -> Accepted:
    """Adjudicate every subject that a strategy settles, each in a transaction of its own; others can write between.

    One undo takes all of them back. Nothing is shown of any, so none counts as looked at. What is stopped
    halfway says how far it came. Raises RequestError for no strategy, and what stops it before the first.

    `unanimous`: two annotators or more, and they differ on nothing. `majority`: where they
    differ, more than half give the same answer. `single`: one annotator handed in.
    """
    if strategy not in STRATEGIES:
        raise RequestError(f"{strategy!r} is no strategy; there is {', '.join(STRATEGIES)}.")
    done, batch, waiting = Accepted([], {}), uuid4().hex, _keys(adjudicator, namespace, which)
    for place, key in enumerate(waiting):
        if not goes_on():
            return done._replace(untried=tuple(waiting[place:]))
        try:
            adjudicator.accept(key, namespace, strategy, batch)
        except AnswerError as error:
            done.refused[key] = str(error)
        except (AnnotatorError, KeyboardInterrupt) as error:
            return _stopped(adjudicator, done, waiting[place:], batch, error)
        else:
            done.accepted.append(key)
    return done


def _refuse_unsettled(review: Review, strategy: Strategy) -> None:
    """Say why a strategy does not settle a subject; raises AnswerError."""
    several = len(review.annotators) > 1
    if strategy == "single" and several:
        raise AnswerError(f"{len(review.annotators)} annotators handed in")
    if strategy != "single" and not several:
        raise AnswerError("fewer than two annotators handed in")
    if strategy == "unanimous" and any(each.differs and not each.is_moot for each in review.fields):
        raise AnswerError("annotators differ")


def _keys(adjudicator: Adjudicator, namespace: str, which: Iterable[str] | QueueView | None) -> list[str]:
    session = adjudicator.session
    if which is not None and not isinstance(which, QueueView):
        return list(which)
    with session.store.reading() as connection:
        waiting = reviews.undecided(connection, session.taxonomy(namespace).namespace, session.round)
        if which is None:
            return waiting
        shown = set(reviews.keys(connection, QueueQuery(which, session.annotator, session.round).ids(connection)))
    return [key for key in waiting if key in shown]


def _stopped(
    adjudicator: Adjudicator, done: Accepted, left: list[str], batch: str, error: AnnotatorError | KeyboardInterrupt
) -> Accepted:
    """Say how far it came, from the log: the last one may have been stored just before it was stopped."""
    with adjudicator.store.reading() as connection:
        stored = {event.of.subject for event in events.of_batch(connection, adjudicator.session.annotator, batch)}
    if not stored:
        raise error
    accepted = [*done.accepted, *(key for key in left if key in stored)]
    return Accepted(accepted, done.refused, tuple(key for key in left if key not in stored), error)
