"""Where subjects stand in a queue, and what is to be done next, is what looking at all of them one by one finds."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.desk import Desk, open_desk
from annotator.desk import queue as queues
from annotator.desk.queue import InOrder, Listed
from annotator.model.classification import Identity
from annotator.model.queue import QueueView, Work
from annotator.store.log import events
from tests.store.making import statements

LAST = 12
FEW = 3
"""Subjects looked up before a queue opens, here: so that there are more."""
ids = st.lists(st.integers(1, LAST), unique=True).map(lambda given: array("q", given))


@pytest.fixture(autouse=True, scope="module")
def few() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queues, "FIRST", FEW)
        patch.setattr(queues, "BLOCK", 2)
        yield


def is_list_of(lines: Listed | InOrder, expected: list[int]) -> bool:
    """Whether places and windows are those of a list."""
    places = {number: expected.index(number) if number in expected else None for number in range(1, LAST + 3)}
    bounds = [(start, stop) for start in range(LAST + 2) for stop in range(LAST + 2)]
    return (
        len(lines) == len(expected)
        and {number: lines.place(number) for number in places} == places
        and all(lines.window(start, stop).tolist() == expected[start:stop] for start, stop in bounds)
    )


@given(ids)
def test_listed_subjects_stand_where_they_are_listed(given: array[int]) -> None:
    assert is_list_of(Listed(given), given.tolist())


@given(ids, ids)
def test_listed_subjects_that_are_shown_stay_where_they_are(shown: array[int], found: array[int]) -> None:
    moved = [each for each in found.tolist() if each not in shown]
    same = found[: len(shown)] == shown
    expected = found.tolist() if same else shown.tolist() + moved
    assert is_list_of(Listed(found).beginning_with(Listed(shown)), expected)


@given(ids)
def test_all_subjects_follow_those_that_come_first(first: array[int]) -> None:
    others = [each for each in range(1, LAST + 1) if each not in first]
    assert is_list_of(InOrder(first, LAST), first.tolist() + others)


@given(ids, ids)
def test_those_that_are_shown_first_stay_first(shown: array[int], first: array[int]) -> None:
    ahead = [*shown, *(each for each in first.tolist() if each not in shown)]
    others = [each for each in range(1, LAST + 1) if each not in ahead]
    assert is_list_of(InOrder(first, LAST).beginning_with(InOrder(shown, LAST)), ahead + others)


# What is to be done next


class Task(NamedTuple):
    """An assignment of Eva's, before the queue is opened and after."""

    subject: int
    taxonomy: str
    batch: int
    position: int
    was: bool | None
    """Whether it was done when the queue was opened; None: it is dealt later."""
    now: bool

    @property
    def place(self) -> tuple[int, int, str, int]:
        return self.batch, self.position, self.taxonomy, self.subject


tasks = st.builds(
    Task,
    st.integers(1, LAST), st.sampled_from("TU"), st.integers(1, 3), st.integers(1, 4),
    st.sampled_from((False, False, True, None)), st.booleans(),
)  # fmt: skip
deals = st.lists(tasks, unique_by=lambda each: each[:2], max_size=14)
VIEWS = [
    QueueView(),
    QueueView(sort="title"),
    QueueView(kind="incident"),
    QueueView(kind="report"),
    QueueView(since="2021"),
]


