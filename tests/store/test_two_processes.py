"""Several processes at one file: both write, one waits, nothing is lost."""

from __future__ import annotations

import math
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import StoreBusyError, StoreFullError, StoreReadOnlyError
from annotator.store.connection import Patience, begin_writing
from annotator.store.store import LONGEST_LOG, Store
from tests.store.making import answer, finish, hides_b_unless_a_says_yes, make_store, of, problems, script

pytestmark = pytest.mark.long

OPEN_AT_ONCE = """
import sys, time
from pathlib import Path
from annotator.store.store import LONGEST_LOG, Store
from tests.store.making import problems
while time.time() < float(sys.argv[2]): pass
assert problems(Store.open(Path(sys.argv[1]))) == []
"""
WRITE_MANY = """
import sys
from pathlib import Path
from annotator.store.store import LONGEST_LOG, Store
from tests.store.making import answer, hides_b_unless_a_says_yes, of
store = Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)
name = sys.argv[2]
for number in range(int(sys.argv[3])):
    subject = f"t:{1 + number % 60}"
    answer(store, of(subject, name), "a", f"value {number % 7}")
    answer(store, of(subject, "both"), f"of {name}", ["yes", name, str(number % 3)])
"""


def impatient(path: Path) -> Store:
    """A store that gives up soon."""
    return Store.open(path, hides_b_unless_a_says_yes, patience=Patience(0.05))


@pytest.mark.parametrize("times", [1, pytest.param(60, marks=pytest.mark.slow)])
def test_processes_that_make_the_same_file_at_once_all_find_it_made(tmp_path: Path, times: int) -> None:
    for attempt in range(times):
        start = time.time() + 0.5
        for process in [script(OPEN_AT_ONCE, tmp_path / f"{attempt}.db", start) for _ in range(4)]:
            finish(process)


@pytest.mark.parametrize("count", [60, pytest.param(2_000, marks=pytest.mark.slow)])
def test_two_processes_write_and_every_event_is_there(tmp_path: Path, count: int) -> None:
    store = make_store(tmp_path / "a.db", 60)
    for process in [script(WRITE_MANY, store.path, name, count) for name in ("eva", "bob")]:
        finish(process)
    rows = store.transaction.execute(
        "SELECT author, count(*) FROM log WHERE author != '' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert rows == [("bob", count), ("both", 2 * count), ("eva", count)]
    assert set(store.classification(of(annotator="both")).answers) == {"of eva", "of bob"}
    assert problems(store) == []


def test_what_another_process_wrote_is_seen_at_the_next_look(store: Store) -> None:
    assert store.classification(of(annotator="bob")).status == "untouched"
    finish(script(WRITE_MANY, store.path, "bob", 1))
    assert store.classification(of(annotator="bob")).status == "draft"


def test_a_lock_that_does_not_open_is_told_in_words_and_nothing_is_kept(tmp_path: Path) -> None:
    make_store(tmp_path / "a.db").close()
    with closing(impatient(tmp_path / "a.db")) as store, closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            StoreBusyError,
            match="another program is reading or writing this database, and holds it meanwhile; nothing was saved",
        ):
            answer(store, of(), "a", "yes")
        with pytest.raises(StoreBusyError):
            store.rebuild()
        assert store.classification(of()).status == "untouched"
        other.rollback()
        answer(store, of(), "a", "yes")
        assert problems(store) == []


def test_a_new_file_that_another_process_has_locked_is_told_in_words(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusyError, match="nothing was saved"):
            impatient(tmp_path / "a.db")


def test_a_writer_waits_for_a_lock_that_opens(store: Store) -> None:
    other = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        waiting = script(WRITE_MANY, store.path, "eva", 1)
        time.sleep(0.5)
        other.execute("COMMIT")
        finish(waiting)
    assert store.classification(of()).status == "draft"


class Counted:
    """Goes on for some tries and counts; then gives up."""

    def __init__(self, tries: float, lock: sqlite3.Connection | None = None, free_at: int = -1) -> None:
        self.tries, self.lock, self.free_at = tries, lock, free_at
        self.asked = self.over = 0

    def goes_on(self) -> bool:
        self.asked += 1
        if self.asked == self.free_at and self.lock:
            self.lock.execute("ROLLBACK")
        return self.asked < self.tries

    def is_over(self) -> None:
        self.over += 1

    @property
    def patience(self) -> Patience:
        return Patience(None, self.goes_on, self.is_over)


