"""Write imported classifications in bulk, with their events and all that is computed from them.

They are staged first. `judge` finds out, without the file's lock, which are new, changed or known.
The rows of new ones are computed then; `move` copies them, and records the changed ones one by one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from annotator.model.chain import Content, Heads
from annotator.model.classification import Identity
from annotator.model.event import Event
from annotator.model.fold import HidingRule, fold
from annotator.model.person import ADJUDICATED, plain_name
from annotator.model.provenance import ImportedFrom
from annotator.store import hand_ins, people, readable
from annotator.store.connection import Transaction
from annotator.store.deciding import staleness
from annotator.store.importing import disputes
from annotator.store.importing.closed import CLOSED
from annotator.store.importing.content import ensure_subjects
from annotator.store.importing.staging import Kind, insert
from annotator.store.log import events
from annotator.store.log.subject_versions import SEEN
from annotator.store.readable import coded
from annotator.store.team import assignments

UNKNOWN = "?"
"""Stands for the run until it has begun."""
BATCH = 500
"""Classifications computed at a time."""
LOG = """FROM subjects CROSS JOIN subject_versions AS versions ON versions.subject_id = subjects.id
         CROSS JOIN events INDEXED BY events_of_classification ON events.subject = versions.id
         WHERE subjects.key = staged_imports.subject AND events.taxonomy = staged_imports.taxonomy
           AND events.whose IN (SELECT people.id FROM spellings JOIN people ON stands_for = person
             WHERE plain = plain_name(staged_imports.of_annotator)) AND events.round = staged_imports.round"""
"""The events of a staged classification."""
WHO = """SELECT of_annotator, min(ifnull(payload ->> '$.by.kind', 'person') = 'model')
         FROM temp.staged_imports WHERE fresh GROUP BY 1 ORDER BY min(seq)"""
"""Whose classifications are new, and whether a model made all of them."""
TOLD = """FROM temp.staged_imports AS told CROSS JOIN subjects ON subjects.key = told.subject
          LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id"""
"""Staged classifications with the subjects they are about, as far as it says which version of them is here."""
MOMENTS = {
    "version": "head.version", "updated_at": "staged_ids.at",
    "submitted_at": "iif(submitted_at IS NULL, NULL, staged_ids.at)", "run": "iif(head.run IS NULL, NULL, :run)",
}  # fmt: skip
"""Where a column of a classification comes from when it is moved, if not from the staged one of the same name."""
OF_SOURCE = """AND payload ->> '$.run' IN (SELECT event FROM import_runs WHERE source = :source
                 OR (sha256 = :sha256 AND sha256 != ''))"""
"""That an event came with the source that is imported, by its name or its bytes."""
LAST = f"""SELECT json_remove(payload, '$.run') {LOG} AND events.kind = 'imported' {{by}}
           ORDER BY counter DESC, events.id DESC LIMIT 1"""
MADE_BY = f"""SELECT payload -> '$.by' {LOG} AND events.kind = 'imported' {{by}} AND payload -> '$.by' IS NOT NULL
              ORDER BY counter DESC, events.id DESC LIMIT 1"""
"""The mark that a staged classification has here: who or what made it, as the last import said that told it."""
PERSON = '{{"kind":"person"}}'
"""What it means that nothing is told of who made it; with braces as `format` takes them."""
SAID = "json_remove(last, '$.by')"
SAME = f"""EXISTS (SELECT 1 FROM (SELECT ({LAST}) AS last)
             WHERE json_remove(payload, '$.by') IN ({SAID}, json_remove({SAID}, '$.seen'))
               AND (payload -> '$.by' IS NULL OR payload -> '$.by' = ifnull(({MADE_BY}), '{PERSON}')))"""
"""That the last import of a staged classification said the same.

