"""Write incidents and reports in bulk: add what is new, update what changed, leave the rest.

They are staged first. `judge` finds out what becomes of each without the file's lock; `move` does
it under the lock, and judges again only what another process changed meanwhile.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple

from annotator.errors import SourceError
from annotator.model.record import IncidentRecord, ReportRecord
from annotator.model.subject import Report
from annotator.store import search
from annotator.store.readable import to_json
from annotator.store.staging import COLUMNS, REPORT_COLUMNS, Kind, Row, insert, staging

NEW_PLACES = """SELECT min(told.seq) AS seq, subjects.id AS incident_id, told.key AS key
                FROM temp.staged_reports AS own CROSS JOIN temp.staged_subjects AS told USING (seq)
                CROSS JOIN subjects ON subjects.key = own.incident
                WHERE own.incident != '' AND NOT EXISTS (SELECT 1 FROM incident_reports
                  WHERE incident_id = subjects.id AND report_key = told.key) GROUP BY 2, 3"""
"""Where staged reports say they belong and do not stand yet, with the first telling of each."""


def put_staged(connection: sqlite3.Connection) -> None:
    """Bring the reports and entities of all staged incidents up to date; those that change count as updated.

    A full record decides which reports the incident lists and who its entities are; a
    partial one only adds reports, and entities where there are none. An empty list says nothing.
    """
    _put_new(connection)
    sql = """SELECT seq, subjects.id, reports, entities, partial FROM temp.staged_subjects AS told
             CROSS JOIN temp.staged_incidents USING (seq) CROSS JOIN subjects ON subjects.key = told.key
             WHERE told.kind = 'incident' AND outcome != 'added' ORDER BY seq"""
    for seq, incident_id, reports, entities, partial in connection.execute(sql).fetchall():
        relinked = _put_reports(connection, incident_id, json.loads(reports), partial)
        named = [(name, role) for name, role in json.loads(entities)]
        if _put_entities(connection, incident_id, named, partial) or relinked:
            _note_change(connection, "seq = ?", (seq,))


def _put_new(connection: sqlite3.Connection) -> None:
    """Write the reports and entities of incidents that are new, and so have none."""
    new = """temp.staged_subjects AS told CROSS JOIN temp.staged_incidents USING (seq)
             CROSS JOIN subjects ON subjects.key = told.key CROSS JOIN json_each({}) AS one
             WHERE told.kind = 'incident' AND outcome = 'added' ORDER BY told.seq, one.key"""
    connection.execute(
        f"""INSERT INTO incident_reports (incident_id, report_key, position, listed)
            SELECT subjects.id, one.value, one.key, 1 - partial FROM {new.format("reports")}"""
    )
    name, role = "json_extract(one.value, '$[0]')", "json_extract(one.value, '$[1]')"
    of_entities = new.format("entities")
    connection.execute(f"INSERT OR IGNORE INTO entities (name) SELECT {name} FROM {of_entities}")
    connection.execute(
        f"""INSERT OR IGNORE INTO incident_entities (incident_id, entity_id, role)
            SELECT subjects.id, (SELECT id FROM entities WHERE name = {name}), {role} FROM {of_entities}"""
    )


def missing_incidents(connection: sqlite3.Connection) -> list[str]:
    """Keys of incidents that staged reports say they belong to and that are not there."""
    sql = """SELECT DISTINCT incident FROM temp.staged_reports WHERE incident != ''
             AND NOT EXISTS (SELECT 1 FROM subjects WHERE subjects.key = incident) ORDER BY 1"""
    return [key for (key,) in connection.execute(sql)]


def add_staged(connection: sqlite3.Connection) -> None:
    """Put staged reports that say where they belong at the end of their incidents; new places count as updates."""
    _note_change(connection, f"seq IN (SELECT seq FROM ({NEW_PLACES}))")
    last = "(SELECT ifnull(max(position), -1) FROM incident_reports WHERE incident_id = new.incident_id)"
    connection.execute(
        f"""INSERT INTO incident_reports (incident_id, report_key, position, listed)
            SELECT incident_id, key, {last} + row_number() OVER (PARTITION BY incident_id ORDER BY seq), 0
            FROM ({NEW_PLACES}) AS new"""
    )


def _note_change(connection: sqlite3.Connection, which: str, values: Row = ()) -> None:
    sql = f"UPDATE temp.staged_subjects SET outcome = 'updated' WHERE outcome = 'unchanged' AND {which}"
    connection.execute(sql, values)


def _put_reports(connection: sqlite3.Connection, incident_id: int, reports: list[str], partial: bool) -> bool:
    sql = "SELECT report_key, listed FROM incident_reports WHERE incident_id = ? ORDER BY position"
    before: list[Row] = connection.execute(sql, (incident_id,)).fetchall()
    after = _joined(before, reports, partial)
    if after == before:
        return False
    connection.execute("DELETE FROM incident_reports WHERE incident_id = ?", (incident_id,))
    connection.executemany(
        "INSERT INTO incident_reports (incident_id, report_key, position, listed) VALUES (?, ?, ?, ?)",
        [(incident_id, key, position, listed) for position, (key, listed) in enumerate(after)],
    )
    return True


def _joined(before: list[Row], reports: list[str], partial: bool) -> list[Row]:
    """The reports to keep: first those the incident lists, then those that only say themselves that they belong."""
    known = [key for key, _ in before]
    if partial or not reports:
        return before + [(key, 0) for key in reports if key not in known]
    return [(key, 1) for key in reports] + [row for row in before if not row[1] and row[0] not in reports]


def _put_entities(
    connection: sqlite3.Connection, incident_id: int, entities: list[tuple[str, str]], partial: bool
) -> bool:
    sql = "SELECT name, role FROM incident_entities JOIN entities ON id = entity_id WHERE incident_id = ?"
    before = set(connection.execute(sql, (incident_id,)))
    after = set(entities)
    if not after or after == before or (partial and before):
        return False
    connection.execute("DELETE FROM incident_entities WHERE incident_id = ?", (incident_id,))
    for name, role in entities:
        connection.execute("INSERT OR IGNORE INTO entities (name) VALUES (?)", (name,))
        connection.execute(
            "INSERT OR IGNORE INTO incident_entities SELECT ?, id, ? FROM entities WHERE name = ?",
            (incident_id, role, name),
        )
    return True


Outcome = Literal["added", "updated", "unchanged"]
DATES = tuple(2 + REPORT_COLUMNS.index(f"date_{what}") for what in ("published", "submitted", "downloaded"))
"""Places in a report's row from which its date in the queue comes, best first."""
EMPTY = ("", "[]", "{}", sha256(b"").hexdigest())
BATCH = 2_000
"""Rows that are compared at a time."""


