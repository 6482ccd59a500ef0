"""The tagging screen: walking along the queue, the taxonomies, the reports and the panes."""

from __future__ import annotations

from textual.events import DescendantBlur, DescendantFocus

from annotator.session import Change
from annotator.tui.keys import bindings_for
from annotator.tui.screens.tagging_edits import CLOSED
from annotator.tui.screens.tagging_status import TaggingStatus
from annotator.tui.widgets.taxonomy_tabs import TaxonomyTabs

LAYOUTS = ("", "-stacked", "-form-only", "-report-only")


class TaggingScreen(TaggingStatus):
    """A report beside the form of a taxonomy; dismisses with the key of the last subject."""

    BINDINGS = bindings_for("tagging", "editing")

    # Panes

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the keys of the pane that has the focus; in the report nothing is being written."""
        if event.widget is self.report:
            self.form.finish_writing()
        self.show_keys()

    def on_descendant_blur(self, _event: DescendantBlur) -> None:
        """Show the keys of the pane that has the focus."""
        self.show_keys()

    def action_next_pane(self) -> None:
        """Go from the form to the report, or back."""
        (self.form if self.report.has_focus else self.report).focus()

    def action_layout(self) -> None:
        """Lay form and report out another way."""
        following = self.lay_out_next(LAYOUTS)
        (self.report if following == "-report-only" else self.form).focus()

    def action_back(self) -> None:
        """Drop the selection, leave the report, or go back to the queue."""
        if self.report.has_selection or self.report.is_marking:
            self.report.select_nothing()
        elif self.report.has_focus:
            self.form.focus()
        elif self.has_class("-guided"):
            self.action_guidance()
        else:
            self.leave(self._dismiss)

    def _dismiss(self) -> None:
        self.remember()
        self.dismiss(self.key)

    # Taxonomies

    def action_next_taxonomy(self) -> None:
        """Open the next taxonomy."""
        self._turn_taxonomy(1)

    def action_previous_taxonomy(self) -> None:
        """Open the taxonomy before."""
        self._turn_taxonomy(-1)

    def _turn_taxonomy(self, by: int) -> None:
        names = [each.namespace for each in self.taxonomies]
        if self.namespace in names:
            self._switch_taxonomy(names[(names.index(self.namespace) + by) % len(names)])

    def on_taxonomy_tabs_chosen(self, event: TaxonomyTabs.Chosen) -> None:
        """Open the taxonomy that was clicked."""
        event.stop()
        self._switch_taxonomy(event.taxonomy)

    def _switch_taxonomy(self, namespace: str) -> None:
        self.leave(lambda: self.open_taxonomy(namespace))
        self.form.focus()

    # Subjects

    def go_on(self) -> None:
        """Go to the next work that is assigned, else to the next subject that is not done under this taxonomy."""
        following = self.session.next_work(self.view, self.key, self.namespace)
        if following is None:
            self.say("That was the last subject of this view.")
            return
        self.open_subject(*following)
        self.form.focus()

    def action_next_subject(self) -> None:
        """Go to the next subject, done or not."""
        self._go_to_subject(self.session.next_key(self.view, self.key), "This is the last subject of this view.")

    def action_previous_subject(self) -> None:
        """Go to the subject before."""
        self._go_to_subject(self.session.previous_key(self.view, self.key), "This is the first subject of this view.")

    def action_review_subject(self) -> None:
        """Go to the review of this subject, once one's own work on it is handed in."""
        from annotator.tui.screens.opening_review import open_review

        if self.classification is None or self.classification.status not in CLOSED:
            self.say("Submit your own answers first, then compare them with others'.")
        else:
            open_review(self, self.key, self.namespace, self.field.id if self.field else "")

    def _go_to_subject(self, key: str | None, otherwise: str) -> None:
        if key is None:
            self.say(otherwise)
        else:
            self.leave(lambda: self.open_subject(key, self.taxonomy_to_do(key, self.namespace)))

    # Undo and redo

    def action_undo(self) -> None:
        """Drop a change that was not saved, else undo the latest one and go to where it was."""
        self.flush()
        if unsaved := self.form.unsaved:
            field = self.field.id if self.field and self.field.id in unsaved else unsaved[0]
            self.form.forget(field)
            self.stop_waiting(field)
            self.form.go_to(field)
            self.say("Dropped what was not saved.")
            return
        super().action_undo()

    def action_redo(self) -> None:
        """Redo what was undone last, and go to where it was."""
        self.flush()
        super().action_redo()

    def follow(self, change: Change) -> None:
        """Go to where the change was, and show what is stored now."""
        if change.subject != self.key:
            self.open_subject(change.subject, change.taxonomy, change.field)
        elif change.taxonomy != self.namespace:
            self.open_taxonomy(change.taxonomy, change.field)
        self.show_saved(change.classification, change.field)
        if change.field:
            self.form.go_to(change.field)
        self.saved_words = f"✓ {change.words}"
