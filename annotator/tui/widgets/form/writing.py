"""What is written in a field's line: with which text it begins, and which answer it makes. Pure."""

from __future__ import annotations

from annotator.model.classification import Answer
from annotator.tui.widgets.form.answering import WRITTEN, rows_of, with_row, with_value
from annotator.tui.widgets.form.state import ADD, FormState, Spot

COMPLETED = frozenset({"text", "location", "tags"})
"""Kinds whose writing is helped by completion."""


def first_text(state: FormState, typed: str | None = None) -> str:
    """What the line of the focused field begins with: what was being written there, else what it holds.

    What is typed already goes on with the former and stands in place of the latter.
    """
    otherwise = held_text(state) if typed is None else ""
    return state.unfinished.get(state.spot, otherwise) + (typed or "")


def held_text(state: FormState) -> str:
    """What the line of the focused field holds: the answer as it is, else the default."""
    field = state.field
    answer = state.answer(state.focus)
    if field is None:
        return ""
    if field.kind == "tags":
        rows = rows_of(answer)
        return "" if state.opening.marked == ADD else str(rows[int(state.opening.marked)])
    if field.kind in WRITTEN and answer is not None and answer.value is not None:
        return str(answer.value)
    return str(field.default) if field.default is not None and answer is None else ""


def unsaved_texts(state: FormState) -> dict[Spot, str]:
    """Every text in the form that is no answer yet: begun earlier, refused, or in the line that is written now."""
    refused = {field: state.pending.get(field) for field in state.refused}
    texts = {(field, ""): each.value for field, each in refused.items() if each and isinstance(each.value, str)}
    found = {**state.unfinished, **texts}
    if state.written is not None and (state.focus in state.refused or state.written != held_text(state)):
        found[state.spot] = state.written
    return {spot: text for spot, text in found.items() if text.strip()}


def answer_of(state: FormState, text: str) -> Answer | None:
    """The answer of the focused field with a text written in it; no text takes it back."""
    field = state.field
    answer = state.answer(state.focus)
    if field is not None and field.kind == "tags":
        place = None if state.opening.marked == ADD else int(state.opening.marked)
        return with_row(answer, place, text.strip() or None)
    return with_value(answer, text.strip()) if text.strip() else None


def refused_row(state: FormState, marked: str) -> str:
    """The tag to go on writing when one was refused that was written at this mark; empty for other fields."""
    field, rows = state.field, rows_of(state.answer(state.focus))
    if field is None or field.kind != "tags" or not rows:
        return ""
    return str(len(rows) - 1) if marked == ADD else marked
