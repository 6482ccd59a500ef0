"""The screens that show the reports of a subject: its pages, what is marked in them, and guidance below.

Apart from the base of all screens, because the queue paints its first frame without any of this.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import getters

from annotator.model.classification import Evidence
from annotator.tui.screen import DeskScreen
from annotator.tui.talking import open_thread
from annotator.tui.widgets.guidance import Guidance
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.report_pane import Page
from annotator.tui.widgets.report_text import ReportText


class SubjectReading(DeskScreen[str]):
    """Shows the pages of a subject; a class above says what stands beside them, and what is marked in them."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
    SAID_FOR = 4.0

    where = getters.query_one("#where", TextLine)
    source = getters.query_one("#source", TextLine)
    report = getters.query_one("#report", ReportText)
    guidance = getters.query_one("#guidance", Guidance)
    keybar = getters.query_one(KeyBar)

    pages: list[Page]
    page = 0
    _located: dict[Evidence, tuple[int, int] | None]

    def open_page(self, page: int) -> None:
        """Show a page of the subject."""
        self.page, self._located = page, {}
        shown = self.pages[page]
        self.report.read(shown.title, shown.text if shown.text.strip() else "There is no text here.")
        self.source.text = f" {shown.place}  {shown.source}"

    def mark_evidence(self) -> None:
        """Mark nothing in the text, unless a class above says what."""

    def locate(self, quote: Evidence) -> tuple[int, int] | None:
        """Where the words of evidence stand on the open page; None when they do not."""
        report = self.pages[self.page].report
        if report is None or quote.report != report.key:
            return None
        if quote not in self._located:
            self._located[quote] = self.desk.tagging.locate(report.text, quote)
        return self._located[quote]

    def action_next_report(self) -> None:
        """Show the next page."""
        self._turn_page(1)

    def action_previous_report(self) -> None:
        """Show the page before."""
        self._turn_page(-1)

    def _turn_page(self, by: int) -> None:
        if len(self.pages) > 1:
            self.open_page((self.page + by) % len(self.pages))
            self.mark_evidence()

    def action_comments(self) -> None:
        """Read and write comments on this subject, or on the work under this taxonomy."""
        open_thread(self, self.about.subject, self.about.taxonomy)

    def action_report_down(self) -> None:
        """Scroll the report down by half of what fits."""
        self.report.scroll_relative(y=max(1, self.report.size.height // 2), animate=False)

    def action_report_up(self) -> None:
        """Scroll the report up by half of what fits."""
        self.report.scroll_relative(y=-max(1, self.report.size.height // 2), animate=False)

    def action_guidance(self) -> None:
        """Give guidance half the screen, or take it back."""
        self.toggle_class("-guided")
        self.guidance.enlarge(self.has_class("-guided"))

    def lay_out_next(self, layouts: Sequence[str]) -> str:
        """Lay the panes out the next of several ways, each with its CSS class; the first one has none."""
        now = next((name for name in layouts if name and self.has_class(name)), "")
        following = layouts[(layouts.index(now) + 1) % len(layouts)]
        self.remove_class(*layouts[1:])
        if following:
            self.add_class(following)
        return following
