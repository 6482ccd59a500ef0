"""The lines below a field that is looked at: every answer in full, evidence, ruling, precedents. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from annotator.models.classification import Answer
from annotator.models.review import Comparison
from annotator.tui.disputed_words import counted
from annotator.tui.form_rows import Part, Row, Tone, parts_of
from annotator.tui.plain import clip, inert
from annotator.tui.review_columns import NUMBERED, Column
from annotator.tui.review_state import ReviewState
from annotator.tui.ruling_words import outdated_in_words, precedent_in_words, ruling_in_words, said, sure
from annotator.tui.wrapping import HANGING, fold

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
        yield from _told(state, each.field, "✓ ", ruling_in_words(field, each.ruling), "answer")
    if each.outdated:
        yield from _told(state, each.field, "↻ ", outdated_in_words(field, each, state.called), "required")
    if each.is_moot:
        words = "hidden by what is decided elsewhere, so nothing is to be decided here"
        yield from _told(state, each.field, "– ", words, "state")
    for one in state.precedents:
        yield from _told(state, each.field, "≈ ", precedent_in_words(field, one, not state.is_hidden), "state")
    if each.field in state.problems:
        yield from _told(state, each.field, "! ", state.problems[each.field], "problem")


def answers_by_position(each: Comparison) -> list[tuple[Answer, list[str]]]:
    """The different answers, each with who gave it; the most frequent one first."""
    found: dict[object, tuple[Answer, list[str]]] = {}
    for name, held in each.positions.items():
        found.setdefault(held, (each.answers[name], []))[1].append(name)
    return sorted(found.values(), key=lambda one: -len(one[1]))


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
