"""Going to the review of one subject: that somebody looks is in the file before they see what others answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.desk import Desk
from annotator.desk.place import Place
from annotator.errors import AnswerError
from annotator.model.review import DisputedSubject, Reviewed, ReviewView
from annotator.tui.keys import Keys
from annotator.tui.saving import Saving
from annotator.tui.screen import LOOK, DeskScreen

if TYPE_CHECKING:
    from annotator.tui.dialogs.ask import Confirm

NOT_OPENED = "The review was not opened."
FEW = 20
"""Lines of the queue read at a time while looking for the next subject."""


class Walked(NamedTuple):
    """Where a walk along the queue led to."""

    found: Reviewed | None
    """None at the end of the queue."""
    line: DisputedSubject | None
    """Its line in the queue."""
    passed: tuple[str, ...] = ()
    """Why subjects on the way may not be looked at yet."""


def walked(desk: Desk, view: ReviewView, here: DisputedSubject | None, key: str, by: int) -> Walked:
    """Look at the next subject of the queue, or the one before; what may not be looked at yet is passed, and named.

    `here` is the line of the subject `key`; without one, a walk begins before the first line.
    """
    passed: list[str] = []
    for line in beside(desk, view, here, by):
        if line.key != key:
            try:
                return Walked(desk.review.look(line.key, view.taxonomy), line, tuple(passed))
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
    """Open a subject, at a field if one is named, in the round that is decided unless told, or say why not."""
    name = screen.desk.subjects.taxonomy(taxonomy).namespace
    desk = screen.desk.in_round(round_) if round_ else screen.desk.deciding
    saving = screen.saving.of(desk)

    def show(found: Reviewed) -> None:
        from annotator.tui.review.screen import ReviewScreen

        view = desk.review.view(name)
        screen.app.push_screen(ReviewScreen(desk, screen.keys, saving, found, view, field), come_back)

    after_asking(screen, desk, saving, Place(key, name, "", LOOK), show)


def after_asking(
    screen: DeskScreen[Any], desk: Desk, saving: Saving, place: Place, show: Callable[[Reviewed], None]
) -> None:
    """Show others' answers; before the first look that keeps somebody from classifying, ask once a session.

    What is shown is what was read in one go with whether it is such a look, so that nobody sees more than is kept.
    """
    if screen.holds_keys:  # a click may come while another subject is awaited, and would be a look at nothing
        return
    manner = screen.desk.manner

    def met(found: Reviewed | None) -> None:
        if found:
            show(found)
        elif manner.is_told:
            look()
        else:
            screen.app.push_screen(may_look(screen.keys), answered)

    def answered(yes: bool | None) -> None:
        if yes:
            manner.is_told = True
            look()

    def look() -> None:
        screen.bring(lambda other: other.review.look(*about), show, NOT_OPENED, place, saving)

    about = place.subject, place.taxonomy
    screen.fetch(desk, lambda other: other.review.peek(*about), met, NOT_OPENED)


def may_look(keys: Keys) -> Confirm:
    """Ask whether somebody wants to see what others answered."""
    from annotator.tui.dialogs.ask import Confirm

    lines = (
        "Who has seen others' answers decides about a subject, and no",
        "longer classifies it: that would not be blind.",
    )
    return Confirm(keys, "Look at what others answered?", "", *lines, "", "Asked once, until you quit.")
