"""Reading and selecting in a report with keys and mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from textual import events
from textual.message import Message

from annotator.model.subject import Report, SubjectView
from annotator.tui.keys import bindings_for
from annotator.tui.widgets.report_text import ReportText
from annotator.tui.widgets.wrapping import paragraph_at, sentence_at, word_after, word_before


class ReportPane(ReportText):
    """The cursor goes through the text; with shift or after `v` the selection goes along."""

    BINDINGS = bindings_for("report")

    class Attach(Message):
        """The selection is to become evidence."""

    class Find(Message):
        """Somebody wants to look for words in the text."""

    def __init__(self, *, id: str | None = None) -> None:
        """Begin without a text."""
        super().__init__(id=id)
        self.is_marking = False
        """Whether plain cursor keys extend the selection."""
        self._column: int | None = None
        self._is_dragging = False

    def read(self, title: str, text: str) -> None:
        """Show a text from its beginning."""
        self.is_marking, self._column = False, None
        super().read(title, text)

    def select_nothing(self) -> None:
        """Drop the selection, and end marking."""
        self.is_marking = False
        super().select_nothing()

    # The cursor

    def _go(self, offset: int, extend: bool = False) -> None:
        self._column = None
        self.move_to(offset, extend or self.is_marking)

    def _go_lines(self, lines: int, extend: bool = False) -> None:
        column = self.lines.column_of(self.cursor) if self._column is None else self._column
        self.move_to(self.lines.beside(self.cursor, lines, column), extend or self.is_marking)
        self._column = column

    def action_cursor_down(self) -> None:
        """Go a line down."""
        self._go_lines(1)

    def action_cursor_up(self) -> None:
        """Go a line up; at the top of the text show the title."""
        self._go_lines(-1)
        if self.lines.line_of(self.cursor) == len(self.lines.head):
            self.scroll_to(y=0, animate=False, force=True)

    def action_cursor_right(self) -> None:
        """Go a character on."""
        self._go(self.lines.after(self.cursor))

    def action_cursor_left(self) -> None:
        """Go a character back."""
        self._go(self.lines.before(self.cursor))

    def action_word_right(self) -> None:
        """Go to the end of the word."""
        self._go(word_after(self.shown, self.cursor))

    def action_word_left(self) -> None:
        """Go to the start of the word."""
        self._go(word_before(self.shown, self.cursor))

    def action_line_start(self) -> None:
        """Go to the start of the line."""
        self._go(self.lines.around(self.cursor).start)

    def action_line_end(self) -> None:
        """Go to the end of the line."""
        self._go(self.lines.end_of(self.lines.around(self.cursor)))

    def action_text_start(self) -> None:
        """Go to the start of the text."""
        self._go(0)
        self.scroll_to(y=0, animate=False, force=True)

    def action_text_end(self) -> None:
        """Go to the end of the text."""
        self._go(len(self.shown))

    def action_text_page_down(self) -> None:
        """Go down by what fits on screen."""
        self._go_lines(max(1, self.size.height - 1))

    def action_text_page_up(self) -> None:
        """Go up by what fits on screen."""
        self._go_lines(-max(1, self.size.height - 1))

    # The selection

    def action_mark(self) -> None:
        """Begin a selection at the cursor, or end it."""
        self.is_marking = not self.is_marking
        self.move_to(self.cursor, extend=self.is_marking)

    def action_select_down(self) -> None:
        """Select to the line below."""
        self._go_lines(1, extend=True)

    def action_select_up(self) -> None:
        """Select to the line above."""
        self._go_lines(-1, extend=True)

    def action_select_right(self) -> None:
        """Select a character more."""
        self._go(self.lines.after(self.cursor), extend=True)

    def action_select_left(self) -> None:
        """Select a character less."""
        self._go(self.lines.before(self.cursor), extend=True)

    def action_select_word_right(self) -> None:
        """Select a word more."""
        self._go(word_after(self.shown, self.cursor), extend=True)

    def action_select_word_left(self) -> None:
        """Select a word less."""
        self._go(word_before(self.shown, self.cursor), extend=True)

    def action_select_sentence(self) -> None:
        """Select the sentence at the cursor; once more, the next one too."""
        start, end = self.selection
        if self.has_selection:
            after = sentence_at(self.shown, min(end + 1, len(self.shown)))
            self.select(start, max(end, after.end))
        else:
            self.select(*sentence_at(self.shown, self.cursor))

    def action_select_paragraph(self) -> None:
        """Select the paragraph at the cursor."""
        self.select(*paragraph_at(self.shown, self.selection[0]))

    def action_attach(self) -> None:
        """Ask for the selection to become evidence."""
        self.post_message(self.Attach())

    # Finding

    def action_find(self) -> None:
        """Ask for words to look for."""
        self.post_message(self.Find())

    def action_find_next(self) -> None:
        """Go to the next place found."""
        if not self.go_to_found(1):
            self.post_message(self.Find())

    def action_find_previous(self) -> None:
        """Go to the place found before."""
        if not self.go_to_found(-1):
            self.post_message(self.Find())

    def action_next_evidence(self) -> None:
        """Select the next passage that is evidence."""
        self.go_to_evidence()

    # The mouse

    def _under(self, event: events.MouseEvent) -> int:
        return self.lines.offset_at(self.top + event.y, max(0, event.x - self.gutter_width))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor where the mouse is, and begin to drag."""
        self.is_marking = False
        self._go(self._under(event), extend=event.shift)
        self._is_dragging = True
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select up to the mouse while dragging."""
        if self._is_dragging:
            self._go(self._under(event), extend=True)

    def on_mouse_up(self) -> None:
        """End dragging."""
        self._is_dragging = False
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Select the word with a double click, the sentence with a triple one."""
        if event.chain == 2:
            offset = self._under(event)
            self.select(word_before(self.shown, min(offset + 1, len(self.shown))), word_after(self.shown, offset))
        elif event.chain == 3:
            self.select(*sentence_at(self.shown, self._under(event)))


