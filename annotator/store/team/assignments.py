"""Work dealt to annotators: who is to classify what, and whether it is done.

`done` follows from the annotator's classification: submitted, skipped or adjudicated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.model.person import ADJUDICATED
from annotator.model.visibility import Viewer
from annotator.store.connection import Transaction
from annotator.store.people import IS_SOMEBODY
from annotator.store.visibility import Condition, not_at_work_on

if TYPE_CHECKING:
    from annotator.model.classification import Identity
    from annotator.store.team.team import Dealt as Hand

DONE = ("submitted", "skipped", "adjudicated")
IS_DONE = "status IN (" + ", ".join(f"'{status}'" for status in DONE) + ")"
HOLDS = f"""EXISTS (SELECT 1 FROM classifications AS work WHERE work.subject_id = assignments.subject_id
              AND work.taxonomy = assignments.taxonomy AND work.annotator = assignments.annotator
              AND work.round = assignments.round AND {IS_DONE})"""

IS_BEGUN = """EXISTS (SELECT 1 FROM classifications AS work WHERE work.subject_id = assignments.subject_id
                AND work.taxonomy = assignments.taxonomy AND work.annotator = assignments.annotator
                AND work.round = assignments.round AND work.status = 'draft')"""


class Assignment(NamedTuple):
    """One subject for one annotator."""

    subject_id: int
    annotator: str
    batch: int
    position: int
    """Its place within the batch; those who share a subject have it at about the same place."""
    dealt: float | None = None
    """How likely the subject was to be dealt, 0 … 1; None where nothing was drawn."""
    compared: float | None = None
    """How likely it was to be dealt to two people or more; None where it was not."""
    due: str = ""
    """The day until which it is to be done; empty where none was said."""


class Chosen(NamedTuple):
    """What dealing has to know of a subject."""

    id: int
    key: str
    kind: str
    date: str


def subjects(transaction: Transaction, ids: Sequence[int]) -> list[Chosen]:
    """Subjects by id, in the order given."""
    sql = """SELECT subjects.id, subjects.key, kind, date FROM json_each(?) AS listed
             JOIN subjects ON subjects.id = listed.value ORDER BY listed.key"""
    return [Chosen._make(row) for row in transaction.execute(sql, (json.dumps(list(ids)),))]


def ids_of(transaction: Transaction, keys: Sequence[str]) -> list[int]:
    """The ids of subjects by key, in the order given; unknown keys are passed over."""
    sql = """SELECT subjects.id FROM json_each(?) AS listed JOIN subjects ON subjects.key = listed.value
             ORDER BY listed.key"""
    return [number for (number,) in transaction.execute(sql, (json.dumps(list(keys)),))]


def holders(transaction: Transaction, taxonomy: str, round_: int) -> dict[int, frozenset[str]]:
    """By subject: everybody who has it to do in a round, or has done it without being asked."""
    sql = f"""SELECT subject_id, annotator FROM assignments WHERE taxonomy = :taxonomy AND round = :round
              UNION SELECT subject_id, annotator FROM classifications
              WHERE taxonomy = :taxonomy AND round = :round AND {IS_DONE} AND {IS_SOMEBODY}"""
    return _grouped(transaction.execute(sql, {"taxonomy": taxonomy, "round": round_}))


def who_looked(transaction: Transaction, taxonomy: str) -> dict[int, frozenset[str]]:
    """By subject: those who saw others' answers as somebody who decides, or decided in bulk."""
    sql = """SELECT subject_id, annotator FROM looks WHERE taxonomy = ? UNION
             SELECT subject_id, adjudicated_by FROM adjudications
             JOIN classifications ON classifications.id = classification_id WHERE taxonomy = ?"""
    return _grouped(transaction.execute(sql, (taxonomy, taxonomy)))


def handed_in(transaction: Transaction, taxonomy: str, round_: int) -> dict[int, frozenset[str]]:
    """By subject: those who submitted it in a round."""
    sql = f"""SELECT subject_id, annotator FROM classifications WHERE taxonomy = ? AND round = ?
              AND status = 'submitted' AND {IS_SOMEBODY}"""
    return _grouped(transaction.execute(sql, (taxonomy, round_)))


