"""A copy taken while the file is in use is one state of it, or there is none."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import OutputError, RequestError, StoreDamagedError
from annotator.store.file import backup, unfinished
from annotator.store.store import Store
from tests.conftest import Lock
from tests.store.making import answer, hides_b_unless_a_says_yes, make_store, of, problems, put_texts, script

WRITE_PAIRS = """
import sys
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, of
store = Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)
for number in range(10**9):
    with store.writing():
        answer(store, of(annotator="one"), "a", str(number))
        answer(store, of(annotator="two"), "a", str(number))
    print(number, flush=True)
"""
BACK_UP = """
import sys
from pathlib import Path
from annotator.store.store import Store
store = Store.open(Path(sys.argv[1]))
store.backup(store.path.with_name("copy.db"))
print("made")
"""


def test_a_copy_holds_everything_and_opens(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "yes")
    put_texts(store, r1="text of a report")
    store.backup(tmp_path / "copy.db")
    with closing(Store.open(tmp_path / "copy.db", hides_b_unless_a_says_yes, create=False)) as copied:
        assert problems(copied) == []
        for table in ("events", "answers", "subjects", "reports"):
            told = f"SELECT * FROM {table} ORDER BY 1"
            assert copied.transaction.execute(told).fetchall() == store.transaction.execute(told).fetchall()


def test_a_copy_is_one_file_that_any_program_can_read(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    store.backup(folder / "copy.db")
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    with closing(sqlite3.connect(f"file:{folder / 'copy.db'}?immutable=1", uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM subjects").fetchone() == (3,)


@pytest.mark.long
@pytest.mark.parametrize("times", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_a_copy_taken_while_another_process_writes_is_one_state(tmp_path: Path, times: int) -> None:
    with closing(make_store(tmp_path / "a.db")) as store:
        put_texts(store, **{f"r{number}": "a text that takes some pages " * 200 for number in range(300)})
        writer = script(WRITE_PAIRS, store.path)
        try:
            assert writer.stdout
            writer.stdout.readline()
            for attempt in range(times):
                target = tmp_path / f"copy {attempt}.db"
                store.backup(target)
                with closing(Store.open(target, hides_b_unless_a_says_yes)) as copied:
                    one, two = (copied.classification(of(annotator=name)).answers["a"] for name in ("one", "two"))
                    assert one == two
                    assert problems(copied) == []
            assert writer.poll() is None
        finally:
            writer.kill()
            writer.communicate()


def test_a_file_that_is_there_is_never_overwritten(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("my precious")
    with pytest.raises(RequestError, match="already exists; a backup never overwrites"):
        store.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "my precious"


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_is_made_while_the_copy_is_written_stays(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    target, copy_pages = tmp_path / "copy.db", backup.copy_pages

    def copy_slowly(store: Store, unfinished: Path, named: Path) -> None:
        copy_pages(store, unfinished, named)
        target.write_text("made meanwhile")

    monkeypatch.setattr(backup, "copy_pages", copy_slowly)
    if not has_links:
        monkeypatch.setattr(os, "link", refuse_links)
    with pytest.raises(RequestError, match="already exists; a backup never overwrites"):
        store.backup(target)
    assert target.read_text() == "made meanwhile"
    assert [file.name for file in tmp_path.iterdir() if "unfinished" in file.name] == []


def test_a_backup_fits_on_a_stick_where_files_have_one_name(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(store, of(), "a", "yes")
    monkeypatch.setattr(os, "link", refuse_links)
    store.backup(tmp_path / "copy.db")
    with closing(Store.open(tmp_path / "copy.db", hides_b_unless_a_says_yes)) as copied:
        assert copied.classification(of()).answers["a"].value == "yes"
    assert [file.name for file in tmp_path.iterdir() if "unfinished" in file.name] == []


def test_the_first_of_two_backups_of_one_name_wins_whole(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(store, of(), "a", "first")
    target, copy_pages = tmp_path / "copy.db", backup.copy_pages

    def let_another_in(store: Store, unfinished: Path, named: Path) -> None:
        monkeypatch.setattr(backup, "copy_pages", copy_pages)
        copy_pages(store, unfinished, named)
        with closing(store.another()) as other:
            other.backup(target)
            answer(other, of(), "a", "later")

    monkeypatch.setattr(backup, "copy_pages", let_another_in)
    with pytest.raises(RequestError, match="already exists"):
        store.backup(target)
    with closing(Store.open(target, hides_b_unless_a_says_yes)) as copied:
        assert copied.classification(of()).answers["a"].value == "first"
        assert problems(copied) == []


def refuse_links(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_place_that_cannot_be_written_is_told_in_words(store: Store, tmp_path: Path, write_protect: Lock) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    write_protect(folder)
    with pytest.raises(OutputError, match="copy"):
        store.backup(folder / "copy.db")
    for target in (tmp_path / "gone" / "copy.db", tmp_path / ("x" * 300)):
        with pytest.raises(OutputError):
            store.backup(target)


def test_what_an_interrupted_backup_left_does_not_disturb(store: Store, tmp_path: Path) -> None:
    left = ("copy.db.unfinished", "copy.db.0123abcd.unfinished", "copy.db.0123abcd.unfinished-journal")
    for name in (*left, "copy.db.mine.unfinished"):
        (tmp_path / name).write_text("rubbish of an interrupted backup " * 1000)
    store.backup(tmp_path / "copy.db")
    with closing(Store.open(tmp_path / "copy.db")) as copied:
        assert problems(copied) == []
    assert [name for name in left if (tmp_path / name).exists()] == []
    assert (tmp_path / "copy.db.mine.unfinished").exists()


def test_what_another_process_is_still_writing_stays(store: Store, tmp_path: Path) -> None:
    with unfinished.beside(tmp_path / "copy.db") as theirs:
        theirs.write_text("half of it")
        store.backup(tmp_path / "copy.db")
        assert theirs.read_text() == "half of it"
    assert [file.name for file in tmp_path.iterdir() if "unfinished" in file.name] == []


def test_of_four_backups_of_one_name_at_once_one_is_made_and_three_are_refused(store: Store, tmp_path: Path) -> None:
    put_texts(store, **{f"r{number}": "a text that takes some pages " * 200 for number in range(100)})
    ends = [make_backup.communicate() for make_backup in [script(BACK_UP, store.path) for _ in range(4)]]
    assert sorted(out for out, _ in ends) == ["", "", "", "made\n"]
    assert all("already exists; a backup never overwrites" in err for out, err in ends if not out), ends
    with closing(Store.open(tmp_path / "copy.db")) as copied:
        assert problems(copied) == []
    assert [file.name for file in tmp_path.iterdir() if "unfinished" in file.name] == []


@pytest.mark.parametrize(("mode", "copied"), [(0o600, 0o600), (0o660, 0o660), (0o444, 0o644)])
def test_a_copy_is_for_those_who_may_read_its_source(store: Store, tmp_path: Path, mode: int, copied: int) -> None:
    store.path.chmod(mode)
    store.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == copied


def test_a_damaged_database_is_not_called_backed_up(store: Store, tmp_path: Path) -> None:
    put_texts(store, **{f"r{number}": "a text that takes some pages " * 200 for number in range(100)})
    (page,) = store.transaction.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'reports'").fetchone()
    store.close()
    with store.path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x07" * 200)
    with closing(Store.open(store.path)) as damaged, pytest.raises(StoreDamagedError, match="annotator salvage"):
        damaged.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
