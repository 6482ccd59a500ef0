"""What one person decides about one subject and is not in the file yet: rulings on their way, and refused ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.errors import AnnotatorError
from annotator.model.person import Cause
from annotator.model.review import Reviewed
from annotator.model.taxonomy import Taxonomy
from annotator.tui.deeds import is_deed
from annotator.tui.review.meant import Because, Meant, meant_by
from annotator.tui.review.state import ReviewState
from annotator.tui.review.words import refused_in_words
from annotator.tui.saving import DECISION, NOT_SAVED, SAVED, SAVING, Saving, Typed, is_of_review


class Decisions:
    """One subject under one taxonomy; belongs to the loop."""

    def __init__(self, saving: Saving, key: str, taxonomy: Taxonomy) -> None:
        """Take the way to the file, and what is decided about."""
        self.saving = saving
        self.key = key
        self.taxonomy = taxonomy

    def place(self, kind: str, field: str = "") -> Place:
        """Where something about this subject belongs."""
        return Place(self.key, self.taxonomy.namespace, field, kind)

    def holds(self, place: Place) -> bool:
        """Whether what is kept at a place is there again in the review of this subject."""
        is_here = (place.subject, place.taxonomy) == (self.key, self.taxonomy.namespace)
        return is_here and is_of_review(place) and not is_deed(place)

    def typed(self, kind: str, field: str = "") -> Typed:
        """Where what is typed about this subject is kept until it is saved."""
        return Typed(self.saving.words, self.place(kind, field))

    @property
    def pending(self) -> dict[str, Meant]:
        """Rulings on their way, by field; the latest of each."""
        words = self.saving.pending_words(self.key, self.taxonomy.namespace, DECISION)
        return {field: meant for field, each in words.items() if (meant := meant_by(each))}

    @property
    def refused(self) -> dict[str, tuple[Meant, str]]:
        """Rulings that are still to be put right, by field, with the reason."""
        found = self.saving.refusals(self.key, self.taxonomy.namespace, DECISION)
        return {each.place.field: (meant, each.reason) for each in found if (meant := meant_by(each.words))}

    @property
    def saved_words(self) -> str:
        """What to say after a change that is in the file."""
        return SAVING if self.pending else NOT_SAVED if self.refused else SAVED

    def shown_in(self, state: ReviewState) -> ReviewState:
        """What is in the file, with what is not."""
        by_id = self.taxonomy.by_id
        told = {
            field: refused_in_words(by_id.get(field), meant.answer, why) for field, (meant, why) in self.refused.items()
        }
        kept = (words.place for words in self.saving.words.all())
        begun = frozenset(place.field for place in kept if self.holds(place) and place.kind != DECISION)
        return state.with_unsaved({field: meant.answer for field, meant in self.pending.items()}, told, begun)

    def offered(self, field: str, cause: Cause) -> Because:
        """What to begin the question for the cause with: what was said before and is not in the file, else a cause."""
        refused = {name: meant for name, (meant, _) in self.refused.items()}
        meant = (refused | self.pending).get(field)
        return meant.because if meant else Because(cause)

    def drop(self, field: str) -> None:
        """Forget a ruling that was refused."""
        self.saving.drop(self.place(DECISION, field))

    def send(
        self,
        field: str,
        meant: Meant,
        then: Callable[[Reviewed], None],
        otherwise: Callable[[AnnotatorError | None], None],
    ) -> Callable[[], None]:
        """Have a ruling written; `then` gets the subject as it is now. Returns what takes it back while it waits."""
        place = self.place(DECISION, field)

        def work(desk: Desk) -> Reviewed:
            key, namespace, (cause, note, confidence) = place.subject, place.taxonomy, meant.because
            desk.adjudication.rule(key, namespace, field, meant.answer, cause, note, confidence, meant.seen)
            return desk.review.look(key, namespace)

        ticket = self.saving.put_kept(work, place, meant.words, then, otherwise)
        return partial(self.saving.cancel, ticket)
