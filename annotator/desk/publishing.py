"""What readers may take as the result: adjudicated classifications, and those released with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from annotator.desk.conflicts import conflicting
from annotator.desk.names import in_use
from annotator.desk.review import review_of
from annotator.desk.visibility import refuse_nobody
from annotator.errors import AnswerError, RequestError
from annotator.model.classification import Classification, Identity
from annotator.model.person import ADJUDICATED, STRATEGIES, is_reserved
from annotator.model.place import PUBLISH
from annotator.plain import storable
from annotator.store.classifications import StoredClassification, Wanted, left_out, read
from annotator.store.deciding import staleness

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.desk.publishing_rules import Rule
    from annotator.desk.visibility import Standing, Visibility
    from annotator.model.event import EventKind


OUT_AND_STALE = "the adjudication is published and stale; withdraw it, reopen it and decide again"


class ByRule(NamedTuple):
    """What became of what a rule is about, by subject and annotator."""

    published: tuple[tuple[str, str], ...]
    already: int
    """How many were published before and are true still."""
    refused: tuple[tuple[str, str, str], ...]
    """With why, in words that tell no answer; what is published and stale among them."""
    left_out: str
    """What is closed to who publishes, in words; empty where nothing is."""


class Publishing:
    """One person who publishes, in one round of a taxonomy.

    What is published is open to everybody who is not at work on it, so publishing is looking.
    """

    def __init__(self, project: Project, visibility: Visibility, annotator: str) -> None:
        """Take what there is to publish, what may be seen of it, and who publishes."""
        self.project = project
        self.store = project.store
        self.visibility = visibility
        self.annotator = annotator

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

    def by_rule(self, namespace: str, where: Sequence[str], reason: str = "", *, dry_run: bool = False) -> ByRule:
        """Publish all that conditions hold of and that is open to this person, each by itself; `dry_run` only tells.

        What is stale or in conflict is refused. Raises RequestError for what is no condition, and for what was not
        adjudicated without a reason.
        """
        from annotator.desk.publishing_rules import read_rule

        refuse_nobody(self.annotator)
        taxonomy = self.project.remembering(self.project.taxonomy(namespace))
        with self.store.reading() as transaction:
            rule = read_rule(taxonomy, where, in_use(transaction))
        if rule.status != ADJUDICATED and not (dry_run or reason.strip()):
            raise RequestError("To release what was not adjudicated needs a reason: --reason TEXT.")
        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            what: Literal["adjudicated", "raw"] = "adjudicated" if rule.status == ADJUDICATED else "raw"
            name = taxonomy.namespace
            wanted = Wanted(taxonomy=name, round=self.visibility.decided_in.under(name), what=what, viewer=viewer)
            closed = left_out(transaction, wanted).words(viewer, "classification")
            met = [one for one in read(transaction, wanted) if rule.is_met(one)]
        published, refused, already = [], [], 0
        for one in (each for each in met if self._is_reviewed(each, rule)):
            whose = (one.subject, one.annotator)
            if one.publish != "unpublished":
                stale = self._is_stale(one)
                already += not stale
                refused += [(*whose, OUT_AND_STALE)] if stale else []
                continue
            try:
                self._publish_one(one, reason, dry_run=dry_run)
            except (AnswerError, RequestError) as error:
                refused.append((*whose, str(error)))
            else:
                published.append(whose)
        return ByRule(tuple(published), already, tuple(refused), closed)

    def _is_reviewed(self, one: StoredClassification, rule: Rule) -> bool:
        """Whether a classification was looked at by itself, where the rule asks for that."""
        if not rule.reviewed:
            return True
        if one.annotator != ADJUDICATED:
            return bool(one.made_by.reviewed_by)
        of = Identity(subject=one.subject, taxonomy=one.taxonomy, annotator=ADJUDICATED, round=one.round)
        decision = self.store.classification(of).decision
        return decision is not None and decision.strategy not in STRATEGIES

    def _is_stale(self, one: StoredClassification) -> bool:
        """Whether a decision rests on other answers than there are now; of nothing somebody is at work on."""
        if one.annotator != ADJUDICATED:
            return False
        with self.store.reading() as transaction:
            found = staleness.is_stale(transaction, one.subject, one.taxonomy, one.round)
        return found and not self.visibility.standing(one.subject, one.taxonomy).work

    def _publish_one(self, one: StoredClassification, reason: str, *, dry_run: bool) -> None:
        """Publish one classification, or find out whether it could be; raises AnswerError and RequestError."""
        with self.store.reading():
            standing = self.visibility.standing(one.subject, one.taxonomy)
            standing.refuse_who_decides_not()
            standing.refuse_at_work()
            if one.annotator == ADJUDICATED:
                review = review_of(self.project, standing)
                self._refuse_apart(review.adjudicated)
                if review.stale:
                    raise AnswerError("the adjudication is stale; reopen it and decide again")
            else:
                self._refuse_apart(self._classification(standing, one.annotator))
        if dry_run:
            return
        if one.annotator == ADJUDICATED:
            self.publish(one.subject, one.taxonomy)
        else:
            self.release(one.subject, one.taxonomy, reason, one.annotator)

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
            Identity(subject=standing.subject, taxonomy=standing.taxonomy, annotator=whose, round=standing.round)
        )

    def _record(self, now: Classification, kind: EventKind, payload: dict[str, object]) -> Classification:
        if kind == "published" and now.publish == "published" and not conflicting.is_at(now, PUBLISH):
            return now
        return self.store.record(self.annotator, kind, now.identity, now.version, payload)[1]
