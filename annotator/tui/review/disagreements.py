"""The queue of disagreements: every subject that annotators answered differently."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from textual import getters, work
from textual.app import ComposeResult
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from annotator.desk import Change, Desk
from annotator.desk.adjudication import Accepted
from annotator.model.person import STRATEGIES, Strategy
from annotator.model.taxonomy import Taxonomy
from annotator.store.disagreements import Totals
from annotator.store.reviews import REVIEW_ORDERS, ReviewView
from annotator.tui.actions import Place
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.review.disputed_rows import (
    DisputedHeads,
    DisputedRows,
    counted,
    heading,
    line_in_words,
    named,
    nothing_in_words,
)
from annotator.tui.saving import Saving
from annotator.tui.screen import DeskScreen
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine

MARGIN = 64
"""Lines read ahead of what is on screen, on either side."""


class Counted(Message):
    """How many lines a view has, and how many subjects are open and settled."""

    def __init__(self, view: ReviewView, lines: int, totals: Totals) -> None:
        super().__init__()
        self.view = view
        self.lines = lines
        self.totals = totals


STRATEGY_WORDS: dict[Strategy, str] = {
    "unanimous": "two annotators or more, who differ on nothing",
    "majority": "where they differ, more than half give the same answer",
    "single": "one annotator handed in",
}


class Done(Message):
    """A bulk decision has been made."""

    def __init__(self, strategy: Strategy, accepted: Accepted) -> None:
        super().__init__()
        self.strategy = strategy
        self.accepted = accepted


def _lines(done: Accepted) -> Iterator[str]:
    longest = max(map(len, [*done.refused, *done.accepted, *done.untried]), default=0)
    yield from (f"{key:<{longest}}  left: {_shortly(why)}" for key, why in done.refused.items())
    yield from (f"{key:<{longest}}  adjudicated" for key in done.accepted)
    yield from (f"{key:<{longest}}  not come to" for key in done.untried)


def _shortly(why: str) -> str:
    """The first reason, and how many more there are."""
    first, *others = why.splitlines() or [""]
    return f"{first} (and {len(others)} more)" if others else first


ANY = ""


class DisagreementsScreen(DeskScreen[None]):
    """Finds disputed subjects and opens them."""

    PLACE: Place = "disagreements"
    CSS_PATH = "disagreements.tcss"

    where = getters.query_one("#where", TextLine)
    heads = getters.query_one("#heads", DisputedHeads)
    rows = getters.query_one("#rows", DisputedRows)
    detail = getters.query_one("#detail", TextLine)

    BINDINGS = bindings_for("disagreements", "editing")

    def __init__(self, desk: Desk, keys: Keys, saving: Saving, taxonomy: str = "") -> None:
        """Take the desk and the way to the file; without a taxonomy, the first with something open comes up."""
        super().__init__()
        self.desk = desk
        self.keys = keys
        self.saving = saving
        self.decide = desk.adjudication
        self.names = (
            self.desk.review.disputed() or self.desk.review.disputed(settled=True) or desk.subjects.default_taxonomies()
        )
        self.view = ReviewView(taxonomy or self.names[0], desk.round)
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
        return self.desk.subjects.taxonomy(self.view.taxonomy)

    # Looking

    def look(self, view: ReviewView, keep: int = 0) -> None:
        """Look at the queue another way, with the cursor on a line; lines are counted in a thread."""
        self.view, self.totals = view, None
        self.rows.taxonomy, self.rows.has_fields = self.taxonomy, view.order == "field"
        first = max(0, keep - MARGIN)
        found = self.desk.review.queue(view, first, keep + MARGIN)
        self.rows.fill(first, found, afresh=True)
        self.rows.count = first + len(found)
        self.rows.cursor = keep
        self.rows.empty = "" if found else "Looking …"
        self.describe()
        self._count(view)

    @work(thread=True, exclusive=True, group="counting")
    def _count(self, view: ReviewView) -> None:
        with closing(self.desk.another()) as other:
            counted = Counted(view, other.review.count(view), other.review.totals(view.taxonomy, view.field))
        if not get_current_worker().is_cancelled:
            self.post_message(counted)

    def on_counted(self, event: Counted) -> None:
        """Show how many there are, unless somebody asked for something else meanwhile."""
        if event.view != self.view:
            return
        self.totals = event.totals
        self.rows.count = event.lines
        if not event.lines:
            self.rows.empty = nothing_in_words(self.view, self.desk.review.witnesses(self.view.taxonomy), self.totals)
            self.rows.redraw()
        self._read(*self.rows.in_view)
        self.describe()

    def _read(self, start: int, end: int) -> None:
        if self.rows.lacks(start, min(end, self.rows.count)):
            first = max(0, start - MARGIN)
            self.rows.fill(first, self.desk.review.queue(self.view, first, end + MARGIN))

    def describe(self) -> None:
        """Say what is shown, and tell about the line of the cursor."""
        place = f" {self.names.index(self.view.taxonomy) + 1}/{len(self.names)}" if self._has_others else ""
        self.where.text = " " + heading(self.view, self.totals, self.taxonomy, place)
        self.where.right = f" {self.desk.annotator or 'nobody yet'} "
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

    def action_accept_agreed(self) -> None:
        """Ask for a strategy."""
        from annotator.tui.dialogs.ask import Choose

        options: list[tuple[str, str]] = [(name, f"{name:<10} {STRATEGY_WORDS[name]}") for name in STRATEGIES]

        def confirm(chosen: str | None) -> None:
            if chosen is not None:
                self._confirm(next(name for name in STRATEGIES if name == chosen))

        self.app.push_screen(Choose("Accept in bulk what …", options), confirm)

    def _confirm(self, strategy: Strategy) -> None:
        from annotator.tui.dialogs.ask import Confirm

        name = self.view.taxonomy
        waiting = self.desk.review.undecided(name)
        if not waiting:
            self.notify(f"Everything handed in under {name} in round {self.view.round} is adjudicated.", markup=False)
            return
        lines = (
            f"Undecided under {name} in round {self.view.round}: {counted(waiting, 'subject')}.",
            "Adjudicated at once, of these:",
            f"  {STRATEGY_WORDS[strategy]}.",
            "Left for people: what does not validate, and your own work.",
            "You can read which. One undo takes all of it back.",
        )

        def accept(yes: bool | None) -> None:
            if yes:
                self.where.right = "accepting … "
                self._accept(name, strategy)

        self.app.push_screen(Confirm(f"Accept by {strategy}?", *lines), accept)

    @work(thread=True, exclusive=True, group="accepting")
    def _accept(self, name: str, strategy: Strategy) -> None:
        here = get_current_worker()
        with closing(self.desk.another()) as other:
            done = other.adjudication.accept_agreed(name, strategy, goes_on=lambda: not here.is_cancelled)
        self.post_message(Done(strategy, done))
        if done.stopped_by:
            raise done.stopped_by

    def on_done(self, event: Done) -> None:
        """List what was accepted, and what was not and why."""
        from annotator.tui.dialogs.line_dialog import LineDialog

        self.read_again()
        done = event.accepted
        keys = [*done.refused, *done.accepted, *done.untried]
        accepted, refused = len(done.accepted), len(done.refused)
        title = f"{event.strategy}: {counted(accepted, 'subject')} adjudicated, {refused:,} left for people"
        if done.untried:
            title += f", stopped before {len(done.untried):,}"

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted:
                self.open(keys[wanted[1]])

        hint = "enter review   u in the queue undoes it   esc close"
        self.app.push_screen(LineDialog(title, list(_lines(done)), hint=hint), follow)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Stop promising what will not come; the app tells why."""
        if event.state is WorkerState.ERROR:
            self.describe()

    # Opening subjects

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the subject at the cursor, at the field its line is about."""
        if self.rows.row:
            self.open(self.rows.row.key, self.rows.row.field, event.index)

    def open(self, key: str, field: str = "", place: int | None = None) -> None:
        """Go to the review of a subject."""
        from annotator.tui.review.opening import after_asking

        def show() -> None:
            from annotator.tui.review.screen import ReviewScreen

            self.desk.review.of(key, self.view.taxonomy)  # says so here when it may not be looked at
            screen = ReviewScreen(self.desk, self.keys, self.saving, key, self.view, field or self.view.field, place)
            self.app.push_screen(screen, lambda _: self.read_again())

        after_asking(self, key, self.view.taxonomy, show)

    def action_leave_disagreements(self) -> None:
        """Go back to where this screen was opened."""
        self.dismiss(None)

    # Other views

    def action_review_order(self) -> None:
        """Take the next order."""
        following = REVIEW_ORDERS[(REVIEW_ORDERS.index(self.view.order) + 1) % len(REVIEW_ORDERS)]
        self.look(self.view._replace(order=following))

    def action_settled(self) -> None:
        """Show what is settled instead of what is open, or the other way round."""
        self.look(self.view._replace(settled=not self.view.settled))

    def action_disputed_field(self) -> None:
        """Ask for a field, those that are disputed most first."""
        from annotator.tui.dialogs.ask import Choose

        found = self.desk.review.disputed_fields(self.view)
        options = [(ANY, "any field")]
        options += [(field, f"{named(self.taxonomy, field)}  {counted(count, 'subject')}") for field, count in found]

        def show(chosen: str | None) -> None:
            if chosen is not None and chosen != self.view.field:
                self.look(self.view._replace(field=chosen))

        self.app.push_screen(Choose("Who differ on which field?", options, self.view.field), show)

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
            self.look(self.view._replace(taxonomy=names[(at + steps) % len(names)], field=""))
        else:
            self.notify("Under no other taxonomy do annotators differ.")

    # Changes

    def follow(self, change: Change) -> None:
        """Tell what was undone or redone."""
        self.say(f"{change.subject} {change.words}")
        self.read_again()
