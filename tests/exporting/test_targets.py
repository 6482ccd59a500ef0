"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk.exchange.exporting import write
from annotator.errors import OutputError


def interrupted() -> Iterator[str]:
    """Pieces that stop coming in the middle."""
    yield "half"
    raise KeyboardInterrupt


def test_a_new_file_is_written_in_utf_8_as_it_is(tmp_path: Path) -> None:
    write(tmp_path / "out.csv", ["日本\r\n", "b\n"])
    assert (tmp_path / "out.csv").read_bytes() == "日本\r\nb\n".encode()


@pytest.mark.parametrize("length", [250, 300, 5_000])
def test_a_name_longer_than_a_file_can_have_is_said_and_leaves_nothing(tmp_path: Path, length: int) -> None:
    with pytest.raises(OutputError, match="longer than the name of a file can be"):
        write(tmp_path / ("a" * length), ["a"])
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_writing_stops_in_the_middle(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        write(target, interrupted())
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_replaced_file_keeps_its_rights_and_a_link_its_place(tmp_path: Path) -> None:
    target, link = tmp_path / "out.csv", tmp_path / "link.csv"
    target.write_text("before", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    write(link, ["after"])
    assert target.read_text(encoding="utf-8") == "after"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert link.is_symlink()


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="the disk is full"):
        write(tmp_path / "out.csv", ["a"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_device_is_said() -> None:
    with pytest.raises(OutputError, match="the disk is full"):
        write(Path("/dev/full"), ["a"])


@pytest.mark.parametrize(("name", "words"), [("", "is a folder"), ("no/out.csv", "there is no folder")])
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(OutputError, match=words):
        write(tmp_path / name, ["a"])
