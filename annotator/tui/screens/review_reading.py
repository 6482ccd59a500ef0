"""Reading in the review screen: pages, and whose evidence is where."""

from __future__ import annotations

from annotator.tui.report_pages import first_page, page_of, pages_of
from annotator.tui.review_evidence import Quote, quotes_of, review_spans
from annotator.tui.screens.review_frame import ReviewFrame

LAYOUTS = ("", "-stacked", "-answers-only")
ALONE = "-report-only"


class ReviewReading(ReviewFrame):
    """Shows the pages of the subject, and what each annotator quoted from them."""

    _quote = -1

    def turn_pages(self) -> None:
        """Show the pages of another subject."""
        self.pages = pages_of(self.subject)
        self.open_page(first_page(self.pages))

    def open_page(self, page: int) -> None:
        """Show a page of the subject."""
        super().open_page(page)
        self.source.right = ""

    def mark_evidence(self) -> None:
        """Mark in the text what supports whose answer to the focused field, and what supports other answers."""
        state = self.state
        spans = review_spans(state.review.fields, state.focus, state.columns, self.locate)
        self.report.mark_quotes(spans, state.columns)

    @property
    def quotes(self) -> list[Quote]:
        """All evidence on the focused field."""
        compared = self.state.compared
        return quotes_of(compared, self.state.columns) if compared else []

    def show_evidence(self) -> None:
        """Scroll to the first evidence on the focused field that is on the open page."""
        self._quote, self.source.right = -1, ""
        places = [found for quote in self.quotes if (found := self.locate(quote.evidence))]
        if places:
            self.report.show_place(*min(places))

    def action_evidence_after(self) -> None:
        """Go to the next passage somebody quoted for this field, in whichever report it is."""
        quotes = self.quotes
        if not quotes:
            self.say("Nobody quoted anything for this field.")
            return
        self._quote = (self._quote + 1) % len(quotes)
        evidence, column = quotes[self._quote]
        page = page_of(self.pages, evidence.report)
        if page is not None and page != self.page:
            self.open_page(page)
            self.mark_evidence()
        found = self.locate(evidence)
        if found:
            self.report.show_place(*found)
        gone = "" if found else ", no longer in the report"
        self.source.right = f" {self._quote + 1} of {len(quotes)}: {column.who}{gone} "

    # Layout

    def action_review_report(self) -> None:
        """Show the report alone, or the answers again."""
        self.toggle_class(ALONE)
        self.call_after_refresh(self.show_evidence)

    def action_layout(self) -> None:
        """Lay answers and report out another way."""
        self.remove_class(ALONE)
        self.lay_out_next(LAYOUTS)
