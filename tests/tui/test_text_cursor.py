"""Words, sentences and paragraphs are found as an editor would point at them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.tui.widgets.wrapping import paragraph_at, sentence_at, word_after, word_before

TEXT = "A car hit a wall. It cost 3.5 million! Who paid?\nNobody said."


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("car", "A car hit a wall."),
        ("3.5", "It cost 3.5 million!"),
        ("paid", "Who paid?"),
        ("said", "Nobody said."),
    ],
)
def test_the_sentence_around_a_word_is_found(inside: str, sentence: str) -> None:
    start, end = sentence_at(TEXT, TEXT.index(inside))
    assert TEXT[start:end] == sentence


def test_japanese_sentences_end_without_a_space_after_them() -> None:
    text = "顔認証が誤った。「逮捕された。」と語る。"
    start, end = sentence_at(text, text.index("逮捕"))
    assert text[start:end] == "「逮捕された。」"


def test_a_paragraph_ends_with_the_line() -> None:
    start, end = paragraph_at(TEXT, TEXT.index("wall"))
    assert TEXT[start:end] == "A car hit a wall. It cost 3.5 million! Who paid?"


def test_words_are_stepped_over_forwards_and_backwards() -> None:
    assert TEXT[: word_after(TEXT, 1)] == "A car"
    assert TEXT[word_before(TEXT, 5) :].startswith("car")
    assert "顔認証が誤った"[: word_after("顔認証が誤った", 0)] == "顔認証"


@given(st.text(max_size=200), st.data())
def test_what_is_found_lies_in_the_text_in_order(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    for start, end in (sentence_at(text, offset), paragraph_at(text, offset)):
        assert 0 <= start <= end <= len(text)
    assert 0 <= word_before(text, offset) <= offset <= word_after(text, offset) <= len(text)
