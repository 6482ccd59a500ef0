"""What somebody who decides looks at: one subject side by side, the queue, earlier rulings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from annotator.desk import resolving
from annotator.desk.visibility import Standing
from annotator.errors import AnswerError, RequestError
from annotator.model.classification import Classification, Identity
from annotator.model.outline import Position, position
from annotator.model.person import ADJUDICATED
from annotator.model.provenance import decided_elsewhere
from annotator.model.review import Comparison, DisputedSubject, Lines, Precedent, Review, Reviewed, ReviewView, Totals
from annotator.store import people
from annotator.store.classifications import file_of
from annotator.store.deciding import reviews, staleness

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.desk.visibility import Visibility
    from annotator.store.connection import Transaction


class Reviewing:
    """Reads what annotators handed in, in one round of a taxonomy; keeps nothing but that somebody has looked.

    Who is at work on a subject sees neither its answers nor how much of it is disputed.
    """

    def __init__(self, project: Project, visibility: Visibility) -> None:
        """Take the project, and what may be seen of it."""
        self.project = project
        self.store = project.store
        self.visibility = visibility

    def of(self, key: str, namespace: str) -> Review:
        """Everybody's answers side by side; raises as `look` does."""
        return self.look(key, namespace).review

    def look(self, key: str, namespace: str) -> Reviewed:
        """Look at a subject; raises AnswerError for somebody who is still answering themselves.

        Whoever was to see others' answers for the first time here cannot classify the subject afterwards.
        """
        with self.visibility.looking(key, self._named(namespace)) as standing:
            return self._reviewed(standing, self.visibility.is_first_look(standing))

    def peek(self, key: str, namespace: str) -> Reviewed | None:
        """A subject whose sight changes nothing, and None for one to be looked at first; raises as `look` does."""
        with self.store.reading():
            standing = self.visibility.standing(key, self._named(namespace))
            return None if self.visibility.is_first_look(standing) else self._reviewed(standing, False)

    def disagreements(self, key: str, namespace: str) -> list[Comparison]:
        """The fields of a subject on which annotators differ, in the order of the form."""
        return self.of(key, namespace).disagreements

    def classification(self, key: str, namespace: str) -> Classification:
        """The adjudicated classification as it stands; `untouched` when nobody has ruled. Raises as `of` does."""
        with self.visibility.looking(key, self._named(namespace)) as standing:
            return self.store.classification(decided_of(standing))

    # The queue

    def _place(self, namespace: str) -> tuple[str, int]:
        """A taxonomy as it is written, and the round under it that is decided."""
        name = self._named(namespace)
        return name, self.visibility.decided_in.under(name)

    def view(self, taxonomy: str) -> ReviewView:
        """What is disputed under a taxonomy, in the round that is decided."""
        return ReviewView(taxonomy, self.visibility.decided_in.under(taxonomy))

    def queue(
        self, view: ReviewView, limit: int = 50, after: DisputedSubject | None = None, *, back: bool = False
    ) -> list[DisputedSubject]:
        """So many disputed subjects, from the first on; behind a line, or `back` from it, where one is given."""
        with self.store.reading() as transaction:
            return reviews.page(transaction, view, self.visibility.viewer(), limit, after, back)

    def lines(self, view: ReviewView, limit: int = -1) -> Lines:
        """Which lines the queue has, in order; at most `limit` of them (-1: all)."""
        with self.store.reading() as transaction:
            return reviews.lines(transaction, view, self.visibility.viewer(), limit)

    def rows(self, view: ReviewView, lines: Lines, start: int, stop: int) -> list[DisputedSubject]:
        """Lines from `start` up to `stop`, without those that have left the queue since they were listed."""
        with self.store.reading() as transaction:
            return reviews.rows(transaction, view, self.visibility.viewer(), lines.window(start, stop))

    def disputed(self, settled: bool = False, stale: bool = False) -> list[str]:
        """The taxonomies under which there is a disagreement, or a stale decision, in the order of the tabs."""
        found = map(self.view, self.project.namespaces())
        views = [view._replace(settled=settled or stale, stale=stale) for view in found]
        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            return [view.taxonomy for view in views if reviews.is_disputed(transaction, view, viewer)]

    def disputed_fields(self, view: ReviewView) -> list[tuple[str, int]]:
        """The fields on which annotators differ, with on how many subjects, most first; a view's field is ignored."""
        with self.store.reading() as transaction:
            return reviews.fields(transaction, view, self.visibility.viewer())

    def undecided(self, namespace: str) -> int:
        """How many subjects have been handed in by anybody and are not adjudicated."""
        with self.store.reading() as transaction:
            return len(reviews.undecided(transaction, *self._place(namespace)))

    def witnesses(self, namespace: str) -> list[str]:
        """Up to two annotators who handed in anything: enough to know whether there can be disagreement."""
        with self.store.reading() as transaction:
            return reviews.witnesses(transaction, *self._place(namespace), 2)

    def totals(self, namespace: str, field: str = "") -> Totals:
        """How many subjects are disputed and still open, how many settled, and how many decisions are stale."""
        view = self.view(self._named(namespace))._replace(field=field)
        settled = view._replace(settled=True)
        with self.store.reading() as transaction:
            viewer = self.visibility.viewer()
            views = (view, settled, settled._replace(stale=True))
            return Totals(*(reviews.count(transaction, each, viewer) for each in views))

    def precedents(
        self, key: str, namespace: str, field: str, limit: int = 5, seen: Comparison | None = None
    ) -> list[Precedent]:
        """Earlier rulings on the same field between the same answers, newest first.

        `seen` is what somebody was shown of the field. Without, the subject is looked at; raises as `look` does.
        """
        name = self._named(namespace)
        self.project.field(name, field)
        held = set((seen or compared(self.of(key, name), field)).positions.values())
        with self.store.reading() as transaction:
            found = reviews.precedents(transaction, name, field, key, self.visibility.viewer())
            return list(islice(_alike(held, found), limit))

    def _reviewed(self, standing: Standing, is_first_look: bool) -> Reviewed:
        return Reviewed(review_of(self.project, standing), refusal_of(standing), is_first_look)

    def _named(self, namespace: str) -> str:
        return self.project.taxonomy(namespace).namespace


