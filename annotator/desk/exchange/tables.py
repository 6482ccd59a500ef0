"""CSV with one row per value.

`path` is the way down a tree to the value, ids joined by `/`. An answer in a state other
than `answered` takes one row without a value. `evidence` is a JSON array and belongs to the
answer, so all rows of an answer repeat it. The state is
`set_aside` where the version of the classification does not have the field: the answer was given
under an earlier one and is no current answer. `source` is `imported` when the answer is what
the last import brought, else `entered`: somebody gave or changed it here. Of an adjudication it says how the answer
was decided: `unanimous`, `majority`, `single`, `ruled` or `decided elsewhere (imported from FILE)`. The times are
those of the classification: its first and its latest event.

CSV with one row per subject and annotator, and a column per field.

Under one taxonomy the columns are the ids of its fields; under several they are
`TAXONOMY.field`. A field that can hold several values is always a JSON array, because
values may hold any character that could join them. A state is written in braces, such as
`{unknown}`; an answer that reads like one has a backslash before it. Evidence and
confidence have no place here: take the long shape for them.

CSV with one row per subject: every annotator's answer beside what was decided.

Columns are `FIELD@ANNOTATOR` for what was handed in, `FIELD@gold` for the adjudicated answer
and `FIELD@source` for where it comes from: `unanimous`, `majority`, `single`, `ruled`,
`decided elsewhere (imported from FILE)`, or `unresolved` where annotators differ and nothing is decided.
`by@ANNOTATOR` is `person`, or `model` with its name and version; `imported_from@ANNOTATOR` and
`imported_sha256@ANNOTATOR` name the file it came from, those `@gold` the one of what was decided.
Cells are those of the wide table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from annotator.desk.exchange.documents import SET_ASIDE, in_order, set_aside, sources_of, taxonomy_of
from annotator.desk.project import Project
from annotator.errors import RequestError
from annotator.model.handing_in.revisions import HAND_IN_COLUMNS
from annotator.model.outline import readable_values
from annotator.model.person import ADJUDICATED
from annotator.model.provenance import BY_COLUMNS, IMPORTED_COLUMNS
from annotator.model.taxonomy import Field, Taxonomy
from annotator.model.visibility import Viewer
from annotator.store import subjects
from annotator.store.classifications import Origin, StoredClassification, Wanted, origins, read
from annotator.store.connection import Transaction
from annotator.store.deciding import staleness
from annotator.store.readable import to_json

STALE = "stale"
"""Names the column that says whether somebody has handed in otherwise since a subject was adjudicated."""
COLUMNS = (
    "subject", "round", "annotator", "taxonomy", "version", "status", "field", "value", "path", "state",
    "confidence", "evidence", "source", "created_at", "updated_at", *BY_COLUMNS.values(),
    *IMPORTED_COLUMNS.values(), *HAND_IN_COLUMNS.values(), STALE,
)  # fmt: skip
Cell = str | int | float | None


def long_rows(
    project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool = False
) -> Iterator[tuple[Cell, ...]]:
    """The header, then a row per value in a fixed order."""
    yield COLUMNS
    for stored, origin in zip(read(transaction, wanted), origins(transaction, wanted), strict=True):
        taxonomy = taxonomy_of(project, stored)
        known, stale = sources_of(transaction, stored), _stale(project, stored)
        for field, answer in in_order(taxonomy, set_aside(taxonomy, stored.decoded(with_hidden))).items():
            yield from (
                (*row, stale) for row in _rows_of(stored, origin, taxonomy, field, answer, known.get(field, ""))
            )


def _rows_of(
    stored: StoredClassification,
    origin: Origin,
    taxonomy: Taxonomy | None,
    field: str,
    answer: dict[str, Any],
    decided: str,
) -> Iterator[tuple[Cell, ...]]:
    about = taxonomy.by_id.get(field) if taxonomy else None
    evidence = to_json(answer["evidence"]) if answer["evidence"] else ""
    source = decided or ("imported" if is_as_imported(answer, origin.imported.get(field)) else "entered")
    comes_from = _comes_from(stored)
    for value in readable_values(answer["value"]):
        yield (
            stored.subject, stored.round, stored.annotator, stored.taxonomy, stored.version, stored.status, field,
            value, _path(about, value), answer["state"], answer["confidence"], evidence,
            source, origin.created_at, stored.updated_at, *comes_from,
        )  # fmt: skip


def _comes_from(stored: StoredClassification) -> tuple[Cell, ...]:
    """Who or what made it, where it was imported from, and what is told of its hand-ins."""
    told, imported = stored.made_by.told(), stored.imported_from or {}
    return (
        *(told.get(name, "") for name in BY_COLUMNS),
        *(imported.get(name, "") for name in IMPORTED_COLUMNS),
        *(_handed_in_as(stored, name) for name in HAND_IN_COLUMNS),
    )


def _stale(project: Project, stored: StoredClassification | None) -> Cell:
    """Whether an adjudication is stale; empty for what is none."""
    if stored is None or (stored.annotator, stored.status) != (ADJUDICATED, ADJUDICATED):
        return ""
    with project.store.reading() as transaction:
        return to_json(staleness.is_stale(transaction, stored.subject, stored.taxonomy, stored.round))


def _handed_in_as(stored: StoredClassification | None, name: str) -> Cell:
    """What is told of the hand-ins of a classification; empty where there is nothing to tell."""
    said = getattr(stored.handed_in, name) if stored and stored.hand_in else None
    if said is None:
        return ""
    return to_json(said) if isinstance(said, dict | bool) else int(said)


def _path(field: Field | None, value: str | None) -> str:
    return "/".join(field.path(value)) if field and field.kind == "tree" and value else ""


def is_as_imported(answer: dict[str, Any], imported: dict[str, Any] | None) -> bool:
    """Whether an answer is what an import brought; the import leaves out what is usual."""
    if imported is None:
        return False
    brought = {"value": None, "confidence": None, **imported}
    is_quoted = [_words(span) for span in brought.get("evidence", [])] == [_words(span) for span in answer["evidence"]]
    is_same = (answer["value"], answer["confidence"]) == (brought["value"], brought["confidence"])
    state = brought.get("state", "answered")
    return is_same and is_quoted and answer["state"] in {state, "hidden", SET_ASIDE}


def _words(span: dict[str, Any]) -> tuple[str, list[str]]:
    """What a quotation says of which report, wherever it stands in the present text."""
    return span["report"], span["quote"].split()


WHO = ("subject", "round", "annotator")
ABOUT = (
    "version", "status", "publish", "notes", *BY_COLUMNS.values(), *IMPORTED_COLUMNS.values(),
    *HAND_IN_COLUMNS.values(), STALE,
)  # fmt: skip
READS_LIKE_A_STATE = re.compile(r"\\*\{(empty|unknown|not_applicable|hidden|set_aside|conflict)\}( |$)")


def wide_rows(
    project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool = False
) -> Iterator[tuple[Cell, ...]]:
    """The header, then a row per subject, round and annotator."""
    columns = _columns(project, transaction, wanted, with_hidden)
    yield _header(columns)
    for who, group in groupby(_by_person(transaction, wanted), lambda each: (each.subject, each.round, each.annotator)):
        found = {each.taxonomy: each for each in group}
        cells: list[Cell] = [next(iter(found))] if len(columns) == 1 else []
        for taxonomy, fields in columns.items():
            cells += _cells(project, found.get(taxonomy), fields, with_hidden)
        yield (*who, *cells)


def _by_person(transaction: Transaction, wanted: Wanted) -> Iterator[StoredClassification]:
    """The classifications of one subject together, by round and annotator."""
    for _, group in groupby(read(transaction, wanted), lambda each: each.subject):
        yield from sorted(group, key=lambda each: (each.round, each.annotator))


def _columns(project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool) -> dict[str, list[str]]:
    """The fields of each taxonomy in use: those of its newest version, then what only older ones have."""
    newest: dict[str, StoredClassification] = {}
    used: dict[str, set[str]] = {}
    for stored in read(transaction, wanted):
        used.setdefault(stored.taxonomy, set()).update(stored.decoded(with_hidden))
        before = newest.setdefault(stored.taxonomy, stored)
        newest[stored.taxonomy] = max(before, stored, key=lambda each: each.version)
    found: dict[str, list[str]] = {}
    for namespace in sorted(newest):
        taxonomy = taxonomy_of(project, newest[namespace])
        fields = list(taxonomy.by_id) if taxonomy else []
        found[namespace] = [*fields, *sorted(used[namespace].difference(fields))]
    return found


def _header(columns: dict[str, list[str]]) -> tuple[str, ...]:
    heads = [*WHO, "taxonomy"] if len(columns) == 1 else list(WHO)
    for taxonomy, fields in columns.items():
        place = "" if len(columns) == 1 else f"{taxonomy}."
        for name in (*ABOUT, *fields):
            head = place + name
            while head in heads:
                head = f"{place}field.{head.removeprefix(place)}"
            heads.append(head)
    return tuple(heads)


def _cells(
    project: Project, stored: StoredClassification | None, fields: Iterable[str], with_hidden: bool
) -> Iterator[Cell]:
    if stored is None:
        yield from ("" for _ in (*ABOUT, *fields))
        return
    yield from (stored.version, stored.status, stored.publish, stored.notes)
    yield from _comes_from(stored)
    yield _stale(project, stored)
    answers = set_aside(taxonomy_of(project, stored), stored.decoded(with_hidden))
    yield from (cell(answers[field]) if field in answers else "" for field in fields)


def cell(answer: dict[str, Any]) -> Cell:
    """An answer as one cell."""
    value = answer["value"]
    if answer["state"] != "answered":
        mark = f"{{{answer['state']}}}"
        return mark if value is None else f"{mark} {value if isinstance(value, str) else to_json(value)}"
    if isinstance(value, str):
        return f"\\{value}" if READS_LIKE_A_STATE.match(value) else value
    if isinstance(value, list | dict | bool):
        return to_json(value)
    return float(value) if isinstance(value, float) else int(value)


SUBJECT_WHO = ("subject", "round", "taxonomy")
HANDED_IN = {"submitted", "adjudicated"}
GOLD, SOURCE, BY = "gold", "source", "by"
TAKEN = {BY, *IMPORTED_COLUMNS.values(), *HAND_IN_COLUMNS.values(), STALE}
"""What columns of people are called, and so no field's."""


