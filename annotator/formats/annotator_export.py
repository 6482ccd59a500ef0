"""Read back what `annotator export` wrote: JSON, JSON Lines, or the long CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions
from annotator.formats.json_source import Item, JsonSource, first_names
from annotator.formats.table import Row, Table, header_of, unguarded
from annotator.formats.text.reading import TextFile, peek
from annotator.formats.values import number
from annotator.model.event import is_provenance
from annotator.model.person import ADJUDICATED
from annotator.model.record import ClassificationRecord, Loss, RawValue, Record

NAMES = {"subject", "taxonomy", "annotator", "answers"}
WHO = ("subject", "taxonomy", "annotator")
COLUMNS = ("subject", "taxonomy", "annotator", "field", "value", "state")
READ = {"subject", "taxonomy", "version", "annotator", "round", "status", "publish", "notes", "answers"}
SPAN = ("report", "start", "end", "quote", "prefix", "suffix")
STATUSES = {"draft", "skipped", "submitted", "adjudicated"}
EXPECTED = f"classifications: objects with {', '.join(sorted(NAMES))}"


def sniff(path: Path, head: bytes) -> float:
    """Judge by the names in the first object, or by the header."""
    if path.is_dir():
        return 0.0
    text = peek(head).lstrip()
    if text[:1] in {"[", "{"}:
        return 0.97 if first_names(text, ()) >= NAMES else 0.0
    return 0.97 if header_of(text) >= set(COLUMNS) else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield one record per classification; raise SourceError for a file of another shape."""
    file = TextFile.find(path, options, "table")
    first = next((line.lstrip() for line in file.lines() if line.strip()), "")
    yield from _read_json(file) if first[:1] in {"[", "{"} else _read_table(file)


def _read_json(file: TextFile) -> Iterator[Record]:
    source = JsonSource(file, ())
    for item in source.items():
        if not (
            isinstance(item.value, dict) and item.value.keys() >= NAMES and isinstance(item.value["answers"], dict)
        ):
            raise SourceError(f"{file.shown}: {item.place} is of another shape; expected {EXPECTED}")
        yield from _from_object(item)
    yield from source.losses()


def _from_object(item: Item) -> Iterator[Record]:
    said: dict[str, Any] = item.value
    yield from (Loss(f"{name}: is none of the names read here", item.place) for name in sorted(said.keys() - READ))
    values: list[RawValue] = []
    provenance: dict[str, dict[str, Any]] = {}
    for field, answer in said["answers"].items():
        if isinstance(answer, dict) and (answer.get("state") != "hidden" or answer.get("value") is not None):
            values.append(RawValue(field, _answer(answer), form="id"))
            if "provenance" in answer and said["annotator"] == ADJUDICATED:
                provenance[field] = answer["provenance"]
        else:
            yield Loss("hidden answers without a value: left out", item.place)
    for field in [name for name, each in provenance.items() if not is_provenance(each)]:
        yield Loss(f"{field}: where its answer comes from is not understood", item.place)
        del provenance[field]
    yield _record(said, values, item.place, provenance)


def _answer(said: dict[str, Any]) -> dict[str, Any]:
    """An answer without its label; a hidden one as it was, for its condition will hide it again."""
    state = said.get("state", "answered")
    evidence = said.get("evidence") or ()
    return {
        "state": "answered" if state == "hidden" else state,
        "value": said.get("value"),
        "evidence": [
            {name: span[name] for name in SPAN if name in span} for span in evidence if isinstance(span, dict)
        ],
        "confidence": said.get("confidence"),
    }


def _record(
    said: dict[str, Any], values: list[RawValue], place: str, provenance: dict[str, dict[str, Any]] | None = None
) -> Record:
    if lacking := [name for name in WHO if not str(said[name] or "").strip()]:
        return Loss(f"no {' and no '.join(lacking)}: left out", place)
    status = str(said.get("status") or "")
    if said["annotator"] == ADJUDICATED and not status:  # the long table does not tell
        status = ADJUDICATED
    return ClassificationRecord(
        subject=str(said["subject"]),
        taxonomy=str(said["taxonomy"]),
        version=number(said.get("version")),
        annotator=str(said["annotator"]),
        round=number(said.get("round")) or 1,
        values=tuple(values),
        status=status if status in STATUSES else None,
        publish=said.get("publish") == "published",
        notes=str(said.get("notes") or ""),
        provenance=provenance or {},
        place=place,
    )


def _read_table(file: TextFile) -> Iterator[Record]:
    """Rows of one classification may stand anywhere; it comes where its first one stood."""
    table = Table(file)
    table.need(*COLUMNS)
    gathered: dict[tuple[str, ...], _Gathered] = {}
    for row in table.rows():
        cells = {name: unguarded(cell) for name, cell in table.named(row).items()}
        who = tuple(cells.get(name, "") for name in ("subject", "taxonomy", "version", "annotator", "round"))
        gathered.setdefault(who, _Gathered(cells, table.place(row))).add(cells, row)
    for each in gathered.values():
        yield from each.records()
    if gathered and table.position("status") is None:
        what = "classifications whose status, notes and publication the long table lacks: read as submitted"
        yield Loss(what, file.name, len(gathered))
    yield from table.losses()


class _Gathered:
    """One classification while its rows are being read."""

    def __init__(self, cells: dict[str, str], place: str) -> None:
        self.cells = cells
        self.place = place
        self.answers: dict[str, dict[str, Any]] = {}
        self.lost: list[Loss] = []

    def add(self, cells: dict[str, str], row: Row) -> None:
        """Take one value: the first row of an answer brings its state, evidence and confidence."""
        field, value, state = cells["field"], cells["value"], cells["state"] or "answered"
        if state == "hidden" and not value:
            self.lost.append(Loss("hidden answers without a value: left out", self.place))
            return
        answer = self.answers.setdefault(field, {"state": "answered" if state == "hidden" else state, "texts": []})
        if state in {"answered", "hidden"}:
            answer["texts"].append(value)
        if "evidence" not in answer:
            answer["evidence"] = self._evidence(cells.get("evidence", ""), row)
            answer["confidence"] = cells.get("confidence") or None

    def records(self) -> Iterator[Record]:
        """The classification, and what of it was lost."""
        values = [RawValue(field, answer, form="id") for field, answer in self.answers.items()]
        yield _record(self.cells, values, self.place)
        yield from self.lost

    def _evidence(self, cell: str, row: Row) -> list[dict[str, Any]]:
        try:
            spans = json.loads(cell or "[]")
        except (ValueError, RecursionError):
            spans = None
        if not isinstance(spans, list):
            self.lost.append(Loss("evidence that is no JSON array: left out", f"{self.place}, row {row.number}"))
            return []
        return [{name: span[name] for name in SPAN if name in span} for span in spans if isinstance(span, dict)]
