"""Foreign text: nothing of it steers the terminal, and no position moves."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from annotator.tui.cells import clip, fit, inert

TRICKS = st.sampled_from(
    ["\x1b[2J", "\x9b31m", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\r\n", "\t", "\u2028",
     "\ud800", "\u3164", "\U000e0041", "e" + "\u0301" * 9, "日本", "[bold]", "\x07"]
)  # fmt: skip
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
TEXTS = st.lists(TRICKS | st.text(max_size=5), max_size=8).map("".join)


@given(TEXTS, st.booleans())
def test_one_character_stays_one_character(text: str, newlines: bool) -> None:
    assert len(inert(text, newlines)) == len(text)


@given(TEXTS)
def test_nothing_is_left_that_moves_the_cursor_or_turns_the_direction(text: str) -> None:
    for character in inert(text):
        assert unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(character) not in {
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        }
        assert character not in "\u200b\u200c\u200d\u200e\u200f\ufeff\u3164"


@given(TEXTS, st.booleans())
def test_inert_text_stays_as_it_is(text: str, newlines: bool) -> None:
    assert inert(inert(text, newlines), newlines) == inert(text, newlines)


@given(TEXTS)
def test_inert_text_can_be_written_to_a_terminal(text: str) -> None:
    inert(text).encode("utf-8")


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("plain words, 日本語, naïve", "plain words, 日本語, naïve"),
        ("\x1b[31mred", "␛[31mred"),
        ("user\u202egnp.exe", "user�gnp.exe"),
        ("pass\u200bword", "pass·word"),
        ("one\r\ntwo\tthree", "one  two three"),
        ("a" + "\u0301" * 7, "a" + "\u0301" * 4 + "···"),
    ],
)
def test_what_a_reader_sees_instead(foreign: str, shown: str) -> None:
    assert inert(foreign) == shown


def test_line_ends_of_every_kind_become_one_kind_where_they_are_wanted() -> None:
    assert inert("a\r\nb\rc\u2028d\x85e\nf", newlines=True) == "a \nb\nc\nd\ne\nf"


@given(TEXTS, st.integers(0, 30))
def test_clipped_text_fits_its_cells(text: str, cells: int) -> None:
    assert cell_len(clip(inert(text), cells)) <= cells
    assert cell_len(fit(inert(text), cells)) == cells


def test_a_wide_character_that_does_not_fit_is_left_out() -> None:
    assert clip("日本語", 4) == "日…"
    assert clip("日本語", 6) == "日本語"
    assert clip("word", 0) == ""
