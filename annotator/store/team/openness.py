"""Read from the log what opened others' answers to whom, and when: see `annotator/model/handing_in/openness.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import partial

from annotator.model.handing_in.openness import Agreed, Handed, Team, opened_by, reviewing_times, unblind_times
from annotator.model.person import names_in, plain_name
from annotator.model.roles import DECIDING, SETTING
from annotator.store import people
from annotator.store.connection import Transaction
from annotator.store.log.events import IN_ORDER, IN_WAITING, TEAM

BLINDNESS, REVIEWERS = "blind_annotation", "reviewers"
MOMENT = "events.counter, feeds.uid, events.id & 4294967295"
SET = f"""FROM events INDEXED BY events_of_team {{joined}}
          WHERE events.kind = 'setting_set' AND events.kind IN {TEAM}"""
PERSONS = "CROSS JOIN people AS named ON named.uid = said.value"
NAMED = f"""(SELECT json_group_array(known.name) FROM json_each(payload, '$.people') AS said {PERSONS}
              CROSS JOIN people AS known ON known.id = named.stands_for)"""
AUTHOR = """CROSS JOIN people AS writer ON writer.id = feeds.person
            CROSS JOIN people AS author ON author.id = writer.stands_for"""
AGREED = f"""SELECT {MOMENT}, payload ->> 'name', ifnull(payload ->> 'value', ''),
               iif(payload -> 'people' IS NULL, NULL, {NAMED}), author.name, events.id NOT IN {IN_WAITING}
             {SET.format(joined=f"CROSS JOIN feeds ON feeds.id = events.id >> 32 {AUTHOR}")}
               AND payload ->> 'name' IN ('{BLINDNESS}', '{REVIEWERS}', '{SETTING}')
             ORDER BY {IN_ORDER}"""
HANDED = f"""SELECT {MOMENT}, events.round, events.kind = 'assigned', events.id NOT IN {IN_WAITING}, events.id, payload
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


class Openness:
    """What the team said and dealt, read once for however many subjects."""

    def __init__(self, transaction: Transaction) -> None:
        """Take the log as it is now."""
        self._transaction = transaction
        rows = transaction.execute(AGREED).fetchall()
        said = [Agreed(row[:3], row[3], row[4], self._named(row[4], row[5]), row[6], bool(row[7])) for row in rows]
        counting = [each for each in said if each.counts]
        self._times = unblind_times(counting, BLINDNESS), reviewing_times(counting, REVIEWERS)
        self._opened = opened_by(said, BLINDNESS, REVIEWERS)
        self._hands: dict[int, dict[str, str]] = {}

    def of(self, subject: int, taxonomy: str) -> Team:
        """The same about one subject under a taxonomy."""
        return Team(*self._times, partial(self._given, subject, taxonomy), self._opened)

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
            for *at, round_, is_given, counts, row, payload in self._transaction.execute(HANDED, given).fetchall():
                seen = self._hand(row, payload).get(key)
                if seen is not None and known.get((key, seen), subject if key == own else None) == subject:
                    found.append(Handed((at[0], at[1], at[2]), round_, bool(is_given), bool(counts)))
        return found

    def _hand(self, row: int, payload: str) -> dict[str, str]:
        """By key: the versions of the subjects that an event deals or takes back."""
        found = self._hands.get(row)
        if found is None:
            found = self._hands[row] = {key: seen for key, seen, _ in json.loads(payload)["subjects"]}
        return found
