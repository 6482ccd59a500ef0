"""Databases in which several annotators classified the same subjects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotator.desk.exchange.importing import import_records
from annotator.desk.project import Project
from annotator.model.classification import Answer, Status
from annotator.model.record import ClassificationRecord, IncidentRecord, RawValue
from annotator.model.subject import Incident
from annotator.store import taxonomies
from tests.exporting.desks import project_with

COMPARED = """\
namespace: compared
version: 1
applies_to: [incident]
fields:
  - {id: verdict, number: "1", label: Verdict, kind: single,
     choices: [{id: "yes", label: Yes}, {id: "no", label: No}, {id: maybe, label: Maybe}]}
  - {id: basis, number: "2", label: Basis, kind: multi,
     choices: [{id: age, label: Age}, {id: race, label: Race}, {id: sex, label: Sex}]}
  - {id: grade, number: "3", label: Grade, kind: scale,
     choices: [{id: low, label: Low}, {id: mid, label: Mid}, {id: high, label: High}]}
  - {id: deaths, number: "4", label: Deaths, kind: integer}
  - {id: branch, number: "5", label: Branch, kind: tree,
     choices: [{id: body, label: Body, children: [{id: death, label: Death}, {id: injury, label: Injury}]},
               {id: money, label: Money}]}
  - {id: day, number: "6", label: Day, kind: date}
  - {id: town, number: "7", label: Town, kind: text}
  - {id: remarks, number: "8", label: Remarks, kind: long_text}
  - {id: reader, number: "9", label: Reader, kind: single, public: false,
     choices: [{id: a, label: A}, {id: b, label: B}]}
"""
Said = Mapping[str, Any]
"""By field: a value, or a state in brackets such as `(unknown)`."""


def answer(said: Any) -> Answer:
    """A value, or `(unknown)` and the like."""
    if isinstance(said, str) and said.startswith("("):
        return Answer.model_validate({"state": said.strip("()")})
    return Answer(value=said)


def classified(folder: Path, work: Mapping[str, list[Said | None]], taxonomy: str = COMPARED) -> Project:
    """A database in which each annotator handed in one classification per subject; None is none."""
    project = project_with(folder, taxonomy)
    add(project, work)
    return project


def add(
    project: Project,
    work: Mapping[str, list[Said | None]],
    *,
    round_: int = 1,
    status: Status = "submitted",
    taxonomy: str = "compared",
    version: int | None = None,
) -> None:
    """Hand in more; the subjects are demo:1, demo:2 and so on, of the years 2001, 2002 …"""
    most = max(map(len, work.values()), default=0)
    subjects = [
        IncidentRecord(Incident(key=f"demo:{n}", title=f"No. {n}", date=f"{2000 + n}-05-05"), "")
        for n in range(1, most + 1)
    ]
    records = [
        ClassificationRecord(
            subject=f"demo:{number}",
            taxonomy=taxonomy,
            version=version,
            annotator=annotator,
            round=round_,
            values=tuple(RawValue(field, answer(value).model_dump(), form="id") for field, value in said.items()),
            status=status,
            place=f"{annotator} {number}",
        )
        for annotator, column in work.items()
        for number, said in enumerate(column, 1)
        if said is not None
    ]
    import_records(project, [*subjects, *records], "test")


def with_another_kind(folder: Path) -> Project:
    """Two annotators, each at work before and after the grade changed from a scale to a choice of several."""
    classified(folder, {"ann": [{"grade": "low"}], "bob": [{"grade": "low"}]}).store.close()
    newer = COMPARED.replace("version: 1", "version: 2").replace(
        "label: Grade, kind: scale", "label: Grade, kind: multi"
    )
    (folder / "taxonomies" / "new.yaml").write_text(newer, encoding="utf-8")
    again = Project.open(folder / "desk.db")
    add(again, {"ann": [None, {"grade": ["low"]}], "bob": [None, {"grade": ["high"]}]}, version=2)
    return again


def verdicts(*values: str | None) -> list[Said | None]:
    """One annotator's verdicts, subject by subject; None is no classification."""
    return [None if value is None else {"verdict": value} for value in values]


def crowd(folder: Path, annotators: int, subjects: int) -> Project:
    """Very many annotators, written straight into the tables, for what would take imports too long."""
    project = project_with(folder, COMPARED)
    with project.store.writing() as transaction:
        taxonomies.put(transaction, project.taxonomy("compared"))
        transaction.executemany(
            "INSERT INTO subjects (id, key, kind) VALUES (?, ?, 'incident')",
            [(n, f"demo:{n}") for n in range(1, subjects + 1)],
        )
        choices = ("yes", "no", "maybe")
        transaction.executemany(
            "INSERT INTO value_codes VALUES (?, 'compared', 'verdict', ?)", list(enumerate(choices, 1))
        )
        for number in range(annotators * subjects):
            subject, who = number % subjects + 1, number // subjects
            code = 1 + (number * number // 7) % 3
            document = json.dumps({"verdict": {"state": "answered", "value": choices[code - 1]}})
            transaction.execute(
                """INSERT INTO classifications (id, subject_id, taxonomy, version, annotator, round, status, publish,
                     flagged, notes, skip_reason, answers, hidden, updated_at, submitted_at)
                   VALUES (?, ?, 'compared', 1, ?, 1, 'submitted', 'unpublished', 0, '', '', ?, '{}', '', '')""",
                (number, subject, f"a{who}", document),
            )
            transaction.execute(
                "INSERT INTO answers VALUES (?, 'verdict', 0, 'compared', ?, 'answered', ?, ?, NULL)",
                (number, subject, choices[code - 1], code),
            )
    return project
