"""Keep which hand-in of a classification counts for agreement, where that is not simply what shows now.

Only few classifications have a row: those that were handed in again or taken back, or handed in after others' answers
were open. Everything else that was handed in counts as it shows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from annotator.model.chain import FORKED, in_branch
from annotator.model.classification import Identity
from annotator.model.fold import Folding
from annotator.model.handing_in.counting import LEAVES_ANSWERS, HandIn, hand_ins
from annotator.model.handing_in.openness import LATER, Step, was_open
from annotator.model.outline import Position, position, readable_values
from annotator.model.person import ADJUDICATED, plain_name
from annotator.store import readable, visibility
from annotator.store.connection import Transaction
from annotator.store.log import events
from annotator.store.readable import coded
from annotator.store.team.openness import HAVE_REVIEWED, WAS_UNBLIND, Openness, given_work

if TYPE_CHECKING:
    from annotator.model.fold import HidingRule
    from annotator.model.visibility import Viewer

Place = tuple[int, str]
"""A subject's id and a taxonomy."""
Said = dict[str, dict[str, Any]]
"""State and value by field."""
COLUMNS = (
    "classification_id, subject_id, taxonomy, event, version, revisions, after_others, is_other, differing, answers"
)
HANDING = "('submitted', 'undone', 'redone')"
OF_PLACE = f"""
  SELECT events.counter, feeds.uid, events.id & 4294967295, events.kind, known.name, events.round,
    iif(events.kind IN ('undone', 'redone'), payload ->> '$.event', ''),
    iif(events.kind = 'imported', payload ->> '$.status', ''),
    iif(events.kind = 'imported', payload -> '$.hand_in', ''), author.name,
    iif(events.kind IN {HANDING}, payload ->> '$.open', NULL),
    iif(events.kind IN {HANDING}, (SELECT json_group_array(added_as) FROM people WHERE stands_for = known.id), NULL)
  FROM subject_versions CROSS JOIN events ON events.subject = subject_versions.id
  CROSS JOIN feeds ON feeds.id = events.id >> 32
  CROSS JOIN people AS writer ON writer.id = feeds.person CROSS JOIN people AS author ON author.id = writer.stands_for
  CROSS JOIN people AS written ON written.id = events.whose CROSS JOIN people AS known ON known.id = written.stands_for
  WHERE subject_versions.subject_id = ? AND events.taxonomy = ? AND events.id NOT IN {events.IN_WAITING}
  ORDER BY {events.IN_ORDER}"""
SHOWN = f"""SELECT id, annotator, round, status, version, answers, hidden FROM classifications
            WHERE subject_id = ? AND taxonomy = ? AND annotator != '{ADJUDICATED}'"""
BROUGHT = "('submitted', 'imported')"
LEFT = ", ".join(map(repr, sorted(LEAVES_ANSWERS)))
OFTEN = f"""sum(events.kind IN {BROUGHT}) > 1
            OR max(iif(events.kind NOT IN ({LEFT}, 'looked') AND events.kind NOT IN {BROUGHT}, counter, 0))
               >= min(iif(events.kind IN {BROUGHT}, counter, NULL))
            OR sum(events.kind = 'imported' AND payload -> '$.hand_in' IS NOT NULL) > 0"""
"""Said of the events of a classification: that something came after a hand-in, or a source told of it."""
FOUND = f"""
  SELECT subject_id, taxonomy FROM (
    SELECT versions.subject_id, events.taxonomy, people.stands_for AS person, {OFTEN} AS is_often,
      max(iif(events.kind IN {HANDING}, payload ->> '$.open', 0)) AS is_told,
      max(events.kind = 'submitted') AS submits, max(events.kind = 'published') AS is_out,
      max(events.kind IN {BROUGHT} OR events.kind = 'looked') AS is_let_in
    {{events}} JOIN people ON people.id = events.whose
    WHERE (events.round IS NOT NULL OR events.kind = 'looked') {{where}}
    GROUP BY 1, 2, 3, events.round)
  GROUP BY 1, 2 HAVING max(is_often) OR max(is_told) OR max(submits) AND count(DISTINCT person) > 1 AND (
    {WAS_UNBLIND} OR max(is_out) OR max(submits AND person IN {HAVE_REVIEWED})
    OR sum(is_let_in) > count(DISTINCT iif(is_let_in, person, NULL)))"""
"""Where there may be more to tell: something came after a hand-in, or others' answers may have been open before it.

Open to all, to who reviewed, or to who was let in by another classification, or a look, than what they handed in.
"""
UNUSUAL = FOUND.format(events="FROM events JOIN subject_versions AS versions ON versions.id = events.subject", where="")
UNUSUAL_HERE = FOUND.format(
    events="""FROM subject_versions AS versions
              CROSS JOIN events ON events.subject = versions.id""",
    where="AND versions.subject_id = :subject AND events.taxonomy = :taxonomy",
)


class Row(NamedTuple):
    """A row of `hand_ins`."""

    classification_id: int
    subject_id: int
    taxonomy: str
    event: str
    version: int
    revisions: int
    after_others: int
    is_other: int
    differing: int
    answers: str