def touched(transaction: Transaction, taxonomy: str, round_: int) -> dict[int, frozenset[str]]:
    """By subject: those who began it in a round, done or not."""
    sql = f"""SELECT subject_id, annotator FROM classifications WHERE taxonomy = ? AND round = ?
              AND status != 'untouched' AND {IS_SOMEBODY}"""
    return _grouped(transaction.execute(sql, (taxonomy, round_)))


def ever_had(transaction: Transaction, taxonomy: str) -> dict[int, frozenset[str]]:
    """By subject: those who began it or were to do it, in whatever round."""
    sql = f"""SELECT subject_id, annotator FROM assignments WHERE taxonomy = :taxonomy
              UNION SELECT subject_id, annotator FROM classifications
              WHERE taxonomy = :taxonomy AND status != 'untouched' AND {IS_SOMEBODY}"""
    return _grouped(transaction.execute(sql, {"taxonomy": taxonomy}))


def had_in_practice(transaction: Transaction, taxonomy: str) -> dict[int, frozenset[str]]:
    """By subject: those who began it or were to do it in a calibration or a training, which show others' answers."""
    practice = """taxonomy = :taxonomy AND round IN (SELECT round FROM rounds WHERE rounds.taxonomy = :taxonomy
                    AND purpose IN ('calibration', 'training'))"""
    sql = f"""SELECT subject_id, annotator FROM assignments WHERE {practice}
              UNION SELECT subject_id, annotator FROM classifications
              WHERE {practice} AND status != 'untouched' AND {IS_SOMEBODY}"""
    return _grouped(transaction.execute(sql, {"taxonomy": taxonomy}))


def dealt_to(transaction: Transaction, taxonomy: str = "", round_: int = 0) -> list[str]:
    """Everybody who was given something, by name; under one taxonomy, in one round, if named."""
    sql = """SELECT DISTINCT annotator FROM assignments
             WHERE :taxonomy IN ('', taxonomy) AND :round IN (0, round) ORDER BY annotator"""
    return [name for (name,) in transaction.execute(sql, {"taxonomy": taxonomy, "round": round_})]


def people(transaction: Transaction) -> list[str]:
    """Everybody who has classified something or is to."""
    sql = f"""SELECT DISTINCT annotator FROM classifications WHERE {IS_SOMEBODY}
              UNION SELECT DISTINCT annotator FROM assignments ORDER BY 1"""
    return [name for (name,) in transaction.execute(sql)]


def last_batches(transaction: Transaction) -> dict[str, int]:
    """The number of each annotator's latest batch, in whatever round: batches are done in the order of their deals."""
    return dict(transaction.execute("SELECT annotator, max(batch) FROM assignments GROUP BY annotator"))


def put(
    transaction: Transaction,
    taxonomy: str,
    round_: int,
    dealt: Iterable[Assignment],
    assigned_by: str,
    drawn: Mapping[str, Any] | None = None,
) -> None:
    """Keep new assignments, none of which is done yet; `drawn` tells how. Call inside a write transaction."""
    from annotator.store.team import team

    hands: dict[tuple[str, int, bool, str], list[Assignment]] = {}
    for one in dealt:
        hands.setdefault((one.annotator, one.batch, one.dealt is not None, one.due), []).append(one)
    for (annotator, batch, has_chances, due), hand in hands.items():
        named = _named(transaction, {one.subject_id: one.position for one in hand})
        further: dict[str, Any] = {"draw": {**(drawn or {}), **_chances(hand)}} if has_chances else {}
        if due:
            further["due"] = due
        team.assign(transaction, assigned_by, (taxonomy, annotator, round_), batch, named, further)
    done = f"""UPDATE assignments SET done = 1
               WHERE taxonomy = ? AND round = ? AND annotator = ? AND done = 0 AND {HOLDS}"""
    transaction.executemany(done, [(taxonomy, round_, name) for name in {name for name, *_ in hands}])


def _chances(hand: Sequence[Assignment]) -> dict[str, Any]:
    """The chances in a hand, each once, and which of them every subject has."""
    place: dict[tuple[float | None, float | None], int] = {}
    which = [place.setdefault((one.dealt, one.compared), len(place)) for one in hand]
    return {"chances": [list(each) for each in place], "which": which}


