"""What the queue shows: the lines in view at once, the rest looked up in a thread."""

from __future__ import annotations

from importlib import import_module

from textual import getters, work
from textual.app import ComposeResult
from textual.worker import get_current_worker

from annotator.models.queue import QueueView
from annotator.session import Queue, Session
from annotator.tui.keys import Keys
from annotator.tui.screens.looking import Looked, look_up
from annotator.tui.screens.undoing import UndoingScreen
from annotator.tui.view_words import nothing_in_words, row_in_words, sitting, summary
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.queue_rows import QueueHeads, QueueRows
from annotator.tui.widgets.rows import LineList
from annotator.tui.widgets.text_line import TextLine

MARGIN = 64
"""Rows read ahead of what is on screen, on either side."""
WARM_UP_AFTER = 0.3
"""Seconds; by then the first frame has been painted."""


class QueueDesk(UndoingScreen[None]):
    """Reads and shows subjects; what can be done with them comes from the class above."""

    PLACE = "queue"

    where = getters.query_one("#where", TextLine)
    heads = getters.query_one("#heads", QueueHeads)
    rows = getters.query_one("#rows", QueueRows)
    detail = getters.query_one("#detail", TextLine)

    def __init__(self, session: Session, keys: Keys, view: QueueView | None = None) -> None:
        """Take the session to ask, and how to look at the queue at first."""
        super().__init__()
        self.session = session
        self.keys = keys
        self.view = view or QueueView()
        self.total = 0
        self.queue: Queue = session.queue(self.view)
        self._kept = ""

    def compose(self) -> ComposeResult:
        """Lay the screen out: where you are, heads, lines, the line of the cursor, keys."""
        rows = QueueRows(self.session.default_taxonomies(), id="rows")
        yield TextLine(id="where")
        yield QueueHeads(rows, id="heads")
        yield rows
        yield TextLine(id="detail")
        yield KeyBar(self.keys.footer("queue"))

    def on_mount(self) -> None:
        """Show the first lines, with the cursor where the annotator stopped."""
        self.rows.focus()
        self.use(self.session)
        self.set_timer(WARM_UP_AFTER, self._warm_up)

    @work(thread=True)
    def _warm_up(self) -> None:
        """Load what the tagging screen needs while somebody reads the queue, so that it opens at once."""
        import_module("annotator.tui.screens.tagging")

    def use(self, session: Session) -> None:
        """Look at the queue as the annotator of a session."""
        self.session = session
        point = session.resume_point() if session.annotator else None
        self._kept = point.subject if point else ""
        self._show(session.queue(self.view))
        if self.queue.is_partial:
            self.call_after_refresh(self._look_up, self.view)

    # Looking

    def look(self, view: QueueView, keep: str = "") -> None:
        """Look at the queue another way; the cursor goes to the subject `keep` if it is shown."""
        self.view, self._kept = view, keep
        self.where.text = " looking …"
        self._look_up(view)

    @work(thread=True, exclusive=True, group="looking")
    def _look_up(self, view: QueueView) -> None:
        queue = look_up(self.session, view)
        if not get_current_worker().is_cancelled:
            self.post_message(Looked(queue))

    def on_looked(self, event: Looked) -> None:
        """Show what was looked up, unless somebody asked for something else meanwhile."""
        if event.queue.view == self.view:
            self._show(self.session.adopt(event.queue))

    def _show(self, queue: Queue) -> None:
        was_moved = queue.view == self.queue.view and self.rows.cursor > 0
        key = self.row_key if was_moved else self._kept
        self.queue = queue
        self.total = queue.count if queue.view.selects_all else max(self.total, queue.count)
        self.rows.fill(0, (), afresh=True)
        self.rows.count = queue.count
        if not queue.is_partial:
            self.rows.cursor = (queue.position_of(key) if key else None) or 0
            self._kept = ""
        self._read(self.rows.cursor, self.rows.cursor + 1)
        self._describe()

    def _read(self, start: int, end: int) -> None:
        if self.rows.lacks(start, min(end, self.queue.count)):
            first = max(0, start - MARGIN)
            self.rows.fill(first, self.queue.rows(first, end + MARGIN))

    def _describe(self) -> None:
        self.where.text = " " + summary(self.queue.count, self.total, self.view)
        self.where.right = f"{sitting(self.session.annotator, self.session.round)} "
        self.heads.sorted_by = (self.view.sort, self.view.descending)
        self.rows.empty = nothing_in_words(self.view)
        row, place = self.rows.row, f"{self.rows.cursor + 1:,} of {self.queue.count:,} "
        self.detail.text = " " + row_in_words(row) if row else ""
        self.detail.right = place if row else ""

    def read_again(self, key: str = "") -> None:
        """Read the lines in view again after a change; the cursor goes to the subject `key`."""
        place = self.queue.position_of(key) if key else None
        if place is not None:
            self.rows.cursor = place
        self.rows.fill(0, (), afresh=True)
        self._read(*self.rows.in_view)
        self._describe()

    @property
    def row_key(self) -> str:
        """The key of the subject at the cursor; empty when there is none."""
        return self.rows.row.key if self.rows.row else ""

    def on_line_list_scrolled(self, event: LineList.Scrolled) -> None:
        """Read the lines that came into view."""
        self._read(event.start, event.end)

    def on_line_list_moved(self, event: LineList.Moved) -> None:
        """Tell about the subject at the cursor."""
        self._read(event.index, event.index + 1)
        self._describe()
