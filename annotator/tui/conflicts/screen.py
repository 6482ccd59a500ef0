"""Conflicts: every place at which what was done apart does not say the same, and keeping one of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial

from textual import events, getters, work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import Worker, WorkerState

from annotator.desk import Change, Desk
from annotator.desk.conflicts.conflicts import Kept
from annotator.desk.conflicts.sides import OpenConflict
from annotator.desk.place import Place as OnFile
from annotator.errors import AnnotatorError, StoreError
from annotator.model.person import ADJUDICATED, same_name
from annotator.model.place import NOTE
from annotator.tui.actions import Place
from annotator.tui.conflicts.rows import ConflictHeads, ConflictRows, Line, Listing, Sides, count_in_words, listing
from annotator.tui.deeds import KEEPING, REDO, UNDO
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.saving import Saving
from annotator.tui.screen import DeskScreen
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine, TextLines

EVERY = 1.0
"""Seconds between looks at whether somebody else has written."""
MOST_TOLD = 6
"""Lines of what is told below the versions."""
NONE_KEPT = "Nothing was kept here that can be {turned}. What you did elsewhere is {turned} in the queue."


class Found(Message):
    """All that may be seen has been looked up."""

    def __init__(self, found: Listing) -> None:
        super().__init__()
        self.found = found


class ConflictsScreen(DeskScreen[None]):
    """Looks up in a thread, again whenever anybody has written."""

    PLACE: Place = "conflicts"
    LEAVE = "leave_conflicts"
    CSS_PATH = "conflicts.tcss"
    BINDINGS = bindings_for("conflicts", "editing")

    where = getters.query_one("#where", TextLine)
    heads = getters.query_one("#heads", ConflictHeads)
    rows = getters.query_one("#rows", ConflictRows)
    detail = getters.query_one("#detail", TextLines)
    sides = getters.query_one("#sides", Sides)
    news = getters.query_one("#told", TextLines)

    def __init__(self, desk: Desk, keys: Keys, saving: Saving) -> None:
        """Take the desk to ask, and the way to the file."""
        super().__init__()
        self.desk = desk
        self.keys = keys
        self.saving = saving
        self._seen = -1
        self._is_looking = False
        self._left_out = ""
        self._kept = ""
        """What was kept last, in words, until another place is looked at than came up then."""
        self._came_up: Line | None = None
        self._kept_here = set[str]()
        """The events by which something was kept on this screen: what can be undone on it."""
        self._told_at: Line | None = None

    def compose(self) -> ComposeResult:
        """Lay the screen out: where you are, heads, places, the one of the cursor, what was said there, news, keys."""
        rows = ConflictRows(id="rows")
        yield TextLine(id="where")
        yield ConflictHeads(rows, id="heads")
        yield rows
        yield TextLines(least=1, most=2, id="detail")
        yield Sides(id="sides")
        yield TextLines(most=MOST_TOLD, id="told")
        yield KeyBar(self.keys.footer("conflicts"))

    def on_mount(self) -> None:
        """Begin to look."""
        self.rows.focus()
        self.rows.empty = "Looking …"
        self.where.text = " Conflicts"
        self.sign()
        self._follow()
        self.set_interval(EVERY, self._follow)

    # Looking

    def _follow(self) -> None:
        """Look again when anybody has written; no look is cut off, so that one comes however busy they are."""
        seen = self.desk.queue.changes()
        if seen != self._seen and not self._is_looking:
            self._seen = seen
            self._is_looking = True
            self._look()

    def read_landed(self) -> None:
        """Look again: what was kept here is on the file."""
        self._follow()

    @work(thread=True, group="looking")
    def _look(self) -> None:
        with closing(self.desk.another()) as other:
            self.post_message(Found(listing(other, other.conflicts.listed())))

    def on_found(self, event: Found) -> None:
        """Show what was found; the cursor stays with its place."""
        self._is_looking = False
        self._left_out = event.found.left_out
        self._show(event.found.lines)

    def _show(self, lines: list[Line]) -> None:
        kept, cursor = self.rows.line, self.rows.cursor
        self.rows.empty = "\n".join(filter(None, [self._nothing, self._left_out]))
        self.rows.set_class(not lines, "-empty")
        self.rows.fill(lines)
        places = (place for place, line in enumerate(lines) if kept and _is_same(line, kept))
        self.rows.cursor = next(places, cursor)
        self._told_at = self.rows.line  # what comes to the list takes nothing away that was told
        self._head()
        self.heads.refresh()
        self._describe()

    def _head(self) -> None:
        closed = "what is closed to you is left out" if self._left_out else ""
        words = ("Conflicts", count_in_words(self.rows.count), closed, self._kept)
        self.where.text = f" {' · '.join(filter(None, words))}"

    @property
    def _nothing(self) -> str:
        if self._left_out:
            return self.told("Nothing that you may see is in conflict. Leave with {leave_conflicts}.")
        return self.told(
            "Nothing is in conflict: what was done apart says the same everywhere. Leave with {leave_conflicts}."
        )

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stop promising what will not come; the app tells why."""
        if event.state is WorkerState.ERROR and event.worker.group == "looking":
            self._is_looking = False
            self.where.text = " Conflicts · not looked up"

    def _describe(self) -> None:
        line = self.rows.line
        self.detail.text = f"{line.where} · {line.label}" if line else ""
        self.sides.line = line

    def on_line_list_moved(self) -> None:
        """Show what was said at the place of the cursor."""
        line = self.rows.line
        if self._kept and line and self._came_up and not _is_same(line, self._came_up):
            self._forget_kept()
        if line and self._told_at and not _is_same(line, self._told_at):
            self._tell_here("")
        self._describe()

    def _forget_kept(self) -> None:
        self._kept = ""
        self._head()

    def action_versions_down(self) -> None:
        """Read on in what was said."""
        self.sides.scroll_pages(1)

    def action_versions_up(self) -> None:
        """Go back in what was said."""
        self.sides.scroll_pages(-1)

    # Telling

    def say(self, words: str) -> None:
        """Tell something below the versions, in place of what was told before, until another place is looked at."""
        if self.is_current:
            self._tell_here(words)
        else:
            super().say(words)

    def unsay(self, words: str) -> None:
        """Take it back, where it is on screen still."""
        super().unsay(words)
        if self.news.text == words:
            self._tell_here("")

    def tell(self, refusal: AnnotatorError | None) -> None:
        """Tell why something was not kept or undone."""
        if refusal is None or isinstance(refusal, StoreError) or not self.is_current:
            super().tell(refusal)
        else:
            self.say(" · ".join(str(refusal).splitlines()))

    def _tell_here(self, words: str) -> None:
        self.news.text, self._told_at = words, self.rows.line

    def on_screen_suspend(self) -> None:
        """Leave nothing of what was told for when somebody comes back."""
        super().on_screen_suspend()
        self._tell_here("")

    # Undoing

    def action_undo(self) -> None:
        """Undo what was kept on this screen last, where nothing was done since; nothing else."""
        self._turn_kept(UNDO, lambda desk: desk.history.undo(self._kept_here), "undone")

    def action_redo(self) -> None:
        """Keep again what was kept on this screen and undone last."""
        self._turn_kept(REDO, lambda desk: desk.history.redo(self._kept_here), "redone")

    def _turn_kept(self, kind: str, work: Callable[[Desk], Change | None], turned: str) -> None:
        self._tell_here("")
        self._put_turn(kind, work, NONE_KEPT.format(turned=turned))

    # Keeping

    def on_key(self, event: events.Key) -> None:
        """Keep the version under a number."""
        keys = self.keys.of("keep_side")
        if event.key in keys:
            event.stop()
            self._keep(keys.index(event.key))

    def _keep(self, place: int) -> None:
        line = self.rows.line
        if line is None or place >= len(line.conflict.sides):
            return
        conflict, side = line.conflict, line.conflict.sides[place]
        at = OnFile(conflict.subject, conflict.taxonomy, conflict.field, KEEPING)
        saved, not_saved = partial(self._show_kept, line, line.sides[place][0]), self._not_kept
        self._tell_here("")
        self.let_keys_wait_for(self.saving.put_deed(partial(_keep, side.event), at, saved, not_saved))
        self.show_saving()

    def _show_kept(self, line: Line, words: str, done: tuple[Kept, str]) -> None:
        """Take the place off the list at once, so that the next key is for the next one."""
        kept, made = done
        self._kept_here.add(made)
        with self.arriving():
            self.show_saving()
            further = f", there and at {kept.also:,} more" if kept.also else ""
            words = f"✓ Kept for {line.label} of {kept.conflict.subject or 'the team'}: {words}{further}."
            if self.is_attached:
                event = kept.side.event
                gone = [each for each in self.rows.lines if kept.also and _has(each.conflict, event)] or [line]
                self._kept = words
                self._show([each for each in self.rows.lines if each not in gone])
                self._came_up = self.rows.line
            else:
                self.say(words)

    def _not_kept(self, refusal: AnnotatorError | None) -> None:
        with self.arriving("Nothing was kept."):
            self.show_saving()
            self.tell(refusal)

    def follow(self, change: Change) -> None:
        """Tell what was undone or redone, and look again."""
        super().follow(change)
        self._forget_kept()
        self._follow()

    # Going there

    async def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the subject at the field, where it can be answered or ruled anew."""
        conflict = self.rows.lines[event.index].conflict
        if conflict.is_of_team:
            self.say(self.told("There is no form for this; {keep_side} keep one of what was said."))
        elif conflict.annotator == ADJUDICATED:
            from annotator.tui.review.opening import open_review

            open_review(
                self, conflict.subject, conflict.taxonomy, conflict.field, self._come_back, round_=conflict.round
            )
        elif same_name(conflict.annotator, self.desk.annotator):
            await self._open(conflict)
        else:
            who = conflict.annotator
            self.say(self.told("Only {who} can answer anew here; {keep_side} keep one of what was said.", who=who))

    async def _open(self, conflict: OpenConflict) -> None:
        from annotator.tui.tagging.screen import TaggingScreen

        own, key = self.desk, conflict.subject
        desk = own if conflict.round == own.worked_in.under(conflict.taxonomy) else own.in_round(conflict.round)
        desk.subjects.prefetch(key)  # says so here when the subject is not there any more
        screen = TaggingScreen(desk, self.keys, self.saving.of(desk), key, conflict.taxonomy, field=conflict.field)
        await self.app.push_screen(screen, self._come_back)
        if conflict.place == NOTE:
            screen.action_notes()

    def _come_back(self, _: str | None) -> None:
        self._follow()

    def action_leave_conflicts(self) -> None:
        """Go back to the queue."""
        self.dismiss(None)


def _keep(event: str, desk: Desk) -> tuple[Kept, str]:
    """Keep one of what was said; gives that, and the event that undoing it is about, where it can be undone."""
    before = desk.history.latest()
    kept = desk.conflicts.keep(event)
    made = desk.history.latest()
    return kept, made if made != before else ""


def _is_same(line: Line, other: Line) -> bool:
    """Whether two lines are about the same place."""
    return line.conflict._replace(sides=()) == other.conflict._replace(sides=())


def _has(conflict: OpenConflict, event: str) -> bool:
    return any(side.event == event for side in conflict.sides)