class Page(NamedTuple):
    """A text to read; evidence can be quoted only from a report."""

    place: str
    """Such as `report 1 of 4`."""
    source: str
    """Where and when it was published."""
    title: str
    text: str
    report: Report | None = None


def pages_of(subject: SubjectView) -> list[Page]:
    """The pages of a subject in order; an incident begins with a page about itself."""
    count = len(subject.reports)
    pages = [_about(subject)] if subject.kind == "incident" or not count else []
    for number, report in enumerate(subject.reports, 1):
        place = f"report {number} of {count}" if subject.kind == "incident" else report.standing
        pages.append(Page(place, _source(report), report.title, report.text, report))
    return pages


def first_page(pages: list[Page]) -> int:
    """Where reading begins: the first report with a text, else the first page."""
    return next((place for place, page in enumerate(pages) if page.report and page.text.strip()), 0)


def page_of(pages: list[Page], report_key: str) -> int | None:
    """The page of a report."""
    return next((place for place, page in enumerate(pages) if page.report and page.report.key == report_key), None)


def _source(report: Report) -> str:
    date = report.date_published or report.date_submitted
    return "  ".join(part for part in (report.source_domain, date, report.language) if part)


def _about(subject: SubjectView) -> Page:
    return Page("about the incident", subject.date, subject.title, "\n".join(_about_lines(subject)))


def _about_lines(subject: SubjectView) -> Iterator[str]:
    if subject.description:
        yield subject.description
    for role in ("deployer", "developer", "harmed", "implicated"):
        names = [entity.name for entity in subject.entities if entity.role == role]
        if names:
            yield f"\n{role}: {', '.join(names)}"
    if subject.missing_reports:
        yield f"\nReports that were not imported: {', '.join(subject.missing_reports)}"
    if not subject.reports:
        yield "\nNo report of it was imported, so there is nothing to quote as evidence."
