"""Sources to import and projects to import them into."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest

from annotator.desk.exchange.importing import ImportReport, import_path, import_records
from annotator.desk.project import Project
from annotator.model.classification import Classification, Identity
from annotator.model.record import ClassificationRecord, ImportIssue, RawValue, Record
from annotator.store import issues
from annotator.store.store import Store

INCIDENTS = ("incident_id", "date", "reports", "Alleged deployer of AI system", "title", "description")
CSET = (
    "Namespace",
    "Incident ID",
    "Published",
    "Notes (special interest intangible harm)",
    "Physical Objects",
    "Sector of Deployment",
)


def write_csv(path: Path, header: Iterable[str], *rows: Iterable[object]) -> Path:
    """Write a table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([list(header), *(list(row) for row in rows)])
    return path


def write_json(path: Path, value: Any) -> Path:
    """Write a JSON file."""
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def record(
    *values: tuple[str, Any], form: Any = "json", subject: str = "aiid:1", taxonomy: str = "CSETv1",
    annotator: str = "AIID", **more: Any,
) -> ClassificationRecord:  # fmt: skip
    """A classification as a reader yields it."""
    raw = tuple(RawValue(name, value, form=form) for name, value in values)
    more = {"place": "row 1", "status": "submitted", "publish": False, "notes": "", **more}
    return ClassificationRecord(subject=subject, taxonomy=taxonomy, annotator=annotator, values=raw, **more)


def bring(project: Project, *records: Record, source: str = "test.json") -> ImportReport:
    """Import records that somebody read."""
    return import_records(project, records, source)


def bring_while(
    project: Project, monkeypatch: pytest.MonkeyPatch, doing: Callable[[Project], object], *records: Record
) -> dict[str, Any]:
    """Import; when all is prepared and the lock is about to be taken, something is done on another connection."""
    another = project.store.another

    def disturbed() -> Store:
        own = another()
        take_lock = own.writing

        def writing() -> AbstractContextManager[Any]:
            monkeypatch.setattr(own, "writing", take_lock)
            other = Project(another(), lambda: project.library, project.tabs)
            with closing(other.store):
                doing(other)
            return take_lock()

        monkeypatch.setattr(own, "writing", writing)
        return own

    with monkeypatch.context() as patched:
        patched.setattr(project.store, "another", disturbed)
        return bring(project, *records).counts


def bring_path(project: Project, path: Path) -> ImportReport:
    """Import a file or folder."""
    return import_path(project, path)


def classification(
    project: Project, subject: str = "aiid:1", taxonomy: str = "CSETv1", annotator: str = "AIID"
) -> Classification:
    """What is stored of one classification."""
    return project.store.classification(Identity(subject=subject, taxonomy=taxonomy, annotator=annotator))


def values(project: Project, **which: str) -> dict[str, Any]:
    """The values of one classification by field."""
    return {field: answer.value for field, answer in classification(project, **which).answers.items()}


def kept_issues(project: Project) -> list[ImportIssue]:
    """Every issue that is kept."""
    with project.store.reading() as transaction:
        return issues.read(transaction)


def count(project: Project, table: str) -> int:
    """Rows of a table."""
    with project.store.reading() as transaction:
        return int(transaction.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def everything(project: Project) -> list[str]:
    """The whole content of a database as SQL."""
    return list(project.store._connection.iterdump())


def ailments(project: Project) -> list[str]:
    """Everything the doctor finds."""
    return [problem for finding in project.store.examine() for problem in finding.problems]
