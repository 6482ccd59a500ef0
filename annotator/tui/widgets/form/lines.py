"""Lay the form out as lines of styled text: one per heading and field, more where a field is open. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rich.cells import cell_len

from annotator.desk.conflicts.conflicting import WHOLE
from annotator.model.classification import Answer, Flag
from annotator.model.outline import in_language
from annotator.model.taxonomy import Field, removed_in
from annotator.tui.cells import clip, inert
from annotator.tui.keys import Keys
from annotator.tui.widgets.form.answering import needs_evidence
from annotator.tui.widgets.form.choices import Option
from annotator.tui.widgets.form.state import ADD, ROWED, SUBMIT, FormState
from annotator.tui.widgets.wrapping import HANGING, fold
from annotator.tui.words import APART, answer_words, version_words

Tone = Literal["", "open", "mark"]
"""`open` for a line of the focused field, `mark` for the line of the cursor."""


class Part(NamedTuple):
    """A piece of a line."""

    text: str
    style: str = ""
    option: str = ""
    """The choice it stands for, when a click on it takes that choice."""

    @property
    def cells(self) -> int:
        """Its width in cells."""
        return cell_len(self.text)


class Row(NamedTuple):
    """A line of the form."""

    kind: Literal["heading", "field", "choice", "choices", "text", "writing", "filter", "completion", "submit", "blank"]
    field: str = ""
    """The field it belongs to."""
    option: str = ""
    """The choice it stands for."""
    parts: tuple[Part, ...] = ()
    tone: Tone = ""

    @property
    def text(self) -> str:
        """What can be read on the line."""
        return "".join(part.text for part in self.parts)

    def option_at(self, cell: int) -> str:
        """The choice drawn at a cell, where several stand in one line."""
        for part in self.parts:
            if cell < part.cells:
                return part.option
            cell -= part.cells
        return ""


def parts_of(*parts: Part) -> tuple[Part, ...]:
    """The parts that have any text."""
    return tuple(part for part in parts if part.text)


def fitted(width: int, *parts: Part) -> tuple[Part, ...]:
    """Cut the last part so that all fit into a width; the others are small."""
    *first, last = parts
    room = width - sum(part.cells for part in first)
    return parts_of(*first, last._replace(text=clip(last.text, room)))


def told(
    kind: Literal["text", "submit"], field: str, text: str, style: str, width: int, indent: int, most: int = 3
) -> Iterator[Row]:
    """Fold inert text into at most so many lines."""
    lines = [text[line.start : line.end].rstrip(HANGING) for line in fold(text, width - indent)]
    if len(lines) > most:
        lines[most - 1 :] = [clip(lines[most - 1] + " …" + " " * width, width - indent)]
    for line in lines:
        yield Row(kind, field, parts=(Part(" " * indent), Part(line, style)), tone="open" if kind == "text" else "")


INDENT = 2
EDITOR_AT = INDENT + 2
"""The cell of its line where the editor begins, behind a sign."""
MOST_COMPLETIONS = 6
MOST_UNFINISHED = 40
"""Cells of an unfinished text that are shown."""
FOUND_WIDTH = 12
"""Cells beside the filter for how many choices match."""


def opened_rows(state: FormState) -> Iterator[Row]:
    """Yield the lines below the focused field."""
    field = state.field
    if field is None:
        return
    if state.filter is not None:
        yield _filter_row(field, state)
    if state.is_inline:
        yield _inline_row(field, state)
    else:
        yield from _list_rows(field, state)
    if not state.options:
        yield from _written_rows(field, state)
    yield from _unfinished_rows(field, state)
    yield from _evidence_rows(field, state)
    reasons = (state.refused.get(field.id), state.problems.get(field.id) or _removed_words(field, state))
    for reason in reasons:
        if reason:
            yield from told("text", field.id, f"! {inert(reason)}", "problem", state.width, INDENT)
    yield from _apart_rows(field, state)
    for flag in state.classification.flags:
        if flag.field == field.id and not flag.resolved_at:
            words = f"⚑ {inert(flag.reason)} ({inert(flag.raised_by)})"
            yield from told("text", field.id, words, "flag", state.width, INDENT)


def _apart_rows(field: Field, state: FormState) -> Iterator[Row]:
    """All that was said apart about a field, as long as nothing newer is meant."""
    answer = state.answer(field.id)
    if answer is None or answer.state != "conflict":
        return
    for conflict in state.classification.conflicts:
        for each in conflict.versions if conflict.field == field.id else ():
            words = inert(f"{APART} {version_words(field, each)}")
            yield from told("text", field.id, words, "problem", state.width, INDENT)
    words = state.keys.table.told(
        "answer it anew to settle it, or keep one in the list of conflicts ({conflicts} in the queue)"
    )
    yield from told("text", field.id, words, "muted", state.width, INDENT)


def _removed_words(field: Field, state: FormState) -> str:
    """That an answer holds choices there no longer are; empty when it does not."""
    answer = state.answer(field.id)
    gone = removed_in(field, answer.value) if answer else []
    return f"holds {', '.join(gone)}; answer it anew" if gone else ""


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
        if state.written is not None and option.id == state.opening.marked:
            yield from _writing_rows(field, state)
        else:
            yield _option_row(field, option, state)
    if state.filter is not None and not state.options:
        words = state.keys.table.told("no choice matches; backspace, or {stop_writing} for all")
        yield from told("text", field.id, words, "muted", state.width, INDENT)


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


def _filter_row(field: Field, state: FormState) -> Row:
    """The line of the filter: its sign, room for the editor, and how much was found."""
    found = f"  {len(state.options)} found"
    room = state.width - INDENT - 2 - cell_len(found)
    return Row(
        "filter", field.id, "", (Part(" " * INDENT), Part("/ ", "key"), Part(" " * room), Part(found, "muted")), "open"
    )


def _written_rows(field: Field, state: FormState) -> Iterator[Row]:
    """A text as it stands, or as it is being written."""
    if state.written is not None:
        yield from _writing_rows(field, state)
        return
    answer = state.answer(field.id)
    if answer is not None and answer.state == "answered" and field.kind not in {"integer", "number", "date"}:
        yield from told("text", field.id, inert(answer_words(field, answer)), "answer", state.width, INDENT)
    elif answer is None:
        yield from told("text", field.id, _invitation(field, state.keys.table), "muted", state.width, INDENT)


def _invitation(field: Field, keys: Keys) -> str:
    if field.placeholder:
        return inert(in_language(field.placeholder))
    expected = {"date": "a date: 2020-12-17, 2020-12 or 2020", "integer": "a whole number", "number": "a number"}
    return keys.told("{open_field} writes {expected}", expected=expected.get(field.kind, "the answer"))


def _writing_rows(field: Field, state: FormState) -> Iterator[Row]:
    """The sign before the editor, which draws itself over the rest of the line, and the completions."""
    yield Row("writing", field.id, "", (Part(" " * INDENT), Part("✎ ", "key")), "mark")
    first = max(0, state.picked - MOST_COMPLETIONS + 1)
    for place, words in enumerate(state.completions[first : first + MOST_COMPLETIONS], first):
        picked = place == state.picked
        parts = fitted(state.width, Part("  › " if picked else "    ", "pointer"), Part(inert(words), "choice"))
        yield Row("completion", field.id, str(place), parts, "mark" if picked else "open")


def _unfinished_rows(field: Field, state: FormState) -> Iterator[Row]:
    """What was being written here when the desk was closed, and how to go on with it."""
    for spot, text in state.unfinished.items():
        if spot[0] == field.id:
            what = "A row" if field.kind == "group" else f"“{clip(inert(text), MOST_UNFINISHED)}”"
            sentence = "{what} was being written when the desk was closed; {open_field} goes on with it"
            words = state.keys.table.told(sentence, what=what)
            yield from told("text", field.id, f"{UNFINISHED} {words}", "problem", state.width, INDENT)


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


REQUIRED, INVALID, QUOTED, NO_QUOTE, FLAGGED, UNFINISHED = "*", "!", "❝", "❝?", "⚑", "✎"
"""Marks beside a label: must be answered; does not validate; evidence; evidence missing; flag; begun and not saved."""


class FormLines(NamedTuple):
    """The whole form, and where the open field stands in it."""

    rows: list[Row]
    start: int
    end: int
    """After the last line of the open field."""
    cursor: int
    """The line of the marked choice, or of the field itself."""

    @property
    def editor(self) -> int | None:
        """The line in which text is written, or the filter is."""
        places = range(self.start, self.end)
        return next((place for place in places if self.rows[place].kind in {"writing", "filter"}), None)


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
    if state.aside:
        rows.append(_heading_row("Set aside: no answers any more", state.width))
    for field_id in state.aside:
        about = list(_aside_rows(field_id, state))
        if field_id == state.focus:
            start, cursor, end = len(rows), len(rows), len(rows) + len(about)
        rows += about
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


def _aside_rows(field_id: str, state: FormState) -> Iterator[Row]:
    """An answer to a field that is not asked here, and when it is focused why it is not and how to clear it."""
    focused, field, answer = field_id == state.focus, state.asked.taxonomy.known(field_id), state.answer(field_id)
    held = state.classification.answers[field_id] if answer is None else answer
    words = inert(answer_words(field, held) if field else str(held.value))
    if field_id in state.refused:
        words = f"✗ {words}"
    pointer = Part("▸ " if focused else "  ", "pointer")
    label = clip(inert(state.asked.called(field_id)), (state.width - pointer.cells) * 3 // 5)
    words = clip(words, state.width - pointer.cells - cell_len(label) - 1)
    gap = Part(" " * (state.width - pointer.cells - cell_len(label) - cell_len(words)))
    named = Part(label, "focused" if focused else "label")
    yield Row("field", field_id, "", parts_of(pointer, named, gap, Part(words, "muted")), "mark" if focused else "")
    if not focused:
        return
    for quote in held.evidence:
        parts = fitted(state.width, Part(" " * INDENT), Part("❝ ", "quoted"), Part(inert(quote.quote), "quoted"))
        yield Row("text", field_id, "", parts, "open")
    for reason in filter(None, (state.refused.get(field_id), state.problems.get(field_id))):
        yield from told("text", field_id, f"! {inert(reason)}", "problem", state.width, INDENT)
    yield from told("text", field_id, _why_aside(field_id, state), "muted", state.width, INDENT)


def _why_aside(field_id: str, state: FormState) -> str:
    taxonomy, told_by = state.asked.taxonomy, state.keys.table.told
    if field_id in taxonomy.by_id:
        return told_by("is not asked about {kinds}; {clear} clears it", kinds=f"{state.asked.kind}s")
    gone = taxonomy.removed.get(field_id)
    if gone:
        return told_by("was removed in version {version}; {clear} clears it", version=str(gone.version))
    return told_by("is no field of version {version}; {clear} clears it", version=str(taxonomy.version))


def _has_numbers(state: FormState) -> bool:
    return any(field.number for field in state.asked.fields)


def _marks(field: Field, state: FormState) -> Iterator[Part]:
    answer = state.answer(field.id)
    if field.required and answer is None:
        yield Part(REQUIRED, "required")
    if field.id in state.problems or field.id in state.refused or _removed_words(field, state):
        yield Part(INVALID, "problem")
    if field.id in state.waiting or any(spot[0] == field.id for spot in state.unfinished):
        yield Part(UNFINISHED, "problem")
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
    return words, "problem" if _removed_words(field, state) else _style_of(answer)


def _style_of(answer: Answer | None) -> str:
    if answer is None:
        return "unanswered"
    if answer.state == "conflict":
        return "problem"
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
    for conflict in state.classification.conflicts:
        if not conflict.field:
            about = f"{APART} {WHOLE[conflict.place.partition(':')[0]]}"
            yield from told("submit", SUBMIT, about, "problem", state.width, 2)
    if state.classification.notes:
        yield from told("submit", SUBMIT, f"Note: {inert(state.classification.notes)}", "muted", state.width, 2)


def _count_words(state: FormState) -> str:
    answered = sum(state.answer(field.id) is not None for field in state.fields)
    missing = sum(field.required and state.answer(field.id) is None for field in state.fields)
    required = f", {missing} required left" if missing else ""
    aside = f", {len(state.aside)} set aside" if state.aside else ""
    return f"{answered} of {len(state.fields)} answered{required}{aside}"


def _open_flags(state: FormState) -> list[Flag]:
    return [flag for flag in state.classification.flags if not flag.resolved_at]
