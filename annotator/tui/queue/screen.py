"""The queue: every subject, with the state of its classifications."""

from __future__ import annotations

from contextlib import closing
from importlib import import_module
from random import randrange
from typing import TYPE_CHECKING

from textual import getters, work
from textual.app import ComposeResult
from textual.events import DescendantFocus
from textual.worker import Worker, WorkerState, get_current_worker

from annotator.desk import Change, Desk, Queue
from annotator.model.queue import SORTS, QueueView
from annotator.tui.garbage import collect_again
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.left_words import LOOK_EVERY, LeftWords
from annotator.tui.queue.in_rounds import WorkInRounds
from annotator.tui.queue.left_over import LeftOver
from annotator.tui.queue.messages import (
    Followed,
    FoundConflicts,
    FoundMentions,
    FoundWaiting,
    ReadWords,
    waiting_words,
)
from annotator.tui.queue.rows import (
    QueueHeads,
    QueueRows,
    naming_in_words,
    nothing_in_words,
    rounds_in_words,
    row_in_words,
    summary,
)
from annotator.tui.saving import Saving
from annotator.tui.screen import LEFT_OVER_FOR, MARK_EVERY, DeskScreen, Looked, look_up
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.search_box import SearchBox, search_footer

if TYPE_CHECKING:
    from annotator.model.outline import SubjectKind

MARGIN = 64
"""Rows read ahead of what is on screen, on either side."""
WARM_UP_AFTER = 0.3
"""Seconds; by then the first frame has been painted."""


