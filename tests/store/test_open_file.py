"""What stands at the path is what was opened: looked at around every commit, and said when it is not."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import StoreLinkedError, StoreReplacedError
from annotator.files import belonging
from annotator.model.record import IncidentRecord
from annotator.model.subject import EntityLink, Incident
from annotator.store.file import foreign_log, other_names
from annotator.store.file.backup import copy
from annotator.store.file.content import without_log
from annotator.store.file.other_names import is_mounted_alone
from annotator.store.file.unfinished import beside
from annotator.store.store import Store
from tests.store.making import answer, finish, make_store, of, problems, put, script

SAVE = """
import sys
from contextlib import closing
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, of
with closing(Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)) as store:
    for number in range(200):
        answer(store, of("t:2", "ann"), "a", str(number) * 300)
"""


TELL = """
import sys
from contextlib import closing
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import hides_b_unless_a_says_yes, of, problems
with closing(Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)) as store:
    print(store.classification(of()).answers["a"].value, problems(store))
"""
READ = """
import sys, sqlite3
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM events").fetchone()
connection.close()
"""


def copy_over(path: Path, content: Path) -> bytes:
    """Write into a file what another one holds, as `cp` does; gives what it holds then."""
    path.write_bytes(content.read_bytes())
    return path.read_bytes()


def other_project(folder: Path) -> Path:
    path = folder / "other.db"
    with closing(make_store(path)) as other:
        answer(other, of(), "a", "other")
    return path


def test_nothing_is_saved_into_a_file_that_another_was_copied_over(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "yes")
    foreign = copy_over(store.path, other_project(tmp_path))
    with pytest.raises(StoreReplacedError, match=r"copied over this database while it was open, or .*; nothing more"):
        answer(store, of(), "a", "no")
    with pytest.raises(StoreReplacedError):
        store.classification(of())
    store.close()
    assert store.path.read_bytes() == foreign
    with pytest.raises(StoreReplacedError, match="leave, and open it again"):
        Store.open(store.path)
    assert finish(script(TELL, store.path)) == "other []\n"


def test_a_backup_copied_over_an_open_file_is_told_from_the_file(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "earlier")
    store.backup(tmp_path / "earlier.db")
    answer(store, of(), "a", "yes")
    store.close()
    with closing(Store.open(store.path, store.hiding)) as again:
        copied = copy_over(store.path, tmp_path / "earlier.db")
        with pytest.raises(StoreReplacedError):
            answer(again, of(), "a", "no")
    assert store.path.read_bytes() == copied


def test_what_can_still_be_read_of_it_is_whole_while_the_log_holds_all(store: Store, tmp_path: Path) -> None:
    store.close()
    with closing(Store.open(store.path, store.hiding)) as again:
        again.transaction.execute("PRAGMA wal_autocheckpoint = 0")
        again.transaction.execute("VACUUM")  # every page is in the log now
        answer(again, of(), "a", "yes")
        copy_over(store.path, other_project(tmp_path))
        with pytest.raises(StoreReplacedError, match=r"All that had been saved is whole in .*desk.db.rescued; `annot"):
            answer(again, of(), "a", "no")
    with closing(Store.open(tmp_path / "desk.db.rescued", store.hiding)) as rescued:
        assert problems(rescued) == []
        assert rescued.classification(of()).answers["a"].value == "yes"
    assert not list(tmp_path.glob("desk.db-*"))


def test_what_is_not_whole_is_kept_and_said_to_be_so(store: Store, tmp_path: Path) -> None:
    store.close()
    with closing(Store.open(store.path, store.hiding)) as again:
        answer(again, of(), "a", "yes")
        copy_over(store.path, other_project(tmp_path))
        with pytest.raises(
            StoreReplacedError, match=r"is not whole: .* saves what is sound; the log of what was saved last is kept in"
        ):
            answer(again, of(), "a", "no")
    assert (tmp_path / "desk.db.rescued.log").stat().st_size > foreign_log.LOG_HEAD


def cut_off(path: Path) -> None:
    os.truncate(path, 4096)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def garble(path: Path) -> None:
    """Write over all but the first page, where nothing can be told from the header."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


