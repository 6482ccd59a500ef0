"""Keep the readable tables equal to what the events add up to."""

from __future__ import annotations

import json
from typing import Any

from annotator.errors import NotFoundError
from annotator.model.classification import Classification, Identity
from annotator.model.event import Event, EventKind
from annotator.model.fold import Folding, HidingRule
from annotator.model.handing_in.counting import HANDING_IN, LEAVES_ANSWERS, hands_in
from annotator.model.person import ADJUDICATED
from annotator.model.place import TURNS
from annotator.store import hand_ins, readable
from annotator.store.connection import Transaction
from annotator.store.deciding import disagreements, staleness
from annotator.store.log import events
from annotator.store.readable import Document, coded
from annotator.store.team import assignments

HEAD = ", ".join(readable.HEAD)
OF_ONE = f"""SELECT classifications.id, subject_id,
               EXISTS (SELECT 1 FROM flags WHERE classification_id = classifications.id),
               EXISTS (SELECT 1 FROM conflicts WHERE classification_id = classifications.id),
               {readable.SELECTED}
             FROM classifications JOIN subjects ON subjects.id = subject_id
             WHERE key = ? AND taxonomy = ? AND annotator = ? AND round = ?"""
NEW = f"""INSERT INTO classifications ({HEAD}, subject_id, taxonomy, annotator, round)
          SELECT {", ".join("?" * len(readable.HEAD))}, id, ?, ?, ? FROM subjects WHERE key = ?
          RETURNING id, subject_id"""
NEW_CODE = "INSERT OR IGNORE INTO value_codes (taxonomy, field, value) VALUES (?, ?, ?)"
NEW_ANSWER = """INSERT INTO answers
                  (classification_id, taxonomy, subject_id, code, field, position, state, value, confidence)
                VALUES (?, ?, ?, (SELECT code FROM value_codes WHERE taxonomy = ? AND field = ? AND value = ?),
                  ?, ?, ?, ?, ?)"""
TABLES = (
    "stale_decisions", "first_answers", "hand_ins", "disputed_subjects", "disagreements", "conflicts", "adjudications",
    "rulings", "flags", "evidence", "answers", "classifications", "value_codes",
)  # fmt: skip
"""Everything that is computed, in an order in which it can be emptied."""


