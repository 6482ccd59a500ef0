"""What readers may take as the result: adjudicated classifications, and those released with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.desk import visibility
from annotator.desk.adjudication import Adjudicator
from annotator.desk.reading import refuse_nobody, whole
from annotator.errors import AnswerError, RequestError
from annotator.model.classification import Classification, Identity
from annotator.model.person import ADJUDICATED, is_reserved

if TYPE_CHECKING:
    from annotator.desk.desk import Session
    from annotator.model.event import EventKind


class Publisher:
    """One person who publishes, in the round and under the name of their session.

    What is published is open to everybody who is not at work on it, so publishing is looking.
    """

    def __init__(self, session: Session) -> None:
        """Take the session of whoever publishes."""
        self.session = session
        self.store = session.store

    def publish(self, key: str, namespace: str) -> Classification:
        """Publish the adjudication of a subject; raises AnswerError when there is none, or it is stale."""
        self._let_in(key, namespace)
        with self.store.writing():
            now = self._classification(key, namespace, ADJUDICATED)
            if now.status != "adjudicated":
                raise AnswerError(
                    f"{key} under {now.identity.taxonomy} is not adjudicated. Adjudicate it, "
                    "or release what one annotator submitted, with a reason."
                )
            if stale := Adjudicator(self.session).staleness(key, namespace):
                raise AnswerError(f"{key}: the adjudication is stale ({'; '.join(stale)}); reopen it and decide again.")
            return self._record(now, "published", {})

    def release(self, key: str, namespace: str, reason: str, annotator: str = "") -> Classification:
        """Publish what one annotator submitted, by default one's own; somebody answers for it with a reason."""
        said = whole(reason).strip()
        if not said:
            raise AnswerError("To release what was not adjudicated needs a reason, for those who read it.")
        self._let_in(key, namespace)
        with self.store.writing():
            now = self._classification(key, namespace, annotator or self.session.annotator)
            if now.status not in {"submitted", "adjudicated"}:
                whose = f"{now.identity.annotator}'s work on {key} under {now.identity.taxonomy}"
                raise AnswerError(f"{whose} is {now.status}; only what was submitted can be released.")
            return self._record(now, "published", {"released": True, "reason": said})

    def withdraw(self, key: str, namespace: str, annotator: str = "") -> Classification:
        """Take back what is published: of one annotator when named, else the adjudication, else one's own."""
        refuse_nobody(self.session.annotator)
        visibility.refuse_at_work(self.session, key, self.session.taxonomy(namespace).namespace)
        with self.store.writing():
            names = [annotator] if annotator else [ADJUDICATED, self.session.annotator]
            for now in (self._classification(key, namespace, name) for name in names):
                if now.publish == "published":
                    return self._record(now, "withdrawn", {})
            raise RequestError(f"{key} under {namespace}: nothing of {' or '.join(filter(None, names))} is published.")

    def _let_in(self, key: str, namespace: str) -> None:
        refuse_nobody(self.session.annotator)
        self.session.kind_of(key)
        visibility.let_in(self.session, key, self.session.taxonomy(namespace).namespace)

    def _classification(self, key: str, namespace: str, annotator: str) -> Classification:
        self.session.kind_of(key)
        name = self.session.taxonomy(namespace).namespace
        whose = ADJUDICATED if is_reserved(annotator) else annotator
        return self.store.classification(
            Identity(subject=key, taxonomy=name, annotator=whose, round=self.session.round)
        )

    def _record(self, now: Classification, kind: EventKind, payload: dict[str, object]) -> Classification:
        if kind == "published" and now.publish == "published":
            return now
        return self.store.record(self.session.annotator, kind, now.identity, now.version, payload)[1]