A decision that comes again without the answers that came with it before says nothing new; nor does a source that
does not tell who made what is marked here.
"""


def _outcome(by: str = "") -> str:
    """What becomes of it: known where the last import said the same, or the last of this source, which did not change.

    `by` says of whose imports alone.
    """
    return f"""outcome = CASE WHEN NOT EXISTS ({LAST.format(by=by)}) THEN 'added'
                 WHEN {SAME.format(by=by)} OR {SAME.format(by=f"{by} {OF_SOURCE}")} THEN 'unchanged'
                 ELSE 'updated' END"""


JUDGED = f"""UPDATE temp.staged_imports SET fresh = of_annotator != '{ADJUDICATED}'
               AND NOT EXISTS (SELECT 1 {LOG}), {_outcome()}"""


class Brought(NamedTuple):
    """A classification as one source tells it."""

    of: Identity
    kind: Kind
    """What its subject is, should it not be here yet."""
    version: int
    payload: str
    """What its `imported` event says, as JSON."""


def stage(transaction: Transaction, told: Iterable[tuple[int, Brought]]) -> None:
    """Stage classifications, each with its place in the source; no two may be of the same identity."""
    insert(
        transaction,
        "staged_imports",
        [
            (seq, of.subject, kind, of.taxonomy, of.annotator, of.round, version, payload, None, None)
            for seq, (of, kind, version, payload) in told
        ],
    )


def judge(transaction: Transaction, hiding: HidingRule, source: ImportedFrom) -> None:
    """Find out what becomes of every staged classification of a source, and compute the rows of new ones."""
    transaction.execute(JUDGED, source._asdict())
    codes: dict[tuple[str, str, str], int] = {}
    for some in _staged(transaction, "fresh"):
        _compute(transaction, some, hiding, codes)
    insert(transaction, "staged_codes", ((number, *value, None) for value, number in codes.items()))
    disputes.compare(transaction)


def _staged(transaction: Transaction, which: str) -> Iterator[list[tuple[int, Brought]]]:
    """Staged classifications in their order, some at a time."""
    sql = f"""SELECT seq, subject, taxonomy, of_annotator, round, kind, version, payload FROM temp.staged_imports
              WHERE seq > ? AND {which} ORDER BY seq LIMIT {BATCH}"""
    seq = 0
    while found := transaction.execute(sql, (seq,)).fetchall():
        yield [(row[0], _brought(*row[1:])) for row in found]
        seq = found[-1][0]


def _brought(
    subject: str, taxonomy: str, annotator: str, round_: int, kind: Kind, version: int, payload: str
) -> Brought:
    of = Identity.model_construct(subject=subject, taxonomy=taxonomy, annotator=annotator, round=round_)
    return Brought(of, kind, version, payload)


def _compute(
    transaction: Transaction,
    some: list[tuple[int, Brought]],
    hiding: HidingRule,
    codes: dict[tuple[str, str, str], int],
) -> None:
    """Fold classifications that have one event each; its moment and run are filled in when they are moved."""
    heads, answers, spans = [], [], []
    for seq, (of, _, version, payload) in some:
        said = {**json.loads(payload), "run": UNKNOWN}
        one = fold(of, [Event("", "", of.annotator, "imported", of, version, said)], hiding)
        document = readable.document(one.answers)
        heads.append((seq, *readable.head(one, document)))
        for field, answer in document.items():
            spans += [(seq, *row) for row in readable.evidence_rows(field, answer)]
            for _, position, state, value, confidence in readable.answer_rows(field, answer):
                code = None
                if value is not None:
                    code = codes.setdefault((of.taxonomy, field, coded(value)), len(codes) + 1)
                answers.append((seq, field, position, state, value, code, confidence))
    for table, rows in (("heads", heads), ("answers", answers), ("evidence", spans)):
        insert(transaction, f"staged_{table}", rows)


def judge_again(transaction: Transaction, since: Heads, source: ImportedFrom) -> None:
    """Look once more what is new, changed or known, and where what was compared has events `since`.

    What ceased to be new is recorded one by one.
    """
    for (name,) in transaction.execute("SELECT DISTINCT of_annotator FROM temp.staged_imports").fetchall():
        known = people.known_as(transaction, name)  # somebody may have come to be known under another spelling
        sql = "UPDATE temp.staged_imports SET of_annotator = ? WHERE of_annotator = ? AND ? != ?"
        transaction.execute(sql, (known, name, known, name))
    transaction.execute(JUDGED, source._asdict())
    disputes.doubt(transaction, since)


def judge_closed(transaction: Transaction, by: str, source: ImportedFrom) -> None:
    """Let what is closed to whoever imports be unchanged where they brought the same last, and nowhere else.

    Whether anything is written would else tell whether they guessed what stands here.
    """
    own = f"AND events.id >> 32 IN ({events.OF_PERSON.replace('?', ':by')})"
    sql = f"UPDATE temp.staged_imports SET {_outcome(own)} WHERE seq IN (SELECT seq FROM temp.closed_imports)"
    transaction.execute(sql, {"by": plain_name(by), **source._asdict()})


def versions(transaction: Transaction) -> list[tuple[str, int]]:
    """The taxonomy versions, by namespace and number, that what is about to be written was made under.

    Those of what is closed are among them always: a version that is refused would tell else that there is news.
    """
    sql = """SELECT taxonomy, version FROM temp.staged_imports
             WHERE outcome != 'unchanged' OR seq IN (SELECT seq FROM temp.closed_imports)
             GROUP BY 1, 2 ORDER BY min(seq)"""
    return transaction.execute(sql).fetchall()


def make_subjects(transaction: Transaction) -> None:
    """Make empty subjects where a classification is about one that is not here."""
    sql = """SELECT subject, kind FROM temp.staged_imports WHERE outcome != 'unchanged'
             AND NOT EXISTS (SELECT 1 FROM subjects WHERE key = subject) GROUP BY 1 ORDER BY min(seq)"""
    missing = transaction.execute(sql).fetchall()
    kinds: tuple[Kind, ...] = ("incident", "report")
    for kind in kinds:
        ensure_subjects(transaction, [key for key, is_of in missing if is_of == kind], kind)


TOLD_OF_HAND_INS = """SELECT one.subject_id, one.taxonomy FROM temp.staged_ids
                      CROSS JOIN temp.staged_imports AS told USING (seq)
                      CROSS JOIN classifications AS one ON one.id = ? + seq
                      WHERE payload -> '$.hand_in' IS NOT NULL"""


def move_new(transaction: Transaction, hiding: HidingRule, by: str, run: str) -> None:
    """Write the events and the computed rows of all that is new, as somebody's run; call in a write transaction."""
    transaction.executemany(events.INSERT, _new_events(transaction, by, run))
    (last,) = transaction.execute("SELECT coalesce(max(id), 0) FROM classifications").fetchone()
    own = ", ".join(MOMENTS.get(name, name) for name in readable.HEAD)
    transaction.execute(
        f"""INSERT INTO classifications (id, subject_id, taxonomy, annotator, round, {", ".join(readable.HEAD)})
            SELECT :last + seq, subjects.id, taxonomy, of_annotator, round, {own}
            FROM temp.staged_ids CROSS JOIN temp.staged_imports AS told USING (seq)
            CROSS JOIN temp.staged_heads AS head USING (seq)
            CROSS JOIN subjects ON subjects.key = told.subject ORDER BY seq""",
        {"last": last, "run": run},
    )
    _move_answers(transaction, last)
    disputes.move(transaction, last + 1)
    staleness.refresh_from(transaction, last + 1)
    hand_ins.refresh(transaction, hiding, transaction.execute(TOLD_OF_HAND_INS, (last,)).fetchall())
    assignments.refresh_from(transaction, last + 1)


