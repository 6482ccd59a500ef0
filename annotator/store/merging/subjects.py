"""Subjects of several replicas: equal keys with related texts are versions of one, with unrelated texts two subjects.

Which version shows follows from the imports that brought them, the later one first, and never from the order in which
they arrive here. Of several subjects with one key the one with the smallest version keeps it; the others are told
apart by a piece of theirs.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from annotator.errors import SourceError
from annotator.store.connection import Transaction
from annotator.store.importing import content
from annotator.store.importing.relating import APART, are_related
from annotator.store.importing.staging import Kind
from annotator.store.merging.offer import SubjectOffer
from annotator.store.readable import to_json
from annotator.store.subject_versions import SEEN, keep_version

Outcome = Literal["added", "updated", "unchanged"]


class _Here(NamedTuple):
    """A subject as it is here."""

    id: int
    key: str
    kind: str
    seen: str
    run: str


class Subjects:
    """The subjects of a file while others' are taken in."""

    def __init__(self, transaction: Transaction) -> None:
        """Read which versions of which subjects are known."""
        self.transaction = transaction
        self._versions: dict[tuple[str, str], tuple[int, int]] = {}
        """By key and version: its row, and the subject."""
        for number, key, seen, subject in transaction.execute("SELECT id, key, seen, subject_id FROM subject_versions"):
            self._versions[key, seen] = number, subject
        self._shared: set[str] = set()
        """Keys that several subjects have."""

    def take(self, offered: SubjectOffer) -> Outcome:
        """Take one subject in; returns what became of it."""
        here = self._same(offered)
        outcome: Outcome = "unchanged"
        if here is None:
            here, outcome = self._add(offered), "added"
        elif offered.seen != here.seen and offered.row:
            outcome = self._choose(here, offered)
        for key, seen, run, said in offered.versions:
            number, _ = self._note(key, seen, here.id)
            if said:
                sql = "UPDATE subject_versions SET content = ?, run = ? WHERE id = ? AND content IS NULL AND seen != ?"
                self.transaction.execute(sql, (said, run or None, number, max(here.seen, offered.seen)))
        if outcome == "unchanged" and offered.seen != here.seen:
            self._note(offered.key, offered.seen, here.id)
        self._link(here, offered)
        return outcome

    def version(self, key: str, seen: str) -> int:
        """The row of a version that an event speaks of; a subject nobody told of is made, empty."""
        found = self._versions.get((key, seen))
        if found is None:
            here = self._by_key(key)
            if here is None:
                kind: Kind = "incident" if key.rpartition(":")[2].isdecimal() else "report"
                content.ensure_subjects(self.transaction, [key], kind)
                here = self._by_key(key)
            found = self._note(key, seen, here.id if here else 0)
        return found[0]

    def settle(self) -> None:
        """Give subjects that share a key the keys that follow from their versions."""
        for base in sorted(self._shared):
            sql = "SELECT subject_id, min(seen) FROM subject_versions WHERE key = ? GROUP BY subject_id ORDER BY 2"
            found = self.transaction.execute(sql, (base,)).fetchall()
            first, *others = found
            wanted = [(base, first[0]), *((f"{base}{APART}{seen[:6]}", subject) for subject, seen in others)]
            rename = "UPDATE subjects SET key = ? WHERE id = ?"
            # Out of each other's way first: keys are unique.
            self.transaction.executemany(rename, [(f"{base}{APART}{subject}", subject) for _, subject in wanted])
            self.transaction.executemany(rename, wanted)

    def _by_key(self, key: str) -> _Here | None:
        sql = f"""SELECT subjects.id, subjects.key, kind, {SEEN}, ifnull(run, '') FROM subjects
                  LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id
                  WHERE subjects.key = ?"""
        row = self.transaction.execute(sql, (key,)).fetchone()
        return _Here._make(row) if row else None

    def _by_id(self, subject: int) -> _Here | None:
        row = self.transaction.execute("SELECT key FROM subjects WHERE id = ?", (subject,)).fetchone()
        return self._by_key(row[0]) if row else None

    def _same(self, offered: SubjectOffer) -> _Here | None:
        """The subject here that an offered one is; None where there is none."""
        for pair in (*(each[:2] for each in offered.versions), (offered.key, offered.seen)):
            if pair in self._versions:
                return self._by_id(self._versions[pair][1])
        here = self._by_key(offered.key)
        if here is None:
            return None
        if here.kind != offered.kind and offered.row:
            if self._is_empty(here):
                content.put(self.transaction, offered.kind, {here.key: offered.row})  # type: ignore[arg-type]
                return self._by_key(offered.key)
            raise SourceError(
                f"{offered.key}: is a {here.kind} here and a {offered.kind} there; two sources use one key for two "
                "things. Nothing was changed."
            )
        if here.seen == offered.seen or self._is_related(here, offered):
            return here
        for subject in self._sharing(offered.key):
            other = self._by_id(subject)
            if other and other.id != here.id and self._is_related(other, offered):
                return other
        self._note(here.key, here.seen, here.id)
        self._shared.add(offered.key)
        return None

    def _sharing(self, key: str) -> list[int]:
        sql = "SELECT DISTINCT subject_id FROM subject_versions WHERE key = ? ORDER BY 1"
        return [subject for (subject,) in self.transaction.execute(sql, (key,))]

    def _is_empty(self, here: _Here) -> bool:
        row = self._row(here)
        return not any(row[:3])

    def _row(self, here: _Here) -> tuple[Any, ...]:
        kind: Kind = "incident" if here.kind == "incident" else "report"
        return content.known(self.transaction, kind, [here.key])[here.key][1]

    def _is_related(self, here: _Here, offered: SubjectOffer) -> bool:
        """Whether both tell of the same: one says nothing, or they share a part of their words, or a report."""
        if not offered.row:
            return True
        row = self._row(here)
        if here.kind == "incident":
            sql = "SELECT report_key FROM incident_reports WHERE incident_id = ?"
            own = {key for (key,) in self.transaction.execute(sql, (here.id,))}
            if own & {key for key, _ in offered.reports}:
                return True
        if row[0] and row[0] == offered.row[0]:
            return True
        return are_related(row[2], offered.row[2])

    def _add(self, offered: SubjectOffer) -> _Here:
        key = f"{offered.key}{APART}{offered.seen[:6]}" if offered.key in self._shared else offered.key
        kind: Kind = "incident" if offered.kind == "incident" else "report"
        if offered.row:
            content.put(self.transaction, kind, {key: offered.row})
        else:
            content.ensure_subjects(self.transaction, [key], kind)
        self.transaction.execute("UPDATE subjects SET run = ? WHERE key = ?", (offered.run or None, key))
        found = self._by_key(key)
        if found is None:
            raise RuntimeError(key)
        return found

    def _choose(self, here: _Here, offered: SubjectOffer) -> Outcome:
        """Let the version show that the later import brought, and keep the other beside it."""
        old = self._row(here)
        theirs = (offered.run, offered.seen)
        shows = not any(old[:3]) or (theirs > (here.run, here.seen) and any(offered.row[:3]))
        key, seen, run, kept = (here.key, here.seen, here.run, old) if shows else (
            offered.key, offered.seen, offered.run, offered.row
        )  # fmt: skip
        number, _ = self._note(key, seen, here.id)
        if any(kept[:3]):
            sql = "UPDATE subject_versions SET content = ?, run = ? WHERE id = ?"
            self.transaction.execute(sql, (to_json(kept), run or None, number))
        if not shows:
            return "unchanged"
        kind: Kind = "incident" if here.kind == "incident" else "report"
        content.replace(self.transaction, kind, here.id, old, offered.row)
        self.transaction.execute("UPDATE subjects SET run = ? WHERE id = ?", (offered.run or None, here.id))
        return "updated"

    def _note(self, key: str, seen: str, subject: int) -> tuple[int, int]:
        if (key, seen) not in self._versions:
            self._versions[key, seen] = keep_version(self.transaction, key, seen, subject), subject
        return self._versions[key, seen]

    def _link(self, here: _Here, offered: SubjectOffer) -> None:
        """Reports and parties of an incident: those of both."""
        if here.kind != "incident":
            return
        sql = "SELECT report_key FROM incident_reports WHERE incident_id = ?"
        own = {key for (key,) in self.transaction.execute(sql, (here.id,))}
        for key, listed in offered.reports:
            if key not in own:
                self.transaction.execute(
                    """INSERT INTO incident_reports SELECT ?, ?, ifnull(max(position) + 1, 0), ? FROM incident_reports
                       WHERE incident_id = ?""",
                    (here.id, key, listed, here.id),
                )
        for name, role in offered.entities:
            self.transaction.execute("INSERT OR IGNORE INTO entities (name) VALUES (?)", (name,))
            self.transaction.execute(
                "INSERT OR IGNORE INTO incident_entities (incident_id, entity_id, role)"
                " SELECT ?, id, ? FROM entities WHERE name = ?",
                (here.id, role, name),
            )
