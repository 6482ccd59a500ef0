"""What the queue of disagreements shows: the lines in view at once, how many there are when they are counted."""

from __future__ import annotations

from contextlib import closing

from textual import getters, work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import get_current_worker

from annotator.models.taxonomy import Taxonomy
from annotator.session import Session
from annotator.store.disagreements import Totals
from annotator.store.review_queue import ReviewView
from annotator.tui.actions import Place
from annotator.tui.disputed_words import heading, line_in_words, nothing_in_words
from annotator.tui.keys import Keys
from annotator.tui.screens.undoing import UndoingScreen
from annotator.tui.widgets.disputed_rows import DisputedHeads, DisputedRows
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.rows import LineList
from annotator.tui.widgets.text_line import TextLine

MARGIN = 64
"""Lines read ahead of what is on screen, on either side."""


class Counted(Message):
    """How many lines a view has, and how many subjects are open and settled."""

    def __init__(self, view: ReviewView, lines: int, totals: Totals) -> None:
        super().__init__()
        self.view = view
        self.lines = lines
        self.totals = totals


class DisagreementsDesk(UndoingScreen[None]):
    """Reads and shows disputed subjects; what can be done with them comes from the class above."""

    PLACE: Place = "disagreements"
    CSS_PATH = "disagreements.tcss"

    where = getters.query_one("#where", TextLine)
    heads = getters.query_one("#heads", DisputedHeads)
    rows = getters.query_one("#rows", DisputedRows)
    detail = getters.query_one("#detail", TextLine)

    def __init__(self, session: Session, keys: Keys, taxonomy: str = "") -> None:
        """Take the session to ask; without a taxonomy, the first one with something open comes up."""
        super().__init__()
        self.session = session
        self.keys = keys
        self.decide = session.adjudicator()
        self.names = self.decide.disputed() or self.decide.disputed(settled=True) or session.default_taxonomies()
        self.view = ReviewView(taxonomy or self.names[0], session.round)
        self.totals: Totals | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out: where you are, heads, lines, the line of the cursor, keys."""
        rows = DisputedRows(id="rows")
        yield TextLine(id="where")
        yield DisputedHeads(rows, id="heads")
        yield rows
        yield TextLine(id="detail")
        yield KeyBar(self.keys.footer("disagreements"))

    def on_mount(self) -> None:
        """Show the first lines."""
        self.rows.focus()
        self.look(self.view)

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy the view is about."""
        return self.session.taxonomy(self.view.taxonomy)

    # Looking

    def look(self, view: ReviewView, keep: int = 0) -> None:
        """Look at the queue another way, with the cursor on a line; lines are counted in a thread."""
        self.view, self.totals = view, None
        self.rows.taxonomy, self.rows.has_fields = self.taxonomy, view.order == "field"
        first = max(0, keep - MARGIN)
        found = self.decide.queue(view, first, keep + MARGIN)
        self.rows.fill(first, found, afresh=True)
        self.rows.count = first + len(found)
        self.rows.cursor = keep
        self.rows.empty = "" if found else "Looking …"
        self.describe()
        self._count(view)

    @work(thread=True, exclusive=True, group="counting")
    def _count(self, view: ReviewView) -> None:
        with closing(self.session.another()) as other:
            decide = other.adjudicator()
            counted = Counted(view, decide.count(view), decide.totals(view.taxonomy, view.field))
        if not get_current_worker().is_cancelled:
            self.post_message(counted)

    def on_counted(self, event: Counted) -> None:
        """Show how many there are, unless somebody asked for something else meanwhile."""
        if event.view != self.view:
            return
        self.totals = event.totals
        self.rows.count = event.lines
        if not event.lines:
            self.rows.empty = nothing_in_words(self.view, self.decide.witnesses(self.view.taxonomy), self.totals)
            self.rows.redraw()
        self._read(*self.rows.in_view)
        self.describe()

    def _read(self, start: int, end: int) -> None:
        if self.rows.lacks(start, min(end, self.rows.count)):
            first = max(0, start - MARGIN)
            self.rows.fill(first, self.decide.queue(self.view, first, end + MARGIN))

    def describe(self) -> None:
        """Say what is shown, and tell about the line of the cursor."""
        place = f" {self.names.index(self.view.taxonomy) + 1}/{len(self.names)}" if self._has_others else ""
        self.where.text = " " + heading(self.view, self.totals, self.taxonomy, place)
        self.where.right = f" {self.session.annotator or 'nobody yet'} "
        self.heads.order = self.view.order
        self.heads.refresh()
        row = self.rows.row
        count = f"{self.rows.count:,}" if self.totals else "…"
        self.detail.text = f" {line_in_words(row, self.taxonomy)}" if row else ""
        self.detail.right = f"{self.rows.cursor + 1:,} of {count} " if row else ""

    @property
    def _has_others(self) -> bool:
        return len(self.names) > 1 and self.view.taxonomy in self.names

    def read_again(self) -> None:
        """Read everything again after a change; the cursor stays where it is."""
        self.look(self.view, self.rows.cursor)

    def on_line_list_scrolled(self, event: LineList.Scrolled) -> None:
        """Read the lines that came into view."""
        self._read(event.start, event.end)

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """Tell about the line of the cursor."""
        self._read(event.index, event.index + 1)
        self.describe()
