"""CSV with one row per value.

`path` is the way down a tree to the value, ids joined by `/`. An answer in a state other
than `answered` takes one row without a value. `evidence` is a JSON array and belongs to the
answer, so all rows of an answer repeat it. `source` is `imported` when the answer is what
the last import brought, else `entered`: somebody gave or changed it here. Of an adjudication it says how the answer
was decided: `unanimous`, `majority`, `single` or `ruled`. The times are
those of the classification: its first and its latest event.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from annotator.exporting.documents import in_order, taxonomy_of
from annotator.models.reserved import ADJUDICATED
from annotator.models.taxonomy import Field, Taxonomy
from annotator.project import Project
from annotator.store.classifications import Origin, StoredClassification, Wanted, origins, read
from annotator.store.encoding import to_json
from annotator.store.provenance import of_adjudication
from annotator.store.readable import readable_values

COLUMNS = (
    "subject", "round", "annotator", "taxonomy", "version", "field", "value", "path", "state",
    "confidence", "evidence", "source", "created_at", "updated_at",
)  # fmt: skip
Cell = str | int | float | None


def rows(project: Project, wanted: Wanted, with_hidden: bool = False) -> Iterator[tuple[Cell, ...]]:
    """The header, then a row per value in a fixed order."""
    yield COLUMNS
    connection = project.store.connection
    for stored, origin in zip(read(connection, wanted), origins(connection, wanted), strict=True):
        taxonomy = taxonomy_of(project, stored)
        known = _provenance(connection, stored)
        for field, answer in in_order(taxonomy, stored.decoded(with_hidden)).items():
            yield from _rows_of(stored, origin, taxonomy, field, answer, known.get(field, ""))


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
    for value in readable_values(answer["value"]):
        yield (
            stored.subject, stored.round, stored.annotator, stored.taxonomy, stored.version, field,
            value, _path(about, value), answer["state"], answer["confidence"], evidence,
            source, origin.created_at, stored.updated_at,
        )  # fmt: skip


def _provenance(connection: sqlite3.Connection, stored: StoredClassification) -> dict[str, str]:
    if stored.annotator != ADJUDICATED:
        return {}
    known = of_adjudication(connection, stored.subject, stored.taxonomy, stored.round)
    return {field: said["source"] for field, said in known.items()}


def _path(field: Field | None, value: str | None) -> str:
    return "/".join(field.path(value)) if field and field.kind == "tree" and value else ""


def is_as_imported(answer: dict[str, Any], imported: dict[str, Any] | None) -> bool:
    """Whether an answer is what an import brought; the import leaves out what is usual."""
    if imported is None:
        return False
    brought = {"value": None, "confidence": None, **imported}
    spans = [{"prefix": "", "suffix": "", **span} for span in brought.get("evidence", [])]
    is_same = (answer["value"], answer["confidence"]) == (brought["value"], brought["confidence"])
    state = brought.get("state", "answered")
    return is_same and spans == answer["evidence"] and answer["state"] in {state, "hidden"}