def subject_rows(
    project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool = False
) -> Iterator[tuple[Cell, ...]]:
    """The header, then a row per subject and round; raises RequestError for several taxonomies at once."""
    fields, people = _subject_columns(project, transaction, wanted, with_hidden)
    annotators = [whose for whose in people if whose not in {GOLD, SOURCE}]
    brought = [whose for whose in people if whose != SOURCE]
    yield (
        *SUBJECT_WHO,
        *(f"{'field.' * (field in TAKEN)}{field}@{whose}" for field in fields for whose in people),
        *(f"{BY}@{whose}" for whose in annotators),
        *(f"{column}@{whose}" for column in IMPORTED_COLUMNS.values() for whose in brought),
        *(f"{column}@{whose}" for column in HAND_IN_COLUMNS.values() for whose in annotators),
        *(f"{STALE}@{whose}" for whose in people if whose == GOLD),
    )
    for who, group in groupby(_handed_in(transaction, wanted), lambda each: (each.subject, each.round, each.taxonomy)):
        found = {each.annotator: each for each in group}
        answers = {
            name: set_aside(taxonomy_of(project, each), each.decoded(with_hidden)) for name, each in found.items()
        }
        row = _Row(transaction, wanted.viewer, who, answers)
        yield (
            *who,
            *(row.cell(field, whose) for field in fields for whose in people),
            *(found[whose].made_by.named if whose in found else "" for whose in annotators),
            *(_imported(found, whose, name) for name in IMPORTED_COLUMNS for whose in brought),
            *(_handed_in_as(found.get(whose), name) for name in HAND_IN_COLUMNS for whose in annotators),
            *(_stale(project, found.get(ADJUDICATED)) for whose in people if whose == GOLD),
        )


