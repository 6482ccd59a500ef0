"""Report text is folded to the pane without losing a character or splitting one."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from annotator.tui.cells import inert
from annotator.tui.widgets.wrapping import HANGING, FoldedText, clusters, fold

SCRIPTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("abc  \n\n.,-「」。、東京アーっe\u0301👍🏽🇯🇵🇺🇸한국 \u3000"),
    ),
    max_size=300,
)
WIDTHS = st.integers(2, 40)


@given(SCRIPTS, WIDTHS)
def test_every_character_stands_in_exactly_one_line(text: str, width: int) -> None:
    shown = inert(text, newlines=True)
    lines = list(fold(shown, width))
    assert "".join(shown[line.start : line.end] for line in lines) == shown
    assert lines[0].start == 0
    assert all(before.end == after.start for before, after in pairwise(lines))


@given(SCRIPTS, WIDTHS)
def test_no_line_is_wider_than_the_pane(text: str, width: int) -> None:
    shown = inert(text, newlines=True)
    for line in fold(shown, width):
        drawn = shown[line.start : line.end].rstrip(HANGING)
        assert cell_len(drawn) <= width
        assert "\n" not in drawn


@example("00 \u0300", 2)
@example("00 \u0300abc", 2)
@given(SCRIPTS, WIDTHS)
def test_a_new_line_never_begins_inside_a_character(text: str, width: int) -> None:
    shown = inert(text, newlines=True)
    for paragraph in shown.split("\n"):
        edges = {cluster.start for cluster in clusters(paragraph)} | {len(paragraph), 0}
        assert {line.start for line in fold(paragraph, width)} <= edges


@given(SCRIPTS, WIDTHS, st.data())
def test_a_text_folded_on_demand_reads_the_same(text: str, width: int, data: st.DataObject) -> None:
    shown = inert(text, newlines=True)
    lines = list(fold(shown, width))
    folded = FoldedText(shown, width)
    for number in data.draw(st.lists(st.integers(0, len(lines)), max_size=5)):
        assert folded.line(number) == (lines[number] if number < len(lines) else None)
    offset = data.draw(st.integers(0, max(0, len(shown) - 1)))
    line = folded.line(folded.line_at(offset))
    assert line is not None
    assert line.start <= offset < max(line.end, 1)
    assert folded.last_line() == len(lines) - 1
    assert folded.height == len(lines)


def test_words_stay_whole_and_spaces_hang_over_the_edge() -> None:
    text = "one two  three"
    assert [text[line.start : line.end] for line in fold(text, 8)] == ["one two  ", "three"]


def test_japanese_breaks_between_characters_but_not_before_a_full_stop_or_after_an_opening_bracket() -> None:
    text = "東京の会社。「採用」"
    assert [text[line.start : line.end] for line in fold(text, 10)] == ["東京の会", "社。「採", "用」"]


def test_a_word_longer_than_the_pane_is_cut_to_it() -> None:
    assert [line.end - line.start for line in fold("x" * 25, 10)] == [10, 10, 5]


def test_a_long_text_is_folded_only_as_far_as_somebody_looks() -> None:
    folded = FoldedText("word " * 200_000, 40)
    folded.reach_line(30)
    assert not folded.is_complete
    assert 10_000 < folded.height < 50_000
