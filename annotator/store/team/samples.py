"""Which classifications are compared: those of a sample, as a condition, and how many there are.

Read answers as counted patterns: what annotators said about a unit, and how many units have the same.

SQLite goes through one index in the order of the subjects, so a million units need one pass and
no more memory than there are different patterns.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cached_property
from heapq import merge
from typing import Any, Literal, NamedTuple

from annotator.model.person import PUBLISHER
from annotator.model.visibility import NOBODY, LeftOut, Viewer
from annotator.store import visibility
from annotator.store.connection import Transaction
from annotator.store.people import IS_NO_MODEL, IS_SOMEBODY
from annotator.store.team import chances
from annotator.store.team.chances import Chance
from annotator.store.team.rounds import in_order, one
from annotator.store.visibility import Condition

Which = Literal["first", "last"]
"""Which hand-in of a classification counts."""
AfterOthers = Literal["", "count", "leave-out"]
"""What becomes of what was handed in after others' answers were open to its annotator.

Empty: where annotation is blind it is left out of rounds for results, and it counts otherwise.
"""
COUNTING = ("submitted", "adjudicated")
"""Statuses of work that is handed in."""
OTHER = "SELECT {} FROM hand_ins WHERE taxonomy = ? AND is_other = 1"
"""What counts as it was first handed in and shows otherwise now, under a taxonomy."""
OPENED = "SELECT classification_id FROM hand_ins WHERE taxonomy = ? AND after_others = 1"
"""What was handed in after others' answers were open to its annotator, under a taxonomy."""
FEW = 20_000
"""As many classifications are passed over one by one."""


class Sample(NamedTuple):
    """Which classifications of a taxonomy take part; nothing given means all of a round that are handed in."""

    taxonomy: str
    round: int = 1
    annotators: tuple[str, ...] = ()
    """These alone; nobody named means everybody who looked for themselves (not `NO_WITNESS`)."""
    since: str = ""
    until: str = ""
    """Bounds on the subject's date, both included; `2020` as `until` includes all of 2020."""
    drafts: bool = False
    viewer: Viewer = NOBODY
    """Who asks: what is closed to them takes no part."""
    hand_in: Which = "first"
    """Whether a classification counts as it was first handed in, or as it shows now."""
    after_others: AfterOthers = ""


class Again(NamedTuple):
    """How far what takes part is other than it was at first."""

    revised: int
    """Classifications that were handed in again."""
    differing: int
    """Those of them that say something else since."""
    answers: int
    """On how many fields they do."""
    taken_back: int
    """Those that were handed in once, and are not now."""
    after_others: int
    """Those that were handed in after others' answers were open to whoever handed them in, where they count."""


class Part(NamedTuple):
    """The classifications of one annotator that take part."""

    annotator: str
    subjects: int


