"""The answers of the open classification: on their way to the file, refused, left over, or still being written."""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import partial
from typing import TYPE_CHECKING

from annotator.desk.place import Place
from annotator.errors import AnnotatorError, AnswerError
from annotator.model.classification import Answer, Classification, Evidence
from annotator.tui.cells import clip, inert
from annotator.tui.deeds import TAKING_VERSION, is_deed
from annotator.tui.dialogs.ask import Confirm
from annotator.tui.left_words import LeftWords
from annotator.tui.quoting import BEGINNING, dropped_quotes_in_words
from annotator.tui.saving import ANSWER, QUOTES, WRITING, at_row, is_of_review, reason_of, row_of, words_of
from annotator.tui.widgets.form.answering import rows_of
from annotator.tui.widgets.form.state import ADD, ROWED, FormState, Spot
from annotator.tui.widgets.form.waiting import in_words, quotes_of
from annotator.tui.widgets.form.writing import held_text
from annotator.tui.words import answer_words, numbered

if TYPE_CHECKING:
    from annotator.desk import Desk
    from annotator.tui.tagging.screen import TaggingScreen

OLDER = "waits for whether to go on under the newer version"
CLOSED = frozenset({"submitted", "adjudicated"})
"""How a classification stands that takes no answers."""


class Answers:
    """Sends the answers of the form to the file, and shows there what became of them."""

    def __init__(self, screen: TaggingScreen) -> None:
        """Take the screen whose form is answered."""
        self.screen = screen
        self.form = screen.form
        self.saving = screen.saving
        self.keys = screen.keys
        self._latest = ""
        """The field changed last in the open classification, until that is undone."""
        self._taken: set[tuple[str, str]] = set()
        """The subjects and taxonomies at which the newer version was taken."""
        self._after_question: list[tuple[Callable[[], None], Callable[[], None]]] = []
        """What is to be done after the question about the version: when it is taken, and when not."""
        self._line: Place | None = None
        """Where the line is kept that is being written."""
        self.form.changed = self.save
        self.form.waiting.changed = self._keep_quotes
        screen.left_words = LeftWords(screen, self._hold, self._show_left, self._is_idle)

    # Saving

    def flush(self) -> None:
        """Take what is written as an answer, before anything else happens to the classification."""
        self.form.finish_writing()
        self.follow()

    def save(self, field_id: str, answer: Answer | None) -> None:
        """Send an answer to the file and show it as on its way; one that does not fit is refused at once."""
        self._latest = field_id
        place, waits = self.place_of(field_id), self.form.state is not None and field_id in self.form.state.waiting
        if waits:
            answer = self.form.waiting.given_to(field_id, answer)
        if reason := self._misfit(field_id, answer):
            self.saving.refuse(place, answer, reason)
            self._refuse(field_id, reason)
            self.follow()
            return
        if self.asks_for_version(partial(self.save, field_id, answer), partial(self._drop_change, field_id)):
            self.saving.refuse(place, answer, OLDER)
            self.form.restore({field_id: answer}, {field_id: OLDER})
            self.screen.show_saving()
            return
        show, not_saved = partial(self._show_answer, place), partial(self._not_saved, place, answer)
        self.saving.put_answer(place, answer, show, not_saved)
        if waits:
            self.form.waiting.forget(field_id)
        self.form.restore({field_id: answer}, {})
        self.follow()
        self.screen.show_saving()

    def asks_for_version(self, go_on: Callable[[], None], give_up: Callable[[], None]) -> bool:
        """Ask once whether to go on under the current version with what was begun under an older one.

        Returns whether that is asked; what is to be done after either answer is done then.
        """
        now, place = self.screen.classification, self.place_of("", TAKING_VERSION)
        to = self.screen.asked.taxonomy.version
        if now is None or now.updated_at is None or now.version >= to or now.status in CLOSED:
            return False
        if (place.subject, place.taxonomy) in self._taken:
            return False
        self._after_question.append((go_on, give_up))
        if len(self._after_question) == 1:
            title = f"Begun under version {now.version}; go on under version {to}?"
            question = Confirm(self.keys, title, "What the newer version no longer has is set aside.")
            show = partial(self.screen.app.push_screen, question, partial(self._follow_question, place))
            if self.screen.app.screen is self.screen:
                show()
            else:  # a dialog is about to close, and what is put over it would be closed in its place
                self.screen.call_later(show)
        return True

    @property
    def is_asking(self) -> bool:
        """Whether somebody is asked about the version now."""
        return bool(self._after_question)

    def _follow_question(self, place: Place, yes: bool | None) -> None:
        waiting, self._after_question = self._after_question, []
        if not self.is_open(place):
            return
        if yes:
            self._taken.add((place.subject, place.taxonomy))
            show, not_taken = partial(self.screen.show_edit, place), partial(self._not_taken, place)
            take = partial(take_version, place.subject, place.taxonomy)
            self.saving.put_deed(take, place, show, not_taken)
        for go_on, give_up in waiting:
            (go_on if yes else give_up)()

    def _not_taken(self, place: Place, error: AnnotatorError | None) -> None:
        self._taken.discard((place.subject, place.taxonomy))
        self.screen.tell(error)

    def _drop_change(self, field_id: str) -> None:
        self.saving.drop(self.place_of(field_id))
        self.form.forget(field_id)
        self.screen.show_saving()
        self.form.go_to(field_id)

    def _misfit(self, field_id: str, answer: Answer | None) -> str:
        """Why an answer does not fit its field; empty when it does."""
        try:
            if answer is not None:
                self.screen.desk.tagging.checked(self.screen.namespace, field_id, answer)
        except AnswerError as error:
            return reason_in(error)
        return ""

    def why_not(self, field_id: str, answer: Answer | None) -> str:
        """Why an answer given in a dialog cannot be saved; empty when it can."""
        if self.screen.classification and self.screen.classification.status in CLOSED:
            of, status = f"{self.screen.key} under {self.screen.namespace}", self.screen.classification.status
            return self.screen.told("{of} is {status}; reopen it before changing it ({reopen}).", of=of, status=status)
        return self._misfit(field_id, answer)

    def place_of(self, field_id: str, kind: str = ANSWER) -> Place:
        """Where something about a field of the open classification belongs, or about the whole of it."""
        return Place(self.screen.key, self.screen.namespace, field_id, kind)

    def is_open(self, place: Place) -> bool:
        """Whether what a place is about is what is shown."""
        return self.screen.is_attached and (self.screen.key, self.screen.namespace) == (place.subject, place.taxonomy)

    def _show_answer(self, place: Place, now: Classification) -> None:
        """Show that an answer is saved, unless another one to the same field is on its way or was refused since."""
        if self.is_open(place):
            self.screen.show_saved(now, "" if self.saving.is_meant_anew(place) else place.field)

    def _not_saved(self, place: Place, answer: Answer | None, error: AnnotatorError | None) -> None:
        """Show at its field that an answer is not saved; somebody who has gone on is told."""
        reason = reason_in(error)
        self.follow_refusal(place, error)
        if not self.is_open(place):
            self.screen.say(f"{place.subject} under {place.taxonomy}: an answer was not saved. {reason}")
            return
        refused = self.saving.refused.get(place)
        is_meant_anew = refused is not None and refused.words != words_of(answer)
        if is_meant_anew or place.field in self.saving.pending_answers(self.screen.key, self.screen.namespace):
            return
        if self.form.state and self.form.state.is_writing:  # the keys stay where somebody writes
            self.form.restore({place.field: self.screen.answer(place.field)}, {place.field: reason})
            self.screen.show_saving()
        elif isinstance(error, AnswerError):
            self._refuse(place.field, reason)
        else:
            self.form.refuse(place.field, reason)
            self.screen.show_saving()
        if not isinstance(error, AnswerError) or not self.form.state or self.form.state.is_writing:
            self.screen.tell(error)

    def follow_refusal(self, place: Place, error: AnnotatorError | None) -> None:
        """Show how each taxonomy stands in the file, for which something may be refused."""
        if self.is_open(place) and isinstance(error, AnswerError):
            self.screen.read_statuses()

    def _refuse(self, field_id: str, reason: str) -> None:
        """Show why a change was refused; nothing can be put right in a closed classification."""
        if self.screen.classification and self.screen.classification.status in CLOSED:
            self.saving.drop(self.place_of(field_id))
            self.form.forget(field_id)
            self.form.go_to(field_id)
            self.screen.say(self.screen.told("{reason} ({reopen})", reason=reason))
        else:
            self.form.refuse(field_id, reason)
        self.screen.show_saving()

    def leave(self, go: Callable[[], object]) -> None:
        """Go elsewhere; what is not saved is dropped only when somebody means it."""
        self.flush()
        unsaved = self.form.unsaved
        if not unsaved:
            go()
            return
        known = self.screen.asked.by_id
        names = ", ".join(known[each].name if each in known else self.screen.asked.called(each) for each in unsaved)
        question = Confirm(self.keys, "Leave without saving this?", names, "It was refused, or waits for an answer.")

        def follow(yes: bool | None) -> None:
            if yes:
                for field_id in unsaved:
                    self.saving.drop(self.place_of(field_id))
                    self.form.waiting.forget(field_id)
                go()
            else:
                self.form.go_to(unsaved[0])

        self.screen.app.push_screen(question, follow)

    def drop(self) -> str:
        """Drop one change that is not saved, and say which: the focused one, else the latest.

        Nothing where there is none, or where another field was changed since: that is to be undone first.
        """
        (latest, self._latest), unsaved, state = (self._latest, ""), self.form.unsaved, self.form.state
        if not unsaved or state is None or (latest and not {latest, state.focus} & {*unsaved}):
            return ""
        field = next(each for each in (state.focus, latest, unsaved[0]) if each in unsaved)
        dropped = dropped_in_words(state, field)
        self.saving.drop(self.place_of(field))
        self.form.forget(field)
        self.form.waiting.forget(field)
        self.screen.show_saving()
        self.form.go_to(field)
        return dropped

    # What is not saved

    def begin(self) -> None:
        """Show what is not saved of the classification that was opened; what other desks left comes in a moment."""
        self._latest = ""
        self.restore()
        self.screen.call_after_refresh(self.screen.look_for_words)

    def restore(self) -> None:
        """Show what is on its way, what was refused, and what was begun before the desk was closed."""
        if self.form.state is None:
            return
        of = self.form.state.classification.identity
        pending = self.saving.pending_answers(of.subject, of.taxonomy)
        left_over = self.screen.told("was not saved before the desk was closed; {open_field} saves it")
        refused = {
            each.place.field: each
            for each in self.saving.refusals(of.subject, of.taxonomy, left_over=left_over)
            if each.place.field not in pending and (each.answer or not each.words)  # else another version wrote it
        }
        unfinished = self._unfinished(self.form.state)
        begun = {field for field, _ in unfinished}
        meant = {field: each.answer for field, each in refused.items()} | pending
        reasons = {
            field: "" if each.is_left_over and field in begun else each.reason for field, each in refused.items()
        }
        self.form.restore(meant, reasons)
        as_meant = frozenset(field for field, each in refused.items() if each.is_left_over)
        self.form.remind(as_meant - begun, unfinished)
        self.form.waiting.restore(self._waiting(self.form.state))

    def _hold(self, place: Place) -> bool:
        """Whether what is kept at a place is there again in the form that is open, or in its dialogs."""
        return self.is_open(place) and not is_of_review(place) and not is_deed(place)

    def _is_idle(self) -> bool:
        """Whether nothing in the form waits to be kept or sent, over which something else might be shown."""
        return self.form.state is not None and not self.form.state.is_writing and not self.form.unsent

    def _show_left(self, changed: Set[Place]) -> None:
        """Show what another desk left, and no longer what one went on with."""
        for place in changed:
            if place.kind == ANSWER and not self.saving.words.at(place):
                self.form.forget(place.field)
        self.restore()
        self.screen.tell_typed_ahead()
        self.screen.show_saving()

    def offer_refused(self) -> None:
        """Offer what fits and was refused before the classification was reopened, as an answer left over."""
        reason = self.screen.told("was not saved before this was reopened; {open_field} saves it")
        for each in list(self.saving.refusals(self.screen.key, self.screen.namespace)):
            if not each.is_left_over and not self._misfit(each.place.field, each.answer):
                self.saving.offer(each.place, reason)
        self.restore()

    def _waiting(self, state: FormState) -> dict[str, tuple[Evidence, ...]]:
        """The evidence that was quoted before its field had an answer, and is in none yet."""
        found: dict[str, tuple[Evidence, ...]] = {}
        for field in state.asked.by_id:
            place = place_in(state, field, QUOTES, None)
            words, answer = self.saving.words.at(place), state.answer(field)
            quotes = quotes_of(words.text) if words else ()
            if answer and quotes and set(quotes) <= {*answer.evidence}:
                self.saving.words.forget(place)
            elif quotes:
                found[field] = quotes
        return found

    def _keep_quotes(self, field: str) -> None:
        """Keep the evidence that waits for an answer, until that is on its way or the evidence is dropped."""
        if (state := self.form.state) is None:
            return
        place, waiting = place_in(state, field, QUOTES, None), self.form.waiting.of(field)
        if waiting:
            self.saving.words.keep(place, in_words(waiting))
        else:
            self.saving.words.forget(place)

    def _unfinished(self, state: FormState) -> dict[Spot, str]:
        of = state.classification.identity
        found: dict[Spot, str] = {}
        for place, text in self.saving.unfinished(of.subject, of.taxonomy).items():
            if place.field in state.asked.by_id:
                found[self._spot_of(place, text, state)] = text
        return found

    def _spot_of(self, place: Place, text: str, state: FormState) -> Spot:
        """Where a kept text stands in the form; one whose row is gone is for a new row."""
        kind, row = row_of(place.kind)
        if state.asked.by_id[place.field].kind not in ROWED:
            return place.field, ""
        if row is None or row < len(rows_of(state.answer(place.field))):
            return place.field, ADD if row is None else str(row)
        self.saving.words.keep(place_in(state, place.field, kind, None), text)
        self.saving.words.forget(place)
        return place.field, ADD

    def follow(self) -> None:
        """Keep the line that is being written now, until it is an answer on its way or thrown away.

        To be called whenever the form tells of a move, and when its answers were sent.
        """
        state = self.form.state
        if state is None:
            return
        line = line_of(state)
        if self._line and self._line != line:
            self.saving.words.forget(self._line)
        self._line = line
        if line and state.written is not None:
            if state.written.strip() and state.written != held_text(state):
                self.saving.words.keep(line, state.written)
            else:
                self.saving.words.forget(line)


