"""The way of the screens to the file: edits go to the writer, typed words to the journal, and no screen waits.

A screen shows an edit at once and puts it here; it is told on the loop when it is saved, or why it is not.
What was refused after its screen had gone on is kept until somebody comes back to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from annotator.desk import Desk
from annotator.desk.place import NOWHERE, Place
from annotator.errors import AnnotatorError, OutputError, StoreError
from annotator.tui.deeds import TAKING_UP, ahead_of, deed_at, is_ahead, is_deed, is_deed_of_review, sentences, take
from annotator.tui.lost_file import words_of_file

if TYPE_CHECKING:
    from annotator.desk.unsaved.words import UnsavedWords, Words
    from annotator.desk.writer import Ticket, Writer
    from annotator.model.classification import Answer
    from annotator.model.queue import ResumePoint

T = TypeVar("T")
Deliver = Callable[[Callable[[], None]], None]
Told = Callable[[], None]
Landed = Callable[[object], None]
"""Gets what an edit led to, or None when it was refused or taken back."""

ANSWER = "answer"
"""The kind of a place whose words are a whole answer, as JSON."""
WRITING, ROW = "writing", "row"
"""Kinds of places whose words are to become an answer: a text being written, and a row of a group, as JSON."""
QUOTES = "quotes"
"""The kind of a place whose words are evidence that waits for an answer, as JSON."""
DECISION, RULING_NOTE = "decision", "ruling"
"""Kinds of places whose words are a whole ruling, as JSON, and what stands in the dialog of one, as JSON."""
ENTERED, TEXT_ENTERED, ROW_ENTERED = "entered", "entered_text", "entered_row"
"""Kinds of places: the form of a value to rule as JSON, and what is in the dialogs of its long text and its rows."""
OF_REVIEW = frozenset({DECISION, RULING_NOTE, ENTERED, TEXT_ENTERED, ROW_ENTERED, TAKING_UP})
"""Kinds of places whose words are there again in the review of their subject."""
LEFT_OVER = "was not saved before the desk was closed; give it again to save it"
GIVEN_UP = "you stopped waiting for another process"
SAVING, WAITING, SAVED, NOT_SAVED = "saving …", "waiting to save …", "✓ saved", "✗ not saved"
"""How a screen says what became of the last change."""
SHARE_OF_WRITING = 0.4
"""How much of the time for leaving the writer gets, which may take a moment longer; the rest is for the words."""


@dataclass(frozen=True)
class Refused:
    """An edit that is not in the file, and why."""

    place: Place
    reason: str
    words: str = ""
    """What was meant, as it is kept in the file of unsaved words."""
    is_left_over: bool = False
    """Whether nobody refused it: the desk was closed before it was saved."""

    @property
    def answer(self) -> Answer | None:
        """The answer that was meant, where it was one; None also takes an answer back."""
        return answer_of(self.words)


@dataclass(frozen=True)
class Typed:
    """Where what is typed in one editor is kept until it is saved or thrown away."""

    words: UnsavedWords
    place: Place

    @property
    def before(self) -> str | None:
        """What was typed there earlier and not saved."""
        found = self.words.at(self.place)
        return found.text if found else None

    def keep(self, text: str) -> None:
        """Keep what stands in the editor now."""
        self.words.keep(self.place, text)

    def forget(self) -> None:
        """Drop it: it is saved, or not wanted."""
        self.words.forget(self.place)


class Kept(Protocol):
    """Keeps what is typed in one editor until it is saved or thrown away."""

    @property
    def before(self) -> str | None:
        """What was typed there earlier and not saved."""

    def keep(self, text: str) -> None:
        """Keep what stands in the editor now."""

    def forget(self) -> None:
        """Drop it: it is saved, or not wanted."""


class Saving:
    """One person's edits on their way. Belongs to the loop: call it from there, except `finish`."""

    def __init__(
        self, desk: Desk, deliver: Deliver, changed: Told = lambda: None, landed: Landed = lambda _: None
    ) -> None:
        """Take the desk whose file is written, the way back to the loop, and whom to tell when a wait changes.

        `landed` is told when an edit has come to its end, after the screen that put it.
        """
        self.desk = desk
        self.refused: dict[Place, Refused] = {}
        """By place: what was refused and neither put right nor dropped yet."""
        self.is_stalled = False
        """Whether another process has held the file for so long that it is worth showing."""
        self.here: ResumePoint | None = None
        """The place to resume that is not written yet."""
        self._deliver = deliver
        self._changed = changed
        self._landed = landed
        self._spellings = desk.spellings
        self._meant: dict[Ticket[Desk, Any], Answer | None] = {}
        self._rounds = {desk.worked_in: self}
        self.is_leaving = False
        """Whether the desk ends: what is still on its way is no longer carried out, and stays kept."""
        self._left_undone: set[Place] = set()
        self._ahead: Place | None = None

    @cached_property
    def words(self) -> UnsavedWords:
        """What is being typed; read when it is first asked for, so that the queue opens without."""
        return self.read_words()

    def read_words(self) -> UnsavedWords:
        """Read what was left; may be called in any thread, and given to `take_words` on the loop."""
        from annotator.desk.unsaved.words import UnsavedWords

        desk = self.desk
        spellings, projects = self._spellings, desk.projects
        return UnsavedWords(desk.path, desk.annotator, desk.worked_in, spellings=spellings, projects=projects)

    def take_words(self, read: UnsavedWords) -> None:
        """Go on with words that were read, unless somebody needed them meanwhile."""
        self.__dict__.setdefault("words", read)

    @cached_property
    def _writer(self) -> Writer[Desk]:
        from annotator.desk.writer import Writer

        return Writer(self.desk, self._deliver, self._stall)

    def of(self, desk: Desk) -> Saving:
        """The same way to the same file for other rounds of the same person."""
        if desk.worked_in not in self._rounds:
            other = self._rounds[desk.worked_in] = Saving(desk, self._deliver, self._changed, self._landed)
            other._writer, other._rounds, other.is_stalled = self._writer, self._rounds, self.is_stalled
        return self._rounds[desk.worked_in]

    # Edits

    def put(
        self,
        work: Callable[[Desk], T],
        place: Place,
        then: Callable[[T], None],
        otherwise: Callable[[AnnotatorError | None], None],
        *,
        words: str = "",
        after: Ticket[Desk, Any] | None = None,
    ) -> Ticket[Desk, T]:
        """Have something written. `otherwise` gets the refusal, or None when somebody stopped waiting for it.

        `words` are kept beside the file should the program end first.
        """

        def saved(now: T) -> None:
            with self._landing(place, now):
                then(now)

        def not_saved(ticket: Ticket[Desk, T]) -> None:
            with self._landing(place, None):
                otherwise(ticket.refusal)

        return self._writer.put(self._in_round(work), place, words=words, then=saved, otherwise=not_saved, after=after)

    @contextmanager
    def _landing(self, place: Place, found: object) -> Iterator[None]:
        """Have an edit told by the screen that put it, then by whatever is shown."""
        try:
            yield
        finally:
            if place != NOWHERE:
                self._landed(found)

    def put_kept(
        self,
        work: Callable[[Desk], T],
        place: Place,
        words: str,
        then: Callable[[T], None],
        otherwise: Callable[[AnnotatorError | None], None],
    ) -> Ticket[Desk, T]:
        """Have something written whose words are kept until it is; it is pending, and afterwards saved or refused."""

        def saved(now: T) -> None:
            if not self.is_meant_anew(place):
                self.words.forget(place)
            then(now)

        def not_saved(refusal: AnnotatorError | None) -> None:
            if not self.is_meant_anew(place):
                self.refused[place] = Refused(place, reason_of(refusal), words)
                self.words.keep(place, words)
            otherwise(refusal)

        self.drop(place)
        self.words.keep(place, words)  # a long wait may be ended by a kill
        return self.put(work, place, saved, not_saved, words=words)

    def is_meant_anew(self, place: Place) -> bool:
        """Whether something newer than what lands at a place is on its way or refused: older refusals are dropped."""
        return place in self.refused or place in self.pending_places(place.subject, place.taxonomy)

    def put_deed(
        self,
        work: Callable[[Desk], T],
        place: Place,
        then: Callable[[T], None],
        otherwise: Callable[[AnnotatorError | None], None],
    ) -> Ticket[Desk, T]:
        """Have something done that is no answer and no text; it is kept by its name until it is settled and told."""

        def saved(now: T) -> None:
            self.settle_deed(place)
            then(now)

        def not_saved(refusal: AnnotatorError | None) -> None:
            if refusal or not self.is_leaving:  # else nobody reads any more what became of it
                self.settle_deed(place)
            otherwise(refusal)

        self.keep_deed(place)
        return self.put(work, place, saved, not_saved)

    def keep_deed(self, place: Place) -> None:
        """Keep that something is to be done at a place."""
        self.words.keep(deed_at(place), "")

    def settle_deed(self, place: Place) -> None:
        """Drop what is kept of a deed, because it is done or will not be, unless the same is on its way once more."""
        if place not in self.pending_places(place.subject, place.taxonomy):
            self.words.forget(deed_at(place))

    def put_answer(
        self,
        place: Place,
        answer: Answer | None,
        then: Callable[[Any], None],
        otherwise: Callable[[AnnotatorError | None], None],
    ) -> Ticket[Desk, Any]:
        """Have an answer written, or taken back; it is pending until then, and afterwards saved or refused."""

        def work(desk: Desk) -> Any:
            if answer is None:
                return desk.tagging.clear(place.subject, place.taxonomy, place.field)
            return desk.tagging.answer(place.subject, place.taxonomy, place.field, answer)

        def saved(now: Any) -> None:
            self._meant.pop(ticket, None)
            then(now)

        def not_saved(refusal: AnnotatorError | None) -> None:
            self._meant.pop(ticket, None)
            otherwise(refusal)

        ticket = self.put_kept(work, place, words_of(answer), saved, not_saved)
        self._meant[ticket] = answer
        return ticket

    def pending_answers(self, subject: str, taxonomy: str) -> dict[str, Answer | None]:
        """What is on its way for a classification, by field; the latest of each."""
        pending = self._writer.pending(subject, taxonomy)
        return {ticket.place.field: self._meant[ticket] for ticket in pending if ticket in self._meant}

    def pending_words(self, subject: str, taxonomy: str, kind: str) -> dict[str, str]:
        """The words of what is on its way for a classification, by field; the latest of each."""
        pending = self._writer.pending(subject, taxonomy)
        return {ticket.place.field: ticket.job.words for ticket in pending if ticket.place.kind == kind}

    def pending_places(self, subject: str, taxonomy: str) -> list[Place]:
        """Where something about a classification is on its way, in order."""
        return [ticket.place for ticket in self._writer.pending(subject, taxonomy)]

    def is_pending(self, subject: str = "", taxonomy: str = "") -> bool:
        """Whether anything is on its way: at all, or about a subject or taxonomy."""
        return "_writer" in self.__dict__ and bool(self._writer.pending(subject, taxonomy))

    @property
    def words_on_the_way(self) -> str:
        """How a screen says that something is on its way; nothing of what has no place, such as where to resume."""
        if said := words_of_file(self.desk):
            return said
        if "_writer" not in self.__dict__ or all(each.place == NOWHERE for each in self._writer.pending()):
            return ""
        return WAITING if self.is_stalled else SAVING

    def cancel(self, ticket: Ticket[Desk, Any]) -> None:
        """Take one edit back while it waits for the file; what became of it is told as ever."""
        self._writer.cancel(ticket)

    def remember(self) -> None:
        """Write the place to resume; nobody is told, for a place that is lost costs a key."""
        if point := self.here:
            self.here = None
            self._writer.put(self._in_round(lambda desk: desk.queue.remember(point)), NOWHERE)

    def stop_waiting(self) -> None:
        """Take back everything that waits for the file; each is told, and keeps its words."""
        self._writer.cancel_waiting()

    # What did not arrive

    def refuse(self, place: Place, answer: Answer | None, reason: str) -> None:
        """Keep an answer that was not even sent, because it does not fit its field."""
        self.refused[place] = Refused(place, reason, words_of(answer))
        self.words.keep(place, words_of(answer))

    def unfinished(self, subject: str, taxonomy: str) -> dict[Place, str]:
        """What was being written in a classification, by place."""
        return {
            words.place: words.text
            for words in self.words.all()
            if (words.place.subject, words.place.taxonomy) == (subject, taxonomy)
            and row_of(words.place.kind)[0] in {WRITING, ROW}
        }

    def refusals(
        self, subject: str, taxonomy: str, kind: str = ANSWER, left_over: str = LEFT_OVER
    ) -> Iterator[Refused]:
        """What was refused in a classification and is still to be put right, this time or before the last end.

        `left_over` is what to say of the latter.
        """
        pending = self.pending_places(subject, taxonomy)
        for words in self.words.all():
            if is_of(words.place, subject, taxonomy, kind) and words.place not in (*self.refused, *pending):
                yield Refused(words.place, left_over, words.text, is_left_over=True)
        for place, refused in self.refused.items():
            if is_of(place, subject, taxonomy, kind):
                yield refused

    def offer(self, place: Place, reason: str) -> None:
        """Take what was refused at a place for left over: it can be saved as it is, and a reason says how."""
        self.refused[place] = replace(self.refused[place], reason=reason, is_left_over=True)

    def unsaved_subjects(self) -> frozenset[str]:
        """The subjects of which the form holds something typed or refused that is neither saved nor dropped."""
        return frozenset({place.subject for place in self._unsaved() if not is_of_review(place)} - {""})

    def unsaved_reviews(self, taxonomy: str) -> frozenset[str]:
        """The subjects whose review under a taxonomy holds such words."""
        places = (place for place in self._unsaved() if place.taxonomy == taxonomy)
        return frozenset(place.subject for place in places if is_of_review(place))

    def _unsaved(self) -> set[Place]:
        """Where something is not saved; what was left by the last end is among it once the words have been read."""
        kept = {words.place for words in self.words.all()} if "words" in self.__dict__ else set()
        kept -= self._on_their_way()  # that is kept meanwhile, and will be saved
        return {*self.refused, *kept, *self._left_undone}

    def _on_their_way(self) -> set[Place]:
        """Where something is kept only until it is written or carried out."""
        places = self.pending_places("", "") if "_writer" in self.__dict__ else []
        ahead = [self._ahead] if self._ahead else []
        return {*places, *map(deed_at, places), *ahead}

    # What was not carried out before the last end

    def take_left_undone(self) -> list[str]:
        """Say what was to be done and was not, in sentences, and drop it; its subjects stay marked until opened."""
        left = [words for words in self.words.all() if self._is_left_undone(words)]
        undone = take(self.words, left, self.desk)
        self._left_undone.update(words.place for words in undone)
        return sentences(undone)

    def _is_left_undone(self, words: Words) -> bool:
        """Whether words are a deed of a desk that has ended, or were typed ahead of one without a subject."""
        if is_deed(words.place):  # one that was kept since is still on its way
            return self.words.is_left_over(words)
        return is_ahead(words.place) and not words.place.subject and words.place != self._ahead

    def take_typed_ahead(self, subject: str) -> list[str]:
        """Say what was typed about a subject while keys waited and was not carried out, and drop it."""
        self._left_undone = {place for place in self._left_undone if place.subject != subject}
        left = [
            words
            for words in self.words.all()
            if is_ahead(words.place) and words.place.subject == subject and words.place != self._ahead
        ]
        return sentences(take(self.words, left, self.desk))

    # What is typed while keys wait

    def keep_ahead(self, place: Place, text: str) -> None:
        """Keep the text among the keys that wait for what is done at a place."""
        before, self._ahead = self._ahead, ahead_of(place)
        self.words.keep(self._ahead, text)
        if before not in {None, self._ahead}:
            self.words.forget(before)

    def forget_ahead(self, *, is_told: bool = True) -> None:
        """Drop that text, because it is carried out or told to be dropped; what is not told is for the next opening."""
        if self._ahead and not self.is_leaving:
            if is_told:
                self.words.forget(self._ahead)
            self._ahead = None

    def drop(self, place: Place) -> None:
        """Forget what was refused or left over at a place: it is saved, meant anew, or not wanted."""
        self.refused.pop(place, None)
        self.words.forget(place)

    # Leaving

    def finish(self, seconds: float) -> None:
        """Write what can be written in so many seconds and keep the words of the rest; call it in any thread."""
        for each in self._rounds.values():
            each.is_leaving = True
        if self.here:
            self.remember()
        if "_writer" in self.__dict__:
            for ticket in self._writer.finish(seconds * SHARE_OF_WRITING):
                if ticket.job.words:
                    self.words.keep(ticket.place, ticket.job.words)
            for ticket in self._writer.pending():  # written, and nobody was told yet
                self.words.forget(deed_at(ticket.place))
        kept = [each.words for each in self._rounds.values() if "words" in each.__dict__]
        for words in kept:
            with suppress(OutputError):  # the terminal may have gone, so there is nobody to tell
                words.close(seconds * (1 - SHARE_OF_WRITING) / len(kept))

    def drain(self) -> None:
        """Wait until all that was put is written and its telling on its way."""
        if "_writer" in self.__dict__:
            self._writer.drain()

    def _in_round(self, work: Callable[[Desk], T]) -> Callable[[Desk], T]:
        """Work in these rounds, whichever the writer was opened in."""
        rounds = self.desk.worked_in, self.desk.known_decided_in
        return lambda desk: work(desk.working_in(*rounds))

    def _stall(self, is_stalled: bool) -> None:
        for each in self._rounds.values():
            each.is_stalled = is_stalled
        self._changed()


