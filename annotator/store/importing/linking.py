"""Which reports an incident has and who it is about, as staged subjects say, brought up to date in bulk."""

from __future__ import annotations

import json

from annotator.store.connection import Transaction
from annotator.store.importing.staging import Row

NEW_PLACES = """SELECT min(told.seq) AS seq, subjects.id AS incident_id, told.key AS key
                FROM temp.staged_reports AS own CROSS JOIN temp.staged_subjects AS told USING (seq)
                CROSS JOIN subjects ON subjects.key = own.incident
                WHERE own.incident != '' AND NOT EXISTS (SELECT 1 FROM incident_reports
                  WHERE incident_id = subjects.id AND report_key = told.key) GROUP BY 2, 3"""
"""Where staged reports say they belong and do not stand yet, with the first telling of each."""


def link_incidents(transaction: Transaction) -> None:
    """Bring the reports and entities of all staged incidents up to date; those that change count as updated.

    A full record decides which reports the incident lists and who its entities are; a
    partial one only adds reports, and entities where there are none. An empty list says nothing.
    """
    _link_new(transaction)
    sql = """SELECT seq, subjects.id, reports, entities, partial FROM temp.staged_subjects AS told
             CROSS JOIN temp.staged_incidents USING (seq) CROSS JOIN subjects ON subjects.key = told.key
             WHERE told.kind = 'incident' AND outcome != 'added' ORDER BY seq"""
    for seq, incident_id, reports, entities, partial in transaction.execute(sql).fetchall():
        relinked = _put_reports(transaction, incident_id, json.loads(reports), partial)
        named = [(name, role) for name, role in json.loads(entities)]
        if _put_entities(transaction, incident_id, named, partial) or relinked:
            _note_change(transaction, "seq = ?", (seq,))


def _link_new(transaction: Transaction) -> None:
    """Write the reports and entities of incidents that are new, and so have none."""
    new = """temp.staged_subjects AS told CROSS JOIN temp.staged_incidents USING (seq)
             CROSS JOIN subjects ON subjects.key = told.key CROSS JOIN json_each({}) AS one
             WHERE told.kind = 'incident' AND outcome = 'added' ORDER BY told.seq, one.key"""
    transaction.execute(
        f"""INSERT INTO incident_reports (incident_id, report_key, position, listed)
            SELECT subjects.id, one.value, one.key, 1 - partial FROM {new.format("reports")}"""
    )
    name, role = "json_extract(one.value, '$[0]')", "json_extract(one.value, '$[1]')"
    of_entities = new.format("entities")
    transaction.execute(f"INSERT OR IGNORE INTO entities (name) SELECT {name} FROM {of_entities}")
    transaction.execute(
        f"""INSERT OR IGNORE INTO incident_entities (incident_id, entity_id, role)
            SELECT subjects.id, (SELECT id FROM entities WHERE name = {name}), {role} FROM {of_entities}"""
    )


def missing_incidents(transaction: Transaction) -> list[str]:
    """Keys of incidents that staged reports say they belong to and that are not there."""
    sql = """SELECT DISTINCT incident FROM temp.staged_reports WHERE incident != ''
             AND NOT EXISTS (SELECT 1 FROM subjects WHERE subjects.key = incident) ORDER BY 1"""
    return [key for (key,) in transaction.execute(sql)]


def link_reports(transaction: Transaction) -> None:
    """Put staged reports that say where they belong at the end of their incidents; new places count as updates."""
    _note_change(transaction, f"seq IN (SELECT seq FROM ({NEW_PLACES}))")
    last = "(SELECT ifnull(max(position), -1) FROM incident_reports WHERE incident_id = new.incident_id)"
    transaction.execute(
        f"""INSERT INTO incident_reports (incident_id, report_key, position, listed)
            SELECT incident_id, key, {last} + row_number() OVER (PARTITION BY incident_id ORDER BY seq), 0
            FROM ({NEW_PLACES}) AS new"""
    )


def _note_change(transaction: Transaction, which: str, values: Row = ()) -> None:
    sql = f"UPDATE temp.staged_subjects SET outcome = 'updated' WHERE outcome = 'unchanged' AND {which}"
    transaction.execute(sql, values)


def _put_reports(transaction: Transaction, incident_id: int, reports: list[str], partial: bool) -> bool:
    sql = "SELECT report_key, listed FROM incident_reports WHERE incident_id = ? ORDER BY position"
    before: list[Row] = transaction.execute(sql, (incident_id,)).fetchall()
    after = _joined(before, reports, partial)
    if after == before:
        return False
    transaction.execute("DELETE FROM incident_reports WHERE incident_id = ?", (incident_id,))
    transaction.executemany(
        "INSERT INTO incident_reports (incident_id, report_key, position, listed) VALUES (?, ?, ?, ?)",
        [(incident_id, key, position, listed) for position, (key, listed) in enumerate(after)],
    )
    return True


def _joined(before: list[Row], reports: list[str], partial: bool) -> list[Row]:
    """The reports to keep: first those the incident lists, then those that only say themselves that they belong."""
    known = [key for key, _ in before]
    if partial or not reports:
        return before + [(key, 0) for key in reports if key not in known]
    return [(key, 1) for key in reports] + [row for row in before if not row[1] and row[0] not in reports]


def _put_entities(transaction: Transaction, incident_id: int, entities: list[tuple[str, str]], partial: bool) -> bool:
    sql = "SELECT name, role FROM incident_entities JOIN entities ON id = entity_id WHERE incident_id = ?"
    before = set(transaction.execute(sql, (incident_id,)))
    after = set(entities)
    if not after or after == before or (partial and before):
        return False
    transaction.execute("DELETE FROM incident_entities WHERE incident_id = ?", (incident_id,))
    for name, role in entities:
        transaction.execute("INSERT OR IGNORE INTO entities (name) VALUES (?)", (name,))
        transaction.execute(
            "INSERT OR IGNORE INTO incident_entities SELECT ?, id, ? FROM entities WHERE name = ?",
            (incident_id, role, name),
        )
    return True