def _named(transaction: Transaction, positions: Mapping[int, int]) -> list[Hand]:
    """Subjects as the log names them."""
    from annotator.store.log.subject_versions import SEEN
    from annotator.store.team.team import Dealt as Hand

    sql = f"""SELECT subjects.id, subjects.key, {SEEN} FROM json_each(?) AS listed
              CROSS JOIN subjects ON subjects.id = listed.value
              LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id
              ORDER BY listed.key"""
    found = transaction.execute(sql, (json.dumps(list(positions)),))
    return [Hand(key, seen, positions[number]) for number, key, seen in found]


def named(transaction: Transaction, subjects: Sequence[int]) -> list[list[Any]]:
    """Subjects as the log names them, in no place."""
    return [list(each) for each in _named(transaction, dict.fromkeys(subjects, 0))]


def take_back(transaction: Transaction, annotator: str, round_: int, taxonomy: str = "", by: str = "") -> int:
    """Take from somebody what they have not done yet; returns how many assignments that was."""
    found = still_open(transaction, round_, taxonomy, annotator)
    take(transaction, found, by)
    return len(found)


def done_though_taken_back(transaction: Transaction) -> int:
    """How many assignments were taken back and are done all the same: taken back on one copy, done on another."""
    return int(transaction.execute(f"SELECT count(*) FROM ({_done_though_taken_back()})").fetchone()[0])


def _done_though_taken_back() -> str:
    """A query for the classifications that were done though their assignment was taken back."""
    from annotator.store.log.events import IN_WAITING, TEAM

    return f"""SELECT DISTINCT work.id, work.taxonomy, work.round, work.annotator
               FROM events, json_each(payload, '$.subjects') AS said
               JOIN people AS written ON written.id = events.whose
               JOIN people ON people.id = written.stands_for
               JOIN subject_versions AS versions
                 ON versions.key = said.value ->> 0 AND versions.seen = said.value ->> 1
               JOIN classifications AS work ON work.subject_id = versions.subject_id AND {IS_DONE}
                 AND (work.taxonomy, work.annotator, work.round) = (events.taxonomy, people.name, events.round)
               WHERE events.kind = 'taken_back' AND events.kind IN {TEAM} AND events.id NOT IN {IN_WAITING}
                 AND NOT EXISTS (SELECT 1 FROM assignments WHERE assignments.subject_id = work.subject_id
                   AND (assignments.taxonomy, assignments.annotator, assignments.round)
                     = (work.taxonomy, work.annotator, work.round))"""


class StillOpen(NamedTuple):
    """An assignment that is not done."""

    annotator: str
    taxonomy: str
    round: int
    subject_id: int
    batch: int
    position: int
    is_begun: bool
    dealt: float | None
    compared: float | None
    due: str


def still_open(transaction: Transaction, round_: int = 0, taxonomy: str = "", annotator: str = "") -> list[StillOpen]:
    """What is to be done, in the order to do it; in one round, under one taxonomy, of one annotator alone, if named."""
    wanted = {"round": round_, "annotator": annotator, "taxonomy": taxonomy}
    where = " AND ".join(f"{name} = :{name}" for name, value in wanted.items() if value)
    sql = f"""SELECT annotator, taxonomy, round, subject_id, batch, position, {IS_BEGUN}, dealt, compared, due
              FROM assignments WHERE {where or 1} AND done = 0
              ORDER BY annotator, batch, position, taxonomy, subject_id, round"""
    rows = transaction.execute(sql, wanted)
    return [StillOpen._make((*row[:6], bool(row[6]), *row[7:])) for row in rows]


def begun(transaction: Transaction, taxonomy: str, round_: int) -> dict[str, int]:
    """How much everybody has begun in a round and not done, assigned or not."""
    sql = f"""SELECT annotator, count(*) FROM classifications
              WHERE taxonomy = ? AND round = ? AND status = 'draft' AND {IS_SOMEBODY} GROUP BY 1 ORDER BY 1"""
    return dict(transaction.execute(sql, (taxonomy, round_)).fetchall())


