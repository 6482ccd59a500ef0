"""Progress: how far everybody is, per taxonomy and round, and what is decided."""

from __future__ import annotations

from contextlib import closing

from textual import getters, work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import Worker, WorkerState

from annotator.desk import Desk
from annotator.desk.team.norming import Norming
from annotator.desk.team.pace import Pace, Whose
from annotator.desk.team.progress import Batch, Progress, ProgressRow
from annotator.errors import NotFoundError, RequestError
from annotator.model.rounds import short
from annotator.tui.actions import Place
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.progress.rows import (
    Head,
    Line,
    ProgressHeads,
    ProgressRows,
    batch_lines,
    head_in_words,
    lines_of,
    row_in_words,
    total_in_words,
)
from annotator.tui.saving import Saving
from annotator.tui.screen import DeskScreen
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine, TextLines

EVERY = 1.0
"""Seconds between looks at whether somebody else has written."""


class Counted(Message):
    """Everything has been counted."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class FoundNorming(Message):
    """Everybody's answers in a round have been looked up, or why they are not shown."""

    def __init__(self, found: Norming | str) -> None:
        super().__init__()
        self.found = found


class Paced(Message):
    """How fast everybody gets on, as far as it is told whoever looks."""

    def __init__(self, paces: dict[Whose, Pace]) -> None:
        super().__init__()
        self.paces = paces


class FoundBatches(Message):
    """What an annotator has to do has been looked up."""

    def __init__(self, row: ProgressRow, batches: list[Batch]) -> None:
        super().__init__()
        self.row = row
        self.batches = batches


