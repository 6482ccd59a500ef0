"""What of an import its report must not tell apart: what touches classifications that are closed to who imports.

Whether a guess in somebody's name is right would else be read from its counts. It is noted before anything is
written, because an import may hand in what whoever imports is at work on, and a rehearsal of that opens nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotator.store import visibility

if TYPE_CHECKING:
    from annotator.model.visibility import Viewer
    from annotator.store.connection import Transaction

CLOSED = "closed to you"
"""What is told of a classification that stands here and may not be seen by who imports, whatever became of it."""


def note_imports(transaction: Transaction, viewer: Viewer) -> None:
    """Note which staged classifications are closed to a viewer; call when they are judged."""
    seen = visibility.open_to(transaction, viewer)
    if seen.sql:
        sql = f"""INSERT INTO temp.closed_imports SELECT seq FROM temp.staged_imports AS told
                  CROSS JOIN subjects ON subjects.key = told.subject
                  CROSS JOIN classifications ON classifications.subject_id = subjects.id
                    AND classifications.taxonomy = told.taxonomy AND classifications.annotator = told.of_annotator
                    AND classifications.round = told.round
                  WHERE NOT told.fresh AND NOT ({seen.sql})"""
        transaction.execute(sql, seen.values)


def note_quoting(transaction: Transaction, viewer: Viewer) -> None:
    """Note which classifications that quote staged reports are closed to a viewer."""
    seen = visibility.open_to(transaction, viewer)
    if seen.sql:
        sql = f"""INSERT INTO temp.closed_quoting SELECT id FROM classifications
                  WHERE id IN (SELECT classification_id FROM evidence
                    WHERE report IN (SELECT key FROM temp.staged_subjects WHERE kind = 'report'))
                  AND NOT ({seen.sql})"""
        transaction.execute(sql, seen.values)
