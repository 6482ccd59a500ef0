"""Read subjects: one whole, or the few facts that lists need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from annotator.model.person import ADJUDICATED, IMPORTED
from annotator.model.provenance import decided_elsewhere
from annotator.model.visibility import Viewer
from annotator.store import visibility
from annotator.store.connection import Transaction
from annotator.store.importing.relating import APART, DIGITS, told_key
from annotator.store.search import NUMBER

if TYPE_CHECKING:
    from annotator.model.outline import SubjectKind
    from annotator.model.subject import EntityLink, Report, SubjectView

REPORT_FIELDS = (
    "text", "url", "source_domain", "language", "authors", "submitters", "tags", "date_published",
    "date_submitted", "date_modified", "date_downloaded", "image_url", "standing", "related_to", "extra",
)  # fmt: skip
LISTS = {"authors", "submitters", "tags", "extra"}
SELECT_REPORT = f"SELECT key, title, {', '.join(REPORT_FIELDS)} FROM reports JOIN subjects USING (id)"


def view(transaction: Transaction, key: str) -> SubjectView | None:
    """A subject with its reports in full; None when there is no such key."""
    from annotator.model.subject import SubjectView

    found = transaction.execute("SELECT id, kind, title, date FROM subjects WHERE key = ?", (key,)).fetchone()
    if found is None:
        return None
    subject_id, kind, title, date = found
    if kind == "report":
        report = _report(transaction.execute(f"{SELECT_REPORT} WHERE id = ?", (subject_id,)).fetchone())
        return SubjectView(key=key, kind="report", title=title, date=date, reports=(report,))
    (description,) = transaction.execute("SELECT description FROM incidents WHERE id = ?", (subject_id,)).fetchone()
    reports, missing = _reports_of(transaction, subject_id)
    return SubjectView(
        key=key, kind="incident", title=title, description=description, date=date,
        reports=reports, missing_reports=missing, entities=_entities_of(transaction, subject_id),
    )  # fmt: skip


def apart(transaction: Transaction) -> list[tuple[str, ...]]:
    """The keys of subjects that a source calls alike and that stand apart, because their texts are not related."""
    sql = f"SELECT key FROM subjects WHERE key GLOB '*{APART}{'[0-9a-f]' * DIGITS}' ORDER BY key"
    found: dict[str, list[str]] = {}
    for (key,) in transaction.execute(sql):
        found.setdefault(told_key(key), []).append(key)
    bare = titles(transaction, list(found))
    alike = [(*([base] if base in bare else []), *keys) for base, keys in found.items()]
    return [keys for keys in alike if len(keys) > 1]


def keys_like(transaction: Transaction, text: str) -> list[str]:
    """Keys a person may have meant: the text itself, or what stands behind the colon."""
    sql = f"SELECT key FROM subjects WHERE key = ? OR {NUMBER} IN (?, lower(?)) ORDER BY key = ? DESC, key LIMIT 9"
    return [key for (key,) in transaction.execute(sql, (text, text, text, text))]


def titles(transaction: Transaction, keys: Sequence[str]) -> dict[str, str]:
    """The titles of subjects, by key."""
    sql = "SELECT key, title FROM subjects WHERE key IN (SELECT value FROM json_each(?))"
    return dict(transaction.execute(sql, (json.dumps(keys),)))


def kind_of(transaction: Transaction, key: str) -> SubjectKind | None:
    """Whether a key is an incident or a report; None when there is none."""
    row = transaction.execute("SELECT kind FROM subjects WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def _reports_of(transaction: Transaction, incident_id: int) -> tuple[tuple[Report, ...], tuple[str, ...]]:
    sql = "SELECT report_key FROM incident_reports WHERE incident_id = ? ORDER BY position"
    keys = [key for (key,) in transaction.execute(sql, (incident_id,))]
    rows = transaction.execute(f"{SELECT_REPORT} WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(keys),))
    found = {row[0]: _report(row) for row in rows}
    return tuple(found[key] for key in keys if key in found), tuple(key for key in keys if key not in found)


def _entities_of(transaction: Transaction, incident_id: int) -> tuple[EntityLink, ...]:
    from annotator.model.subject import EntityLink

    sql = """SELECT name, role FROM incident_entities JOIN entities ON entities.id = entity_id
             WHERE incident_id = ? ORDER BY role, name"""
    return tuple(EntityLink(name=name, role=role) for name, role in transaction.execute(sql, (incident_id,)))


def _report(row: tuple[Any, ...]) -> Report:
    from annotator.model.subject import Report

    values = dict(zip(REPORT_FIELDS, row[2:], strict=True))
    for name in LISTS:
        values[name] = json.loads(values[name])
    return Report(key=row[0], title=row[1], **values)


Provenance = dict[str, dict[str, Any]]
"""By field: {source, by, at} and, for rulings, {cause, note, confidence, between}, else {annotators}.