@pytest.fixture(scope="module")
def eva(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Eva at a desk of twelve subjects: the uneven ones are incidents, the even ones reports of 2021."""
    with closing(open_desk(tmp_path_factory.mktemp("lines") / "a.db", "eva")) as desk:
        with desk.store.writing() as transaction:
            for number in range(1, LAST + 1):
                kind, date = ("incident", "2020") if number % 2 else ("report", "2021")
                row = (number, f"t:{number}", kind, f"Title {number * 7 % 13}", date)
                transaction.execute("INSERT INTO subjects (id, key, kind, title, date) VALUES (?, ?, ?, ?, ?)", row)
            transaction.execute("INSERT INTO incidents (id) SELECT id FROM subjects WHERE kind = 'incident'")
            transaction.execute("INSERT INTO reports (id, sha256) SELECT id, '' FROM subjects WHERE kind = 'report'")
        yield desk


def deal(desk: Desk, rows: list[tuple[Task, bool]]) -> None:
    with desk.store.writing() as transaction:
        transaction.execute("DELETE FROM assignments")
        transaction.executemany(
            "INSERT INTO assignments VALUES (?, ?, 'eva', 1, ?, ?, ?, 'lead', '', NULL, NULL, '')",
            [(each.subject, each.taxonomy, each.batch, each.position, int(is_done)) for each, is_done in rows],
        )


def reopen(desk: Desk, dealt: list[Task]) -> None:
    with desk.store.writing() as transaction:
        for each in dealt:
            of = Identity(subject=f"t:{each.subject}", taxonomy=each.taxonomy, annotator="eva")
            events.append(transaction, "eva", "reopened", of, 1, {})


def with_later_ones_last(dealt: list[Task]) -> list[Task]:
    """What is dealt later is dealt in later batches."""
    return [each._replace(batch=each.batch + 3) if each.was is None else each for each in dealt]


@given(deals.map(with_later_ones_last), st.sampled_from(VIEWS), st.integers(1, LAST), st.sampled_from("TU"))
def test_the_next_assigned_work_is_the_first_open_one_that_the_view_shows(
    eva: Desk, dealt: list[Task], view: QueueView, here: int, taxonomy: str
) -> None:
    deal(eva, [(each, each.was) for each in dealt if each.was is not None])
    queue = eva.queue.open(view, again=True)
    shown = {row.id for row in queue.rows(0, queue.count)}
    deal(eva, [(each, each.now) for each in dealt])
    reopen(eva, [each for each in dealt if each.was and not each.now])
    place = next((each.place for each in dealt if each[:2] == (here, taxonomy)), (0, 0, "", 0))
    in_order = sorted(each.place for each in dealt if not each.now)
    ahead = [each for each in in_order if each > place] + [each for each in in_order if each < place]
    expected = [Work(f"t:{subject}", name) for _, _, name, subject in ahead if subject in shown]
    assert eva.queue.next_assigned(view, f"t:{here}", taxonomy) == (expected[0] if expected else None)


@pytest.mark.parametrize("view", [QueueView(kind="report"), QueueView(since="2021", sort="date")])
def test_work_that_a_view_does_not_show_is_leapt_over(eva: Desk, view: QueueView) -> None:
    deal(eva, [(Task(number, "T", 1, number, False, False), False) for number in range(1, LAST, 2)])
    assert eva.queue.open(view, again=True).is_partial
    assert eva.queue.next_assigned(view, "t:2", "T") is None
    with statements(eva.store) as run:
        assert eva.queue.next_assigned(view, "t:2", "T") is None
    assert len([sql for sql in run if "LIMIT 1" in sql]) <= 3


@pytest.mark.parametrize("view", VIEWS[:3])
def test_what_one_is_at_is_not_what_comes_next(eva: Desk, view: QueueView) -> None:
    deal(eva, [(Task(5, "T", 1, 1, False, False), False)])
    eva.queue.open(view, again=True)
    assert eva.queue.next_assigned(view, "t:5", "T") is None
    assert eva.queue.next_assigned(view, "t:5", "U") == Work("t:5", "T")


def test_work_is_found_in_a_view_that_is_known_in_part(eva: Desk) -> None:
    deal(eva, [(Task(11, "T", 1, 1, False, False), False)])
    view = QueueView(kind="incident")
    assert eva.queue.open(view, again=True).is_partial
    assert eva.queue.next_assigned(view, "t:2", "T") == Work("t:11", "T")


@pytest.mark.parametrize("view", [QueueView(), QueueView(sort="title"), QueueView(kind="incident")])
def test_chance_leads_to_every_subject_of_a_view_whether_it_is_known_or_not(eva: Desk, view: QueueView) -> None:
    deal(eva, [])
    shown = {f"t:{number}" for number in range(1, LAST + 1) if not view.kind or number % 2}
    eva.queue.open(QueueView(search="nothing"), again=True)
    assert {eva.queue.random_key(view) for _ in range(300)} == shown
    eva.queue.open(view, again=True).complete()
    assert {eva.queue.random_key(view) for _ in range(300)} == shown
