"""Two copies that were continued as one replica: both branches stand, under the same names wherever they are merged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from annotator.store.log import verifying
from annotator.store.merging import bundle
from annotator.store.merging.merged import Merged
from annotator.store.merging.offer import Wanted, offer_of
from annotator.store.merging.opening import opened
from annotator.store.merging.taking import take
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, make_store, of, problems, record


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[list[Path]]:
    """Two files that share two events and went on apart without knowing it, with five more each."""
    paths = [tmp_path / f"{name}.db" for name in ("one", "other")]
    with closing(make_store(paths[0])) as store:
        answer(store, of(), "a", "yes")
        answer(store, of(), "a", "no")
    shutil.copy(paths[0], paths[1])
    with patch("annotator.store.log.replicas._is_same", return_value=True):
        for path in paths:
            with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
                go_on(store, path.stem)
    yield paths


def go_on(store: Store, name: str) -> None:
    answer(store, of(), "c", f"said in {name}")
    answer(store, of("t:2"), "a", name)
    record(store, of("t:2"), "flag_raised", field=None, reason=f"why {name}")
    (flag,) = store.transaction.execute("SELECT id FROM log WHERE kind = 'flag_raised'").fetchone()
    record(store, of("t:2"), "undone", event=flag)
    answer(store, of("t:3"), "a", "the same in both")


def merged(path: Path, other: Path) -> Merged:
    with (
        closing(Store.open(path, hides_b_unless_a_says_yes)) as store,
        opened(other, store.transaction) as offer,
        store.writing(),
    ):
        return take(store, offer)


def told(path: Path) -> tuple[list[str], list[tuple[str, int, str]], set[str]]:
    """What the doctor finds, how far every feed has come, and the places in conflict."""
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        feeds = store.transaction.execute("SELECT uid, number, hex(hash) FROM feeds WHERE number > 0 ORDER BY 1")
        conflicts = {
            f"{key} {one.place}" for key in ("t:1", "t:2", "t:3") for one in store.classification(of(key)).conflicts
        }
        return problems(store), feeds.fetchall(), conflicts


def test_both_branches_stand_under_the_same_names_on_both_sides(copies: list[Path]) -> None:
    first, second = merged(*copies), merged(*reversed(copies))
    assert (first.events, second.events) == (5, 5)
    assert first.forks == second.forks
    assert len(first.forks) == 1
    assert told(copies[0]) == told(copies[1])
    found, feeds, conflicts = told(copies[0])
    assert found == []
    assert [number for uid, number, _ in feeds if "~2~" in uid] == [7]
    assert conflicts == {"t:1 answer:c", "t:2 answer:a"}
    assert merged(*copies).events == 0


def test_what_was_undone_in_a_branch_is_undone_in_it_alone(copies: list[Path]) -> None:
    merged(*copies)
    with closing(Store.open(copies[0], hides_b_unless_a_says_yes)) as store:
        assert store.classification(of("t:2")).flags == ()


def test_both_copies_go_on_as_replicas_of_their_own(copies: list[Path]) -> None:
    merged(*copies)
    merged(*reversed(copies))
    for path in copies:
        with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
            answer(store, of("t:3"), "b", f"after {path.stem}")
    assert merged(*copies).forks == []
    merged(*reversed(copies))
    assert told(copies[0]) == told(copies[1])
    assert "t:3 answer:b" in told(copies[0])[2]


def test_verify_tells_a_fork_and_finds_no_flaw_in_it(copies: list[Path]) -> None:
    merged(*copies)
    with closing(Store.open(copies[0])) as store:
        found = list(verifying.verify(store.transaction))
    assert [(flaw.what, flaw.first, flaw.last) for flaw in found] == [("forked", 3, 7)]


def test_a_bundle_carries_both_branches(copies: list[Path], tmp_path: Path) -> None:
    merged(*copies)
    with closing(Store.open(copies[0])) as store, store.reading() as transaction:
        bundle.write(tmp_path / "x.bundle", offer_of(transaction, "x", Wanted()))
    new = tmp_path / "new.db"
    with closing(Store.open(new, hides_b_unless_a_says_yes)) as store, store.writing():
        take(store, bundle.read(tmp_path / "x.bundle"))
    assert told(new) == told(copies[0])


def test_a_copy_that_never_saw_the_fork_has_its_work_found_again(copies: list[Path], tmp_path: Path) -> None:
    third = tmp_path / "third.db"
    shutil.copy(copies[1], third)
    merged(*copies)
    assert merged(copies[0], third).events == 0
    with (
        patch("annotator.store.log.replicas._is_same", return_value=True),
        closing(Store.open(third, hides_b_unless_a_says_yes)) as store,
    ):
        answer(store, of("t:1"), "d", "later")
    assert merged(copies[0], third).events == 1
    assert told(copies[0])[0] == []
