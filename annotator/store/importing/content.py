"""Write incidents and reports in bulk: add what is new, update what changed, leave the rest.

They are staged first. `judge` finds out what becomes of each without the file's lock; `move_new` and
`move` do it under the lock, and judge again only what another process changed meanwhile.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Literal

from annotator.errors import SourceError
from annotator.model.provenance import ImportedFrom
from annotator.model.subject import Report
from annotator.store import search
from annotator.store.connection import Transaction
from annotator.store.importing import grafting, linking
from annotator.store.importing.relating import APART, DIGITS, are_related
from annotator.store.importing.staging import COLUMNS, KINDS, TEXT, Kind, Row, Told, dated, insert, report_row
from annotator.store.log.subject_versions import SEEN
from annotator.store.readable import to_json

ALTERED = """SELECT 1 FROM subjects CROSS JOIN reports ON reports.id = subjects.id
             CROSS JOIN temp.staged_reports AS own ON own.seq = staged_subjects.seq
             WHERE subjects.key = staged_subjects.key AND reports.text != own.text AND reports.sha256 = own.sha256"""
"""A report here that has the digest of a staged one and another text: what stands here is not what was written."""
BATCH = 2_000
"""Rows that are compared at a time."""


def stage(transaction: Transaction, told: Iterable[tuple[int, bool, Told]]) -> None:
    """Stage subjects, each with its place in the source and whether its key was told before."""
    heads = []
    rows: dict[Kind, list[Row]] = {kind: [] for kind in KINDS}
    for seq, again, (kind, key, row, belonging) in told:
        heads.append((seq, kind, key, *row[:2], search.needs_trigram(row[0], row[2]), again, None, None, None))
        rows[kind].append((seq, *row[2:], *belonging))
    insert(transaction, "staged_subjects", heads)
    for kind in KINDS:
        insert(transaction, f"staged_{kind}s", rows[kind])


def judge(transaction: Transaction, source: ImportedFrom, after: int = 0) -> int:
    """Find out what becomes of the subjects that were told for the first time; returns how many are new.

    Those that change are merged with what is stored; those told again are left to `move`, because
    they meet what the first telling made. `after` is the place in the source up to which all is judged.
    """
    first = "again = 0 AND outcome IS NULL"
    new = f"{first} AND NOT EXISTS (SELECT 1 FROM subjects WHERE subjects.key = staged_subjects.key)"
    added = _number(transaction, f"seq > {after} AND {new}")
    for kind in KINDS:
        undecided = f"seq > {after} AND kind = '{kind}' AND {first}"
        transaction.execute(f"UPDATE temp.staged_subjects SET was = ({_stored(kind)}) WHERE {undecided}")
        told = f"""SELECT {_facts(kind, "staged_subjects")} FROM temp.staged_{kind}s AS own
                   WHERE own.seq = staged_subjects.seq"""
        same = f"was = ({told})" + (f" AND NOT EXISTS ({ALTERED})" if kind == "report" else "")
        sql = f"UPDATE temp.staged_subjects SET outcome = 'unchanged' WHERE {undecided} AND {same}"
        transaction.execute(sql)
        for rows in _undecided(transaction, kind, after, "was IS NOT NULL AND again = 0"):
            _merge(transaction, kind, rows, source)
    return added


def _number(transaction: Transaction, which: str) -> int:
    """Give those that are new the ids that follow all others; returns how many they are."""
    last = """SELECT max(ifnull((SELECT max(id) FROM subjects), 0), ifnull((SELECT id FROM temp.staged_subjects
                WHERE id IS NOT NULL ORDER BY seq DESC LIMIT 1), 0))"""
    return transaction.execute(
        f"""UPDATE temp.staged_subjects SET outcome = 'added', id = new.id
            FROM (SELECT seq, ({last}) + row_number() OVER (ORDER BY seq) AS id FROM temp.staged_subjects
                  WHERE {which}) AS new WHERE new.seq = staged_subjects.seq"""
    ).rowcount


def _facts(kind: Kind, head: str) -> str:
    """All that is known of a subject as one text; the digest stands for a report's own text."""
    columns = ", ".join(f"own.{name}" for name in COLUMNS[kind] if name != "text")
    return f"json_array({head}.title, {head}.date, {columns})"