class ProgressScreen(DeskScreen[None]):
    """Counts in a thread, again whenever somebody else has written."""

    PLACE: Place = "progress"
    CSS_PATH = "progress.tcss"
    BINDINGS = bindings_for("progress")

    where = getters.query_one("#where", TextLine)
    heads = getters.query_one("#heads", ProgressHeads)
    rows = getters.query_one("#rows", ProgressRows)
    detail = getters.query_one("#detail", TextLines)
    total = getters.query_one("#total", TextLine)

    def __init__(self, desk: Desk, keys: Keys, saving: Saving) -> None:
        """Take the desk to ask, and the way to the file, of which it says what is on it."""
        super().__init__()
        self.desk = desk
        self.keys = keys
        self.saving = saving
        self._seen = -1
        self._is_counting = False
        self._paces: dict[Whose, Pace] | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out: where you are, heads, annotators, the line of the cursor, the sum, keys."""
        rows = ProgressRows(id="rows")
        yield TextLine(id="where")
        yield ProgressHeads(rows, id="heads")
        yield rows
        yield TextLines(least=1, id="detail")
        yield TextLine(id="total")
        yield KeyBar(self.keys.footer("progress"))

    def on_mount(self) -> None:
        """Begin to count."""
        self.rows.focus()
        self.rows.empty = "Counting …"
        self.where.text = " Progress"
        self._follow()
        self.set_interval(EVERY, self._follow)

    def _follow(self) -> None:
        """Count again when somebody else has written; no count is cut off, so that one comes however busy they are."""
        seen = self.desk.progress.changes()
        if seen != self._seen and not self._is_counting:
            self._seen = seen
            self._is_counting = True
            self._count()

    @work(thread=True, group="counting")
    def _count(self) -> None:
        with closing(self.desk.another()) as other:
            self.post_message(Counted(other.progress.of()))

    def on_counted(self, event: Counted) -> None:
        """Show what was counted; the cursor stays with its annotator."""
        self._is_counting = False
        kept, lines = _name(self.rows.line), lines_of(event.progress)
        self.rows.empty = self.told(
            "Nobody has work yet. Leave with {leave}, and deal it out with: "
            "annotator assign --taxonomy NS --to NAME,NAME"
        )
        self.rows.fill(lines)
        self.rows.cursor = self._place(lines, kept)
        self.sign()
        self.total.text = " " + total_in_words(event.progress.rows) if lines else ""
        self.heads.refresh()
        self._describe()
        if self._paces is None:  # once: it walks the whole log
            self._paces = {}
            self._find_paces(event.progress)

    @work(thread=True, exclusive=True, group="paces")
    def _find_paces(self, progress: Progress) -> None:
        with closing(self.desk.another()) as other:
            self.post_message(Paced(other.progress.paces(progress)))

    def on_paced(self, event: Paced) -> None:
        """Tell the pace of the line at the cursor from now on."""
        self._paces = event.paces
        self._describe()

    def _place(self, lines: list[Line], kept: tuple[str, ...]) -> int:
        """Where the cursor goes: to the line it was on, else to whoever looks, else to the first annotator."""
        people = [(place, line) for place, line in enumerate(lines) if isinstance(line, ProgressRow)]
        same = (place for place, line in enumerate(lines) if _name(line) == kept)
        own = (place for place, line in people if line.annotator == self.desk.annotator)
        return next((place for places in (same, own, (place for place, _ in people)) for place in places), 0)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stop promising figures that will not come; the app tells why."""
        if event.state is WorkerState.ERROR and event.worker.group == "counting":
            self._is_counting = False
            self.where.right = "not counted "

    def _describe(self) -> None:
        line = self.rows.line
        if isinstance(line, ProgressRow):
            pace = (self._paces or {}).get((line.annotator, line.taxonomy, line.round))
            self.detail.text = row_in_words(line, pace)
        else:
            self.detail.text = head_in_words(*line) if line else ""

    def on_line_list_moved(self) -> None:
        """Tell about the line at the cursor."""
        self._describe()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """List the batches of an annotator, or put side by side what everybody in a round answered."""
        row = self.rows.lines[event.index]
        if isinstance(row, Head):
            self._find_norming(row)
        else:
            self._find_batches(row)

    @work(thread=True, exclusive=True, group="norming")
    def _find_norming(self, head: Head) -> None:
        with closing(self.desk.another()) as other:
            try:
                found: Norming | str = other.rounds.norming(head.round, head.taxonomy)
            except (RequestError, NotFoundError) as error:
                found = str(error)
            self.post_message(FoundNorming(found))

    def on_found_norming(self, event: FoundNorming) -> None:
        """Show everybody's answers side by side, or say who is still to hand in."""
        from annotator.tui.dialogs.line_dialog import LineDialog
        from annotator.tui.progress.normed import norming_in_words, norming_lines

        if self.app.screen is not self:  # over another dialog, the list would take that one's keys
            return
        if isinstance(event.found, str):
            self.notify(event.found, markup=False)
            return
        title, lines = norming_in_words(event.found), list(norming_lines(event.found))
        self.app.push_screen(LineDialog(self.keys, title, lines, hint=self.told("{cancel} close")), lambda _: None)

    @work(thread=True, exclusive=True, group="batches")
    def _find_batches(self, row: ProgressRow) -> None:
        with closing(self.desk.another()) as other:
            self.post_message(FoundBatches(row, other.progress.batches(row)))

    def on_found_batches(self, event: FoundBatches) -> None:
        """Show the batches of an annotator, or say that there are none."""
        from annotator.tui.dialogs.line_dialog import LineDialog

        row, found = event.row, event.batches
        if self.app.screen is not self:  # over another dialog, the list would take that one's keys
            return
        if not found:
            self.notify(
                f"Nothing is assigned to {row.annotator} under {row.taxonomy} in round {short(row.round)}.",
                markup=False,
            )
            return
        title = f"Batches of {row.annotator} under {row.taxonomy}, round {short(row.round)}"
        self.app.push_screen(
            LineDialog(self.keys, title, batch_lines(found), hint=self.told("{cancel} close")), lambda _: None
        )

    def action_leave_progress(self) -> None:
        """Go back to the queue."""
        self.dismiss(None)


def _name(line: Line | None) -> tuple[str, ...]:
    """What makes a line the same one after counting again."""
    if line is None:
        return ()
    return (line.taxonomy, str(line.round), line.annotator if isinstance(line, ProgressRow) else "")
