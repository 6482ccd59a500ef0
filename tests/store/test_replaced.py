"""A file that was put in the place of an open one is left alone, and nothing is called saved that nobody finds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import StoreReplacedError
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, make_store, of, problems


def answers_in(store: Store) -> list[object]:
    with store.reading() as transaction:
        return [value for (value,) in transaction.execute("SELECT value FROM answers ORDER BY value").fetchall()]


def test_nothing_is_written_into_a_file_that_another_one_replaced(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "yes")
    with closing(make_store(tmp_path / "other.db")) as other:
        answer(other, of(), "a", "other")
    (tmp_path / "other.db").replace(store.path)
    with pytest.raises(StoreReplacedError, match="another file stood there, or none"):
        answer(store, of(), "a", "no")
    with pytest.raises(StoreReplacedError):
        store.another()
    store.close()
    with closing(Store.open(store.path, hides_b_unless_a_says_yes)) as found:
        assert answers_in(found) == ["other"]
        assert problems(found) == []


def test_a_file_that_replaced_an_open_one_is_not_read_with_what_was_written_before(
    store: Store, tmp_path: Path
) -> None:
    answer(store, of(), "a", "yes")
    make_store(tmp_path / "other.db").close()
    (tmp_path / "other.db").replace(store.path)
    store.close()
    with closing(Store.open(store.path, hides_b_unless_a_says_yes)) as found:
        assert answers_in(found) == []
        assert problems(found) == []


def test_what_was_moved_away_takes_no_more_until_it_is_opened_again(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "yes")
    aside = tmp_path / "aside.db"
    store.path.replace(aside)
    with pytest.raises(StoreReplacedError, match="nothing was saved"):
        answer(store, of(), "a", "no")
    with closing(sqlite3.connect(aside)) as whole:
        assert whole.execute("SELECT count(*) FROM answers").fetchone() == (1,)
    aside.replace(store.path)
    with pytest.raises(StoreReplacedError, match="open it again"):
        answer(store, of(), "a", "no")
    with closing(Store.open(store.path, hides_b_unless_a_says_yes)) as again:
        answer(again, of(), "a", "perhaps")
        store.close()  # which leaves alone what the other one has beside the file
        answer(again, of("t:2"), "a", "too")
    with closing(Store.open(store.path, hides_b_unless_a_says_yes)) as found:
        assert answers_in(found) == ["perhaps", "too"]
        assert problems(found) == []


def test_who_opens_what_took_the_place_of_an_open_file_shares_no_log_with_it(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "yes")
    aside = tmp_path / "aside.db"
    make_store(tmp_path / "other.db").close()
    store.path.replace(aside)
    (tmp_path / "other.db").replace(store.path)
    with pytest.raises(StoreReplacedError):
        store.look()
    with closing(Store.open(store.path, hides_b_unless_a_says_yes)) as other:
        answer(other, of(), "a", "other")
        assert answers_in(store) == ["yes"]
        store.close()
        answer(other, of("t:2"), "a", "more")
    for path, answers in ((store.path, ["more", "other"]), (aside, ["yes"])):
        with closing(Store.open(path, hides_b_unless_a_says_yes)) as found:
            assert answers_in(found) == answers
            assert problems(found) == []
