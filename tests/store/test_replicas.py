"""Which replica a file is: a copy, or what was put in its place, is a new one at its next write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from annotator.store.log import replicas, verifying
from annotator.store.store import Store
from tests.store.making import answer, finish, hides_b_unless_a_says_yes, make_store, of, problems, script

NUMBERS = """SELECT replica, number FROM feeds JOIN people ON people.id = person WHERE name = 'eva' AND number > 0
             ORDER BY feeds.id"""
WRITE = """
import sys
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, of
store = Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)
for number in range(int(sys.argv[2])):
    answer(store, of(), "a", f"value {number}")
store.close()
"""


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        yield store


def write(path: Path, value: str = "yes") -> None:
    """Open a file, answer once, and leave."""
    with opened(path) as store:
        answer(store, of(), "a", value)
        assert [each for each in problems(store) if "known to have been written" not in each] == []


def replicas_of(path: Path) -> list[str]:
    """The replicas a file was, in order."""
    with opened(path) as store:
        return [uid for (uid,) in store.transaction.execute("SELECT uid FROM replicas ORDER BY id").fetchall()]


def numbers(path: Path) -> list[tuple[str, int]]:
    """How long each of Eva's feeds is, with the replica it was written on."""
    with opened(path) as store:
        return store.transaction.execute(NUMBERS).fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file in which Eva answered once."""
    make_store(tmp_path / "a.db").close()
    write(tmp_path / "a.db")
    return tmp_path / "a.db"


def test_a_file_that_nobody_touched_goes_on_as_it_was(path: Path) -> None:
    (replica,) = replicas_of(path)
    for number in range(2, 5):
        write(path, f"value {number}")
        assert numbers(path) == [(replica, number)]
    assert replicas_of(path) == [replica]


def test_reading_makes_no_replica(tmp_path: Path) -> None:
    Store.open(tmp_path / "a.db").close()
    with opened(tmp_path / "a.db") as store:
        assert problems(store) == []
    assert replicas_of(tmp_path / "a.db") == []


def test_a_copy_is_a_new_replica_at_its_next_write_and_the_file_goes_on(path: Path, tmp_path: Path) -> None:
    (replica,) = replicas_of(path)
    shutil.copy2(path, tmp_path / "copy.db")
    assert replicas_of(tmp_path / "copy.db") == [replica]
    write(tmp_path / "copy.db", "of the copy")
    write(path, "of the file")
    first, second = replicas_of(tmp_path / "copy.db")
    assert (first, replicas_of(path)) == (replica, [replica])
    assert numbers(tmp_path / "copy.db") == [(replica, 1), (second, 1)]
    assert numbers(path) == [(replica, 2)]
    write(tmp_path / "copy.db", "again")
    assert numbers(tmp_path / "copy.db") == [(replica, 1), (second, 2)]


def test_a_copy_that_goes_on_replaces_what_it_was_copied_with(path: Path, tmp_path: Path) -> None:
    """What the new feed says takes the place of what the old one said, as one line of work."""
    shutil.copy2(path, tmp_path / "copy.db")
    write(tmp_path / "copy.db", "of the copy")
    with opened(tmp_path / "copy.db") as store:
        now = store.classification(of())
        assert (now.answers["a"].value, now.conflicts) == ("of the copy", ())
        (before,) = store.transaction.execute("SELECT uid FROM feeds WHERE number > 0 AND founder LIKE '%\"eva\"%'"
                                              " ORDER BY id LIMIT 1").fetchone()  # fmt: skip
        sql = "SELECT replaces FROM events JOIN feeds ON feeds.id = feed WHERE feeds.uid != ? AND subject IS NOT NULL"
        assert store.transaction.execute(sql, (before,)).fetchall() == [(f"{before}:1",)]


def test_a_copy_made_by_the_program_is_a_new_replica_too(path: Path, tmp_path: Path) -> None:
    with opened(path) as store:
        store.backup(tmp_path / "backup.db")
    write(tmp_path / "backup.db")
    assert len(replicas_of(tmp_path / "backup.db")) == 2
    assert len(replicas_of(path)) == 1


PUT_BACK: dict[str, Callable[[Path, Path], object]] = {
    "into the file": lambda backup, path: path.write_bytes(backup.read_bytes()),
    "in place of the file": lambda backup, path: Path(shutil.copy2(backup, path.with_name("new"))).replace(path),
}  # fmt: skip


@pytest.mark.parametrize("way", PUT_BACK)
def test_a_file_put_back_from_an_older_backup_is_a_new_replica_at_its_next_write(
    path: Path, tmp_path: Path, way: str
) -> None:
    (replica,) = replicas_of(path)
    shutil.copy2(path, tmp_path / "older.db")
    write(path, "written after the backup")
    assert numbers(path) == [(replica, 2)]
    PUT_BACK[way](tmp_path / "older.db", path)
    with opened(path) as store:
        answer(store, of(), "a", "written after it was put back")
        with store.reading() as transaction:
            (flaw,) = verifying.verify(transaction)
        assert (flaw.what, flaw.first, flaw.last) == ("missing", 2, 2)
    first, second = replicas_of(path)
    assert first == replica
    assert numbers(path) == [(replica, 1), (second, 1)]


def test_a_file_that_was_written_anew_as_it_was_goes_on(path: Path) -> None:
    """As a synchronised folder, or a program that saves by replacing, leaves it."""
    (replica,) = replicas_of(path)
    PUT_BACK["in place of the file"](path, path)
    write(path, "after")
    assert replicas_of(path) == [replica]
    assert numbers(path) == [(replica, 2)]


def test_a_file_that_was_moved_goes_on(path: Path, tmp_path: Path) -> None:
    (replica,) = replicas_of(path)
    moved = path.rename(tmp_path / "moved.db")
    write(moved, "after")
    assert numbers(moved) == [(replica, 2)]


def test_a_file_that_comes_to_another_machine_is_a_new_replica(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicas, "machine", lambda: "another machine")
    write(path, "there")
    write(path, "there again")
    first, second = replicas_of(path)
    assert numbers(path) == [(first, 1), (second, 2)]


def test_a_copy_in_place_of_a_file_that_went_on_elsewhere_is_a_new_replica(path: Path, tmp_path: Path) -> None:
    shutil.copy2(path, tmp_path / "copy.db")
    moved = path.rename(tmp_path / "moved.db")
    write(moved, "goes on")
    (tmp_path / "copy.db").rename(path)
    write(path, "goes on too")
    assert len(replicas_of(moved)) == 1
    assert len(replicas_of(path)) == 2


def test_two_connections_agree_which_replica_they_write_on(path: Path) -> None:
    (replica,) = replicas_of(path)
    with opened(path) as store, closing(store.another()) as other:
        for number in range(3):
            answer(store, of(), "a", f"value {number}")
            answer(other, of(), "a", f"other value {number}")
    assert numbers(path) == [(replica, 7)]


@pytest.mark.long
@pytest.mark.parametrize("is_new", [True, False])
def test_processes_agree_which_replica_they_write_on(path: Path, tmp_path: Path, is_new: bool) -> None:
    file = path
    if is_new:
        file = tmp_path / "copy.db"  # which makes whoever is first a new replica
        shutil.copy2(path, file)
    before = replicas_of(file)
    for process in [script(WRITE, file, 20) for _ in range(3)]:
        finish(process)
    assert len(replicas_of(file)) == len(before) + is_new
    assert [number for _, number in numbers(file)] == ([1, 60] if is_new else [61])
    with opened(file) as store:
        assert problems(store) == []


def test_a_replica_whose_first_write_was_taken_back_was_none(path: Path, tmp_path: Path) -> None:
    shutil.copy2(path, tmp_path / "copy.db")
    with opened(tmp_path / "copy.db") as store:
        with pytest.raises(ZeroDivisionError), store.writing():
            answer(store, of(), "a", "never")
            raise ZeroDivisionError
        with store.rehearsing():
            answer(store, of(), "a", "tried")
        assert store.transaction.execute("SELECT count(*) FROM replicas").fetchone() == (1,)
        answer(store, of(), "a", "kept")
        assert problems(store) == []
    first, second = replicas_of(tmp_path / "copy.db")
    assert numbers(tmp_path / "copy.db") == [(first, 1), (second, 1)]


@pytest.mark.parametrize("kept", ["", "no JSON", "[]", '{"heads": {"x": 7}}', '{"heads": []}', "[" * 10_000])
def test_what_the_state_folder_holds_that_nobody_understands_is_passed_over(path: Path, kept: str) -> None:
    (replica,) = replicas_of(path)
    (file,) = (Path(os.environ["XDG_STATE_HOME"]) / "annotator" / "replicas").glob("*.json")
    assert file.stem == replica
    file.write_text(kept)
    write(path)
    assert numbers(path) == [(replica, 2)]


def test_where_the_state_folder_cannot_be_written_work_goes_on(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (replica,) = replicas_of(path)
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a file"))
    write(path)
    assert numbers(path) == [(replica, 2)]
