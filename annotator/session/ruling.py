"""Rule on disagreements: say field by field what stands, and why annotators differed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotator.errors import AnswerError, Problem, RequestError
from annotator.models.classification import Answer, Classification
from annotator.models.reserved import CAUSES, Cause
from annotator.models.review import Comparison, Review
from annotator.session import resolving, seeing
from annotator.session.permitting import refuse_own
from annotator.session.reviewer import Reviewer
from annotator.session.words import whole
from annotator.store.readable import between, position
from annotator.taxonomy.compiling import check_answer

if TYPE_CHECKING:
    from annotator.models.event import EventKind


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
        seeing.let_in(self.session, key, name)

    def _allowed_review(self, key: str, namespace: str) -> Review:
        self._allow(key, namespace)
        return self.review(key, namespace)

    def _allowed_comparison(self, key: str, namespace: str, field: str) -> Comparison:
        return self._comparison(self._allowed_review(key, namespace), field)

    def _open_review(self, key: str, namespace: str) -> Review:
        review = self._allowed_review(key, namespace)
        if review.adjudicated.status == "adjudicated":
            raise AnswerError(f"{key} under {review.taxonomy} is adjudicated; reopen it before changing it.")
        if not review.annotators:
            raise AnswerError(f"{key} under {review.taxonomy}: nobody has handed in anything to decide about.")
        return review

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
