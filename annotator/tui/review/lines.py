"""Lay a review out as lines of styled text: a line per field, more where a field is open. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from annotator.model.classification import Answer
from annotator.model.outline import position
from annotator.model.review import Comparison
from annotator.tui.cells import clip, fit, inert
from annotator.tui.queue.rows import UNSAVED
from annotator.tui.review.disputed_rows import counted, named
from annotator.tui.review.state import AGREED, NUMBERED, Column, ReviewState
from annotator.tui.review.words import (
    elsewhere_in_words,
    outdated_in_words,
    pending_in_words,
    precedent_in_words,
    ruling_in_words,
    said,
    sure,
)
from annotator.tui.widgets.form.lines import QUOTED, FormLines, Part, Row, Tone, parts_of, told
from annotator.tui.widgets.wrapping import HANGING, fold
from annotator.tui.words import value_words

INDENT = 3
MOST_HEAD = 24
MOST_LINES = 60
"""Of one answer."""
MOST_QUOTE = 2


def opened_rows(state: ReviewState, each: Comparison) -> Iterator[Row]:
    """Yield the lines below the focused field."""
    if len(state.columns) > NUMBERED:
        yield from _grouped(state, each)
    else:
        yield from _one_by_one(state, each)
    field = state.taxonomy.by_id.get(each.field)
    if each.ruling:
        yield from _told(state, each.field, "✓ ", ruling_in_words(field, each.ruling, state.elsewhere), "answer")
    if words := elsewhere_in_words(field, each, state.elsewhere, state.called):
        mark, style = ("↻ ", "required") if each.against else ("✓ ", "answer")
        yield from _told(state, each.field, mark, words, style)
    if words := outdated_in_words(field, each, state.called):
        yield from _told(state, each.field, "↻ ", words, "required")
    if each.is_moot:
        words = "hidden by what is decided on other fields, so nothing is to be decided here"
        yield from _told(state, each.field, "– ", words, "state")
    for one in state.precedents:
        yield from _told(state, each.field, "≈ ", precedent_in_words(field, one, not state.is_hidden), "state")
    if each.field in state.pending:
        yield from _told(state, each.field, "… ", pending_in_words(field, state.pending[each.field]), "required")
    if each.field in state.troubles:
        yield from _told(state, each.field, "! ", state.troubles[each.field], "problem")
    if each.field in state.begun:
        words = "typed and not saved; it stands there again when you rule here, or give a value of your own"
        yield from _told(state, each.field, f"{UNSAVED} ", words, "required")


def answers_by_position(each: Comparison) -> list[tuple[Answer, list[str]]]:
    """The different answers, each with who gave it; the most frequent one first."""
    found: dict[object, tuple[Answer, list[str]]] = {}
    for name, held in each.positions.items():
        found.setdefault(held, (each.answers[name], []))[1].append(name)
    return sorted(found.values(), key=lambda one: -len(one[1]))


def options_of(state: ReviewState, each: Comparison) -> list[tuple[str, str]]:
    """The different answers to choose from: one who gave it, and the answer in words with who that is."""
    called = {column.name: column.who for column in state.columns}
    field = state.taxonomy.by_id.get(each.field)
    options = []
    for answer, names in answers_by_position(each):
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        options.append((names[0], f"{said(field, answer)}  ({called[names[0]]}{more})"))
    return options


def _one_by_one(state: ReviewState, each: Comparison) -> Iterator[Row]:
    width = min(MOST_HEAD, state.width // 3, max(cell_len(inert(column.head)) for column in state.columns) + 2)
    for column in state.columns:
        answer = each.answers.get(column.name)
        head = Part(clip(inert(column.head), width - 1), column.style)
        head_and_gap = (head, Part(" " * (width - head.cells)))
        if answer is None:
            parts = (_indent(), *head_and_gap, Part("did not answer", "muted"))
            yield Row("text", each.field, "", parts, "open")
            continue
        yield from _answer_rows(state, each.field, head_and_gap, answer)


def _grouped(state: ReviewState, each: Comparison) -> Iterator[Row]:
    """So many annotators are counted by what they say."""
    called: dict[str, Column] = {column.name: column for column in state.columns}
    for answer, names in answers_by_position(each):
        head = Part(f"{len(names):,} × ".rjust(9), "key")
        yield from _answer_rows(state, each.field, (head,), answer)
        who = clip(", ".join(inert(called[name].head) for name in names if name in called), state.width - INDENT - 10)
        yield Row("text", each.field, "", (_indent(), Part(" " * 9), Part(who, "muted")), "open")
    missing = sum(column.name not in each.answers for column in state.columns)
    if missing:
        yield from _told(state, each.field, "", f"{counted(missing, 'annotator')} did not answer", "muted")


def _answer_rows(state: ReviewState, field: str, head: tuple[Part, ...], answer: Answer) -> Iterator[Row]:
    words = " · ".join(filter(None, [inert(said(state.taxonomy.by_id.get(field), answer)), sure(answer.confidence)]))
    style = "answer" if answer.state == "answered" else "state"
    rest = (Part(" " * sum(part.cells for part in head)),)
    room = max(10, state.width - INDENT - rest[0].cells - 1)
    for place, line in enumerate(_folded(words, room, MOST_LINES)):
        yield Row("text", field, "", (_indent(), *(rest if place else head), Part(line, style)), "open")
    for quote in answer.evidence:
        lines = _folded(f"❝ {inert(quote.quote)}", room - cell_len(quote.report) - 2, MOST_QUOTE)
        for place, line in enumerate(lines):
            where = Part(f"  {inert(quote.report)}" if place == len(lines) - 1 else "", "muted")
            yield Row("text", field, "", parts_of(_indent(), *rest, Part(line, "quoted"), where), "open")


def _told(state: ReviewState, field: str, mark: str, words: str, style: str) -> Iterator[Row]:
    tone: Tone = "open"
    for place, line in enumerate(_folded(inert(words), state.width - INDENT - len(mark) - 1, 6)):
        start = Part(mark if place == 0 else " " * len(mark), style)
        yield Row("text", field, "", parts_of(_indent(), start, Part(line, style)), tone)


def _folded(text: str, width: int, most: int) -> list[str]:
    width = max(10, width)
    lines = [text[line.start : line.end].rstrip(HANGING) for line in fold(text, width)]
    if len(lines) > most:
        lines[most - 1 :] = [clip(lines[most - 1] + " …" + " " * width, width)]
    return lines


def _indent() -> Part:
    return Part(" " * INDENT)


OPEN, RULED, MOOT, AGAIN, SAME, ALONE, SAVING = "○", "✓", "–", "↻", "=", "·", "…"
"""How a field stands: open; ruled; hidden elsewhere; its ruling no longer holds; agreed on; one annotator; saving."""
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
    words = "agreed or decided elsewhere" if any(each.elsewhere for each in state.agreed) else "agreed"
    head = f"{'▾' if state.is_unfolded else '▸'} {counted(len(state.agreed), 'field')} {words}"
    words = clip(f"{head}: {inert(names)}", state.width - 1)
    style = "focused" if focused else "label"
    return Row(
        "field", AGREED, parts=(Part("▸" if focused else " ", "pointer"), Part(words, style)), tone=_tone(focused)
    )


def _tone(focused: bool) -> Tone:
    return "mark" if focused else ""


def _field_row(each: Comparison, state: ReviewState) -> Row:
    focused, grid = each.field == state.focus, state.grid
    mark, style = _mark(each, state)
    name = fit(clip(inert(named(state.taxonomy, each.field)), grid.name - 1), grid.name)
    parts = [Part("▸" if focused else " ", "pointer"), Part(f"{mark} ", style)]
    is_begun = each.field in state.begun and each.field not in state.troubles
    trouble = "! " if each.field in state.troubles else f"{UNSAVED} " if is_begun else "  "
    parts.append(Part(trouble, "required" if is_begun else "problem"))
    parts.append(Part(name, "focused" if focused else "label"))
    parts += [_cell(each, column, state) for column in state.shown_columns]
    parts.append(_ruling_cell(each, state))
    return Row("field", each.field, "", parts_of(*parts), _tone(focused))


def _mark(each: Comparison, state: ReviewState) -> tuple[str, str]:
    if each.field in state.pending:
        return SAVING, "required"
    if each.against:
        return AGAIN, "required"
    if each.ruling or each.elsewhere:
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
    decided = each.decided
    is_ruled = decided is not None and each.positions.get(column.name) == position(decided.state, decided.value)
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
    if each.field in state.pending:
        return Part(fit("saving …", width), "required")
    if each.field in state.refused:
        return Part(fit("not saved", width), "problem")
    if each.decided:
        words = inert(said(state.taxonomy.by_id.get(each.field), each.decided))
        return Part(fit(f"→ {words}", width), "chosen")
    if each.against:
        return Part(fit("open again", width), "required")
    if each.is_moot:
        return Part(fit("hidden", width), "muted")
    if each.is_open:
        return Part(fit("open again" if each.outdated else "open", width), "required")
    return Part(fit(each.source, width), "muted")
