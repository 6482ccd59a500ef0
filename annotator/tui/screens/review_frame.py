"""The parts of the review screen, and what all of its work shares."""

from __future__ import annotations

from typing import cast

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from annotator.models.subject import SubjectView
from annotator.models.taxonomy import Field, Taxonomy
from annotator.session import Session
from annotator.store.review_queue import ReviewView
from annotator.tui.actions import Place
from annotator.tui.keys import Keys
from annotator.tui.review_state import ReviewState
from annotator.tui.screens.subject_reading import SubjectReading
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.reviewed_text import ReviewedText
from annotator.tui.widgets.sides import SideHeads, Sides
from annotator.tui.widgets.text_line import TextLine


class ReviewFrame(SubjectReading):
    """Report beside everybody's answers, guidance below; knows which subject is open."""

    PLACE: Place = "review"
    CSS_PATH = "review.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-medium"), (44, "-tall")]

    standing = getters.query_one("#standing", TextLine)
    report = getters.query_one("#report", ReviewedText)
    heads = getters.query_one("#heads", SideHeads)
    sides = getters.query_one("#sides", Sides)

    def __init__(
        self,
        session: Session,
        keys: Keys,
        key: str,
        view: ReviewView,
        field: str = "",
        place: int | None = None,
    ) -> None:
        """Take the session, the subject, the queue to walk along, and where in both to begin."""
        super().__init__()
        self.session = session
        self.keys = keys
        self.key = key
        self.view = view
        self.first_field = field
        self.place = place
        """The line of the queue that the subject was opened from."""
        self.decide = session.adjudicator()
        self.subject = SubjectView(key=key, kind="report", title="")

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield TextLine(id="where")
        yield TextLine(id="standing")
        with Horizontal(id="desk"):
            with Vertical(id="reading"):
                yield TextLine(id="source")
                yield ReviewedText(id="report")
            sides = Sides(id="sides")
            with Vertical(id="answers"):
                yield SideHeads(sides, id="heads")
                yield sides
        yield Guidance(id="guidance")
        yield KeyBar(self.keys.footer("review"))

    @property
    def namespace(self) -> str:
        """The taxonomy that is decided under."""
        return self.view.taxonomy

    @property
    def taxonomy(self) -> Taxonomy:
        """Its current version."""
        return self.session.taxonomy(self.namespace)

    @property
    def state(self) -> ReviewState:
        """What is shown; a subject is open whenever a key can be pressed."""
        return cast(ReviewState, self.sides.state)

    @property
    def field(self) -> Field | None:
        """The focused field."""
        return self.sides.state.field if self.sides.state else None
