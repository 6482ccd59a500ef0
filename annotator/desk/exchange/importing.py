"""Carry one path into the database: sniff, read, map, check, keep, and report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from annotator.desk.exchange.mapping import Mapper, issue_of
from annotator.desk.exchange.report import ImportReport, Tally
from annotator.desk.project import Project
from annotator.errors import NotFoundError, SourceError
from annotator.formats.format import ReadOptions
from annotator.formats.registry import by_name, sniff
from annotator.model.classification import Answer, Identity
from annotator.model.person import ADJUDICATED, is_reserved
from annotator.model.record import ClassificationRecord, ImportIssue, IncidentRecord, Loss, Record, ReportRecord
from annotator.model.subject import Incident, Report
from annotator.model.taxonomy import Taxonomy
from annotator.store import content, events, issues
from annotator.store.readable import to_json


class _First(NamedTuple):
    place: str
    digest: bytes
    partial: bool


class Repeats:
    """Remembers what was read, and keeps a second telling from overwriting the first."""

    def __init__(self, source: str, tally: Tally) -> None:
        """Start with nothing read."""
        self.source = source
        self.tally = tally
        self._subjects: dict[str, _First] = {}
        self._classifications: dict[Identity, _First] = {}

    def is_new(self, record: ReportRecord | IncidentRecord) -> bool:
        """Whether a subject is to be kept: told for the first time, or completing what was told in part."""
        subject: Report | Incident = record[0]
        told = _First(record.place, _digest(subject.model_dump_json()), record.partial)
        first = self._subjects.setdefault(subject.key, told)
        if first is told:
            return True
        if first.digest == told.digest:
            self.tally.lose("repeated records with the same contents", self.source)
            return False
        if first.partial or told.partial:
            return True
        self.tally.issues.append(
            ImportIssue(
                source=self.source,
                place=record.place,
                subject=subject.key,
                value=subject.model_dump_json(exclude_defaults=True),
                problem=f"has the key of {first.place} but other contents; the first was kept",
            )
        )
        return False

    def is_new_classification(self, record: ClassificationRecord, of: Identity, payload: str) -> bool:
        """Whether a classification is told for the first time; `payload` is what would be kept, as JSON."""
        told = _First(record.place, _digest(payload), partial=False)
        first = self._classifications.setdefault(of, told)
        if first is told:
            return True
        if first.digest == told.digest:
            self.tally.lose("repeated records with the same contents", self.source)
            return False
        self.tally.issues.append(
            ImportIssue(
                source=self.source,
                place=record.place,
                subject=of.subject,
                taxonomy=record.taxonomy,
                annotator=of.annotator,
                value=payload,
                problem=f"is classified by the same annotator in {first.place} already; the first was kept",
            )
        )
        return False


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


BATCH = 2_000
"""Records handed to the store at a time."""
Told = TypeVar("Told", IncidentRecord, ReportRecord)
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
    _refuse_missing(path)
    found = by_name(options.format) if options.format else sniff(path)
    read = ReadOptions(annotator_column=options.annotator_column, encoding=options.encoding)
    journey = _Journey(project, found.read(path, read), path.name)
    if options.dry_run:
        with project.store.rehearsing():
            journey.run(progress)
    else:
        journey.run_whole(progress)
    return journey.tally.report(path.name, found.name, options.dry_run)


def _refuse_missing(path: Path) -> None:
    try:
        is_there = path.exists()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{str(path)!r}: cannot be looked at ({reason}); name another file or folder.") from error
    if not is_there:
        raise SourceError(f"{path}: there is no such file or folder.")


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
        self.repeats = Repeats(source, self.tally)
        self.mappers: dict[tuple[str, int | None], Mapper | None] = {}
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
        issues.settle(connection, self.source, self.tally.read, self.tally.issues)

    def _keep(self, batch: list[Record]) -> None:
        connection = self.project.store.connection
        for incidents in self._rounds([each for each in batch if isinstance(each, IncidentRecord)]):
            self.tally.add("incidents", content.put_incidents(connection, incidents))
        for reports in self._rounds([each for each in batch if isinstance(each, ReportRecord)]):
            self.tally.add("reports", content.put_reports(connection, reports))
        for record in batch:
            if isinstance(record, ClassificationRecord):
                self.tally.add("classifications", Counter([self._keep_classification(record)]))
            elif isinstance(record, Loss):
                self.tally.lose(record.what, record.where, record.times)

    def _rounds(self, records: list[Told]) -> Iterator[list[Told]]:
        """The subjects to keep, in lists in which no key comes twice."""
        for record in records:
            self.tally.read.add((record[0].key, "", ""))
        left = [record for record in records if self.repeats.is_new(record)]
        while left:
            taken: dict[str, Told] = {}
            rest = [record for record in left if taken.setdefault(record[0].key, record) is not record]
            yield list(taken.values())
            left = rest

    def _keep_classification(self, record: ClassificationRecord) -> str:
        self.tally.read.add((record.subject, record.taxonomy, record.annotator))
        if is_reserved(record.annotator) and (record.annotator, record.status) != (ADJUDICATED, ADJUDICATED):
            self.tally.lose(f"work under the name {record.annotator!r}, which is kept for adjudications", record.place)
            return "set aside"
        connection = self.project.store.connection
        mapper = self._mapper_for(record.taxonomy, record.version)
        if mapper is None:
            kept = [[raw.name, raw.nth, raw.value] for raw in record.values]
            problem = f"there is no taxonomy {record.taxonomy}; add it with --taxonomies DIR and import again"
            self.tally.issues.append(issue_of(record, self.source, "", to_json(kept), problem))
            return "set aside"
        of = Identity(
            subject=record.subject, taxonomy=mapper.taxonomy.namespace, annotator=record.annotator, round=record.round
        )
        payload = _payload(record, mapper.answers(record))
        if not self.repeats.is_new_classification(record, of, to_json(payload)):
            return "unchanged"
        before = events.last_import(connection, of)
        if before == to_json(payload):
            return "unchanged"
        content.ensure_subject(connection, record.subject, _kind(record.subject))
        self.project.keep(connection, mapper.taxonomy)
        self.project.store.record(record.annotator, "imported", of, mapper.taxonomy.version, payload)
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


def _payload(record: ClassificationRecord, answers: dict[str, Answer]) -> dict[str, Any]:
    """What an `imported` event says: everything the source told that was understood."""
    payload: dict[str, Any] = {
        "answers": {field: each.model_dump(mode="json", exclude_defaults=True) for field, each in answers.items()},
        "notes": record.notes,
        "status": record.status or ("submitted" if record.submitted else "draft"),
        "publish": "published" if record.publish else "unpublished",
    }
    if record.provenance:
        payload["provenance"] = record.provenance
    return {**payload, "source": record.extra} if record.extra else payload


def _kind(key: str) -> str:
    """The kind of subject a key is of, for subjects that only a classification mentions."""
    return "incident" if key.rpartition(":")[2].isdecimal() else "report"