def _new_events(transaction: Transaction, by: str, run: str) -> list[tuple[Any, ...]]:
    """The events of what is new, as they continue the feed of whoever imports; all happen in one moment."""
    names = transaction.execute(WHO).fetchall()
    who = {name: events.introduced(transaction, name, by, "model" if made else "person") for name, made in names}
    at = readable.now()
    transaction.execute(
        f"""INSERT OR IGNORE INTO subject_versions (key, seen, subject_id)
            SELECT subjects.key, {SEEN}, subjects.id {TOLD} WHERE fresh GROUP BY 3 ORDER BY min(seq)"""
    )
    sql = f"""SELECT seq, told.subject, versions.id, versions.seen, taxonomy, of_annotator, round, version, payload
              {TOLD} CROSS JOIN subject_versions AS versions
                ON versions.key = told.subject AND versions.seen = {SEEN} WHERE fresh ORDER BY seq"""
    contents, seqs = [], []
    for seq, key, number, seen, taxonomy, name, round_, version, payload in transaction.execute(sql):
        person = who[name]
        content = Content(at, "imported", key, seen, taxonomy, person.uid, round_, version, "", _of_run(payload, run))
        contents.append((content, number, person.id))
        seqs.append((seq, at))
    insert(transaction, "staged_ids", seqs)
    return list(events.rows(events.feed_of(transaction, by), contents)) if contents else []


