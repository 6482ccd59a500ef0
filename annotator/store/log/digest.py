"""One short text for all that a database holds of the record: two files that hold the same have the same one.

It does not depend on row numbers, nor on the order in which work arrived, nor on what only one copy has, such as
where somebody stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from annotator.store.importing.relating import told_key
from annotator.store.log.subject_versions import LEFT_OUT, SEEN
from annotator.store.readable import SELECTED, to_json
from annotator.store.team import roster, team

if TYPE_CHECKING:
    from annotator.store.connection import Transaction

OF = "JOIN classifications AS one ON one.id = classification_id JOIN subjects ON subjects.id = one.subject_id"
WHICH = "subjects.key, one.taxonomy, one.annotator, one.round"
QUERIES = {
    "feed": "SELECT uid, founder, number, lower(hex(hash)) FROM feeds WHERE number > 0",
    "silent": """SELECT feeds.uid, events.number FROM events JOIN feeds ON feeds.id = events.feed
                 WHERE events.salt IS NULL""",
    "project": "SELECT uid FROM projects",
    "person": """SELECT people.uid, people.name, people.kind, known.uid, people.left_at FROM people
                 JOIN people AS known ON known.id = people.stands_for""",
    "spelling": "SELECT plain, spelling, uid FROM spellings JOIN people ON people.id = person",
    "taxonomy": "SELECT namespace, version, sha256 FROM taxonomies",
    "subject": f"""SELECT subjects.key, kind, {SEEN}, ifnull(subjects.run, '') FROM subjects
                   LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id""",
    "without text": f"SELECT subjects.key FROM reports JOIN subjects USING (id) WHERE {LEFT_OUT}",
    "part": "SELECT key, report_key, listed FROM incident_reports JOIN subjects ON subjects.id = incident_id",
    "party": """SELECT key, role, name FROM incident_entities JOIN subjects ON subjects.id = incident_id
                JOIN entities ON entities.id = entity_id""",
    "classification": f"""SELECT key, taxonomy, annotator, round, {SELECTED} FROM classifications
                          JOIN subjects ON subjects.id = subject_id""",
    "answer": f"""SELECT {WHICH}, answers.field, position, state, value, confidence FROM answers {OF}""",
    "flag": f"SELECT {WHICH}, flags.id, field, reason, raised_by, raised_at, resolved_at FROM flags {OF}",
    "conflict": f"SELECT {WHICH}, place, field FROM conflicts {OF}",
    "ruling": f"""SELECT {WHICH}, field, state, value, ruled_by, ruled_at, cause, note, confidence, "between", event
                  FROM rulings {OF}""",
    "adjudication": f"SELECT {WHICH}, adjudicated_by, adjudicated_at, strategy, sources, seen FROM adjudications {OF}",
    "disagreement": """SELECT key, taxonomy, round, field, positions, settled FROM disagreements
                       JOIN subjects ON subjects.id = subject_id""",
    "assignment": """SELECT key, taxonomy, annotator, round, batch, position, dealt, compared, done, assigned_by,
                       assigned_at FROM assignments JOIN subjects ON subjects.id = subject_id""",
    "round": "SELECT round, purpose, started_by, started_at FROM rounds",
    "setting": "SELECT name, value, set_by, set_at FROM settings",
    "look": "SELECT annotator, taxonomy, key, looked_at FROM looks JOIN subjects ON subjects.id = subject_id",
    "comment": """SELECT event, key, taxonomy, annotator, counter, at, text, erased_by, reason FROM comments
                  JOIN subjects ON subjects.id = subject_id""",
    "mention": "SELECT event, key, annotator, answered FROM mentions JOIN subjects ON subjects.id = subject_id",
    "waiting": """SELECT feeds.uid, events.number, state FROM waiting JOIN events ON events.id = waiting.event
                  JOIN feeds ON feeds.id = events.feed""",
    "run": "SELECT event, source, sha256, run_by, run_at FROM import_runs",
}
"""By what a line tells of."""


def digest(transaction: Transaction) -> str:
    """A text of 64 digits that stands for all that a file holds; call while reading."""
    found = sha256()
    for line in lines(transaction):
        found.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return found.hexdigest()


def lines(transaction: Transaction) -> Iterator[str]:
    """All that a file holds as lines, in an order that follows from what they say."""
    for what, sql in QUERIES.items():
        yield from sorted(to_json([what, *row]) for row in transaction.execute(sql))
    yield from sorted(_versions(transaction))
    yield from sorted(_team_conflicts(transaction))


def _versions(transaction: Transaction) -> set[str]:
    """Which versions of which subjects are known, the ones that show included, by the keys that sources gave."""
    shown = f"""SELECT subjects.key, {SEEN}, subjects.key FROM subjects
                LEFT JOIN reports ON reports.id = subjects.id LEFT JOIN incidents ON incidents.id = subjects.id"""
    kept = """SELECT subject_versions.key, seen, subjects.key FROM subject_versions
              JOIN subjects ON subjects.id = subject_id"""
    found = [*transaction.execute(shown), *transaction.execute(kept)]
    return {to_json(["version", told_key(key), seen, subject]) for key, seen, subject in found}


def _team_conflicts(transaction: Transaction) -> Iterator[str]:
    """What the team decided apart, with subjects by their keys."""
    keys = dict(transaction.execute("SELECT id, key FROM subjects").fetchall())
    for place, conflict in team.standing_everywhere(transaction).conflicts:
        sort, *which = place
        named = [*which[:-1], keys.get(which[-1])] if sort in {"assignment", "look"} else which
        yield to_json(["apart", sort, *named, *(version.event for version in conflict.versions)])
    for place, about in roster.apart(transaction).items():
        yield to_json(["apart", *place, *(version.event for version in about.versions)])
