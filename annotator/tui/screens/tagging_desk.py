"""What the tagging screen shows: a subject, its reports, its taxonomies and one classification."""

from __future__ import annotations

from textual.reactive import reactive
from textual.timer import Timer

from annotator.errors import AnswerError
from annotator.models.queue import ResumePoint
from annotator.tui.key_plan import footer, form_footer
from annotator.tui.report_pages import first_page, pages_of
from annotator.tui.screens.tagging_reading import TaggingReading
from annotator.tui.view_words import sitting
from annotator.tui.widgets.form import Form
from annotator.tui.widgets.taxonomy_tabs import Tab

SETTLED = 1.0
"""Seconds on a field after which it is remembered as the place to resume."""


class TaggingDesk(TaggingReading):
    """Asks the session for what it shows, and changes nothing."""

    saved_words: reactive[str] = reactive("", init=False)
    """What the head line says of the last save."""
    _place = ""
    _settling: Timer | None = None
    _here: ResumePoint | None = None
    _stand: tuple[str, str, str] = ("", "", "")

    def on_mount(self) -> None:
        """Give the form the keys, and begin."""
        self.form.focus()
        self.begin()

    def begin(self) -> None:
        """Open the subject where the annotator stopped in it."""
        point = self.session.resume_point() if self.session.annotator else None
        here = point is not None and point.subject == self.key
        taxonomy = self.namespace or self.taxonomy_to_do(self.key, point.taxonomy if point and here else "")
        field = point.field if point and here and point.taxonomy == taxonomy else ""
        self.open_subject(self.key, taxonomy, field)

    # Showing

    def open_subject(self, key: str, taxonomy: str = "", field: str = "") -> None:
        """Show a subject, under a taxonomy if it has that one; raises AnswerError when all of it is closed."""
        subject = self.session.subject(key)
        taxonomies = self.session.taxonomies_for(subject.kind)
        names = [each.namespace for each in taxonomies]
        known = [name for name in (taxonomy, self.namespace, *names) if name in names]
        wanted = next((name for name in known if not self.session.refusal(key, name)), "")
        if known and not wanted:
            raise AnswerError(self.session.refusal(key, known[0]))
        self.key, self.subject, self.taxonomies = key, subject, taxonomies
        pages = pages_of(subject)
        self._place = self._place_in_queue()
        self.statuses = {name: self.session.status(key, name) for name in names}
        self.turn_pages(pages, first_page(pages))
        self.open_taxonomy(wanted, field)
        if known and wanted != known[0]:
            self.say(self.session.refusal(key, known[0]))
        self.call_after_refresh(self._prefetch, key)

    def taxonomy_to_do(self, key: str, otherwise: str) -> str:
        """The taxonomy to begin a subject with: one it is assigned under, unless the other one is too."""
        assigned = self.session.assigned(key)
        return otherwise if otherwise in assigned or not assigned else assigned[0]

    def open_taxonomy(self, namespace: str, field: str = "") -> None:
        """Show the classification under a taxonomy; raises AnswerError, with nothing changed, when it is closed."""
        opened = self.session.classification(self.key, namespace) if namespace else None
        self.namespace = namespace
        if opened is None:
            self.say("No taxonomy asks anything about this kind of subject.")
            return
        self.classification = opened
        self.saved_words = ""
        self.report.widen_markers(self.asked.number_width)
        self.form.open(self.asked, self.classification, field)
        self.show_progress()
        self.mark_evidence()

    def show_progress(self) -> None:
        """Show where this subject stands: in the queue, in each taxonomy, and on disk."""
        if self.classification:
            self.statuses[self.namespace] = self.classification.status
        self.tabs.tabs = tuple(Tab(name, status) for name, status in self.statuses.items())
        self.tabs.opened = self.namespace
        self.where.text = f" {self.subject.kind.capitalize()} {self.key} · {self.subject.title}"
        said = [self._place, self.namespace, sitting(self.session.annotator, self.session.round), self.saved_words]
        self.where.right = "  " + " · ".join(part for part in said if part) + " "
        self.show_keys()

    def watch_saved_words(self) -> None:
        """Say so in the head line."""
        if self.taxonomies:
            self.show_progress()

    def _place_in_queue(self) -> str:
        queue = self.session.queue(self.view)
        place = None if queue.is_partial else queue.position_of(self.key)
        return f"{place + 1}/{queue.count}" if place is not None else ""

    def show_keys(self) -> None:
        """Show the keys of the focused pane, as far as the open field leaves them."""
        state = self.form.state
        self.PLACE = "report" if self.report.has_focus else "tagging"
        if self.report.has_focus or state is None:
            self.keybar.entries = footer(self.keys, self.PLACE)
        else:
            self.keybar.entries = form_footer(self.keys, state)

    def on_form_moved(self, event: Form.Moved) -> None:
        """Explain the field and the choice, and show its evidence."""
        event.stop()
        field = self.asked.by_id.get(event.field)
        choice = self.asked.choices(field.id).by_id.get(event.option) if field and field.has_choices else None
        self.guidance.explain(field, choice)
        stand = (self.key, self.namespace, event.field)
        if stand != self._stand:
            self._stand = stand
            self.mark_evidence()
            self.show_evidence()
            self._remember_soon()
        self.show_keys()

    # Where the annotator is

    def _remember_soon(self) -> None:
        field = self.field.id if self.field else ""
        self._here = ResumePoint(subject=self.key, taxonomy=self.namespace, field=field, view=self.view)
        if self._settling:
            self._settling.stop()
        self._settling = self.set_timer(SETTLED, self.remember)

    def remember(self) -> None:
        """Keep the last place as the one to resume, if that is still to be done."""
        if self._here and self.session.annotator:
            self.session.remember(self._here)
        self._here = None

    def on_unmount(self) -> None:
        """Remember where the editor was when the desk was closed."""
        self.remember()

    def _prefetch(self, key: str) -> None:
        if key == self.key:
            work = self.session.next_assigned(self.view, key, self.namespace)
            if following := work.subject if work else self.session.next_key(self.view, key):
                self.session.prefetch(following)
