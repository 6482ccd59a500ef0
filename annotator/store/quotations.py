"""Quotations that stand elsewhere now than where they were taken: the texts of their reports have changed since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from annotator.model.classification import Evidence
    from annotator.store.connection import Transaction

BATCH = 500
SPAN = 'report, "start", "end", quote, prefix, suffix'
AWAY = """FROM evidence JOIN subjects ON subjects.key = report JOIN reports ON reports.id = subjects.id
          WHERE substr(text, "start" + 1, "end" - "start") != quote"""
GONE = "gone"
"""What marks a quotation whose words its report does not have any more."""


class Moved(NamedTuple):
    """A quotation that stands elsewhere, or nowhere."""

    field: str
    position: int
    now: Evidence | None
    """None where its words are gone."""


def moved(transaction: Transaction, ids: Sequence[int]) -> dict[int, list[Moved]]:
    """Of classifications, those with quotations that do not stand where they were taken."""
    sql = f"""SELECT classification_id, field, position, {SPAN}, text {AWAY}
              AND classification_id IN (SELECT value FROM json_each(?))"""
    found: dict[int, list[Moved]] = {}
    for first in range(0, len(ids), BATCH):
        for one, field, position, *span in transaction.execute(sql, (json.dumps(ids[first : first + BATCH]),)):
            found.setdefault(one, []).append(Moved(field, position, _now(span)))
    return found


def gone(transaction: Transaction, reports: Iterable[str], where: str) -> Counter[str]:
    """Of reports by key, those that lack words which were quoted of them, with how many quotations.

    `where` says which count, as a condition on `evidence`.
    """
    sql = f"SELECT {SPAN}, text {AWAY} AND report IN (SELECT value FROM json_each(?)) AND {where} ORDER BY report"
    spans = transaction.execute(sql, (json.dumps(list(reports)),))
    return Counter(span[0] for span in spans if _now(span) is None)


def with_moved(answers: dict[str, Any], found: Iterable[Moved]) -> dict[str, Any]:
    """Answers as plain values, with quotations where they stand now; what is gone keeps its old place, marked."""
    told = dict(answers)
    for field, position, now in found:
        if field in told:
            spans = list(told[field]["evidence"])
            spans[position] = now.model_dump() if now else {**spans[position], GONE: True}
            told[field] = {**told[field], "evidence": spans}
    return told


def _now(span: Sequence[Any]) -> Evidence | None:
    """Where a row of evidence, with the text of its report behind it, stands now."""
    from annotator.model.classification import Evidence  # few quotations move: an export loads no models else
    from annotator.model.quoting import locate, quote
    from annotator.model.subject import Report

    report, start, end, quoted, prefix, suffix, text = span
    was = Evidence.model_construct(report=report, start=start, end=end, quote=quoted, prefix=prefix, suffix=suffix)
    found = locate(text, was)
    return quote(Report.model_construct(key=report, text=text), *found) if found else None
