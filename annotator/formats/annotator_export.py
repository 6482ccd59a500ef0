"""Read back what `annotator export` wrote: JSON, JSON Lines, or the long CSV."""

from __future__ import annotations

import json
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from annotator.errors import SourceError
from annotator.files import is_folder
from annotator.formats.format import ReadOptions
from annotator.formats.json_source import MOST_VALUES, Item, JsonSource, beginning_of, first_names, is_json
from annotator.formats.one_by_one import by_itself
from annotator.formats.table import Row, Table, header_of, unguarded
from annotator.formats.text.reading import TextFile, peek
from annotator.formats.values import number, words
from annotator.model.classification import Status
from annotator.model.event import is_provenance
from annotator.model.handing_in.revisions import HAND_IN_COLUMNS, Told
from annotator.model.limits import LARGEST
from annotator.model.person import ADJUDICATED
from annotator.model.provenance import BY_COLUMNS, ELSEWHERE, Provenance, understood
from annotator.model.record import ClassificationRecord, Loss, RawValue, Record, Unfit

NAMES = {"subject", "taxonomy", "annotator", "answers"}
WHO = ("subject", "taxonomy", "annotator")
COLUMNS = ("subject", "taxonomy", "annotator", "field", "value", "state")
IDENTITY = ("subject", "taxonomy", "version", "annotator", "round")
"""Columns of a table that tell one classification from another."""
TABLE = dict.fromkeys((
    *IDENTITY, *COLUMNS, "status", "publish", "notes", "evidence", "confidence",
    *BY_COLUMNS.values(), *HAND_IN_COLUMNS.values(),
))  # fmt: skip
"""Columns of a table that are read."""
READ = {
    "subject", "taxonomy", "version", "annotator", "round", "status", "publish", "notes", "by", "answers", "hand_in",
}  # fmt: skip
PASSED_OVER = {"imported_from", "stale"}
"""What an export says of its own past: where it is read, it comes from this file."""
SPAN = ("report", "start", "end", "quote", "prefix", "suffix")
STATUSES: dict[str, Status] = {
    "draft": "draft", "skipped": "skipped", "submitted": "submitted", "adjudicated": "adjudicated",
}  # fmt: skip
PUBLISH = {"published": True, "unpublished": False}
KEPT = ("hidden", "set_aside")
"""States that export gives an answer which it keeps beside those that count."""
UNDECIDED = "conflict"
"""The state of an answer that was given apart and not alike: it is nobody's yet."""
EXPECTED = f"classifications: objects with {', '.join(sorted(NAMES))}"


