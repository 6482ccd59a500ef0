"""The sample data is sound: what it quotes is there, what it answers is permitted, what it names exists."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from annotator.model.classification import STATES, Answer
from annotator.model.subject import Incident, Report
from annotator.model.taxonomy import Taxonomy, hidden_fields
from annotator.taxonomy.compiling import check_answer, check_classification, partial_date
from annotator.taxonomy.reading import load_taxonomy

CHECKOUT = Path(__file__).resolve().parents[1]
FILES = {
    "harm_type": "harm_type", "technology": "technology", "affected_group": "affected_group", "CSETv1": "cset_v1",
}  # fmt: skip
ANNOTATORS = {"sample-1", "sample-2", "sample-3"}
WRITTEN = {"text", "long_text"}


class Sample(NamedTuple):
    incidents: list[Incident]
    reports: dict[str, Report]
    classifications: list[dict[str, Any]]

    def answers(self) -> Iterator[tuple[dict[str, Any], str, Answer]]:
        """Every answer with the classification and the field it belongs to."""
        for classification in self.classifications:
            for field, answer in classification["answers"].items():
                yield classification, field, Answer.model_validate(answer)


@pytest.fixture(scope="module")
def sample() -> Sample:
    document = json.loads((CHECKOUT / "db" / "sample" / "sample.json").read_text(encoding="utf-8"))
    reports = [Report.model_validate(report) for report in document["reports"]]
    incidents = [Incident.model_validate(incident) for incident in document["incidents"]]
    assert document.keys() == {"incidents", "reports", "classifications"}
    return Sample(incidents, {report.key: report for report in reports}, document["classifications"])


@pytest.fixture(scope="module")
def taxonomies() -> dict[str, Taxonomy]:
    return {name: load_taxonomy(CHECKOUT / "taxonomies" / f"{file}.yaml") for name, file in FILES.items()}


def kind_of(subject: str) -> Any:
    return "report" if subject.startswith("sample:r") else "incident"


def test_there_are_about_forty_short_reports_on_some_fifteen_incidents(sample: Sample) -> None:
    assert 14 <= len(sample.incidents) <= 18
    assert 38 <= len(sample.reports) <= 44
    for report in sample.reports.values():
        length = len(report.text) if report.language == "ja" else len(report.text.split())
        assert 80 <= length <= (450 if report.language == "ja" else 220), report.key
        assert report.text == report.text.strip()


def test_several_languages_are_there(sample: Sample) -> None:
    languages = Counter(report.language for report in sample.reports.values())
    assert languages["ja"] >= 3
    assert languages["es"] >= 1
    assert languages["fr"] >= 1


def test_every_report_links_to_a_page_of_its_own_on_its_source(sample: Sample) -> None:
    urls = [report.url for report in sample.reports.values()]
    assert len(set(urls)) == len(urls)
    for report in sample.reports.values():
        parts = urlsplit(report.url)
        assert parts.scheme == "https", report.key
        assert len(parts.path) > 1, report.key
        assert parts.hostname in {report.source_domain, f"www.{report.source_domain}"}, report.key


def test_dates_are_in_the_calendar_and_reports_follow_their_incident(sample: Sample) -> None:
    for incident in sample.incidents:
        assert partial_date(incident.date) == incident.date
        for key in incident.reports:
            published = sample.reports[key].date_published
            assert partial_date(published) == published
            assert published >= incident.date[: len(published)], key


def test_every_report_belongs_to_one_incident_of_two_to_four(sample: Sample) -> None:
    grouped = Counter(key for incident in sample.incidents for key in incident.reports)
    assert grouped.keys() == sample.reports.keys()
    assert set(grouped.values()) == {1}
    assert all(2 <= len(incident.reports) <= 4 for incident in sample.incidents)


def test_every_incident_names_who_deployed_and_who_was_harmed(sample: Sample) -> None:
    for incident in sample.incidents:
        assert {"deployer", "harmed"} <= {entity.role for entity in incident.entities}, incident.key
        assert len(set(incident.entities)) == len(incident.entities)


def test_classifications_are_of_subjects_taxonomies_and_annotators_that_exist(
    sample: Sample, taxonomies: dict[str, Taxonomy]
) -> None:
    subjects = {incident.key for incident in sample.incidents} | sample.reports.keys()
    identities = [
        (each["subject"], each["taxonomy"], each["annotator"], each["round"]) for each in sample.classifications
    ]
    assert len(set(identities)) == len(identities)
    for subject, taxonomy, annotator, number in identities:
        assert subject in subjects
        assert taxonomy in taxonomies
        assert annotator in ANNOTATORS
        assert number == 1


def test_every_answer_is_permitted_and_already_in_normal_form(sample: Sample, taxonomies: dict[str, Taxonomy]) -> None:
    for classification, field, answer in sample.answers():
        assert check_answer(taxonomies[classification["taxonomy"]], field, answer) == answer


def test_what_was_submitted_can_be_submitted(sample: Sample, taxonomies: dict[str, Taxonomy]) -> None:
    for classification in sample.classifications:
        taxonomy = taxonomies[classification["taxonomy"]]
        answers = {field: Answer.model_validate(answer) for field, answer in classification["answers"].items()}
        assert not hidden_fields(taxonomy, answers) & answers.keys(), classification["subject"]
        if classification["status"] == "submitted":
            found = check_classification(taxonomy, kind_of(classification["subject"]), answers)
            assert not found, (classification["subject"], classification["annotator"], [str(each) for each in found])


def test_every_piece_of_evidence_quotes_a_report_of_its_subject(sample: Sample) -> None:
    reports_of = {incident.key: incident.reports for incident in sample.incidents}
    languages = set()
    for classification, field, answer in sample.answers():
        subject = classification["subject"]
        for evidence in answer.evidence:
            report = sample.reports[evidence.report]
            assert report.text[evidence.start : evidence.end] == evidence.quote, (subject, field)
            assert evidence.quote.strip() == evidence.quote != ""
            assert evidence.report in reports_of.get(subject, (subject,)), (subject, field)
            languages.add(report.language)
    assert languages == {"en", "es", "fr", "ja"}


def test_every_screen_has_something_to_show(sample: Sample) -> None:
    statuses = Counter(each["status"] for each in sample.classifications)
    assert statuses.keys() == {"submitted", "draft", "skipped"}
    assert {answer.state for _, _, answer in sample.answers()} == set(STATES)
    assert any(answer.confidence is not None for _, _, answer in sample.answers())
    assert any(each["notes"] for each in sample.classifications)
    assert {each["annotator"] for each in sample.classifications} == ANNOTATORS
    assert {kind_of(each["subject"]) for each in sample.classifications} == {"incident", "report"}
    classified = {each["subject"] for each in sample.classifications}
    assert any(incident.key not in classified for incident in sample.incidents)


def test_four_incidents_are_also_classified_under_csetv1(sample: Sample) -> None:
    under = [each for each in sample.classifications if each["taxonomy"] == "CSETv1"]
    assert len({each["subject"] for each in under}) == 4
    assert all(15 <= len(each["answers"]) <= 30 for each in under)


@pytest.mark.parametrize("namespace", [*FILES, None])
def test_the_annotators_sometimes_differ(
    sample: Sample, taxonomies: dict[str, Taxonomy], namespace: str | None
) -> None:
    shared: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for classification, field, answer in sample.answers():
        taxonomy = classification["taxonomy"]
        counted = classification["status"] == "submitted" and namespace in (None, taxonomy)
        if counted and taxonomies[taxonomy].by_id[field].kind not in WRITTEN:
            said = json.dumps([answer.state, answer.value], sort_keys=True)
            shared[classification["subject"], taxonomy, field].append(said)
    several = [said for said in shared.values() if len(said) > 1]
    differing = sum(len(set(said)) > 1 for said in several) / len(several)
    assert 0.10 <= differing <= (0.40 if namespace is None else 0.50)
