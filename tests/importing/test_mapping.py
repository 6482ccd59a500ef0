"""A source's words become a taxonomy's answers; everything else is kept as an issue, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.project import Project
from annotator.model.record import RawValue
from tests.importing.making import bring, classification, count, kept_issues, record, values


def test_fields_of_one_name_are_told_apart_by_their_order_and_case(project: Project) -> None:
    raw = (
        RawValue("AI System", "yes"), RawValue("AI System", "no", nth=1),
        RawValue("Clear link to technology", "maybe"), RawValue("Clear link to Technology", "yes"),
    )  # fmt: skip
    bring(project, record().model_copy(update={"values": raw}))
    assert values(project) == {
        "tangible_ai_system": "yes", "special_interest_ai_system": "no",
        "tangible_clear_link": "maybe", "special_interest_clear_link": "yes",
    }  # fmt: skip
    assert kept_issues(project) == []


@pytest.mark.parametrize("said", ["", "  ", "--", None, [], {}])
def test_what_says_nothing_is_unanswered_and_counted_as_a_loss(project: Project, said: Any) -> None:
    report = bring(project, record(("Physical Objects", said), ("Deployed", "yes")))
    assert values(project) == {"deployed": "yes"}
    assert sum(loss.count for loss in report.losses) == 1
    assert kept_issues(project) == []


def test_a_value_outside_the_taxonomy_becomes_an_issue_with_its_place(project: Project) -> None:
    report = bring(
        project, record(("Physical Objects", "perhaps"), ("Deployed", "yes"), place="x.csv row 12", annotator="Ann")
    )
    assert values(project, annotator="Ann") == {"deployed": "yes"}
    (issue,) = kept_issues(project)
    assert (issue.source, issue.place, issue.subject, issue.taxonomy, issue.annotator, issue.field, issue.value) == (
        "test.json", "x.csv row 12", "aiid:1", "CSETv1", "Ann", "physical_objects", "perhaps",
    )  # fmt: skip
    assert "not a permitted value" in issue.problem
    assert issue.found_at
    assert report.issues == 1


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("Sector of Deployment", ["transportation and storage", "astrology"], "astrology"),
        ("Incident Number", "many", "many"),
        ("Incident Number", [1, 2], "[1,2]"),
        ("Quality Control", "perhaps", "perhaps"),
        ("Date of Incident Year", {"a": 1}, '{"a":1}'),
        ("No Such Column", "whatever", "whatever"),
        ("No Such Column", ["a", "b"], '["a","b"]'),
        ("Entities", [{"Entity": "A", "Shoe size": 44}], "Shoe size: 44"),
    ],
)
def test_nothing_is_dropped_and_nothing_silently_accepted(project: Project, name: str, said: Any, value: str) -> None:
    bring(project, record((name, said)))
    assert [issue.value for issue in kept_issues(project)] == [value]
    assert said not in values(project).values()


def test_the_good_part_of_a_list_is_kept(project: Project) -> None:
    bring(project, record(("Sector of Deployment", "transportation and storage, astrology"), form="cell"))
    assert len(values(project)["sector_of_deployment"]) == 1
    assert [issue.value for issue in kept_issues(project)] == ["astrology"]


def test_a_field_answered_twice_keeps_the_first_answer_and_the_second_as_an_issue(project: Project) -> None:
    bring(project, record(("Deployed", "yes"), ("deployed", "no")))
    assert values(project) == {"deployed": "yes"}
    assert [(issue.field, issue.value) for issue in kept_issues(project)] == [("deployed", "no")]
    bring(project, record(("Deployed", "yes"), ("deployed", "yes"), subject="aiid:2"))
    assert len(kept_issues(project)) == 1


def test_a_classification_under_an_unknown_taxonomy_is_set_aside_whole(project: Project) -> None:
    report = bring(project, record(("Colour", "red"), ("Size", 7), taxonomy="SIZES"))
    assert report.counts == {"classifications": {"added": 0, "updated": 0, "unchanged": 0, "set aside": 1}}
    (issue,) = kept_issues(project)
    assert issue.value == '[["Colour",0,"red"],["Size",0,7]]'
    assert "there is no taxonomy SIZES; add it with --taxonomies DIR and import again" in issue.problem
    assert (count(project, "events"), count(project, "subjects")) == (0, 0)


def test_what_was_set_aside_comes_in_once_the_taxonomy_is_there(project: Project) -> None:
    record_ = record(("Colour", "red"), taxonomy="SIZES")
    bring(project, record_)
    folder = project.store.path.parent / "taxonomies"
    folder.mkdir()
    (folder / "sizes.yaml").write_text("namespace: SIZES\nversion: 1\nfields: [{id: Colour, kind: text}]\n")
    later = Project.open(project.store.path)
    report = bring(later, record_)
    assert report.counts["classifications"]["added"] == 1
    assert values(later, taxonomy="SIZES") == {"Colour": "red"}
    assert kept_issues(later) == []
    later.store.close()


def test_a_classification_may_speak_of_a_subject_that_is_not_here(project: Project) -> None:
    bring(project, record(("Deployed", "yes"), subject="aiid:77"), record(("Risk Domain", "--"), subject="aiid:r78",
                                                                          taxonomy="MIT"))  # fmt: skip
    kinds = project.store.transaction.execute("SELECT key, kind FROM subjects ORDER BY 1").fetchall()
    assert kinds == [("aiid:77", "incident"), ("aiid:r78", "report")]


def test_status_publication_notes_and_what_else_the_source_said_are_kept(project: Project) -> None:
    bring(project, record(("Deployed", "yes"), publish=True, notes="see below", extra={"_id": {"$oid": "63f3"}}))
    found = classification(project)
    assert (found.status, found.publish, found.notes) == ("submitted", "published", "see below")
    (payload,) = project.store.transaction.execute("SELECT payload FROM events WHERE kind = 'imported'").fetchone()
    assert '"source":{"_id":{"$oid":"63f3"}}' in payload
    bring(project, record(("Deployed", "yes"), subject="aiid:2", status=None))
    assert classification(project, subject="aiid:2").status == "draft"


UNTOLD: dict[str, Any] = {"status": None, "publish": None, "notes": None}


def test_a_source_that_knows_no_status_changes_none(project: Project) -> None:
    """Nor publication, nor notes; and what an earlier one told is not new when it is told again."""
    told: dict[str, Any] = {"status": "submitted", "publish": True, "notes": "theirs"}
    bring(project, record(("Deployed", "yes"), **told))
    bring(project, record(("Deployed", "no"), **UNTOLD))
    found = classification(project)
    assert (values(project), found.status, found.publish, found.notes) == (
        {"deployed": "no"}, "submitted", "published", "theirs",
    )  # fmt: skip
    Desk(project, "AIID").publishing.withdraw("aiid:1", "CSETv1", "AIID")
    bring(project, record(("Deployed", "yes"), **told))
    found = classification(project)
    assert (values(project), found.status, found.publish) == ({"deployed": "yes"}, "submitted", "unpublished")


@pytest.mark.parametrize(
    ("said", "more", "status"),
    [([("Deployed", "yes")], {}, "draft"), ([], {"notes": "see below"}, "draft"), ([], {}, "untouched")],
)
def test_what_is_new_without_a_status_is_a_draft_once_it_says_something(
    project: Project, said: list[tuple[str, Any]], more: dict[str, Any], status: str
) -> None:
    bring(project, record(*said, **{**UNTOLD, **more}))
    found = classification(project)
    assert (found.status, found.submitted_at) == (status, None)


@pytest.mark.parametrize("name", ["csetv1", "CSETV1"])
def test_a_taxonomys_name_may_be_written_in_any_case(project: Project, name: str) -> None:
    bring(project, record(("Deployed", "yes"), taxonomy=name))
    assert values(project) == {"deployed": "yes"}
