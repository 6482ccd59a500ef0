"""What one source tells twice: the same again is a loss, something else under the same name an issue."""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from annotator.importing.report import Tally
from annotator.models.classification import Identity
from annotator.models.issue import ImportIssue
from annotator.models.record import ClassificationRecord, IncidentRecord, ReportRecord
from annotator.models.subject import Incident, Report


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
