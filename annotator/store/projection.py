"""Keep the readable tables equal to what the events add up to."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from annotator.models.classification import Answer, Classification, Identity
from annotator.models.fold import HidingRule, fold
from annotator.store import events
from annotator.store.codes import Codes
from annotator.store.encoding import to_json

Document = dict[str, dict[str, Any]]


class Projection:
    """Writes classifications and what hangs on them, from the log alone."""

    def __init__(self, connection: sqlite3.Connection, hiding: HidingRule) -> None:
        """Take the rule that says which answers a condition hides."""
        self.connection = connection
        self.hiding = hiding
        self.codes = Codes(connection)

    def computed(self, of: Identity) -> Classification:
        """Fold one classification's events; nothing is written."""
        return fold(of, events.of_classification(self.connection, of), self.hiding)

    def refresh(self, of: Identity) -> Classification:
        """Bring one classification's rows up to date; only what differs is written."""
        classification = self.computed(of)
        row = self.connection.execute(
            """SELECT classifications.id, answers, hidden FROM classifications
               JOIN subjects ON subjects.id = subject_id
               WHERE key = ? AND taxonomy = ? AND annotator = ? AND round = ?""",
            (of.subject, of.taxonomy, of.annotator, of.round),
        ).fetchone()
        before: Document = {**json.loads(row[1]), **json.loads(row[2])} if row else {}
        after = document(classification.answers)
        classification_id, subject_id = self._write_row(classification, after)
        self._write_answers(classification_id, subject_id, of.taxonomy, before, after)
        self._write_flags(classification_id, classification)
        return classification

    def rebuild(self) -> int:
        """Empty the projection and compute all of it again; returns how many classifications."""
        for table in ("flags", "evidence", "answers", "classifications", "value_codes"):
            self.connection.execute(f"DELETE FROM {table}")
        self.codes.forget()
        wanted = events.identities(self.connection)
        for of in wanted:
            self.refresh(of)
        return len(wanted)

    def _write_row(self, one: Classification, after: Document) -> tuple[int, int]:
        shown = {field: answer for field, answer in after.items() if answer["state"] != "hidden"}
        hidden = {field: answer for field, answer in after.items() if answer["state"] == "hidden"}
        values = (
            one.version, one.status, one.publish, any(not flag.resolved_at for flag in one.flags),
            one.notes, one.skip_reason, to_json(shown), to_json(hidden), one.updated_at, one.submitted_at,
        )  # fmt: skip
        of = one.identity
        found: tuple[int, int] = self.connection.execute(
            """INSERT INTO classifications (version, status, publish, flagged, notes, skip_reason, answers, hidden,
                 updated_at, submitted_at, subject_id, taxonomy, annotator, round)
               SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, id, ?, ?, ? FROM subjects WHERE key = ?
               ON CONFLICT (subject_id, taxonomy, annotator, round) DO UPDATE SET
                 version = excluded.version, status = excluded.status, publish = excluded.publish,
                 flagged = excluded.flagged, notes = excluded.notes, skip_reason = excluded.skip_reason,
                 answers = excluded.answers, hidden = excluded.hidden,
                 updated_at = excluded.updated_at, submitted_at = excluded.submitted_at
               RETURNING id, subject_id""",
            (*values, of.taxonomy, of.annotator, of.round, of.subject),
        ).fetchone()
        return found

    def _write_answers(self, one: int, subject: int, taxonomy: str, before: Document, after: Document) -> None:
        for field in sorted(before.keys() | after.keys()):
            old, new = before.get(field), after.get(field)
            if old == new:
                continue
            if old is not None:
                self.connection.execute("DELETE FROM answers WHERE classification_id = ? AND field = ?", (one, field))
                self.connection.execute("DELETE FROM evidence WHERE classification_id = ? AND field = ?", (one, field))
            if new is not None:
                self._insert_answer(one, subject, taxonomy, field, new)

    def _insert_answer(self, one: int, subject: int, taxonomy: str, field: str, answer: dict[str, Any]) -> None:
        rows = [
            (one, field, position, taxonomy, subject, answer["state"], value,
             None if value is None else self.codes.of(taxonomy, field, value), answer["confidence"])
            for position, value in enumerate(readable_values(answer["value"]))
        ]  # fmt: skip
        self.connection.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        spans = [
            (one, field, position, each["report"], each["start"], each["end"],
             each["quote"], each["prefix"], each["suffix"])
            for position, each in enumerate(answer["evidence"])
        ]  # fmt: skip
        self.connection.executemany("INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", spans)

    def _write_flags(self, one: int, classification: Classification) -> None:
        self.connection.execute("DELETE FROM flags WHERE classification_id = ?", (one,))
        self.connection.executemany(
            "INSERT INTO flags VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (flag.id, one, flag.field, flag.reason, flag.raised_by, flag.raised_at, flag.resolved_at)
                for flag in classification.flags
            ],
        )


def document(answers: dict[str, Answer]) -> Document:
    """Answers as plain values by field id, sorted, every key present."""
    return {
        field: {
            "state": answer.state,
            "value": answer.value,
            "evidence": [span.model_dump() for span in answer.evidence],
            "confidence": answer.confidence,
        }
        for field, answer in sorted(answers.items())
    }


def readable_values(value: Any) -> list[str | None]:
    """The rows an answer takes in the long table: one per value, one empty row for none."""
    if isinstance(value, list):
        return [_readable(item) for item in value] or [None]
    return [None if value is None else _readable(value)]


def _readable(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
