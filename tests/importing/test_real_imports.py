"""Real files: what is in the database afterwards is what the files hold, counted another way."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.exchange.importing import ImportReport
from annotator.desk.project import Project
from annotator.model.classification import Answer
from annotator.model.queue import QueueView
from annotator.store import subjects
from tests.importing.making import ailments, bring_path, count, everything, kept_issues

Snapshot = tuple[Project, ImportReport, Path]
PEOPLE = ("Annotator-1", "Annotator-2", "Annotator-3")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def cells(file: Path, column: str, nth: int = 0) -> list[str]:
    """The cells of a column, the nth of that exact name."""
    with file.open(newline="", encoding="utf-8") as opened:
        header, *body = csv.reader(opened)
    place = [at for at, name in enumerate(header) if name == column][nth]
    return [row[place] for row in body]


@pytest.fixture(scope="module")
def snapshot(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """A database with the whole snapshot; the tests that share it change nothing."""
    project = Project.open(tmp_path_factory.mktemp("snapshot") / "a.db")
    yield project, bring_path(project, shared_data / "aiid-snapshot"), shared_data / "aiid-snapshot"
    project.store.close()


def asked(project: Project, sql: str) -> list[tuple[object, ...]]:
    return project.store.transaction.execute(sql).fetchall()


def test_every_row_of_the_snapshot_is_accounted_for(snapshot: Snapshot) -> None:
    project, report, folder = snapshot
    sent = [row["url"] for name in ("submissions", "quickadd") for row in rows(folder / f"{name}.csv")]
    classified = sum(len(rows(file)) for file in folder.glob("classifications_*.csv"))
    assert report.counts["incidents"] == {"added": len(rows(folder / "incidents.csv")), "updated": 0, "unchanged": 0}
    assert report.counts["classifications"] == {"added": classified, "updated": 0, "unchanged": 0}
    assert report.counts["reports"]["added"] == len(set(sent))
    repeated = [issue for issue in kept_issues(project) if "has the key of" in issue.problem]
    losses = {loss.what: loss.count for loss in report.losses}
    assert sum(report.counts["reports"].values()) + len(repeated) == len(sent)
    assert losses[".txt not read: holds no records"] == 1
    assert report.issues == len(kept_issues(project))


def test_incidents_have_their_words_reports_and_entities(snapshot: Snapshot) -> None:
    project, _, folder = snapshot
    for row in rows(folder / "incidents.csv")[::50]:
        with project.store.reading() as transaction:
            found = subjects.view(transaction, f"aiid:{row['incident_id']}")
        assert found
        assert (found.title, found.description, found.date) == (row["title"], row["description"], row["date"])
        assert sorted(found.missing_reports) == sorted({f"aiid:r{number}" for number in json.loads(row["reports"])})
        deployers = {entity.name for entity in found.entities if entity.role == "deployer"}
        assert deployers == set(json.loads(row["Alleged deployer of AI system"]))
    listed = sum(len(set(json.loads(row["reports"]))) for row in rows(folder / "incidents.csv"))
    assert count(project, "incident_reports") == listed


@pytest.mark.parametrize("namespace", ["CSETv0", "CSETv1", "GMF", "MIT", *(f"CSETv1_{person}" for person in PEOPLE)])
def test_classifications_belong_to_their_annotators_and_are_as_published(snapshot: Snapshot, namespace: str) -> None:
    project, _, folder = snapshot
    taxonomy, _, person = namespace.partition("_")
    table = rows(folder / f"classifications_{namespace}.csv")
    of = f"taxonomy = '{taxonomy}' AND annotator = '{person or 'AIID'}'"
    found = asked(
        project,
        f"SELECT key, publish FROM classifications JOIN subjects ON subjects.id = subject_id WHERE {of}",
    )
    published = {"True": "published", "true": "published"}
    assert sorted(found) == sorted(
        (f"aiid:{row['Incident ID']}", published.get(row["Published"], "unpublished")) for row in table
    )
    assert asked(project, f"SELECT DISTINCT status FROM classifications WHERE {of}") == [("submitted",)]


@pytest.mark.parametrize(
    ("namespace", "column", "nth", "field"),
    [
        ("CSETv1", "Physical Objects", 0, "physical_objects"),
        ("CSETv1", "AI System", 0, "tangible_ai_system"),
        ("CSETv1", "AI System", 1, "special_interest_ai_system"),
        ("CSETv1", "Clear link to technology", 0, "tangible_clear_link"),
        ("CSETv1", "Clear link to Technology", 0, "special_interest_clear_link"),
        ("CSETv1_Annotator-1", "Tangible Harm", 0, "tangible_harm"),
        ("MIT", "Risk Subdomain", 0, "risk_subdomain"),
        ("CSETv0", "Severity", 0, "severity"),
    ],
)
def test_every_single_answer_is_there_as_often_as_in_the_file(
    snapshot: Snapshot, namespace: str, column: str, nth: int, field: str
) -> None:
    project, _, folder = snapshot
    taxonomy, _, person = namespace.partition("_")
    given = Counter(cell for cell in cells(folder / f"classifications_{namespace}.csv", column, nth) if cell)
    labels = {choice.id: choice.label for choice in project.taxonomy(taxonomy).by_id[field].all_choices.values()}
    stored = asked(
        project,
        f"""SELECT value, count(*) FROM answers JOIN classifications ON id = classification_id
            WHERE answers.taxonomy = '{taxonomy}' AND field = '{field}' AND annotator = '{person or "AIID"}'
            GROUP BY value""",
    )
    expected = {label: number for label, number in given.items() if label != "--"}
    assert {labels[str(value)]: number for value, number in stored} == expected
    assert sum(expected.values()) > 40


def test_lists_come_apart_into_permitted_values_and_issues_alone(snapshot: Snapshot) -> None:
    project, _, folder = snapshot
    for namespace in ("GMF", "CSETv1", "CSETv0"):
        taxonomy = project.taxonomy(namespace)
        odd = Counter(
            (issue.place, issue.field) for issue in kept_issues(project) if issue.taxonomy == namespace and issue.field
        )
        for field in taxonomy.fields:
            if not (field.has_choices and field.holds_many):
                continue
            column = cells(folder / f"classifications_{namespace}.csv", str(field.label))
            kept = asked(
                project,
                f"""SELECT key, group_concat(value, char(10)) FROM answers
                    JOIN classifications ON classifications.id = classification_id
                    JOIN subjects ON subjects.id = answers.subject_id
                    WHERE field = '{field.id}' AND answers.taxonomy = '{namespace}' AND annotator = 'AIID'
                    GROUP BY key""",
            )
            answered = {str(key): str(values).split("\n") for key, values in kept}
            for number, (row, cell) in enumerate(zip(_numbers(folder, namespace), column, strict=True), 2):
                labels = [str(field.all_choices[each].label) for each in answered.get(f"aiid:{row}", [])]
                if not odd[f"classifications_{namespace}.csv row {number}", field.id]:
                    assert len(", ".join(labels)) == len(cell), (namespace, field.id, cell)
                    assert all(label in cell for label in labels)


def _numbers(folder: Path, namespace: str) -> list[str]:
    return [row["Incident ID"] for row in rows(folder / f"classifications_{namespace}.csv")]


def test_values_outside_the_taxonomies_are_listed_with_row_and_words(snapshot: Snapshot) -> None:
    project, _, folder = snapshot
    outside = [issue for issue in kept_issues(project) if issue.field]
    assert outside
    for issue in outside:
        name, _, number = issue.place.partition(" row ")
        row = rows(folder / name)[int(number) - 2]
        assert f"aiid:{row['Incident ID']}" == issue.subject
        assert issue.value in " | ".join(row.values())


def test_the_snapshot_again_changes_not_a_byte(snapshot: Snapshot) -> None:
    project, first, folder = snapshot
    before = everything(project)
    again = bring_path(project, folder)
    assert everything(project) == before
    assert {what: found["unchanged"] for what, found in again.counts.items()} == {
        what: sum(found.values()) for what, found in first.counts.items()
    }
    assert (again.issues, again.losses) == (first.issues, first.losses)
    assert ailments(project) == []


def test_an_imported_incident_can_be_tagged_beside_what_was_published(snapshot: Snapshot) -> None:
    project, _, _ = snapshot
    desk = Desk(project, "eva")
    assert desk.queue.open(QueueView(kind="incident")).count == 1_367
    assert desk.tagging.classification("aiid:1", "CSETv1").status == "untouched"
    with project.store.rehearsing():
        tagged = desk.tagging.answer("aiid:1", "CSETv1", "deployed", Answer(value="maybe"))
        assert (tagged.status, set(tagged.answers)) == ("draft", {"deployed"})


def test_reports_submissions_and_their_texts_are_all_there(project: Project, shared_data: Path) -> None:
    file = shared_data / "aiid-reports" / "reports.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    report = bring_path(project, file)
    numbered = {f"aiid:r{item['report_number']}" for item in told if item.get("report_number")}
    sent = {item.get("url") or item["title"] for item in told if not item.get("report_number")}
    stored = asked(project, "SELECT key, standing FROM reports JOIN subjects USING (id)")
    assert {key for key, standing in stored if standing == "report"} == numbered
    assert len([key for key, standing in stored if standing == "submission"]) == len(sent)
    assert report.counts["reports"]["added"] == len(numbered) + len(sent)
    texts = {str(text) for (text,) in asked(project, "SELECT text FROM reports")}
    kept_aside = " ".join(issue.value for issue in kept_issues(project))
    for item in told:
        assert item["text"] in texts or json.dumps(item["text"], ensure_ascii=False)[1:-1] in kept_aside
    assert count(project, "reports") == len(numbered) + len(sent)


def test_a_saved_page_joins_the_incident_it_belongs_to(project: Project, shared_data: Path) -> None:
    bring_path(project, shared_data / "aiid-snapshot" / "incidents.csv")
    report = bring_path(project, shared_data / "seeds" / "000_e424a7591f5a2935.txt")
    assert report.counts["reports"]["added"] == 1
    with project.store.reading() as transaction:
        incident = subjects.view(transaction, "aiid:107")
    assert incident
    (page,) = incident.reports
    assert page.key == "aiid:r1928"
    assert "aiid:r1928" not in incident.missing_reports
    assert (page.language, page.date_published) == ("en", "2020")
    whole = (shared_data / "seeds" / "000_e424a7591f5a2935.txt").read_text(encoding="utf-8")
    assert len(page.text) > 400
    assert all(paragraph.strip() in whole for paragraph in page.text.splitlines())
    desk = Desk(project, "eva")
    for query in ("Uyghur", "alibaba dismayed", "r1928", '"ethnicity as an algorithm"'):
        found = desk.queue.open(QueueView(search=query, kind="report"), again=True)
        assert [row.key for row in found.rows(0, 9)] == ["aiid:r1928"], query


def test_a_news_record_brings_its_related_items_as_candidates(project: Project, shared_data: Path) -> None:
    file = shared_data / "seeds" / "004_43e15527015e51c1.txt"
    bring_path(project, file)
    standing = Counter(str(each) for (each,) in asked(project, "SELECT standing FROM reports"))
    main = asked(project, "SELECT key FROM subjects JOIN reports USING (id) WHERE standing = 'report'")
    assert standing["report"] == 1
    addresses = {line.split("webUrl:")[1].strip() for line in file.read_text().splitlines() if "webUrl:" in line}
    assert sum(standing.values()) == len(addresses)
    assert asked(project, "SELECT DISTINCT related_to FROM reports WHERE standing = 'candidate'") == main
    before = everything(project)
    bring_path(project, file)
    assert everything(project) == before


def test_classifications_in_database_form_are_joined_to_their_subjects(project: Project, shared_data: Path) -> None:
    file = shared_data / "aiid-taxa" / "classifications.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    report = bring_path(project, file)
    subjects_named = sum(len(each.get("incidents") or []) + len(each.get("reports") or []) for each in told)
    assert sum(report.counts["classifications"].values()) == subjects_named
    before = everything(project)
    bring_path(project, file)
    assert everything(project) == before