def _of_run(payload: str, run: str) -> str:
    """What an `imported` event says, with the run that brought it."""
    return payload[:-1] + ("," if len(payload) > 2 else "") + f'"run":"{run}"}}'


def _move_answers(transaction: Transaction, last: int) -> None:
    """Write answers and evidence of the new classifications, whose ids follow `last`."""
    transaction.execute(
        """INSERT OR IGNORE INTO value_codes (taxonomy, field, value)
           SELECT taxonomy, field, value FROM temp.staged_codes ORDER BY number"""
    )
    transaction.execute(
        """UPDATE temp.staged_codes SET code = (SELECT code FROM value_codes
             WHERE (taxonomy, field, value) = (staged_codes.taxonomy, staged_codes.field, staged_codes.value))"""
    )
    transaction.execute(
        """INSERT INTO answers
             (classification_id, field, position, taxonomy, subject_id, state, value, code, confidence)
           SELECT one.id, own.field, position, one.taxonomy, subject_id, state, own.value, staged_codes.code, confidence
           FROM temp.staged_ids CROSS JOIN classifications AS one ON one.id = :last + staged_ids.seq
           CROSS JOIN temp.staged_answers AS own ON own.seq = staged_ids.seq
           LEFT JOIN temp.staged_codes ON staged_codes.number = own.code ORDER BY own.seq, own.field, position""",
        {"last": last},
    )
    transaction.execute(
        """INSERT INTO evidence SELECT :last + seq, field, position, report, "start", "end", quote, prefix, suffix
           FROM temp.staged_ids CROSS JOIN temp.staged_evidence USING (seq) ORDER BY seq""",
        {"last": last},
    )


def changed(transaction: Transaction) -> Iterator[tuple[Brought, bool]]:
    """What is not new and not known either: to be recorded one by one; and whether it is closed to who imports."""
    closed = {seq for (seq,) in transaction.execute("SELECT seq FROM temp.closed_imports")}
    for some in _staged(transaction, "NOT fresh AND outcome != 'unchanged'"):
        yield from ((brought, seq in closed) for seq, brought in some)


def note(transaction: Transaction, of: Identity, outcome: str) -> None:
    """Note what else became of what came of a classification, such as that it stands here already."""
    sql = """UPDATE temp.staged_imports SET outcome = ?
             WHERE (subject, taxonomy, of_annotator, round) = (?, ?, ?, ?)"""
    transaction.execute(sql, (outcome, of.subject, of.taxonomy, of.annotator, of.round))


def outcomes(transaction: Transaction) -> Counter[str]:
    """What became of the classifications."""
    return Counter(dict(transaction.execute("SELECT outcome, count(*) FROM temp.staged_imports GROUP BY 1")))


def told_outcomes(transaction: Transaction) -> Counter[str]:
    """The same as it may be told: of those that are closed to who imports it is told that they are, and no more."""
    sql = f"""SELECT iif(seq IN (SELECT seq FROM temp.closed_imports), '{CLOSED}', outcome), count(*)
              FROM temp.staged_imports GROUP BY 1"""
    return Counter(dict(transaction.execute(sql)))
