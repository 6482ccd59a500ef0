"""A classification as one object with labels and evidence, in the shape that `show` and `export json` share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.desk.project import Project
from annotator.errors import NotFoundError
from annotator.model.event import Event
from annotator.model.outline import TaxonomyOutline
from annotator.model.person import ADJUDICATED
from annotator.model.taxonomy import Taxonomy
from annotator.store import classifications
from annotator.store.classifications import StoredClassification, Wanted, read
from annotator.store.connection import Transaction
from annotator.store.deciding import staleness
from annotator.store.quotations import GONE
from annotator.store.subjects import of_adjudication

SHOWN = ("report", "start", "end", "quote")
SET_ASIDE = "set_aside"
"""The state exports give an answer whose field the version of its classification does not have."""
WHOLE = (*SHOWN, "prefix", "suffix")
"""With the words around it, by which evidence is found again after its report changed."""


def documents(
    project: Project, transaction: Transaction, wanted: Wanted, with_hidden: bool = False
) -> Iterator[dict[str, Any]]:
    """Every classification wanted, with its subject and with evidence that can be imported again."""
    for stored in read(transaction, wanted):
        made = document(project, stored, with_hidden, WHOLE)
        yield with_stale(transaction, with_provenance(transaction, {"subject": stored.subject, **made}))


def with_provenance(transaction: Transaction, one: dict[str, Any]) -> dict[str, Any]:
    """Tell of each answer of an adjudication where it comes from; others stay as they are."""
    if one["annotator"] != ADJUDICATED:
        return one
    known = of_adjudication(transaction, one["subject"], one["taxonomy"], one["round"])
    answers = {
        field: {**answer, "provenance": known[field]} if field in known else answer
        for field, answer in one["answers"].items()
    }
    return {**one, "answers": answers}


def with_stale(transaction: Transaction, one: dict[str, Any]) -> dict[str, Any]:
    """Say of an adjudication whether it is stale; others stay as they are."""
    if (one["annotator"], one["status"]) != (ADJUDICATED, ADJUDICATED):
        return one
    return {**one, "stale": staleness.is_stale(transaction, one["subject"], one["taxonomy"], one["round"])}


def sources_of(transaction: Transaction, stored: StoredClassification) -> dict[str, str]:
    """By field, where each answer of an adjudication comes from; nothing for other classifications."""
    if stored.annotator != ADJUDICATED:
        return {}
    known = of_adjudication(transaction, stored.subject, stored.taxonomy, stored.round)
    return {field: said["source"] for field, said in known.items()}


def file_of(project: Project, event: Event) -> str:
    """The file or folder that an event brought; empty where it is no import, or nobody kept which it was."""
    if event.kind != "imported":
        return ""
    with project.store.reading() as transaction:
        return classifications.file_of(transaction, event.payload.get("run"))


def document(
    project: Project, stored: StoredClassification, with_hidden: bool = False, evidence: tuple[str, ...] = SHOWN
) -> dict[str, Any]:
    """One classification; its answers by field id, in the order of the taxonomy."""
    taxonomy = taxonomy_of(project, stored)
    answers = in_order(taxonomy, set_aside(taxonomy, stored.decoded(with_hidden)))
    return {
        "taxonomy": stored.taxonomy,
        "version": stored.version,
        "annotator": stored.annotator,
        "round": stored.round,
        "status": stored.status,
        "publish": stored.publish,
        "notes": stored.notes,
        "by": stored.made_by.told(),
        "imported_from": stored.imported_from,
        "hand_in": stored.handed_in._asdict() if stored.hand_in else None,
        "answers": {
            field: {
                "label": _label(taxonomy, field),
                "state": answer["state"],
                "value": answer["value"],
                "evidence": [_span(span, evidence) for span in answer["evidence"]],
                "confidence": answer["confidence"],
            }
            for field, answer in answers.items()
        },
    }


def _span(span: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: span[name] for name in (*names, GONE) if name in span}


def taxonomy_of(project: Project, stored: StoredClassification) -> Taxonomy | None:
    """The version it was made under, knowing earlier ones; None when it is neither here nor in the file."""
    try:
        return project.remembering(project.taxonomy(stored.taxonomy, stored.version))
    except NotFoundError:
        return None


def in_order(taxonomy: Taxonomy | None, answers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Answers in the order of the form; those to fields it does not have come last, by name."""
    known = list(taxonomy.by_id) if taxonomy else []
    order = {field: place for place, field in enumerate(known)}
    return {field: answers[field] for field in sorted(answers, key=lambda each: (order.get(each, len(order)), each))}


def set_aside(taxonomy: TaxonomyOutline | None, answers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same, with answers to fields that a taxonomy does not have marked as set aside."""
    if taxonomy is None or answers.keys() <= taxonomy.by_id.keys():
        return answers
    return {
        field: answer if field in taxonomy.by_id else {**answer, "state": SET_ASIDE}
        for field, answer in answers.items()
    }


def _label(taxonomy: Taxonomy | None, field: str) -> str:
    known = taxonomy.known(field) if taxonomy else None
    return known.name if known else field
