"""A text file of any usual encoding is read; anything else is refused in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RequestError, SourceError
from annotator.formats.format import ReadOptions
from annotator.formats.text import reading
from annotator.formats.text.reading import TextFile

SENTENCE = "Der Roboter fuhr über die Straße; niemand wurde verletzt, sagte die Behörde. Café, niño.\n"
JAPANESE = "掃除ロボットが出口で止まり、十一分のあいだ動かなかった。\n乗客は係員によって外に出された。\n"


def opened(path: Path, content: bytes, options: ReadOptions | None = None, kind: str = "document") -> TextFile:
    path.write_bytes(content)
    return TextFile.find(path, options or ReadOptions(), kind)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("written", [SENTENCE, JAPANESE])
def test_unicode_in_any_spelling_is_read_without_a_loss(tmp_path: Path, codec: str, written: str) -> None:
    file = opened(tmp_path / "a.txt", written.encode(codec))
    assert file.read() == written
    assert list(file.losses()) == []


def test_big_endian_with_its_mark_is_read(tmp_path: Path) -> None:
    assert opened(tmp_path / "a.txt", b"\xfe\xff" + SENTENCE.encode("utf-16-be")).read() == SENTENCE


def test_latin_1_is_read_and_said(tmp_path: Path) -> None:
    file = opened(tmp_path / "a.txt", SENTENCE.encode("latin-1"))
    assert file.read() == SENTENCE
    (loss,) = file.losses()
    assert "Latin-1" in loss.what
    assert loss.where == "a.txt"


def test_windows_quotes_are_read(tmp_path: Path) -> None:
    written = "The “smart” lock said – nothing, and the café stayed shut.\n"
    assert opened(tmp_path / "a.txt", written.encode("cp1252")).read() == written


def test_one_broken_byte_does_not_turn_japanese_into_latin_1(tmp_path: Path) -> None:
    raw = JAPANESE.encode()
    file = opened(tmp_path / "a.txt", raw[:30] + b"\xff" + raw[30:])
    assert "乗客は係員によって" in file.read()
    (loss,) = file.losses()
    assert loss.times >= 1
    assert "UTF-8" in loss.what


def test_text_cut_inside_a_character_keeps_the_rest(tmp_path: Path) -> None:
    file = opened(tmp_path / "a.txt", JAPANESE.strip().encode()[:-1])
    assert file.read().startswith("掃除ロボット")
    assert [loss.times for loss in file.losses()] == [1]


def test_line_ends_are_made_one(tmp_path: Path) -> None:
    assert opened(tmp_path / "a.txt", b"one\r\ntwo\rthree\n").read() == "one\ntwo\nthree\n"


def test_lines_keep_their_ends_for_tables(tmp_path: Path) -> None:
    assert list(opened(tmp_path / "a.csv", b"one\r\ntwo\n").lines()) == ["one\r\n", "two\n"]


@pytest.mark.parametrize("codec", ["shift_jis", "euc_jp"])
def test_another_encoding_is_refused_until_it_is_named(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.txt"
    with pytest.raises(SourceError, match="save it as UTF-8"):
        opened(path, (JAPANESE * 3).encode(codec))
    assert TextFile.find(path, ReadOptions(encoding=codec)).read() == JAPANESE * 3


def test_a_wrongly_named_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not ascii text"):
        opened(tmp_path / "a.txt", SENTENCE.encode(), ReadOptions(encoding="ascii"))


def test_an_unknown_encoding_is_the_request_s_fault(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="klingon"):
        opened(tmp_path / "a.txt", b"abc", ReadOptions(encoding="klingon"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file; check the path"):
        TextFile.find(tmp_path / "none.txt", ReadOptions())


def test_a_folder_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not an ordinary file"):
        TextFile.find(tmp_path, ReadOptions())


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="not an ordinary file"):
        TextFile.find(tmp_path / "pipe", ReadOptions())


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError, match="is empty"):
        opened(tmp_path / "a.txt", content).read()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GIF89a\0\0\1\2binary", "NUL bytes"),
        (b"text first " * 9000 + b"\0", "NUL bytes"),
        (b'{"text": "one stray NUL \0 in ASCII"}\n' * 9, "NUL bytes"),
        (bytes(range(1, 256)) * 4, "not text"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"%PDF-1.7 \xe2\xe3", "PDF"),
        (b"SQLite format 3\0", "database"),
        (b"\x89PNG\r\n", "picture"),
    ],
)
def test_binary_files_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        opened(tmp_path / "a.txt", content)


@pytest.mark.parametrize(
    ("kind", "limit", "way_out"), [("document", "TEXT_LIMIT", "split it"), ("table", "TABLE_LIMIT", "into parts")]
)
def test_an_enormous_file_is_refused_with_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, limit: str, way_out: str
) -> None:
    monkeypatch.setattr(reading, limit, 2048)
    with pytest.raises(SourceError, match=f"2.93 kB long and the limit is 2 kB; .*{way_out}"):
        opened(tmp_path / "a.txt", b"x" * 3000, kind=kind)


def test_each_kind_has_its_own_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TEXT_LIMIT", 10)
    assert opened(tmp_path / "a.csv", b"x" * 3000, kind="table").read() == "x" * 3000


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1).filter(str.strip))
def test_any_utf_8_text_comes_back_as_written(tmp_path_factory: pytest.TempPathFactory, written: str) -> None:
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_bytes(b"\xef\xbb\xbf" + written.encode())
    assert TextFile.find(path, ReadOptions()).read() == written