def refresh(transaction: Transaction, hiding: HidingRule, places: Iterable[Place]) -> None:
    """Work out some places anew; call when their classifications are up to date, in a write transaction."""
    openness = Openness(transaction)
    for place in dict.fromkeys(places):
        was = _kept(transaction, place)
        now = list(_worked_out(transaction, hiding, place, openness))
        if was != now:
            of_place = "subject_id = ? AND taxonomy = ?"
            for table in ("first_answers", "hand_ins"):
                transaction.execute(f"DELETE FROM {table} WHERE {of_place}", place)
            _write(transaction, now)


def refresh_of(transaction: Transaction, hiding: HidingRule, found: Collection[Identity]) -> None:
    """The same for the places of some classifications."""
    if found:
        sql = (
            """SELECT DISTINCT subjects.id, value ->> 1 FROM json_each(?) JOIN subjects ON subjects.key = value ->> 0"""
        )
        given = json.dumps([[of.subject, of.taxonomy] for of in found])
        refresh(transaction, hiding, transaction.execute(sql, (given,)).fetchall())


def refresh_given(transaction: Transaction, hiding: HidingRule, stretches: Iterable[tuple[int, int]]) -> None:
    """The same where work was dealt or taken back among some events that came to count, or count no longer."""
    if places := given_work(transaction, stretches):
        refresh(transaction, hiding, places)


def firsts(transaction: Transaction, subject: str, viewer: Viewer) -> dict[tuple[str, str, int], str]:
    """The events that handed in what counts and was revised, by taxonomy, annotator and round, as far as it is open."""
    seen = visibility.open_to(transaction, viewer, of_few=True)
    sql = f"""SELECT classifications.taxonomy, annotator, round, hand_ins.event FROM hand_ins
              JOIN classifications ON classifications.id = classification_id
              WHERE hand_ins.subject_id = (SELECT id FROM subjects WHERE key = ?) AND revisions > 0{seen.and_sql}"""
    rows = transaction.execute(sql, (subject, *seen.values))
    return {(taxonomy, annotator, round_): event for taxonomy, annotator, round_, event in rows}


def fill(transaction: Transaction, hiding: HidingRule) -> None:
    """Work all of it out; the tables must be empty."""
    openness = Openness(transaction)
    for place in unusual(transaction):
        _write(transaction, _worked_out(transaction, hiding, place, openness))


def rebuild(transaction: Transaction, hiding: HidingRule) -> None:
    """Work all of it out anew: somebody said when annotation was blind, or who is who."""
    for table in ("first_answers", "hand_ins"):
        transaction.execute(f"DELETE FROM {table}")
    fill(transaction, hiding)


def differing(transaction: Transaction, hiding: HidingRule) -> Iterator[tuple[str, str]]:
    """Subjects, by key and taxonomy, whose rows are not what the log says; for the doctor."""
    openness = Openness(transaction)
    kept: list[Place] = transaction.execute("SELECT DISTINCT subject_id, taxonomy FROM hand_ins").fetchall()
    for place in sorted({*unusual(transaction), *kept}):
        expected = list(_worked_out(transaction, hiding, place, openness))
        rows = {(row.classification_id, *each) for row in expected for each in _long(row)}
        sql = """SELECT classification_id, first_answers.field, position, state, value_codes.value FROM first_answers
                 LEFT JOIN value_codes USING (code) WHERE subject_id = ? AND first_answers.taxonomy = ?"""
        if _kept(transaction, place) != expected or {tuple(row) for row in transaction.execute(sql, place)} != rows:
            (key,) = transaction.execute("SELECT key FROM subjects WHERE id = ?", place[:1]).fetchone()
            yield key, place[1]


def was_open_until_now(transaction: Transaction, of: Identity) -> bool:
    """Whether others' answers were open to whoever hands in a classification now, by all that counts here."""
    found = transaction.execute("SELECT id, ? FROM subjects WHERE key = ?", (of.taxonomy, of.subject)).fetchone()
    steps = [_step(row) for row in transaction.execute(OF_PLACE, found or (None, None))]
    if all(each.annotator == of.annotator for each in steps):
        return False
    now = Step(LATER, "submitted", of.annotator, of.round)
    return was_open(steps, of.annotator, now, Openness(transaction).of(*found))


def is_unusual(transaction: Transaction, of: Identity, subject_id: int) -> bool:
    """Whether there may be more to tell of a subject under a taxonomy."""
    given = {"subject": subject_id, "taxonomy": of.taxonomy}
    return bool(transaction.execute(f"SELECT EXISTS ({UNUSUAL_HERE})", given).fetchone()[0])


def unusual(transaction: Transaction) -> list[Place]:
    """Where there may be more to tell: of all other places nothing is kept."""
    return transaction.execute(f"{UNUSUAL} ORDER BY 1, 2").fetchall()


def _kept(transaction: Transaction, place: Place) -> list[Row]:
    sql = f"SELECT {COLUMNS} FROM hand_ins WHERE subject_id = ? AND taxonomy = ? ORDER BY classification_id"
    return [Row._make(row) for row in transaction.execute(sql, place)]