def review_of(project: Project, standing: Standing) -> Review:
    """The review of a subject that somebody was let into; call in the transaction of that."""
    taxonomy, store = project.taxonomy(standing.taxonomy), project.store
    with store.reading() as transaction:
        work = reviews.submitted(transaction, standing.subject, standing.taxonomy, standing.round)
        decided = store.classification(decided_of(standing))
        left_out = staleness.about_work(transaction, standing.taxonomy, decided.version)
        elsewhere = ""
        if decided.is_decided_elsewhere:
            decided, elsewhere = (
                _by_names_here(transaction, decided),
                decided_elsewhere(file_of(transaction, decided.run)),
            )
    return resolving.review(taxonomy, work, decided, frozenset(standing.barred), elsewhere, left_out)


def _by_names_here(transaction: Transaction, decided: Classification) -> Classification:
    """The same, with those whose answers it was decided on elsewhere as they are called here."""

    def here(by_name: dict[str, Any]) -> dict[str, Any]:
        return {people.known_as(transaction, name): said for name, said in by_name.items()}

    rulings = {
        field: each.model_copy(update={"between": here(each.between)}) if each.is_imported else each
        for field, each in decided.rulings.items()
    }
    made = decided.decision
    if made is not None and made.is_imported:
        made = made.model_copy(update={"seen": here(made.seen)})
    return decided.model_copy(update={"rulings": rulings, "decision": made})


def refusal_of(standing: Standing) -> str:
    """Why somebody may not decide about a subject; empty when they may."""
    try:
        standing.refuse_own()
    except (AnswerError, RequestError) as error:
        return str(error)
    return ""


def decided_of(standing: Standing) -> Identity:
    """Which classification the decisions about a subject make up."""
    return Identity(subject=standing.subject, taxonomy=standing.taxonomy, annotator=ADJUDICATED, round=standing.round)


def compared(review: Review, field: str) -> Comparison:
    """What a review says of one field; nobody's answers where it says nothing."""
    return next((each for each in review.fields if each.field == field), Comparison(field, {}, {}))


def _alike(held: set[Position], rulings: Iterable[Precedent]) -> Iterator[Precedent]:
    """The rulings that were made between the same answers, whoever gave them."""
    for each in rulings:
        if {position(one["state"], one["value"]) for one in each.between.values()} == held:
            yield each
