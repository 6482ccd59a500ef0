"""Entering what takes more than a key of the form: long texts, rows of a group, words of a report as evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from annotator.desk.tagging import matching
from annotator.model.classification import Answer, Evidence
from annotator.model.taxonomy import Field
from annotator.tui.dialogs.dialog import nothing
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.dialogs.group_row import GroupRow, Row
from annotator.tui.dialogs.line_dialog import REMOVE, LineDialog
from annotator.tui.key_plan import key_plan
from annotator.tui.keys import Keys
from annotator.tui.widgets.form.answering import rows_of, with_evidence, with_row, with_value
from annotator.tui.widgets.report_text import EVIDENCE, FOCUSED, Span

if TYPE_CHECKING:
    from annotator.tui.saving import Kept
    from annotator.tui.screen import DeskScreen
    from annotator.tui.widgets.form.form import Form
    from annotator.tui.widgets.report_pane import Page

Save = Callable[[str, Answer | None], None]
"""Takes the answer to a field."""
Check = Callable[[str, Answer | None], str]
"""Why an answer does not fit its field; empty when it does."""
Locate = Callable[[Evidence], tuple[int, int] | None]
"""Where words stand in the text that is shown; None when they do not."""


def fits(_field: str, _answer: Answer | None) -> str:
    """Find nothing wrong: whoever takes the answer says what is."""
    return ""


def send_later() -> None:
    """Leave it to the form to have an answer saved."""


def edit_text(
    screen: DeskScreen[Any],
    form: Form,
    field: Field,
    check: Check = fits,
    send: Callable[[], None] = send_later,
    typed: Kept | None = None,
) -> None:
    """Write the long text of a field in a dialog, which stays open with a text that does not fit."""
    before = form.answer(field.id)
    text = str(before.value) if before is not None and before.value is not None else ""

    def save(written: str, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
        if reason := check(field.id, with_value(before, written.strip()) if written.strip() else None):
            refused(reason)
        else:
            form.write(field.id, written)
            send()
            done()
        return nothing

    screen.app.push_screen(EditText(screen.keys, field.name, text, save, typed))


def edit_row(
    screen: DeskScreen[Any],
    form: Form,
    group: Field,
    place: int | None,
    entities: Iterable[str],
    save: Save,
    check: Check = fits,
    typed: Kept | None = None,
) -> None:
    """Fill in a row of a group in a form of its own, which stays open with a row that does not fit.

    `entities` are names at hand.
    """
    rows = rows_of(form.answer(group.id))
    row = dict(rows[place]) if place is not None else {}
    names = [*entities]

    def take(filled: Row, done: Callable[[], None], refused: Callable[[str], None]) -> Callable[[], None]:
        answer = with_row(form.answer(group.id), place, filled)
        if reason := check(group.id, answer):
            refused(reason)
        else:
            save(group.id, answer)
            done()
        return nothing

    def complete(sub: str, typed: str) -> list[str]:
        return names_for(group, sub, typed, rows_of(form.answer(group.id)), names)

    screen.app.push_screen(GroupRow(key_plan(screen.keys), group, row, complete, take, typed))


def names_for(group: Field, sub: str, typed: str, rows: Iterable[Row], entities: Iterable[str]) -> list[str]:
    """Completions inside a group: names at hand, then what other rows hold."""
    wanted = {field.id: field for field in group.fields}[sub].complete_from
    others = [str(row[sub]) for row in rows if sub in row]
    return matching(dict.fromkeys([*(entities if wanted.entities else ()), *others]), typed, 20)


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
        form.wait(field_id, quote)
    elif quote not in answer.evidence:
        save(field_id, with_evidence(answer, (*answer.evidence, quote)))


def list_evidence(
    screen: DeskScreen[Any], form: Form, field: Field | None, save: Save, show: Callable[[Evidence], None]
) -> None:
    """List the evidence of a field; enter shows it in its report, delete removes it."""
    answer = form.answer(field.id) if field else None
    if field is None or answer is None or not answer.evidence:
        screen.say(screen.told("There is no evidence for this field; select words of the report and press {evidence}."))
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
