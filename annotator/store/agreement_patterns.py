"""Read answers as counted patterns: what annotators said about a unit, and how many units have the same.

SQLite goes through one index in the order of the subjects, so a million units need one pass and
no more memory than there are different patterns.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from annotator.store.agreement_sample import Sampled

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

    def patterns(self, field: str, *, many: bool, without: Collection[int] = ()) -> Counter[tuple[Said, ...]]:
        """How many units have each combination of answers, whoever gave them.

        `many` says that an answer may have several values; classifications under the
        versions in `without` are left out.
        """
        where, values = self._answers_where(field, without)
        if not many:
            sql = f"SELECT group_concat({CODE}) FROM answers WHERE {where} GROUP BY subject_id"
            found = Counter(text for (text,) in self.connection.execute(sql, values))
            return _merged((tuple((int(code),) for code in text.split(",")), times) for text, times in found.items())
        each = f"""SELECT subject_id, group_concat({CODE}) AS said FROM answers WHERE {where}
                   GROUP BY subject_id, classification_id"""
        sql = f"SELECT group_concat(said, ';') FROM ({each}) GROUP BY subject_id"
        found = Counter(text for (text,) in self.connection.execute(sql, values))
        return _merged((tuple(map(_said, text.split(";"))), times) for text, times in found.items())

    def named_patterns(self, field: str, *, many: bool, without: Collection[int] = ()) -> Counter[Named]:
        """How many units have each combination of annotators and answers."""
        where, values = self._answers_where(field, without)
        said, each = (f"group_concat({CODE})", ", classification_id") if many else (CODE, "")
        inner = f"""SELECT subject_id, classification_id, {said} AS said FROM answers WHERE {where}
                    {f"GROUP BY subject_id{each}" if many else "ORDER BY subject_id"}"""
        # The limits make SQLite keep the list of names as a table with an index, instead of going through it each time.
        numbered = "SELECT key AS number, value AS name FROM json_each(?) LIMIT -1"
        joined = f"""SELECT mine.subject_id AS unit, said, number FROM ({inner}) AS mine
                     CROSS JOIN classifications ON classifications.id = classification_id
                     JOIN ({numbered}) ON name = annotator ORDER BY unit LIMIT -1"""
        sql = f"SELECT group_concat(number || ':' || said, ';') FROM ({joined}) GROUP BY unit"
        found = Counter(text for (text,) in self.connection.execute(sql, (*values, json.dumps(self.annotators))))
        merged: Counter[Named] = Counter()
        for text, times in found.items():
            merged[tuple(sorted(map(_named, text.split(";"))))] += times
        return merged

    def mentions(self, field: str, *, without: Collection[int] = ()) -> Iterator[Mention]:
        """What each annotator said about each subject that two or more spoke of, subject by subject."""
        where, values = self._answers_where(field, without)
        inner = f"""SELECT subject_id, classification_id, group_concat({CODE}) AS said FROM answers WHERE {where}
                    GROUP BY subject_id, classification_id"""
        sql = f"""SELECT subjects.key, annotator, said FROM ({inner}) AS mine
                  JOIN classifications ON classifications.id = classification_id
                  JOIN subjects ON subjects.id = mine.subject_id
                  ORDER BY substr(subjects.key, 1, instr(subjects.key, ':')), length(subjects.key), subjects.key,
                           annotator"""
        for key, annotator, said in self.connection.execute(sql, values):
            yield Mention(key, annotator, _said(said))

    def texts(self, field: str) -> dict[int, str]:
        """The value behind each code of a field, as the readable tables write it."""
        sql = "SELECT code, value FROM value_codes WHERE taxonomy = ? AND field = ?"
        return dict(self.connection.execute(sql, (self.sample.taxonomy, field)).fetchall())

    def _answers_where(self, field: str, without: Collection[int]) -> tuple[str, tuple[Any, ...]]:
        own = "taxonomy = ? AND field = ?"
        values = (self.sample.taxonomy, field)
        if self._left_out is not None and not without:
            but = self._but("+classification_id")
            return own + but.and_sql, (*values, *but.values)
        where, chosen = self._where
        if without:
            where += " AND version NOT IN (SELECT value FROM json_each(?))"
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
