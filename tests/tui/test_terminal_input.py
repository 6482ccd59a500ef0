"""A paste is one text, whatever stands in it and however it arrives; everything else is what it was."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

from annotator.desk import open_desk
from annotator.tui.terminal_input import BEGIN, BURST, END, ITS_SIGN, TerminalInput
from tests.tui.desk_process import DESK, desk_process
from tests.tui.tagging_content import tagging_desk

COPIED = ("\x1b", "\x1b[1m", "\x1b[0m", "\x1b[", "\x1b[20", "\x1b[200", BEGIN, "[201~", "\x1b\x1b", "\r", "h", "日本")
"""Pieces of what may have been copied from another terminal."""
PIECES = st.lists(st.sampled_from(COPIED) | st.text(max_size=3), min_size=1, max_size=8)
PASTED = PIECES.map("".join).filter(lambda text: END not in text)


def told(terminal: TerminalInput, pieces: Sequence[bytes]) -> list[Message]:
    return [message for piece in pieces for message in terminal.take(piece)]


def cut(text: bytes, at: Sequence[int]) -> list[bytes]:
    places = sorted({0, len(text), *(each % (len(text) + 1) for each in at)})
    return [text[start:end] for start, end in pairwise(places)]


def typed(messages: Sequence[Message]) -> list[tuple[str, str | None]]:
    return [(each.key, each.character) for each in messages if isinstance(each, Key)]


@given(PASTED, st.lists(st.integers(0, 60), max_size=5))
def test_a_paste_is_one_text_with_a_sign_for_each_escape(text: str, at: Sequence[int]) -> None:
    messages = told(TerminalInput(), cut(f"a{BEGIN}{text}{END}b".encode(), at))
    assert typed(messages) == [("a", "a"), ("b", "b")]
    pastes = [each.text for each in messages if isinstance(each, Paste)]
    shown = text.replace("\x1b", ITS_SIGN).replace("\0", "")
    assert pastes == [shown]


@given(st.lists(st.sampled_from(("a", "\x1b[A", "\x1bOP", "\x1b[1;5C", "é", "\x1b[<0;3;4M", "\r")), max_size=9))
def test_keys_and_the_mouse_are_what_they_were(pressed: Sequence[str]) -> None:
    parser = XTermParser()
    ours = told(TerminalInput(), [each.encode() for each in pressed])
    theirs = [message for each in pressed for message in parser.feed(each)]
    assert [repr(each) for each in ours] == [repr(each) for each in theirs]


@given(PIECES, st.lists(st.integers(0, 60), max_size=5))
def test_what_comes_faster_than_anybody_types_is_one_text_without_any_marks_too(
    pieces: Sequence[str], at: Sequence[int]
) -> None:
    begun, rest = "a" * BURST + "\x1b[1mr", "".join(pieces).replace("\x1b", "") + "日"
    text = begun + rest
    terminal = TerminalInput()
    assert told(terminal, [begun.encode(), *(piece for piece in cut(rest.encode(), at) if piece)]) == []
    (pasted,) = told(terminal, [b""])
    assert isinstance(pasted, Paste)
    assert pasted.text == text.replace("\x1b", ITS_SIGN).replace("\0", "")
    assert typed(told(terminal, [b"b", b""])) == [("b", "b")]


def test_a_key_that_comes_by_itself_ends_a_text_without_marks() -> None:
    for key in ("\x11", "\x1b[A"):
        pasted, pressed = told(TerminalInput(), [b"a" * BURST, b"b", key.encode()])
        assert isinstance(pasted, Paste)
        assert pasted.text == "a" * BURST + "b"
        assert typed([pressed]) == typed(list(XTermParser().feed(key)))


@pytest.mark.parametrize("behind", ["\x1b[<0;3;4M", "\x1b[I", f"{BEGIN}again{END}"])
def test_what_the_terminal_itself_sends_ends_a_text_without_marks(behind: str) -> None:
    parser = XTermParser()
    messages = told(TerminalInput(), [b"a" * BURST, f"b{behind}c".encode()])
    theirs = [message for piece in (f"{BEGIN}{'a' * BURST}b{END}", behind, "c") for message in parser.feed(piece)]
    assert [repr(each) for each in messages] == [repr(each) for each in theirs]


def test_fewer_characters_at_once_are_keys() -> None:
    assert len(typed(told(TerminalInput(), [b"j" * (BURST - 1), b""]))) == BURST - 1
    assert len(typed(told(TerminalInput(), [b"\x1b[A" * BURST, b""]))) == BURST


def test_the_escape_key_is_pressed_once_nothing_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("textual._parser.get_time", lambda: now[0])
    terminal = TerminalInput()
    assert told(terminal, [b"\x1b"]) == []
    now[0] = 60.0
    assert typed(told(terminal, [b""])) == [("escape", "\x1b")]


def test_a_character_that_comes_byte_by_byte_is_one_and_ends_nothing() -> None:
    terminal = TerminalInput()
    pieces = [bytes([each]) for each in "日a".encode()]
    assert [character for _, character in typed(told(terminal, pieces))] == ["日", "a"]


@pytest.mark.long
def test_nothing_is_answered_by_what_is_pasted_at_a_form(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path, annotator="ana")
    desk.close()
    with desk_process(tmp_path, (*DESK, "desk", "demo:1", "--taxonomy", "kinds")) as process:
        process.until("Upside down")
        process.press(f"{BEGIN}from a log \x1b[1mr\x1b[0m then r \x1b r{END}o")
        process.screen_with("Note, kept with")
        process.press(f"{BEGIN}a \x1b[31mred\x1b[0m word{END}")
        process.screen_with(f"a {ITS_SIGN}[31mred{ITS_SIGN}[0m word")
        process.press("\x13")
        process.screen_with("✓ saved")
        process.press("\x11")
        process.rest()
        assert process.ended() == 0
    found = open_desk(desk.path, "ana").tagging.classification("demo:1", "kinds")
    assert found.answers == {}
    assert found.notes == f"a {ITS_SIGN}[31mred{ITS_SIGN}[0m word"


@pytest.mark.long
@pytest.mark.parametrize("text", ["q" * 100_000, "r h q\r" * 20_000], ids=["a word", "lines"])
def test_a_hundred_thousand_characters_without_marks_do_nothing_and_keep_nobody_waiting(
    tmp_path: Path, text: str
) -> None:
    desk = tagging_desk(tmp_path, annotator="ana")
    desk.close()
    with desk_process(tmp_path, (*DESK, "desk", "demo:1", "--taxonomy", "kinds")) as process:
        process.until("Upside down")
        process.press(text)
        time.sleep(0.5)  # what follows at once would be taken for the end of it
        process.press("o")
        process.screen_with("Note, kept with")
        process.press(text)
        process.screen_with("most 20,000 fit here")
        process.press("\x11")
        process.rest()
        assert process.ended() == 0
    found = open_desk(desk.path, "ana").tagging.classification("demo:1", "kinds")
    assert (found.answers, found.notes) == ({}, "")
