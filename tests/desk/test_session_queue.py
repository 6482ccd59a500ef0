"""The queue as one annotator sees it: filters, orders, windows, and the way through it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk, open_desk
from annotator.desk.queue import FIRST
from annotator.model.queue import QueueView, ResumePoint
from annotator.model.record import IncidentRecord
from annotator.model.subject import Incident
from tests.desk.making import choose, submit_fully
from tests.store.making import statements

MANY = 1_000


def bring(desk: Desk, *incidents: Incident) -> None:
    desk.importing.import_records([IncidentRecord(each, "") for each in incidents], "made.json")


def keys(desk: Desk, again: bool = True, **view: Any) -> list[str]:
    queue = desk.queue.open(QueueView(**view), again=again)
    return [row.key for row in queue.rows(0, queue.count)]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A thousand incidents; nothing is changed in the tests that share it."""
    with closing(open_desk(tmp_path_factory.mktemp("crowded") / "a.db", "eva")) as desk:
        incidents = (
            Incident(key=f"m:{n}", title=f"{'odd' if n % 2 else 'even'} {MANY - n:04}", date=f"20{n % 20:02}")
            for n in range(1, MANY + 1)
        )
        bring(desk, *incidents)
        yield desk


def test_a_long_queue_opens_with_its_beginning_and_knows_its_length(crowded: Desk) -> None:
    queue = crowded.queue.open(QueueView(kind="incident"), again=True)
    assert (queue.is_partial, queue.count) == (True, MANY)
    assert [row.key for row in queue.rows(0, 3)] == ["m:1", "m:2", "m:3"]
    assert queue.is_partial
    assert queue.key_at(MANY - 1) == f"m:{MANY}"
    assert not queue.is_partial


def test_everything_in_its_usual_order_is_there_at_once_however_long(crowded: Desk) -> None:
    queue = crowded.queue.open(QueueView(), again=True)
    assert (queue.is_partial, queue.count) == (False, MANY)
    assert queue.key_at(MANY - 1) == f"m:{MANY}"
    with statements(crowded.store) as run:
        assert queue.position_of("m:700") == 699
        assert [row.key for row in queue.rows(700, 702)] == ["m:701", "m:702"]
    assert not [sql for sql in run if "SELECT subjects.id FROM" in sql and "json_each" not in sql]


@pytest.mark.parametrize("view", [QueueView(), QueueView(search="even"), QueueView(sort="title", descending=True)])
def test_every_window_of_a_long_queue_is_a_piece_of_the_whole(crowded: Desk, view: QueueView) -> None:
    whole = crowded.queue.open(view, again=True)
    whole.complete()
    everything = whole.rows(0, whole.count)
    assert len(everything) == whole.count == (MANY if not view.search else MANY // 2)
    last = whole.count
    windows = [
        (0, 0),
        (0, 1),
        (FIRST - 1, FIRST + 1),
        (FIRST, FIRST + 40),
        (last - 1, last + 50),
        (last, last + 5),
        (-3, 2),
    ]
    for start, stop in windows:
        fresh = crowded.queue.open(view, again=True)
        assert fresh.rows(start, stop) == everything[max(0, start) : stop]


def test_a_subject_is_found_on_any_page(crowded: Desk) -> None:
    for view in (QueueView(), QueueView(kind="incident")):
        for key, position in (("m:1", 0), (f"m:{FIRST}", FIRST - 1), (f"m:{FIRST + 1}", FIRST), ("m:1000", 999)):
            assert crowded.queue.open(view, again=True).position_of(key) == position
    queue = crowded.queue.open(QueueView(search="even"), again=True)
    assert queue.position_of("m:1000") == 499
    assert queue.position_of("m:2") == 0
    assert queue.position_of("m:999") is None
    assert queue.position_of("nowhere") is None


def test_what_is_known_of_a_queue_is_told_without_looking_it_up(crowded: Desk) -> None:
    view = QueueView(kind="incident", sort="title")
    with statements(crowded.store) as run:
        assert crowded.queue.looked_up(view) is None
    assert run == []
    queue = crowded.queue.open(view, again=True)
    assert crowded.queue.looked_up(view) is None
    queue.complete()
    with statements(crowded.store) as run:
        assert crowded.queue.looked_up(view) is queue
    assert run == []
    whole = crowded.queue.looked_up(QueueView())
    assert whole and whole.count == MANY


def test_nothing_is_found_by_chance_in_a_view_that_shows_nothing(crowded: Desk) -> None:
    view = QueueView(search="nowhere")
    assert crowded.queue.open(view, again=True).count == 0
    with statements(crowded.store) as run:
        assert crowded.queue.random_key(view) is None
    assert run == []


def test_a_queue_may_be_completed_in_another_thread(crowded: Desk) -> None:
    queue = crowded.queue.open(QueueView(sort="key", descending=True), again=True)
    with closing(crowded.another()) as worker:
        queue.complete(worker.store)
    assert not queue.is_partial
    assert queue.key_at(MANY - 1) == "m:1"


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [("order", "m:1", "m:1000"), ("key", "m:1", "m:1000"), ("title", "m:1000", "m:1"), ("date", "m:20", "m:999")],
)
def test_every_order_runs_both_ways(crowded: Desk, sort: Any, first: str, last: str) -> None:
    upwards = keys(crowded, sort=sort)
    assert (upwards[0], upwards[-1]) == (first, last)
    assert keys(crowded, sort=sort, descending=True) == upwards[::-1]