@pytest.mark.parametrize("spoil", [cut_off, empty, zero, garble])
def test_a_file_that_is_no_database_any_more_is_said_to_be_lost_by_looking(
    store: Store, spoil: Callable[[Path], None]
) -> None:
    store.close()
    with closing(Store.open(store.path, store.hiding)) as again:
        answer(again, of(), "a", "yes")
        spoil(store.path)
        spoilt = store.path.read_bytes()
        with pytest.raises(StoreReplacedError, match="or it was cut off or written over otherwise; nothing more"):
            again.look()
            again.look()  # of what has its header and its size, the first look cannot tell
        with pytest.raises(StoreReplacedError):
            answer(again, of(), "a", "no")
    assert store.path.read_bytes() == spoilt
    assert store.path.with_name("desk.db.rescued").exists()


def test_a_file_whose_log_is_the_rest_of_it_is_no_alarm(store: Store) -> None:
    """So it is where a process was killed, or its disk failed, while it took the log in."""
    store.close()
    with closing(Store.open(store.path, store.hiding)) as again:
        again.transaction.execute("PRAGMA wal_autocheckpoint = 0")
        again.transaction.execute("VACUUM")  # every page is in the log now
        answer(again, of(), "a", "yes")
        garble(store.path)
        for _ in range(4):
            again.look()
        assert again.classification(of()).answers["a"].value == "yes"


def test_a_log_that_was_taken_in_by_part_because_somebody_reads_is_no_alarm(store: Store) -> None:
    put(store, IncidentRecord(Incident(key="t:9", entities=(EntityLink(name="A maker", role="developer"),)), ""))
    store.transaction.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.look()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as reading:
            other.execute("CREATE TABLE filling (content)")
            other.execute("BEGIN")  # the file grows, says its first page
            other.executemany("INSERT INTO filling VALUES (?)", [("a" * 1_000,)] * 40)
            other.execute("COMMIT")
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM filling").fetchone()
            other.execute("UPDATE filling SET content = ?", ("b" * 1_000,))  # what it grew by stays in the log
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            assert without_log(store.path).holds is None
            answer(store, of(), "a", "yes")
            for _ in range(3):
                store.look()
            assert not store.file.is_gone
        other.execute("DROP TABLE filling")
    answer(store, of(), "a", "no")
    assert problems(store) == []


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_what_sqlite_keeps_beside_the_file_is_missed_and_what_was_saved_is_in_the_file(
    store: Store, ending: str, tmp_path: Path
) -> None:
    answer(store, of(), "a", "yes")
    store.path.with_name(f"desk.db{ending}").unlink()
    with pytest.raises(StoreReplacedError, match="All that had been saved is in the database"):
        answer(store, of(), "a", "no")
    shutil.copy(store.path, tmp_path / "alone.db")
    for path in (store.path, tmp_path / "alone.db"):
        assert finish(script(TELL, path)) == "yes []\n"


SAVE_ONE = """
import os, sys
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, of
store = Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)
answer(store, of("t:2", "ann"), "a", "saved elsewhere")
store.close()
"""
TELL_ONE = TELL.replace("of())", 'of("t:2", "ann"))')


@pytest.mark.parametrize(
    ("gone", "is_noticed"),
    [(["-wal", "-shm"], True), (["-wal", "-shm"], False), (["-wal"], True), (["-shm"], True), (["-shm"], False)],
)
def test_what_others_save_once_the_log_is_gone_stays_when_the_file_is_left(
    store: Store, gone: list[str], is_noticed: bool
) -> None:
    store.transaction.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    answer(store, of(), "a", "yes")
    for ending in gone:
        belonging(store.path, ending).unlink()
    if is_noticed:
        with pytest.raises(StoreReplacedError, match="All that had been saved is in the database"):
            store.look()
    finish(script(SAVE_ONE, store.path))
    if not is_noticed:
        with pytest.raises(
            StoreReplacedError, match=r"All that had been saved is (whole in .*rescued|in the database)"
        ):
            store.look()
    store.close()
    assert finish(script(TELL_ONE, store.path)).startswith("saved elsewhere [")
    rescued = store.path.with_name("desk.db.rescued")
    kept = rescued if rescued.exists() else store.path
    assert finish(script(TELL, kept)) == "yes []\n"


