"""The lines below a focused field: its choices, what is being written, its evidence and what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.models.taxonomy import Field
from annotator.models.words import in_language
from annotator.tui.answer_words import answer_words
from annotator.tui.answering import needs_evidence
from annotator.tui.choice_filter import Option
from annotator.tui.form_rows import Part, Row, fitted, parts_of, told
from annotator.tui.form_state import ADD, ROWED, FormState
from annotator.tui.line_editor import LineEditor
from annotator.tui.plain import clip, inert

INDENT = 2
MOST_COMPLETIONS = 6
CURSOR = " "


def opened_rows(state: FormState) -> Iterator[Row]:
    """Yield the lines below the focused field."""
    field = state.field
    if field is None:
        return
    if state.filter is not None:
        yield _filter_row(field, state, state.filter)
    if state.is_inline:
        yield _inline_row(field, state)
    else:
        yield from _list_rows(field, state)
    if not state.options:
        yield from _written_rows(field, state)
    yield from _evidence_rows(field, state)
    for reason in (state.refused.get(field.id), state.problems.get(field.id)):
        if reason:
            yield from told("text", field.id, f"! {inert(reason)}", "problem", state.width, INDENT)
    for flag in state.classification.flags:
        if flag.field == field.id and not flag.resolved_at:
            words = f"⚑ {inert(flag.reason)} ({inert(flag.raised_by)})"
            yield from told("text", field.id, words, "flag", state.width, INDENT)


def _inline_row(field: Field, state: FormState) -> Row:
    parts = [Part(" " * INDENT)]
    for option in state.options:
        style = "chosen" if option.is_chosen else "choice"
        if option.id == state.opening.marked:
            style += "-marked"
        parts.append(Part(option.key, "key", option.id))
        parts.append(Part(f"{'•' if option.is_chosen else ' '}{inert(option.label)}", style, option.id))
        parts.append(Part("  "))
    return Row("choices", field.id, "", tuple(parts[:-1]), "mark")


def _list_rows(field: Field, state: FormState) -> Iterator[Row]:
    for option in state.options:
        editing = state.editor is not None and option.id == state.opening.marked
        if editing and state.editor is not None:
            yield from _editor_rows(field, state, state.editor)
        else:
            yield _option_row(field, option, state)
    if state.filter is not None and not state.options:
        yield from told("text", field.id, "no choice matches; backspace, or esc for all", "muted", state.width, INDENT)


def _option_row(field: Field, option: Option, state: FormState) -> Row:
    marked = option.id == state.opening.marked
    pointer = Part("›" if marked else " ", "pointer")
    key = Part(f"{option.key or ' '} ", "key")
    label = inert(option.label)
    if option.chosen_below:
        label += f" ({option.chosen_below} chosen)"
    style = "chosen" if option.is_chosen else "choice"
    parts = fitted(
        state.width, pointer, key, Part("  " * option.depth), Part(_box(field, option), style), Part(label, style)
    )
    return Row("choice", field.id, option.id, parts, "mark" if marked else "open")


def _box(field: Field, option: Option) -> str:
    if field.kind in ROWED:
        return "+ " if option.id == ADD else "- "
    branch = ("▾ " if option.is_open else "▸ ") if option.is_branch else ""
    if not option.can_choose:
        return branch
    if field.holds_many:
        return branch + ("[x] " if option.is_chosen else "[ ] ")
    return branch + ("(•) " if option.is_chosen else "( ) ")


def _filter_row(field: Field, state: FormState, typed: LineEditor) -> Row:
    found = f"  {len(state.options)} found"
    parts = _editor_parts(typed, state.width - INDENT - 2 - len(found))
    return Row(
        "filter", field.id, "", parts_of(Part(" " * INDENT), Part("/ ", "key"), *parts, Part(found, "muted")), "open"
    )


def _written_rows(field: Field, state: FormState) -> Iterator[Row]:
    """A text as it stands, or as it is being written."""
    if state.editor is not None:
        yield from _editor_rows(field, state, state.editor)
        return
    answer = state.answer(field.id)
    if answer is not None and answer.state == "answered" and field.kind not in {"integer", "number", "date"}:
        yield from told("text", field.id, inert(answer_words(field, answer)), "answer", state.width, INDENT)
    elif answer is None:
        yield from told("text", field.id, _invitation(field), "muted", state.width, INDENT)


def _invitation(field: Field) -> str:
    if field.placeholder:
        return inert(in_language(field.placeholder))
    expected = {"date": "a date: 2020-12-17, 2020-12 or 2020", "integer": "a whole number", "number": "a number"}
    return f"enter writes {expected.get(field.kind, 'the answer')}"


def _editor_rows(field: Field, state: FormState, editor: LineEditor) -> Iterator[Row]:
    head = [Part(" " * INDENT), Part("✎ ", "key")]
    yield Row("text", field.id, "", parts_of(*head, *_editor_parts(editor, state.width - INDENT - 2)), "mark")
    first = max(0, state.picked - MOST_COMPLETIONS + 1)
    for place, words in enumerate(state.completions[first : first + MOST_COMPLETIONS], first):
        picked = place == state.picked
        parts = fitted(state.width, Part("  › " if picked else "    ", "pointer"), Part(inert(words), "choice"))
        yield Row("completion", field.id, str(place), parts, "mark" if picked else "open")


def _editor_parts(editor: LineEditor, width: int) -> list[Part]:
    """The text with its cursor; the end near the cursor stays in sight when it is longer than the line."""
    before, after = inert(editor.text[: editor.cursor]), inert(editor.text[editor.cursor :])
    while before and Part(before).cells > width - 2:
        before = before[max(1, len(before) // 8) :]
    under, rest = (after[:1] or CURSOR), after[1:]
    return [
        Part(before, "writing"),
        Part(under, "cursor"),
        Part(clip(rest, width - Part(before + under).cells), "writing"),
    ]


def _evidence_rows(field: Field, state: FormState) -> Iterator[Row]:
    answer = state.answer(field.id)
    for quote in answer.evidence if answer else ():
        parts = fitted(state.width, Part(" " * INDENT), Part("❝ ", "quoted"), Part(inert(quote.quote), "quoted"))
        yield Row("text", field.id, "", parts, "open")
    for quote in state.waiting.get(field.id, ()):
        parts = fitted(state.width, Part(" " * INDENT), Part("❝… ", "problem"), Part(inert(quote.quote), "muted"))
        yield Row("text", field.id, "", parts, "open")
    if state.waiting.get(field.id):
        yield from told("text", field.id, "is kept with the answer", "muted", state.width, INDENT)
    if needs_evidence(field, answer):
        words = "❝? quote the words of the report that support this"
        yield from told("text", field.id, words, "problem", state.width, INDENT)
