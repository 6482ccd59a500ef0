"""A sample that is spread over years speaks of all subjects again once it is weighted."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.desk.comparison.comparison import comparing
from annotator.desk.comparison.fields import field_rows, notes
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.shares import share_rows
from annotator.desk.exchange.importing import import_records
from annotator.desk.project import Project
from annotator.desk.settings import change
from annotator.desk.team.assignment import Drawing, Overlap, Wish, assign
from annotator.desk.team.taking_back import OpenWork, take_back
from annotator.errors import RequestError
from annotator.model.queue import QueueView
from annotator.model.record import ClassificationRecord, IncidentRecord, RawValue
from annotator.model.subject import Incident
from tests.comparison.classified import COMPARED, answer
from tests.exporting.desks import project_with

RARE, COMMON = 6, 44
"""Subjects of six years with one each, and of one year."""
DRAWN = Wish("compared", ("ann", "bob"), QueueView(), 20, random=Drawing(1, "date"), overlap=Overlap("100%"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Fifty subjects, six of them alone in their year."""
    made = project_with(tmp_path, COMPARED)
    years = [*range(2001, 2001 + RARE), *[2020] * COMMON]
    subjects = [Incident(key=f"demo:{n}", title=f"No. {n}", date=f"{year}-05-05") for n, year in enumerate(years, 1)]
    import_records(made, [IncidentRecord(each, "") for each in subjects], "test")
    change(made.store, "zoe", "blind_annotation", "no")
    return made


def said(name: str, date: str) -> str:
    return "no" if date > "2019" else "maybe" if name == "bob" else "yes"


def hand_in(project: Project) -> None:
    """Everybody says yes of rare years and no of the common one; of rare years Bob says maybe."""
    with project.store.reading() as transaction:
        sql = "SELECT annotator, key, date FROM assignments JOIN subjects ON subjects.id = subject_id"
        dealt = transaction.execute(sql).fetchall()
    records = [
        ClassificationRecord(
            subject=key, taxonomy="compared", annotator=name, status="submitted", place=f"{name} {key}",
            values=(RawValue("verdict", answer(said(name, date)).model_dump(), form="id"),),
        )
        for name, key, date in dealt
    ]  # fmt: skip
    import_records(project, records, "test")


def shares(project: Project, *, is_weighted: bool) -> dict[str, float]:
    with comparing(project, Scope("compared", "verdict", weighted=is_weighted)) as comparison:
        return {row.choice: row.share for row in share_rows(comparison)}


def percent(project: Project, *, is_weighted: bool) -> float | None:
    with comparing(project, Scope("compared", "verdict", weighted=is_weighted)) as comparison:
        return field_rows(comparison)[0].percent


def words(project: Project, *, together: bool = True) -> str:
    with comparing(project, Scope("compared", weighted=True)) as comparison:
        return " ".join(notes(comparison, together=together))


def test_the_weighted_share_is_that_of_all_subjects(project: Project) -> None:
    assign(project, DRAWN, 1, "zoe")
    hand_in(project)
    assert shares(project, is_weighted=False) == {"yes": 15.0, "no": 70.0, "maybe": 15.0}
    assert shares(project, is_weighted=True) == pytest.approx({"yes": 6.0, "no": 88.0, "maybe": 6.0})
    assert percent(project, is_weighted=False) == pytest.approx(70)
    assert percent(project, is_weighted=True) == pytest.approx(88)
    assert "sum to 50 of the 50 drawn from." in words(project)


def test_an_overlap_speaks_for_what_one_annotator_has(project: Project) -> None:
    wish = Wish("compared", ("ann", "bob"), overlap=Overlap("20", 2, "date"))
    assign(project, wish, 1, "zoe")
    hand_in(project)
    assert percent(project, is_weighted=True) == pytest.approx(88)
    assert shares(project, is_weighted=True)["no"] == pytest.approx(88)
    assert "Units with one value take no part" in words(project)


def test_what_was_not_drawn_is_left_out_and_said(project: Project) -> None:
    assign(project, DRAWN, 1, "zoe")
    assign(project, Wish("compared", ("ann", "bob"), limit=45, per_subject=2), 1, "zoe")
    hand_in(project)
    assert shares(project, is_weighted=True)["no"] == pytest.approx(88)
    assert "subjects that were not drawn to be shared left out." in words(project)


def test_what_was_drawn_twice_and_not_alike_is_left_out_and_said(project: Project) -> None:
    assign(project, DRAWN, 1, "zoe")
    assign(project, Wish("compared", ("cy", "dan", "eva"), QueueView(), 49, random=Drawing(2), per_subject=3), 1, "zoe")
    hand_in(project)
    assert "drawn more than once and not alike left out." in words(project)


def test_the_notes_tell_what_is_missing_of_the_sum(project: Project) -> None:
    assign(project, DRAWN, 1, "zoe")
    with project.store.reading() as transaction:
        sql = "SELECT key FROM assignments JOIN subjects ON subjects.id = subject_id WHERE date > '2019' LIMIT 2"
        keys = tuple(key for (key,) in transaction.execute(sql))
    for name in ("ann", "bob"):
        take_back(project, name, 1, OpenWork(keys=keys), "zoe")
    hand_in(project)
    assert "of the 50 drawn from; the rest has no subject in the sample, or none that is dealt still." in words(project)


def test_weights_that_are_missing_are_refused(project: Project) -> None:
    assign(project, Wish("compared", ("ann", "bob"), per_subject=2), 1, "zoe")
    hand_in(project)
    with pytest.raises(RequestError, match="--weighted: nothing that was dealt under compared in round 1 was drawn"):
        percent(project, is_weighted=True)


def test_weights_of_another_draw_are_refused(project: Project) -> None:
    assign(project, DRAWN, 1, "zoe")
    hand_in(project)
    with project.store.writing() as transaction:
        transaction.execute("UPDATE assignments SET dealt = dealt / 2, compared = compared / 2")
    with pytest.raises(RequestError, match="sum to 100, and 50 subjects were drawn from"):
        percent(project, is_weighted=True)