def test_keys_are_ordered_by_their_number(eva: Desk) -> None:
    bring(eva, *(Incident(key=key) for key in ("d:100", "d:20", "c:9")))
    assert keys(eva, sort="key", kind="incident") == ["c:9", "d:1", "d:2", "d:3", "d:4", "d:5", "d:6", "d:20", "d:100"]


@pytest.mark.parametrize(
    ("view", "found"),
    [
        ({"kind": "report"}, ["d:r1", "d:r2"]),
        ({"search": "ramp"}, ["d:1", "d:r1"]),
        ({"search": "坂道"}, ["d:r2"]),
        ({"search": "ramp", "kind": "incident"}, ["d:1"]),
        ({"search": "no such word"}, []),
        ({"since": "2024-04-01", "kind": "incident"}, ["d:4", "d:5", "d:6"]),
        ({"since": "2024-04-04"}, ["d:4", "d:5", "d:6"]),
        ({"since": "2024-05"}, ["d:5", "d:6"]),
        ({"until": "2023"}, ["d:2", "d:3"]),
        ({"since": "2023-03", "until": "2024-04"}, ["d:3", "d:4"]),
        ({"since": "2030"}, []),
    ],
)  # fmt: skip
def test_filters_narrow_the_queue(eva: Desk, view: dict[str, Any], found: list[str]) -> None:
    assert keys(eva, **view) == found


def test_partial_dates_belong_to_every_day_they_may_mean(eva: Desk) -> None:
    dated = {"p:1": "2020", "p:2": "2020-06", "p:3": "2020-06-15", "p:4": ""}
    bring(eva, *(Incident(key=key, date=date) for key, date in dated.items()))
    assert keys(eva, since="2020-06-15", until="2020-06-30") == ["p:1", "p:2", "p:3"]
    assert keys(eva, since="2020-06-16", until="2020-12-31") == ["p:1", "p:2"]
    assert keys(eva, since="2020-07", until="2020") == ["p:1"]


def test_statuses_can_be_filtered(eva: Desk, bob: Desk) -> None:
    submit_fully(eva, "d:1")
    choose(eva, "d:2", "outcome", "none")
    eva.tagging.skip("d:3", "desk", "later")
    eva.tagging.skip("d:2", "GMF", "later")
    submit_fully(bob, "d:4")
    choose(eva, "d:5", "outcome", "none")
    eva.history.undo()
    assert keys(eva, status="submitted") == ["d:1"]
    assert keys(eva, status="draft", taxonomy="desk") == ["d:2"]
    assert keys(eva, status="skipped") == ["d:2", "d:3"]
    assert keys(eva, status="skipped", taxonomy="desk") == ["d:3"]
    assert keys(eva, status="untouched", kind="incident") == ["d:4", "d:5", "d:6"]
    assert keys(eva, status="untouched", taxonomy="GMF", kind="incident") == ["d:1", "d:3", "d:4", "d:5", "d:6"]
    assert keys(eva, taxonomy="desk") == ["d:1", "d:2", "d:3"]
    assert keys(eva, annotator="bob") == ["d:4"]
    assert keys(eva, annotator="bob", status="untouched", kind="incident") == ["d:1", "d:2", "d:3", "d:5", "d:6"]
    row = eva.queue.open(QueueView(), again=True).rows(1, 2)[0]
    assert row.status == {"desk": "draft", "GMF": "skipped"}


def test_a_flag_shows_to_everybody_until_it_is_resolved(eva: Desk, bob: Desk) -> None:
    flag = eva.tagging.raise_flag("d:2", "desk", "who decides?").flags[0]
    assert keys(bob, flagged=True) == ["d:2"]
    assert [row.key for row in bob.queue.open(QueueView(), again=True).rows(0, 9) if row.flagged] == ["d:2"]
    eva.tagging.resolve_flag("d:2", "desk", flag.id)
    assert keys(bob, flagged=True) == []


def test_what_was_worked_on_last_can_be_put_first(eva: Desk) -> None:
    for key in ("d:5", "d:2", "d:4"):
        choose(eva, key, "outcome", "none")
        time.sleep(0.002)
    assert keys(eva, sort="updated", descending=True)[:3] == ["d:4", "d:2", "d:5"]


def test_work_does_not_shift_the_queue_underfoot(eva: Desk) -> None:
    view = QueueView(status="untouched", kind="incident")
    before = keys(eva, status="untouched", kind="incident")
    choose(eva, "d:2", "outcome", "none")
    assert [row.key for row in eva.queue.open(view).rows(0, 9)] == before
    assert eva.queue.next_key(view, "d:2") == "d:3"
    assert keys(eva, status="untouched", kind="incident") == ["d:1", "d:3", "d:4", "d:5", "d:6"]