def _worked_out(transaction: Transaction, hiding: HidingRule, place: Place, openness: Openness) -> Iterator[Row]:
    """The rows of one place, by classification."""
    known = hand_ins([_step(row) for row in transaction.execute(OF_PLACE, place)], openness.of(*place))
    sql = f"{SHOWN} ORDER BY id"
    for one, annotator, round_, status, version, *shown in transaction.execute(sql, place).fetchall():
        hand_in = known.get((annotator, round_))
        if hand_in is None:
            continue
        told = json.loads(hand_in.step.told or "{}") or {}
        now = {**json.loads(shown[0]), **json.loads(shown[1])}
        if hand_in.is_latest and status == "submitted":
            then, under = now, version
        else:
            of = _identity(transaction, place, annotator, round_)
            then, under = _then(transaction, hiding, of, hand_in, told)
            then = _settled(then, now)
        differs = sum(_said(then, field) != _said(now, field) for field in then.keys() | now.keys())
        is_other = status != "submitted" or differs > 0 or under != version
        revisions = hand_in.revisions + int(told.get("revisions", 0))
        is_after = hand_in.is_after_others or bool(told.get("after_others"))
        if is_other or revisions or is_after:
            differs = differs if status == "submitted" else 0
            answers = readable.to_json(_plain(then)) if is_other else "{}"
            yield Row(one, *place, hand_in.step.id, under, revisions, int(is_after), int(is_other), differs, answers)


def _step(row: tuple[Any, ...]) -> Step:
    counter, feed, number, kind, annotator, round_, turned, status, told, by, is_open, names = row
    if turned and FORKED in feed:
        turned = in_branch(turned, feed)
    said = told if told and told != "null" else ""
    tells = None if is_open is None else bool(is_open)
    if tells is False and len({plain_name(each) for each in json.loads(names)}) > 1:
        tells = None
    return Step((counter, feed, number), kind, annotator, round_ or 0, turned or "", status or "", said, by, tells)


def _identity(transaction: Transaction, place: Place, annotator: str, round_: int) -> Identity:
    (key,) = transaction.execute("SELECT key FROM subjects WHERE id = ?", place[:1]).fetchone()
    return Identity.model_construct(subject=key, taxonomy=place[1], annotator=annotator, round=round_)


def _then(
    transaction: Transaction, hiding: HidingRule, of: Identity, hand_in: HandIn, told: dict[str, Any]
) -> tuple[Said, int]:
    """The answers that were handed in, and the version they were given under."""
    before = []
    for event in events.of_classification(transaction, of):
        before.append(event)
        if event.id == hand_in.step.id:
            break
    one = Folding(of, before).classification(hiding)
    first = told.get("first")
    if first:
        return {field: {"state": "answered", "value": None, **said} for field, said in first["answers"].items()}, int(
            first["version"]
        )
    return readable.document(one.answers), one.version


def _settled(then: Said, now: Said) -> Said:
    """The same, in conflict where that is so now; where it was settled since, with what was settled on."""
    apart = {field for field, said in now.items() if said["state"] == "conflict"}
    was = {field for field, said in then.items() if said["state"] == "conflict"}
    found = {field: said for field, said in then.items() if field not in was or field in now}
    return {**found, **{field: now[field] for field in apart | (was & now.keys())}}


def _plain(answers: Said) -> Said:
    """State and value alone, by field."""
    return {name: {"state": said["state"], "value": said["value"]} for name, said in sorted(answers.items())}


def _said(answers: Said, field: str) -> Position | None:
    """What an answer says, whatever order its values are in; a hidden one says nothing."""
    answer = answers.get(field)
    return None if answer is None or answer["state"] == "hidden" else position(answer["state"], answer["value"])


def _long(row: Row) -> Iterator[tuple[str, int, str, str | None]]:
    """Field, position, state and coded value of a row's answers."""
    for field, said in json.loads(row.answers).items():
        for nth, value in enumerate(readable_values(said["value"])):
            yield field, nth, said["state"], None if value is None else coded(value)


def _write(transaction: Transaction, rows: Iterable[Row]) -> None:
    for row in rows:
        marks = ", ".join("?" * len(row))
        transaction.execute(f"INSERT INTO hand_ins ({COLUMNS}) VALUES ({marks})", row)
        long = list(_long(row))
        codes = [(row.taxonomy, field, value) for field, _, _, value in long]
        transaction.executemany(
            "INSERT OR IGNORE INTO value_codes (taxonomy, field, value) VALUES (?, ?, ?)",
            [each for each in codes if each[2] is not None],
        )
        transaction.executemany(
            """INSERT INTO first_answers (classification_id, field, position, taxonomy, subject_id, state, code)
               VALUES (?, ?, ?, ?, ?, ?,
                 (SELECT code FROM value_codes WHERE taxonomy = ? AND field = ? AND value = ?))""",
            [(row.classification_id, field, position, row.taxonomy, row.subject_id, state, *code)
             for (field, position, state, _), code in zip(long, codes, strict=True)],
        )  # fmt: skip
