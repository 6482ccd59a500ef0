"""Subjects as sources tell them, and how what is told joins what is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

from annotator.errors import SourceError
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import Report
from annotator.store import search
from annotator.store.connection import Transaction
from annotator.store.importing.staging import COLUMNS, REPORT_COLUMNS, Kind, Row
from annotator.store.readable import to_json

Outcome = Literal["added", "updated", "unchanged"]
DATES = tuple(2 + REPORT_COLUMNS.index(f"date_{what}") for what in ("published", "submitted", "downloaded"))
"""Places in a report's row from which its date in the queue comes, best first."""
EMPTY = ("", "[]", "{}", sha256(b"").hexdigest())


class Told(NamedTuple):
    """A subject as one source tells it."""

    kind: Kind
    key: str
    row: Row
    """Title and date, then the columns of the kind's own table."""
    belonging: Row
    """What it says of its links, as staged."""

    @property
    def contents(self) -> Row:
        """All that makes two tellings the same; the digest stands for a report's text."""
        return (*self.row[:2], *self.row[3:-1]) if self.kind == "report" else (*self.row[:-1], *self.belonging)


def incident_told(record: IncidentRecord) -> Told:
    """An incident as it is staged."""
    incident, _, partial = record
    row = (incident.title, incident.date, incident.description, to_json(incident.extra), int(partial))
    reports = list(dict.fromkeys(incident.reports))
    entities = [[entity.name, entity.role] for entity in incident.entities]
    return Told("incident", incident.key, row, (to_json(reports), to_json(entities)))


def report_told(record: ReportRecord) -> Told:
    """A report as it is staged."""
    return Told("report", record.report.key, report_row(record.report, record.partial), (record.incident,))


def ensure_subjects(transaction: Transaction, keys: Sequence[str], kind: Kind) -> None:
    """Make empty subjects for the keys that are not there, in the order given."""
    sql = "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM subjects WHERE subjects.key = value)"
    missing = [key for (key,) in transaction.execute(sql, (json.dumps(keys),))] if keys else []
    if missing:
        put(transaction, kind, {key: _empty_row(kind, key) for key in missing})


def _empty_row(kind: Kind, key: str) -> Row:
    return ("", "", "", "{}", 1) if kind == "incident" else report_row(Report(key=key), True)


def report_row(report: Report, partial: bool) -> Row:
    """A report as title, date and the columns of its table."""
    return _dated((
        report.title, "", report.text, sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest(),
        report.url, report.source_domain, report.language,
        to_json(report.authors), to_json(report.submitters), to_json(report.tags),
        report.date_published, report.date_submitted, report.date_modified, report.date_downloaded,
        report.image_url, report.standing, report.related_to, to_json(report.extra), int(partial),
    ))  # fmt: skip


def _dated(row: Row) -> Row:
    """A report's row with the date the queue shows: when it was published, else the best there is."""
    return (row[0], next((row[place] for place in DATES if row[place]), ""), *row[2:])


def put(transaction: Transaction, kind: Kind, rows: dict[str, Row]) -> dict[str, Outcome]:
    """Store subjects one by one where they are known; gives what became of each."""
    here = known(transaction, kind, list(rows))
    if len(here) < len(rows) and _turn_placeholders(transaction, kind, [key for key in rows if key not in here]):
        here = known(transaction, kind, list(rows))
    fresh = {key: row for key, row in rows.items() if key not in here}
    _insert(transaction, kind, fresh)
    outcomes: dict[str, Outcome] = dict.fromkeys(fresh, "added")
    for key, (subject_id, old) in here.items():
        new = combined(kind, old, rows[key])
        outcomes[key] = "unchanged" if new == old else "updated"
        if new != old:
            _update(transaction, kind, subject_id, old, new)
    return outcomes


