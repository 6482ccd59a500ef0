"""Enter any value to rule, in the form and beside the report as in tagging; nothing is saved here."""

from __future__ import annotations

from annotator.desk import Desk
from annotator.errors import AnswerError
from annotator.model.classification import Answer, Classification, Identity
from annotator.model.person import ADJUDICATED
from annotator.model.taxonomy import Taxonomy
from annotator.taxonomy.compiling import check_answer
from annotator.tui.actions import Place
from annotator.tui.key_plan import footer, form_footer
from annotator.tui.keys import Keys, bindings_for
from annotator.tui.review.disputed_rows import numbered
from annotator.tui.saving import Saving
from annotator.tui.tagging.screen import TaggingScreen
from annotator.tui.widgets.form.answering import needs_evidence
from annotator.tui.widgets.form.state import Questionnaire
from annotator.tui.widgets.report_pane import pages_of


class OwnValueScreen(TaggingScreen, inherit_bindings=False):
    """The tagging screen with one field; `chosen` is the answer when it dismisses with the key of the subject."""

    PLACE: Place = "ruling"
    BINDINGS = bindings_for("ruling", "reading")

    def __init__(
        self,
        desk: Desk,
        keys: Keys,
        saving: Saving,
        key: str,
        taxonomy: str,
        field: str,
        before: Answer | None,
        page: int = 0,
    ) -> None:
        """Take the field, the answer to begin with, and the page to read."""
        super().__init__(desk, keys, saving, key, taxonomy)
        self.asked_about = desk.tagging.field(taxonomy, field)
        self.answers = {field: before} if before else {}
        self.chosen: Answer | None = None
        self.page = page
        whole = desk.subjects.taxonomy(taxonomy)
        alone = self.asked_about.model_copy(update={"visible_if": None, "applies_to": None})
        self.taxonomies = [
            Taxonomy(namespace=whole.namespace, version=whole.version, applies_to=whole.applies_to, fields=[alone])
        ]

    def begin(self) -> None:
        """Open the form at the field, and the report where it was read."""
        self.tabs.display = False
        self.subject = self.desk.subjects.subject(self.key)
        self.turn_pages(pages_of(self.subject), self.page)
        self.report.widen_markers(self.asked.number_width)
        self.classification = self._classification()
        self.form.open(self.asked, self.classification, self.asked_about.id)
        self.show_progress()
        self.mark_evidence()

    def _questionnaire(self, taxonomy: Taxonomy) -> Questionnaire:
        if not self._asked:
            self._asked[("", 0, "")] = Questionnaire(taxonomy, self.subject.kind, "Rule this")
        return self._asked[("", 0, "")]

    def _classification(self) -> Classification:
        of = Identity(subject=self.key, taxonomy=self.namespace, annotator=ADJUDICATED, round=self.desk.round)
        return Classification(identity=of, version=self.taxonomies[0].version, status="draft", answers=self.answers)

    # What is different from tagging

    def save_answer(self, field_id: str, answer: Answer | None) -> None:
        """Keep an answer that fits, else say what it should be."""
        answer = self.with_waiting(field_id, answer)
        try:
            self.answers = {field_id: check_answer(self._whole, field_id, answer)} if answer else {}
        except AnswerError as error:
            self.form.refuse(field_id, "; ".join(problem.message for problem in error.problems))
            return
        self.forget_waiting(field_id)
        self.classification = self._classification()
        self.form.saved(self.classification, field_id)
        self.mark_evidence()
        self.show_progress()

    @property
    def _whole(self) -> Taxonomy:
        return self.desk.subjects.taxonomy(self.namespace)

    def show_progress(self) -> None:
        """Say what is being ruled on."""
        self.where.text = f" Rule on {numbered(self.asked_about)} · {self.key} · {self.subject.title}"
        self.where.right = f"  {self.namespace} · {self.desk.annotator} "
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys of the focused pane, and the one that keeps."""
        state = self.form.state
        if self.report.has_focus or state is None:
            self.PLACE = "ruling_report"
            self.keybar.entries = footer(self.keys, self.PLACE)
            return
        self.PLACE = "ruling"
        entries = form_footer(self.keys, state, self.PLACE)
        keep = (self.keys.shown("keep", self.PLACE), "rule", "keep")
        self.keybar.entries = entries if state.is_writing else (*entries[:1], keep, *entries[1:])

    def _remember_soon(self) -> None:
        """Leave the place to resume where it is."""

    def action_keep(self) -> None:
        """Hand the answer on."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the answer on, if there is one and it is complete."""
        self.form.finish_writing()
        self.flush()
        answer = self.answers.get(self.asked_about.id)
        self.form.go_to(self.asked_about.id)
        if self.form.unsaved:
            self.say("This does not fit, or waits for an answer; put it right or take it back.")
        elif answer is None:
            self.say("Answer first: a value, or that it is unknown, does not apply, or is none.")
        elif needs_evidence(self.asked_about, answer):
            self.say("Quote the words of the report that support this: r goes to the report, enter attaches.")
        else:
            self.chosen = answer
            self.dismiss(self.key)

    def _dismiss(self) -> None:
        self.dismiss(None)