Of what came as decided {source, elsewhere}: that it did, in words, and what the source told of it.
"""
OF_ONE = f"""(SELECT id FROM classifications WHERE annotator = '{ADJUDICATED}' AND taxonomy = ? AND round = ?
               AND subject_id = (SELECT id FROM subjects WHERE key = ?))"""

FILE = f"""SELECT source FROM import_runs WHERE event =
             (SELECT run FROM classifications WHERE id = {OF_ONE})"""
IS_BROUGHT = """EXISTS (SELECT 1 FROM feeds CROSS JOIN events
                  ON events.id = (feeds.id << 32) + substr(rulings.event, instr(rulings.event, ':') + 1)
                WHERE feeds.uid = substr(rulings.event, 1, instr(rulings.event, ':') - 1)
                  AND events.kind = 'imported')"""
"""Whether a ruling came with an import."""


def of_adjudication(transaction: Transaction, subject: str, taxonomy: str, round_: int) -> Provenance:
    """The provenance of every answer on record; empty where nothing is known of it."""
    who = (taxonomy, round_, subject)
    found: Provenance = {}
    brought: set[str] = set()
    sql = f"""SELECT adjudicated_by, adjudicated_at, strategy, sources, answers, hidden FROM adjudications
              JOIN classifications ON id = classification_id WHERE classification_id = {OF_ONE}"""
    for by, at, strategy, sources, answers, hidden in transaction.execute(sql, who):
        found |= {field: {**said, "by": by, "at": at} for field, said in json.loads(sources).items()}
        if strategy == IMPORTED:
            brought |= json.loads(answers).keys() | json.loads(hidden).keys()
    sql = f"""SELECT field, ruled_by, ruled_at, cause, note, confidence, "between", {IS_BROUGHT} FROM rulings
              WHERE classification_id = {OF_ONE} ORDER BY field"""
    for field, by, at, cause, note, confidence, between, is_brought in transaction.execute(sql, who):
        found[field] = {
            "source": "ruled", "by": by, "at": at, "cause": cause, "note": note, "confidence": confidence,
            "between": json.loads(between),
        }  # fmt: skip
        brought |= {field} if is_brought else set()
    if not brought:
        return found
    words = decided_elsewhere(next((file for (file,) in transaction.execute(FILE, who)), ""))
    return found | {field: _elsewhere(words, found.get(field)) for field in brought}


def _elsewhere(words: str, told: dict[str, Any] | None) -> dict[str, Any]:
    """The provenance of what came as decided, with what the source told of it, if it did."""
    return {"source": words, "elsewhere": told} if told else {"source": words}


def unresolved(transaction: Transaction, subject: str, taxonomy: str, round_: int, viewer: Viewer) -> set[str]:
    """The fields of a subject on which annotators differ, whatever was ruled; none while any of it is closed."""
    if visibility.is_anything_closed(transaction, viewer, subject, taxonomy, round_):
        return set()
    sql = """SELECT field FROM disagreements WHERE taxonomy = ? AND round = ?
             AND subject_id = (SELECT id FROM subjects WHERE key = ?)"""
    return {field for (field,) in transaction.execute(sql, (taxonomy, round_, subject))}