class Told(NamedTuple):
    """A subject as one source tells it."""

    kind: Kind
    key: str
    row: Row
    """Title and date, then the columns of the kind's own table."""
    belonging: Row
    """What it says of its links, as staged."""

    @property
    def contents(self) -> Row:
        """All that makes two tellings the same; the digest stands for a report's text."""
        return (*self.row[:2], *self.row[3:-1]) if self.kind == "report" else (*self.row[:-1], *self.belonging)


def incident_told(record: IncidentRecord) -> Told:
    """An incident as it is staged."""
    incident, _, partial = record
    row = (incident.title, incident.date, incident.description, to_json(incident.extra), int(partial))
    reports = list(dict.fromkeys(incident.reports))
    entities = [[entity.name, entity.role] for entity in incident.entities]
    return Told("incident", incident.key, row, (to_json(reports), to_json(entities)))


def report_told(record: ReportRecord) -> Told:
    """A report as it is staged."""
    return Told("report", record.report.key, report_row(record.report, record.partial), (record.incident,))


def put_reports(connection: sqlite3.Connection, records: Sequence[ReportRecord]) -> Counter[str]:
    """Store reports and their place in incidents; keys must differ within one call. Counts outcomes."""
    return _put_at_once(connection, "report", [report_told(each) for each in records])


def put_incidents(connection: sqlite3.Connection, records: Sequence[IncidentRecord]) -> Counter[str]:
    """Store incidents with their reports and entities; keys must differ within one call. Counts outcomes."""
    return _put_at_once(connection, "incident", [incident_told(each) for each in records])


def _put_at_once(connection: sqlite3.Connection, kind: Kind, told: Sequence[Told]) -> Counter[str]:
    with staging(connection):
        stage(connection, kind, [(seq, False, each) for seq, each in enumerate(told, 1)])
        judge(connection, kind)
        return move(connection, kind, others_wrote=False)


def stage(connection: sqlite3.Connection, kind: Kind, told: Sequence[tuple[int, bool, Told]]) -> None:
    """Stage subjects of one kind, each with its place in the source and whether its key was told before."""
    insert(
        connection,
        "staged_subjects",
        [
            (seq, kind, key, row[0], row[1], search.needs_trigram(row[0], row[2]), again, None, None)
            for seq, again, (_, key, row, _) in told
        ],
    )
    insert(connection, f"staged_{kind}s", [(seq, *each.row[2:], *each.belonging) for seq, _, each in told])