class QueueScreen(DeskScreen[None]):
    """Finds subjects and opens them."""

    PLACE = "queue"

    where = getters.query_one("#where", TextLine)
    heads = getters.query_one("#heads", QueueHeads)
    rows = getters.query_one("#rows", QueueRows)
    detail = getters.query_one("#detail", TextLine)

    CSS_PATH = "queue.tcss"
    BINDINGS = bindings_for("queue", "editing")

    def __init__(self, desk: Desk, keys: Keys, saving: Saving) -> None:
        """Take the desk to ask, and the way to the file; all subjects in the usual order need no looking up."""
        super().__init__()
        self.desk = desk
        self.keys = keys
        self.saving = saving
        self.view = QueueView()
        self.total = 0
        self.queue: Queue = desk.queue.open(self.view)
        self._kept = ""
        """The subject where the cursor is to go, unless it was moved meanwhile."""
        self._conflicts_told = ""
        self.in_rounds = WorkInRounds(self)
        self.left_over = LeftOver(self)
        self.left_words = LeftWords(self, lambda _: True, lambda _: self.left_over.tell())
        self._wanted = ""
        """The subject where it goes in any case, as soon as its place is known."""
        self.has_begun = False
        """Whether the first lines were shown."""
        self._looking: Worker[None] | None = None
        self._changes = 0
        """What the file said of its changes when it was looked at last."""

    def compose(self) -> ComposeResult:
        """Lay the screen out: where you are, heads, lines, the line of the cursor, keys."""
        rows = QueueRows(self.desk.subjects.default_taxonomies(), self._unsaved, id="rows")
        yield TextLine(id="where")
        yield QueueHeads(rows, id="heads")
        yield rows
        yield TextLine(id="detail")
        yield KeyBar(self.keys.footer("queue"))

    def on_mount(self) -> None:
        """Show the first lines, with the cursor where the annotator stopped."""
        self.rows.focus()
        self.use(self.desk, self.saving)
        for words in self.desk.project.library.warnings:
            self.notify(words, severity="warning", timeout=LEFT_OVER_FOR, markup=False)
        self.set_interval(MARK_EVERY, self._keep_up)
        self.set_interval(LOOK_EVERY, self.look_for_words)
        self.has_begun = True

    def on_resize(self) -> None:
        """Say as much about the subject of the cursor as there is room for now."""
        self._describe()

    @work(thread=True)
    def _warm_up(self) -> None:
        """Read what was left unsaved, and load what the tagging screen needs, while somebody reads the queue."""
        try:
            self._read_words(self.saving)
            import_module("annotator.tui.tagging.screen")
            self._count_conflicts()
            self._count_waiting()
        finally:
            collect_again()

    def _read_words(self, saving: Saving) -> None:
        if saving.desk.annotator:
            self.post_message(ReadWords(saving, saving.read_words()))

    def _count_conflicts(self) -> None:
        """Count what waits to be decided, and where somebody is named."""
        with closing(self.desk.another()) as other:
            if self.desk.annotator and (found := other.conflicts.listed().conflicts):
                self.post_message(FoundConflicts(len(found)))
            if self.desk.annotator and (naming := other.comments.naming()):
                self.post_message(FoundMentions(naming))

    def _count_waiting(self) -> None:
        with closing(self.desk.another()) as other:
            if count := other.waiting.to_decide():
                self.post_message(FoundWaiting(count))

    def on_found_waiting(self, event: FoundWaiting) -> None:
        """Say once that deeds wait for this person, who is a lead."""
        if self.is_current:
            self.say(waiting_words(event.count))

    def on_found_conflicts(self, event: FoundConflicts) -> None:
        """Say once that something waits to be decided, and the way to it."""
        if not self.is_current:
            return
        if event.count == 1:
            self._conflicts_told = self.told(
                "One place is in conflict: what was done apart does not say the same. {conflicts} lists it."
            )
        else:
            self._conflicts_told = self.told(
                "{count} places are in conflict: what was done apart does not say the same; {conflicts} lists all.",
                count=f"{event.count:,}",
            )
        self.say(self._conflicts_told)

    def on_found_mentions(self, event: FoundMentions) -> None:
        """Say once that comments name whoever looks, and the way to them."""
        if self.is_current:
            self.say(naming_in_words(event.count, self.keys))

    def _unsaved(self) -> frozenset[str]:
        return self.saving.unsaved_subjects()

    def _keep_up(self) -> None:
        """Follow what others, or an import, wrote; the file is only asked whether anything changed."""
        if self.is_current:
            self._follow_file()
            self.mark()

    def _follow_file(self) -> None:
        if (changes := self.desk.queue.changes()) != self._changes:
            self._changes = changes
            self.read_soon()
            self.in_rounds.tell_elsewhere()

    def mark(self) -> None:
        """Draw the marks again when something was refused, or saved after all."""
        if self.is_current and self._unsaved() != self.rows.unsaved:
            self.rows.redraw()
            self._describe()

    def on_read_words(self, event: ReadWords) -> None:
        """Mark the subjects that hold unsaved words, and say which they are."""
        self.left_over.take(event)

    def use(self, desk: Desk, saving: Saving) -> None:
        """Look at the queue as the annotator of a desk."""
        self.desk, self.saving = desk, saving
        self._changes = desk.queue.changes()
        point = desk.queue.resume_point() if desk.annotator else None
        self._kept = point.subject if point else ""
        self._show(desk.queue.open(self.view))
        if self.queue.is_partial:
            self.call_after_refresh(self._look_up, self.view)
        self.set_timer(WARM_UP_AFTER, self._warm_up)

    # Looking

    def look(self, view: QueueView, keep: str = "") -> None:
        """Look at the queue another way; the cursor goes to the subject `keep` if it is shown."""
        self.view, self._kept = view, keep
        self.where.text = " looking …"
        self._looking = self._look_up(view)

    @work(thread=True, exclusive=True, group="looking")
    def _look_up(self, view: QueueView) -> None:
        worker = get_current_worker()
        queue = look_up(self.desk, view, lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.post_message(Looked(queue))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stay with what is shown when nothing could be looked up; the app says why."""
        if event.worker is self._looking and event.state is WorkerState.ERROR:
            self.view = self.queue.view
            self._describe()

    def on_looked(self, event: Looked) -> None:
        """Show what was looked up, unless somebody asked for something else meanwhile."""
        if event.queue.view == self.view:
            self._show(self.desk.queue.adopt(event.queue))

    def _show(self, queue: Queue) -> None:
        was_moved = queue.view == self.queue.view and self.rows.cursor > 0
        key = self._wanted or (self.row_key if was_moved else self._kept)
        self.queue = queue
        self.total = queue.count if queue.view.selects_all else max(self.total, queue.count)
        self.rows.fill(0, (), afresh=True)
        self.rows.count = queue.count
        if not queue.is_partial:
            place = queue.position_of(key) if key else None
            if place is not None or not was_moved:
                self.rows.cursor = place or 0
            self._kept = self._wanted = ""
        self._read(self.rows.cursor, self.rows.cursor + 1)
        self._read(*self.rows.in_view)
        self._describe()

    def _read(self, start: int, end: int) -> None:
        """Read lines, but never those that are still being looked up: they follow by themselves."""
        known = self.queue.known
        if self.rows.lacks(start, min(end, known)):
            first = max(0, start - MARGIN)
            self.rows.fill(first, self.queue.rows(first, min(end + MARGIN, known)))

    def read_landed(self) -> None:
        """Read the lines in view anew, and how many subjects there are; the list stays as it was opened."""
        start, end = self.rows.in_view
        self._follow(self.queue, max(0, start - MARGIN), min(end + MARGIN, self.queue.known))

    @work(thread=True, exclusive=True, group="following")
    def _follow(self, queue: Queue, first: int, stop: int) -> None:
        with closing(self.desk.another()) as other:
            found = Followed(queue, first, queue.rows(first, stop, other.queue.store), other.queue.subjects())
        if not get_current_worker().is_cancelled:
            self.post_message(found)

    def on_followed(self, event: Followed) -> None:
        """Show what was read, unless another queue is shown by now."""
        if event.queue is not self.queue or self.view != self.queue.view:
            return
        self.total = max(self.total, event.subjects)
        if self.queue.grow(event.subjects):
            self.rows.count = self.queue.count
        self.rows.fill(event.first, event.rows, afresh=True)
        self._read(self.rows.cursor, self.rows.cursor + 1)  # it may have moved far meanwhile
        self._read(*self.rows.in_view)
        self._describe()

    def _describe(self) -> None:
        self.where.text = " " + summary(self.queue.count, self.total, self.view)
        round_ = rounds_in_words(self.desk.worked_in)
        self.sign(f"{round_} · " if round_ else "")
        self.heads.sorted_by = (self.view.sort, self.view.descending)
        self.rows.empty = nothing_in_words(self.view, self.keys)
        row, place = self.rows.row, f"{self.rows.cursor + 1:,} of {self.queue.count:,} "
        is_unsaved = row is not None and row.key in self.saving.unsaved_subjects()
        room = self.app.size.width - len(f"  {place}")
        self.detail.text = " " + row_in_words(row, room, is_unsaved=is_unsaved) if row else ""
        self.detail.right = place if row else ""

    def read_again(self, key: str = "") -> None:
        """Read the lines in view again after a change; the cursor goes to the subject `key`."""
        if key:
            self._go_to(key)
        self._follow_file()
        self.rows.fill(0, (), afresh=True)
        self._read(*self.rows.in_view)
        self._describe()

    def _go_to(self, key: str) -> None:
        """Put the cursor on a subject; while the queue is being looked up, that is done when its place is known."""
        if self.queue.is_partial:
            self._wanted = key
        elif (place := self.queue.position_of(key)) is not None:
            self.rows.cursor = place

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

    # Opening subjects

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the subject at the cursor, unless it is still being looked up."""
        del event
        if key := self.row_key:
            self.open(key)

    def open(self, key: str, taxonomy: str = "") -> None:
        """Go to the tagging screen of a subject."""
        from annotator.tui.tagging.screen import TaggingScreen

        self.desk.subjects.prefetch(key)  # says so here when the subject is not there any more
        screen = TaggingScreen(self.desk, self.keys, self.saving, key, taxonomy, self.view)
        self.app.push_screen(screen, self._come_back)

    def _come_back(self, key: str | None) -> None:
        self.read_again(key or "")
        self.in_rounds.tell_elsewhere()

    def action_continue_work(self) -> None:
        """Open the subject where the annotator stopped, or the one at the cursor."""
        point = self.desk.queue.resume_point()
        if point is None:
            self.rows.action_choose_line()
            return
        if point.view != self.view:
            self.look(point.view, keep=point.subject)
        self.open(point.subject, point.taxonomy)

    def action_random(self) -> None:
        """Put the cursor on any subject of the view."""
        if self.queue.count:
            self.rows.cursor = randrange(self.queue.count)  # noqa: S311  # no secret

    def action_choose_taxonomy(self) -> None:
        """Ask for a taxonomy, and open the subject at the cursor under it."""
        from annotator.tui.dialogs.ask import Choose

        if row := self.rows.row:
            key = row.key
            kind: SubjectKind = "incident" if row.kind == "incident" else "report"
            options = [
                (each.namespace, f"{each.namespace}  {each.name}") for each in self.desk.subjects.taxonomies_for(kind)
            ]
            self.app.push_screen(
                Choose(self.keys, "Tag under which taxonomy?", options, self.view.taxonomy),
                lambda chosen: self.open(key, chosen) if chosen else None,
            )

    def action_comments(self) -> None:
        """Read and write comments on the subject at the cursor."""
        from annotator.tui.talking import open_thread

        if key := self.row_key:
            open_thread(self, key)

    def action_choose_round(self) -> None:
        """Ask for a round of a taxonomy, and work there from now on."""
        self.in_rounds.ask()

    def action_agreement(self) -> None:
        """Compare annotators."""
        from annotator.desk.comparison.policy import Scope
        from annotator.tui.agreement.screen import AgreementScreen

        scope = Scope(self.view.taxonomy, rounds=self.desk.decided_in)
        self.app.push_screen(
            AgreementScreen(self.desk, self.keys, self.saving, scope), lambda _: self.read_again(self.row_key)
        )

    def action_disagreements(self) -> None:
        """Decide what annotators differ about."""
        from annotator.tui.review.disagreements import DisagreementsScreen

        screen = DisagreementsScreen(self.desk, self.keys, self.saving, self.view.taxonomy)
        self.app.push_screen(screen, lambda _: self.read_again(self.row_key))

    def action_progress(self) -> None:
        """See how far everybody is."""
        from annotator.tui.progress.screen import ProgressScreen

        self.app.push_screen(ProgressScreen(self.desk, self.keys, self.saving), lambda _: self.read_again(self.row_key))

    def action_conflicts(self) -> None:
        """See what was done apart and does not say the same."""
        from annotator.tui.conflicts.screen import ConflictsScreen

        self.unsay(self._conflicts_told)
        self.call_after_refresh(self.unsay, self._conflicts_told)  # where it was about to be told
        screen = ConflictsScreen(self.desk, self.keys, self.saving)
        self.app.push_screen(screen, lambda _: self.read_again(self.row_key))

    # Search, filters and order

    def action_search(self) -> None:
        """Open the line for a search, or go back to it."""
        found = self.query(SearchBox)
        if not found:
            box = SearchBox(self.view.search)
            self.mount(box, after="#where")
            box.focus()
        else:
            found.first().focus()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Name the keys that work while a search is typed, else those of the list."""
        is_typing = isinstance(event.widget, SearchBox)
        footer = search_footer(self.keys) if is_typing else self.keys.footer("queue")
        self.query_one(KeyBar).entries = tuple(footer)

    def on_search_box_sought(self, event: SearchBox.Sought) -> None:
        """Look for what was typed."""
        if event.text.strip() != self.view.search:
            self.look(self.view.but(search=event.text.strip()))

    def on_search_box_left(self) -> None:
        """Go on in the list."""
        self.rows.focus()

    def action_filter(self) -> None:
        """Ask which subjects to show."""
        from annotator.tui.dialogs.filter import queue_filter

        taxonomies, annotators = self.desk.subjects.default_taxonomies(), self.desk.subjects.annotators()
        dialog = queue_filter(self.keys, self.view, taxonomies, annotators, self.desk.queue.makers())
        self.app.push_screen(dialog, lambda view: self.look(view, keep=self.row_key) if view else None)

    def action_show_all(self) -> None:
        """Leave the search; without one, drop all filters."""
        boxes = self.query(SearchBox)
        boxes.remove()
        self.rows.focus()
        if boxes or self.view.search:
            wanted = self.view.but(search="")
        else:
            wanted = QueueView(sort=self.view.sort, descending=self.view.descending)
        if wanted != self.view:
            self.look(wanted, keep=self.row_key)

    def action_next_order(self) -> None:
        """Sort by the next column."""
        following = SORTS[(SORTS.index(self.view.sort) + 1) % len(SORTS)]
        self.look(self.view.but(sort=following), keep=self.row_key)

    def action_reverse_order(self) -> None:
        """Turn the order round."""
        self.look(self.view.but(descending=not self.view.descending), keep=self.row_key)

    # Changes

    def follow(self, change: Change) -> None:
        """Tell what was undone or redone, with the cursor on its subject."""
        super().follow(change)
        self.read_again(change.subject)

    async def action_leave(self) -> None:
        """Quit."""
        await self.app.action_quit()
