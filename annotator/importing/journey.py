"""Carry one path into the database: sniff, read, map, check, keep, and report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from annotator.errors import NotFoundError, SourceError
from annotator.formats.format import ReadOptions
from annotator.formats.registry import by_name, sniff
from annotator.importing.mapping import Mapper, issue_of
from annotator.importing.report import ImportReport, Tally
from annotator.models.classification import Identity
from annotator.models.issue import ImportIssue
from annotator.models.record import ClassificationRecord, IncidentRecord, Loss, Record, ReportRecord
from annotator.models.taxonomy import Taxonomy
from annotator.project import Project
from annotator.store import content, events, issues
from annotator.store.encoding import to_json

BATCH = 2_000
"""Records handed to the store at a time."""
Progress = Callable[[int], None]
"""Called with the number of records read so far."""


class ImportOptions(NamedTuple):
    """What a person may say about an import."""

    format: str = ""
    """A format's name; empty: find out from the path."""
    annotator_column: str | None = None
    encoding: str | None = None
    dry_run: bool = False


def import_path(
    project: Project, path: Path, options: ImportOptions | None = None, progress: Progress = lambda _count: None
) -> ImportReport:
    """Import a file or folder, all of it or, after an error, nothing; the same again changes nothing.

    Raises SourceError and StoreError.
    """
    options = options or ImportOptions()
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder.")
    found = by_name(options.format) if options.format else sniff(path)
    read = ReadOptions(annotator_column=options.annotator_column, encoding=options.encoding)
    journey = _Journey(project, found.read(path, read), path.name)
    if options.dry_run:
        with project.store.rehearsing():
            journey.run(progress)
    else:
        journey.run_whole(progress)
    return journey.tally.report(path.name, found.name, options.dry_run)


def import_records(project: Project, records: Iterable[Record], source: str) -> ImportReport:
    """Import what somebody else read already; `source` is what issues name as their source."""
    journey = _Journey(project, records, source)
    journey.run_whole(lambda _count: None)
    return journey.tally.report(source, "", dry_run=False)


class _Journey:
    """One import while it runs."""

    def __init__(self, project: Project, records: Iterable[Record], source: str) -> None:
        self.project = project
        self.source = source
        self.tally = Tally()
        self.mappers: dict[tuple[str, int | None], Mapper | None] = {}
        self.seen: dict[str, tuple[str, str]] = {}
        self.records = iter(records)

    def run_whole(self, progress: Progress) -> None:
        """Keep everything in one transaction; what failed has left no trace."""
        with self.project.store.writing():
            self.run(progress)

    def run(self, progress: Progress) -> None:
        """Keep all records; call inside a transaction."""
        done = 0
        while batch := list(islice(self.records, BATCH)):
            self._keep(batch)
            done += len(batch)
            progress(done)
        connection = self.project.store.connection
        issues.put(connection, self.tally.issues)
        issues.forget_source(connection, self.source, self.tally.issues)

    def _keep(self, batch: list[Record]) -> None:
        reports = [each for each in batch if isinstance(each, ReportRecord) and self._is_first(each)]
        incidents = [each for each in batch if isinstance(each, IncidentRecord) and self._is_first(each)]
        connection = self.project.store.connection
        if incidents:
            self.tally.add("incidents", content.put_incidents(connection, incidents))
        if reports:
            self.tally.add("reports", content.put_reports(connection, reports))
        for record in batch:
            if isinstance(record, ClassificationRecord):
                self.tally.add("classifications", Counter([self._keep_classification(record)]))
            elif isinstance(record, Loss):
                self.tally.lose(record.what, record.where, record.times)

    def _is_first(self, record: ReportRecord | IncidentRecord) -> bool:
        """Whether a key comes for the first time; later ones with other contents are kept as issues."""
        subject = record.report if isinstance(record, ReportRecord) else record.incident
        digest = sha256(subject.model_dump_json().encode("utf-8", "surrogatepass")).hexdigest()
        first = self.seen.setdefault(subject.key, (record.place, digest))
        if first[0] == record.place:
            return True
        if first[1] == digest:
            self.tally.lose("repeated records with the same contents", self.source)
            return False
        self.tally.issues.append(
            ImportIssue(
                source=self.source,
                place=record.place,
                subject=subject.key,
                value=subject.model_dump_json(exclude_defaults=True),
                problem=f"has the key of {first[0]} but other contents; the first was kept",
            )
        )
        return False

    def _keep_classification(self, record: ClassificationRecord) -> str:
        connection = self.project.store.connection
        content.ensure_subject(connection, record.subject, _kind(record.subject))
        mapper = self._mapper_for(record.taxonomy, record.version)
        if mapper is None:
            kept = [[raw.name, raw.nth, raw.value] for raw in record.values]
            problem = f"there is no taxonomy {record.taxonomy}; add it with --taxonomies DIR and import again"
            self.tally.issues.append(issue_of(record, self.source, "", to_json(kept), problem))
            return "set aside"
        taxonomy, answers = mapper.taxonomy, mapper.answers(record)
        payload = {
            "answers": {field: each.model_dump(mode="json", exclude_defaults=True) for field, each in answers.items()},
            "notes": record.notes,
            "status": record.status or ("submitted" if record.submitted else "draft"),
            "publish": "published" if record.publish else "unpublished",
        }
        of = Identity(
            subject=record.subject, taxonomy=taxonomy.namespace, annotator=record.annotator, round=record.round
        )
        before = events.last_import(connection, of)
        if before == to_json(payload):
            return "unchanged"
        self.project.keep(connection, taxonomy)
        self.project.store.record(record.annotator, "imported", of, taxonomy.version, payload)
        return "added" if before is None else "updated"

    def _mapper_for(self, namespace: str, version: int | None) -> Mapper | None:
        key = (namespace, version)
        if key not in self.mappers:
            taxonomy = self._taxonomy(namespace, version)
            self.mappers[key] = Mapper(taxonomy, self.source, self.tally) if taxonomy else None
        return self.mappers[key]

    def _taxonomy(self, namespace: str, version: int | None) -> Taxonomy | None:
        """The version the source speaks of, else the current one."""
        try:
            return self.project.taxonomy(namespace, version)
        except NotFoundError:
            current = self._taxonomy(namespace, None) if version is not None else None
        if current:
            self.tally.lose(f"made under version {version}, which is not here; read as {current.version}", namespace)
        return current


def _kind(key: str) -> str:
    """The kind of subject a key is of, for subjects that only a classification mentions."""
    return "incident" if key.rpartition(":")[2].isdecimal() else "report"
