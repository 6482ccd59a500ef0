"""Garbage waits while the desk starts, and is collected again whatever becomes of the start."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.errors import RequestError
from annotator.tui.app import AnnotatorApp, run
from annotator.tui.garbage import collect_again, put_off
from tests.tui.desk_content import filled_desk
from tests.tui.settling import words_read


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_what_was_there_at_the_start_is_not_looked_at_again() -> None:
    before = gc.get_freeze_count()
    kept = [[each] for each in range(1000)]
    put_off()
    assert not gc.isenabled()
    collect_again()
    assert gc.isenabled()
    frozen = gc.get_freeze_count()
    assert frozen >= before + len(kept)
    collect_again()
    assert gc.get_freeze_count() <= frozen


async def test_the_queue_collects_again_once_it_has_loaded_what_a_subject_needs(tmp_path: Path) -> None:
    put_off()
    async with AnnotatorApp(filled_desk(tmp_path)).run_test() as pilot:
        await words_read(pilot)
        assert gc.isenabled()


def test_a_start_that_is_refused_leaves_nothing_put_off(tmp_path: Path) -> None:
    with pytest.raises(RequestError):
        run(filled_desk(tmp_path), {"undo": "no such key"})
    assert gc.isenabled()
