"""Lay the form out as lines of styled text: one per heading and field, more where a field is open. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len

from annotator.models.classification import Answer, Flag
from annotator.models.taxonomy import Field
from annotator.tui.answer_words import answer_words
from annotator.tui.answering import needs_evidence
from annotator.tui.form_opened import opened_rows
from annotator.tui.form_rows import Part, Row, Tone, fitted, parts_of, told
from annotator.tui.form_state import SUBMIT, FormState
from annotator.tui.plain import clip, inert

REQUIRED, INVALID, QUOTED, NO_QUOTE, FLAGGED = "*", "!", "❝", "❝?", "⚑"
"""Marks beside a label: must be answered; does not validate; evidence; evidence missing; flag."""


class FormLines(NamedTuple):
    """The whole form, and where the open field stands in it."""

    rows: list[Row]
    start: int
    end: int
    """After the last line of the open field."""
    cursor: int
    """The line of the marked choice, or of the field itself."""


def form_lines(state: FormState) -> FormLines:
    """Lay out every line of a form, as wide as the state says."""
    rows: list[Row] = []
    start = end = cursor = 0
    heading = ""
    for field in state.fields:
        above = state.asked.headings[field.id]
        if above and above != heading:
            rows.append(_heading_row(above, state.width))
        heading = above
        if field.id == state.focus:
            start, opened = len(rows), list(opened_rows(state))
            rows += [_field_row(field, state), *opened]
            end = len(rows)
            cursor = next((start + 1 + place for place, row in enumerate(opened) if row.tone == "mark"), start)
        else:
            rows.append(_field_row(field, state))
    if state.focus == SUBMIT:
        start = cursor = len(rows) + 1
    rows += [Row("blank"), *_submit_rows(state)]
    return FormLines(rows, start, end if state.focus != SUBMIT else len(rows), cursor)


def _heading_row(words: str, width: int) -> Row:
    text = clip(inert(words), width - 4)
    rule = "─" * max(0, width - cell_len(text) - 3)
    return Row("heading", parts=(Part("─ ", "rule"), Part(text, "heading"), Part(f" {rule}", "rule")))


def _field_row(field: Field, state: FormState) -> Row:
    focused = field.id == state.focus
    number = (field.number or "").ljust(state.asked.number_width if _has_numbers(state) else 0)
    head = [Part("▸" if focused else " ", "pointer"), Part(f"{number} " if number else "", "number")]
    marks = list(_marks(field, state))
    words, style = _summary(field, state)
    room = state.width - sum(part.cells for part in [*head, *marks])
    label = inert(field.name)
    words = clip(words, max(room - cell_len(label) - 1, room * 2 // 5))
    label = clip(label, room - cell_len(words) - 1)
    gap = room - cell_len(label) - cell_len(words)
    named = Part(label, "focused" if focused else "label")
    tone: Tone = ("mark" if not state.options and not state.is_writing else "open") if focused else ""
    return Row("field", field.id, "", parts_of(*head, named, *marks, Part(" " * gap), Part(words, style)), tone)


def _has_numbers(state: FormState) -> bool:
    return any(field.number for field in state.asked.fields)


def _marks(field: Field, state: FormState) -> Iterator[Part]:
    answer = state.answer(field.id)
    if field.required and answer is None:
        yield Part(REQUIRED, "required")
    if field.id in state.problems or field.id in state.refused:
        yield Part(INVALID, "problem")
    if needs_evidence(field, answer):
        yield Part(NO_QUOTE, "problem")
    elif answer and answer.evidence:
        yield Part(QUOTED if len(answer.evidence) == 1 else f"{QUOTED}{len(answer.evidence)}", "quoted")
    if any(flag.field == field.id for flag in _open_flags(state)):
        yield Part(FLAGGED, "flag")


def _summary(field: Field, state: FormState) -> tuple[str, str]:
    """What a field's line says of its answer, and in which style."""
    answer = state.answer(field.id)
    words = inert(answer_words(field, answer))
    if field.id in state.pending:
        return (f"✗ {words}", "problem") if field.id in state.refused else (f"{words} …", "state")
    return words, _style_of(answer)


def _style_of(answer: Answer | None) -> str:
    if answer is None:
        return "unanswered"
    return "answer" if answer.state == "answered" else "state"


def _submit_rows(state: FormState) -> Iterator[Row]:
    focused = state.focus == SUBMIT
    words = {"submitted": "Submitted: reopen to change it", "adjudicated": "Adjudicated"}
    text = words.get(state.classification.status, state.asked.submit_words)
    pointer = Part("▸ " if focused else "  ", "pointer")
    yield Row(
        "submit", SUBMIT, parts=fitted(state.width, pointer, Part(text, "focused")), tone="mark" if focused else ""
    )
    yield from told("submit", SUBMIT, _count_words(state), "muted", state.width, 2)
    if state.classification.status == "skipped":
        yield from told(
            "submit", SUBMIT, f"Skipped: {inert(state.classification.skip_reason)}", "state", state.width, 2
        )
    for flag in _open_flags(state):
        if not flag.field:
            yield from told(
                "submit", SUBMIT, f"{FLAGGED} {inert(flag.reason)} ({inert(flag.raised_by)})", "flag", state.width, 2
            )
    if state.classification.notes:
        yield from told("submit", SUBMIT, f"Note: {inert(state.classification.notes)}", "muted", state.width, 2)


def _count_words(state: FormState) -> str:
    answered = sum(state.answer(field.id) is not None for field in state.fields)
    missing = sum(field.required and state.answer(field.id) is None for field in state.fields)
    required = f", {missing} required left" if missing else ""
    return f"{answered} of {len(state.fields)} answered{required}"


def _open_flags(state: FormState) -> list[Flag]:
    return [flag for flag in state.classification.flags if not flag.resolved_at]
