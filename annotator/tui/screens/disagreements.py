"""The queue of disagreements: every subject that annotators answered differently."""

from __future__ import annotations

from annotator.session import Change
from annotator.store.review_queue import REVIEW_ORDERS
from annotator.tui.disputed_words import counted, named
from annotator.tui.keys import bindings_for
from annotator.tui.screens.disagreements_accepting import AcceptingDesk
from annotator.tui.widgets.rows import LineList

ANY = ""


class DisagreementsScreen(AcceptingDesk):
    """Finds disputed subjects and opens them."""

    BINDINGS = bindings_for("disagreements", "editing")

    # Opening subjects

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the subject at the cursor, at the field its line is about."""
        if self.rows.row:
            self.open(self.rows.row.key, self.rows.row.field, event.index)

    def open(self, key: str, field: str = "", place: int | None = None) -> None:
        """Go to the review of a subject."""
        from annotator.tui.screens.opening_review import after_asking

        def show() -> None:
            from annotator.tui.screens.review import ReviewScreen

            self.decide.review(key, self.view.taxonomy)  # says so here when it may not be looked at
            screen = ReviewScreen(self.session, self.keys, key, self.view, field or self.view.field, place)
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
        from annotator.tui.dialogs.choose import Choose

        found = self.decide.disputed_fields(self.view)
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