def sniff(path: Path, head: bytes) -> float:
    """Judge by the names in the first object, or by the header."""
    if is_folder(path):
        return 0.0
    text = beginning_of(path, peek(head))
    if text[:1] in {"[", "{"}:
        return 0.97 if first_names(text, ()) >= NAMES else 0.0
    return 0.97 if header_of(text) >= set(COLUMNS) else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield one record per classification; raise SourceError for a file of another shape."""
    file = TextFile.find(path, options, "table")
    whole = _Whole(file.name, options.made_by)
    yield from _read_json(file, whole) if is_json(file) else _read_table(file, whole)


class _Whole(NamedTuple):
    """What holds of all classifications of a file."""

    name: str
    made_by: Provenance | None
    """Who made them, whatever the file says; None leaves it to the file."""


def _read_json(file: TextFile, whole: _Whole) -> Iterator[Record]:
    source = JsonSource(file, ())
    for each in source.items():
        said = each.value
        if not (isinstance(said, dict) and said.keys() >= NAMES and isinstance(said["answers"], dict)):
            source.keep_aside(each, f"is of another shape; expected {EXPECTED}")
            continue
        yield from by_itself(_from_object(each, whole), each.place, source.aside)
    yield from source.losses()


def _from_object(one: Item, whole: _Whole) -> Iterator[Record]:
    said: dict[str, Any] = one.value
    unread = sorted(said.keys() - READ - PASSED_OVER)
    yield from (Loss(f"{name}: is none of the names read here", one.place) for name in unread)
    values: list[RawValue] = []
    provenance: dict[str, Any] = {}
    for field, answer in said["answers"].items():
        if isinstance(answer, dict) and answer.get("state") == UNDECIDED:
            yield _undecided(one.place)
        elif isinstance(answer, dict) and (answer.get("state") not in KEPT or answer.get("value") is not None):
            if not isinstance(answer.get("evidence") or [], list):
                yield Loss(f"{field}: evidence that is no JSON array: left out", one.place)
            values.append(RawValue(field, _answer(answer), form="id"))
            if "provenance" in answer and said["annotator"] == ADJUDICATED:
                provenance[field] = _told_first(answer["provenance"])
        else:
            yield _lacking(answer.get("state") if isinstance(answer, dict) else KEPT[0], one.place)
    provenance = {field: each for field, each in provenance.items() if each is not None}
    for field in [name for name, each in provenance.items() if not is_provenance(each)]:
        yield Loss(f"{field}: where its answer comes from is not understood", one.place)
        del provenance[field]
    yield from _records(said, values, one.place, whole, provenance)


def _told_first(said: Any) -> Any:
    """What is told of where an answer comes from; of what was imported there, what its own source told, if it did."""
    is_elsewhere = isinstance(said, dict) and str(said.get("source")).startswith(ELSEWHERE)
    return said.get("elsewhere") if is_elsewhere else said


def _undecided(place: str) -> Loss:
    return Loss("answers in conflict, of which nobody decided what holds: left out", place)


def _lacking(state: Any, place: str) -> Loss:
    return Loss(f"{str(state).replace('_', '-')} answers without a value: left out", place)


def _answer(said: dict[str, Any]) -> dict[str, Any]:
    """An answer without its label; a hidden one as it was, for its condition will hide it again, one set aside too."""
    state = said.get("state", "answered")
    evidence = said.get("evidence")
    return {
        "state": "answered" if state in KEPT else state,
        "value": said.get("value"),
        "evidence": [
            {name: span[name] for name in SPAN if name in span}
            for span in (evidence if isinstance(evidence, list) else ())
            if isinstance(span, dict)
        ],
        "confidence": said.get("confidence"),
    }


def _records(
    said: dict[str, Any],
    values: list[RawValue],
    place: str,
    whole: _Whole,
    provenance: dict[str, dict[str, Any]] | None = None,
) -> Iterator[Record]:
    """The classification, after what of its head could not be read; what may lack everywhere is told by source."""
    if lacking := [name for name in WHO if not (words(said[name]) or "").strip()]:
        yield Loss(f"no {' and no '.join(lacking)}: left out", place)
        return
    subject = str(said["subject"])
    if said.get("round") not in (None, "") and number(said["round"]) is None:
        problem = f"is of round {said['round']!r:.40}, and rounds are numbered from 1 to {LARGEST}"
        yield Unfit(place, problem, str(said["round"]), subject, str(said["taxonomy"]), str(said["annotator"]))
        return
    if said.get("version") not in (None, "") and number(said["version"]) is None:
        yield Loss(f"version {said['version']!r:.40} is no number of one: read as the one here", place)
    status = str(said.get("status") or "").strip()
    if said["annotator"] == ADJUDICATED and not status:  # a table without statuses
        status = ADJUDICATED
    if status not in STATUSES:
        what = f"status {status[:40]!r}, which is none here" if status else "no status"
        yield Loss(f"classifications with {what}: new ones come as drafts, others keep theirs", whole.name)
    said_by = understood(said["by"]) if said.get("by") else None
    if said.get("by") and said_by is None:
        yield Loss("who or what made it is not understood: what is known here stays", place)
    hand_in = Told.of(said["hand_in"]) if said.get("hand_in") else None
    if said.get("hand_in") and hand_in is None:
        yield Loss("what is told of earlier hand-ins is not understood: left out", place)
    yield ClassificationRecord(
        subject=subject,
        taxonomy=str(said["taxonomy"]),
        version=number(said.get("version")),
        annotator=str(said["annotator"]),
        round=number(said.get("round")) or 1,
        values=tuple(values),
        status=STATUSES.get(status),
        publish=PUBLISH.get(str(said.get("publish"))),
        notes=str(said["notes"] or "") if "notes" in said else None,
        made_by=said_by if said["annotator"] == ADJUDICATED else whole.made_by or said_by,
        provenance=provenance or {},
        hand_in=None if said["annotator"] == ADJUDICATED else hand_in,
        place=place,
    )


Who = tuple[str, ...]
"""What tells a classification from others: the cells of `IDENTITY`."""
_Held = tuple[int, tuple[str, ...]]
"""Number of a row, and what is read of it; of plain tuples of texts as many can be held as a file has rows."""


def _read_table(file: TextFile, whole: _Whole) -> Iterator[Record]:
    """Rows of one classification may stand anywhere; it comes where its first one stood, once its last one is read."""
    table = Table(file)
    table.need(*COLUMNS)
    columns = _Columns(table)
    left = _counted(table, columns)
    begun: OrderedDict[Who, list[_Held]] = OrderedDict()  # whose first is found however many were before it
    for row in table.rows(passed_over=lambda cells: left.subtract([columns.who(cells)])):
        who = columns.who(row.cells)
        left[who] -= 1
        begun.setdefault(who, []).append((row.number, columns.read(row.cells)))
        while (first := next(iter(begun), None)) and not left[first]:
            yield from _gathered(begun.pop(first), table, columns, whole)
    for rows in begun.values():
        yield from _gathered(rows, table, columns, whole)
    yield from table.losses()


class _Columns:
    """Where in a row stands what is read of it, found once."""

    def __init__(self, table: Table) -> None:
        found = {name: at for name in TABLE if (at := table.position(name)) is not None}
        self.names = tuple(found)
        self.read: Callable[[list[str]], tuple[str, ...]] = itemgetter(*found.values())
        self._identity = [found[name] for name in IDENTITY if name in found]
        self._of = itemgetter(*self._identity)
        self._last = max(self._identity)

    def who(self, cells: list[str]) -> Who:
        """Which classification a row is of, whether it lacks cells or not."""
        whole = len(cells) > self._last
        found = self._of(cells) if whole else tuple(cells[at] if at < len(cells) else "" for at in self._identity)
        return tuple(map(unguarded, found)) if "'" in "".join(found) else found

    def named(self, read: Iterable[str]) -> dict[str, str]:
        """What was read of a row, by column."""
        return {name: unguarded(cell) for name, cell in zip(self.names, read, strict=True)}


def _counted(table: Table, columns: _Columns) -> Counter[Who]:
    """How many rows each classification has, so that none is held for longer than until its last one.

    Raises SourceError for one of more than there are values in any: nothing of it could come before all were read.
    """
    left: Counter[Who] = Counter()
    identities = map(columns.who, table.unchecked())
    for who in identities:
        left[who] += 1
        left.update(islice(identities, MOST_VALUES))
        _refuse_endless(left[who], table)  # of a file of one, the rest need not be read
    _refuse_endless(max(left.values(), default=0), table)
    return left


def _refuse_endless(rows: int, table: Table) -> None:
    if rows > MOST_VALUES:
        raise SourceError(
            f"{table.file.shown}: has more than {MOST_VALUES:,} rows about one classification; "
            "check that its columns hold what their names say"
        )


def _gathered(held: list[_Held], table: Table, columns: _Columns, whole: _Whole) -> Iterator[Record]:
    rows = [(Row(number, [*read]), columns.named(read)) for number, read in held]
    row, cells = rows[0]
    one = _Gathered(cells, table.place(row), whole)
    for row, cells in rows:
        one.add(cells, row)
    yield from by_itself(one.records(), one.place, table.aside, times=len(held))


def _by(cells: dict[str, str]) -> dict[str, str]:
    """Who or what made a classification, as JSON says it; nothing when the table does not say."""
    found = {name: cells.get(column, "") for name, column in BY_COLUMNS.items()}
    return {name: cell for name, cell in found.items() if cell}


def _hand_in(cells: dict[str, str]) -> Any:
    """What is told of the hand-ins of a classification, as JSON says it; nothing when the table does not say."""
    found = {name: cells.get(column, "") for name, column in HAND_IN_COLUMNS.items()}
    try:
        return {name: json.loads(cell) for name, cell in found.items() if cell}
    except (ValueError, RecursionError):
        return "none that can be read"


class _Gathered:
    """One classification while its rows are being read."""

    def __init__(self, cells: dict[str, Any], place: str, whole: _Whole) -> None:
        self.cells = {**cells, "by": _by(cells), "hand_in": _hand_in(cells)}
        self.place, self.whole = place, whole
        self.answers: dict[str, dict[str, Any]] = {}
        self.lost: list[Loss] = []

    def add(self, cells: dict[str, str], row: Row) -> None:
        """Take one value: the first row of an answer brings its state, evidence and confidence."""
        field, value, state = cells["field"], cells["value"], cells["state"] or "answered"
        if state == UNDECIDED:
            self.lost.append(_undecided(self.place))
            return
        if state in KEPT and not value:
            self.lost.append(_lacking(state, self.place))
            return
        answer = self.answers.setdefault(field, {"state": "answered" if state in KEPT else state, "texts": []})
        if state in {"answered", *KEPT}:
            answer["texts"].append(value)
        if "evidence" not in answer:
            answer["evidence"] = self._evidence(cells.get("evidence", ""), row)
            answer["confidence"] = cells.get("confidence") or None

    def records(self) -> Iterator[Record]:
        """The classification, and what of it was lost."""
        values = [RawValue(field, answer, form="id") for field, answer in self.answers.items()]
        yield from _records(self.cells, values, self.place, self.whole)
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
