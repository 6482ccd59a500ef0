"""Lay a review out as lines of styled text: a line per field, more where a field is open. Pure."""

from __future__ import annotations

from rich.cells import cell_len

from annotator.models.classification import Answer
from annotator.models.review import Comparison
from annotator.store.readable import position
from annotator.tui.answer_words import value_words
from annotator.tui.disputed_words import counted, named
from annotator.tui.form_lines import QUOTED, FormLines
from annotator.tui.form_rows import Part, Row, Tone, parts_of, told
from annotator.tui.plain import clip, fit, inert
from annotator.tui.review_columns import Column
from annotator.tui.review_opened import opened_rows
from annotator.tui.review_state import AGREED, ReviewState
from annotator.tui.ruling_words import said

OPEN, RULED, MOOT, AGAIN, SAME, ALONE = "○", "✓", "–", "↻", "=", "·"
"""How a field stands: open; ruled; hidden elsewhere; its ruling no longer holds; agreed on; one annotator."""
NO_ANSWER = "···"


def review_lines(state: ReviewState) -> FormLines:
    """Lay every line out, as wide as the state says."""
    rows: list[Row] = [
        row for words in state.remarks for row in told("text", "", inert(words), "problem", state.width, 1)
    ]
    rows.append(_heading(_disputed_words(state), state.width))
    start = end = 0
    for each in state.disputed:
        start, end = _add(rows, each, state, start, end)
    if state.agreed:
        if state.focus == AGREED:
            start, end = len(rows), len(rows) + 1
        rows.append(_fold_row(state))
    for each in state.agreed if state.is_unfolded else ():
        start, end = _add(rows, each, state, start, end)
    return FormLines(rows, start, max(end, start + 1), start)


def _add(rows: list[Row], each: Comparison, state: ReviewState, start: int, end: int) -> tuple[int, int]:
    """Add a field's lines; returns where the focused field begins and ends, as far as that is known."""
    is_focused = each.field == state.focus
    start = len(rows) if is_focused else start
    rows.append(_field_row(each, state))
    if is_focused:
        rows += opened_rows(state, each)
        end = len(rows)
    return start, end


def _disputed_words(state: ReviewState) -> str:
    if not state.disputed:
        return "Nobody differs"
    verb = "differ" if len(state.disputed) > 1 else "differs"
    return f"{counted(len(state.disputed), 'field')} {verb}, {len(state.open)} open"


def _heading(words: str, width: int) -> Row:
    text = clip(inert(words), width - 4)
    rule = "─" * max(0, width - cell_len(text) - 3)
    return Row("heading", parts=(Part("─ ", "rule"), Part(text, "heading"), Part(f" {rule}", "rule")))


def _fold_row(state: ReviewState) -> Row:
    focused = state.focus == AGREED
    names = ", ".join(named(state.taxonomy, each.field) for each in state.agreed)
    head = f"{'▾' if state.is_unfolded else '▸'} {counted(len(state.agreed), 'field')} agreed"
    words = clip(f"{head}: {inert(names)}", state.width - 1)
    style = "focused" if focused else "label"
    return Row(
        "field", AGREED, parts=(Part("▸" if focused else " ", "pointer"), Part(words, style)), tone=_tone(focused)
    )


def _tone(focused: bool) -> Tone:
    return "mark" if focused else ""


def _field_row(each: Comparison, state: ReviewState) -> Row:
    focused, grid = each.field == state.focus, state.grid
    mark, style = _mark(each)
    name = fit(clip(inert(named(state.taxonomy, each.field)), grid.name - 1), grid.name)
    parts = [Part("▸" if focused else " ", "pointer"), Part(f"{mark} ", style)]
    parts.append(Part("! " if each.field in state.problems else "  ", "problem"))
    parts.append(Part(name, "focused" if focused else "label"))
    parts += [_cell(each, column, state) for column in state.shown_columns]
    parts.append(_ruling_cell(each, state))
    return Row("field", each.field, "", parts_of(*parts), _tone(focused))


def _mark(each: Comparison) -> tuple[str, str]:
    if each.ruling:
        return RULED, "answer"
    if each.is_moot:
        return MOOT, "muted"
    if each.is_open:
        return (AGAIN if each.outdated else OPEN), "required"
    return (ALONE if each.source == "single" else SAME), "muted"


def _cell(each: Comparison, column: Column, state: ReviewState) -> Part:
    answer, width = each.answers.get(column.name), state.grid.cell
    if answer is None:
        return Part(fit(NO_ANSWER, width), "unanswered")
    is_ruled = each.ruling is not None and each.positions.get(column.name) == position(
        each.ruling.answer.state, each.ruling.answer.value
    )
    quoted, ruled = f" {QUOTED}" if answer.evidence else "", RULED if is_ruled else ""
    room = width - 1 - len(quoted) - len(ruled)
    text = ruled + clip(inert(_shortest(each, column.name, state, room)), room) + quoted
    style = "chosen" if is_ruled else "answer" if answer.state == "answered" else "state"
    return Part(fit(text, width), style if each.differs or is_ruled else "muted")


def _shortest(each: Comparison, annotator: str, state: ReviewState, room: int) -> str:
    """An answer in words; of several values that do not fit, those that others do not share come first."""
    field, answer = state.taxonomy.by_id.get(each.field), each.answers[annotator]
    words = said(field, answer)
    if field is None or not field.holds_many or answer.state != "answered" or cell_len(inert(words)) <= room:
        return words
    shared = [value for value in answer.value if all(_holds(other, value) for other in each.answers.values())]
    own = [value for value in answer.value if value not in shared]
    if not shared or not each.differs:
        return words
    return f"{value_words(field, own)} + {len(shared)} shared" if own else f"{len(shared)} shared"


def _holds(answer: Answer, value: object) -> bool:
    return answer.state == "answered" and value in answer.value


def _ruling_cell(each: Comparison, state: ReviewState) -> Part:
    width = state.grid.ruling
    if each.ruling:
        words = inert(said(state.taxonomy.by_id.get(each.field), each.ruling.answer))
        return Part(fit(f"→ {words}", width), "chosen")
    if each.is_moot:
        return Part(fit("hidden", width), "muted")
    if each.is_open:
        return Part(fit("open again" if each.outdated else "open", width), "required")
    return Part(fit(each.source, width), "muted")
