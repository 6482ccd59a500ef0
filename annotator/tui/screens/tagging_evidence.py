"""Quoting the report as evidence for an answer, and finding it again."""

from __future__ import annotations

from annotator.models.classification import Answer, Evidence
from annotator.tui.answering import with_evidence
from annotator.tui.dialogs.line_dialog import REMOVE, LineDialog
from annotator.tui.screens.tagging_desk import TaggingDesk
from annotator.tui.widgets.find_box import FindBox
from annotator.tui.widgets.form import Form
from annotator.tui.widgets.report_pane import ReportPane


class TaggingEvidence(TaggingDesk):
    """Takes selections of the report to answers; `save_answer` comes from the class that saves."""

    def save_answer(self, field_id: str, answer: Answer | None) -> None:
        """Save an answer; None takes it back."""
        raise NotImplementedError

    def waiting_for(self, field_id: str) -> tuple[Evidence, ...]:
        """Evidence that was quoted before the field had an answer."""
        return tuple(self.form.state.waiting.get(field_id, ())) if self.form.state else ()

    def action_evidence(self) -> None:
        """Attach the selection to the focused field, or go and select something."""
        field = self.field
        if field is None:
            self.say("Go to the field that the evidence is for.")
        elif field.evidence == "none":
            self.say(f"{field.name} takes no evidence.")
        elif self.report.has_selection:
            self._quote_for(field.id)
        elif self.pages[self.page].report is None:
            self.say("Only a report can be quoted; this page is about the incident.")
        else:
            self.report.focus()
            self.source.right = f"s sentence, v select, enter attaches to {field.number or field.name} "

    def on_report_pane_attach(self, event: ReportPane.Attach) -> None:
        """Attach the selection to the focused field."""
        event.stop()
        self.action_evidence()

    def _quote_for(self, field_id: str) -> None:
        report, answer = self.pages[self.page].report, self.answer(field_id)
        if report is None:
            return
        quote = self.session.quote(report, *self.report.selection)
        self.report.select_nothing()
        self.form.focus()
        if answer is None:
            self._wait(field_id, (*self.waiting_for(field_id), quote))
        elif quote not in answer.evidence:
            self.save_answer(field_id, with_evidence(answer, (*answer.evidence, quote)))

    def _wait(self, field_id: str, evidence: tuple[Evidence, ...]) -> None:
        """Keep evidence until its field is answered."""
        state = self.form.state
        if state is not None:
            self.form.await_answers({**state.waiting, field_id: evidence})

    def with_waiting(self, field_id: str, answer: Answer | None) -> Answer | None:
        """Give an answer the evidence that waited for it."""
        waiting = self.waiting_for(field_id)
        if answer is None or not waiting:
            return answer
        new = tuple(quote for quote in waiting if quote not in answer.evidence)
        return with_evidence(answer, (*answer.evidence, *new))

    def stop_waiting(self, field_id: str) -> None:
        """Forget evidence that waited: it is saved now."""
        if self.waiting_for(field_id) and self.form.state:
            self.form.await_answers({key: each for key, each in self.form.state.waiting.items() if key != field_id})

    def action_evidence_list(self) -> None:
        """List the evidence of the focused field; enter shows it in its report, delete removes it."""
        field = self.field
        answer = self.answer(field.id) if field else None
        evidence = answer.evidence if answer else ()
        if field is None or answer is None or not evidence:
            self.say("There is no evidence for this field; select words of the report and press e.")
            return

        def follow(wanted: tuple[str, int] | None) -> None:
            if wanted and wanted[0] == REMOVE:
                kept = tuple(quote for place, quote in enumerate(evidence) if place != wanted[1])
                self.save_answer(field.id, with_evidence(answer, kept))
            elif wanted:
                self._show_quote(evidence[wanted[1]])

        lines = [f"“{quote.quote}”  {quote.report}" for quote in evidence]
        hint = "enter show in the report   delete remove   esc close"
        self.app.push_screen(LineDialog(f"Evidence for {field.name}", lines, hint=hint, removes=True), follow)

    def _show_quote(self, quote: Evidence) -> None:
        if not self.show_report(quote.report):
            self.say(f"The report {quote.report} is not here any more.")
            return
        found = self.locate(quote)
        if found is None:
            self.say("These words are no longer in the report.")
            return
        self.report.show_place(*found)

    # Finding

    found_words = ""
    """How many places the find line found, while it is open."""

    def on_report_text_selected(self, event: ReportPane.Selected) -> None:
        """Say what the selection is for."""
        event.stop()
        self.show_selection()

    def show_selection(self) -> None:
        """Say how much is found and selected, and for which field."""
        field, (start, end) = self.field, self.report.selection
        selected = f"{end - start} characters for {field.number or field.name}" if field and end > start else ""
        self.source.right = " · ".join(part for part in (self.found_words, selected) if part) + " "

    def on_report_pane_find(self, event: ReportPane.Find) -> None:
        """Open the line for words to look for."""
        event.stop()
        boxes = self.query(FindBox)
        box = boxes.first() if boxes else FindBox()
        if not boxes:
            self.mount(box, after="#report")
        box.focus()

    def on_find_box_sought(self, event: FindBox.Sought) -> None:
        """Mark what was found, and go to the first place."""
        event.stop()
        count = self.report.find(event.words)
        self.found_words = f"{count} found" if event.words else ""
        if not event.words or not self.report.go_to_found(1):
            self.report.select_nothing()
        self.show_selection()

    def on_find_box_left(self, event: FindBox.Left) -> None:
        """Go back to the text; an abandoned search leaves no marks."""
        event.stop()
        self.found_words = ""
        if event.is_abandoned:
            self.report.find("")
            self.report.select_nothing()
        event.box.remove()
        self.report.focus()

    def on_form_typing(self, event: Form.Typing) -> None:
        """Offer completions for what is being written."""
        event.stop()
        found = self.session.completions(self.key, self.namespace, event.field, event.text)
        self.form.offer(event.field, event.text, found)
