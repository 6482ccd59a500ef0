"""The queue of disagreements: every subject that annotators answered differently."""

from __future__ import annotations

from contextlib import closing
from time import monotonic

from rich.cells import cell_len
from textual import getters, work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from annotator.desk import Change, Desk
from annotator.desk.place import Place as OnFile
from annotator.model.person import STRATEGIES, Strategy
from annotator.model.review import NO_LINES, REVIEW_ORDERS, DisputedSubject, Lines, Reviewed, ReviewView, Totals
from annotator.model.rounds import short
from annotator.model.taxonomy import Taxonomy
from annotator.tui.actions import Place
from annotator.tui.deeds import ACCEPTING, deed_at, is_deed
from annotator.tui.dialogs.ask import Choose, Confirm
from annotator.tui.dialogs.line_dialog import LineDialog
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.left_words import LOOK_EVERY, LeftWords
from annotator.tui.review.accepting import STRATEGY_WORDS, Done, Progressed, accept, done_in_words, keys_of, lines_of
from annotator.tui.review.disputed_rows import (
    DisputedHeads,
    DisputedRows,
    counted,
    heading,
    line_in_words,
    named,
    nothing_in_words,
)
from annotator.tui.review.opening import after_asking
from annotator.tui.saving import Saving, is_of_review
from annotator.tui.screen import LOOK, MARK_EVERY, DeskScreen
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import LEAST_OF_A_NAME, NOBODY, TextLine

TELL_EVERY = 0.1
"""Seconds between two words on how far accepting in bulk has come."""
MARGIN = 64
"""Lines read ahead of what is on screen, on either side."""


class Listed(Message):
    """Lines of a view have been read, from one on."""

    def __init__(
        self,
        view: ReviewView,
        listed: Lines,
        first: int,
        rows: list[DisputedSubject],
        keep: int | None,
        follows: bool = False,
    ) -> None:
        super().__init__()
        self.view = view
        self.listed = listed
        """Which lines the view has, as far as that is known."""
        self.first = first
        self.rows = rows
        self.keep = keep
        """Where the cursor is to stand when the view is a new one; None for more lines of the same."""
        self.follows = follows
        """Whether the cursor rather stays with its subject, wherever both have gone meanwhile."""


class Outdated(Message):
    """Lines of a view have left the queue since it was listed."""

    def __init__(self, view: ReviewView) -> None:
        super().__init__()
        self.view = view


class Counted(Message):
    """Which lines a view has, how many subjects are open and settled, and some of those who handed in."""

    def __init__(self, view: ReviewView, listed: Lines, totals: Totals, witnesses: list[str]) -> None:
        super().__init__()
        self.view = view
        self.listed = listed
        self.totals = totals
        self.witnesses = witnesses


ANY = ""


