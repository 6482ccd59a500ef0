"""Which rounds hold work that counts."""

from __future__ import annotations

import sqlite3

from annotator.models.reserved import NO_WITNESS
from annotator.store.agreement_sample import COUNTING


def rounds(connection: sqlite3.Connection, taxonomy: str) -> list[int]:
    """The rounds in which annotators handed something in under a taxonomy, ascending."""
    statuses, others = ", ".join("?" * len(COUNTING)), ", ".join("?" * len(NO_WITNESS))
    sql = f"""SELECT DISTINCT round FROM classifications
              WHERE taxonomy = ? AND status IN ({statuses}) AND annotator NOT IN ({others}) ORDER BY round"""
    return [number for (number,) in connection.execute(sql, (taxonomy, *COUNTING, *NO_WITNESS))]
