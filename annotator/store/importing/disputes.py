"""Where imported classifications differ from others', compared beside the file and moved into it under the lock.

Only events change what annotators hold, so what was compared counts where none has come since; the rest is
compared again when it has been moved. Values the file has no code for yet stand under negative ones.
"""

from __future__ import annotations

from annotator.model.chain import Heads
from annotator.store.connection import Transaction
from annotator.store.deciding import disagreements
from annotator.store.deciding.disagreements import COLUMNS, IS_WITNESS, TOTALS
from annotator.store.log import changes
from annotator.store.people import OF_NO_MODEL, OF_SOMEBODY

TOLD = """temp.staged_imports AS told CROSS JOIN temp.staged_heads AS head USING (seq)
           CROSS JOIN subjects ON subjects.key = told.subject"""
IS_TOLD_WITNESS = (
    f"fresh AND head.status = 'submitted' AND told.of_annotator {OF_SOMEBODY} AND told.of_annotator {OF_NO_MODEL}"
)
USED = """SELECT taxonomy, version FROM (SELECT DISTINCT taxonomy, version FROM temp.staged_imports) AS said
          WHERE EXISTS (SELECT 1 FROM events WHERE events.taxonomy = said.taxonomy AND events.version = said.version)"""
"""The versions whose text cannot change any more; what is made under others is compared when they are in the file."""
COMPARED = f"""INSERT INTO temp.compared_places
               WITH used AS MATERIALIZED ({USED})
               SELECT subjects.id, told.taxonomy, told.round FROM {TOLD} WHERE {IS_TOLD_WITNESS} GROUP BY 1, 2, 3
               HAVING sum((told.taxonomy, told.version) NOT IN used) = 0 AND (count(*) > 1 OR EXISTS (
                 SELECT 1 FROM classifications AS other WHERE other.subject_id = subjects.id
                 AND other.taxonomy = told.taxonomy AND other.round = told.round AND other.status = 'submitted'))"""
CODES = """iif(count(*) = 1, min(ifnull(coded.code, -coded.number)), (SELECT group_concat(code) FROM (
             SELECT ifnull(each.code, -each.number) AS code FROM temp.staged_answers AS one
             LEFT JOIN temp.staged_codes AS each ON each.number = one.code
             WHERE one.seq = own.seq AND one.field = own.field ORDER BY 1)))"""
POSITIONS = f"""SELECT subjects.id AS subject_id, told.taxonomy, told.round, own.field,
                  min(own.state) || ':' || ifnull({CODES}, '') AS position
                FROM {TOLD} CROSS JOIN temp.staged_answers AS own USING (seq)
                LEFT JOIN temp.staged_codes AS coded ON coded.number = own.code
                WHERE {IS_TOLD_WITNESS} AND own.state NOT IN ('hidden', 'conflict')
                  AND (+subjects.id, told.taxonomy, told.round) IN (SELECT * FROM temp.compared_places)
                  AND (told.taxonomy, told.version, own.field) NOT IN ({disagreements.not_compared()})
                GROUP BY own.seq, own.field"""
"""The plus keeps SQLite from trying every compared subject for each key."""


def compare(transaction: Transaction) -> None:
    """Compare what is new with what others handed in; call while preparing, when its rows are computed."""
    transaction.execute(COMPARED)
    transaction.execute(
        """UPDATE temp.staged_codes SET code = (SELECT code FROM value_codes
             WHERE (taxonomy, field, value) = (staged_codes.taxonomy, staged_codes.field, staged_codes.value))"""
    )
    stored = disagreements.positions(
        "(work.subject_id, work.taxonomy, work.round) IN (SELECT * FROM temp.compared_places)"
    )
    found = disagreements.differing_among(f"{stored} UNION ALL {POSITIONS}")
    transaction.execute(f"INSERT INTO temp.staged_disagreements {found}")


def doubt(transaction: Transaction, since: Heads) -> None:
    """Forget what was compared where events have come since the log was so long; call before own ones are written."""
    for ends in changes.stretches(transaction, since):
        transaction.execute(
            """DELETE FROM temp.compared_places WHERE (subject_id, taxonomy, round) IN (
                 SELECT subject_versions.subject_id, taxonomy, round FROM events
                 JOIN subject_versions ON subject_versions.id = events.subject WHERE events.id BETWEEN ? AND ?)""",
            ends,
        )


def move(transaction: Transaction, first: int) -> None:
    """Write where the classifications from an id on differ from others'; call when their rows are written."""
    transaction.execute(
        f"""INSERT OR IGNORE INTO temp.staged_disputes SELECT subject_id, taxonomy, round FROM classifications AS new
            WHERE id >= ? AND {IS_WITNESS} AND EXISTS (SELECT 1 FROM classifications AS other
              WHERE other.subject_id = new.subject_id AND other.taxonomy = new.taxonomy AND other.round = new.round
                AND other.status = 'submitted' AND other.id != new.id)""",
        (first,),
    )
    place = "(subject_id, taxonomy, round)"
    touched = f"{place} IN (SELECT * FROM temp.staged_disputes)"
    for table in ("disagreements", "disputed_subjects"):
        transaction.execute(f"DELETE FROM {table} WHERE {touched}")
    transaction.execute(
        f"""INSERT INTO disagreements ({COLUMNS}) SELECT * FROM temp.staged_disagreements
            WHERE {place} IN (SELECT * FROM temp.compared_places)
              AND (taxonomy, field) NOT IN ({disagreements.removed()})"""
    )
    transaction.execute(f"DELETE FROM temp.staged_disputes WHERE {place} IN (SELECT * FROM temp.compared_places)")
    rest = disagreements.positions(
        "(work.subject_id, work.taxonomy, work.round) IN (SELECT * FROM temp.staged_disputes)"
    )
    transaction.execute(f"INSERT INTO disagreements ({COLUMNS}) {disagreements.differing_among(rest)}")
    for table in ("compared_places", "staged_disputes"):
        which = f"{place} IN (SELECT * FROM temp.{table})"
        transaction.execute(f"INSERT INTO disputed_subjects {TOTALS} WHERE {which} GROUP BY 1, 2, 3")
