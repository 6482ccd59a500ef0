"""How fast annotators get on, who is late, and until when work is to be done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.desk.team.assignment import Wish, assign
from annotator.desk.team.closing import today
from annotator.desk.team.pace import LEAST, WINDOW, in_minutes, paces
from annotator.desk.team.progress import progress_of
from annotator.desk.team.taking_back import OpenWork
from annotator.errors import NotFoundError, RequestError
from annotator.model.queue import QueueView
from annotator.store import readable
from annotator.store.team.pace import PAUSE, Worked, worked
from tests.desk.making import choose, submit_fully
from tests.team.conftest import At

NOW = datetime(2030, 1, 29, tzinfo=UTC)


def done(days_ago: float, seconds: float = 60) -> Worked:
    return Worked("ann", "desk", 1, seconds, (NOW - timedelta(days=days_ago)).isoformat())


def test_a_pace_is_of_the_last_four_weeks_or_since_the_first_of_them() -> None:
    whose = ("ann", "desk", 1)
    found = paces([done(28), done(21), done(14), done(90)], {whose: 3}, NOW)[whose]
    assert found.per_week == 3 / 4
    assert found.done_on == (NOW + timedelta(weeks=4)).date().isoformat()
    assert paces([done(0.1), done(0.2)], {whose: 1}, NOW)[whose].per_week == 2  # of one week at least
    assert paces([done(60)], {whose: 1}, NOW)[whose][::2] == (0.0, None)
    assert paces([done(1)], {}, NOW)[whose].done_on is None
    assert paces([done(28)], {whose: 1_000}, NOW)[whose].done_on is None


def test_a_median_is_of_what_was_timed() -> None:
    found = paces([done(1, 30), done(1, 0), done(1, 90), done(1, 600)], {}, NOW)
    assert found["ann", "desk", 1].median_seconds == 90
    assert paces([done(1, 0)], {}, NOW)["ann", "desk", 1].median_seconds is None
    assert [in_minutes(each) for each in (None, 45.4, 99, 130, 600)] == ["", "45 s", "99 s", "2 min", "10 min"]


@settings(deadline=None)
@given(st.lists(st.floats(0, 60), min_size=1, max_size=30), st.integers(0, 500))
def test_a_pace_times_the_weeks_is_what_was_done(days: list[float], to_do: int) -> None:
    found = paces([done(each) for each in days], {("ann", "desk", 1): to_do}, NOW)["ann", "desk", 1]
    recent = [each for each in days if timedelta(days=each) <= WINDOW]
    weeks = max(timedelta(days=max(recent, default=0)), LEAST) / timedelta(weeks=1)
    assert found.per_week * weeks == pytest.approx(len(recent))
    assert bool(found.done_on) == bool(to_do and recent and to_do / found.per_week <= 520)


def test_the_time_of_a_subject_is_from_edit_to_edit_with_pauses_cut(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = at("ann")
    clock = iter(("10:00:00", "10:01:00", "10:01:30", "12:00:00"))
    monkeypatch.setattr(readable, "now", lambda: f"2030-01-01T{next(clock)}.000Z")
    submit_fully(ann, "d:1")
    choose(ann, "d:2", "outcome", "none")
    ann.tagging.skip("d:3", "desk", "not about AI")
    monkeypatch.undo()
    with ann.store.reading() as transaction:
        found = worked(transaction)
        assert [(each.annotator, each.taxonomy, each.round) for each in found] == [("ann", "desk", 1)] * 2
        assert sorted(round(each.seconds) for each in found) == [60, PAUSE]
        assert worked(transaction, "bob") == [] and worked(transaction, "ann") == found


def test_who_is_late_is_counted_from_the_day_after(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann",), keys=("d:1", "d:2"), due=today()), 1, "zoe")
    assign(zoe.project, Wish("desk", ("ann",), keys=("d:3",), due="2999-12-31"), 1, "zoe")
    assign(zoe.project, Wish("desk", ("ann",), keys=("d:4",)), 1, "zoe")
    submit_fully(at("ann"), "d:2")
    for day, late in ((today(), 0), ("2999-01-01", 1), ("3000-01-01", 2)):
        (row,) = progress_of(zoe.project, day=day).rows
        assert (row.late, row.due) == (late, today()), day
    zoe.store.rebuild()


def test_another_day_for_what_is_open(at: At) -> None:
    zoe = at()
    assign(zoe.project, Wish("desk", ("ann",), QueueView(kind="incident"), batch_size=3, due=today()), 1, "zoe")
    submit_fully(at("ann"), "d:1")
    rehearsed = zoe.assignment.redate("ANN", "2999-01-01", OpenWork(batches=(2,)), dry_run=True)
    redated = zoe.assignment.redate("ANN", "2999-01-01", OpenWork(batches=(2,)))
    assert redated == rehearsed and (redated.annotator, redated.open) == ("ann", 5) and 2 <= redated.changed <= 3
    assert zoe.assignment.redate("ann", "2999-01-01", OpenWork(batches=(2,))).changed == 0
    with zoe.store.reading() as transaction:
        kept = transaction.execute("SELECT done, batch, due FROM assignments").fetchall()
    assert {due for done_, batch, due in kept if batch == 1 or done_} >= {today()}
    assert {due for done_, batch, due in kept if batch == 2 and not done_} == {"2999-01-01"}
    with pytest.raises(RequestError, match="is over already"):
        zoe.assignment.redate("ann", "2020-01-01")
    with pytest.raises(NotFoundError, match="Nothing is assigned to 'cy'"):
        zoe.assignment.redate("cy", "2999-01-01")
    zoe.store.rebuild()


def test_a_lead_is_told_everybodys_pace_and_others_their_own(at: At) -> None:
    for name in ("ann", "bob"):
        submit_fully(at(name), "d:1")

    def told(name: str) -> set[str]:
        desk = at(name)
        return {annotator for annotator, *_ in desk.progress.paces(desk.progress.of())}

    assert told("") == told("ann") == {"ann", "bob"}
    at("zoe").roles.give("zoe", "lead")
    assert (told("zoe"), told("ann"), told("")) == ({"ann", "bob"}, {"ann"}, set())
    assign(at().project, Wish("desk", ("ann,bob",), keys=("d:3",), per_subject=2, due=today()), 1, "zoe")

    def due(name: str) -> dict[str, str | None]:
        return {each.annotator: each.due for each in at(name).progress.of().rows}

    assert due("zoe") == {"ann": today(), "bob": today()}
    assert (due("ann"), due("")) == ({"ann": today(), "bob": None}, {"ann": None, "bob": None})
