"""Read from the log what opened others' answers to whom, and when: see `annotator/model/handing_in/openness.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import count

from annotator.model.handing_in.openness import (
    START,
    Agreed,
    Handed,
    Moment,
    Scene,
    Scenes,
    Step,
    Team,
    reviewing_times,
    unblind_times,
)
from annotator.model.person import names_in, plain_name
from annotator.model.roles import DECIDING, SETTING
from annotator.store import people
from annotator.store.connection import Transaction
from annotator.store.log.events import FURTHER, IN_ORDER, IN_WAITING, TEAM

BLINDNESS, REVIEWERS = "blind_annotation", "reviewers"
MOMENT = "events.counter, feeds.uid, events.id & 4294967295"
APART = f"iif(events.id IN {IN_WAITING}, feeds.replica, '')"
SET = f"""FROM events INDEXED BY events_of_team {{joined}}
          WHERE events.kind = 'setting_set' AND events.kind IN {TEAM}"""
PERSONS = "CROSS JOIN people AS named ON named.uid = said.value"
NAMED = f"""(SELECT json_group_array(known.name) FROM json_each(payload, '$.people') AS said {PERSONS}
              CROSS JOIN people AS known ON known.id = named.stands_for)"""
AGREED = f"""SELECT {MOMENT}, payload ->> 'name', ifnull(payload ->> 'value', ''),
               iif(payload -> 'people' IS NULL, NULL, {NAMED}), {APART}
             {SET.format(joined="CROSS JOIN feeds ON feeds.id = events.id >> 32")}
               AND payload ->> 'name' IN ('{BLINDNESS}', '{REVIEWERS}', '{SETTING}')
             ORDER BY {IN_ORDER}"""
HANDED = f"""SELECT {MOMENT}, events.round, events.kind = 'assigned', {APART}, events.id, payload
             FROM events INDEXED BY events_of_team CROSS JOIN feeds ON feeds.id = events.id >> 32
             WHERE events.kind IN ('assigned', 'taken_back') AND events.kind IN {TEAM} AND events.taxonomy = :taxonomy
               AND events.whose IN (SELECT id FROM people WHERE stands_for = (
                 SELECT person FROM spellings WHERE plain = :plain))
               AND instr(payload, :plainly)
             ORDER BY {IN_ORDER}"""
PLAINLY = re.compile(r"[A-Za-z0-9:._~-]*")
"""What reads in JSON as it is; most keys are nothing else."""
VERSIONS = """SELECT key, seen, subject_id FROM subject_versions WHERE key IN (
                SELECT key FROM subject_versions WHERE subject_id = :subject
                UNION SELECT key FROM subjects WHERE id = :subject)
              UNION ALL SELECT key, NULL, id FROM subjects WHERE id = :subject"""
DOERS = """SELECT feeds.replica, author.name, min(events.counter), max(state = 'waiting')
           FROM waiting CROSS JOIN events ON events.id = waiting.event CROSS JOIN feeds ON feeds.id = events.id >> 32
           JOIN people AS writer ON writer.id = feeds.person JOIN people AS author ON author.id = writer.stands_for
           GROUP BY 1, 2"""
"""By replica and person: the first deed that waits or was declined, and whether one of them still waits."""
DECLINED = f"""SELECT max(events.counter) FROM events INDEXED BY events_of_team_further
               JOIN feeds ON feeds.uid = substr(payload ->> 'event', 1, instr(payload ->> 'event', ':') - 1)
               WHERE events.kind = 'declined' AND events.kind IN {FURTHER} AND events.id NOT IN {IN_WAITING}
                 AND feeds.replica = ?"""
WRITTEN = """SELECT events.counter FROM feeds CROSS JOIN events
               ON events.id BETWEEN feeds.id << 32 AND (feeds.id << 32) + 4294967295
             WHERE feeds.replica = ? AND events.counter >= ?"""
LATE = """SELECT EXISTS (
            SELECT 1 FROM json_each(?) AS stretch CROSS JOIN events ON events.id = stretch.value ->> 0
            CROSS JOIN feeds ON feeds.id = events.id >> 32
            CROSS JOIN feeds AS other ON other.replica = feeds.replica AND other.id != feeds.id
              AND other.counter > events.counter
            WHERE feeds.replica IN (SELECT replica FROM waiting CROSS JOIN feeds ON feeds.id = waiting.event >> 32))"""

DECIDE = ", ".join(f"'{role}'" for role in sorted(DECIDING))
WAS_UNBLIND = f"""EXISTS (
  SELECT 1 {SET.format(joined="")} AND (payload ->> 'name' = '{BLINDNESS}' AND payload ->> 'value' != 'yes'
    OR payload ->> 'name' = '{REVIEWERS}' AND payload -> 'people' IS NULL))"""
"""Whether annotation was ever not blind, or reviewers were named by how they are written, as older versions did."""
HAVE_REVIEWED = f"""(
  SELECT named.stands_for {SET.format(joined=f"CROSS JOIN json_each(payload, '$.people') AS said {PERSONS}")}
    AND (payload ->> 'name' = '{REVIEWERS}'
      OR payload ->> 'name' = '{SETTING}' AND payload ->> 'value' IN ({DECIDE})))"""
"""Whoever was ever named to review, and be it by a setting that does not count."""
GIVEN_WORK = """
  SELECT DISTINCT work.subject_id, work.taxonomy FROM json_each(?) AS stretch
  CROSS JOIN events ON events.id BETWEEN stretch.value ->> 0 AND stretch.value ->> 1
    AND events.kind IN ('assigned', 'taken_back')
  CROSS JOIN people AS written ON written.id = events.whose CROSS JOIN people AS known ON known.id = written.stands_for
  CROSS JOIN json_each(payload, '$.subjects') AS said
  CROSS JOIN classifications AS work
    ON work.subject_id IN (SELECT id FROM subjects WHERE key = said.value ->> 0
                           UNION ALL SELECT subject_id FROM subject_versions WHERE key = said.value ->> 0)
    AND (work.taxonomy, work.annotator) = (events.taxonomy, known.name)"""


def given_work(transaction: Transaction, stretches: Iterable[tuple[int, int]]) -> list[tuple[int, str]]:
    """Subjects and taxonomies of what was dealt or taken back among some events, where its annotator has worked."""
    return transaction.execute(GIVEN_WORK, (json.dumps([list(each) for each in stretches]),)).fetchall()


def is_late(transaction: Transaction, stretches: Iterable[tuple[int, int]]) -> bool:
    """Whether some events are older than others of a replica where something waits or was declined: see `_end`."""
    return bool(transaction.execute(LATE, (json.dumps([list(each) for each in stretches]),)).fetchone()[0])


class Openness:
    """What the team said and dealt, read once for however many subjects."""

    def __init__(self, transaction: Transaction) -> None:
        """Take the log as it is now."""
        self._transaction = transaction
        rows = transaction.execute(AGREED).fetchall()
        self._said = [Agreed(row[:3], row[3], row[4], self._named(row[4], row[5]), row[6]) for row in rows]
        self._doers: dict[str, dict[str, int]] = {}
        """By replica and name: the counter of the first deed that waits or was declined."""
        self._waits: set[str] = set()
        """Replicas of which a deed still waits."""
        for replica, name, counter, waits in transaction.execute(DOERS):
            self._doers.setdefault(replica, {})[name] = counter
            self._waits |= {replica} if waits else set()
        self._replicas = dict(transaction.execute("SELECT uid, replica FROM feeds")) if self._doers else {}
        self._times: dict[str, Team] = {}
        self._ends: dict[str, Moment | None] = {}
        self._hands: dict[int, dict[str, str]] = {}

    def of(self, subject: int, taxonomy: str) -> Scenes:
        """The same about one subject under a taxonomy, as whoever hands in had it before them."""
        return partial(self._scenes, partial(self._given, subject, taxonomy))

    def _scenes(self, handed: Callable[[str], Sequence[Handed]], annotator: str, first: Step) -> list[Scene]:
        """What was so where somebody handed in, and wherever else they did something that waits or was declined."""
        here = self._replicas.get(first.at[1], "")
        found = []
        for replica, doers in self._doers.items():
            since = 0 if replica == here else doers.get(annotator, first.at[0])
            if since < first.at[0]:
                found.append(Scene(self._team(replica, handed), replica, (since, "", 0), self._end(replica)))
        ended = self._end(here) if here in self._doers else START
        return found if ended is None else [*found, Scene(self._team("", handed), since=ended)]

    def _team(self, replica: str, handed: Callable[[str], Sequence[Handed]]) -> Team:
        """What counts, with what was done on a replica and counts there alone."""
        times = self._times.get(replica)
        if times is None:
            said = [each for each in self._said if each.apart in {"", replica}]
            times = Team(unblind_times(said, BLINDNESS), reviewing_times(said, REVIEWERS))
            self._times[replica] = times
        return times._replace(handed=handed)

    def _end(self, replica: str) -> Moment | None:
        """When it was known on a replica that all that waited there is declined; None as long as nothing tells that.

        Whoever writes counts on from all they know. A number that a replica left out behind the last word that declined
        something is thus a sign that others' words came to it.
        """
        if replica not in self._ends:
            (declined,) = self._transaction.execute(DECLINED, (replica,)).fetchone()
            ended: Moment | None = None
            if declined is not None and replica not in self._waits:
                written = {counter for (counter,) in self._transaction.execute(WRITTEN, (replica, declined))}
                ended = (next(each for each in count(declined) if each not in written), "", 0)
            self._ends[replica] = ended
        return self._ends[replica]

    def _named(self, value: str, named: str | None) -> tuple[str, ...]:
        """Whom a setting names; those of older versions hold names as they were written."""
        if named is not None:
            return tuple(json.loads(named))
        return tuple(people.known_as(self._transaction, name) for name in names_in(value))

    def _given(self, subject: int, taxonomy: str, annotator: str) -> Sequence[Handed]:
        """When somebody was given a subject, and when it was taken back."""
        rows = self._transaction.execute(VERSIONS, {"subject": subject}).fetchall()
        known = {(key, seen): number for key, seen, number in rows if seen is not None}
        own = next(key for key, seen, _ in rows if seen is None)
        found = []
        for key in dict.fromkeys(key for key, *_ in rows):
            given = {"taxonomy": taxonomy, "plain": plain_name(annotator)}
            given["plainly"] = max(PLAINLY.findall(key), key=len)
            for *at, round_, is_given, apart, row, payload in self._transaction.execute(HANDED, given).fetchall():
                seen = self._hand(row, payload).get(key)
                if seen is not None and known.get((key, seen), subject if key == own else None) == subject:
                    found.append(Handed((at[0], at[1], at[2]), round_, bool(is_given), apart))
        return found

    def _hand(self, row: int, payload: str) -> dict[str, str]:
        """By key: the versions of the subjects that an event deals or takes back."""
        found = self._hands.get(row)
        if found is None:
            found = self._hands[row] = {key: seen for key, seen, _ in json.loads(payload)["subjects"]}
        return found
