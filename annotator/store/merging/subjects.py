"""Subjects of several replicas: equal keys with related texts are versions of one, with unrelated texts two subjects.

Which version shows follows from the imports that brought them, the later one first, and never from the order in which
they arrive here. Of several subjects with one key the one with the smallest version keeps it; the others are told
apart by a piece of theirs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from annotator.errors import SourceError
from annotator.store import search
from annotator.store.connection import Transaction
from annotator.store.importing import content
from annotator.store.importing.relating import APART, DIGITS, are_related, told_key
from annotator.store.importing.staging import Kind, lacks_text
from annotator.store.log.subject_versions import SEEN, keep_version
from annotator.store.merging.checking import is_version
from annotator.store.merging.offer import SubjectOffer
from annotator.store.readable import to_json

Outcome = Literal["added", "updated", "unchanged"]


class _Here(NamedTuple):
    """A subject as it is here."""

    id: int
    key: str
    kind: str
    seen: str
    run: str


HERE = f"""SELECT subjects.id, subjects.key, kind, {SEEN}, ifnull(subjects.run, '') FROM subjects
           LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id"""
ENTITIES = "SELECT name, role FROM incident_entities JOIN entities ON id = entity_id WHERE incident_id = ?"
BY_SUBJECT = ("classifications", "disagreements", "disputed_subjects", "assignments", "looks", "mentions", "comments")
"""Tables that are computed, and speak of subjects."""


class Subjects:
    """The subjects of a file while others' are taken in."""

    def __init__(self, transaction: Transaction) -> None:
        """Read which versions of which subjects are known."""
        self.transaction = transaction
        self._versions: dict[tuple[str, str], tuple[int, int]] = {}
        """By key and version: its row, and the subject."""
        self._subject_of: dict[tuple[str, str], int] = {}
        """By the key that a source gave and version: the subject."""
        self.joined: set[int] = set()
        """Subjects that were found to be one with others: what was done about them is to be computed anew."""
        self.texts = 0
        """How many reports have their text now, which was left out before."""
        for number, key, seen, subject in transaction.execute("SELECT id, key, seen, subject_id FROM subject_versions"):
            self._versions[key, seen] = number, subject
            self._subject_of[told_key(key), seen] = subject

    def named(self, key: str) -> _Here | None:
        """A subject by its key here."""
        return self._by_key(key)

    def join(self, versions: Sequence[tuple[str, str]]) -> None:
        """Let subjects be one that somebody said are, by key and version; one that comes later is known by these."""
        found = [self._found(told_key(key), seen) for key, seen in versions]
        here = {each.id: each for each in found if each is not None}
        if not here:
            return
        first, *others = (here[number] for number in sorted(here))
        for other in others:
            self._join(first, other)
        for key, seen in versions:
            self._note(told_key(key), seen, first.id)
        self.settle()

    def _found(self, key: str, seen: str) -> _Here | None:
        known = self._subject_of.get((key, seen))
        sharing = (here for here in self._sharing(key) if here.seen == seen)
        return self._by_id(known) if known is not None else next(sharing, None)

    def take(self, offered: SubjectOffer) -> Outcome:
        """Take one subject in; returns what became of it. One of which nothing is said and known is none yet."""
        here = self._same(offered)
        outcome: Outcome = "unchanged"
        if here is None and not offered.row:
            return outcome
        if here is None:
            here, outcome = self._add(offered), "added"
        elif offered.row:
            outcome = self._choose(here, offered)
        shown = offered.seen if outcome == "updated" else here.seen
        for key, seen, run, said in offered.versions:
            number, _ = self._note(key, seen, here.id)
            if said and seen != shown and not self._is_kept(here.kind, seen, number):
                sql = "UPDATE subject_versions SET content = ?, run = ? WHERE id = ?"
                self.transaction.execute(sql, (said, run or None, number))
        if offered.seen != shown and any(offered.row[:3]):
            self._note(offered.key, offered.seen, here.id)
        self._link(here, offered)
        return outcome

    def _is_kept(self, kind: str, seen: str, number: int) -> bool:
        """Whether what a version said is here, and is what it said."""
        (held,) = self.transaction.execute("SELECT content FROM subject_versions WHERE id = ?", (number,)).fetchone()
        return held is not None and is_version(kind, seen, held)

    def version(self, key: str, seen: str) -> int:
        """The row of a version that an event speaks of; a subject nobody told of is made, empty."""
        found = self._versions.get((key, seen))
        return found[0] if found else self._note(key, seen, self._speaks_of(key, seen))[0]

    def _speaks_of(self, key: str, seen: str) -> int:
        """The subject that an event means by a key and a version."""
        known = self._subject_of.get((told_key(key), seen))
        if known is not None:
            return known
        sharing = self._sharing(key)
        for here in sharing:
            if here.seen == seen:
                return here.id
        for here in sharing:
            if here.key in {key, told_key(key)}:
                return here.id
        kind: Kind = "incident" if key.rpartition(":")[2].isdecimal() else "report"
        content.ensure_subjects(self.transaction, [key], kind)
        made = self._by_key(key)
        return made.id if made else 0

    def settle(self) -> None:
        """Give subjects that share a key the keys that follow from their versions."""
        sql = f"SELECT key FROM subjects WHERE key GLOB '*{APART}{'[0-9a-f]' * DIGITS}'"
        for base in sorted({told_key(key) for (key,) in self.transaction.execute(sql)}):
            sharing = self._sharing(base)
            if len(sharing) > 1 or any(here.id in self.joined for here in sharing):
                self._settle(base, sharing)

    def _settle(self, base: str, sharing: list[_Here]) -> None:
        seen = {here.id: self._seen(here) for here in sharing}
        for here in sharing:
            for each in seen[here.id]:
                self._note(base, each, here.id)
        first, *others = sorted(sharing, key=lambda here: min(seen[here.id]))
        wanted = [(base, first.id), *((f"{base}{APART}{min(seen[each.id])[:DIGITS]}", each.id) for each in others)]
        rename = "UPDATE subjects SET key = ? WHERE id = ?"
        # Out of each other's way first: keys are unique.
        self.transaction.executemany(rename, [(f"{base}{APART}{subject}", subject) for _, subject in wanted])
        self.transaction.executemany(rename, wanted)

    def _seen(self, here: _Here) -> set[str]:
        """All versions of a subject."""
        sql = "SELECT seen FROM subject_versions WHERE subject_id = ?"
        return {here.seen, *(seen for (seen,) in self.transaction.execute(sql, (here.id,)))}

    def _by_key(self, key: str) -> _Here | None:
        row = self.transaction.execute(f"{HERE} WHERE subjects.key = ?", (key,)).fetchone()
        return _Here._make(row) if row else None

    def _by_id(self, subject: int) -> _Here | None:
        row = self.transaction.execute(f"{HERE} WHERE subjects.id = ?", (subject,)).fetchone()
        return _Here._make(row) if row else None

    def _sharing(self, key: str) -> list[_Here]:
        """All subjects that a source calls by one key."""
        base = told_key(key)
        sql = f"{HERE} WHERE subjects.key = ? OR (subjects.key > ? AND subjects.key < ?) ORDER BY subjects.id"
        found = self.transaction.execute(sql, (base, f"{base}{APART}", f"{base}{APART}g")).fetchall()
        return [here for here in map(_Here._make, found) if told_key(here.key) == base]

    def _same(self, offered: SubjectOffer) -> _Here | None:
        """The subject here that an offered one is; None where there is none.

        Several that it shows to be one are joined.
        """
        pairs = {(key, seen) for key, seen, *_ in offered.versions} | {(offered.key, offered.seen)}
        known = {self._subject_of.get((told_key(key), seen)) for key, seen in pairs}
        sharing = self._sharing(offered.key)
        same = [here for here in sharing if here.id in known or self._is_same(here, offered)]
        if not same:
            return next((self._by_id(each) for each in known if each is not None), None)
        first, *others = same
        if not others:
            return first
        self._join(first, others[0])  # which may join more of them
        return self._same(offered)

    def _is_same(self, here: _Here, offered: SubjectOffer) -> bool:
        if here.seen == offered.seen:
            return True
        if here.kind == offered.kind or not offered.row:
            return self._is_related(here, offered)
        if self._is_empty(here):
            content.put(self.transaction, offered.kind, {here.key: offered.row})  # type: ignore[arg-type]
            return True
        raise SourceError(
            f"{offered.key}: is a {here.kind} here and a {offered.kind} there; two sources use one key for two "
            "things. Nothing was changed."
        )

    def _join(self, first: _Here, other: _Here) -> None:
        """Let two subjects be one, because a version is of both; what was brought later shows."""
        run = self.transaction.execute
        reports = run("SELECT report_key, listed FROM incident_reports WHERE incident_id = ?", (other.id,)).fetchall()
        parties = run(ENTITIES, (other.id,)).fetchall()
        again = SubjectOffer(
            other.key, other.kind, other.seen, other.run, self._row(other), tuple(reports), tuple(parties), ()
        )
        search.remove(self.transaction, f"id = {other.id}")
        run("UPDATE subject_versions SET subject_id = ? WHERE subject_id = ?", (first.id, other.id))
        for table in BY_SUBJECT:
            run(f"DELETE FROM {table} WHERE subject_id = ?", (other.id,))
        run("DELETE FROM subjects WHERE id = ?", (other.id,))
        self._versions = {
            pair: (row, first.id if subject == other.id else subject) for pair, (row, subject) in self._versions.items()
        }
        self._subject_of = {
            pair: first.id if subject == other.id else subject for pair, subject in self._subject_of.items()
        }
        self._subject_of[told_key(other.key), other.seen] = first.id
        self.joined.add(first.id)
        self.take(again)

    def _is_empty(self, here: _Here) -> bool:
        row = self._row(here)
        return not any(row[:3])

    def _row(self, here: _Here) -> tuple[Any, ...]:
        kind: Kind = "incident" if here.kind == "incident" else "report"
        return content.known(self.transaction, kind, [here.key])[here.key][1]

    def _is_related(self, here: _Here, offered: SubjectOffer) -> bool:
        """Whether both tell of the same: one says nothing, or versions of both share words, a title or a report."""
        if not offered.row:
            return False
        if here.kind == "incident":
            sql = "SELECT report_key FROM incident_reports WHERE incident_id = ?"
            own = {key for (key,) in self.transaction.execute(sql, (here.id,))}
            if own & {key for key, _ in offered.reports}:
                return True
        sql = "SELECT content FROM subject_versions WHERE subject_id = ? AND content IS NOT NULL"
        ours = [self._row(here), *(tuple(json.loads(said)) for (said,) in self.transaction.execute(sql, (here.id,)))]
        theirs = [offered.row, *(tuple(json.loads(said)) for *_, said in offered.versions if said)]
        return any(_tell_the_same(here.kind, one, other) for one in ours for other in theirs)

    def _add(self, offered: SubjectOffer) -> _Here:
        key = offered.key
        if self._by_key(key):
            key = f"{told_key(key)}{APART}{offered.seen[:DIGITS]}"
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
        """Let the version show that the later import brought, of those whose text is here, and keep the other."""
        if offered.seen == here.seen and here.kind == "report" and not lacks_text(offered.kind, offered.row):
            self._mend(here, offered)
        if offered.run == here.run and offered.seen == here.seen:
            return "unchanged"
        old = self._row(here)
        ours = (not lacks_text(here.kind, old), here.run, here.seen)
        theirs = (not lacks_text(offered.kind, offered.row), offered.run, offered.seen)
        shows = not any(old[:3]) or (theirs > ours and any(offered.row[:3]))
        if offered.seen != here.seen:
            self._keep(here, here.key if shows else offered.key, offered, old, shows=shows)
        if not shows:
            return "unchanged"
        kind: Kind = "incident" if here.kind == "incident" else "report"
        if old != tuple(offered.row):
            content.replace(self.transaction, kind, here.id, old, tuple(offered.row))
        self.transaction.execute("UPDATE subjects SET run = ? WHERE id = ?", (offered.run or None, here.id))
        return "updated" if offered.seen != here.seen else "unchanged"

    def _mend(self, here: _Here, offered: SubjectOffer) -> None:
        """Put back the text of a report whose digest says that it was altered here, or left out of what came."""
        sql = "SELECT text_digest(text) != sha256 FROM reports WHERE id = ?"
        if self.transaction.execute(sql, (here.id,)).fetchone()[0]:
            old = self._row(here)
            self.texts += lacks_text("report", old)
            content.replace(self.transaction, "report", here.id, old, tuple(offered.row))

    def _keep(self, here: _Here, key: str, offered: SubjectOffer, old: tuple[Any, ...], *, shows: bool) -> None:
        """Keep the version that does not show."""
        seen, run, kept = (here.seen, here.run, old) if shows else (offered.seen, offered.run, offered.row)
        if not any(kept[:3]):  # nobody ever said so
            return
        number, _ = self._note(key, seen, here.id)
        if not lacks_text(here.kind, kept):
            sql = "UPDATE subject_versions SET content = ?, run = ? WHERE id = ?"
            self.transaction.execute(sql, (to_json(kept), run or None, number))

    def _note(self, key: str, seen: str, subject: int) -> tuple[int, int]:
        if (key, seen) not in self._versions:
            sql = "SELECT id, subject_id FROM subject_versions WHERE key = ? AND seen = ?"
            found = self.transaction.execute(sql, (key, seen)).fetchone()  # kept with a text that was replaced
            self._versions[key, seen] = found or (keep_version(self.transaction, key, seen, subject), subject)
            self._subject_of.setdefault((told_key(key), seen), self._versions[key, seen][1])
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


def _tell_the_same(kind: str, one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether two rows have a title in common, or related texts; a text that was left out may be any."""
    if one[0] and one[0] == other[0]:
        return True
    if lacks_text(kind, one) or lacks_text(kind, other):
        return any(each[2] == "" and not lacks_text(kind, each) for each in (one, other))
    return are_related(one[2], other[2])
