"""Decide what annotators differ about: put agreed answers and rulings on record.

An adjudication is a classification of its own, under a name that no person can have; its
events name whoever decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from annotator.errors import AnswerError, Problem, RequestError
from annotator.models.classification import Classification
from annotator.models.reserved import Strategy
from annotator.models.review import Comparison, Review
from annotator.session import reviewing
from annotator.session.permitting import refuse_published
from annotator.session.ruling import Decider
from annotator.session.words import whole
from annotator.taxonomy.compiling import check_classification

if TYPE_CHECKING:
    from annotator.models.queue import QueueView
    from annotator.session.accepting import Accepted


class Adjudicator(Decider):
    """One person who decides about whole subjects, too."""

    def problems(self, review: Review, by_majority: bool = False) -> list[Problem]:
        """What keeps a subject from being adjudicated; empty when all is well."""
        answers = reviewing.tentative(review.fields, by_majority)
        waiting = [each.field for each in review.fields if each.is_open and each.field not in answers]
        if waiting:
            return [Problem(field, "is disputed and nobody has ruled; rule on it first") for field in waiting]
        if not answers:
            return [Problem("", f"{review.subject} under {review.taxonomy}: nobody has handed in any answer")]
        taxonomy = self.session.taxonomy(review.taxonomy)
        aside = reviewing.about_work(taxonomy)
        found = check_classification(taxonomy, self.session.kind_of(review.subject), answers)
        return [problem for problem in found if problem.field not in aside]

    def adjudicate(self, key: str, namespace: str, strategy: str = "", batch: str = "") -> Classification:
        """Put agreed answers and rulings on record; raises AnswerError with everything that is still missing.

        What carries the same `batch` is undone as one.
        """
        self._allow(key, namespace)
        with self.store.writing():
            review = self._open_review(key, namespace)
            by_majority = strategy == "majority"
            problems = self.problems(review, by_majority)
            if problems:
                raise AnswerError(problems)
            answers = reviewing.tentative(review.fields, by_majority)
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

    def accept_agreed(
        self, namespace: str, strategy: Strategy, which: Iterable[str] | QueueView | None = None
    ) -> Accepted:
        """Adjudicate every subject that a strategy settles; `which` limits it to keys or to a view."""
        from annotator.session.accepting import accept_agreed

        return accept_agreed(self, namespace, strategy, which)

    def reopen(self, key: str, namespace: str, reason: str = "") -> Classification:
        """Take an adjudication back for another look; its rulings stay."""
        self._allow(key, namespace)
        with self.store.writing():
            review = self._allowed_review(key, namespace)
            if review.adjudicated.status != "adjudicated":
                raise RequestError(f"{key} under {review.taxonomy} is not adjudicated: there is nothing to reopen.")
            refuse_published(review.adjudicated)
            return self._record(review, "reopened", {"reason": whole(reason)})


def _source(comparison: Comparison) -> dict[str, Any]:
    source = "majority" if comparison.differs else comparison.source
    return {"source": source, "annotators": sorted(comparison.answers)}
