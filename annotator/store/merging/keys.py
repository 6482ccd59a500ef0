"""Subjects that stand under another key than the one under which they were worked on.

An event tells its subject by a version, whose key its hash covers; everything shows the subject to which that version
belongs here. So both have one key, but for what tells subjects of one key apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from annotator.model.chain import content_hash
from annotator.store.connection import Transaction
from annotator.store.importing.relating import APART, DIGITS, told_key
from annotator.store.log.subject_versions import SEEN
from annotator.store.log.verifying import Names, content_of
from annotator.store.merging.subjects import Subjects

OTHERWISE = """SELECT versions.id, versions.key, seen, subject_id, subjects.key
               FROM subject_versions AS versions JOIN subjects ON subjects.id = subject_id
               WHERE versions.key != subjects.key ORDER BY subject_id, versions.id"""
SHOWN = f"""SELECT subjects.id, subjects.key, {SEEN} AS seen FROM subjects
            LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id"""
OF_SUBJECT = "SELECT id, key, seen FROM subject_versions WHERE subject_id = ?"
ABOUT = """SELECT id & 4294967295, counter, at, kind, subject, taxonomy, whose, round, version, replaces, payload,
             salt, content_hash FROM events WHERE subject = ? AND salt IS NOT NULL LIMIT 1"""
LISTED = "SELECT 1 FROM events WHERE subject IS NULL AND instr(payload, json_quote(?) || ',' || json_quote(?)) LIMIT 1"
SWAPPED = f"""SELECT shown.key FROM ({SHOWN}) AS shown
              CROSS JOIN subject_versions AS versions ON versions.subject_id != shown.id
                AND substr(versions.seen, 1, {DIGITS}) = substr(shown.key, -{DIGITS})
              CROSS JOIN subjects AS others ON others.id = versions.subject_id
              WHERE shown.key GLOB '*{APART}{"[0-9a-f]" * DIGITS}' AND substr(shown.key, -{DIGITS}) NOT IN
                (SELECT substr(seen, 1, {DIGITS}) FROM subject_versions WHERE subject_id = shown.id
                 UNION SELECT substr(shown.seen, 1, {DIGITS}))
                AND (others.key = substr(shown.key, 1, length(shown.key) - {DIGITS + 1})
                     OR substr(others.key, 1, length(others.key) - {DIGITS}) =
                        substr(shown.key, 1, length(shown.key) - {DIGITS}))
              GROUP BY 1 ORDER BY 1"""
"""Keys with a piece of a version that is none of the subject's own and one of another subject of the same key."""
REBUILD = "`annotator doctor --rebuild` puts it back"
RESTORE = "which of the two is right cannot be computed; `annotator restore` puts a backup in place of the file"


class Stray(NamedTuple):
    """A version of one subject that stands under another."""

    row: int
    key: str
    """The key that its source gave."""
    seen: str
    subject: int
    there: str
    """The key of the subject that it stands under."""


class Mending(NamedTuple):
    """What puts strays back."""

    owners: Mapping[int, int]
    """The subjects of versions, by row."""
    keys: Mapping[int, str]
    """The keys of subjects that their sources gave, by id."""
    told: Mapping[int, str]
    """The keys of versions, by row: that of the subject, where only with it the hash of an event fits."""

    def puts_back(self, one: Stray) -> bool:
        """Whether it does so with one of them."""
        return one.row in self.owners or one.subject in self.keys or one.row in self.told


def problems(transaction: Transaction) -> Iterator[str]:
    """Each version that stands under another subject, in words with the way out."""
    strays = _strays(transaction)
    mending = _mending(transaction, strays)
    for each in strays:
        way_out = REBUILD if mending.puts_back(each) else RESTORE
        yield f"what was done about {each.key} (version {each.seen[:8]}) stands under {each.there}; {way_out}"
    for (key,) in transaction.execute(SWAPPED):
        yield f"{key} has the key of another subject that its source calls alike; {REBUILD}"


