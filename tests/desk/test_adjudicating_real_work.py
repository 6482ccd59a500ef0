"""AIID's three annotators: a disputed incident is ruled field by field, adjudicated and exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotator.desk import Desk
from annotator.desk.exchange.exporting import Selection, export
from annotator.desk.exchange.importing import import_path
from annotator.desk.project import Project
from annotator.errors import AnswerError
from annotator.model.review import ReviewView
from tests.desk.making import ailments


@pytest.mark.slow
def test_a_disputed_incident_of_the_snapshot(tmp_path: Path, shared_data: Path) -> None:
    project = Project.open(tmp_path / "aiid.db")
    import_path(project, shared_data / "aiid-snapshot")
    cleo = Desk(project, "cleo")
    decide = cleo.adjudication
    assert cleo.review.totals("CSETv1").open > 10
    for line in cleo.review.queue(ReviewView("CSETv1"), 10):
        review = cleo.review.of(line.key, "CSETv1")
        assert len(review.disagreements) == line.fields
        assert "AIID" not in review.annotators
        for each in review.disagreements:
            decide.adopt(line.key, "CSETv1", each.field, next(iter(each.answers)), "judgement")
    adjudicated = []
    for line in cleo.review.queue(ReviewView("CSETv1"), 10):
        try:
            decide.adjudicate(line.key, "CSETv1")
        except AnswerError:  # what they wrote does not fit its field, or lacks what is required
            continue
        adjudicated.append(line.key)
    assert adjudicated
    text = "".join(export(project, "jsonl", Selection(taxonomy="CSETv1", what="adjudicated")))
    found = [json.loads(line) for line in text.splitlines()]
    assert {each["subject"] for each in found} == set(adjudicated)
    sources = {answer["provenance"]["source"] for each in found for answer in each["answers"].values()}
    assert sources <= {"ruled", "unanimous", "single"}
    assert "ruled" in sources
    assert ailments(cleo) == []
    cleo.store.close()