def test_a_wait_without_limit_ends_when_it_is_given_up_and_not_before(store: Store) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        counted = Counted(50)
        with closing(store.another(counted.patience)) as patient, pytest.raises(StoreBusyError):
            answer(patient, of(), "a", "yes")
        assert (counted.asked, counted.over) == (50, 1)
    assert store.classification(of()).status == "untouched"


def test_a_wait_that_was_given_up_does_not_take_the_lock_after_all(store: Store) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        counted = Counted(3, other, free_at=3)
        with closing(store.another(counted.patience)) as patient, pytest.raises(StoreBusyError):
            answer(patient, of(), "a", "yes")
    assert store.classification(of()).status == "untouched"


def test_a_wait_without_limit_writes_when_the_lock_is_free(store: Store) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        counted = Counted(math.inf, other, free_at=30)
        with closing(store.another(counted.patience)) as patient:
            answer(patient, of(), "a", "yes")
            assert (counted.asked, counted.over) == (30, 1)
            answer(patient, of(), "a", "no")
        assert (counted.asked, counted.over) == (30, 1)
    assert store.classification(of()).answers["a"].value == "no"


def test_patience_lasts_as_long_as_others_get_on(store: Store) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()

        def write_on() -> bool:
            is_long_enough = time.monotonic() > began + 0.5
            if not is_long_enough:
                other.execute("UPDATE subjects SET run = run || 'x'")
            other.execute("COMMIT")
            if not is_long_enough:
                other.execute("BEGIN IMMEDIATE")
            return True

        with closing(store.another(Patience(0.1, write_on))) as patient:
            answer(patient, of(), "a", "yes")
    assert time.monotonic() > began + 0.5
    assert store.classification(of()).answers["a"].value == "yes"


def test_a_log_that_grew_while_others_read_is_emptied_once_they_have_read(store: Store) -> None:
    log = store.path.with_name(f"{store.path.name}-wal")
    with closing(store.another()) as writer:
        with store.reading() as transaction:
            transaction.execute("SELECT 1 FROM events").fetchone()
            answer(writer, of(), "a", "x" * LONGEST_LOG)
            assert log.stat().st_size > LONGEST_LOG
            answer(writer, of(), "a", "no")
        writer._empty_from = 0.0
        answer(writer, of(), "a", "yes")
        assert log.stat().st_size < LONGEST_LOG
        assert problems(store) == []


def test_a_full_disk_is_not_waited_for(store: Store) -> None:
    counted = Counted(math.inf)
    with closing(store.another(counted.patience)) as patient:
        patient.transaction.execute("PRAGMA max_page_count = 1")
        with pytest.raises(StoreFullError):
            answer(patient, of(), "a", "a long answer" * 100_000)
    assert (counted.asked, counted.over) == (0, 0)


def test_a_file_that_cannot_be_written_is_not_waited_for(store: Store) -> None:
    counted = Counted(math.inf)
    reader = Store.open(store.path, read_only=True, patience=counted.patience)
    with closing(reader), pytest.raises(StoreReadOnlyError):
        answer(reader, of(), "a", "yes")
    assert (counted.asked, counted.over) == (0, 0)


def test_a_mistake_is_not_waited_for(store: Store) -> None:
    counted = Counted(3)
    begin_writing(store._connection, counted.patience)
    with pytest.raises(sqlite3.OperationalError, match="transaction within a transaction"):
        begin_writing(store._connection, counted.patience)
    assert (counted.asked, counted.over) == (0, 0)


@pytest.mark.parametrize(("patience", "milliseconds"), [(Patience(2.5), 2_500), (Patience(None), 1_000)])
def test_statements_are_as_patient_after_a_write_as_before(store: Store, patience: Patience, milliseconds: int) -> None:
    with closing(store.another(patience)) as patient:
        assert patient.transaction.execute("PRAGMA busy_timeout").fetchone() == (milliseconds,)
        answer(patient, of(), "a", "yes")
        assert patient.transaction.execute("PRAGMA busy_timeout").fetchone() == (milliseconds,)


def test_opening_waits_as_patiently_as_writing(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        counted = Counted(math.inf, other, free_at=10)
        Store.open(tmp_path / "a.db", patience=counted.patience).close()
    assert (counted.asked, counted.over) == (10, 1)


def test_reading_goes_on_while_another_process_writes(store: Store) -> None:
    answer(store, of(), "a", "yes")
    with closing(Store.open(store.path)) as other, other.writing():
        answer(other, of(), "a", "no")
        assert store.classification(of()).answers["a"].value == "yes"
    assert store.classification(of()).answers["a"].value == "no"
