"""Ask for the subjects a QueueView shows, in its order, a window at a time.

Statuses are those of one annotator. Where nobody is named (None) they are the most
advanced that anybody reached. In the usual order what an annotator is assigned and has not
done comes first.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable
from heapq import merge
from itertools import chain
from random import randrange
from typing import TYPE_CHECKING, Any

from annotator.model.person import ADJUDICATED
from annotator.model.queue import STATUSES, QueueRow, QueueView
from annotator.model.rounds import InRounds
from annotator.store import search
from annotator.store.connection import Transaction
from annotator.store.team.assignments import IS_DONE
from annotator.store.team.to_do import IS_AT_HAND, parts_to_do

if TYPE_CHECKING:
    from annotator.model.visibility import Viewer

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
ADVANCE = {status: rank for rank, status in enumerate(STATUSES)}
RANK = "CASE work.status " + " ".join(f"WHEN '{status}' THEN {rank}" for status, rank in ADVANCE.items()) + " END"


class QueueQuery:
    """A view as SQL. `annotator` is whose status the view speaks of; None: anybody's.

    `viewer` is who asks, from whom who made what may be kept; None: nobody, who may be anybody.
    """

    def __init__(
        self, view: QueueView, annotator: str | None, in_rounds: InRounds, viewer: Viewer | None = None
    ) -> None:
        """Work out the conditions once; raises RequestError for a search too long to run."""
        self.view = view
        self.viewer = viewer
        self.asker = annotator or ""
        self.asked = in_rounds
        self.in_rounds = InRounds(in_rounds.under(view.taxonomy)) if view.taxonomy else in_rounds
        self.values: dict[str, Any] = {"annotator": view.annotator or annotator, **self.in_rounds.values}
        self.values["assignee"] = self.values["annotator"] if view.assigned else annotator
        self.where = " AND ".join(self._clauses()) or "1"

    def count(self, transaction: Transaction) -> int:
        """How many subjects the view shows."""
        where, values = self._selected(transaction)
        return int(transaction.execute(f"SELECT count(*) FROM subjects WHERE {where}", values).fetchone()[0])

    def ids(self, transaction: Transaction, limit: int = -1) -> array[int]:
        """Ids of the subjects in order, at most `limit` (-1: all)."""
        is_usual = self.view.sort == "order" and not self.view.descending
        first = self.assigned(transaction, limit) if is_usual else array("q")
        if not first:
            return self._sorted(transaction, limit)
        if len(first) == limit:
            return first
        taken = set(first)
        rest = self._sorted(transaction, limit if limit < 0 else limit + len(first))
        found = first + array("q", (each for each in rest if each not in taken))
        return found if limit < 0 else found[:limit]

    def assigned(self, transaction: Transaction, limit: int = -1) -> array[int]:
        """Ids of the subjects with open assignments, in the order to do them, at most `limit` (-1: all)."""
        where, values = self._selected(transaction)
        only = " AND +assignments.taxonomy = :taxonomy" if self.view.taxonomy else ""
        found: dict[int, None] = {}
        parts, elsewhere = [], iter(())
        for part in parts_to_do(transaction, self.values["assignee"], self.in_rounds):
            sql = f"""SELECT batch, position, assignments.taxonomy, subjects.id FROM assignments
                      CROSS JOIN subjects ON subjects.id = subject_id
                      WHERE assignments.annotator = :assignee AND done = 0{part.sql()}{only} AND {where}
                      ORDER BY batch, position, assignments.taxonomy, subject_id"""
            parts.append(transaction.execute(sql, {**values, **part.values}))
        if self._is_in_all_rounds:
            sql = f"""SELECT subject_id FROM assignments CROSS JOIN subjects ON subjects.id = subject_id
                      WHERE {self._open_assignments()} AND {where}
                      ORDER BY batch, position, assignments.taxonomy, subject_id"""
            elsewhere = transaction.execute(sql, values)
        for *_, subject_id in chain(merge(*parts), elsewhere):
            if len(found) == limit:
                break
            found[subject_id] = None
        return array("q", found)

    def last(self, transaction: Transaction) -> int:
        """The last id there is, and so how many subjects: nothing is ever deleted, so ids have no gaps."""
        return int(transaction.execute("SELECT ifnull(max(id), 0) FROM subjects").fetchone()[0])

    def _open_assignments(self) -> str:
        only = " AND assignments.taxonomy = :taxonomy" if self.view.taxonomy else ""
        in_round = f"assignments.round = {self.in_rounds.sql('assignments.taxonomy')}"
        which = IS_AT_HAND if self._is_in_all_rounds else in_round
        return f"assignments.annotator = :assignee AND {which} AND done = 0{only}"

    @property
    def _is_in_all_rounds(self) -> bool:
        """Whether what is to be done in other rounds than the one worked in is shown, behind that."""
        return self.view.assigned and not self.asked.named

    def _sorted(self, transaction: Transaction, limit: int) -> array[int]:
        direction = " DESC" if self.view.descending else ""
        order = ", ".join(part + direction for part in ORDERS[self.view.sort])
        where, values = self._selected(transaction)
        sql = f"SELECT subjects.id FROM subjects WHERE {where} ORDER BY {order} LIMIT :limit"
        rows = transaction.execute(sql, {**values, "limit": limit})
        return array("q", (row[0] for row in rows))

    def random_id(self, transaction: Transaction) -> int | None:
        """The id of one subject of the view, each equally likely."""
        if not self.view.selects_all:
            where, values = self._selected(transaction)
            sql = f"SELECT subjects.id FROM subjects WHERE {where} ORDER BY random() LIMIT 1"
            row = transaction.execute(sql, values).fetchone()
            return row[0] if row else None
        last = self.last(transaction)
        return randrange(1, last + 1) if last else None  # noqa: S311  # no secret

    def random_key(self, transaction: Transaction) -> str | None:
        """The key of one subject of the view, each equally likely."""
        row = transaction.execute("SELECT key FROM subjects WHERE id = ?", (self.random_id(transaction),)).fetchone()
        return row[0] if row else None

    def _selected(self, transaction: Transaction) -> tuple[str, dict[str, Any]]:
        """The condition with its values; what is open to the viewer is asked anew each time."""
        if not (self.view.made_by or self.view.stale or self.view.speaks_of_comments):
            return self.where, self.values
        from annotator.model.visibility import NOBODY
        from annotator.store import provenance
        from annotator.store.deciding import staleness
        from annotator.store.team import comments

        where, values, viewer = self.where, dict(self.values), self.viewer or NOBODY
        further = [provenance.condition(transaction, self.view, self.in_rounds, viewer)] if self.view.made_by else []
        further += [staleness.condition(transaction, viewer, self.view.taxonomy, self.asked)] if self.view.stale else []
        if self.view.speaks_of_comments:
            further.append(comments.condition(transaction, viewer, self.asker, mentioned=self.view.mentioned))
        for clause, given in further:
            where, values = f"{where} AND {clause}", {**values, **given}
        return where, values

    def _clauses(self) -> list[str]:
        view, clauses = self.view, []
        if view.search.strip():
            clause, values = search.condition(view.search)
            clauses.append(_numbered(clause))
            self.values |= {f"term{number}": value for number, value in enumerate(values)}
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
        if view.assigned:
            clauses.append(f"subjects.id IN (SELECT subject_id FROM assignments WHERE {self._open_assignments()})")
        return clauses + self._status_clauses()

    def _status_clauses(self) -> list[str]:
        view, somebody = self.view, self.values["annotator"] is not None
        self.values |= {"taxonomy": view.taxonomy, "status": view.status}
        if not (view.status or ((view.taxonomy or view.annotator) and view.speaks_of_work)):
            return []
        is_theirs = view.status == "adjudicated"  # which is the team's, whoever asks, and in whatever round
        in_round = self.asked.if_named if is_theirs else f"round = {self.in_rounds.sql('work.taxonomy')}"
        work = f"SELECT subject_id FROM classifications AS work WHERE {in_round} AND status != 'untouched'"
        work += " AND taxonomy = :taxonomy" if view.taxonomy else ""
        if is_theirs:
            return [f"subjects.id IN ({work} AND annotator = '{ADJUDICATED}' AND status = :status)"]
        work += " AND annotator = :annotator" if somebody else ""
        if view.status == "untouched":
            return [f"subjects.id NOT IN ({work})"]
        if view.status and somebody:
            work += " AND status = :status"
        elif view.status:
            work += f" GROUP BY subject_id, taxonomy HAVING max({RANK}) = {ADVANCE[view.status]}"
        return [f"subjects.id IN ({work})"]


def _numbered(clause: str) -> str:
    """Name the question marks of a clause `:term0`, `:term1` and so on."""
    first, *rest = clause.split("?")
    return first + "".join(f":term{number}{piece}" for number, piece in enumerate(rest))


def rows(
    transaction: Transaction,
    ids: list[int],
    annotator: str | None,
    in_rounds: InRounds,
    viewer: Callable[[], Viewer],
    asker: str = "",
) -> list[QueueRow]:
    """The lines of the queue for some subjects, in the order of their ids as given.

    Whether work is in conflict, and that there are comments, is told to whom it is open; who asks is asked where
    there is any of it. `asker` is their name.
    """
    given = {"ids": json.dumps(ids), "annotator": annotator, **in_rounds.values}
    listed = "subject_id IN (SELECT value FROM json_each(:ids))"
    status: dict[int, dict[str, str]] = {}
    apart: dict[int, tuple[int, str]] = {}
    work = f"""SELECT subject_id, taxonomy, status,
                 iif(EXISTS (SELECT 1 FROM conflicts WHERE classification_id = classifications.id), id, 0)
               FROM classifications
               WHERE {listed} AND ifnull(annotator = :annotator, 1) AND round = {in_rounds.sql()}
               ORDER BY taxonomy, annotator"""
    for subject_id, taxonomy, state, is_apart in transaction.execute(work, given):
        of_subject = status.setdefault(subject_id, {})
        if ADVANCE[state] > ADVANCE[of_subject.get(taxonomy, "untouched")]:
            of_subject[taxonomy] = state
        if is_apart:
            apart[is_apart] = (subject_id, taxonomy)
    told = _open_conflicts(transaction, apart, viewer) if apart else {}
    to_do = _open_by_subject(transaction, given, in_rounds)
    sql = f"SELECT subject_id FROM classifications WHERE flagged = 1 AND {listed}"
    flagged = {subject_id for (subject_id,) in transaction.execute(sql, given)}
    sql = """SELECT subjects.id, subjects.key, kind, title, date, CASE kind WHEN 'report' THEN 1 ELSE
               (SELECT count(*) FROM incident_reports WHERE incident_id = subjects.id) END,
               EXISTS (SELECT 1 FROM comments WHERE comments.subject_id = subjects.id)
             FROM json_each(:ids) JOIN subjects ON subjects.id = value ORDER BY json_each.key"""
    read = transaction.execute(sql, given).fetchall()
    talked = [row[0] for row in read if row[6]]
    marks = _open_comments(transaction, talked, viewer, asker) if talked else {}
    return [
        QueueRow._make(
            (
                *row[:6], status.get(row[0], {}), row[0] in flagged, tuple(to_do.get(row[0], ())),
                told.get(row[0], ()), (), *marks.get(row[0], (0, False)),
            )
        )
        for row in read
    ]  # fmt: skip


def adjudicated(transaction: Transaction, ids: list[int], in_rounds: InRounds) -> dict[int, list[str]]:
    """By subject, of some: the taxonomies under which it is adjudicated, in whatever round unless one is named.

    That something is, everybody may know.
    """
    sql = f"""SELECT DISTINCT subject_id, taxonomy FROM classifications
              WHERE subject_id IN (SELECT value FROM json_each(:ids)) AND {in_rounds.if_named}
                AND +annotator = '{ADJUDICATED}' AND +status = 'adjudicated' ORDER BY taxonomy"""
    found: dict[int, list[str]] = {}
    for subject_id, taxonomy in transaction.execute(sql, {"ids": json.dumps(ids), **in_rounds.values}):
        found.setdefault(subject_id, []).append(taxonomy)
    return found


def _open_comments(
    transaction: Transaction, talked: list[int], viewer: Callable[[], Viewer], asker: str
) -> dict[int, tuple[int, bool]]:
    """By subject, of those where there are comments: how many are open, and whether one asks for whoever asks."""
    from annotator.store.team import comments

    return dict(comments.marks(transaction, viewer(), asker, talked))


def _open_conflicts(
    transaction: Transaction, apart: dict[int, tuple[int, str]], viewer: Callable[[], Viewer]
) -> dict[int, tuple[str, ...]]:
    """By subject: the taxonomies under which work is in conflict that is open to a viewer.

    `apart` has subject and taxonomy by classification, in order.
    """
    from annotator.store import conflicts

    seen = conflicts.open_among(transaction, viewer(), apart)
    found: dict[int, tuple[str, ...]] = {}
    for one, (subject, taxonomy) in apart.items():
        if one in seen:
            found[subject] = (*found.get(subject, ()), taxonomy)
    return found


def first_not_done(transaction: Transaction, ids: list[int], taxonomy: str, annotator: str, round_: int) -> str | None:
    """The key of the first of some subjects that an annotator has not done under a taxonomy."""
    sql = f"""SELECT subjects.key FROM json_each(?) AS listed CROSS JOIN subjects ON subjects.id = listed.value
              WHERE NOT EXISTS (SELECT 1 FROM classifications WHERE subject_id = subjects.id AND taxonomy = ?
                AND annotator = ? AND round = ? AND {IS_DONE}) ORDER BY listed.key LIMIT 1"""
    row = transaction.execute(sql, (json.dumps(ids), taxonomy, annotator, round_)).fetchone()
    return row[0] if row else None


def _open_by_subject(
    transaction: Transaction, given: dict[str, Any], in_rounds: InRounds
) -> dict[int, list[tuple[str, int]]]:
    """By subject: the taxonomies it is still to be done under, with the round where it is not the one worked in.

    Found by subject (the plus signs), not by annotator.
    """
    which = "+round = :in_round" if in_rounds.named else IS_AT_HAND
    sql = f"""SELECT subject_id, taxonomy, iif(round = {in_rounds.sql()}, 0, round) AS elsewhere FROM assignments
              WHERE subject_id IN (SELECT value FROM json_each(:ids))
                AND +annotator = :annotator AND {which} AND +done = 0
              ORDER BY elsewhere > 0, batch, position, taxonomy"""
    found: dict[int, list[tuple[str, int]]] = {}
    for subject_id, taxonomy, elsewhere in transaction.execute(sql, given):
        found.setdefault(subject_id, []).append((taxonomy, elsewhere))
    return found