class Sampled:
    """The classifications of a sample; use it inside one `reading`."""

    def __init__(self, transaction: Transaction, sample: Sample) -> None:
        """Take where to read, and whose answers."""
        self.transaction = transaction
        self.sample = sample

    @cached_property
    def parts(self) -> list[Part]:
        """Everybody who takes part, by name, with the number of their subjects."""
        where, values = self._where
        sql = f"SELECT annotator, count(*) FROM classifications WHERE {where} GROUP BY annotator ORDER BY annotator"
        return [Part(*row) for row in self.transaction.execute(sql, values)]

    @cached_property
    def annotators(self) -> list[str]:
        """The names of those who take part."""
        return [part.annotator for part in self.parts]

    @cached_property
    def rounds(self) -> list[int]:
        """The rounds in which annotators handed something in under the taxonomy, in the order they were started."""
        statuses = ", ".join("?" * len(COUNTING))
        sql = f"""SELECT DISTINCT round FROM classifications
                  WHERE taxonomy = ? AND status IN ({statuses}) AND {IS_SOMEBODY}"""
        found = self.transaction.execute(sql, (self.sample.taxonomy, *COUNTING))
        return in_order(self.transaction, self.sample.taxonomy, (number for (number,) in found))

    @property
    def earlier_rounds(self) -> list[int]:
        """Those before this one."""
        known = in_order(self.transaction, self.sample.taxonomy, {*self.rounds, self.sample.round})
        return known[: known.index(self.sample.round)]

    def units(self, kinds: Collection[str] = ("incident", "report")) -> int:
        """Number of subjects of these kinds that anybody classified."""
        where, values = self._least_where
        if set(kinds) >= {"incident", "report"}:
            about = ""
        else:
            about = "AND subject_id IN (SELECT id FROM subjects WHERE kind IN (SELECT value FROM json_each(?)))"
            values = (*values, json.dumps(sorted(kinds)))
        sql = f"SELECT count(*) FROM (SELECT 1 FROM classifications WHERE {where} {about} GROUP BY subject_id)"
        return int(self.transaction.execute(sql, values).fetchone()[0])

    def overlapping(self, least: int = 2) -> int:
        """Number of subjects that two annotators or more classified."""
        where, values = self._least_where
        each = f"SELECT 1 FROM classifications WHERE {where} GROUP BY subject_id HAVING count(*) >= ?"
        return int(self.transaction.execute(f"SELECT count(*) FROM ({each})", (*values, least)).fetchone()[0])

    def subjects(self, least: int = 1) -> list[int]:
        """The ids of those that so many annotators or more classified."""
        where, values = self._least_where
        sql = f"SELECT subject_id FROM classifications WHERE {where} GROUP BY subject_id HAVING count(*) >= ?"
        return [subject for (subject,) in self.transaction.execute(sql, (*values, least))]

    def published(self) -> int:
        """Number of subjects with published work that is left out, because nobody asked for it by name."""
        if self.sample.annotators:
            return 0
        where, values = Sampled(self.transaction, self.sample._replace(annotators=(PUBLISHER,)))._where
        return int(
            self.transaction.execute(f"SELECT count(*) FROM classifications WHERE {where}", values).fetchone()[0]
        )

    def models(self) -> dict[str, int]:
        """Models whose work is left out, because nobody asked for it by name, with the number of their subjects."""
        if self.sample.annotators:
            return {}
        known = "SELECT name FROM people WHERE kind = 'model' AND stands_for = id"
        names = tuple(name for (name,) in self.transaction.execute(known))
        if not names:
            return {}
        return {part.annotator: part.subjects for part in self.named(names).parts}

    def named(self, annotators: tuple[str, ...]) -> Sampled:
        """The same sample of some annotators alone."""
        return Sampled(self.transaction, self.sample._replace(annotators=annotators))

    @cached_property
    def closed(self) -> LeftOut:
        """Number of subjects of which work takes no part because it is closed to who asks."""
        return visibility.left_out(self.transaction, self.sample.viewer, *self._asked, "subject_id")

    @cached_property
    def seen(self) -> Condition:
        """What is open to who asks; empty when everything is."""
        return visibility.open_to(self.transaction, self.sample.viewer)

    @cached_property
    def again(self) -> Again:
        """How far what takes part is other than it was at first."""
        where, values = self._where
        sql = f"""SELECT count(*) FILTER (WHERE revisions > 0), count(*) FILTER (WHERE differing > 0),
                    ifnull(sum(differing), 0), count(*) FILTER (WHERE status NOT IN {COUNTING}),
                    count(*) FILTER (WHERE after_others = 1)
                  FROM (SELECT id, status FROM classifications
                        WHERE id IN (SELECT classification_id FROM hand_ins WHERE taxonomy = ?) AND {where}) AS mine
                  CROSS JOIN hand_ins ON hand_ins.classification_id = mine.id"""
        return Again._make(self.transaction.execute(sql, (self.sample.taxonomy, *values)).fetchone())

    @cached_property
    def opened(self) -> list[Part]:
        """Whose classifications take no part because they were handed in after others' answers were open."""
        if not self._leaves_out_opened:
            return []
        where, values = Sampled(self.transaction, self.sample._replace(after_others="count"))._where
        sql = f"""SELECT annotator, count(*) FROM classifications WHERE id IN ({OPENED}) AND {where}
                  GROUP BY annotator ORDER BY annotator"""
        return [Part(*row) for row in self.transaction.execute(sql, (self.sample.taxonomy, *values))]

    def versions(self) -> dict[int, int]:
        """Number of classifications by taxonomy version."""
        where, values = self._where
        sql = f"SELECT {self._version}, count(*) FROM classifications WHERE {where} GROUP BY 1 ORDER BY 1"
        return dict(self.transaction.execute(sql, values).fetchall())

    @cached_property
    def _is_any_other(self) -> bool:
        """Whether anything counts as it was first handed in and shows otherwise now."""
        sql = "SELECT EXISTS (SELECT 1 FROM hand_ins WHERE taxonomy = ? AND is_other = 1)"
        is_any = self.transaction.execute(sql, (self.sample.taxonomy,)).fetchone()[0]
        return self.sample.hand_in == "first" and bool(is_any)

    @cached_property
    def _leaves_out_opened(self) -> bool:
        """Whether anything takes no part because it was handed in after others' answers were open."""
        sample = self.sample
        if sample.after_others == "count" or not (sample.after_others or sample.viewer.is_blind):
            return False
        if not self.transaction.execute(f"SELECT EXISTS ({OPENED})", (sample.taxonomy,)).fetchone()[0]:
            return False
        started = one(self.transaction, sample.taxonomy, sample.round)
        return sample.after_others == "leave-out" or (started is not None and started.is_for_results)

    @property
    def _version(self) -> str:
        """The version that a classification counts under, as SQL."""
        if not self._is_any_other:
            return "version"
        first = "SELECT version FROM hand_ins WHERE classification_id = classifications.id AND is_other = 1"
        return f"ifnull(({first}), version)"

    def refused(self) -> dict[str, int]:
        """Number of imported values by field that did not fit and are no answers."""
        seen = visibility.issues_open_to(self.transaction, self.sample.viewer)
        sql = f"""SELECT field, count(*) FROM import_issues WHERE taxonomy = ? AND field != ''
                  AND (annotator IN (SELECT value FROM json_each(?)) OR annotator = ''){seen.and_sql} GROUP BY field"""
        values = (self.sample.taxonomy, json.dumps(self.annotators), *seen.values)
        return dict(self.transaction.execute(sql, values).fetchall())

    @cached_property
    def apart(self) -> dict[str, int]:
        """Number of answers by field that take no part because they are in conflict."""
        where, values = self._where
        sql = f"""SELECT field, count(*) FROM conflicts
                  CROSS JOIN classifications ON classifications.id = classification_id
                  WHERE answers ->> ('$."' || field || '".state') = 'conflict' AND {where} GROUP BY field"""
        return dict(self.transaction.execute(sql, values).fetchall())

    @cached_property
    def _where(self) -> tuple[str, tuple[Any, ...]]:
        """The classifications that take part, as a condition on their table."""
        where, values = self._asked
        return where + self.seen.and_sql, (*values, *self.seen.values)

    @cached_property
    def _asked(self) -> tuple[str, tuple[Any, ...]]:
        """Those that are asked for, whether they are open or not."""
        sample = self.sample
        statuses = (*COUNTING, "draft") if sample.drafts else COUNTING
        handed_in = f"status IN ({', '.join('?' * len(statuses))})"
        if self._is_any_other:
            handed_in = f"({handed_in} OR classifications.id IN ({OTHER.format('classification_id')}))"
            statuses = (*statuses, sample.taxonomy)
        conditions = ["taxonomy = ?", "round = ?", handed_in]
        values: list[Any] = [sample.taxonomy, sample.round, *statuses]
        if self._leaves_out_opened:
            conditions.append(f"classifications.id NOT IN ({OPENED})")
            values.append(sample.taxonomy)
        if sample.annotators:
            conditions.append("annotator IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(sample.annotators))
        else:
            conditions += [IS_SOMEBODY, IS_NO_MODEL]
        if sample.since or sample.until:
            dated = "date != '' AND date >= ? AND substr(date, 1, ?) <= ?"
            conditions.append(f"subject_id IN (SELECT id FROM subjects WHERE {dated})")
            until = sample.until or "9999"
            values += [sample.since, len(until), until]
        return " AND ".join(conditions), tuple(values)

    @property
    def _least_where(self) -> tuple[str, tuple[Any, ...]]:
        """The same condition in the fewest words: what is left out, where that is little."""
        if self._left_out is None:
            return self._where
        but = self._but("id")
        return "taxonomy = ?" + but.and_sql, (self.sample.taxonomy, *but.values)

    @cached_property
    def _left_out(self) -> str | None:
        """The ids of the taxonomy's classifications that take no part, as JSON; empty for none, None for many.

        To pass over a few is many times faster than to look every answer's head up, and where there are none
        answers need no look at their heads at all.
        """
        if self.sample.since or self.sample.until:
            return None
        where, values = self._where
        sql = f"SELECT id FROM classifications WHERE taxonomy = ? AND NOT ({where}) LIMIT ?"
        found = [each for (each,) in self.transaction.execute(sql, (self.sample.taxonomy, *values, FEW + 1))]
        if len(found) > FEW:
            return None
        return json.dumps(found) if found else ""

    def _but(self, column: str) -> Condition:
        """The condition that passes over what is left out; empty where all takes part."""
        if not self._left_out:
            return Condition()
        return Condition(f"{column} NOT IN (SELECT value FROM json_each(?))", (self._left_out,))


def versions_used(transaction: Transaction, taxonomy: str) -> list[int]:
    """The versions of a taxonomy that the file holds because something was classified under them."""
    sql = "SELECT version FROM taxonomies WHERE namespace = ? ORDER BY version"
    return [version for (version,) in transaction.execute(sql, (taxonomy,))]


EMPTY, UNKNOWN, NOT_APPLICABLE, HIDDEN = -1, -2, -3, -4
"""Codes of the states; a hidden value with code c is HIDDEN - c, so that it can be brought back."""
Said = tuple[int, ...]
"""What one annotator said about one unit: the code of each value, or of a state."""
Named = tuple[tuple[int, Said], ...]
"""What everybody said about one unit, each with the annotator's place among `Answers.annotators`."""
CODE = f"""CASE state WHEN 'answered' THEN coalesce(code, {EMPTY}) WHEN 'empty' THEN {EMPTY}
           WHEN 'unknown' THEN {UNKNOWN} WHEN 'not_applicable' THEN {NOT_APPLICABLE}
           ELSE {HIDDEN} - coalesce(code, 0) END"""


class Mention(NamedTuple):
    """What one annotator said about one subject."""

    subject: str
    annotator: str
    said: Said


class Answers(Sampled):
    """The answers of a sample, field by field; use it inside one `reading`."""

    def beside(self, sample: Sample) -> Answers:
        """Another sample, of the same state of the database."""
        return Answers(self.transaction, sample)

    def chances(self) -> tuple[dict[int, Chance | None], list[int]]:
        """How likely the subjects of this round and taxonomy were to be dealt, and from how many each draw was."""
        place = (self.transaction, self.sample.taxonomy, self.sample.round)
        return chances.chances(*place), chances.drawn_from(*place)

    def patterns(self, field: str, *, many: bool, without: Collection[int] = ()) -> Counter[tuple[Said, ...]]:
        """How many units have each combination of answers, whoever gave them.

        `many` says that an answer may have several values; classifications under the
        versions in `without` are left out.
        """
        found: Counter[str] = Counter()
        for source, where, values in self._sources(field, without):
            sql = f"SELECT group_concat({CODE}) FROM {source} WHERE {where} GROUP BY subject_id"
            if many:
                each = f"""SELECT subject_id, group_concat({CODE}) AS said FROM {source} WHERE {where}
                           GROUP BY subject_id, classification_id"""
                sql = f"SELECT group_concat(said, ';') FROM ({each}) GROUP BY subject_id"
            found.update(text for (text,) in self.transaction.execute(sql, values))
        if many:
            return _merged((tuple(map(_said, text.split(";"))), times) for text, times in found.items())
        return _merged((tuple((int(code),) for code in text.split(",")), times) for text, times in found.items())

    def unit_patterns(
        self, field: str, *, many: bool, without: Collection[int] = ()
    ) -> Iterator[tuple[int, tuple[Said, ...]]]:
        """What was said about each unit, with the id of its subject."""
        said = f"group_concat({CODE})" if many else CODE
        for source, where, values in self._sources(field, without):
            each = f"""SELECT subject_id, {said} AS said FROM {source} WHERE {where}
                       {"GROUP BY subject_id, classification_id" if many else ""}"""
            sql = f"SELECT subject_id, group_concat(said, ';') FROM ({each}) GROUP BY subject_id"
            for subject, text in self.transaction.execute(sql, values):
                yield subject, tuple(map(_said, text.split(";")))

    def named_patterns(self, field: str, *, many: bool, without: Collection[int] = ()) -> Counter[Named]:
        """How many units have each combination of annotators and answers."""
        said, each = (f"group_concat({CODE})", ", classification_id") if many else (CODE, "")
        # The limits make SQLite keep the list of names as a table with an index, instead of going through it each time.
        numbered = "SELECT key AS number, value AS name FROM json_each(?) LIMIT -1"
        found: Counter[str] = Counter()
        for source, where, values in self._sources(field, without):
            inner = f"""SELECT subject_id, classification_id, {said} AS said FROM {source} WHERE {where}
                        {f"GROUP BY subject_id{each}" if many else "ORDER BY subject_id"}"""
            joined = f"""SELECT mine.subject_id AS unit, said, number FROM ({inner}) AS mine
                         CROSS JOIN classifications ON classifications.id = classification_id
                         JOIN ({numbered}) ON name = annotator ORDER BY unit LIMIT -1"""
            sql = f"SELECT group_concat(number || ':' || said, ';') FROM ({joined}) GROUP BY unit"
            given = (*values, json.dumps(self.annotators))
            found.update(text for (text,) in self.transaction.execute(sql, given))
        merged: Counter[Named] = Counter()
        for text, times in found.items():
            merged[tuple(sorted(map(_named, text.split(";"))))] += times
        return merged

    def mentions(self, field: str, *, without: Collection[int] = ()) -> Iterator[Mention]:
        """What each annotator said about each subject that two or more spoke of, subject by subject."""
        yield from (each for _, each in merge(*(self._mentions(*each) for each in self._sources(field, without))))

    def _mentions(self, source: str, where: str, values: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Mention]]:
        """What was said, in order, with what puts it there."""
        inner = f"""SELECT subject_id, classification_id, group_concat({CODE}) AS said FROM {source} WHERE {where}
                    GROUP BY subject_id, classification_id"""
        placed = "substr(subjects.key, 1, instr(subjects.key, ':')), length(subjects.key), subjects.key, annotator"
        sql = f"""SELECT {placed}, said FROM ({inner}) AS mine
                  JOIN classifications ON classifications.id = classification_id
                  JOIN subjects ON subjects.id = mine.subject_id ORDER BY {placed}"""
        for *place, said in self.transaction.execute(sql, values):
            yield tuple(place), Mention(place[2], place[3], _said(said))

    def texts(self, field: str) -> dict[int, str]:
        """The value behind each code of a field, as the readable tables write it."""
        sql = "SELECT code, value FROM value_codes WHERE taxonomy = ? AND field = ?"
        return dict(self.transaction.execute(sql, (self.sample.taxonomy, field)).fetchall())

    def _sources(self, field: str, without: Collection[int]) -> list[tuple[str, str, tuple[Any, ...]]]:
        """Where the answers to a field are read: a table, the condition on it and its values.

        Subjects of which something shows otherwise now than it was first handed in are read apart: they are few, and
        all others are read as if there were none.
        """
        where, values = self._answers_where(field, without)
        if not self._is_any_other:
            return [("answers", where, values)]
        taxonomy = self.sample.taxonomy
        of_others = OTHER.format("subject_id")
        columns = "classification_id, field, taxonomy, subject_id, state, code"
        first = f"""(SELECT {columns} FROM answers WHERE taxonomy = ? AND field = ? AND subject_id IN ({of_others})
                       AND classification_id NOT IN ({OTHER.format("classification_id")})
                     UNION ALL SELECT {columns} FROM first_answers WHERE taxonomy = ? AND field = ?)"""
        given = (taxonomy, field, taxonomy, taxonomy, taxonomy, field)
        return [
            ("answers", f"{where} AND subject_id NOT IN ({of_others})", (*values, taxonomy)),
            (first, where, (*given, *values)),
        ]

    def _answers_where(self, field: str, without: Collection[int]) -> tuple[str, tuple[Any, ...]]:
        own = "taxonomy = ? AND field = ? AND state != 'conflict'"
        values = (self.sample.taxonomy, field)
        if self._left_out is not None and not without:
            but = self._but("+classification_id")
            return own + but.and_sql, (*values, *but.values)
        where, chosen = self._where
        if without:
            where += f" AND {self._version} NOT IN (SELECT value FROM json_each(?))"
            chosen = (*chosen, json.dumps(list(without)))
        # The plus keeps the order of the subjects: SQLite would begin with the classifications.
        return f"{own} AND +classification_id IN (SELECT id FROM classifications WHERE {where})", (*values, *chosen)


def _said(text: str) -> Said:
    return tuple(sorted(map(int, text.split(","))))


def _named(text: str) -> tuple[int, Said]:
    number, _, said = text.partition(":")
    return int(number), _said(said)


def _merged(pairs: Iterator[tuple[tuple[Said, ...], int]]) -> Counter[tuple[Said, ...]]:
    merged: Counter[tuple[Said, ...]] = Counter()
    for pattern, times in pairs:
        merged[tuple(sorted(pattern))] += times
    return merged