def _stored(kind: Kind) -> str:
    """The facts of the stored subject that has the key of a staged one."""
    return f"""SELECT {_facts(kind, "subjects")} FROM subjects JOIN {kind}s AS own USING (id)
               WHERE subjects.key = staged_subjects.key"""


def _undecided(
    transaction: Transaction, kind: Kind, after: int = 0, which: str = "1"
) -> Iterator[list[tuple[int, str, Row]]]:
    """Staged subjects without an outcome, in their order, some at a time: place, key and row."""
    sql = f"""SELECT staged_subjects.seq, key, title, date, {", ".join(COLUMNS[kind])}
              FROM temp.staged_subjects CROSS JOIN temp.staged_{kind}s USING (seq)
              WHERE staged_subjects.seq > ? AND kind = ? AND outcome IS NULL AND {which}
              ORDER BY staged_subjects.seq LIMIT {BATCH}"""
    while found := transaction.execute(sql, (after, kind)).fetchall():
        yield [(row[0], row[1], tuple(row[2:])) for row in found]
        after = found[-1][0]


def _merge(transaction: Transaction, kind: Kind, rows: list[tuple[int, str, Row]], source: ImportedFrom) -> None:
    """Keep ready what stored subjects become, or note that they stay."""
    told = _not_said_before(transaction, kind, {key: row for _, key, row in rows}, source)
    here = known(transaction, kind, list(told))
    changed = []
    outcomes: list[tuple[Outcome, int]] = []
    for seq, key, _ in rows:
        subject_id, old = here[key]
        new = combined(kind, old, told[key])
        outcomes.append(("unchanged" if new == old else "updated", seq))
        if new != old:
            text_changes = (old[0], old[2]) != (new[0], new[2])
            head = (seq, subject_id, *new[:2], search.needs_trigram(new[0], new[2]), text_changes)
            changed.append((*head, *new[2:]))
    insert(transaction, f"merged_{kind}s", changed)
    _decide(transaction, outcomes)


def _not_said_before(
    transaction: Transaction, kind: Kind, rows: Mapping[str, Row], source: ImportedFrom
) -> dict[str, Row]:
    """The same rows, of which those fill gaps alone that a version took in that another source has replaced since.

    So sources that did not change settle, in whatever order they come again. What a source itself said before and
    took back is news.
    """
    sql = """SELECT versions.key, versions.content FROM json_each(?) JOIN subject_versions AS versions
               ON versions.key = value JOIN subjects ON subjects.id = subject_id
             WHERE content IS NOT NULL AND NOT EXISTS (SELECT 1 FROM import_runs
               WHERE event = substr(subjects.run, instr(subjects.run, ' ') + 1) AND source = ?)"""
    said = dict(rows)
    for key, content in transaction.execute(sql, (json.dumps(list(rows)), source.source)):
        before = tuple(json.loads(content))
        if len(before) == len(rows[key]) and combined(kind, before, rows[key]) == before:
            said[key] = (*rows[key][:-1], 1)
    return said


def _decide(transaction: Transaction, outcomes: Iterable[tuple[Outcome, int]]) -> None:
    transaction.executemany("UPDATE temp.staged_subjects SET outcome = ? WHERE seq = ?", outcomes)


def doubt(transaction: Transaction) -> None:
    """Take back what was decided about subjects that another process changed since it was judged."""
    for kind in KINDS:
        transaction.execute(
            f"""UPDATE temp.staged_subjects SET outcome = NULL
                WHERE kind = '{kind}' AND outcome IN ('unchanged', 'updated') AND was IS NOT ({_stored(kind)})"""
        )
        undecided = "SELECT seq FROM temp.staged_subjects WHERE outcome IS NULL"
        transaction.execute(f"DELETE FROM temp.merged_{kind}s WHERE seq IN ({undecided})")
    transaction.execute(
        """UPDATE temp.staged_subjects SET outcome = NULL, id = NULL WHERE outcome = 'added'
           AND EXISTS (SELECT 1 FROM subjects WHERE subjects.key = staged_subjects.key)"""
    )