def _imported(found: dict[str, StoredClassification], whose: str, name: str) -> str:
    """What is known of where somebody's work, or what was decided, was imported from."""
    stored = found.get(ADJUDICATED if whose == GOLD else whose)
    return ((stored and stored.imported_from) or {}).get(name, "")


class _Row:
    """One subject in one round."""

    def __init__(
        self, transaction: Transaction, viewer: Viewer, who: tuple[str, int, str],
        answers: dict[str, dict[str, dict[str, Any]]],
    ) -> None:  # fmt: skip
        self.answers = answers
        subject, round_, taxonomy = who
        self.known = subjects.of_adjudication(transaction, subject, taxonomy, round_) if ADJUDICATED in answers else {}
        self.disputed = subjects.unresolved(transaction, subject, taxonomy, round_, viewer)

    def cell(self, field: str, whose: str) -> Cell:
        """What one column says of one field."""
        if whose == SOURCE:
            return self._source(field)
        answer = self.answers.get(ADJUDICATED if whose == GOLD else whose, {}).get(field)
        return cell(answer) if answer else ""

    def _source(self, field: str) -> str:
        if ADJUDICATED in self.answers:
            return (
                str(self.known[field]["source"]) if field in self.answers[ADJUDICATED] and field in self.known else ""
            )
        return "unresolved" if field in self.disputed else ""


def _handed_in(transaction: Transaction, wanted: Wanted) -> Iterator[StoredClassification]:
    """Everything handed in, the rounds of a subject apart."""
    found = (each for each in read(transaction, wanted) if each.status in HANDED_IN)
    for _, group in groupby(found, lambda each: (each.subject, each.taxonomy)):
        yield from sorted(group, key=lambda each: (each.round, each.annotator))


def _subject_columns(
    project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool
) -> tuple[list[str], list[str]]:
    """The fields of the newest version in use, then what only older ones have; and whose answers there are."""
    newest: StoredClassification | None = None
    used: set[str] = set()
    people: set[str] = set()
    for stored in _handed_in(transaction, wanted):
        if newest is not None and stored.taxonomy != newest.taxonomy:
            raise RequestError(f"There is work under {newest.taxonomy} and others; name one with --taxonomy.")
        newest = stored if newest is None or stored.version > newest.version else newest
        used |= stored.decoded(with_hidden).keys()
        people |= {stored.annotator} - {ADJUDICATED}
    taxonomy = taxonomy_of(project, newest) if newest else None
    fields = list(taxonomy.by_id) if taxonomy else []
    columns = [*sorted(people), *([] if wanted.what == "raw" else [GOLD, SOURCE])]
    return [*fields, *sorted(used.difference(fields))], columns
