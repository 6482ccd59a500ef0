"""Words of a report as evidence for the answers of a form: attached, listed, marked in the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from annotator.model.classification import Answer, Classification, Evidence
from annotator.model.taxonomy import Field
from annotator.tui.cells import clip, inert
from annotator.tui.dialogs.line_dialog import REMOVE, LineDialog
from annotator.tui.keys import Keys
from annotator.tui.widgets.form.answering import with_evidence
from annotator.tui.widgets.report_pane import Page, ReportPane, page_of
from annotator.tui.widgets.report_text import EVIDENCE, FOCUSED, Span
from annotator.tui.words import numbered

if TYPE_CHECKING:
    from annotator.tui.screen import DeskScreen
    from annotator.tui.subject_reading import SubjectReading
    from annotator.tui.widgets.form.form import Form

BEGINNING = 40
"""Cells of a quote that say which one it is."""
Save = Callable[[str, Answer | None], None]
"""Takes the answer to a field."""
Locate = Callable[[Evidence], tuple[int, int] | None]
"""Where words stand in the text that is shown; None when they do not."""


class Quoting:
    """Attaches words of the report beside a form to its answers, and goes to where they stand."""

    def __init__(self, screen: SubjectReading, report: ReportPane, form: Form, save: Save) -> None:
        """Take the screen, its report and its form, and what saves an answer."""
        self.screen = screen
        self.report = report
        self.form = form
        self.save = save

    def mark(self, answers: dict[str, Answer], focused: str, numbers: dict[str, str]) -> None:
        """Mark in the text what supports each answer, the focused one's most."""
        self.report.mark_evidence(spans_of(answers, focused, numbers, self.screen.locate))

    def show_focused(self) -> None:
        """Scroll to what supports the focused field's answer."""
        focused = [span for span in self.report.evidence if span.style == FOCUSED]
        if focused and not self.report.has_focus:
            self.report.show_place(focused[0].start, focused[0].end)

    def attach(self, field: Field | None) -> None:
        """Attach the selection to a field's answer, or go and select something."""
        screen, page = self.screen, self.screen.pages[self.screen.page]
        refusal = why_not_quoted(field, page, self.report.has_selection)
        if refusal or field is None:
            screen.say(refusal)
        elif not self.report.has_selection:
            self.report.focus()
            screen.source.right = how_to_quote(screen.keys, field)
        elif page.report is not None:
            quote = screen.desk.tagging.quote(page.report, *self.report.selection)
            self.report.select_nothing()
            self.form.focus()
            quote_for(self.form, field.id, quote, self.save)

    def list_all(self, field: Field | None) -> None:
        """List the evidence of a field; one can be shown in its report, or removed."""
        list_evidence(self.screen, self.form, field, self.save, self._show)

    def _show(self, quote: Evidence) -> None:
        page = page_of(self.screen.pages, quote.report)
        if page is None:
            self.screen.say(f"The report {quote.report} is not here any more.")
            return
        if page != self.screen.page:
            self.screen.open_page(page)
            self.screen.mark_evidence()
        if found := self.screen.locate(quote):
            self.report.show_place(*found)
        else:
            self.screen.say("These words are no longer in the report.")

    def tell_selection(self, field: Field | None, found_words: str) -> None:
        """Say how much is found and selected, and for which field."""
        start, end = self.report.selection
        characters = "1 character" if end - start == 1 else f"{end - start} characters"
        selected = f"{characters} for {field.number or field.name}" if field and end > start else ""
        self.screen.source.right = " · ".join(part for part in (found_words, selected) if part) + " "


def evidence_in(classification: Classification) -> list[tuple[str, tuple[Evidence, ...]]]:
    """What supports which answer, where anything does."""
    return [(field, answer.evidence) for field, answer in classification.answers.items() if answer.evidence]


def why_not_quoted(field: Field | None, page: Page, has_selection: bool) -> str:
    """Why no words can be quoted for a field; empty when they can, or are to be selected first."""
    if field is None:
        return "Go to the field that the evidence is for."
    if field.evidence == "none":
        return f"{field.name} takes no evidence."
    if page.report is None and not has_selection:
        return "Only a report can be quoted; this page is about the incident."
    return ""


def how_to_quote(keys: Keys, field: Field) -> str:
    """Which keys select words for a field."""
    return keys.told(
        "{select_sentence} sentence, {mark} select, {attach} attaches to {field} ", field=field.number or field.name
    )


def quote_for(form: Form, field_id: str, quote: Evidence, save: Save) -> None:
    """Attach words to a field's answer, or keep them until it has one."""
    answer = form.answer(field_id)
    if answer is None:
        form.waiting.add(field_id, quote)
    elif quote not in answer.evidence:
        save(field_id, with_evidence(answer, (*answer.evidence, quote)))


def list_evidence(
    screen: DeskScreen[Any], form: Form, field: Field | None, save: Save, show: Callable[[Evidence], None]
) -> None:
    """List the evidence of a field; enter shows it in its report, delete removes it."""
    answer = form.answer(field.id) if field else None
    if field is None or answer is None or not answer.evidence:
        waiting = form.waiting.of(field.id) if field else ()
        none = screen.told("There is no evidence for this field; select words of the report and press {evidence}.")
        screen.say(waiting_in_words(waiting) if waiting else none)
        return
    screen.app.push_screen(
        LineDialog(
            screen.keys,
            f"Evidence for {field.name}",
            [f"“{quote.quote}”  {quote.report}" for quote in answer.evidence],
            hint=screen.told("{choose_line} show in the report   {remove_line} remove   {cancel} close"),
            removes=True,
        ),
        partial(_follow, field, answer, save, show),
    )


def waiting_in_words(quotes: Sequence[Evidence]) -> str:
    """Say which quotes wait for an answer."""
    if len(quotes) == 1:
        return f"The quote “{beginning(quotes[0])}” waits for an answer to this field and is kept with it."
    return (
        f"{len(quotes)} quotes, “{beginning(quotes[0])}” first, wait for an answer to this field and are kept with it."
    )


def dropped_quotes_in_words(quotes: Sequence[Evidence], field: Field) -> str:
    """Say which quotes that waited for an answer are dropped."""
    name = numbered(field)
    if len(quotes) == 1:
        return f"Dropped the quote that waited for an answer to {name}: “{beginning(quotes[0])}”."
    return f"Dropped {len(quotes)} quotes that waited for an answer to {name}, “{beginning(quotes[0])}” first."


def beginning(quote: Evidence) -> str:
    """The first words of a quote."""
    return clip(inert(" ".join(quote.quote.split())), BEGINNING)


def _follow(
    field: Field, answer: Answer, save: Save, show: Callable[[Evidence], None], wanted: tuple[str, int] | None
) -> None:
    if wanted and wanted[0] == REMOVE:
        kept = tuple(quote for place, quote in enumerate(answer.evidence) if place != wanted[1])
        save(field.id, with_evidence(answer, kept))
    elif wanted:
        show(answer.evidence[wanted[1]])


def spans_of(answers: dict[str, Answer], focused: str, numbers: dict[str, str], locate: Locate) -> list[Span]:
    """What supports each answer, to be marked in the text; the focused field's comes last, over the others."""
    spans = [
        Span(*found, FOCUSED if field_id == focused else EVIDENCE, numbers.get(field_id, ""))
        for field_id, answer in answers.items()
        for quote in answer.evidence
        if (found := locate(quote))
    ]
    return sorted(spans, key=lambda span: span.style == FOCUSED)
