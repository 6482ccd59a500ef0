"""Which rounds hold work that counts."""

from __future__ import annotations

import sqlite3

from annotator.store.agreement_sample import COUNTING
from annotator.store.people import IS_SOMEBODY


def rounds(connection: sqlite3.Connection, taxonomy: str) -> list[int]:
    """The rounds in which annotators handed something in under a taxonomy, ascending."""
    statuses = ", ".join("?" * len(COUNTING))
    sql = f"""SELECT DISTINCT round FROM classifications
              WHERE taxonomy = ? AND status IN ({statuses}) AND {IS_SOMEBODY} ORDER BY round"""
    return [number for (number,) in connection.execute(sql, (taxonomy, *COUNTING))]
