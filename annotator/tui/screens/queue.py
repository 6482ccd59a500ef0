"""The queue: every subject, with the state of its classifications."""

from __future__ import annotations

from annotator.models.queue import SORTS, QueueView
from annotator.session import Change
from annotator.tui.keys import bindings_for
from annotator.tui.screens.queue_desk import QueueDesk
from annotator.tui.widgets.rows import LineList
from annotator.tui.widgets.search_box import SearchBox


class QueueScreen(QueueDesk):
    """Finds subjects and opens them."""

    CSS_PATH = "queue.tcss"
    BINDINGS = bindings_for("queue", "editing")

    # Opening subjects

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Open the subject at the cursor."""
        self.open(self.queue.key_at(event.index))

    def open(self, key: str, taxonomy: str = "") -> None:
        """Go to the tagging screen of a subject."""
        from annotator.tui.screens.tagging import TaggingScreen

        self.session.prefetch(key)  # says so here when the subject is not there any more
        screen = TaggingScreen(self.session, key, taxonomy=taxonomy or None, view=self.view, keys=self.keys)
        self.app.push_screen(screen, self._come_back)

    def _come_back(self, key: str | None) -> None:
        self.read_again(key or "")

    def action_continue_work(self) -> None:
        """Open the subject where the annotator stopped, or the one at the cursor."""
        point = self.session.resume_point()
        if point is None:
            self.rows.action_choose_line()
            return
        if point.view != self.view:
            self.look(point.view, keep=point.subject)
        self.open(point.subject, point.taxonomy)

    def action_random(self) -> None:
        """Put the cursor on any subject of the view."""
        key = self.session.random_key(self.view)
        place = self.queue.position_of(key) if key else None
        if place is not None:
            self.rows.cursor = place

    def action_choose_taxonomy(self) -> None:
        """Ask for a taxonomy, and open the subject at the cursor under it."""
        from annotator.tui.dialogs.choose import Choose

        if key := self.row_key:
            kind = self.session.subject(key).kind
            options = [(each.namespace, f"{each.namespace}  {each.name}") for each in self.session.taxonomies_for(kind)]
            self.app.push_screen(
                Choose("Tag under which taxonomy?", options, self.view.taxonomy),
                lambda chosen: self.open(key, chosen) if chosen else None,
            )

    def action_agreement(self) -> None:
        """Compare annotators."""
        from annotator.comparing.scope import Scope
        from annotator.tui.screens.agreement import AgreementScreen

        scope = Scope(self.view.taxonomy, round=self.session.round)
        self.app.push_screen(AgreementScreen(self.session, self.keys, scope), lambda _: self.read_again(self.row_key))

    def action_disagreements(self) -> None:
        """Decide what annotators differ about."""
        from annotator.tui.screens.disagreements import DisagreementsScreen

        screen = DisagreementsScreen(self.session, self.keys, self.view.taxonomy)
        self.app.push_screen(screen, lambda _: self.read_again(self.row_key))

    def action_progress(self) -> None:
        """See how far everybody is."""
        from annotator.tui.screens.progress import ProgressScreen

        self.app.push_screen(ProgressScreen(self.session, self.keys), lambda _: self.read_again(self.row_key))

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

    def on_search_box_sought(self, event: SearchBox.Sought) -> None:
        """Look for what was typed."""
        if event.text.strip() != self.view.search:
            self.look(self.view.but(search=event.text.strip()))

    def on_search_box_left(self) -> None:
        """Go on in the list."""
        self.rows.focus()

    def action_filter(self) -> None:
        """Ask which subjects to show."""
        from annotator.tui.dialogs.filter import FilterDialog

        dialog = FilterDialog(self.view, self.session.default_taxonomies(), self.session.annotators())
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
        self.say(f"{change.subject} {change.words}")
        self.read_again(change.subject)

    def action_leave(self) -> None:
        """Quit."""
        self.app.exit()