def move_new(transaction: Transaction, *, is_indexed: bool = False) -> None:
    """Store the subjects whose keys are new; call in a write transaction, before `move`.

    `is_indexed`: their texts were indexed beside the file under the ids they were given.
    """
    (last,) = transaction.execute("SELECT ifnull(max(id), 0) FROM subjects").fetchone()
    sql = "SELECT count(*), min(id) FROM temp.staged_subjects WHERE outcome = 'added'"
    count, first = transaction.execute(sql).fetchone()
    if not count:
        return
    are_free = first > last
    if not are_free:  # others took the ids
        transaction.execute("UPDATE temp.staged_subjects SET id = NULL")
        _number(transaction, "outcome = 'added'")
    transaction.execute(
        """INSERT INTO subjects (id, key, kind, title, date, needs_trigram)
           SELECT id, key, kind, title, date, needs_trigram FROM temp.staged_subjects
           WHERE outcome = 'added' ORDER BY seq"""
    )
    for kind in KINDS:
        columns = ", ".join(COLUMNS[kind])
        transaction.execute(
            f"""INSERT INTO {kind}s (id, {columns}) SELECT id, {columns}
                FROM temp.staged_subjects AS told CROSS JOIN temp.staged_{kind}s USING (seq)
                WHERE told.kind = '{kind}' AND outcome = 'added' ORDER BY seq"""
        )
    if not (is_indexed and are_free and grafting.graft(transaction)):
        search.index(transaction, f"id > {last}", is_bulk=count > BATCH)


def move(transaction: Transaction, kind: Kind, source: ImportedFrom) -> Counter[str]:
    """Store everything else that is staged of one kind, and the links of all. Counts outcomes.

    Raises SourceError where a key stands for a subject of the other kind.
    """
    _move_merged(transaction, kind)
    for rows in _undecided(transaction, kind):
        for some in _of_different_keys(rows):
            told = _not_said_before(transaction, kind, {key: row for _, key, row in some}, source)
            outcomes = put(transaction, kind, told)
            _decide(transaction, ((outcomes[key], seq) for seq, key, _ in some))
    if kind == "incident":
        linking.link_incidents(transaction)
    else:
        ensure_subjects(transaction, linking.missing_incidents(transaction), "incident")
        linking.link_reports(transaction)
    sql = "SELECT outcome, count(*) FROM temp.staged_subjects WHERE kind = ? GROUP BY 1"
    return Counter(dict(transaction.execute(sql, (kind,))))


def _move_merged(transaction: Transaction, kind: Kind) -> None:
    """Store what known subjects become."""
    (changed,) = transaction.execute(f"SELECT count(*) FROM temp.merged_{kind}s").fetchone()
    if not changed:
        return
    texts = f"id IN (SELECT id FROM temp.merged_{kind}s WHERE text_changes)"
    _keep_versions(transaction, kind, f"id IN (SELECT id FROM temp.merged_{kind}s)")
    search.remove(transaction, texts)
    for table, columns in (("subjects", ("title", "date", "needs_trigram")), (f"{kind}s", COLUMNS[kind])):
        changes = ", ".join(f"{name} = new.{name}" for name in columns)
        transaction.execute(f"UPDATE {table} SET {changes} FROM temp.merged_{kind}s AS new WHERE new.id = {table}.id")
    search.index(transaction, texts, is_bulk=changed > BATCH)


def _keep_versions(transaction: Transaction, kind: Kind, which: str) -> None:
    """Keep what subjects say now, which is about to change, with the import that brought it."""
    columns = ", ".join(f"own.{name}" for name in COLUMNS[kind])
    said = "text" if kind == "report" else "description"
    unaltered = "AND text_digest(own.text) = own.sha256" if kind == "report" else ""
    transaction.execute(
        f"""INSERT INTO subject_versions (key, seen, subject_id, run, content)
            SELECT subjects.key, {SEEN}, subjects.id, subjects.run, json_array(title, date, {columns})
            FROM subjects JOIN {kind}s AS own USING (id)
            LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id
            WHERE subjects.{which} AND (title != '' OR own.{said} != '') {unaltered}
            ON CONFLICT (key, seen) DO UPDATE SET content = excluded.content, run = excluded.run"""
    )


