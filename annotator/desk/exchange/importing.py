"""Carry one path into the database: sniff, read, map, check, keep, and report what could not be carried over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

from annotator.desk.exchange.fitting import fitted
from annotator.desk.exchange.mapping import Mapper, issue_of
from annotator.desk.names import unfit
from annotator.desk.project import Project
from annotator.desk.resolving import about_work
from annotator.desk.roles import refuse_readers
from annotator.desk.visibility import Visibility
from annotator.errors import NotFoundError, SourceError
from annotator.files import stands
from annotator.formats.digest import digest_of
from annotator.formats.format import ReadOptions, by_name, sniff
from annotator.formats.one_by_one import in_words
from annotator.model.classification import Answer, Identity
from annotator.model.frozen import Frozen
from annotator.model.person import ADJUDICATED, is_reserved
from annotator.model.provenance import ImportedFrom, Provenance
from annotator.model.record import (
    ClassificationRecord,
    ImportIssue,
    IncidentRecord,
    Loss,
    Losses,
    RawValue,
    Record,
    ReportRecord,
    Unfit,
)
from annotator.model.subject import Incident, Report
from annotator.model.taxonomy import Taxonomy, hidden_fields
from annotator.store.importing.classifications import Brought
from annotator.store.importing.run import Import, beside
from annotator.store.importing.staging import Kind, Told, incident_told, report_told
from annotator.store.readable import to_json

OUTCOMES = ("added", "updated", "unchanged")
"""What becomes of a record; where classifications have no taxonomy here `set aside` joins them, and where somebody
works on them here `kept beside`; of those that are closed to who imports it is told alone that they are.
"""


class LossLine(Frozen):
    """One kind of loss: what, where, how often."""

    what: str
    where: str
    count: int


class ImportReport(Frozen):
    """The result of importing one path. Counts are numbers of records."""

    source: str
    sha256: str
    """Of the file, or of a folder's manifest; empty where what was imported was read elsewhere."""
    format: str
    dry_run: bool
    counts: dict[str, dict[str, int]]
    """By `incidents`, `reports`, `classifications`, then `added`, `updated`, `unchanged`."""
    losses: list[LossLine]
    issues: int
    """Values kept as import issues by this source; `annotator issues` lists them."""
    names: list[str]
    """Why nobody new could take the names of some who came in with it, each in a sentence; they are kept."""
    apart: list[tuple[str, ...]]
    """The keys of subjects that sources call alike, whose texts are not related and that stand apart since."""


class Tally:
    """Counts while an import runs."""

    def __init__(self) -> None:
        """Start from nothing."""
        self.counts: dict[str, Counter[str]] = {}
        self.losses = Losses()
        self.issues: list[ImportIssue] = []
        self.names: list[str] = []
        """Why nobody new could take names that came in."""
        self.apart: list[tuple[str, ...]] = []
        """The keys of subjects that sources call alike and that stand apart since."""
        self.read: set[tuple[str, str, str]] = {("", "", "")}
        """Subject, taxonomy and annotator of everything that was read; the last two empty for subjects.

        All three are empty for what cannot be told of any subject; whatever is read of a source is read anew.
        """

    def add(self, what: str, outcome: Counter[str]) -> None:
        """Count what became of some records."""
        if outcome:
            self.counts.setdefault(what, Counter()).update(outcome)

    def lose(self, what: str, where: str, times: int = 1) -> None:
        """Count something that could not be carried over."""
        self.losses.add(what, where, times)

    def report(self, source: ImportedFrom, format_name: str, dry_run: bool) -> ImportReport:
        """Freeze the counts."""
        return ImportReport(
            source=source.source,
            sha256=source.sha256,
            format=format_name,
            dry_run=dry_run,
            counts={what: _outcomes(found) for what, found in sorted(self.counts.items())},
            losses=[LossLine(what=each.what, where=each.where, count=each.times) for each in self.losses],
            issues=len(set(self.issues)),
            names=self.names,
            apart=self.apart,
        )


def _outcomes(found: Counter[str]) -> dict[str, int]:
    return {name: found[name] for name in OUTCOMES} | {name: found[name] for name in found.keys() - {*OUTCOMES}}


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

    def is_known(self, key: str) -> bool:
        """Whether a subject was told before."""
        return key in self._subjects

    def is_new(self, record: ReportRecord | IncidentRecord, told_as: Told) -> bool:
        """Whether a subject is to be kept: told for the first time, or completing what was told in part."""
        subject: Report | Incident = record[0]
        told = _First(record.place, _digest(repr(told_as.contents)), record.partial)
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
Progress = Callable[[int], None]
"""Called with the number of records read so far."""


class ImportOptions(NamedTuple):
    """What a person may say about an import."""

    format: str = ""
    """A format's name; empty: find out from the path."""
    annotator_column: str | None = None
    encoding: str | None = None
    dry_run: bool = False
    made_by: Provenance | None = None
    """Who or what made the classifications; None leaves it to the source."""