def judge(connection: sqlite3.Connection, kind: Kind) -> None:
    """Find out what becomes of every subject that was told for the first time, and merge those that change.

    Those told again are left to `move`, because they meet what the first telling made.
    """
    connection.execute(
        """UPDATE temp.staged_subjects SET outcome = 'added' WHERE kind = ? AND again = 0
           AND NOT EXISTS (SELECT 1 FROM subjects WHERE subjects.key = staged_subjects.key)""",
        (kind,),
    )
    undecided = "kind = ? AND again = 0 AND outcome IS NULL"
    connection.execute(f"UPDATE temp.staged_subjects SET was = ({_stored(kind)}) WHERE {undecided}", (kind,))
    told = f"""SELECT {_facts(kind, "staged_subjects")} FROM temp.staged_{kind}s AS own
               WHERE own.seq = staged_subjects.seq"""
    sql = f"UPDATE temp.staged_subjects SET outcome = 'unchanged' WHERE {undecided} AND was = ({told})"
    connection.execute(sql, (kind,))
    for rows in _undecided(connection, kind, "was IS NOT NULL AND again = 0"):
        _merge(connection, kind, rows)


def _facts(kind: Kind, head: str) -> str:
    """All that is known of a subject as one text; the digest stands for a report's own text."""
    columns = ", ".join(f"own.{name}" for name in COLUMNS[kind] if name != "text")
    return f"json_array({head}.title, {head}.date, {columns})"


def _stored(kind: Kind) -> str:
    """The facts of the stored subject that has the key of a staged one."""
    return f"""SELECT {_facts(kind, "subjects")} FROM subjects JOIN {kind}s AS own USING (id)
               WHERE subjects.key = staged_subjects.key"""


def _undecided(connection: sqlite3.Connection, kind: Kind, which: str = "1") -> Iterator[list[tuple[int, str, Row]]]:
    """Staged subjects without an outcome, in their order, some at a time: place, key and row."""
    sql = f"""SELECT staged_subjects.seq, key, title, date, {", ".join(COLUMNS[kind])}
              FROM temp.staged_subjects CROSS JOIN temp.staged_{kind}s USING (seq)
              WHERE staged_subjects.seq > ? AND kind = ? AND outcome IS NULL AND {which}
              ORDER BY staged_subjects.seq LIMIT {BATCH}"""
    seq = 0
    while found := connection.execute(sql, (seq, kind)).fetchall():
        yield [(row[0], row[1], tuple(row[2:])) for row in found]
        seq = found[-1][0]


def _merge(connection: sqlite3.Connection, kind: Kind, rows: list[tuple[int, str, Row]]) -> None:
    """Keep ready what stored subjects become, or note that they stay."""
    known = _known(connection, kind, [key for _, key, _ in rows])
    changed = []
    outcomes: list[tuple[Outcome, int]] = []
    for seq, key, row in rows:
        subject_id, old = known[key]
        new = _combined(kind, old, row)
        outcomes.append(("unchanged" if new == old else "updated", seq))
        if new != old:
            text_changes = (old[0], old[2]) != (new[0], new[2])
            head = (seq, subject_id, *new[:2], search.needs_trigram(new[0], new[2]), text_changes)
            changed.append((*head, *new[2:]))
    insert(connection, f"merged_{kind}s", changed)
    _decide(connection, outcomes)


def _decide(connection: sqlite3.Connection, outcomes: Iterable[tuple[Outcome, int]]) -> None:
    connection.executemany("UPDATE temp.staged_subjects SET outcome = ? WHERE seq = ?", outcomes)


def move(connection: sqlite3.Connection, kind: Kind, *, others_wrote: bool) -> Counter[str]:
    """Store everything staged of one kind, with its links; call in a write transaction. Counts outcomes.

    Raises SourceError where a key stands for a subject of the other kind.
    """
    if others_wrote:
        _doubt(connection, kind)
    connection.execute(
        """UPDATE temp.staged_subjects SET outcome = NULL WHERE kind = ? AND outcome = 'added'
           AND EXISTS (SELECT 1 FROM subjects WHERE subjects.key = staged_subjects.key)""",
        (kind,),
    )
    _move_new(connection, kind)
    _move_merged(connection, kind)
    for rows in _undecided(connection, kind):
        for some in _of_different_keys(rows):
            outcomes = _put(connection, kind, {key: row for _, key, row in some})
            _decide(connection, ((outcomes[key], seq) for seq, key, _ in some))
    if kind == "incident":
        put_staged(connection)
    else:
        ensure_subjects(connection, missing_incidents(connection), "incident")
        add_staged(connection)
    sql = "SELECT outcome, count(*) FROM temp.staged_subjects WHERE kind = ? GROUP BY 1"
    return Counter(dict(connection.execute(sql, (kind,))))


