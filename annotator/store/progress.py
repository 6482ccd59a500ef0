"""Count what is assigned, begun and done, and what is decided."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from annotator.models.reserved import ADJUDICATED
from annotator.models.viewing import Viewer
from annotator.store.at_work import not_at_work_on
from annotator.store.people import IS_SOMEBODY

Whose = tuple[str, str, int]
"""Annotator, taxonomy, round."""


class Dealt(NamedTuple):
    """One annotator's assignments under one taxonomy in one round."""

    assigned: int = 0
    open: int = 0
    begun: int = 0
    """How many of the open ones are drafts."""


class Worked(NamedTuple):
    """One annotator's classifications under one taxonomy in one round."""

    draft: int = 0
    skipped: int = 0
    submitted: int = 0
    last: str = ""
    """When they last changed one."""


class Decided(NamedTuple):
    """What is decided under one taxonomy in one round."""

    taxonomy: str
    round: int
    disputed: int
    """Subjects on which annotators differ, not adjudicated yet."""
    settled: int
    """Subjects on which annotators differ, adjudicated."""
    adjudicated: int
    published: int


class Batch(NamedTuple):
    """One batch of one annotator, with what is done of it."""

    batch: int
    assigned: int
    done: int


def assigned(connection: sqlite3.Connection) -> dict[Whose, Dealt]:
    """Count assignments."""
    begun = """EXISTS (SELECT 1 FROM classifications AS work WHERE work.subject_id = assignments.subject_id
                 AND work.taxonomy = assignments.taxonomy AND work.annotator = assignments.annotator
                 AND work.round = assignments.round AND work.status = 'draft')"""
    sql = f"""SELECT annotator, taxonomy, round, count(*), sum(1 - done), sum(done = 0 AND {begun})
              FROM assignments GROUP BY annotator, round, taxonomy"""
    return {(row[0], row[1], row[2]): Dealt(*row[3:]) for row in connection.execute(sql)}


def worked(connection: sqlite3.Connection) -> dict[Whose, Worked]:
    """Count classifications; results that nobody works at, such as published ones, are left out."""
    sql = f"""SELECT annotator, taxonomy, round, sum(status = 'draft'), sum(status = 'skipped'),
                sum(status = 'submitted'), ifnull(max(updated_at), '')
              FROM classifications WHERE {IS_SOMEBODY} AND status != 'untouched'
              GROUP BY annotator, round, taxonomy"""
    return {(row[0], row[1], row[2]): Worked(*row[3:]) for row in connection.execute(sql)}


def decided(connection: sqlite3.Connection, viewer: Viewer) -> list[Decided]:
    """Count what is disputed, adjudicated and published, by taxonomy and round; the latest round first.

    Whether subjects are disputed that a viewer is at work on is not told.
    """
    seen = not_at_work_on(connection, viewer, "disputed_subjects")
    sql = f"""SELECT taxonomy, round, sum(disputed), sum(settled), sum(adjudicated), sum(published) FROM (
                SELECT taxonomy, round, settled = 0 AS disputed, settled, 0 AS adjudicated, 0 AS published
                FROM disputed_subjects WHERE {seen.sql or 1}
                UNION ALL SELECT taxonomy, round, 0, 0, annotator = '{ADJUDICATED}' AND status = 'adjudicated',
                  publish = 'published' FROM classifications
                WHERE publish = 'published' OR annotator = '{ADJUDICATED}')
              GROUP BY taxonomy, round HAVING sum(disputed + settled + adjudicated + published)
              ORDER BY round DESC, taxonomy"""
    return [Decided._make(row) for row in connection.execute(sql, seen.values)]


def batches(connection: sqlite3.Connection, annotator: str, taxonomy: str, round_: int) -> list[Batch]:
    """One annotator's batches under a taxonomy in a round, in the order to do them."""
    sql = """SELECT batch, count(*), sum(done) FROM assignments
             WHERE annotator = ? AND taxonomy = ? AND round = ? GROUP BY batch ORDER BY batch"""
    return [Batch._make(row) for row in connection.execute(sql, (annotator, taxonomy, round_))]


def by_round(connection: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """How much is assigned and how much of it done, by round."""
    rows = connection.execute("SELECT round, count(*), sum(done) FROM assignments GROUP BY round")
    return {number: (assigned, done) for number, assigned, done in rows}
