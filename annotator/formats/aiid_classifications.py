"""Read AIID classifications in the form its database stores them, as JSON or JSON Lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from annotator.files import is_folder
from annotator.formats.format import ReadOptions, incident_key, report_key
from annotator.formats.json_source import Item, JsonSource, JsonText, beginning_of, first_names
from annotator.formats.one_by_one import by_itself
from annotator.formats.table import Row, Table
from annotator.formats.text.reading import TextFile, peek
from annotator.formats.values import number, plain, texts, words, yes
from annotator.model.classification import Status
from annotator.model.record import ClassificationRecord, Loss, RawValue, Record

PUBLISHED_BY = "AIID"
"""The annotator to whom the published classifications belong."""
FINISHED: Status = "submitted"
"""What AIID keeps is finished work, published or not."""
COPY = re.compile(r"(.+)_(Annotator-?\w+)")


class Namespace(NamedTuple):
    """A taxonomy and the annotator whose copy of it is meant."""

    taxonomy: str
    annotator: str


def split_namespace(namespace: str) -> Namespace:
    """`CSETv1_Annotator-1` is Annotator-1's copy of CSETv1; a plain namespace is AIID's own."""
    found = COPY.fullmatch(namespace)
    return Namespace(found[1], found[2]) if found else Namespace(namespace, PUBLISHED_BY)


EXPECTED = "classifications: objects with namespace, attributes (short_name, value_json), incidents and reports"
WRAPPERS = ("classifications",)
READ = {"namespace", "attributes", "publish", "notes", "incidents", "reports"}


def sniff(path: Path, head: bytes) -> float:
    """Judge by the names in the first object."""
    text = beginning_of(path, peek(head))
    if is_folder(path) or text[:1] not in {"[", "{"}:
        return 0.0
    return 0.95 if {"namespace", "attributes"} <= first_names(text, WRAPPERS) else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield one record per classification and subject; raise SourceError for JSON of another shape."""
    file = TextFile.find(path, options, "table")
    source = JsonSource(file, WRAPPERS)
    for each in source.items():
        if not (isinstance(each.value, dict) and isinstance(each.value.get("attributes"), list)):
            source.keep_aside(each, f"is of another shape; expected {EXPECTED}")
            continue
        yield from by_itself(_Stored(each, source.words, options).records(), each.place, source.aside)
    yield from source.losses()