def _doubt(connection: sqlite3.Connection, kind: Kind) -> None:
    """Take back what was decided about subjects that another process changed since."""
    connection.execute(
        f"""UPDATE temp.staged_subjects SET outcome = NULL
            WHERE kind = ? AND outcome IN ('unchanged', 'updated') AND was IS NOT ({_stored(kind)})""",
        (kind,),
    )
    undecided = "SELECT seq FROM temp.staged_subjects WHERE outcome IS NULL"
    connection.execute(f"DELETE FROM temp.merged_{kind}s WHERE seq IN ({undecided})")


def _move_new(connection: sqlite3.Connection, kind: Kind) -> None:
    """Store the subjects whose keys are new."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM subjects").fetchone()
    added = connection.execute(
        """INSERT INTO subjects (id, key, kind, title, date, needs_trigram)
            SELECT :last + row_number() OVER (ORDER BY seq), key, kind, title, date, needs_trigram
            FROM temp.staged_subjects WHERE kind = :kind AND outcome = 'added' ORDER BY seq""",
        {"last": last, "kind": kind},
    ).rowcount
    if not added:
        return
    connection.execute(
        f"""INSERT INTO {kind}s (id, {", ".join(COLUMNS[kind])}) SELECT subjects.id, {", ".join(COLUMNS[kind])}
            FROM temp.staged_subjects AS told CROSS JOIN temp.staged_{kind}s USING (seq)
            CROSS JOIN subjects ON subjects.key = told.key
            WHERE told.kind = :kind AND outcome = 'added' ORDER BY told.seq""",
        {"kind": kind},
    )
    search.index(connection, f"id > {last}", is_bulk=added > BATCH)


def _move_merged(connection: sqlite3.Connection, kind: Kind) -> None:
    """Store what known subjects become."""
    (changed,) = connection.execute(f"SELECT count(*) FROM temp.merged_{kind}s").fetchone()
    if not changed:
        return
    texts = f"id IN (SELECT id FROM temp.merged_{kind}s WHERE text_changes)"
    search.remove(connection, texts)
    for table, columns in (("subjects", ("title", "date", "needs_trigram")), (f"{kind}s", COLUMNS[kind])):
        changes = ", ".join(f"{name} = new.{name}" for name in columns)
        connection.execute(f"UPDATE {table} SET {changes} FROM temp.merged_{kind}s AS new WHERE new.id = {table}.id")
    search.index(connection, texts, is_bulk=changed > BATCH)


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


def ensure_subject(connection: sqlite3.Connection, key: str, kind: Kind) -> None:
    """Make an empty subject for a key that something refers to, unless it is there."""
    ensure_subjects(connection, [key], kind)


def ensure_subjects(connection: sqlite3.Connection, keys: Sequence[str], kind: Kind) -> None:
    """Make empty subjects for the keys that are not there, in the order given."""
    sql = "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM subjects WHERE subjects.key = value)"
    missing = [key for (key,) in connection.execute(sql, (json.dumps(keys),))] if keys else []
    if missing:
        _put(connection, kind, {key: _empty_row(kind, key) for key in missing})


def _empty_row(kind: Kind, key: str) -> Row:
    return ("", "", "", "{}", 1) if kind == "incident" else report_row(Report(key=key), True)


def report_row(report: Report, partial: bool) -> Row:
    """A report as title, date and the columns of its table."""
    return _dated((
        report.title, "", report.text, sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest(),
        report.url, report.source_domain, report.language,
        to_json(report.authors), to_json(report.submitters), to_json(report.tags),
        report.date_published, report.date_submitted, report.date_modified, report.date_downloaded,
        report.image_url, report.standing, report.related_to, to_json(report.extra), int(partial),
    ))  # fmt: skip


def _dated(row: Row) -> Row:
    """A report's row with the date the queue shows: when it was published, else the best there is."""
    return (row[0], next((row[place] for place in DATES if row[place]), ""), *row[2:])


def _put(connection: sqlite3.Connection, kind: Kind, rows: dict[str, Row]) -> dict[str, Outcome]:
    """Store subjects one by one where they are known; gives what became of each."""
    known = _known(connection, kind, list(rows))
    if len(known) < len(rows) and _turn_placeholders(connection, kind, [key for key in rows if key not in known]):
        known = _known(connection, kind, list(rows))
    fresh = {key: row for key, row in rows.items() if key not in known}
    _insert(connection, kind, fresh)
    outcomes: dict[str, Outcome] = dict.fromkeys(fresh, "added")
    for key, (subject_id, old) in known.items():
        new = _combined(kind, old, rows[key])
        outcomes[key] = "unchanged" if new == old else "updated"
        if new != old:
            _update(connection, kind, subject_id, old, new)
    return outcomes


