"""A line of text is edited character by character, as a reader counts characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotator.tui.widgets.form.line_editor import LineEditor

KEYS = ["left", "right", "home", "end", "ctrl+left", "ctrl+right", "backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+k"]


@given(st.text(max_size=30), st.lists(st.one_of(st.sampled_from(KEYS), st.text(min_size=1, max_size=3)), max_size=20))
def test_the_cursor_stays_in_the_text_whatever_is_pressed(text: str, keys: list[str]) -> None:
    editor = LineEditor.at_end(text)
    for key in keys:
        editor = editor.press(key) or editor.insert(key)
        assert 0 <= editor.cursor <= len(editor.text)


@given(st.text(max_size=30), st.text(min_size=1, max_size=5))
def test_what_is_inserted_can_be_taken_away_again(text: str, piece: str) -> None:
    editor = LineEditor.at_end(text)
    longer = editor.insert(piece)
    assert longer.text.startswith(editor.text)
    assert LineEditor(longer.text, 0).press("ctrl+k") == LineEditor("", 0)


def test_an_accented_letter_and_an_emoji_go_with_one_backspace() -> None:
    assert LineEditor.at_end("cafe\u0301").delete_left().text == "caf"
    assert LineEditor.at_end("ok 👍🏽").delete_left().text == "ok "


def test_words_are_stepped_over_and_deleted() -> None:
    editor = LineEditor.at_end("one two")
    assert editor.word_left().cursor == 4
    assert editor.delete_word().text == "one "
