"""Texts that copies brought apart under one key: the same subjects come of them in whatever order they meet."""

from __future__ import annotations

import shutil
from itertools import permutations
from pathlib import Path
from random import Random

import pytest

from annotator.model.record import ReportRecord
from annotator.model.subject import Report
from annotator.store.merging import bundle
from annotator.store.merging.offer import Wanted, offer_of
from tests.store.making import make_store, put
from tests.store.merging.copies import Copy, World, duplicate, edit, flaws, merge, told

STORM = "The storm flooded the cellar of the town hall and the archive with all of its papers. "
ROBOT = "A robot in a warehouse ran over the foot of a worker who had not been told of it. "
CHAIR = "Somebody fell from a chair that an assistant had called safe, and broke an arm twice. "
APART = {
    "unrelated": (STORM, ROBOT, CHAIR),
    "versions of one": (STORM, f"{STORM}It is dry.", f"{STORM}It is dry again."),
    "two that a third brings together": (STORM, ROBOT, STORM + ROBOT),
    "two of one, and another": (STORM, CHAIR, f"{CHAIR}It was glued."),
    "short and unrelated": ("A robot fell.", "My chair broke", "事故"),
    "short and corrected": ("A robot fell.", "The robot fell!", f"{ROBOT}The robot fell."),
}
SUBJECTS = {
    "unrelated": 3, "versions of one": 1, "two that a third brings together": 1, "two of one, and another": 2,
    "short and unrelated": 3, "short and corrected": 1,
}  # fmt: skip


@pytest.mark.parametrize("case", APART)
def test_the_order_in_which_texts_meet_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    world = World(monkeypatch)
    copies = [Copy(tmp_path / f"{number}.db", tmp_path / f"{number}", f"machine {number}") for number in range(3)]
    world.at = copies[0]
    make_store(copies[0].path).close()
    for copy in copies[1:]:
        duplicate(copies[0], copy.path)
    for copy, text in zip(copies, APART[case], strict=True):
        with world.on(copy) as store:
            put(store, ReportRecord(Report(key="t:r", text=text), ""))
            edit(store, copy.machine, "note_set", "t:r", text=text[:9])
            edit(store, copy.machine, "submitted", "t:r")
    found = set()
    for number, (first, *others) in enumerate(permutations(copies)):
        here = Copy(tmp_path / f"order-{number}.db", tmp_path / f"order-{number}", f"order {number}")
        shutil.copyfile(first.path, here.path)
        with world.on(here) as store:
            for other in others:
                merge(store, other.path)
                assert flaws(store) == []
            (subjects,) = store.transaction.execute("SELECT count(*) FROM reports").fetchone()
            assert subjects == SUBJECTS[case]
            assert merge(store, others[0].path)[0].events == 0
            found.add("\n".join(told(store)))
    some, *others_found = sorted(found)
    assert [sorted({*some.splitlines()} ^ {*each.splitlines()}) for each in others_found] == []


@pytest.mark.parametrize("case", APART)
def test_texts_that_are_left_out_at_first_come_to_the_same_in_whatever_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    world = World(monkeypatch)
    copies = [Copy(tmp_path / f"{number}.db", tmp_path / f"{number}", f"machine {number}") for number in range(3)]
    world.at = copies[0]
    make_store(copies[0].path).close()
    duplicate(copies[0], tmp_path / "empty.db")
    for copy in copies[1:]:
        duplicate(copies[0], copy.path)
    sent = []
    for number, (copy, text) in enumerate(zip(copies, APART[case], strict=True)):
        with world.on(copy) as store:
            put(store, ReportRecord(Report(key="t:r", title=f"Title {number % 2}", text=text), ""))
            edit(store, copy.machine, "note_set", "t:r", text=text[:9])
            for name, with_texts in (("bare", False), ("full", True)):
                sent.append(tmp_path / f"{number}-{name}.bundle")
                with store.reading() as transaction:
                    bundle.write(sent[-1], offer_of(transaction, "", Wanted(with_texts=with_texts)))
    found = {}
    orders = list(permutations(sent))
    for number, order in enumerate(Random(case).sample(orders, 6)):
        here = Copy(tmp_path / f"order-{number}.db", tmp_path / f"order-{number}", f"order {number}")
        shutil.copyfile(tmp_path / "empty.db", here.path)
        with world.on(here) as store:
            for file in order:
                merge(store, file)
            assert flaws(store) == []
            assert merge(store, order[0])[0].events == 0
            found["\n".join(told(store))] = [file.name for file in order]
    some, *others = sorted(found)
    assert [sorted({*some.splitlines()} ^ {*each.splitlines()}) for each in others] == [], found