def is_of(place: Place, subject: str, taxonomy: str, kind: str) -> bool:
    """Whether a place is one of a kind in a classification."""
    return (place.subject, place.taxonomy, place.kind) == (subject, taxonomy, kind)


def is_of_review(place: Place) -> bool:
    """Whether what is kept at a place is there again in the review of its subject, and not in its form."""
    return row_of(place.kind)[0] in OF_REVIEW or place.kind in OF_REVIEW or is_deed_of_review(place)


def at_row(kind: str, row: int | None) -> str:
    """The kind of a place in one row of a field; None is a row that is to be added."""
    return kind if row is None else f"{kind} {row + 1}"


def row_of(kind: str) -> tuple[str, int | None]:
    """A kind without its row, and the row."""
    bare, _, number = kind.partition(" ")
    return bare, int(number) - 1 if number.isdecimal() else None


def words_of(answer: Answer | None) -> str:
    """An answer as words to keep; nothing for one that is taken back."""
    return answer.model_dump_json(exclude_defaults=True) if answer is not None else ""


def answer_of(text: str) -> Answer | None:
    """The answer that was kept as words; None when they are of another version."""
    from annotator.model.classification import Answer

    with suppress(ValueError):
        return Answer.model_validate_json(text)
    return None


def reason_of(error: AnnotatorError | None) -> str:
    """Why something was not saved; somebody may have stopped waiting for it."""
    return str(error) if error else GIVEN_UP


def is_by_content(error: AnnotatorError | None) -> bool:
    """Whether a change was refused for what is in the file, not because the file could not be written."""
    return error is not None and not isinstance(error, StoreError)