def test_a_long_queue_stays_still_too_while_it_is_completed(tmp_path: Path) -> None:
    with closing(open_desk(tmp_path / "a.db", "eva")) as eva:
        bring(eva, *(Incident(key=f"m:{n}") for n in range(1, 501)))
        view = QueueView(status="untouched")
        queue = eva.queue.open(view)
        eva.tagging.skip("m:3", "GMF", "later")
        eva.tagging.skip("m:450", "GMF", "later")
        assert queue.key_at(2) == "m:3"
        assert queue.position_of("m:499") == 497
        assert [row.key for row in queue.rows(398, 402)] == ["m:399", "m:400", "m:401", "m:402"]
        assert queue.count == 499


def test_the_way_on_passes_over_what_is_done(eva: Desk, bob: Desk) -> None:
    view = QueueView(kind="incident")
    for key in ("d:2", "d:3"):
        submit_fully(eva, key)
    eva.tagging.skip("d:4", "desk", "later")
    choose(eva, "d:5", "outcome", "none")
    submit_fully(bob, "d:6")
    assert eva.queue.next_key(view, "d:1") == "d:2"
    assert eva.queue.next_key(view, "d:1", "desk") == "d:5"
    assert eva.queue.next_key(view, "d:1", "GMF") == "d:2"
    assert eva.queue.next_key(view, "d:5", "desk") == "d:6"
    assert eva.queue.next_key(view, "d:6", "desk") is None
    assert eva.queue.previous_key(view, "d:5") == "d:4"
    assert eva.queue.previous_key(view, "d:1") is None


def test_the_way_on_looks_at_ones_own_work_in_somebody_elses_list(eva: Desk, bob: Desk) -> None:
    for key in ("d:2", "d:3", "d:5"):
        submit_fully(bob, key)
    submit_fully(eva, "d:3")
    view = QueueView(annotator="bob", status="submitted")
    assert eva.queue.next_key(view, "d:2", "desk") == "d:5"


def test_the_way_through_a_long_queue_reaches_every_subject_once(crowded: Desk) -> None:
    view = QueueView(search="odd", sort="title")
    walked = [crowded.queue.open(view, again=True).key_at(0)]
    while following := crowded.queue.next_key(view, walked[-1]):
        walked.append(following)
    assert len(walked) == len(set(walked)) == MANY // 2
    back = [walked[-1]]
    while before := crowded.queue.previous_key(view, back[-1]):
        back.append(before)
    assert back == walked[::-1]


def test_from_outside_the_view_the_way_on_begins_at_its_start(eva: Desk) -> None:
    view = QueueView(kind="report")
    assert eva.queue.next_key(view, "d:3") == "d:r1"
    assert eva.queue.next_key(view, "nowhere") == "d:r1"
    assert eva.queue.previous_key(view, "d:3") is None


def test_chance_leads_to_every_subject_of_the_view_and_to_no_other(eva: Desk) -> None:
    everything = {eva.queue.random_key(QueueView()) for _ in range(300)}
    assert everything == {f"d:{n}" for n in range(1, 7)} | {"d:r1", "d:r2"}
    assert {eva.queue.random_key(QueueView(search="ramp")) for _ in range(40)} == {"d:1", "d:r1"}
    eva.queue.open(QueueView(search="ramp"))
    assert {eva.queue.random_key(QueueView(search="ramp")) for _ in range(40)} == {"d:1", "d:r1"}
    assert eva.queue.random_key(QueueView(search="nothing like it")) is None


def test_an_empty_database_has_an_empty_queue(tmp_path: Path) -> None:
    with closing(open_desk(tmp_path / "a.db", "eva")) as desk:
        queue = desk.queue.open(QueueView())
        assert (queue.count, queue.is_partial, queue.rows(0, 50)) == (0, False, [])
        assert desk.queue.random_key(QueueView()) is None
        assert desk.queue.next_key(QueueView(), "d:1") is None


def test_the_place_to_resume_is_kept_for_each_annotator(eva: Desk, bob: Desk, path: Path) -> None:
    assert eva.queue.resume_point() is None
    point = ResumePoint("d:3", "desk", "outcome", QueueView(search="robot", sort="date", descending=True))
    eva.queue.remember(ResumePoint("d:1"))
    eva.queue.remember(point)
    assert bob.queue.resume_point() is None
    with closing(open_desk(path, "eva")) as later:
        assert later.queue.resume_point() == point


def test_a_place_that_another_version_remembered_is_read_as_far_as_it_is_known(eva: Desk) -> None:
    eva.queue.remember(ResumePoint("d:3", view=QueueView(search="robot")))
    eva.store.transaction.execute("""UPDATE resume_points SET view = '{"search": "robot", "colour": "green"}'""")
    assert eva.queue.resume_point() == ResumePoint("d:3", view=QueueView(search="robot"))


def test_annotators_are_those_who_did_something(eva: Desk, bob: Desk) -> None:
    assert eva.subjects.annotators() == []
    choose(bob, "d:1", "outcome", "none")
    choose(eva, "d:1", "outcome", "none")
    assert eva.subjects.annotators() == ["bob", "eva"]
