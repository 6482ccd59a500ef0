"""What readers may take as the result: adjudicated classifications, and those released with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.desk.conflicts import conflicting
from annotator.desk.review import review_of
from annotator.desk.visibility import refuse_nobody
from annotator.errors import AnswerError, RequestError
from annotator.model.classification import Classification, Identity
from annotator.model.person import ADJUDICATED, is_reserved
from annotator.model.place import PUBLISH
from annotator.plain import storable

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.desk.visibility import Standing, Visibility
    from annotator.model.event import EventKind


class Publishing:
    """One person who publishes in one round.

    What is published is open to everybody who is not at work on it, so publishing is looking.
    """

    def __init__(self, project: Project, visibility: Visibility, annotator: str, round_: int) -> None:
        """Take what there is to publish, what may be seen of it, and who publishes in which round."""
        self.project = project
        self.store = project.store
        self.visibility = visibility
        self.annotator = annotator
        self.round = round_

    def publish(self, key: str, namespace: str) -> Classification:
        """Publish the adjudication of a subject; raises AnswerError when there is none, or it is stale."""
        with self.visibility.deciding(key, self._named(namespace), about_own=True) as standing:
            review = review_of(self.project, standing)
            self._refuse_apart(review.adjudicated)
            if review.adjudicated.status != "adjudicated":
                raise AnswerError(
                    f"{standing.about} is not adjudicated. Adjudicate it, "
                    "or release what one annotator submitted, with a reason."
                )
            if review.stale:
                stale = "; ".join(review.stale)
                raise AnswerError(f"{key}: the adjudication is stale ({stale}); reopen it and decide again.")
            return self._record(review.adjudicated, "published", {})

    def release(self, key: str, namespace: str, reason: str, annotator: str = "") -> Classification:
        """Publish what one annotator submitted, by default one's own; somebody answers for it with a reason."""
        said = storable(reason).strip()
        if not said:
            raise AnswerError("To release what was not adjudicated needs a reason, for those who read it.")
        with self.visibility.deciding(key, self._named(namespace), about_own=True) as standing:
            now = self._classification(standing, annotator or self.annotator)
            self._refuse_apart(now)
            if now.status not in {"submitted", "adjudicated"}:
                whose = f"{now.identity.annotator}'s work on {standing.about}"
                raise AnswerError(f"{whose} is {now.status}; only what was submitted can be released.")
            return self._record(now, "published", {"released": True, "reason": said})

    def withdraw(self, key: str, namespace: str, annotator: str = "") -> Classification:
        """Take back what is published: of one annotator when named, else the adjudication, else one's own."""
        refuse_nobody(self.annotator)
        with self.store.writing():
            standing = self.visibility.standing(key, self._named(namespace))
            standing.refuse_who_decides_not("withdraws what is published")
            standing.refuse_at_work()
            names = [annotator] if annotator else [ADJUDICATED, self.annotator]
            for now in (self._classification(standing, name) for name in names):
                if now.publish == "published" or conflicting.is_at(now, PUBLISH):
                    return self._record(now, "withdrawn", {})
            raise RequestError(f"{key} under {namespace}: nothing of {' or '.join(filter(None, names))} is published.")

    def _refuse_apart(self, now: Classification) -> None:
        if now.conflicts:
            of = now.identity
            taxonomy = self.project.remembering(self.project.taxonomy(of.taxonomy))
            conflicting.refuse(now, taxonomy, "it cannot be published", PUBLISH)

    def _named(self, namespace: str) -> str:
        return self.project.taxonomy(namespace).namespace

    def _classification(self, standing: Standing, annotator: str) -> Classification:
        whose = ADJUDICATED if is_reserved(annotator) else annotator
        return self.store.classification(
            Identity(subject=standing.subject, taxonomy=standing.taxonomy, annotator=whose, round=self.round)
        )

    def _record(self, now: Classification, kind: EventKind, payload: dict[str, object]) -> Classification:
        if kind == "published" and now.publish == "published" and not conflicting.is_at(now, PUBLISH):
            return now
        return self.store.record(self.annotator, kind, now.identity, now.version, payload)[1]
