"""The sample database: publicly known incidents, reported and classified for this project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from annotator.desk.exchange.importing import import_records
from annotator.desk.project import Project
from annotator.errors import RequestError
from annotator.model.record import ClassificationRecord, IncidentRecord, RawValue, Record, ReportRecord
from annotator.model.subject import Incident, Report
from annotator.resources import data_folder
from annotator.store.people import content_other_than, works_by_others

SOURCE = "sample.json"
PREFIX = "sample:"
ANNOTATORS = ("sample-1", "sample-2", "sample-3")


class Demo(NamedTuple):
    """What is in the sample database now."""

    incidents: int
    reports: int
    classifications: int
    is_left_alone: bool
    """Somebody worked in it, so nothing was written."""


def make_demo(project: Project) -> Demo:
    """Fill a database with the samples, or bring them up to date; leave it alone when somebody worked in it.

    Raises RequestError when it holds anything but samples.
    """
    with project.store.reading() as transaction:
        foreign = content_other_than(transaction, PREFIX)
        is_worked_in = works_by_others(transaction, ANNOTATORS)
    if foreign:
        raise RequestError(
            f"{project.store.path}: holds other subjects, such as {foreign}; samples do not belong among them. "
            "Name a new file with --db FILE."
        )
    said = _said()
    if not is_worked_in:
        import_records(project, records(said), SOURCE)
    return Demo(len(said["incidents"]), len(said["reports"]), len(said["classifications"]), is_worked_in)


def records(said: dict[str, Any]) -> Iterator[Record]:
    """The samples as an import reads them; reports come with the incidents that list them."""
    for incident in said["incidents"]:
        yield IncidentRecord(Incident.model_validate(incident), SOURCE)
    for report in said["reports"]:
        yield ReportRecord(Report.model_validate(report), SOURCE)
    for one in said["classifications"]:
        values = tuple(RawValue(field, answer, form="id") for field, answer in one["answers"].items())
        about = {name: one[name] for name in ("subject", "taxonomy", "annotator", "round", "status", "notes")}
        yield ClassificationRecord(**about, values=values, place=SOURCE)


def _said() -> dict[str, Any]:
    path: Path = data_folder("db") / "sample" / SOURCE
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return said