def known(transaction: Transaction, kind: Kind, keys: list[str]) -> dict[str, tuple[int, Row]]:
    """Rows already stored under these keys, with their ids."""
    sql = f"""SELECT subjects.key, subjects.id, title, date, {", ".join(COLUMNS[kind])}
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {kind}s AS own ON own.id = subjects.id"""
    return {row[0]: (row[1], tuple(row[2:])) for row in transaction.execute(sql, (json.dumps(keys),))}


def _turn_placeholders(transaction: Transaction, kind: Kind, keys: list[str]) -> bool:
    """Give empty subjects that were guessed to be of the other kind their own; refuse those that have content.

    A classification names its subject by key alone, so `ensure_subjects` may have been told wrong.
    """
    other: Kind = "report" if kind == "incident" else "incident"
    sql = f"""SELECT own.id, subjects.key, title || own.{COLUMNS[other][0]} = '' AND partial = 1
                AND NOT EXISTS (SELECT 1 FROM incident_reports WHERE incident_id = own.id)
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {other}s AS own ON own.id = subjects.id"""
    taken = transaction.execute(sql, (json.dumps(keys),)).fetchall()
    for subject_id, key, is_empty in taken:
        if not is_empty:
            raise SourceError(f"{key}: is here already and is no {kind}; two sources use one key for two things.")
        transaction.execute(f"DELETE FROM {other}s WHERE id = ?", (subject_id,))
        transaction.execute("UPDATE subjects SET kind = ? WHERE id = ?", (kind, subject_id))
        _insert_own(transaction, kind, [(subject_id, *_empty_row(kind, key)[2:])])
    return bool(taken)


def _insert(transaction: Transaction, kind: Kind, rows: dict[str, Row]) -> None:
    if not rows:
        return
    (last,) = transaction.execute("SELECT coalesce(max(id), 0) FROM subjects").fetchone()
    transaction.executemany(
        "INSERT INTO subjects (id, key, kind, title, date, needs_trigram) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (last + index, key, kind, row[0], row[1], search.needs_trigram(row[0], row[2]))
            for index, (key, row) in enumerate(rows.items(), 1)
        ],
    )
    _insert_own(transaction, kind, [(last + index, *row[2:]) for index, row in enumerate(rows.values(), 1)])
    search.index(transaction, f"id > {last}")


def _insert_own(transaction: Transaction, kind: Kind, rows: Sequence[Row]) -> None:
    """Write the kind's own table; each row begins with the subject's id."""
    columns = COLUMNS[kind]
    marks = ", ".join("?" * (len(columns) + 1))
    transaction.executemany(f"INSERT INTO {kind}s (id, {', '.join(columns)}) VALUES ({marks})", rows)


def _update(transaction: Transaction, kind: Kind, subject_id: int, old: Row, new: Row) -> None:
    texts_changed = (old[0], old[2]) != (new[0], new[2])
    if texts_changed:
        search.remove(transaction, f"id = {subject_id}")
    transaction.execute(
        "UPDATE subjects SET title = ?, date = ?, needs_trigram = ? WHERE id = ?",
        (new[0], new[1], search.needs_trigram(new[0], new[2]), subject_id),
    )
    changes = ", ".join(f"{column} = ?" for column in COLUMNS[kind])
    transaction.execute(f"UPDATE {kind}s SET {changes} WHERE id = ?", (*new[2:], subject_id))
    if texts_changed:
        search.index(transaction, f"id = {subject_id}")


def combined(kind: Kind, old: Row, new: Row) -> Row:
    """What to store: a full record's values win, a partial one only fills gaps.

    A source that says nothing of a value does not erase it, and what sources say in
    `extra` (the last column but one) adds up.
    """
    is_partial = new[-1]
    winner, other = (old, new) if is_partial else (new, old)
    merged = [theirs if ours in EMPTY else ours for ours, theirs in zip(winner[:-2], other[:-2], strict=True)]
    before = json.loads(old[-2])
    extra = {**json.loads(other[-2]), **json.loads(winner[-2])}
    row = (*merged, old[-2] if extra == before else to_json(extra), int(old[-1] and is_partial))
    return _dated(row) if kind == "report" else row