def take_version(key: str, namespace: str, desk: Desk) -> Classification:
    """Go on under the current version."""
    return desk.tagging.take_version(key, namespace)


def reason_in(error: AnnotatorError | None) -> str:
    """Why something was not saved, without the name of the field."""
    if isinstance(error, AnswerError):
        return "; ".join(problem.message for problem in error.problems)
    return reason_of(error)


def dropped_in_words(state: FormState, field_id: str) -> str:
    """Say what is dropped of a field: a change that was refused, quotes that waited for an answer, or both."""
    field, sentences = state.asked.by_id.get(field_id), []
    if field_id in state.refused:
        meant = state.pending.get(field_id)
        if meant and field:
            answer = clip(inert(answer_words(field, meant)), BEGINNING)
            sentences += [f"Dropped what was not saved: {answer} for {numbered(field)}."]
        else:
            sentences += [f"Dropped what was not saved: taking the answer to {state.asked.called(field_id)} back."]
    if field and (quotes := state.waiting.get(field_id)):
        sentences += [dropped_quotes_in_words(quotes, field)]
    return " ".join(sentences)


def place_in(state: FormState, field: str, kind: str, row: int | None) -> Place:
    """Where something about a field of the form is kept."""
    of = state.classification.identity
    return Place(of.subject, of.taxonomy, field, at_row(kind, row))


def line_of(state: FormState) -> Place | None:
    """Where the line is kept that is being written; None while none is."""
    if state.written is None:
        return None
    field, row = state.spot
    return place_in(state, field, WRITING, int(row) if row not in {"", ADD} else None)