class _Stored:
    """One classification as the database holds it."""

    def __init__(self, item: Item, json: JsonText, options: ReadOptions) -> None:
        self.said, self.place = item.value, item.place
        self.json = json
        self.options = options
        self.lost: list[Loss] = []

    def records(self) -> Iterator[Record]:
        namespace = (words(self.said.get("namespace")) or "").strip()
        subjects = self._subjects()
        if not namespace or not subjects:
            self._lose("no namespace: left out" if subjects else "about no incident and no report: left out")
            subjects = []
        values = tuple(self._values())
        taxonomy, annotator = split_namespace(namespace)
        for subject in subjects:
            yield ClassificationRecord(
                subject=subject,
                taxonomy=taxonomy,
                annotator=self._person(values) or annotator,
                values=values,
                publish=bool(yes(self.said.get("publish"))),
                status=FINISHED,
                notes="\n".join(texts(self.said.get("notes"))),
                made_by=self.options.made_by,
                place=self.place,
                extra={name: plain(value) for name, value in self.said.items() if name not in READ},
            )
        yield from self.lost

    def _subjects(self) -> list[str]:
        kinds = (("incidents", "incident_id", incident_key), ("reports", "report_number", report_key))
        found = []
        for name, inner, key_of in kinds:
            listed = self.said.get(name) or []
            for each in listed if isinstance(listed, list) else [listed]:
                said = each.get(inner, each) if isinstance(each, dict) else each
                if numbered := number(said):
                    found.append(key_of(numbered))
                else:
                    self._lose(f"{said!r:.40} among its {name} is no number: left out")
        return found

    def _values(self) -> Iterator[RawValue]:
        seen: Counter[str] = Counter()
        for attribute in self.said["attributes"]:
            name = self._name(attribute)
            if name is None:
                continue
            nth, seen[name] = seen[name], seen[name] + 1
            value = self._decoded(attribute.get("value_json"), name)
            if value not in (None, "", []):
                yield RawValue(name, value, nth, "json")

    def _name(self, attribute: Any) -> str | None:
        name = attribute.get("short_name") if isinstance(attribute, Mapping) else None
        if isinstance(name, str) and name:
            return name
        self._lose("an attribute without short_name: left out")
        return None

    def _decoded(self, said: Any, name: str) -> Any:
        """The value a JSON text holds; lists of objects become lists of plain dicts."""
        if not isinstance(said, str):
            return said
        try:
            value = self.json.decode(said)
        except ValueError:
            self._lose(f"{name}: its value_json is not JSON: kept as the text it is")
            return said
        if isinstance(value, list):
            return [self._object(part, name) for part in value]
        return self._object(value, name)

    def _object(self, part: Any, name: str) -> Any:
        attributes = part.get("attributes") if isinstance(part, dict) else None
        if not isinstance(attributes, list):
            return part
        named = ((self._name(each), each) for each in attributes)
        return {inner: self._decoded(each.get("value_json"), f"{name} / {inner}") for inner, each in named if inner}

    def _person(self, values: tuple[RawValue, ...]) -> str:
        """The annotator in the field the options name; empty when that field is unanswered."""
        wanted = self.options.annotator_column
        return next((str(value.value).strip() for value in values if value.name == wanted), "")

    def _lose(self, what: str) -> None:
        self.lost.append(Loss(what, self.place))


NAMESPACE, INCIDENT, PUBLISHED = "Namespace", "Incident ID", "Published"


def read_classification_table(file: TextFile, options: ReadOptions) -> Iterator[Record]:
    """Yield one classification per row; an empty cell is unanswered and yields no value."""
    table = Table(file)
    table.need(NAMESPACE, INCIDENT)
    if options.annotator_column:
        table.need(options.annotator_column)
    sheet = _Sheet(table, options)
    for row in table.rows():
        yield from by_itself(sheet.records(row), table.place(row), table.aside)
    yield from table.losses()


class _Sheet:
    """The columns of a table of classifications, found once."""

    def __init__(self, table: Table, options: ReadOptions) -> None:
        self.table = table
        self.namespace = table.position(NAMESPACE)
        self.incident = table.position(INCIDENT)
        self.published = table.position(PUBLISHED)
        self.person = table.position(options.annotator_column) if options.annotator_column else None
        self.made_by = options.made_by
        own = {self.namespace, self.incident, self.published}
        self.fields = [(at, *column) for at, column in enumerate(table.columns) if at not in own]

    def records(self, row: Row) -> Iterator[Record]:
        place = self.table.place(row)
        incident = self._cell(row, self.incident)
        found = number(incident)
        if found is None:
            what = f"no incident number ({incident[:40]!r}): classification left out"
            yield Loss(what, place)
            return
        said = self._cell(row, self.namespace) or self._namespace_of_file()
        taxonomy, annotator = split_namespace(said)
        published = yes(self._cell(row, self.published))
        if published is None:
            yield Loss(f"{PUBLISHED} says neither true nor false: read as unpublished", place)
        yield ClassificationRecord(
            subject=incident_key(found),
            taxonomy=taxonomy,
            annotator=self._cell(row, self.person) or annotator,
            values=tuple(RawValue(name, row.cells[at], nth) for at, name, nth in self.fields if row.cells[at].strip()),
            publish=bool(published),
            status=FINISHED,
            notes="",
            made_by=self.made_by,
            place=place,
        )

    def _cell(self, row: Row, at: int | None) -> str:
        return "" if at is None else row.cells[at].strip()

    def _namespace_of_file(self) -> str:
        return self.table.file.path.stem.removeprefix("classifications_")
