"""Sort what a reader yields by kind, and say briefly how to read a path."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from annotator.formats.format import ReadOptions, sniff
from annotator.model.record import ClassificationRecord, IncidentRecord, Loss, Record, ReportRecord

FIXTURES = Path(__file__).parent / "fixtures"


def read(path: Path, options: ReadOptions | None = None) -> list[Record]:
    """Read a path as the format it looks like."""
    return list(sniff(path).read(path, options or ReadOptions()))


def reports(records: Iterable[Record]) -> list[ReportRecord]:
    """The reports among records."""
    return [record for record in records if isinstance(record, ReportRecord)]


def incidents(records: Iterable[Record]) -> list[IncidentRecord]:
    """The incidents among records."""
    return [record for record in records if isinstance(record, IncidentRecord)]


def classifications(records: Iterable[Record]) -> list[ClassificationRecord]:
    """The classifications among records."""
    return [record for record in records if isinstance(record, ClassificationRecord)]


def losses(records: Iterable[Record]) -> list[Loss]:
    """What was not carried over."""
    return [record for record in records if isinstance(record, Loss)]
