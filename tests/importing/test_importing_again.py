"""The same again changes nothing; a changed source changes what it changed; local work stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.exchange.importing import ImportOptions, import_path, import_records
from annotator.desk.project import Project
from annotator.errors import AnnotatorError, RequestError, SourceError
from annotator.model.classification import Answer
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import Incident, Report
from annotator.store import subjects
from tests.importing.making import (
    INCIDENTS,
    bring,
    bring_path,
    classification,
    count,
    everything,
    kept_issues,
    record,
    values,
    write_csv,
    write_json,
)

YES: Any = ("Deployed", "yes")


def table(path: Path, *rows: tuple[object, ...]) -> Path:
    return write_csv(path / "classifications_CSETv1.csv", ("Namespace", "Incident ID", "Published", "Deployed",
                                                           "Physical Objects"), *rows)  # fmt: skip


def local(project: Project, annotator: str = "AIID") -> Desk:
    return Desk(project, annotator)


def test_the_same_file_again_changes_not_a_byte(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "snapshot"
    folder.mkdir()
    write_csv(folder / "incidents.csv", INCIDENTS, (1, "2020-01-02", "[7, 8]", '["Acme"]', "Title", "What happened"))
    table(folder, ("CSETv1", 1, "True", "yes", "perhaps"), ("CSETv9", 1, "True", "yes", "no"))
    first = bring_path(project, folder)
    assert (first.counts["incidents"]["added"], first.counts["classifications"]["added"], first.issues) == (1, 1, 2)
    before = everything(project)
    again = bring_path(project, folder)
    assert everything(project) == before
    assert again.counts == {
        "incidents": {"added": 0, "updated": 0, "unchanged": 1},
        "classifications": {"added": 0, "updated": 0, "unchanged": 1, "set aside": 1},
    }
    assert (again.issues, again.losses) == (first.issues, first.losses)


def test_there_and_back_again_ends_where_it_began(project: Project) -> None:
    one, other = record(YES, ("Physical Objects", "no")), record(YES, ("Physical Objects", "yes"), publish=True)
    outcomes = [bring(project, each).counts["classifications"] for each in (one, other, one, one)]
    assert [next(name for name, number in found.items() if number) for found in outcomes] == [
        "added", "updated", "updated", "unchanged",
    ]  # fmt: skip
    assert values(project) == {"deployed": "yes", "physical_objects": "no"}
    assert classification(project).publish == "unpublished"
    assert count(project, "events WHERE kind = 'imported'") == 3


def brought(project: Project, **of: str) -> list[dict[str, Any]]:
    """The answers of what imports brought beside work that was done here, and nobody settled."""
    found = [each for each in classification(project, **of).conflicts if each.place == "import"]
    return [
        {field: answer["value"] for field, answer in each.said["answers"].items()}
        for conflict in found
        for each in conflict.versions
    ]


def test_a_changed_source_changes_nothing_of_what_somebody_works_on(project: Project) -> None:
    bring(project, record(YES, ("Physical Objects", "no"), ("Annotator", "7"), notes="theirs"))
    desk = local(project)
    desk.tagging.reopen("aiid:1", "CSETv1", "local work")
    desk.tagging.answer("aiid:1", "CSETv1", "deployed", Answer(value="maybe"))
    desk.tagging.clear("aiid:1", "CSETv1", "annotator")
    desk.tagging.answer("aiid:1", "CSETv1", "entertainment_industry", Answer(value="no"))
    desk.tagging.note("aiid:1", "CSETv1", "ours")
    here = {"deployed": "maybe", "physical_objects": "no", "entertainment_industry": "no"}
    assert (values(project), brought(project)) == (here, [])
    bring(project, record(YES, ("Physical Objects", "yes"), ("Annotator", "7"), notes="theirs"))
    assert values(project) == here
    assert brought(project) == [{"deployed": "yes", "physical_objects": "yes", "annotator": "7"}]
    bring(project, record(("Physical Objects", "yes"), ("Annotator", "8"), notes="theirs, newer"))
    assert values(project) == here
    assert (classification(project).notes, classification(project).status) == ("ours", "draft")
    assert brought(project) == [{"physical_objects": "yes", "annotator": "8"}]


def test_a_first_import_stands_beside_what_was_done_here(project: Project) -> None:
    bring(project, record(("Physical Objects", "--")), record(YES, subject="aiid:2"))
    desk = local(project, "Ann")
    desk.tagging.note("aiid:2", "CSETv1", "remember the appendix")
    desk.tagging.answer("aiid:2", "CSETv1", "physical_objects", Answer(value="no"))
    bring(project, record(YES, subject="aiid:2", annotator="Ann"))
    found = classification(project, subject="aiid:2", annotator="Ann")
    assert found.notes == "remember the appendix"
    assert {field: answer.value for field, answer in found.answers.items()} == {
        "physical_objects": "no",
    }  # fmt: skip
    assert brought(project, subject="aiid:2", annotator="Ann") == [{"deployed": "yes"}]


def test_undo_leaves_what_was_imported_alone(project: Project) -> None:
    bring(project, record(YES))
    desk = local(project)
    assert desk.history.undo() is None
    desk.tagging.raise_flag("aiid:1", "CSETv1", "why?")
    assert desk.history.undo()
    assert desk.history.undo() is None
    assert values(project) == {"deployed": "yes"}


def test_issues_are_settled_when_the_source_was_put_right(project: Project, tmp_path: Path) -> None:
    bring_path(project, table(tmp_path, ("CSETv1", 1, "True", "perhaps", "no"), ("CSETv1", 2, "True", "often", "no")))
    assert [issue.value for issue in kept_issues(project)] == ["perhaps", "often"]
    found_at = kept_issues(project)[1].found_at
    bring_path(project, table(tmp_path, ("CSETv1", 1, "True", "yes", "no"), ("CSETv1", 2, "True", "often", "no")))
    (left,) = kept_issues(project)
    assert (left.subject, left.value, left.found_at) == ("aiid:2", "often", found_at)


def test_another_file_of_the_same_name_settles_nothing_it_does_not_speak_of(project: Project, tmp_path: Path) -> None:
    for number, folder in ((1, tmp_path / "a"), (2, tmp_path / "b")):
        folder.mkdir()
        bring_path(project, table(folder, ("CSETv1", number, "True", "perhaps", "no")))
    assert [issue.subject for issue in kept_issues(project)] == ["aiid:1", "aiid:2"]


def test_a_classification_told_twice_keeps_the_first_and_changes_nothing_again(project: Project) -> None:
    one, other = record(YES, place="row 1"), record(("Deployed", "no"), place="row 2")
    for outcome in ("added", "unchanged"):
        report = bring(project, one, other, one.model_copy(update={"place": "row 3"}))
        assert report.counts["classifications"][outcome] == (1 if outcome == "added" else 3)
        assert values(project) == {"deployed": "yes"}
        (issue,) = kept_issues(project)
        assert (issue.place, issue.problem) == (
            "row 2", "is classified by the same annotator in row 1 already; the first was kept",
        )  # fmt: skip
        assert count(project, "events WHERE kind = 'imported'") == 1
        assert [(loss.what, loss.count) for loss in report.losses] == [("repeated records with the same contents", 1)]


def test_a_report_told_twice_keeps_the_first(project: Project) -> None:
    told = [Report(key="s:r1", title=title) for title in ("One", "One", "Other")]
    records = [ReportRecord(each, f"row {number}") for number, each in enumerate(told, 1)]
    for _ in range(2):
        report = bring(project, *records)
        assert title(project, "s:r1") == "One"
        assert sum(report.counts["reports"].values()) == 1
        assert [(issue.place, issue.problem) for issue in kept_issues(project)] == [
            ("row 3", "has the key of row 1 but other contents; the first was kept")
        ]
        assert len(report.losses) == 1


@pytest.mark.parametrize("partial_first", [True, False])
def test_a_report_told_in_part_and_in_full_is_joined(project: Project, partial_first: bool) -> None:
    part = ReportRecord(Report(key="s:r1", title="In part", language="en"), "list", partial=True)
    full = ReportRecord(Report(key="s:r1", title="In full", text="All of it"), "file")
    records = [part, full] if partial_first else [full, part]
    bring(project, *records)
    with project.store.reading() as transaction:
        found = subjects.view(transaction, "s:r1")
    assert found
    assert (found.title, found.reports[0].text, found.reports[0].language) == ("In full", "All of it", "en")
    before = everything(project)
    assert bring(project, *records).counts["reports"] == {"added": 0, "updated": 0, "unchanged": 2}
    assert everything(project) == before
    assert kept_issues(project) == []


def title(project: Project, key: str) -> str:
    with project.store.reading() as transaction:
        found = subjects.view(transaction, key)
    assert found
    return found.title


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(project: Project, tmp_path: Path) -> None:
    bring(project, record(YES, subject="aiid:9"))
    file = table(tmp_path, ("CSETv1", 1, "True", "perhaps", "no"), ("GMF", 2, "True", "", ""))
    before = everything(project)
    rehearsed = import_path(project, file, ImportOptions(dry_run=True))
    assert everything(project) == before
    assert rehearsed.dry_run
    done = bring_path(project, file)
    assert (done.counts, done.issues, done.losses) == (rehearsed.counts, rehearsed.issues, rehearsed.losses)
    assert ("GMF",) in project.store.transaction.execute("SELECT namespace FROM taxonomies").fetchall()


def test_a_dry_run_into_a_new_database_leaves_it_empty(tmp_path: Path) -> None:
    with closing(Project.open(tmp_path / "new.db").store) as store:
        before = list(store._connection.iterdump())
        project = Project.open(tmp_path / "new.db")
        import_path(project, table(tmp_path, ("CSETv1", 1, "True", "yes", "no")), ImportOptions(dry_run=True))
        assert list(store._connection.iterdump()) == before
        project.store.close()


class _PowerCutError(Exception):
    """Stands for whatever ends a program."""


@pytest.mark.parametrize("after", [1, 2_500])
def test_an_import_that_was_cut_short_leaves_nothing_and_is_finished_by_running_it_again(
    project: Project, after: int
) -> None:
    records = [IncidentRecord(Incident(key=f"m:{n}", title=str(n)), f"row {n}") for n in range(3_000)]

    def cut() -> Iterator[IncidentRecord]:
        yield from records[:after]
        raise _PowerCutError

    before = everything(project)
    with pytest.raises(_PowerCutError):
        import_records(project, cut(), "test.json")
    assert everything(project) == before
    assert bring(project, *records).counts["incidents"]["added"] == 3_000


def test_a_file_that_breaks_off_leaves_nothing(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "reports.json"
    file.write_text('[{"report_number": 1, "title": "a", "text": "b", "url": "u"}, {"report_number": 2, "title": ')
    before = everything(project)
    with pytest.raises(SourceError, match=r"reports\.json"):
        bring_path(project, file)
    assert everything(project) == before


def test_progress_is_told_up_to_the_last_record(project: Project, tmp_path: Path) -> None:
    said: list[int] = []
    file = write_json(
        tmp_path / "reports.json",
        [{"report_number": n, "title": "t", "text": "x", "url": f"u{n}", "authors": []} for n in range(1, 4_501)],
    )
    import_path(project, file, progress=said.append)
    assert said == sorted(said)
    assert said[-1] == 4_500
    assert len(said) > 1


@pytest.mark.parametrize(
    ("name", "error"), [("gone.csv", SourceError), ("x" * 300, SourceError), ("null\0.csv", SourceError)]
)
def test_a_source_that_is_not_there_is_told_in_words(
    project: Project, tmp_path: Path, name: str, error: type[AnnotatorError]
) -> None:
    with pytest.raises(error, match=r"no such file or folder|cannot be looked at"):
        bring_path(project, tmp_path / name)


def test_an_unknown_format_is_told_in_words(project: Project, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="there is no format 'papyrus'"):
        import_path(project, table(tmp_path), ImportOptions(format="papyrus"))


def test_the_person_may_be_named_by_a_column(project: Project, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "classifications_CSETv1_Annotator-1.csv",
        ("Namespace", "Incident ID", "Published", "Annotator", "Deployed"),
        ("CSETv1_Annotator-1", 1, "False", "Kim", "yes"),
        ("CSETv1_Annotator-1", 1, "False", "Lee", "no"),
        ("CSETv1_Annotator-1", 2, "False", "", "no"),
    )
    import_path(project, file, ImportOptions(annotator_column="Annotator"))
    assert values(project, annotator="Kim")["deployed"] == "yes"
    assert values(project, annotator="Lee")["deployed"] == "no"
    assert values(project, subject="aiid:2", annotator="Annotator-1")["deployed"] == "no"