def take(transaction: Transaction, found: Iterable[StillOpen], by: str) -> None:
    """Take some open assignments back; call inside a write transaction."""
    from annotator.store.team import team

    hands: dict[tuple[str, str, int], dict[int, int]] = {}
    for one in sorted(found, key=lambda each: (each.taxonomy, each.position, each.subject_id)):
        hands.setdefault((one.taxonomy, one.annotator, one.round), {})[one.subject_id] = one.position
    for where, positions in hands.items():
        team.take_back(transaction, by, where, _named(transaction, positions))


def refresh(transaction: Transaction, subject_id: int, of: Identity, status: str) -> None:
    """Bring one assignment up to date with its classification, where there is one."""
    sql = """UPDATE assignments SET done = ? WHERE subject_id = ? AND taxonomy = ? AND annotator = ? AND round = ?"""
    transaction.execute(sql, (int(status in DONE), subject_id, of.taxonomy, of.annotator, of.round))


def refresh_from(transaction: Transaction, first: int) -> None:
    """Bring the assignments of all classifications from an id on up to date."""
    which = "SELECT subject_id, taxonomy, annotator, round FROM classifications WHERE id >= ?"
    transaction.execute(
        f"UPDATE assignments SET done = {HOLDS} WHERE (subject_id, taxonomy, annotator, round) IN ({which})", (first,)
    )


def rebuild(transaction: Transaction) -> None:
    """Bring all of them up to date."""
    transaction.execute(f"UPDATE assignments SET done = {HOLDS} WHERE done != {HOLDS}")


def differing(transaction: Transaction) -> list[tuple[str, str, str, int]]:
    """Assignments, by key, taxonomy, annotator and round, that are not as done as the work is; for the doctor."""
    sql = f"""SELECT key, taxonomy, annotator, round FROM assignments JOIN subjects ON subjects.id = subject_id
              WHERE done != {HOLDS} ORDER BY 1, 2, 3, 4"""
    return transaction.execute(sql).fetchall()


