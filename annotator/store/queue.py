"""Ask for the subjects a QueueView shows, in its order, a window at a time.

Statuses are those of one annotator. Where nobody is named (None) they are the most
advanced that anybody reached.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from random import randrange
from typing import Any

from annotator.models.queue import QueueRow, QueueView
from annotator.store import search

ORDERS = {
    "order": ("subjects.id",),
    "key": ("substr(subjects.key, 1, instr(subjects.key, ':'))", "length(subjects.key)", "subjects.key"),
    "title": ("subjects.title COLLATE NOCASE", "subjects.id"),
    "date": ("subjects.date", "subjects.id"),
    "updated": (
        """(SELECT max(updated_at) FROM classifications AS work
            WHERE work.subject_id = subjects.id AND ifnull(work.annotator = :annotator, 1))""",
        "subjects.id",
    ),
}
ADVANCE = {status: rank for rank, status in enumerate(("untouched", "draft", "skipped", "submitted", "adjudicated"))}
RANK = "CASE work.status " + " ".join(f"WHEN '{status}' THEN {rank}" for status, rank in ADVANCE.items()) + " END"


class QueueQuery:
    """A view as SQL. `annotator` is whose status the view speaks of; None: anybody's."""

    def __init__(self, view: QueueView, annotator: str | None, round_: int) -> None:
        """Work out the conditions once."""
        self.view = view
        self.values: dict[str, Any] = {"annotator": view.annotator or annotator, "round": round_}
        self.where = " AND ".join(self._clauses()) or "1"

    def count(self, connection: sqlite3.Connection) -> int:
        """How many subjects the view shows."""
        sql = f"SELECT count(*) FROM subjects WHERE {self.where}"
        return int(connection.execute(sql, self.values).fetchone()[0])

    def ids(self, connection: sqlite3.Connection, limit: int = -1) -> array[int]:
        """Ids of the subjects in order, at most `limit` (-1: all)."""
        direction = " DESC" if self.view.descending else ""
        order = ", ".join(part + direction for part in ORDERS[self.view.sort])
        sql = f"SELECT subjects.id FROM subjects WHERE {self.where} ORDER BY {order} LIMIT :limit"
        rows = connection.execute(sql, {**self.values, "limit": limit})
        return array("q", (row[0] for row in rows))

    def random_id(self, connection: sqlite3.Connection) -> int | None:
        """The id of one subject of the view, each equally likely."""
        if not self.view.selects_all:
            sql = f"SELECT subjects.id FROM subjects WHERE {self.where} ORDER BY random() LIMIT 1"
            row = connection.execute(sql, self.values).fetchone()
            return row[0] if row else None
        (last,) = connection.execute("SELECT max(id) FROM subjects").fetchone()
        return randrange(1, last + 1) if last else None  # noqa: S311  # ids have no gaps: nothing is ever deleted

    def _clauses(self) -> list[str]:
        view, clauses = self.view, []
        if view.search.strip():
            clause, values = search.condition(view.search)
            for number, value in enumerate(values):
                clause = clause.replace("?", f":term{number}", 1)
                self.values[f"term{number}"] = value
            clauses.append(clause)
        if view.kind:
            clauses.append("subjects.kind = :kind")
            self.values["kind"] = view.kind
        if view.since:
            clauses.append("subjects.date != '' AND subjects.date >= substr(:since, 1, length(subjects.date))")
            self.values["since"] = view.since
        if view.until:
            clauses.append("subjects.date != '' AND substr(subjects.date, 1, length(:until)) <= :until")
            self.values["until"] = view.until
        if view.flagged:
            clauses.append("subjects.id IN (SELECT subject_id FROM classifications WHERE flagged = 1)")
        return clauses + self._status_clauses()

    def _status_clauses(self) -> list[str]:
        view, somebody = self.view, self.values["annotator"] is not None
        if not (view.status or view.taxonomy or view.annotator):
            return []
        self.values |= {"taxonomy": view.taxonomy, "status": view.status}
        work = "SELECT subject_id FROM classifications AS work WHERE round = :round AND status != 'untouched'"
        work += " AND annotator = :annotator" if somebody else ""
        work += " AND taxonomy = :taxonomy" if view.taxonomy else ""
        if view.status == "untouched":
            return [f"subjects.id NOT IN ({work})"]
        if view.status and somebody:
            work += " AND status = :status"
        elif view.status:
            work += f" GROUP BY subject_id, taxonomy HAVING max({RANK}) = {ADVANCE[view.status]}"
        return [f"subjects.id IN ({work})"]


def rows(connection: sqlite3.Connection, ids: list[int], annotator: str | None, round_: int) -> list[QueueRow]:
    """The lines of the queue for some subjects, in the order of their ids as given."""
    given = {"ids": json.dumps(ids), "annotator": annotator, "round": round_}
    listed = "subject_id IN (SELECT value FROM json_each(:ids))"
    status: dict[int, dict[str, str]] = {}
    work = f"""SELECT subject_id, taxonomy, status FROM classifications
               WHERE {listed} AND ifnull(annotator = :annotator, 1) AND round = :round ORDER BY taxonomy, annotator"""
    for subject_id, taxonomy, state in connection.execute(work, given):
        of_subject = status.setdefault(subject_id, {})
        if ADVANCE[state] > ADVANCE[of_subject.get(taxonomy, "untouched")]:
            of_subject[taxonomy] = state
    sql = f"SELECT subject_id FROM classifications WHERE flagged = 1 AND {listed}"
    flagged = {subject_id for (subject_id,) in connection.execute(sql, given)}
    sql = """SELECT subjects.id, subjects.key, kind, title, date, CASE kind WHEN 'report' THEN 1 ELSE
               (SELECT count(*) FROM incident_reports WHERE incident_id = subjects.id) END
             FROM json_each(:ids) JOIN subjects ON subjects.id = value ORDER BY json_each.key"""
    return [QueueRow._make((*row, status.get(row[0], {}), row[0] in flagged)) for row in connection.execute(sql, given)]