def unrelated(transaction: Transaction, told: Mapping[str, Row]) -> dict[str, str]:
    """Reports whose key stands here for another text altogether: the key each goes by instead.

    `told` gives the rows of reports by key; the digest of a text tells subjects of one key apart. What a source
    knows only in part, such as a translation, is no text of its own.
    """
    sql = """SELECT subjects.key, title, text, sha256 FROM json_each(?) JOIN subjects ON subjects.key = value
             JOIN reports ON reports.id = subjects.id WHERE text != '' AND NOT partial"""
    found: dict[str, str] = {}
    for key, title, text, digest in transaction.execute(sql, (json.dumps(list(told)),)):
        row = told[key]
        if (
            not row[-1]
            and row[2] not in {"", text}
            and row[3] != digest
            and not (title and title == row[0])
            and not are_related(text, row[2])
        ):
            found[key] = f"{key}{APART}{row[3][:DIGITS]}"
    return found


def _of_different_keys(rows: Iterable[tuple[int, str, Row]]) -> Iterator[list[tuple[int, str, Row]]]:
    """The rows in their order, in lists in which no key comes twice."""
    some: dict[str, tuple[int, str, Row]] = {}
    for row in rows:
        if row[1] in some:
            yield list(some.values())
            some = {}
        some[row[1]] = row
    if some:
        yield list(some.values())


# Subjects one by one

Outcome = Literal["added", "updated", "unchanged"]
EMPTY = ("", "[]", "{}", sha256(b"").hexdigest())


def ensure_subjects(transaction: Transaction, keys: Sequence[str], kind: Kind) -> None:
    """Make empty subjects for the keys that are not there, in the order given."""
    sql = "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM subjects WHERE subjects.key = value)"
    missing = [key for (key,) in transaction.execute(sql, (json.dumps(keys),))] if keys else []
    if missing:
        put(transaction, kind, {key: _empty_row(kind, key) for key in missing})


def _empty_row(kind: Kind, key: str) -> Row:
    return ("", "", "", "{}", 1) if kind == "incident" else report_row(Report(key=key), True)


def put(transaction: Transaction, kind: Kind, rows: dict[str, Row]) -> dict[str, Outcome]:
    """Store subjects one by one where they are known; gives what became of each."""
    here = known(transaction, kind, list(rows))
    if len(here) < len(rows) and _turn_placeholders(transaction, kind, [key for key in rows if key not in here]):
        here = known(transaction, kind, list(rows))
    fresh = {key: row for key, row in rows.items() if key not in here}
    _insert(transaction, kind, fresh)
    outcomes: dict[str, Outcome] = dict.fromkeys(fresh, "added")
    for key, (subject_id, old) in here.items():
        new = combined(kind, old, rows[key])
        outcomes[key] = "unchanged" if new == old else "updated"
        if new != old:
            _update(transaction, kind, subject_id, old, new)
    return outcomes


def known(transaction: Transaction, kind: Kind, keys: list[str]) -> dict[str, tuple[int, Row]]:
    """Rows already stored under these keys, with their ids."""
    sql = f"""SELECT subjects.key, subjects.id, title, date, {", ".join(COLUMNS[kind])}
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {kind}s AS own ON own.id = subjects.id"""
    return {row[0]: (row[1], tuple(row[2:])) for row in transaction.execute(sql, (json.dumps(keys),))}