class Projection:
    """Writes classifications and what hangs on them, from the log alone."""

    def __init__(self, transaction: Transaction, hiding: HidingRule) -> None:
        """Take the rule that says which answers a condition hides."""
        self.transaction = transaction
        self.hiding = hiding
        self._at_hand: Folding | None = None

    def computed(self, of: Identity, keep: bool = False) -> Classification:
        """Fold one classification's events; nothing is written.

        Kept at hand, it is folded no second time for what happens to it in the same write transaction.
        """
        folding = self._folding(of)
        if keep:
            self._at_hand = folding
        return folding.classification(self.hiding)

    def replaced_by(self, kind: EventKind, of: Identity, payload: dict[str, Any]) -> tuple[str, ...]:
        """The ids of what an event that is about to be logged replaces; the classification is kept at hand for it."""
        self._at_hand = self._folding(of)
        return self._at_hand.replaced_by(Event("", "", "", kind, of, 0, payload))

    def handing_in(self, of: Identity) -> dict[str, str]:
        """By field: the events whose answers somebody hands in who does so now."""
        return self._folding(of).answered_by

    def opened_by(self, kind: EventKind, of: Identity, payload: dict[str, Any]) -> bool | None:
        """Whether others' answers were open to whoever hands in now; None where the event to be logged does not."""
        turned = self._folding(of).kind_of(payload["event"]) if kind in TURNS else ""
        if of.annotator == ADJUDICATED or not hands_in(kind, turned):
            return None
        return hand_ins.was_open_until_now(self.transaction, of)

    def standing_for(self, of: Identity) -> str:
        """The event of the decision, or hand-in, that whoever publishes now publishes; empty where there is none."""
        return self._folding(of).published_now

    def take(self, event: Event) -> Classification:
        """Bring the rows of a classification up to an event just logged; call in the transaction that logged it."""
        if self._at_hand is not None and self._at_hand.of == event.of:
            if event.kind in TURNS and not self._at_hand.has(event.payload["event"]):
                self._at_hand = None  # what it turns waits, and so does it
            else:
                self._at_hand.add(event)
        one = self.computed(event.of, keep=True)
        subject_id, was, is_apart = self._bring_up_to_date(one)
        if is_apart or self._may_hand_in(event, subject_id, was, one.status):
            hand_ins.refresh(self.transaction, self.hiding, [(subject_id, event.of.taxonomy)])
        return one

    def refresh(self, one: Classification) -> Classification:
        """Bring a classification's rows, its assignment and what its subject is disputed about up to date.

        Which hand-ins count hangs on others' events too: that is worked out when all are up to date (`hand_ins`).
        """
        self._bring_up_to_date(one)
        return one

    def _bring_up_to_date(self, one: Classification) -> tuple[int, str, bool]:
        """Write all of it; returns its subject's id, its former status, and whether it is or was in conflict."""
        of = one.identity
        subject_id, was, is_apart = self._refresh(one)
        if "submitted" in {one.status, was} or of.annotator == ADJUDICATED:
            disagreements.refresh(self.transaction, subject_id, of)
        if {"submitted", "untouched"} & {one.status, was} or of.annotator == ADJUDICATED:
            staleness.refresh(self.transaction, subject_id, of)
        if one.status != was:
            assignments.refresh(self.transaction, subject_id, of, one.status)
        return subject_id, was, is_apart

    def _may_hand_in(self, event: Event, subject_id: int, was: str, now: str) -> bool:
        """Whether an event can change which hand-in counts, or what is to be told of it."""
        is_about = event.kind in HANDING_IN or (event.kind not in LEAVES_ANSWERS and "submitted" in {was, now})
        if not is_about or event.of.annotator == ADJUDICATED:
            return False
        return hand_ins.is_unusual(self.transaction, event.of, subject_id)

    def remove(self, of: Identity) -> None:
        """Drop the rows of a classification of which nothing is left in the log."""
        sql = """DELETE FROM classifications WHERE taxonomy = ? AND annotator = ? AND round = ?
                 AND subject_id = (SELECT id FROM subjects WHERE key = ?) RETURNING subject_id"""
        gone = self.transaction.execute(sql, (of.taxonomy, of.annotator, of.round, of.subject)).fetchone()
        if gone:
            disagreements.refresh(self.transaction, gone[0], of)
            staleness.refresh(self.transaction, gone[0], of)
            assignments.refresh(self.transaction, gone[0], of, "untouched")

    def forget(self) -> None:
        """Drop what is at hand: outside the transaction it may not hold."""
        self._at_hand = None

    def _folding(self, of: Identity) -> Folding:
        if self._at_hand is not None and self._at_hand.of == of:
            return self._at_hand
        return Folding(of, events.of_classification(self.transaction, of))

    def _refresh(self, one: Classification) -> tuple[int, str, bool]:
        """Write only what differs; returns the same as `_bring_up_to_date`."""
        of = one.identity
        row = self.transaction.execute(OF_ONE, (of.subject, of.taxonomy, of.annotator, of.round)).fetchone()
        was = dict(zip(readable.HEAD, row[4:], strict=True)) if row else {"answers": "{}", "hidden": "{}"}
        before: Document = {**json.loads(was["answers"]), **json.loads(was["hidden"])}
        after = readable.document(one.answers)
        if row:
            classification_id, subject_id = row[:2]
            self._change_head(classification_id, was, dict(zip(readable.HEAD, readable.head(one, after), strict=True)))
        else:
            classification_id, subject_id = self._write_head(one, after)
        self._write_answers(classification_id, subject_id, of.taxonomy, before, after)
        self._write_flags(classification_id, one, had_any=bool(row and row[2]))
        self._write_decisions(classification_id, one)
        is_apart = bool(one.conflicts or (row and row[3]))
        if is_apart:
            self._write_conflicts(classification_id, one)
        return subject_id, was.get("status", "untouched"), is_apart

    def fill(self) -> None:
        """Compute all of it from nothing; the tables must be empty."""
        for of in events.identities(self.transaction):
            self._refresh(self.computed(of))
        disagreements.rebuild(self.transaction)
        staleness.rebuild(self.transaction)
        hand_ins.fill(self.transaction, self.hiding)

    def _change_head(self, one: int, was: dict[str, Any], now: dict[str, Any]) -> None:
        """Set what differs alone: SQLite writes every index anew of whose columns one is set, changed or not."""
        changed = [name for name in readable.HEAD if was[name] != now[name]]
        if changed:
            sql = f"UPDATE classifications SET {', '.join(f'{name} = ?' for name in changed)} WHERE id = ?"
            self.transaction.execute(sql, (*(now[name] for name in changed), one))

    def _write_head(self, one: Classification, after: Document) -> tuple[int, int]:
        of = one.identity
        values = (*readable.head(one, after), of.taxonomy, of.annotator, of.round, of.subject)
        found: tuple[int, int] | None = self.transaction.execute(NEW, values).fetchone()
        if found is None:
            raise NotFoundError(f"{of.subject}: there is no such subject; `annotator list` shows what there is.")
        return found

    def _write_answers(self, one: int, subject: int, taxonomy: str, before: Document, after: Document) -> None:
        changed = [field for field in sorted(before.keys() | after.keys()) if before.get(field) != after.get(field)]
        gone = [(one, field) for field in changed if field in before]
        for table in ("answers", "evidence") if gone else ():
            self.transaction.executemany(f"DELETE FROM {table} WHERE classification_id = ? AND field = ?", gone)
        come = [(field, after[field]) for field in changed if field in after]
        rows = [row for field, answer in come for row in readable.answer_rows(field, answer)]
        coded_as = [(taxonomy, row[0], None if row[3] is None else coded(row[3])) for row in rows]
        self.transaction.executemany(NEW_CODE, [each for each in coded_as if each[2] is not None])
        self.transaction.executemany(
            NEW_ANSWER, [(one, taxonomy, subject, *code, *row) for code, row in zip(coded_as, rows, strict=True)]
        )
        spans = [(one, *row) for field, answer in come for row in readable.evidence_rows(field, answer)]
        if spans:
            self.transaction.executemany("INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", spans)

    def _write_conflicts(self, one: int, classification: Classification) -> None:
        """Places at which what was done apart does not say the same; there are seldom any."""
        self.transaction.execute("DELETE FROM conflicts WHERE classification_id = ?", (one,))
        self.transaction.executemany(
            "INSERT INTO conflicts VALUES (?, ?, ?)", [(one, *row) for row in readable.conflict_rows(classification)]
        )

    def _write_flags(self, one: int, classification: Classification, *, had_any: bool) -> None:
        if had_any:
            self.transaction.execute("DELETE FROM flags WHERE classification_id = ?", (one,))
        self.transaction.executemany(
            "INSERT INTO flags (classification_id, id, field, reason, raised_by, raised_at, resolved_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(one, *row) for row in readable.flag_rows(classification)],
        )

    def _write_decisions(self, one: int, classification: Classification) -> None:
        """Rulings and adjudication; only the adjudicated classification can have any."""
        if classification.identity.annotator != ADJUDICATED:
            return
        for table in ("rulings", "adjudications"):
            self.transaction.execute(f"DELETE FROM {table} WHERE classification_id = ?", (one,))
        rulings = [(one, *row) for row in readable.ruling_rows(classification)]
        self.transaction.executemany("INSERT INTO rulings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rulings)
        decided = [(one, *row) for row in readable.decision_rows(classification)]
        self.transaction.executemany("INSERT INTO adjudications VALUES (?, ?, ?, ?, ?, ?)", decided)
