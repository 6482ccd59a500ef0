"""What a key does while text is written in the form: an answer, a tag, or the filter of a long list. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from annotator.model.classification import Answer
from annotator.model.taxonomy import Field
from annotator.tui.widgets.form import moves
from annotator.tui.widgets.form.answering import WRITTEN, rows_of, with_row, with_value
from annotator.tui.widgets.form.line_editor import LineEditor
from annotator.tui.widgets.form.state import ADD, FormState

COMPLETED = frozenset({"text", "location", "tags"})
"""Kinds whose writing is helped by completion."""
FIRST_CHARACTERS = {"integer": "0123456789-+", "number": "0123456789-+.", "date": "0123456789"}
"""What begins writing by itself, without enter."""


class Typed(NamedTuple):
    """What became of the form after a key."""

    state: FormState
    accepted: str | None = None
    """A text that is to be taken as the answer."""
    asks: bool = False
    """Whether other completions are wanted."""


def begins_writing(field: Field, character: str | None) -> bool:
    """Whether a character can only be the beginning of the answer."""
    return character is not None and character in FIRST_CHARACTERS.get(field.kind, "")


def begin(state: FormState, text: str | None = None) -> FormState:
    """Write in the focused field, beginning with what is there, the default, or a given text."""
    field = state.field
    if field is None:
        return state
    return state.writing(LineEditor.at_end(_text_of(field, state) if text is None else text))


def type_key(state: FormState, key: str, character: str | None) -> Typed | None:
    """Follow a key while something is written; None when it means nothing there."""
    if state.filter is not None:
        return _filter_key(state, state.filter, key, character)
    if state.editor is None:
        return None
    return _writing_key(state, state.editor, key, character)


def answer_of(state: FormState, text: str) -> Answer | None:
    """The answer of the focused field with a text written in it; no text takes it back."""
    field = state.field
    answer = state.answer(state.focus)
    if field is not None and field.kind == "tags":
        place = None if state.opening.marked == ADD else int(state.opening.marked)
        return with_row(answer, place, text.strip() or None)
    return with_value(answer, text.strip()) if text.strip() else None


def _text_of(field: Field, state: FormState) -> str:
    answer = state.answer(field.id)
    if field.kind == "tags":
        rows = rows_of(answer)
        return "" if state.opening.marked == ADD else str(rows[int(state.opening.marked)])
    if field.kind in WRITTEN and answer is not None and answer.value is not None:
        return str(answer.value)
    return str(field.default) if field.default is not None and answer is None else ""


def _writing_key(state: FormState, editor: LineEditor, key: str, character: str | None) -> Typed | None:
    if key == "enter":
        return Typed(state.writing(None), state.completions[state.picked] if state.picked >= 0 else editor.text)
    if key == "escape":
        return Typed(state.writing(None))
    if key in {"down", "up"}:
        return Typed(_picked(state, 1 if key == "down" else -1))
    if key == "tab":
        if not state.completions:
            return Typed(state.writing(None), editor.text)
        return Typed(state.writing(LineEditor.at_end(state.completions[max(0, state.picked)])), asks=True)
    changed = _edited(editor, key, character)
    return Typed(state.writing(changed), asks=changed.text != editor.text) if changed else None


def _picked(state: FormState, by: int) -> FormState:
    last = len(state.completions) - 1
    return replace(state, picked=min(max(state.picked + by, -1), last))


def _filter_key(state: FormState, typed: LineEditor, key: str, character: str | None) -> Typed | None:
    if key == "escape" or (key == "backspace" and not typed.text):
        return Typed(state.with_filter(None))
    if key in {"down", "up"}:
        return Typed(moves.step(state, 1 if key == "down" else -1))
    changed = _edited(typed, key, character)
    return Typed(state.with_filter(changed)) if changed else None


def _edited(editor: LineEditor, key: str, character: str | None) -> LineEditor | None:
    if character and character.isprintable():
        return editor.insert(character)
    return editor.press(key)