def _turn_placeholders(transaction: Transaction, kind: Kind, keys: list[str]) -> bool:
    """Give empty subjects that were guessed to be of the other kind their own; refuse those that have content.

    A classification names its subject by key alone, so `ensure_subjects` may have been told wrong.
    """
    other: Kind = "report" if kind == "incident" else "incident"
    sql = f"""SELECT own.id, subjects.key, title || own.{COLUMNS[other][0]} = '' AND partial = 1
                AND NOT EXISTS (SELECT 1 FROM incident_reports WHERE incident_id = own.id)
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {other}s AS own ON own.id = subjects.id"""
    taken = transaction.execute(sql, (json.dumps(keys),)).fetchall()
    for subject_id, key, is_empty in taken:
        if not is_empty:
            raise SourceError(f"{key}: is here already and is no {kind}; two sources use one key for two things.")
        transaction.execute(f"DELETE FROM {other}s WHERE id = ?", (subject_id,))
        transaction.execute("UPDATE subjects SET kind = ? WHERE id = ?", (kind, subject_id))
        _insert_own(transaction, kind, [(subject_id, *_empty_row(kind, key)[2:])])
    return bool(taken)


def _insert(transaction: Transaction, kind: Kind, rows: dict[str, Row]) -> None:
    if not rows:
        return
    (last,) = transaction.execute("SELECT coalesce(max(id), 0) FROM subjects").fetchone()
    transaction.executemany(
        "INSERT INTO subjects (id, key, kind, title, date, needs_trigram) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (last + index, key, kind, row[0], row[1], search.needs_trigram(row[0], row[2]))
            for index, (key, row) in enumerate(rows.items(), 1)
        ],
    )
    _insert_own(transaction, kind, [(last + index, *row[2:]) for index, row in enumerate(rows.values(), 1)])
    search.index(transaction, f"id > {last}")


def _insert_own(transaction: Transaction, kind: Kind, rows: Sequence[Row]) -> None:
    """Write the kind's own table; each row begins with the subject's id."""
    columns = COLUMNS[kind]
    marks = ", ".join("?" * (len(columns) + 1))
    transaction.executemany(f"INSERT INTO {kind}s (id, {', '.join(columns)}) VALUES ({marks})", rows)


def _update(transaction: Transaction, kind: Kind, subject_id: int, old: Row, new: Row) -> None:
    texts_changed = (old[0], old[2]) != (new[0], new[2])
    if texts_changed:
        _keep_versions(transaction, kind, f"id = {subject_id}")
        search.remove(transaction, f"id = {subject_id}")
    transaction.execute(
        "UPDATE subjects SET title = ?, date = ?, needs_trigram = ? WHERE id = ?",
        (new[0], new[1], search.needs_trigram(new[0], new[2]), subject_id),
    )
    changes = ", ".join(f"{column} = ?" for column in COLUMNS[kind])
    transaction.execute(f"UPDATE {kind}s SET {changes} WHERE id = ?", (*new[2:], subject_id))
    if texts_changed:
        search.index(transaction, f"id = {subject_id}")


def replace(transaction: Transaction, kind: Kind, subject_id: int, old: Row, new: Row) -> None:
    """Let a subject say something else, whatever it said before."""
    _update(transaction, kind, subject_id, old, new)


def combined(kind: Kind, old: Row, new: Row) -> Row:
    """What to store: a full record's values win, a partial one only fills gaps.

    A source that says nothing of a value does not erase it, and what sources say in
    `extra` (the last column but one) adds up. What was modified before what is here fills gaps, too.
    """
    is_partial = new[-1] or (kind == "report" and not old[-1] and _is_older(new, old))
    winner, other = (old, new) if is_partial else (new, old)
    merged = [theirs if ours in EMPTY else ours for ours, theirs in zip(winner[:-2], other[:-2], strict=True)]
    if kind == "report" and winner[TEXT] == "" and other[TEXT]:
        merged[TEXT + 1] = other[TEXT + 1]
    before = json.loads(old[-2])
    extra = {**json.loads(other[-2]), **json.loads(winner[-2])}
    row = (*merged, old[-2] if extra == before else to_json(extra), int(old[-1] and is_partial))
    return dated(row) if kind == "report" else row


MODIFIED = 2 + COLUMNS["report"].index("date_modified")


def _is_older(one: Row, other: Row) -> bool:
    """Whether a report says that it was modified before another, as exactly as both tell it."""
    exactness = min(len(one[MODIFIED]), len(other[MODIFIED]))
    return bool(one[MODIFIED][:exactness] < other[MODIFIED][:exactness])
