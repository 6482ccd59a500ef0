"""Going to the review of one subject from another screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from textual.app import App

from annotator.session import Session
from annotator.store.review_queue import ReviewView
from annotator.tui.keys import Keys


class Desk(Protocol):
    """A screen that has a session."""

    session: Session
    keys: Keys

    @property
    def app(self) -> App[Any]:
        """The app it is shown in."""


def open_review(
    screen: Desk, key: str, taxonomy: str, field: str = "", come_back: Callable[[str | None], None] | None = None
) -> None:
    """Open a subject, at a field if one is named; raises AnswerError when it may not be looked at yet."""
    from annotator.tui.screens.review import ReviewScreen

    name = screen.session.taxonomy(taxonomy).namespace
    screen.session.adjudicator().review(key, name)
    view = ReviewView(name, screen.session.round)
    screen.app.push_screen(ReviewScreen(screen.session, screen.keys, key, view, field), come_back)
