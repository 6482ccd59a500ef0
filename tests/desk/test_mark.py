"""The mark of a running desk: whoever holds it runs, whatever others do in the folder meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from annotator.desk.unsaved import mark as mark_module
from annotator.desk.unsaved.journal import locked
from annotator.desk.unsaved.mark import Mark, is_running, mark_of, sweep


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A file that a desk writes to; only its name matters here."""
    return tmp_path / "desk [1].db.unsaved"


def marks(folder: Path) -> list[Path]:
    """All marks in a folder and below."""
    return sorted(folder.rglob("*.desk"))


def meanwhile(monkeypatch: pytest.MonkeyPatch, path: Path, *, replaces: bool) -> list[int]:
    """Have somebody remove a mark, or replace it by one of their own, just before it is locked for the first time.

    Returns what was locked.
    """
    seen = list[int]()

    def late(descriptor: int, patience: float) -> bool:
        if not seen:
            path.unlink()
            if replaces:
                path.write_bytes(b"")
        seen.append(descriptor)
        return locked(descriptor, patience)

    monkeypatch.setattr(mark_module, "locked", late)
    return seen


def test_a_desk_runs_from_taking_its_mark_to_releasing_it(beside: Path) -> None:
    mark = Mark(beside, beside.with_name("other"))
    mark.take()
    mark.take()
    assert marks(beside.parent) == [mark_of(beside, mark.desk)]
    assert is_running(mark.desk, (beside,))
    descriptor = mark._descriptor
    mark.release()
    assert marks(beside.parent) == []
    assert not is_running(mark.desk, (beside,))
    assert descriptor is not None
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    mark.release()


def test_a_mark_that_somebody_removed_is_released_all_the_same(beside: Path) -> None:
    mark = Mark(beside)
    mark.take()
    mark_of(beside, mark.desk).unlink()
    mark.release()
    assert mark._descriptor is None


@pytest.mark.parametrize("replaces", [False, True])
def test_a_mark_that_is_swept_before_it_is_held_is_made_anew(
    beside: Path, monkeypatch: pytest.MonkeyPatch, replaces: bool
) -> None:
    mark = Mark(beside)
    seen = meanwhile(monkeypatch, mark_of(beside, mark.desk), replaces=replaces)
    closed, close = list[int](), os.close

    def closing(descriptor: int) -> None:
        closed.append(descriptor)
        close(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "close", closing)
        mark.take()
    assert closed == seen[:1], "the first, which marks nothing"
    assert is_running(mark.desk, (beside,))
    mark.release()


def test_a_mark_that_cannot_be_beside_one_file_is_beside_the_other(tmp_path: Path, beside: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    other = tmp_path / "state" / "desk.unsaved"
    mark = Mark(tmp_path / "file" / "desk.unsaved", other)
    mark.take()
    assert marks(tmp_path) == [mark_of(other, mark.desk)]
    assert is_running(mark.desk, (beside, other))
    assert not is_running(mark.desk, (beside,))
    mark.release()


def test_where_nothing_can_be_locked_no_mark_is_left(beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mark_module, "locked", lambda _descriptor, _patience: False)
    mark = Mark(beside)
    mark.take()
    assert marks(beside.parent) == []
    assert not is_running(mark.desk, (beside,))


def test_a_link_that_somebody_put_there_is_no_mark(tmp_path: Path, beside: Path) -> None:
    mark, other = Mark(beside), Mark(tmp_path / "other")
    mark_of(beside, mark.desk).symlink_to(tmp_path / "made")
    mark.take()
    assert not (tmp_path / "made").exists()
    other.take()
    mark_of(beside, "linked").symlink_to(mark_of(tmp_path / "other", other.desk))
    assert not is_running("linked", (beside,))
    other.release()


def test_only_marks_that_nobody_holds_are_swept(beside: Path) -> None:
    mark, ended, unmarked = Mark(beside), mark_of(beside, "ended"), mark_of(beside.with_name("desk 1.db"), "other")
    mark.take()
    ended.write_bytes(b"")
    unmarked.write_bytes(b"")
    assert not is_running("ended", (beside,))
    assert ended.exists(), "whoever only looks removes nothing"
    sweep(beside)
    assert marks(beside.parent) == sorted([mark_of(beside, mark.desk), unmarked])
    mark.release()


def test_a_mark_that_somebody_made_meanwhile_is_not_swept(beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = mark_of(beside, "ended")
    ended.write_bytes(b"")
    meanwhile(monkeypatch, ended, replaces=True)
    sweep(beside)
    assert ended.exists()


def test_a_folder_in_which_nothing_can_be_removed_is_left_as_it_is(
    beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = mark_of(beside, "ended")
    ended.write_bytes(b"")

    def fail(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", fail)
        sweep(beside)
    assert ended.exists()