def test_what_other_processes_save_and_take_into_the_file_is_no_alarm(store: Store) -> None:
    answer(store, of(), "a", "yes")
    before = without_log(store.path).holds
    for _ in range(2):
        finish(script(SAVE, store.path))
        answer(store, of(), "a", "no")
    assert without_log(store.path).holds != before  # so the file was read, and not only looked at
    assert problems(store) == []


def test_a_file_is_read_past_its_log_without_losing_its_locks(store: Store) -> None:
    answer(store, of(), "a", "yes")
    assert without_log(store.path).holds is not None
    with closing(sqlite3.connect(store.path, isolation_level=None, timeout=0)) as other:
        other.execute("SELECT count(*) FROM events").fetchone()
    finish(script(READ, store.path))
    assert (store.path.parent / "desk.db-wal").exists()  # whoever leaves last removes it, and that was not the last


def test_a_file_with_a_second_name_is_not_written_to(store: Store, tmp_path: Path) -> None:
    store.close()
    os.link(store.path, tmp_path / "second.db")
    for path in (store.path, tmp_path / "second.db"):
        with pytest.raises(StoreLinkedError, match=r"has 2 names \(hard links\).* Copy the file instead of linking"):
            Store.open(path)
    (tmp_path / "second.db").unlink()
    Store.open(store.path).close()


@pytest.mark.parametrize("name", ["desk.db", "分類.db"])
def test_the_name_that_a_copy_had_before_it_was_whole_is_taken_away(store: Store, tmp_path: Path, name: str) -> None:
    path = tmp_path / "copies" / name
    path.parent.mkdir()
    copy(store, path)
    with beside(path) as unfinished:  # as of who is killed where the copy has both names
        left = unfinished
    os.link(path, left)
    Store.open(path).close()
    assert [each.name for each in path.parent.iterdir()] == [name]


def test_a_second_name_given_while_the_file_is_open_is_told_and_saving_goes_on(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "yes")
    assert not store.file.has_other_names
    os.link(store.path, tmp_path / "second.db")
    answer(store, of(), "a", "no")
    assert store.file.has_other_names


def test_one_file_mounted_alone_is_not_written_to(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    named = str(store.path).replace(" ", "\\040")
    told = tmp_path / "mountinfo"
    told.write_text(f"36 35 98:0 /mnt1 {named}x rw - ext3 /dev/root rw\n")
    monkeypatch.setattr(other_names, "MOUNTS", told)
    assert not is_mounted_alone(store.path)
    told.write_text(f"36 35 98:0 /a.db {named} rw,noatime master:1 - ext3 /dev/root rw\n")
    with pytest.raises(StoreLinkedError, match="Mount the folder that it is in instead"):
        Store.open(store.path)


def test_a_file_is_followed_through_a_symbolic_link_to_where_it_leads(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "yes")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link.db"
    link.symlink_to(store.path)
    with closing(Store.open(link, store.hiding)) as linked:
        answer(linked, of(), "a", "no")
        assert [each.name for each in folder.iterdir()] == ["link.db"]
        assert store.classification(of()).answers["a"].value == "no"
        link.unlink()
        link.symlink_to(other_project(tmp_path))
        with pytest.raises(StoreReplacedError):
            answer(linked, of(), "a", "lost")
    shutil.rmtree(folder)
    assert problems(store) == []


def test_where_nothing_can_be_read_any_more_that_is_said_and_no_empty_file_is_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    monkeypatch.setenv("ANNOTATOR_JOURNAL", "rollback")
    with closing(Store.open(store.path, store.hiding)) as again:
        answer(again, of(), "a", "yes")
        zero(store.path)
        with pytest.raises(StoreReplacedError, match="Nothing could be read of it any more; nothing of its log was"):
            again.look()
    assert not store.path.with_name("desk.db.rescued").exists()