def _grouped(rows: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for subject_id, annotator in rows:
        found.setdefault(subject_id, set()).add(annotator)
    return {subject_id: frozenset(names) for subject_id, names in found.items()}


Whose = tuple[str, str, int]
"""Annotator, taxonomy, round."""


class Dealt(NamedTuple):
    """One annotator's assignments under one taxonomy in one round."""

    assigned: int = 0
    open: int = 0
    begun: int = 0
    """How many of the open ones are drafts."""
    late: int = 0
    """How many of the open ones should be done already."""
    due: str = ""
    """The next day on which an open one is to be done, or was; empty where there is none."""


class Worked(NamedTuple):
    """One annotator's classifications under one taxonomy in one round."""

    draft: int = 0
    skipped: int = 0
    submitted: int = 0
    last: str = ""
    """When they last changed one."""


class Decided(NamedTuple):
    """What is decided under one taxonomy in one round."""

    taxonomy: str
    round: int
    disputed: int
    """Subjects on which annotators differ, not adjudicated yet."""
    settled: int
    """Subjects on which annotators differ, adjudicated."""
    adjudicated: int
    published: int
    stale: int = 0
    """Subjects adjudicated on other answers than there are now."""


class Batch(NamedTuple):
    """One batch of one annotator, with what is done of it."""

    batch: int
    assigned: int
    done: int


def assigned(transaction: Transaction, today: str) -> dict[Whose, Dealt]:
    """Count assignments; those are late whose day was before this one."""
    sql = f"""SELECT annotator, taxonomy, round, count(*), sum(1 - done), sum(done = 0 AND {IS_BEGUN}),
                sum(done = 0 AND due != '' AND due < :today),
                ifnull(min(CASE WHEN done = 0 THEN nullif(due, '') END), '')
              FROM assignments GROUP BY annotator, round, taxonomy"""
    return {(row[0], row[1], row[2]): Dealt(*row[3:]) for row in transaction.execute(sql, {"today": today})}


def worked(transaction: Transaction) -> dict[Whose, Worked]:
    """Count classifications; results that nobody works at, such as published ones, are left out."""
    sql = f"""SELECT annotator, taxonomy, round, sum(status = 'draft'), sum(status = 'skipped'),
                sum(status = 'submitted'), ifnull(max(updated_at), '')
              FROM classifications WHERE {IS_SOMEBODY} AND status != 'untouched'
              GROUP BY annotator, round, taxonomy"""
    return {(row[0], row[1], row[2]): Worked(*row[3:]) for row in transaction.execute(sql)}


def decided(transaction: Transaction, viewer: Viewer) -> list[Decided]:
    """Count what is disputed, adjudicated, published and stale, by taxonomy and round; the latest round first.

    Whether subjects are disputed, or decided otherwise, that a viewer is at work on is not told.
    """
    seen, stale = (not_at_work_on(transaction, viewer, table) for table in ("disputed_subjects", "stale_decisions"))
    sql = f"""SELECT taxonomy, round, sum(disputed), sum(settled), sum(adjudicated), sum(published), sum(stale) FROM (
                SELECT taxonomy, round, settled = 0 AS disputed, settled, 0 AS adjudicated, 0 AS published, 0 AS stale
                FROM disputed_subjects WHERE {seen.sql or 1}
                UNION ALL SELECT taxonomy, round, 0, 0, 0, 0, 1 FROM stale_decisions WHERE {stale.sql or 1}
                UNION ALL SELECT taxonomy, round, 0, 0, annotator = '{ADJUDICATED}' AND status = 'adjudicated',
                  publish = 'published', 0 FROM classifications
                WHERE publish = 'published' OR annotator = '{ADJUDICATED}')
              GROUP BY taxonomy, round HAVING sum(disputed + settled + adjudicated + published)
              ORDER BY round DESC, taxonomy"""
    return [Decided._make(row) for row in transaction.execute(sql, (*seen.values, *stale.values))]


def batches(transaction: Transaction, annotator: str, taxonomy: str, round_: int) -> list[Batch]:
    """One annotator's batches under a taxonomy in a round, in the order to do them."""
    sql = """SELECT batch, count(*), sum(done) FROM assignments
             WHERE annotator = ? AND taxonomy = ? AND round = ? GROUP BY batch ORDER BY batch"""
    return [Batch._make(row) for row in transaction.execute(sql, (annotator, taxonomy, round_))]


class InRound(NamedTuple):
    """What was dealt in a round, and how much of it is done, also where it was taken back on another copy meanwhile."""

    people: int = 0
    assigned: int = 0
    done: int = 0


def by_round(transaction: Transaction) -> dict[tuple[str, int], InRound]:
    """What was dealt and done, by taxonomy and round."""
    sql = f"""SELECT taxonomy, round, count(DISTINCT annotator), sum(assigned), sum(done) FROM (
                SELECT taxonomy, round, annotator, 1 AS assigned, done FROM assignments
                UNION ALL SELECT taxonomy, round, annotator, 0, 1 FROM ({_done_though_taken_back()}))
              GROUP BY taxonomy, round"""
    return {(taxonomy, number): InRound(*counts) for taxonomy, number, *counts in transaction.execute(sql)}


BEST_LAST = f"""CASE WHEN annotator = '{ADJUDICATED}' THEN 2 WHEN publish = 'published' THEN 1 ELSE 0 END,
                round, annotator DESC, classifications.id"""


def values(transaction: Transaction, taxonomy: str, field: str, seen: Condition) -> dict[int, str]:
    """By subject: state and values of a field as one text, of what is open; those who have none are left out.

    Adjudicated answers come before published ones, and these before what was only handed in;
    of equals the latest round and then the first name.
    """
    sql = f"""SELECT classifications.subject_id, classifications.id, state, ifnull(value, '')
              FROM answers JOIN classifications ON classifications.id = classification_id
              WHERE answers.taxonomy = ? AND answers.field = ? AND state NOT IN ('hidden', 'conflict')
              AND status IN ('submitted', 'adjudicated'){seen.and_sql} ORDER BY {BEST_LAST}, value"""
    found: dict[int, tuple[int, str]] = {}
    for subject_id, classification_id, state, value in transaction.execute(sql, (taxonomy, field, *seen.values)):
        former, text = found.get(subject_id, (0, ""))
        found[subject_id] = classification_id, f"{text};{value}" if former == classification_id else f"{state}:{value}"
    return {subject_id: text for subject_id, (_, text) in found.items()}
