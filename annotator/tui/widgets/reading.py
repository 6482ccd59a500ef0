"""A report to read and to quote from: its source above it, and below it the line to find words in it."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical

from annotator.tui.widgets.line_view import TextLine
from annotator.tui.widgets.report_pane import ReportPane
from annotator.tui.widgets.report_text import ReportText
from annotator.tui.widgets.search_box import FindBox


class Reading(Vertical):
    """Finds words by itself; what is selected, and for what, is up to the screen."""

    report = getters.query_one("#report", ReportPane)
    found_words = ""
    """How many places the find line found, while it is open."""

    def compose(self) -> ComposeResult:
        """Lay the source out over the text."""
        yield TextLine(id="source")
        yield ReportPane(id="report")

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
        self.post_message(ReportText.Selected())

    def on_find_box_left(self, event: FindBox.Left) -> None:
        """Go back to the text; an abandoned search leaves no marks."""
        event.stop()
        self.found_words = ""
        if event.is_abandoned:
            self.report.find("")
            self.report.select_nothing()
        event.box.remove()
        self.report.focus()
