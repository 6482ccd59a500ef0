"""Make databases and files of a given size; the same seed gives the same content."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from annotator.desk.exchange.importing import import_records
from annotator.desk.project import Project
from annotator.model.classification import Identity
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import Incident, Report
from annotator.model.taxonomy import Taxonomy
from annotator.store import taxonomies

VOCABULARY = 5_000
LENGTH = 3_000
"""Characters of a report's text."""
AT_ONCE = 50_000
"""Reports of one import: what it stages stays small beside a database of a million."""


def reports(count: int, length: int = LENGTH) -> Iterator[Report]:
    """Reports of made-up words, common ones more often than rare ones."""
    chance = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    pool = chance.choices(words, weights, k=400_000)
    for number in range(count):
        start = chance.randrange(len(pool) - 1_000)
        text = " ".join(pool[start : start + length // 5])[:length]
        yield Report(
            key=f"bench:r{number}", title=f"Report {number} of {pool[start]}", text=text,
            url=f"https://example.org/{number}", source_domain="example.org", language="en",
            date_published=f"20{number % 25:02d}-01-01",
        )  # fmt: skip


def database(path: Path, count: int, length: int = LENGTH, incidents: int = 50) -> Path:
    """A database of reports, and a few incidents to classify first; made once."""

    def fill(project: Project) -> None:
        first = [
            IncidentRecord(Incident(key=f"bench:{n}", title=f"Incident {n}", reports=(f"bench:r{n}",)), "")
            for n in range(incidents)
        ]
        import_records(project, first, "bench")
        told = (ReportRecord(report, "") for report in reports(count, length))
        while batch := list(islice(told, AT_ONCE)):
            import_records(project, batch, "bench")

    return made_once(path, fill)


def made_once(path: Path, fill: Callable[[Project], None]) -> Path:
    """A database that `fill` writes, under another name until it is complete; one that is there stays."""
    if path.exists():
        return up_to_date(path)
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    project = Project.open(unfinished)
    fill(project)
    project.store.transaction.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    project.store.close()
    unfinished.rename(path)
    return path


def up_to_date(path: Path) -> Path:
    """Migrate a database made earlier: otherwise the first program measured on it would do that."""
    project = Project.open(path)
    project.store.transaction.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    project.store.close()
    return path


def drafted(source: Path, target: Path, count: int, annotator: str) -> Path:
    """A copy in which the first incidents have a draft under CSETv1, every choice field answered."""
    shutil.copy(source, target)
    project = Project.open(target)
    taxonomy = project.taxonomy("CSETv1")
    payload = {"answers": chosen(taxonomy), "notes": "", "status": "draft", "publish": "unpublished"}
    with project.store.writing() as transaction:
        taxonomies.put(transaction, taxonomy)
        for number in range(count):
            of = Identity(subject=f"bench:{number}", taxonomy="CSETv1", annotator=annotator)
            project.store.record(annotator, "imported", of, taxonomy.version, payload)
    project.store.close()
    return target


def chosen(taxonomy: Taxonomy) -> dict[str, dict[str, object]]:
    """The first choice of every field that has choices."""
    return {
        field.id: {"state": "answered", "value": [field.choices[0].id] if field.holds_many else field.choices[0].id}
        for field in taxonomy.fields
        if field.has_choices
    }


def reports_file(path: Path, count: int) -> Path:
    """A JSONL file of reports in the shape of the AI Incident Database."""
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("w", encoding="utf-8") as file:
            for number, report in enumerate(reports(count), 1):
                row = report.model_dump(mode="json", exclude={"key", "standing", "related_to", "extra"})
                file.write(json.dumps({**row, "report_number": number}) + "\n")
        unfinished.rename(path)
    return path


def fresh(target: Path) -> Path:
    """The path of a database that is not there yet, whatever was left there before."""
    for name in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        name.unlink(missing_ok=True)
    return target