def _known(connection: sqlite3.Connection, kind: Kind, keys: list[str]) -> dict[str, tuple[int, Row]]:
    """Rows already stored under these keys, with their ids."""
    sql = f"""SELECT subjects.key, subjects.id, title, date, {", ".join(COLUMNS[kind])}
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {kind}s AS own ON own.id = subjects.id"""
    return {row[0]: (row[1], tuple(row[2:])) for row in connection.execute(sql, (json.dumps(keys),))}


def _turn_placeholders(connection: sqlite3.Connection, kind: Kind, keys: list[str]) -> bool:
    """Give empty subjects that were guessed to be of the other kind their own; refuse those that have content.

    A classification names its subject by key alone, so `ensure_subject` may have been told wrong.
    """
    other: Kind = "report" if kind == "incident" else "incident"
    sql = f"""SELECT own.id, subjects.key, title || own.{COLUMNS[other][0]} = '' AND partial = 1
                AND NOT EXISTS (SELECT 1 FROM incident_reports WHERE incident_id = own.id)
              FROM json_each(?) AS given JOIN subjects ON subjects.key = given.value
              JOIN {other}s AS own ON own.id = subjects.id"""
    taken = connection.execute(sql, (json.dumps(keys),)).fetchall()
    for subject_id, key, is_empty in taken:
        if not is_empty:
            raise SourceError(f"{key}: is here already and is no {kind}; two sources use one key for two things.")
        connection.execute(f"DELETE FROM {other}s WHERE id = ?", (subject_id,))
        connection.execute("UPDATE subjects SET kind = ? WHERE id = ?", (kind, subject_id))
        _insert_own(connection, kind, [(subject_id, *_empty_row(kind, key)[2:])])
    return bool(taken)


def _insert(connection: sqlite3.Connection, kind: Kind, rows: dict[str, Row]) -> None:
    if not rows:
        return
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM subjects").fetchone()
    connection.executemany(
        "INSERT INTO subjects (id, key, kind, title, date, needs_trigram) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (last + index, key, kind, row[0], row[1], search.needs_trigram(row[0], row[2]))
            for index, (key, row) in enumerate(rows.items(), 1)
        ],
    )
    _insert_own(connection, kind, [(last + index, *row[2:]) for index, row in enumerate(rows.values(), 1)])
    search.index(connection, f"id > {last}")


def _insert_own(connection: sqlite3.Connection, kind: Kind, rows: Sequence[Row]) -> None:
    """Write the kind's own table; each row begins with the subject's id."""
    columns = COLUMNS[kind]
    marks = ", ".join("?" * (len(columns) + 1))
    connection.executemany(f"INSERT INTO {kind}s (id, {', '.join(columns)}) VALUES ({marks})", rows)


def _update(connection: sqlite3.Connection, kind: Kind, subject_id: int, old: Row, new: Row) -> None:
    texts_changed = (old[0], old[2]) != (new[0], new[2])
    if texts_changed:
        search.remove(connection, f"id = {subject_id}")
    connection.execute(
        "UPDATE subjects SET title = ?, date = ?, needs_trigram = ? WHERE id = ?",
        (new[0], new[1], search.needs_trigram(new[0], new[2]), subject_id),
    )
    changes = ", ".join(f"{column} = ?" for column in COLUMNS[kind])
    connection.execute(f"UPDATE {kind}s SET {changes} WHERE id = ?", (*new[2:], subject_id))
    if texts_changed:
        search.index(connection, f"id = {subject_id}")


def _combined(kind: Kind, old: Row, new: Row) -> Row:
    """What to store: a full record's values win, a partial one only fills gaps.

    A source that says nothing of a value does not erase it, and what sources say in
    `extra` (the last column but one) adds up.
    """
    is_partial = new[-1]
    winner, other = (old, new) if is_partial else (new, old)
    merged = [theirs if ours in EMPTY else ours for ours, theirs in zip(winner[:-2], other[:-2], strict=True)]
    before = json.loads(old[-2])
    extra = {**json.loads(other[-2]), **json.loads(winner[-2])}
    row = (*merged, old[-2] if extra == before else to_json(extra), int(old[-1] and is_partial))
    return _dated(row) if kind == "report" else row
