"""Going to the review of one subject: that somebody looks is in the file before they see what others answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.errors import AnnotatorError, AnswerError
from annotator.model.review import DisputedSubject, Review, ReviewView
from annotator.tui.saving import Saving
from annotator.tui.screen import DeskScreen

LOOK = "look"
"""The kind of a place that somebody looks at."""
FEW = 20
"""Lines of the queue read at a time while looking for the next subject."""


class Reviewed(NamedTuple):
    """One subject with everybody's answers, as one may see it."""

    review: Review
    refusal: str
    """Why this person may not decide about it; empty when they may."""


class Walked(NamedTuple):
    """Where a walk along the queue led to."""

    found: Reviewed | None
    """None at the end of the queue."""
    line: DisputedSubject | None
    """Its line in the queue."""
    passed: tuple[str, ...] = ()
    """Why subjects on the way may not be looked at yet."""


def reviewed(desk: Desk, key: str, namespace: str) -> Reviewed:
    """Look at a subject; raises AnswerError when it may not be looked at yet.

    Who was to see others' answers for the first time has looked then, so let the writer do it.
    """
    review = desk.review.of(key, namespace)
    return Reviewed(review, desk.adjudication.refusal(key, namespace))


def walked(desk: Desk, view: ReviewView, here: DisputedSubject | None, key: str, by: int) -> Walked:
    """Look at the next subject of the queue, or the one before; what may not be looked at yet is passed, and named.

    `here` is the line of the subject `key`; without one, a walk begins before the first line.
    """
    passed: list[str] = []
    for line in beside(desk, view, here, by):
        if line.key != key:
            try:
                return Walked(reviewed(desk, line.key, view.taxonomy), line, tuple(passed))
            except AnswerError as error:
                passed.append(str(error))
    return Walked(None, here, tuple(passed))


def beside(desk: Desk, view: ReviewView, here: DisputedSubject | None, by: int) -> Iterator[DisputedSubject]:
    """The lines after one or before it, the nearest first."""
    lines = [here] if here else []
    while lines or (here is None and by > 0):
        lines = desk.review.queue(view, FEW, here, back=by < 0)
        yield from lines
        here = lines[-1] if lines else here


def open_review(
    screen: DeskScreen[Any],
    key: str,
    taxonomy: str,
    field: str = "",
    come_back: Callable[[str | None], None] | None = None,
    round_: int = 0,
) -> None:
    """Open a subject, at a field if one is named, in the screen's round unless told.

    Raises AnswerError when it may not be looked at yet.
    """
    own = screen.desk
    desk = own if round_ in {0, own.round} else own.in_round(round_)
    saving = screen.saving.of(desk)
    name = desk.subjects.taxonomy(taxonomy).namespace

    def show() -> None:
        from annotator.tui.review.screen import ReviewScreen

        view = ReviewView(name, desk.round)
        screen.app.push_screen(ReviewScreen(desk, screen.keys, saving, key, view, field), come_back)

    after_asking(screen, desk, saving, key, name, show)


def after_asking(
    screen: DeskScreen[Any], desk: Desk, saving: Saving, key: str, taxonomy: str, show: Callable[[], None]
) -> None:
    """Go on to others' answers; before the first look that keeps somebody from classifying, ask once a session."""
    manner = screen.desk.manner
    if not desk.review.bars(key, taxonomy):
        show()
        return
    look = partial(_look, screen, saving, key, taxonomy, show)
    if manner.is_told:
        look()
        return
    from annotator.tui.dialogs.ask import Confirm

    def answered(yes: bool | None) -> None:
        if yes:
            manner.is_told = True
            look()

    lines = (
        "Who has seen others' answers decides about a subject, and no",
        "longer classifies it: that would not be blind.",
    )
    screen.app.push_screen(
        Confirm(screen.keys, "Look at what others answered?", "", *lines, "", "Asked once, until you quit."), answered
    )


def _look(screen: DeskScreen[Any], saving: Saving, key: str, taxonomy: str, show: Callable[[], None]) -> None:
    """Have it written that somebody looks, then show what there is to see; the wait can be ended."""

    def seen(_: Reviewed) -> None:
        with screen.arriving():
            if screen.is_current:
                show()

    def not_seen(refusal: AnnotatorError | None) -> None:
        with screen.arriving("The review was not opened."):
            screen.tell(refusal)

    place = Place(key, taxonomy, "", LOOK)
    screen.awaited = saving.put(lambda other: reviewed(other, key, taxonomy), place, seen, not_seen)
