"""CSV with one row per subject and annotator, and a column per field.

Under one taxonomy the columns are the ids of its fields; under several they are
`TAXONOMY.field`. A field that can hold several values is always a JSON array, because
values may hold any character that could join them. A state is written in braces, such as
`{unknown}`; an answer that reads like one has a backslash before it. Evidence and
confidence have no place here: take the long shape for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from annotator.exporting.documents import taxonomy_of
from annotator.exporting.long_table import Cell
from annotator.project import Project
from annotator.store.classifications import StoredClassification, Wanted, read
from annotator.store.encoding import to_json

WHO = ("subject", "round", "annotator")
ABOUT = ("version", "status", "publish", "notes")
READS_LIKE_A_STATE = re.compile(r"\\*\{(empty|unknown|not_applicable|hidden)\}( |$)")


def rows(project: Project, wanted: Wanted, with_hidden: bool = False) -> Iterator[tuple[Cell, ...]]:
    """The header, then a row per subject, round and annotator."""
    columns = _columns(project, wanted, with_hidden)
    yield _header(columns)
    for who, group in groupby(_by_person(project, wanted), lambda each: (each.subject, each.round, each.annotator)):
        found = {each.taxonomy: each for each in group}
        cells: list[Cell] = [next(iter(found))] if len(columns) == 1 else []
        for taxonomy, fields in columns.items():
            cells += _cells(found.get(taxonomy), fields, with_hidden)
        yield (*who, *cells)


def _by_person(project: Project, wanted: Wanted) -> Iterator[StoredClassification]:
    """The classifications of one subject together, by round and annotator."""
    for _, group in groupby(read(project.store.connection, wanted), lambda each: each.subject):
        yield from sorted(group, key=lambda each: (each.round, each.annotator))


def _columns(project: Project, wanted: Wanted, with_hidden: bool) -> dict[str, list[str]]:
    """The fields of each taxonomy in use: those of its newest version, then what only older ones have."""
    newest: dict[str, StoredClassification] = {}
    used: dict[str, set[str]] = {}
    for stored in read(project.store.connection, wanted):
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


def _cells(stored: StoredClassification | None, fields: Iterable[str], with_hidden: bool) -> Iterator[Cell]:
    if stored is None:
        yield from ("" for _ in (*ABOUT, *fields))
        return
    yield from (stored.version, stored.status, stored.publish, stored.notes)
    answers = stored.decoded(with_hidden)
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