def mend(transaction: Transaction) -> None:
    """Give subjects the keys, and versions the subjects, that the events tell of; call inside a write transaction."""
    owners, keys, told = _mending(transaction, _strays(transaction))
    is_swapped = transaction.execute(SWAPPED).fetchone() is not None
    given = [(subject, row) for row, subject in owners.items()]
    transaction.executemany("UPDATE subject_versions SET subject_id = ? WHERE id = ?", given)
    said = [(key, row) for row, key in told.items()]
    transaction.executemany("UPDATE OR IGNORE subject_versions SET key = ? WHERE id = ?", said)
    rename = "UPDATE subjects SET key = ? WHERE id = ?"
    # Out of each other's way first: keys are unique.
    transaction.executemany(rename, [(f"{key}{APART}{subject} ", subject) for subject, key in keys.items()])
    for subject, key in keys.items():
        transaction.execute(rename, (_free(transaction, key, subject), subject))
    if keys or is_swapped:
        Subjects(transaction).settle()


def _free(transaction: Transaction, key: str, subject: int) -> str:
    """The key that a source gave a subject, or where another has it, with a piece of what the subject says."""
    if transaction.execute("SELECT 1 FROM subjects WHERE key = ?", (key,)).fetchone() is None:
        return key
    (seen,) = transaction.execute(f"SELECT seen FROM ({SHOWN}) WHERE id = ?", (subject,)).fetchone()
    return f"{key}{APART}{seen[:DIGITS]}"


def _strays(transaction: Transaction) -> list[Stray]:
    rows = (Stray(row, told_key(key), *rest) for row, key, *rest in transaction.execute(OTHERWISE))
    return [each for each in rows if each.key != told_key(each.there)]


def _mending(transaction: Transaction, strays: Sequence[Stray]) -> Mending:
    """What can be computed: a version belongs to the subject that shows it, a subject has the key of its versions."""
    if not strays:
        return Mending({}, {}, {})
    names = Names.of(transaction)
    told = {
        each.row: key
        for each in strays
        for key in (each.there, told_key(each.there))
        if _is_proven(transaction, names, each.row, key)
    }
    shown = {subject: (told_key(key), seen) for subject, key, seen in transaction.execute(SHOWN).fetchall()}
    showing = {version: subject for subject, version in shown.items()}
    owners = {
        each.row: showing[each.key, each.seen]
        for each in strays
        if each.row not in told and shown[each.subject][1] != each.seen and (each.key, each.seen) in showing
    }
    keys: dict[int, str] = {}
    for subject in {each.subject for each in strays if each.row not in owners}:
        rows = transaction.execute(OF_SUBJECT, (subject,)).fetchall()
        proven = {
            told_key(key) for row, key, _ in rows if row not in owners and _is_proven(transaction, names, row, key)
        }
        if len(proven) == 1:
            keys[subject] = proven.pop()
    return Mending(owners, {**keys, **_displaced(transaction, keys)}, told)


def _is_proven(transaction: Transaction, names: Names, row: int, key: str) -> bool:
    """Whether an event that is what was written tells of a version under a key."""
    about = transaction.execute(ABOUT, (row,)).fetchone()
    seen = names.versions[row][1]
    if about is None:
        return transaction.execute(LISTED, (key, seen)).fetchone() is not None
    found = content_hash(about[11], content_of(about, names._replace(versions={row: (key, seen)})))
    return found == bytes(about[12])


def _displaced(transaction: Transaction, keys: Mapping[int, str]) -> dict[int, str]:
    """Those that were never worked on and hold the key of another get the one that gets free: keys are unique."""
    holds = "SELECT key FROM subjects WHERE id = ?"
    held = {subject: transaction.execute(holds, (subject,)).fetchone()[0] for subject in keys}
    wanted = {key: subject for subject, key in keys.items()}
    untouched = """SELECT id FROM subjects WHERE key = ?
                   AND NOT EXISTS (SELECT 1 FROM subject_versions WHERE subject_id = subjects.id)"""
    found: dict[int, str] = {}
    for subject, key in keys.items():
        for (holder,) in transaction.execute(untouched, (key,)):
            free = held[subject]
            while free in wanted:
                free = held[wanted[free]]
            found[holder] = free
    return found
