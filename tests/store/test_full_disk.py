"""No space left: a sentence, nothing half kept, and work goes on when there is room again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import OutputError, StoreFullError
from annotator.store.store import Store
from tests.store.making import answer, make_store, of, problems, put_texts

LONG = "a sentence that takes its place on the disk; " * 400


def fill(store: Store) -> None:
    """Let the file grow no further."""
    (pages,) = store.transaction.execute("PRAGMA page_count").fetchone()
    store.transaction.execute(f"PRAGMA max_page_count = {pages}")


def give_room(store: Store) -> None:
    store.transaction.execute("PRAGMA max_page_count = 1000000")


def answer_until_full(store: Store, times: int = 2_000) -> int:
    """Save long answers until one is refused; returns how many were saved."""
    for number in range(times):
        try:
            answer(store, of(), f"field {number}", f"{number} {LONG}")
        except StoreFullError as error:
            assert "disk is full; nothing of this change was saved. Free some space" in str(error)
            return number
    raise AssertionError("the disk never filled up")


def test_an_answer_that_finds_no_room_is_refused_whole(store: Store) -> None:
    answer(store, of(), "a", "yes")
    fill(store)
    saved = answer_until_full(store)
    assert len(store.classification(of()).answers) == 1 + saved
    assert problems(store) == []
    give_room(store)
    answer(store, of(), "a", LONG)
    assert store.classification(of()).answers["a"].value == LONG
    assert problems(store) == []


def test_a_bulk_of_texts_that_finds_no_room_is_refused_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    another = Store.another

    def another_without_room(self: Store) -> Store:
        own = another(self)
        fill(own)
        return own

    monkeypatch.setattr(Store, "another", another_without_room)  # an import has a connection of its own
    with pytest.raises(StoreFullError, match="nothing of this change was saved"):
        put_texts(store, **{f"r{number}": f"{number} {LONG}" for number in range(100)})
    assert store.transaction.execute("SELECT count(*) FROM reports").fetchone() == (0,)
    monkeypatch.undo()
    assert problems(store) == []


def test_a_disk_that_is_really_full_loses_nothing_that_was_saved(small_disk: Path) -> None:
    with closing(make_store(small_disk / "a.db")) as store:
        saved = answer_until_full(store)
        assert saved > 0
    with closing(Store.open(small_disk / "a.db")) as store:
        assert set(store.classification(of()).answers) == {f"field {number}" for number in range(saved)}
        answered = store.transaction.execute("SELECT count(*) FROM events WHERE kind = 'answer_set'").fetchone()
        assert answered == (saved,)


def test_a_backup_without_room_leaves_no_file(small_disk: Path, tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "a.db")) as store:
        put_texts(store, **{f"r{number}": f"{number} {LONG}" for number in range(200)})
        with pytest.raises(OutputError, match="disk is full; nothing was written there"):
            store.backup(small_disk / "copy.db")
    assert list(small_disk.iterdir()) == []


def test_a_new_database_without_room_is_told_in_words(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(2 * 1024 * 1024 - 8192))
    with pytest.raises(StoreFullError):
        Store.open(small_disk / "a.db")
