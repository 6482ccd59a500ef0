"""Killed at any moment: what was shown as saved is there afterwards."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from pathlib import Path

import pytest

from annotator.store.store import Store
from tests.store.making import hides_b_unless_a_says_yes, make_store, of, problems, script

pytestmark = pytest.mark.long

SAVE_AND_SAY_SO = """
import sys
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import answer, hides_b_unless_a_says_yes, of
store = Store.open(Path(sys.argv[1]), hides_b_unless_a_says_yes)
for number in range(10**9):
    answer(store, of(f"t:{1 + number % 20}"), "a", str(number))
    print(number, flush=True)
"""
IMPORT_FOR_EVER = """
import sys
from pathlib import Path
from annotator.store.store import Store
from tests.store.making import put_texts
store = Store.open(Path(sys.argv[1]))
for number in range(10**9):
    put_texts(store, **{f"{number}-{n}": f"text {n} of {number} " * 50 for n in range(40)})
    print(number, flush=True)
"""


def killed(code: str, path: Path, seconds: float) -> list[int]:
    """Run a process, kill it some time after its first word, and give all the numbers it said."""
    process = script(code, path)
    assert process.stdout
    first = process.stdout.readline()
    threading.Timer(seconds, process.kill).start()
    said = [first, *process.stdout]
    process.communicate()
    assert process.returncode == -9
    return [int(line) for line in said]


def kill_while_saving(path: Path, seconds: float) -> None:
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        before = store.transaction.execute("SELECT count(*) FROM events").fetchone()[0]
    said = killed(SAVE_AND_SAY_SO, path, seconds)
    with closing(Store.open(path, hides_b_unless_a_says_yes)) as store:
        (saved,) = store.transaction.execute("SELECT count(*) FROM events").fetchone()
        assert saved - before in {len(said), len(said) + 1}  # the last may be saved and not yet said
        last = said[-1]
        held = store.classification(of(f"t:{1 + last % 20}")).answers["a"].value
        assert int(held) >= last
        assert problems(store) == []


@pytest.mark.parametrize("times", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_every_answer_shown_as_saved_survives(tmp_path: Path, times: int) -> None:
    path = tmp_path / "a.db"
    make_store(path, 20).close()
    for _ in range(times):
        kill_while_saving(path, random.uniform(0, 0.25))


@pytest.mark.parametrize("times", [2, pytest.param(30, marks=pytest.mark.slow)])
def test_an_import_is_kept_whole_or_not_at_all(tmp_path: Path, times: int) -> None:
    for attempt in range(times):
        path = tmp_path / f"{attempt}.db"
        said = killed(IMPORT_FOR_EVER, path, random.uniform(0, 0.2))
        with closing(Store.open(path)) as store:
            (kept,) = store.transaction.execute("SELECT count(*) FROM reports").fetchone()
            assert kept in {40 * len(said), 40 * len(said) + 40}
            assert problems(store) == []
