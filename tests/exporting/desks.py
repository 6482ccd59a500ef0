"""Small databases with classifications, and taxonomies of a team's own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotator.desk import Desk
from annotator.desk.exchange.exporting import Form, Selection, Shape, export
from annotator.desk.exchange.importing import import_records
from annotator.desk.project import Project
from annotator.model.classification import Answer, Status
from annotator.model.provenance import Provenance
from annotator.model.record import ClassificationRecord, IncidentRecord, RawValue, Record, ReportRecord
from annotator.model.subject import Incident, Report
from annotator.model.taxonomy import Taxonomy
from annotator.store.readable import to_json
from annotator.taxonomy.writing import to_yaml

SMALL = """\
namespace: small
version: 1
fields:
  - {id: outcome, number: "1.1", label: Outcome, kind: single, required: true,
     choices: [{id: happened, label: It happened}, {id: near, label: Near miss}]}
  - {id: harm, number: "1.2", label: Harm, kind: tree, multiple: true,
     choices: [{id: body, label: Body, children: [{id: death, label: Death}, {id: injury, label: Injury}]},
               {id: money, label: "Money, lost"}],
     visible_if: {field: outcome, equals: happened}}
  - {id: deaths, number: "1.3", label: Deaths, kind: integer, visible_if: {field: harm, includes: death}}
  - {id: when, number: "1.4", label: When, kind: date}
  - {id: sure, number: "1.5", label: Sure, kind: bool}
  - {id: words, number: "1.6", label: Words, kind: text}
  - {id: names, number: "1.7", label: Names, kind: tags}
  - {id: parties, number: "1.8", label: Parties, kind: group,
     fields: [{id: name, kind: text}, {id: size, kind: integer}]}
  - {id: notes, number: "1.9", label: Notes, kind: long_text}
"""


def project_with(folder: Path, *taxonomies: Taxonomy | str) -> Project:
    """A new database beside a folder of these taxonomies, as values or YAML."""
    own = folder / "taxonomies"
    own.mkdir(parents=True)
    for number, taxonomy in enumerate(taxonomies):
        text = taxonomy if isinstance(taxonomy, str) else to_yaml(taxonomy)
        (own / f"{number}.yaml").write_text(text, encoding="utf-8")
    return Project.open(folder / "desk.db")


def small_desk(folder: Path, annotator: str = "eva") -> Desk:
    """Two incidents and a report under the small taxonomy; nothing is classified yet."""
    project = project_with(folder, SMALL)
    records: list[Record] = [
        IncidentRecord(Incident(key="demo:10", title="Tenth"), ""),
        IncidentRecord(Incident(key="demo:2", title="Second", date="2020-02-02", reports=("demo:r1",)), ""),
        ReportRecord(Report(key="demo:r1", title="First report", text="It fell. A man died.", language="en"), ""),
    ]
    import_records(project, records, "test")
    return Desk(project, annotator)


def keep(
    project: Project,
    taxonomy: Taxonomy,
    answers: Mapping[str, Answer],
    subject: str = "demo:1",
    status: Status = "draft",
    notes: str = "",
    made_by: Provenance | None = None,
) -> None:
    """Keep one classification as an import brings it."""
    values = tuple(RawValue(field, answer.model_dump(), form="id") for field, answer in answers.items())
    record = ClassificationRecord(
        subject=subject,
        taxonomy=taxonomy.namespace,
        annotator="eva",
        values=values,
        status=status,
        notes=notes,
        made_by=made_by,
        place="",
    )
    report = import_records(project, [record], "test")
    assert report.issues == 0


TEXT = r'"(?:[^"\\]|\\.)*"'
RUN = re.compile(rf'"imported_from":\{{"source":{TEXT},"sha256":{TEXT},"by":{TEXT},"at":{TEXT}\}}')


def wherever_from(text: str) -> str:
    """The text of an export in JSON without where each classification was imported from."""
    return RUN.sub('"imported_from":null', text)


def as_told_there(text: str) -> str:
    """The text of an export in JSON with the provenance of each answer as the file it was imported from told it."""
    return "".join(_told_there(line) if '"elsewhere":' in line else line for line in text.splitlines(keepends=True))


def _told_there(line: str) -> str:
    one, end = json.JSONDecoder().raw_decode(line)
    for answer in one["answers"].values():
        answer["provenance"] = answer["provenance"]["elsewhere"]
    return to_json(one) + line[end:]


def exported(project: Project, form: Form = "jsonl", shape: Shape = "long", **wanted: Any) -> str:
    """The whole text of an export."""
    return "".join(export(project, form, Selection()._replace(**wanted), shape))
