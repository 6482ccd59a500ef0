"""The hash by which a file or folder is known again: what `sha256sum` says."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from annotator.errors import SourceError
from annotator.formats.digest import UNREAD, digest_of


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def manifest(*lines: tuple[str, bytes]) -> str:
    """The hash of a list that `sha256sum` would make of these files, in this order."""
    return sha(b"".join(f"{sha(content)}  {name}\n".encode() for name, content in lines))


def test_a_files_digest_is_that_of_its_bytes(tmp_path: Path) -> None:
    content = os.urandom((1 << 18) + 7)
    (tmp_path / "a.csv").write_bytes(content)
    assert digest_of(tmp_path / "a.csv") == sha(content)


def test_a_folders_digest_is_that_of_its_list_of_files(tmp_path: Path) -> None:
    for name, content in (("b/c.txt", b"one"), ("b.txt", b"two"), ("a/x/y.md", b""), ("é.md", b"four")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    said = manifest(("a/x/y.md", b""), ("b.txt", b"two"), ("b/c.txt", b"one"), ("é.md", b"four"))
    assert digest_of(tmp_path) == said
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "head").write_bytes(b"hidden")
    (tmp_path / ".hidden").write_bytes(b"hidden")
    assert digest_of(tmp_path) == said
    (tmp_path / "b.txt").rename(tmp_path / "d.txt")
    assert digest_of(tmp_path) != said


def test_where_a_folder_lies_and_when_it_was_written_is_no_part_of_it(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_bytes(b"a")
    os.utime(tmp_path / "one" / "a.txt", (1, 1))
    assert digest_of(tmp_path / "one") == digest_of(tmp_path / "other")


def test_names_that_are_no_text_and_things_that_are_no_files_do_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_bytes(b"a")
    os.mkfifo(tmp_path / "pipe")
    assert digest_of(tmp_path) == sha(f"{sha(b'a')}  ".encode() + b"\xff.txt\n")


def test_a_file_of_a_folder_that_cannot_be_read_stands_in_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_bytes(b"a")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert digest_of(tmp_path) == sha(f"{UNREAD}  a.txt\n".encode())
    with pytest.raises(SourceError, match=r"a.txt: cannot be read \(Permission denied\)"):
        digest_of(tmp_path / "a.txt")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="is not an ordinary file"):
        digest_of(tmp_path / "pipe")
    with pytest.raises(SourceError, match="there is no such file"):
        digest_of(tmp_path / "gone")
