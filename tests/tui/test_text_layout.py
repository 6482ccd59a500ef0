"""Every character has a line and a column, and the way back leads to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.tui.cells import inert
from annotator.tui.widgets.report_text import Span, marker_of, pieces
from annotator.tui.widgets.wrapping import TextLayout

TEXTS = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("ab \n、。東京e\u0301")), max_size=200)


def places(layout: TextLayout) -> list[int]:
    """Every place where a cursor can stand, in order."""
    found = [0]
    while found[-1] < len(layout.shown):
        found.append(layout.after(found[-1]))
        assert found[-1] > found[-2]
    return found


@given(TEXTS, st.integers(2, 30))
def test_a_line_and_a_column_lead_back_to_the_character(text: str, width: int) -> None:
    layout = TextLayout("A title", inert(text, newlines=True), width)
    for offset in places(layout):
        place = layout.offset_at(layout.line_of(offset), layout.column_of(offset))
        assert layout.line_of(place) == layout.line_of(offset)
        assert layout.column_of(place) == layout.column_of(offset)


@given(TEXTS, st.integers(2, 30))
def test_stepping_right_and_left_visits_the_whole_text_and_returns(text: str, width: int) -> None:
    layout = TextLayout("", inert(text, newlines=True), width)
    steps = places(layout)
    for before, after in zip(steps[-2::-1], steps[:0:-1], strict=True):
        assert before <= layout.before(after) < after


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6), st.integers(0, 20), st.integers(1, 20))
def test_pieces_cover_a_line_once_and_the_last_span_wins(edges: list[tuple[int, int]], start: int, length: int) -> None:
    spans = [Span(min(each), max(each), f"s{n}") for n, each in enumerate(edges)]
    found = list(pieces(start, start + length, spans))
    assert [place for piece in found for place in range(piece.start, piece.end)] == list(range(start, start + length))
    for piece in found:
        over = [span.style for span in spans if span.start <= piece.start < span.end]
        assert piece.style == (over[-1] if over else "")


def test_a_marker_stands_at_the_first_line_of_evidence_and_a_bar_along_the_rest() -> None:
    spans = [Span(5, 25, "evidence", "2.1"), Span(8, 9, "evidence-focused", "3.4")]
    assert marker_of(0, 10, spans, "evidence-focused") == ("3.4", True, True)
    assert marker_of(10, 20, spans, "evidence-focused") == ("", True, False)
    assert marker_of(30, 40, spans, "evidence-focused") == ("", False, False)
