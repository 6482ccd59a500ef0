"""Going to the review of one subject from another screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from textual.app import App

from annotator.desk import Desk
from annotator.store.reviews import ReviewView
from annotator.tui.keys import Keys
from annotator.tui.saving import Saving


class Opener(Protocol):
    """A screen over a desk."""

    desk: Desk
    keys: Keys
    saving: Saving

    @property
    def app(self) -> App[Any]:
        """The app it is shown in."""


def open_review(
    screen: Opener, key: str, taxonomy: str, field: str = "", come_back: Callable[[str | None], None] | None = None
) -> None:
    """Open a subject, at a field if one is named; raises AnswerError when it may not be looked at yet."""
    name = screen.desk.subjects.taxonomy(taxonomy).namespace

    def show() -> None:
        from annotator.tui.review.screen import ReviewScreen

        screen.desk.review.of(key, name)
        view = ReviewView(name, screen.desk.round)
        screen.app.push_screen(ReviewScreen(screen.desk, screen.keys, screen.saving, key, view, field), come_back)

    after_asking(screen, key, name, show)


def after_asking(screen: Opener, key: str, taxonomy: str, go: Callable[[], None]) -> None:
    """Go on to others' answers; before the first look that keeps somebody from classifying, ask once a session."""
    manner = screen.desk.manner
    if manner.is_told or not screen.desk.review.bars(key, taxonomy):
        go()
        return
    from annotator.tui.dialogs.ask import Confirm

    def answered(yes: bool | None) -> None:
        if yes:
            manner.is_told = True
            go()

    lines = (
        "Who has seen others' answers decides about a subject, and no",
        "longer classifies it: that would not be blind.",
    )
    screen.app.push_screen(
        Confirm("Look at what others answered?", "", *lines, "", "Asked once, until you quit."), answered
    )