def import_path(
    project: Project,
    path: Path,
    options: ImportOptions | None = None,
    progress: Progress = lambda _count: None,
    by: str = "",
) -> ImportReport:
    """Import a file or folder, all of it or, after an error, nothing; the same again changes nothing.

    `by` is who imports, as far as they said. Raises SourceError and StoreError, and RequestError for a reader and, with
    roles, for nobody.
    """
    with project.store.reading() as transaction:
        refuse_readers(transaction, by)
    options = options or ImportOptions()
    refuse_missing(path)
    found = by_name(options.format) if options.format else sniff(path)
    read = ReadOptions(options.annotator_column, options.encoding, options.made_by)
    run = _Run(project, in_words(found.read(path, read), path), ImportedFrom(path.name, digest_of(path)), by)
    run.keep(progress, is_rehearsal=options.dry_run)
    return run.tally.report(run.source, found.name, options.dry_run)


def refuse_missing(path: Path) -> None:
    """Raise SourceError where there is nothing to import, or where that cannot be told."""
    try:
        is_there = stands(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{str(path)!r}: cannot be looked at ({reason}); name another file or folder.") from error
    if not is_there:
        raise SourceError(f"{path}: there is no such file or folder.")


def import_records(project: Project, records: Iterable[Record], source: str, by: str = "") -> ImportReport:
    """Import what somebody else read already; `source` is what issues name as their source."""
    run = _Run(project, records, ImportedFrom(source, ""), by)
    run.keep(lambda _count: None)
    return run.tally.report(run.source, "", dry_run=False)


class _Run:
    """One import while it runs."""

    def __init__(self, project: Project, records: Iterable[Record], source: ImportedFrom, by: str) -> None:
        self.project = project
        self.by = by
        self.source = source
        self.tally = Tally()
        self.repeats = Repeats(source.source, self.tally)
        self.mappers: dict[tuple[str, int | None], Mapper | None] = {}
        self.taxonomies: dict[tuple[str, int], Taxonomy] = {}
        """Those that classifications were read under, by namespace and version."""
        self.records = iter(records)
        self.places = count(1)

    def keep(self, progress: Progress, *, is_rehearsal: bool = False) -> None:
        """Read and check everything beside the file, then keep it in one transaction: all of it or nothing."""
        viewer = Visibility(self.project.store, self.by, 1).viewer()
        with beside(self.project.store, self._hidden, self.source, self.by, self._aside, viewer) as on_its_way:
            with on_its_way.preparing():
                self._stage_all(on_its_way, progress)
            with on_its_way.under_lock(is_rehearsal=is_rehearsal):
                names, apart = on_its_way.names(), on_its_way.standing_apart()
                for what, outcomes in on_its_way.move(self.taxonomies).items():
                    self.tally.add(what, outcomes)
                for report, times in on_its_way.gone.items():
                    self.tally.lose("quotations whose words the new text does not have any more", report, times)
                on_its_way.keep_issues(self.tally.read, self.tally.issues)
                self.tally.names = unfit(names, on_its_way.names())
                self.tally.apart = [keys for keys in on_its_way.standing_apart() if keys not in apart]

    def _stage_all(self, on_its_way: Import, progress: Progress) -> None:
        done = 0
        while batch := list(islice(self.records, BATCH)):
            self._stage(on_its_way, batch)
            done += len(batch)
            progress(done)

    def _stage(self, on_its_way: Import, batch: list[Record]) -> None:
        subjects: list[tuple[int, bool, Told]] = []
        brought: list[tuple[int, Brought]] = []
        for record, met in map(fitted, batch):
            for loss in met:
                self.tally.lose(*loss)
            if isinstance(record, Loss):
                self.tally.lose(*record)
            elif isinstance(record, Unfit):
                self._keep_aside(record)
            elif isinstance(record, ClassificationRecord):
                known = on_its_way.known_as(record.annotator)
                brought += [(next(self.places), each) for each in self._brought(record, known)]
            else:
                told = incident_told(record) if isinstance(record, IncidentRecord) else report_told(record)
                was_told = self.repeats.is_known(told.key)
                self.tally.read.add((told.key, "", ""))
                if self.repeats.is_new(record, told):
                    subjects.append((next(self.places), was_told, told))
        on_its_way.stage(subjects, brought)

    def _keep_aside(self, record: Unfit) -> None:
        self.tally.read.add((record.subject, record.taxonomy, record.annotator))
        self.tally.issues.append(ImportIssue(source=self.source.source, **record._asdict()))

    def _brought(self, record: ClassificationRecord, known_as: str) -> Iterator[Brought]:
        """The classification as it is to be kept; nothing when it cannot be, or was told before."""
        self.tally.read.add((record.subject, record.taxonomy, known_as))
        if is_reserved(record.annotator) and record.status != ADJUDICATED:
            self.tally.lose(f"work under the name {record.annotator!r}, which is kept for adjudications", record.place)
            self.tally.add("classifications", Counter(["set aside"]))
            return
        record = record.model_copy(update={"annotator": known_as})
        mapper = self._mapper_for(record.taxonomy, record.version)
        if mapper is None:
            kept = [[raw.name, raw.nth, raw.value] for raw in record.values]
            problem = f"there is no taxonomy {record.taxonomy}; add it with --taxonomies DIR and import again"
            self.tally.issues.append(issue_of(record, self.source.source, "", to_json(kept), problem))
            self.tally.add("classifications", Counter(["set aside"]))
            return
        of = Identity(
            subject=record.subject, taxonomy=mapper.taxonomy.namespace, annotator=record.annotator, round=record.round
        )
        payload = to_json(_payload(record, mapper.answers(record), self._handed_in(record)))
        if self.repeats.is_new_classification(record, of, payload):
            self.taxonomies[mapper.taxonomy.namespace, mapper.taxonomy.version] = mapper.taxonomy
            yield Brought(of, _kind(record.subject), mapper.taxonomy.version, payload)
        else:
            self.tally.add("classifications", Counter(["unchanged"]))

    def _handed_in(self, record: ClassificationRecord) -> dict[str, Any]:
        """What is told of its hand-ins, with first answers as they fit the version they were given under."""
        told = record.hand_in
        mapper = self._mapper_for(record.taxonomy, told.first["version"]) if told and told.first else None
        if told is None or (told.first and mapper is None):
            return {}
        said: dict[str, Any] = {"revisions": told.revisions, "after_others": told.after_others}
        if told.first and mapper:
            given = {field: each for field, each in told.first["answers"].items() if each["state"] != "conflict"}
            values = tuple(RawValue(field, _as_given(each), form="id") for field, each in given.items())
            answers = _dumped(mapper.answers(record.model_copy(update={"values": values})))
            said["first"] = {"version": mapper.taxonomy.version, "answers": answers}
        return said

    def _hidden(self, namespace: str, version: int, answers: Mapping[str, Answer]) -> frozenset[str]:
        """The hiding rule as long as the taxonomies are not in the file yet."""
        taxonomy = self.taxonomies.get((namespace, version))
        return hidden_fields(taxonomy, answers) if taxonomy else self.project.hidden(namespace, version, answers)

    def _aside(self, namespace: str) -> set[str]:
        return about_work(self.project.taxonomy(namespace))

    def _mapper_for(self, namespace: str, version: int | None) -> Mapper | None:
        key = (namespace, version)
        if key not in self.mappers:
            taxonomy = self._taxonomy(namespace, version)
            self.mappers[key] = Mapper(taxonomy, self.source.source, self.tally) if taxonomy else None
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


def _as_given(answer: dict[str, Any]) -> dict[str, Any]:
    """A first answer as it was given: its condition hides it again."""
    state = "answered" if answer["state"] == "hidden" else answer["state"]
    return {"state": state, "value": answer.get("value")}


def _dumped(answers: dict[str, Answer]) -> dict[str, Any]:
    return {field: each.model_dump(mode="json", exclude_defaults=True) for field, each in answers.items()}


def _payload(record: ClassificationRecord, answers: dict[str, Answer], handed_in: dict[str, Any]) -> dict[str, Any]:
    """What an `imported` event says: everything the source told that was understood, and nothing it does not know."""
    payload: dict[str, Any] = {
        "answers": _dumped(answers),
        "notes": record.notes,
        "status": record.status,
        "publish": None if record.publish is None else "published" if record.publish else "unpublished",
    }
    payload = {name: said for name, said in payload.items() if said is not None}
    if record.made_by:
        payload["by"] = record.made_by.told()
    if handed_in:
        payload["hand_in"] = handed_in
    if record.provenance:
        payload["provenance"] = record.provenance
    return {**payload, "source": record.extra} if record.extra else payload


def _kind(key: str) -> Kind:
    """The kind of subject a key is of, for subjects that only a classification mentions."""
    return "incident" if key.rpartition(":")[2].isdecimal() else "report"


class Importing:
    """One person's way of files in."""

    def __init__(self, project: Project, annotator: str) -> None:
        """Take the project that files come into, and who brings them."""
        self.project = project
        self.annotator = annotator

    def import_path(
        self, path: Path, options: ImportOptions | None = None, progress: Progress = lambda _count: None
    ) -> ImportReport:
        """Import a file or folder, all of it or, after an error, nothing.

        Raises SourceError, StoreError, and RequestError for a reader.
        """
        return import_path(self.project, path, options, progress, self.annotator)

    def import_records(self, records: Iterable[Record], source: str) -> ImportReport:
        """Import what somebody else read already; `source` is what issues name as their source."""
        return import_records(self.project, records, source, self.annotator)
