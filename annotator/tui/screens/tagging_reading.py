"""Reading in the tagging screen: pages, and the evidence marked in them."""

from __future__ import annotations

from annotator.tui.report_pages import Page, page_of
from annotator.tui.report_spans import Span
from annotator.tui.screens.tagging_frame import TaggingFrame
from annotator.tui.widgets.report_text import EVIDENCE, FOCUSED


class TaggingReading(TaggingFrame):
    """Shows the pages of the subject, and what in them supports which answer."""

    def turn_pages(self, pages: list[Page], page: int) -> None:
        """Show the pages of another subject, opened at one of them."""
        self.pages = pages
        self.open_page(page)

    def show_report(self, report_key: str) -> bool:
        """Show a report of the subject; whether it is here."""
        page = page_of(self.pages, report_key)
        if page is not None and page != self.page:
            self.open_page(page)
            self.mark_evidence()
        return page is not None

    def mark_evidence(self) -> None:
        """Mark in the text what supports each answer, the focused one's most."""
        answers = self.classification.shown if self.classification else {}
        focused = self.field.id if self.field else ""
        spans = []
        for field_id, answer in answers.items():
            for quote in answer.evidence:
                found = self.locate(quote)
                if found:
                    style = FOCUSED if field_id == focused else EVIDENCE
                    spans.append(Span(*found, style, self.asked.numbers.get(field_id, "")))
        spans.sort(key=lambda span: span.style == FOCUSED)
        self.report.mark_evidence(spans)

    def show_evidence(self) -> None:
        """Scroll to what supports the focused field's answer."""
        focused = [span for span in self.report.evidence if span.style == FOCUSED]
        if focused and not self.report.has_focus:
            self.report.show_place(focused[0].start, focused[0].end)
