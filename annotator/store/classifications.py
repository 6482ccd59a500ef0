"""Read classifications back from the projection, always in the same order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from annotator.model.handing_in.revisions import Told
from annotator.model.person import ADJUDICATED
from annotator.model.provenance import Provenance
from annotator.model.visibility import NOBODY, LeftOut, Viewer
from annotator.store import quotations, readable, visibility
from annotator.store.connection import Transaction
from annotator.store.quotations import Moved, with_moved

LOG = """FROM subject_versions CROSS JOIN events INDEXED BY events_of_classification
           ON events.subject = subject_versions.id
         WHERE subject_versions.subject_id = mine.subject_id AND events.taxonomy = mine.taxonomy
           AND events.whose IN (SELECT people.id FROM people AS known JOIN people ON people.stands_for = known.id
             WHERE known.name = mine.annotator AND known.stands_for = known.id) AND events.round = mine.round"""
"""The events of a classification that is called `mine`."""
COMES_FROM = """(SELECT json_object('source', source, 'sha256', sha256, 'by', run_by, 'at', run_at)
                 FROM import_runs WHERE event = mine.run)"""
"""Where what is called `mine` was imported from, as JSON; without the run's id, which tells nobody anything."""
HAND_IN = """(SELECT json_object('revisions', revisions, 'after_others', json(iif(after_others, 'true', 'false')),
                'first', json(iif(is_other, json_object('version', hand_ins.version, 'answers', json(hand_ins.answers)),
                NULL))) FROM hand_ins WHERE classification_id = mine.id)"""
"""What is told of the hand-ins of what is called `mine`, as JSON; NULL where it was handed in as it shows."""
OF_VIEW = f"""subjects.key, taxonomy, version, annotator, round, status, publish, notes, answers, hidden, flagged,
              skip_reason, updated_at, submitted_at, provenance,
              {COMES_FROM}, {HAND_IN}"""
IN_ORDER = """substr(subjects.key, 1, instr(subjects.key, ':')), length(subjects.key), subjects.key,
              taxonomy, round, annotator"""
"""By source and number, whatever order things were imported in: the same data is the same list."""
WITH_HIDDEN = """CASE WHEN hidden = '{}' THEN answers WHEN answers = '{}' THEN hidden
                 ELSE substr(answers, 1, length(answers) - 1) || ',' || substr(hidden, 2) END"""
OF_WHAT = {
    "": "",
    "raw": f" AND annotator != '{ADJUDICATED}'",
    "adjudicated": f" AND annotator = '{ADJUDICATED}' AND status = 'adjudicated'",
    "both": f" AND (annotator != '{ADJUDICATED}' OR status = 'adjudicated')",
}
PERSON = '{"kind":"person"}'
BATCH = 500
"""Classifications read at a time: sorting moves their ids alone, however long their answers are."""


class StoredClassification(NamedTuple):
    """A classification as the projection holds it; `answers` and `hidden` are JSON text by field id."""

    subject: str
    taxonomy: str
    version: int
    annotator: str
    round: int
    status: str
    publish: str
    notes: str
    answers: str
    hidden: str
    flagged: int
    skip_reason: str
    updated_at: str | None
    submitted_at: str | None
    provenance: str
    """The model that made it, as a JSON object; an empty one when a person did, or nobody said."""

    imported: str | None
    """Where it was imported from, {source, sha256, by, at} as a JSON object; None where it was not, or nobody knows."""

    hand_in: str | None
    """What is told of its hand-ins beside what shows, as a JSON object; None where there is nothing to tell."""

    @property
    def handed_in(self) -> Told:
        """What is told of its hand-ins beside what shows."""
        return Told.read(self.hand_in)

    @property
    def imported_from(self) -> dict[str, str] | None:
        """The file it came from, who imported it and when."""
        return json.loads(self.imported) if self.imported else None

    @property
    def made_by(self) -> Provenance:
        """Who or what made it; a person where nobody said otherwise."""
        return Provenance.of(json.loads(self.provenance))

    def with_moved(self, moved: list[Moved]) -> StoredClassification:
        """The same with what it quotes where that stands now."""
        answers, hidden = (with_moved(json.loads(each), moved) for each in (self.answers, self.hidden))
        return self._replace(answers=readable.to_json(answers), hidden=readable.to_json(hidden))

    def decoded(self, with_hidden: bool = False) -> dict[str, dict[str, Any]]:
        """The answers as values; hidden ones only when asked for."""
        answers: dict[str, dict[str, Any]] = json.loads(self.answers)
        return {**answers, **json.loads(self.hidden)} if with_hidden else answers


def file_of(transaction: Transaction, run: str | None) -> str:
    """The name of the file or folder that a run imported; empty where nobody kept which it was."""
    row = transaction.execute("SELECT source FROM import_runs WHERE event = ?", (run,)).fetchone()
    return str(row[0]) if row else ""


