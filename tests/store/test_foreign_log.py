"""A file that was copied over an old log is recognised before it is written to, and one that was killed is not."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from annotator.errors import StoreForeignLogError, StoreReplacedError
from annotator.store.store import Store
from tests.store.making import answer, make_store, of, problems, script

LEAVE_LOG = """
import os, sys
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, of
store = Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)
if len(sys.argv) > 3:
    store._connection.execute(f"PRAGMA wal_autocheckpoint = {sys.argv[3]}")
for number in range(int(sys.argv[2])):
    answer(store, of("t:2", "ann"), "a", str(number))
os.kill(os.getpid(), 9)
"""


def leave_log(path: Path, count: int, *checkpoint: int) -> None:
    """Save so many answers, and be killed."""
    process = script(LEAVE_LOG, path, count, *checkpoint)
    process.communicate()
    assert process.returncode == -9
    assert path.with_name(f"{path.name}-wal").stat().st_size > 1_000


def both(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.glob("desk.db*") if not each.name.endswith("-shm")}


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("in_place", [True, False])
def test_a_backup_copied_over_a_database_that_was_not_closed_is_refused_and_left_as_it_is(
    store: Store, tmp_path: Path, count: int, *, in_place: bool
) -> None:
    answer(store, of(), "a", "earlier")
    store.backup(tmp_path / "earlier.db")
    for number in range(30):
        answer(store, of(), "a", f"later {number}")
    store.close()
    leave_log(store.path, count)
    if not in_place:
        store.path.unlink()
    store.path.write_bytes((tmp_path / "earlier.db").read_bytes())
    before = both(store.path)
    for _ in range(2):
        with pytest.raises(StoreForeignLogError, match=r"beside it stands desk\.db-wal, which holds work that was"):
            Store.open(store.path)
    with pytest.raises(StoreForeignLogError):
        Store.open(store.path, read_only=True)
    assert both(store.path) == before
    for ending in ("-wal", "-shm"):
        shutil.move(f"{store.path}{ending}", tmp_path / f"aside{ending}")
    with closing(Store.open(store.path, store.hiding)) as found:
        assert found.classification(of()).answers["a"].value == "earlier"


def test_one_whose_events_are_all_in_the_log_is_told_by_what_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(tmp_path / "desk.db", 60)
    for number in range(120):
        answer(store, of(f"t:{number % 60 + 1}", f"a{number % 7}"), "a", str(number) * 50)
    store.backup(tmp_path / "earlier.db")
    store.rebuild()  # much stands on other pages then, and no event is added
    store.close()
    leave_log(store.path, 1)
    store.path.write_bytes((tmp_path / "earlier.db").read_bytes())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "of somebody else"))
    before = both(store.path)
    with pytest.raises(StoreForeignLogError):
        Store.open(store.path)
    assert both(store.path) == before


def test_one_that_lacks_only_what_an_event_of_the_log_is_about_is_refused(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(store, of("t:2"), "a", "earlier")
    store.backup(tmp_path / "earlier.db")
    answer(store, of("t:3", "bob"), "a", "later")  # the first to see what t:3 says
    store.close()
    leave_log(store.path, 1)
    store.path.write_bytes((tmp_path / "earlier.db").read_bytes())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "of somebody else"))
    before = both(store.path)
    with pytest.raises(StoreForeignLogError):
        Store.open(store.path)
    assert both(store.path) == before


def test_nobody_takes_the_log_into_what_was_copied_over_an_open_file_before_that_is_noticed(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(store, of("t:2"), "a", "earlier")
    store.backup(tmp_path / "earlier.db")
    answer(store, of("t:3", "bob"), "a", "later")
    store.transaction.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    answer(store, of("t:2", "ann"), "a", "in the log")
    store.path.write_bytes((tmp_path / "earlier.db").read_bytes())
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "of somebody else"))
    process = script(LEAVE_LOG, store.path, 1)
    assert "holds work that was written for another file" in process.communicate()[1]
    with pytest.raises(StoreReplacedError, match="All that had been saved is whole"):
        store.look()
    assert store.path.read_bytes() == (tmp_path / "earlier.db").read_bytes()


def test_a_database_of_another_project_copied_over_a_log_is_refused(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "here")
    store.close()
    leave_log(store.path, 3)
    with closing(make_store(tmp_path / "other.db")) as other:
        answer(other, of(), "a", "other")
    store.path.write_bytes((tmp_path / "other.db").read_bytes())
    with pytest.raises(StoreForeignLogError):
        Store.open(store.path)


@pytest.mark.parametrize("checkpoint", [0, 7])
def test_what_was_killed_goes_on_with_its_own_log(store: Store, checkpoint: int) -> None:
    answer(store, of(), "a", "yes")
    store.close()
    leave_log(store.path, 60, checkpoint)
    with closing(Store.open(store.path, store.hiding)) as found:
        assert found.classification(of("t:2", "ann")).answers["a"].value == "59"
        assert problems(found) == []


def test_a_file_copied_together_with_its_log_goes_on(store: Store, tmp_path: Path) -> None:
    answer(store, of(), "a", "yes")
    store.close()
    leave_log(store.path, 40)
    copy = tmp_path / "copy"
    copy.mkdir()
    for ending in ("", "-wal"):
        shutil.copy(f"{store.path}{ending}", copy / f"{store.path.name}{ending}")
    with closing(Store.open(copy / store.path.name, store.hiding)) as found:
        assert found.classification(of("t:2", "ann")).answers["a"].value == "39"
        answer(found, of(), "a", "copied")
        assert problems(found) == []
