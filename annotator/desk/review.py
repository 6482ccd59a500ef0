"""What somebody who decides looks at: one subject side by side, the queue, earlier rulings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from annotator.desk import resolving, visibility
from annotator.model.classification import Classification, Identity
from annotator.model.person import ADJUDICATED
from annotator.model.review import Comparison, Position, Review
from annotator.model.visibility import Viewer
from annotator.store import reviews
from annotator.store.disagreements import Totals
from annotator.store.readable import position
from annotator.store.reviews import DisputedSubject, ReviewView

if TYPE_CHECKING:
    from annotator.desk.desk import Session


class Reviewer:
    """Reads what annotators handed in, in the round of a session; keeps nothing but that somebody has looked.

    Who is at work on a subject sees neither its answers nor how much of it is disputed.
    """

    def __init__(self, session: Session) -> None:
        """Take the session of whoever looks."""
        self.session = session
        self.store = session.store

    def review(self, key: str, namespace: str) -> Review:
        """Everybody's answers side by side; raises AnswerError for somebody who is still answering themselves.

        Whoever was to see them for the first time here cannot classify the subject afterwards.
        """
        self.session.kind_of(key)
        with visibility.looking(self.session, key, self.session.taxonomy(namespace).namespace):
            return self._read(key, namespace)

    def bars(self, key: str, namespace: str) -> bool:
        """Whether a first look at a subject keeps this person from classifying it; raises as `review` does."""
        self.session.kind_of(key)
        return visibility.would_be_kept(self.session, key, self.session.taxonomy(namespace).namespace)

    def disagreements(self, key: str, namespace: str) -> list[Comparison]:
        """The fields of a subject on which annotators differ, in the order of the form."""
        return self.review(key, namespace).disagreements

    def staleness(self, key: str, namespace: str) -> tuple[str, ...]:
        """Why the adjudication on record no longer covers what annotators handed in; empty when it does."""
        return self._read(key, namespace).stale

    def classification(self, key: str, namespace: str) -> Classification:
        """The adjudicated classification as it stands; `untouched` when nobody has ruled. Raises as `review` does."""
        of = self._identity(key, self.session.taxonomy(namespace).namespace)
        with visibility.looking(self.session, key, of.taxonomy):
            return self.store.classification(of)

    def queue(self, view: ReviewView, start: int = 0, stop: int = 50) -> list[DisputedSubject]:
        """A window of the disputed subjects."""
        with self.store.reading() as connection:
            return reviews.page(connection, view, self._viewer, start, stop)

    def count(self, view: ReviewView) -> int:
        """How many lines a view of the queue has."""
        with self.store.reading() as connection:
            return reviews.count(connection, view, self._viewer)

    def disputed(self, settled: bool = False) -> list[str]:
        """The taxonomies under which there is a disagreement, in the order of the tabs."""
        views = [ReviewView(name, self.session.round, settled=settled) for name in self.session.default_taxonomies()]
        with self.store.reading() as connection:
            return [view.taxonomy for view in views if reviews.is_disputed(connection, view, self._viewer)]

    def disputed_fields(self, view: ReviewView) -> list[tuple[str, int]]:
        """The fields on which annotators differ, with on how many subjects, most first; a view's field is ignored."""
        with self.store.reading() as connection:
            return reviews.fields(connection, view, self._viewer)

    def undecided(self, namespace: str) -> int:
        """How many subjects have been handed in by anybody and are not adjudicated."""
        name = self.session.taxonomy(namespace).namespace
        with self.store.reading() as connection:
            return len(reviews.undecided(connection, name, self.session.round))

    def witnesses(self, namespace: str) -> list[str]:
        """Up to two annotators who handed in anything: enough to know whether there can be disagreement."""
        name = self.session.taxonomy(namespace).namespace
        with self.store.reading() as connection:
            return reviews.witnesses(connection, name, self.session.round, 2)

    def totals(self, namespace: str, field: str = "") -> Totals:
        """How many subjects are disputed and still open, and how many are settled."""
        view = ReviewView(self.session.taxonomy(namespace).namespace, self.session.round, field=field)
        return Totals(self.count(view), self.count(view._replace(settled=True)))

    def precedents(self, key: str, namespace: str, field: str, limit: int = 5) -> list[reviews.Precedent]:
        """Earlier rulings on the same field between the same answers, newest first."""
        held = set(self._comparison(self.review(key, namespace), field).positions.values())
        name = self.session.taxonomy(namespace).namespace
        with self.store.reading() as connection:
            return list(islice(_alike(held, reviews.precedents(connection, name, field, key, self._viewer)), limit))

    @property
    def _viewer(self) -> Viewer:
        return visibility.viewer_of(self.store, self.session.annotator)

    def _identity(self, key: str, namespace: str) -> Identity:
        return Identity(subject=key, taxonomy=namespace, annotator=ADJUDICATED, round=self.session.round)

    def _comparison(self, review: Review, field: str) -> Comparison:
        self.session.field(review.taxonomy, field)
        return next((each for each in review.fields if each.field == field), Comparison(field, {}, {}))

    def _read(self, key: str, namespace: str) -> Review:
        taxonomy = self.session.taxonomy(namespace)
        self.session.kind_of(key)
        with self.store.reading() as connection:
            work = reviews.submitted(connection, key, taxonomy.namespace, self.session.round)
            barred = frozenset(visibility.barred(self.session, key, taxonomy.namespace))
            decided = self.store.classification(self._identity(key, taxonomy.namespace))
            return resolving.review(taxonomy, work, decided, barred)


def _alike(held: set[Position], rulings: Iterable[reviews.Precedent]) -> Iterator[reviews.Precedent]:
    """The rulings that were made between the same answers, whoever gave them."""
    for each in rulings:
        if {position(one["state"], one["value"]) for one in each.between.values()} == held:
            yield each