class Wanted(NamedTuple):
    """Which classifications; nothing given means all."""

    subject: str = ""
    taxonomy: str = ""
    annotator: str = ""
    round: int = 0
    what: Literal["", "raw", "adjudicated", "both"] = ""
    """What annotators gave, what was decided, or both; empty: unfinished decisions too."""
    viewer: Viewer = NOBODY
    """Who asks: what is closed to them is left out."""


class Origin(NamedTuple):
    """Where a classification comes from."""

    created_at: str
    """When its first event happened."""
    imported: dict[str, dict[str, Any]]
    """The answers its latest import brought, by field id; defaults are left out."""


def read(transaction: Transaction, wanted: Wanted) -> Iterator[StoredClassification]:
    """Classifications by subject, taxonomy, round and annotator; untouched ones are none.

    What they quote stands where the present texts have it.
    """
    ids = _ids(transaction, wanted)
    moved = quotations.moved(transaction, ids)
    for one, row in zip(ids, _rows(transaction, ids, OF_VIEW), strict=True):
        stored = StoredClassification(*row)
        yield stored.with_moved(moved[one]) if one in moved else stored


def lines(transaction: Transaction, wanted: Wanted, with_hidden: bool = False) -> Iterator[str]:
    """The same as JSON objects, one text each; written by SQLite, because it is many times faster."""
    answers = WITH_HIDDEN if with_hidden else "answers"
    line = f"""json_object('subject', subjects.key, 'taxonomy', taxonomy, 'version', version,
                 'annotator', annotator, 'round', round, 'status', status, 'publish', publish,
                 'notes', notes, 'by', json(iif(provenance = '{{}}', '{PERSON}', provenance)),
                 'imported_from', json({COMES_FROM}), 'hand_in', json({HAND_IN}),
                 'answers', json({answers}))"""
    ids = _ids(transaction, wanted)
    moved = quotations.moved(transaction, ids)
    for one, (text,) in zip(ids, _rows(transaction, ids, line), strict=True):
        yield _with_moved(text, moved[one]) if one in moved else text


def origins(transaction: Transaction, wanted: Wanted) -> Iterator[Origin]:
    """Where each classification of `read` comes from, in the same order."""
    first = f"(SELECT at {LOG} ORDER BY counter, events.id LIMIT 1)"
    last = f"""(SELECT json_extract(payload, '$.answers') {LOG} AND events.kind = 'imported'
                ORDER BY counter DESC, events.id DESC LIMIT 1)"""
    for created_at, imported in _rows(transaction, _ids(transaction, wanted), f"{first}, {last}"):
        yield Origin(created_at or "", json.loads(imported or "{}"))


def count(transaction: Transaction, wanted: Wanted) -> int:
    """How many classifications `read` would yield."""
    where, values = _open(transaction, wanted)
    sql = f"SELECT count(*) FROM classifications JOIN subjects ON subjects.id = subject_id WHERE {where}"
    return int(transaction.execute(sql, values).fetchone()[0])


def left_out(transaction: Transaction, wanted: Wanted) -> LeftOut:
    """How many are wanted and closed to who asks."""
    return visibility.left_out(transaction, wanted.viewer, *_where(wanted), "classifications.id")


def _with_moved(line: str, moved: list[Moved]) -> str:
    one = json.loads(line)
    return readable.to_json({**one, "answers": with_moved(one["answers"], moved)})


def _rows(transaction: Transaction, ids: Sequence[int], columns: str) -> Iterator[tuple[Any, ...]]:
    sql = f"""SELECT {columns} FROM json_each(?) AS listed
              CROSS JOIN classifications AS mine ON mine.id = listed.value
              JOIN subjects ON subjects.id = subject_id ORDER BY listed.key"""
    for start in range(0, len(ids), BATCH):
        yield from transaction.execute(sql, (json.dumps(ids[start : start + BATCH]),))


def _ids(transaction: Transaction, wanted: Wanted) -> list[int]:
    where, values = _open(transaction, wanted)
    sql = f"""SELECT classifications.id FROM classifications JOIN subjects ON subjects.id = subject_id
              WHERE {where} ORDER BY {IN_ORDER}"""
    return [each for (each,) in transaction.execute(sql, values)]


def _open(transaction: Transaction, wanted: Wanted) -> tuple[str, tuple[Any, ...]]:
    where, values = _where(wanted)
    seen = visibility.open_to(transaction, wanted.viewer)
    return where + seen.and_sql, (*values, *seen.values)


def _where(wanted: Wanted) -> tuple[str, tuple[Any, ...]]:
    given = dict(zip(("subjects.key", "taxonomy", "annotator", "round"), wanted[:4], strict=True))
    asked = {name: value for name, value in given.items() if value}
    named = "".join(f" AND {name} = ?" for name in asked)
    return f"status != 'untouched'{named}{OF_WHAT[wanted.what]}", tuple(asked.values())