class DisagreementsScreen(DeskScreen[None]):
    """Finds disputed subjects and opens them."""

    PLACE: Place = "disagreements"
    LEAVE = "leave_disagreements"
    CSS_PATH = "disagreements.tcss"

    where = getters.query_one("#where", TextLine)
    heads = getters.query_one("#heads", DisputedHeads)
    rows = getters.query_one("#rows", DisputedRows)
    detail = getters.query_one("#detail", TextLine)

    BINDINGS = bindings_for("disagreements", "editing")

    def __init__(self, desk: Desk, keys: Keys, saving: Saving, taxonomy: str = "") -> None:
        """Take the desk and the way to the file; without a taxonomy, the first with something open comes up."""
        super().__init__()
        self.desk = desk.deciding
        self.keys = keys
        self.saving = saving.of(self.desk)
        found = [*desk.review.disputed(), *desk.review.disputed(stale=True)]
        self.names = list(dict.fromkeys(found or desk.review.disputed(settled=True)))
        self.names = self.names or desk.subjects.default_taxonomies()
        self.view = desk.review.view(taxonomy or self.names[0])
        self.listed = NO_LINES
        self._keep = 0
        """Where the cursor is to stand once the view that is looked up is shown."""
        self.totals: Totals | None = None
        self.accepting: Worker[None] | None = None
        """What accepts in bulk just now."""
        self.to_accept = 0
        self.left_words = LeftWords(
            self, lambda place: is_of_review(place) and not is_deed(place), lambda _: self._mark()
        )

    def compose(self) -> ComposeResult:
        """Lay the screen out: where you are, heads, lines, the line of the cursor, keys."""
        rows = DisputedRows(self._unsaved, id="rows")
        yield TextLine(id="where")
        yield DisputedHeads(rows, id="heads")
        yield rows
        yield TextLine(id="detail")
        yield KeyBar(self.keys.footer("disagreements"))

    def on_mount(self) -> None:
        """Show the first lines."""
        self.rows.focus()
        self.look(self.view)
        self.set_interval(MARK_EVERY, self._mark)
        self.set_interval(LOOK_EVERY, self.look_for_words)

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy the view is about."""
        return self.desk.subjects.taxonomy(self.view.taxonomy)

    def _unsaved(self) -> frozenset[str]:
        return self.saving.unsaved_reviews(self.view.taxonomy)

    def _mark(self) -> None:
        """Draw the marks again when something was refused, or saved after all."""
        if self.is_current and self._unsaved() != self.rows.unsaved:
            self.rows.redraw()
            self.describe()

    # Looking

    def look(self, view: ReviewView, keep: int = 0) -> None:
        """Look at the queue another way, with the cursor on a line; it is read and counted in a thread."""
        self.view, self.totals, self._keep = view, None, keep
        self.describe()
        self._look_up(view, keep)

    def read_landed(self) -> None:
        """Read and count anew what is shown; the cursor stays with its subject."""
        if self.totals is None:  # it is being looked up, maybe as it was before
            self._look_up(self.view, self._keep)
        else:
            self._look_up(self.view, self.rows.cursor, follows=True)

    @work(thread=True, exclusive=True, group="looking")
    def _look_up(self, view: ReviewView, keep: int, *, follows: bool = False) -> None:
        with closing(self.desk.another()) as other:
            review = other.review
            self._list(other, view, review.lines(view, keep + MARGIN), keep - MARGIN, keep + MARGIN, keep, follows)
            totals = review.totals(view.taxonomy, view.field)
            counted = Counted(view, review.lines(view), totals, review.witnesses(view.taxonomy))
        if not get_current_worker().is_cancelled:
            self.post_message(counted)

    @work(thread=True, exclusive=True, group="reading")
    def _read_more(self, view: ReviewView, listed: Lines, start: int, stop: int) -> None:
        with closing(self.desk.another()) as other:
            self._list(other, view, listed, start - MARGIN, stop + MARGIN)

    def _list(
        self,
        other: Desk,
        view: ReviewView,
        listed: Lines,
        start: int,
        stop: int,
        keep: int | None = None,
        follows: bool = False,
    ) -> None:
        first, stop = max(0, start), min(stop, len(listed))
        rows = other.review.rows(view, listed, first, stop)
        if get_current_worker().is_cancelled:
            return
        if len(rows) < stop - first:
            self.post_message(Outdated(view))
        else:
            self.post_message(Listed(view, listed, first, rows, keep, follows))

    def on_listed(self, event: Listed) -> None:
        """Show lines, unless somebody asked for something else meanwhile."""
        if event.view != self.view:
            return
        rows, is_new = self.rows, event.keep is not None
        if is_new:
            rows.taxonomy, rows.has_fields = self.taxonomy, event.view.order == "field"
            rows.empty = "" if event.rows else "Looking …"
            self.listed = event.listed
        elif event.listed is not self.listed:
            return
        cursor = self._place_in(event)
        rows.fill(event.first, event.rows, afresh=is_new)
        if cursor is not None:
            rows.count = len(event.listed)
            rows.cursor = cursor
        self.describe()

    def _place_in(self, event: Listed) -> int | None:
        """Where the cursor goes in a list; None where it stays."""
        if not event.follows or (row := self.rows.row) is None:
            return event.keep
        places = (
            place
            for place, each in enumerate(event.rows, event.first)
            if (each.key, each.field) == (row.key, row.field)
        )
        return next(places, self.rows.cursor)

    def on_outdated(self, event: Outdated) -> None:
        """Look again, unless somebody asked for something else meanwhile."""
        if event.view == self.view:
            self.read_again()

    def on_counted(self, event: Counted) -> None:
        """Show how many there are, unless somebody asked for something else meanwhile."""
        if event.view != self.view:
            return
        known = len(self.listed)
        if event.listed.window(0, known) != self.listed.window(0, known):  # others decided in between
            self.rows.fill(0, (), afresh=True)
        self.listed, self.totals = event.listed, event.totals
        self.rows.count = len(event.listed)
        if not event.listed:
            self.rows.empty = nothing_in_words(self.view, event.witnesses, self.totals, self.keys)
            self.rows.redraw()
        self._read(*self.rows.in_view)
        self.describe()

    def _read(self, start: int, end: int) -> None:
        if self.rows.lacks(start, min(end, self.rows.count)):
            self._read_more(self.view, self.listed, start, end)

    def on_resize(self) -> None:
        """Say as much as there is room for now."""
        self.describe()

    def describe(self) -> None:
        """Say what is shown, and tell about the line of the cursor."""
        place = f" {self.names.index(self.view.taxonomy) + 1}/{len(self.names)}" if self._has_others else ""
        around = len("  ") + cell_len(self._after_name)
        room = self.app.size.width - around - min(cell_len(self.desk.annotator or NOBODY), LEAST_OF_A_NAME)
        self.where.text = " " + heading(self.view, self.totals, self.taxonomy, place, room)
        if not self.accepting:
            self.sign(" ")
        self.heads.order = self.view.order
        self.heads.refresh()
        row = self.rows.row
        count = f"{self.rows.count:,}" if self.totals else "…"
        standing = f"{self.rows.cursor + 1:,} of {count} "
        room = self.app.size.width - len(f"  {standing}")
        is_unsaved = row is not None and row.key in self._unsaved()
        self.detail.text = f" {line_in_words(row, self.taxonomy, room, is_unsaved=is_unsaved)}" if row else ""
        self.detail.right = standing if row else ""

    def show_saving(self) -> None:
        """Say in the head line that something is on its way, in the room that the rest leaves."""
        self.describe()

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

    # Accepting in bulk

    def action_accept_agreed(self) -> None:
        """Ask for a strategy."""
        if self.accepting:
            self.say(self.told("Subjects are being accepted already; {leave_disagreements} stops that."))
            return
        options: list[tuple[str, str]] = [(name, f"{name:<10} {STRATEGY_WORDS[name]}") for name in STRATEGIES]

        def count(chosen: str | None) -> None:
            if chosen is not None:
                strategy = next(name for name in STRATEGIES if name == chosen)
                name = self.view.taxonomy
                self.bring(
                    lambda desk: desk.review.undecided(name),
                    lambda waiting: self._confirm(name, strategy, waiting),
                    "Nothing was accepted.",
                )

        self.app.push_screen(Choose(self.keys, "Accept in bulk what …", options), count)

    def _confirm(self, name: str, strategy: Strategy, waiting: int) -> None:
        if not waiting:
            self.say(f"Everything handed in under {name} in round {short(self.view.round)} is adjudicated.")
            return
        lines = (
            f"Undecided under {name} in round {short(self.view.round)}: {counted(waiting, 'subject')}.",
            "Adjudicated at once, of these:",
            f"  {STRATEGY_WORDS[strategy]}.",
            "Left for people: what does not validate, and your own work.",
            "You can read which. One undo takes all of it back.",
        )

        def begin(yes: bool | None) -> None:
            if yes:
                self.to_accept = waiting
                self.saving.keep_deed(OnFile("", name, "", ACCEPTING))
                self.accepting = self._accept(name, strategy)
                self.on_progressed(Progressed(0, False))

        self.app.push_screen(Confirm(self.keys, f"Accept by {strategy}?", *lines), begin)

    @work(thread=True, exclusive=True, group="accepting")
    def _accept(self, name: str, strategy: Strategy) -> None:
        here = get_current_worker()
        told = 0.0

        def tell(come_to: int, is_waiting: bool) -> None:
            nonlocal told
            if is_waiting or monotonic() - told >= TELL_EVERY:
                told = monotonic()
                self.post_message(Progressed(come_to, is_waiting))

        try:
            done = accept(self.desk, name, strategy, lambda: here.is_cancelled, tell)
        finally:
            if not self.saving.is_leaving:
                self.saving.words.forget(deed_at(OnFile("", name, "", ACCEPTING)))
        self.post_message(Done(strategy, done, here.is_cancelled))
        if done.stopped_by:
            raise done.stopped_by

    def on_progressed(self, event: Progressed) -> None:
        """Say how far accepting has come."""
        if self.accepting:
            how_far = f"{event.come_to:,} of {self.to_accept:,}"
            self.where.right = (
                self.told(
                    " waiting for another process, accepting {how_far} · {leave_disagreements} stops ", how_far=how_far
                )
                if event.is_waiting
                else self.told(" accepting {how_far} · {leave_disagreements} stops ", how_far=how_far)
            )

    def on_done(self, event: Done) -> None:
        """List what was accepted, and what was not and why; somebody who has gone on is told in passing."""
        self.accepting = None
        keys = keys_of(event.accepted)
        title = done_in_words(event.strategy, event.accepted, is_stopped=event.is_stopped)
        self.read_again()
        if self.app.screen is not self or not keys:  # over another dialog, it would take that one's keys
            self.say(title)
            return

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted:
                self.open(keys[wanted[1]])

        hint = self.told("{choose_line} review   {undo} in the queue undoes it   {cancel} close")
        self.app.push_screen(LineDialog(self.keys, title, list(lines_of(event.accepted)), hint=hint), follow)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stop promising what will not come; the app tells why."""
        if event.state is WorkerState.ERROR:
            if event.worker is self.accepting:
                self.accepting = None
            self.describe()

    # Opening subjects

    def on_line_list_chosen(self) -> None:
        """Open the subject at the cursor, at the field its line is about."""
        if self.rows.row:
            self.open(self.rows.row.key, self.rows.row.field, self.rows.row)

    def open(self, key: str, field: str = "", line: DisputedSubject | None = None) -> None:
        """Go to the review of a subject, and from there along the queue, from a line on."""

        def show(found: Reviewed) -> None:
            from annotator.tui.review.screen import ReviewScreen

            screen = ReviewScreen(self.desk, self.keys, self.saving, found, self.view, field or self.view.field, line)
            self.app.push_screen(screen, lambda _: self.read_again())

        after_asking(self, self.desk, self.saving, OnFile(key, self.view.taxonomy, "", LOOK), show)

    def action_leave_disagreements(self) -> None:
        """Stop accepting in bulk, else go back to where this screen was opened."""
        if self.accepting:
            self.accepting.cancel()
        else:
            self.dismiss(None)

    # Other views

    def action_review_order(self) -> None:
        """Take the next order."""
        following = REVIEW_ORDERS[(REVIEW_ORDERS.index(self.view.order) + 1) % len(REVIEW_ORDERS)]
        self.look(self.view._replace(order=following))

    def action_settled(self) -> None:
        """Show what is settled instead of what is open, then what is stale where anything is, then what is open."""
        view, is_any_stale = self.view, bool(self.totals and self.totals.stale)
        if view.settled and not view.stale and is_any_stale:
            self.look(view._replace(stale=True))
        else:
            self.look(view._replace(settled=not view.settled, stale=False))

    def action_disputed_field(self) -> None:
        """Ask for a field, those that are disputed most first."""
        view = self.view
        self.bring(lambda desk: desk.review.disputed_fields(view), self._ask_field, "Nothing was chosen.")

    def _ask_field(self, found: list[tuple[str, int]]) -> None:
        options = [(ANY, "any field")]
        options += [(field, f"{named(self.taxonomy, field)}  {counted(count, 'subject')}") for field, count in found]

        def show(chosen: str | None) -> None:
            if chosen is not None and chosen != self.view.field:
                self.look(self.view._replace(field=chosen))

        self.app.push_screen(Choose(self.keys, "Who differ on which field?", options, self.view.field), show)

    def action_disputed_taxonomy_after(self) -> None:
        """Show the next taxonomy."""
        self._turn(1)

    def action_disputed_taxonomy_before(self) -> None:
        """Show the taxonomy before."""
        self._turn(-1)

    def _turn(self, steps: int) -> None:
        names = self.names
        if [name for name in names if name != self.view.taxonomy]:
            at = names.index(self.view.taxonomy) if self.view.taxonomy in names else -max(steps, 0)
            there = self.desk.review.view(names[(at + steps) % len(names)])
            self.look(there._replace(order=self.view.order, settled=self.view.settled))
        else:
            self.say("Under no other taxonomy do annotators differ.")

    # Changes

    def follow(self, change: Change) -> None:
        """Tell what was undone or redone."""
        self.say(f"{change.subject} {change.words}")
        self.read_again()
