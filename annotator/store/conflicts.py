"""Where what was done apart does not say the same: which classifications, and which places of the team."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from annotator.model.classification import Identity
from annotator.model.visibility import LeftOut, Viewer
from annotator.store import visibility
from annotator.store.classifications import IN_ORDER
from annotator.store.connection import Transaction


class Origin(NamedTuple):
    """Where an event was written."""

    feed: str
    replica: str
    is_here: bool
    """Whether that is the replica this file is."""


def is_any(transaction: Transaction) -> bool:
    """Whether there is any, whoever may see it."""
    sql = "SELECT EXISTS (SELECT 1 FROM conflicts) OR EXISTS (SELECT 1 FROM team_conflicts)"
    return bool(transaction.execute(sql).fetchone()[0])


def classifications(transaction: Transaction, viewer: Viewer, taxonomy: str = "", subject: str = "") -> list[Identity]:
    """The classifications in conflict that are open to a viewer, in the order in which exports list them."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT subjects.key, taxonomy, annotator, round FROM
                (SELECT DISTINCT classification_id FROM conflicts) AS found
              CROSS JOIN classifications ON classifications.id = classification_id
              CROSS JOIN subjects ON subjects.id = subject_id
              WHERE ? IN ('', taxonomy) AND ? IN ('', subjects.key){seen.and_sql} ORDER BY {IN_ORDER}"""
    rows = transaction.execute(sql, (taxonomy, subject, *seen.values))
    return [Identity(subject=key, taxonomy=name, annotator=whose, round=round_) for key, name, whose, round_ in rows]


def open_among(transaction: Transaction, viewer: Viewer, classifications: Iterable[int]) -> set[int]:
    """Which of some classifications are open to a viewer."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"SELECT id FROM classifications WHERE id IN (SELECT value FROM json_each(?)){seen.and_sql}"
    return {one for (one,) in transaction.execute(sql, (json.dumps(list(classifications)), *seen.values))}


def hidden_from(transaction: Transaction, viewer: Viewer, taxonomy: str = "") -> LeftOut:
    """How many classifications are closed to a viewer: how many of them are in conflict would tell what they say."""
    where = "classifications.status != 'untouched' AND ? IN ('', taxonomy)"
    return visibility.left_out(transaction, viewer, where, (taxonomy,), "classifications.id")


def count(transaction: Transaction, viewer: Viewer) -> int:
    """How many places are in conflict that are open to a viewer, as those of the team mostly are."""
    if not is_any(transaction):
        return 0
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT count(*) + (SELECT count(*) FROM team_conflicts WHERE {_told(viewer)}) FROM conflicts
              CROSS JOIN classifications ON classifications.id = classification_id WHERE 1{seen.and_sql}"""
    return int(transaction.execute(sql, seen.values).fetchone()[0])


def origin(transaction: Transaction, event: str) -> Origin:
    """Where an event was written; what nobody knows is empty."""
    feed = event.rpartition(":")[0]
    sql = "SELECT replica, replica = (SELECT uid FROM replicas ORDER BY id DESC LIMIT 1) FROM feeds WHERE uid = ?"
    replica, is_here = transaction.execute(sql, (feed,)).fetchone() or ("", 0)
    return Origin(feed, replica, bool(is_here))


def subject_key(transaction: Transaction, number: int) -> str:
    """The key of a subject by the number it has in this file."""
    row = transaction.execute("SELECT key FROM subjects WHERE id = ?", (number,)).fetchone()
    return row[0] if row else ""


def team_places(transaction: Transaction, viewer: Viewer) -> list[tuple[object, ...]]:
    """The places of the team that are in conflict; those of known answers for those alone who lead."""
    sql = f"SELECT place FROM team_conflicts WHERE {_told(viewer)} ORDER BY 1"
    return [tuple(json.loads(place)) for (place,) in transaction.execute(sql)]


def _told(viewer: Viewer) -> str:
    """That a viewer is told of a place of the team that is in conflict."""
    return "1" if viewer.leads else "place ->> 0 != 'gold'"
