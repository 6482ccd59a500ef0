"""What is open to whom while annotation is blind: one rule, as a condition on classifications.

A viewer is *at work* on a subject under a taxonomy when it is dealt to them and not done, or when
they have a draft there, in whatever round.

- At work, they see their own classification of a round they are at work in, and nothing else there.
- Otherwise their own is open, and all of it once they have handed in, in whatever round.
- Who reviews, because the team says so or because they have looked already, sees all.
- Who decided, be it in bulk without a look, sees what they decided, and classifies it no more.
- Anybody else sees what imports brought and nobody touched here, and what is published.
- Nobody, who may be anybody at work, sees what nobody at work is kept from; every spelling of a
  name counts as a person then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from annotator.model.person import ADJUDICATED, plain_name
from annotator.model.roles import kept_as
from annotator.model.visibility import Begun, Involved, LeftOut, Viewer
from annotator.store import people
from annotator.store.connection import Transaction
from annotator.store.people import OF_SOMEBODY
from annotator.store.project import AGREED

THEIRS = "IN (SELECT value FROM json_each(?))"
PLACE = ("subject_id", "taxonomy")
BEGUN, DEALT = ("classifications", "mine.status = 'draft'"), ("assignments", "mine.done = 0")
OPEN = {BEGUN: "classifications_begun", DEALT: "assignments_open"}
"""The indexes that hold nothing but what is open."""
HANDED_IN, LOOKED = ("classifications", "mine.status = 'submitted'"), ("looks", "1")
"""Tables, and what makes a row there count: being at work, and having the right to see the rest."""

LEADS = f"""SELECT substr(name, {len(kept_as("")) + 1}) FROM settings
             WHERE name >= '{kept_as("")}' AND name < '{kept_as(chr(0x10FFFF))}' AND value = 'lead'"""
HAS_HANDED_IN = """work.annotator = comments.annotator
         AND (work.status = 'submitted' OR EXISTS (SELECT 1 FROM hand_ins WHERE classification_id = work.id))"""
HAS_DECIDED = f"""work.annotator = '{ADJUDICATED}' AND comments.annotator IN (
           SELECT adjudicated_by FROM adjudications WHERE classification_id = work.id
           UNION ALL SELECT ruled_by FROM rulings WHERE classification_id = work.id)"""
"""Said of work on the subject of a comment: that whoever wrote the comment knew others' answers by it."""
TOLD_OTHERS = """EXISTS (SELECT 1 FROM subject_versions AS versions CROSS JOIN events ON events.subject = versions.id
                 WHERE versions.subject_id = subjects.id AND events.taxonomy = :taxonomy AND events.round IS NOT NULL
                   AND events.whose NOT IN (SELECT id FROM people
                                            WHERE stands_for = known.id OR name = 'adjudicated' AND stands_for = id))"""
"""That anybody else ever worked on a subject, so that what was decided about it may tell their answers."""


class Condition(NamedTuple):
    """SQL about a row of `classifications`, with its values; empty when nothing can be closed.

    All values are the same, so that a query with named values can take the condition too.
    """

    sql: str = ""
    values: tuple[str, ...] = ()

    @property
    def and_sql(self) -> str:
        """The condition behind another one."""
        return f" AND {self.sql}" if self.sql else ""

    @property
    def named(self) -> Condition:
        """The same for a query whose values have names; its own is `given`."""
        return self._replace(sql=self.sql.replace("?", ":viewer"))

    @property
    def given(self) -> dict[str, str]:
        """The value of `named`."""
        return {"viewer": self.values[0]} if self.values else {}


def spellings(transaction: Transaction, name: str) -> tuple[str, ...]:
    """The name somebody is known by, behind their own spelling of it where that is another one."""
    return tuple(dict.fromkeys((name, people.known_as(transaction, name))))


def involved(transaction: Transaction, key: str, taxonomy: str, annotator: str) -> Involved | None:
    """Everybody who has to do with one subject under a taxonomy, in one question; None when there is no such subject.

    Of those who looked, only those whose name may be read like one name: by name is how they are indexed.
    """
    sql = f"""SELECT subjects.kind, (SELECT json_group_object(name, value) FROM ({AGREED})),
                (SELECT json_group_array(json_array(annotator, round, status, publish = 'published', is_imported))
                   FROM (SELECT * FROM classifications WHERE subject_id = subjects.id AND taxonomy = :taxonomy
                         AND status != 'untouched' ORDER BY annotator, round)),
                (SELECT json_group_array(json_array(annotator, round)) FROM assignments
                   WHERE subject_id = subjects.id AND taxonomy = :taxonomy AND done = 0),
                (SELECT json_group_object(annotator, looked_at) FROM looks
                   WHERE annotator = known.name AND taxonomy = :taxonomy AND subject_id = subjects.id),
                (SELECT json_quote(min(at)) FROM subject_versions AS versions
                   CROSS JOIN events ON events.subject = versions.id
                   WHERE versions.subject_id = subjects.id AND events.taxonomy = :taxonomy
                     AND events.whose IN (SELECT id FROM people AS team WHERE name = 'adjudicated' AND stands_for = id)
                     AND events.kind IN ('ruled', 'adjudicated') AND events.id >> 32 IN (SELECT feeds.id FROM feeds
                       JOIN people ON people.id = feeds.person WHERE people.stands_for = known.id)
                     AND {TOLD_OTHERS}), known.name
              FROM subjects LEFT JOIN spellings ON plain = :plain LEFT JOIN people AS known ON known.id = person
              WHERE key = :key"""
    row = transaction.execute(sql, {"key": key, "taxonomy": taxonomy, "plain": plain_name(annotator)}).fetchone()
    if row is None:
        return None
    kind, settings, begun, dealt, looked, decided = row[0], *map(json.loads, row[1:-1])
    heads = (Begun(name, round_, status, bool(out), bool(brought)) for name, round_, status, out, brought in begun)
    return Involved(kind, settings, tuple(heads), tuple(map(tuple, dealt)), looked, decided or "", row[-1] or "")


def not_at_work_on(transaction: Transaction, viewer: Viewer, table: str, *, of_few: bool = False) -> Condition:
    """That a viewer is not at work on the subject and taxonomy of a row, found by index for each.

    Asked of few rows, it is not looked up first whether the viewer is at work on anything.
    """
    whose, names = (THEIRS, json.dumps(viewer.names)) if viewer.names else (OF_SOMEBODY, "")
    if not viewer.is_blind or not (of_few or is_any(transaction, begun_or_dealt("1", whose), names)):
        return Condition()
    return with_names(names, f"NOT {_is_any_of(table, PLACE, whose, BEGUN, DEALT)}")


def at_work_on(viewer: Viewer) -> Condition:
    """A query for the subjects and taxonomies a viewer is at work on, each once; for nobody, anybody is."""
    whose, names = (THEIRS, json.dumps(viewer.names)) if viewer.names else (OF_SOMEBODY, "")
    work = begun_or_dealt("subject_id, taxonomy", whose)
    return with_names(names, f"SELECT DISTINCT subject_id, taxonomy FROM ({work})")


def begun_or_dealt(columns: str, whose: str) -> str:
    """A query for what somebody has begun or has to do."""
    return _all_of(columns, whose, BEGUN, DEALT)


def with_names(names: str, sql: str) -> Condition:
    """A condition in which every question mark stands for the same names."""
    return Condition(sql, (names,) * sql.count("?"))


def is_any(transaction: Transaction, sql: str, names: str = "") -> bool:
    """Whether a query finds anything."""
    return bool(transaction.execute(f"SELECT EXISTS ({sql})", (names,) * sql.count("?")).fetchone()[0])


def open_to(
    transaction: Transaction, viewer: Viewer, table: str = "classifications", *, of_few: bool = False
) -> Condition:
    """The classifications a viewer may see; `table` is the name the query gives them, and not `mine`.

    Asked of few rows, each is looked up by index, so that it takes as long however much the viewer has
    done and has to do; otherwise all of that is gathered once, and what cannot matter is left out.
    """
    if not viewer.is_blind:
        return Condition()
    if not viewer.names:
        is_anybody = of_few or is_any(transaction, begun_or_dealt("1", OF_SOMEBODY))
        return _open_to_nobody(table, of_few) if is_anybody else Condition()
    names = json.dumps(viewer.names)
    otherwise = _open_otherwise(transaction, viewer, names, table, of_few)
    if not (of_few or is_any(transaction, begun_or_dealt("1", THEIRS), names)):
        return with_names(names, otherwise)
    among = _is_any_of if of_few else _is_among
    own = f"{table}.annotator {THEIRS} AND {among(table, (*PLACE, 'round'), THEIRS, BEGUN, DEALT)}"
    at_work = among(table, PLACE, THEIRS, BEGUN, DEALT)
    return with_names(names, f"CASE WHEN {at_work} THEN {own} ELSE {otherwise or 1} END")


def issues_open_to(transaction: Transaction, viewer: Viewer) -> Condition:
    """The same about rows of `import_issues`: closed to those who are at work on what an issue is about.

    About a classification that is open all the same they are open, unless another round of it is closed.
    """
    if not not_at_work_on(transaction, viewer, "classifications").sql:
        return Condition()
    seen = open_to(transaction, viewer, "theirs")
    work = at_work_on(viewer).sql
    here = f"""SELECT key, lower(taxonomy), annotator FROM classifications AS theirs
               JOIN subjects ON subjects.id = subject_id WHERE (subject_id, taxonomy) IN ({work}) AND"""
    place, whole = "import_issues.subject, lower(import_issues.taxonomy)", "import_issues.annotator"
    sql = f"""(({place}) NOT IN (SELECT key, lower(taxonomy) FROM ({work}) JOIN subjects ON subjects.id = subject_id)
               OR ({place}, {whole}) IN ({here} {seen.sql}) AND ({place}, {whole}) NOT IN ({here} NOT ({seen.sql})))"""
    return with_names(json.dumps(viewer.names) if viewer.names else "", sql)


def comments_open_to(transaction: Transaction, viewer: Viewer, *, of_few: bool = False) -> Condition:
    """The comments a viewer may see: those on what they are not at work on, of whose work is open, and their own.

    A comment that names no taxonomy is about all that anybody is at work on there.
    """
    found = (
        comments_not_at_work_on(transaction, viewer, of_few=of_few),
        _comments_that_tell_nothing(transaction, viewer),
    )
    sql = " AND ".join(each.sql for each in found if each.sql)
    return Condition(sql and f"({sql})", tuple(value for each in found for value in each.values))


def _comments_that_tell_nothing(transaction: Transaction, viewer: Viewer) -> Condition:
    """The comments but those of whoever handed in, or decided, what is closed to a viewer; a lead's and their own stay.

    Whoever has handed in speaks of answers; under which taxonomy, a comment that names none does not say.
    """
    seen = open_to(transaction, viewer, "work", of_few=True)
    if not seen.sql:
        return seen
    names = json.dumps(viewer.names) if viewer.names else ""
    own = f"comments.annotator {THEIRS} OR " if names else ""
    return with_names(
        names,
        f"""({own}comments.annotator IN ({LEADS}) OR NOT EXISTS (
      SELECT 1 FROM classifications AS work
      WHERE work.subject_id = comments.subject_id AND comments.taxonomy IN ('', work.taxonomy)
        AND ({HAS_HANDED_IN} OR {HAS_DECIDED}) AND NOT {seen.sql}))""",
    )


def comments_not_at_work_on(transaction: Transaction, viewer: Viewer, *, of_few: bool = False) -> Condition:
    """The comments on what a viewer is not at work on, and their own."""
    whose, names = (THEIRS, json.dumps(viewer.names)) if viewer.names else (OF_SOMEBODY, "")
    if not viewer.is_blind or not (of_few or is_any(transaction, begun_or_dealt("1", whose), names)):
        return Condition()
    here = "mine.subject_id = comments.subject_id AND comments.taxonomy IN ('', mine.taxonomy)"
    at_work = (
        f"EXISTS (SELECT 1 FROM {of} AS mine WHERE {here} AND mine.annotator {whose} AND {what})"
        for of, what in (BEGUN, DEALT)
    )
    own = f"comments.annotator {THEIRS} OR " if names else ""
    return with_names(names, f"({own}NOT ({' OR '.join(at_work)}))")


def left_out(transaction: Transaction, viewer: Viewer, where: str, values: Iterable[Any], what: str) -> LeftOut:
    """Count what a condition on classifications loses because it is closed; `what` is the column to count."""
    seen = open_to(transaction, viewer)
    if not seen.sql:
        return LeftOut()
    work = at_work_on(viewer)
    here = f"(classifications.subject_id, classifications.taxonomy) IN ({work.sql})"
    sql = f"""SELECT count(DISTINCT {what}) FILTER (WHERE {here}), count(DISTINCT {what}) FILTER (WHERE NOT {here})
              FROM classifications JOIN subjects ON subjects.id = subject_id
              WHERE {where} AND NOT ({seen.sql})"""
    return LeftOut(*transaction.execute(sql, (*work.values, *work.values, *values, *seen.values)).fetchone())


def is_anything_closed(transaction: Transaction, viewer: Viewer, key: str, taxonomy: str, round_: int) -> bool:
    """Whether a review of one subject would show a viewer what is closed to them otherwise."""
    seen = open_to(transaction, viewer, of_few=True)
    if not seen.sql:
        return False
    sql = f"""SELECT 1 FROM classifications WHERE subject_id = (SELECT id FROM subjects WHERE key = ?)
              AND taxonomy = ? AND round = ? AND (status = 'submitted' OR annotator = 'adjudicated')
              AND status != 'untouched' AND NOT ({seen.sql}) LIMIT 1"""
    return transaction.execute(sql, (key, taxonomy, round_, *seen.values)).fetchone() is not None


def _open_otherwise(transaction: Transaction, viewer: Viewer, names: str, table: str, of_few: bool) -> str:
    """The rule for who is not at work: the cheap questions come first; empty when nothing can be closed."""
    made_here = f"""SELECT 1 FROM classifications WHERE is_imported = 0 AND publish = 'unpublished'
                    AND annotator NOT {THEIRS}"""
    if viewer.reviews or not (of_few or is_any(transaction, made_here, names)):
        return ""
    among = _is_any_of if of_few else _is_among
    decided = f"SELECT classification_id FROM adjudications WHERE adjudicated_by {THEIRS}"
    own = f"{decided} AND classification_id = {table}.id" if of_few else decided
    return f"""({table}.annotator {THEIRS} OR {table}.publish = 'published'
                OR {among(table, PLACE, THEIRS, HANDED_IN, LOOKED)} OR {table}.is_imported OR {table}.id IN ({own}))"""


def _open_to_nobody(table: str, of_few: bool) -> Condition:
    """Only what each of those at work may see: the owner's own, of a round the owner is at work in."""
    among = _is_any_of if of_few else _is_among
    others = f"{OF_SOMEBODY} AND mine.annotator != {table}.annotator"
    return Condition(
        f"""CASE WHEN {among(table, PLACE, OF_SOMEBODY, BEGUN, DEALT)}
            THEN {among(table, (*PLACE, "annotator", "round"), OF_SOMEBODY, BEGUN, DEALT)}
              AND NOT {_is_any_of(table, PLACE, others, BEGUN, DEALT)}
            ELSE 1 END"""
    )


def _is_any_of(table: str, columns: Sequence[str], whose: str, *sources: tuple[str, str]) -> str:
    """That a row is in one of some tables by these columns, looked up by index."""
    here = " AND ".join(f"mine.{column} = {table}.{column}" for column in columns)
    found = (f"EXISTS (SELECT 1 FROM {of} AS mine WHERE {here} AND mine.annotator {whose} AND {what})"
             for of, what in sources)  # fmt: skip
    return f"({' OR '.join(found)})"


def _is_among(table: str, columns: Sequence[str], whose: str, *sources: tuple[str, str]) -> str:
    """The same, looked up in a list of all that is somebody's in these tables, which is made once."""
    sought = ", ".join(f"{table}.{column}" for column in columns)
    return f"({sought}) IN ({_all_of(', '.join(columns), whose, *sources)})"


def _all_of(columns: str, whose: str, *sources: tuple[str, str]) -> str:
    """A query for all that is somebody's in some tables, by the indexes of what is open where there is one."""
    found = []
    for source in sources:
        by = f" INDEXED BY {OPEN[source]}" if source in OPEN else ""
        found.append(f"SELECT {columns} FROM {source[0]} AS mine{by} WHERE mine.annotator {whose} AND {source[1]}")
    return " UNION ALL ".join(found)


def put(transaction: Transaction, annotator: str, key: str, taxonomy: str) -> None:
    """Keep that somebody has looked; call inside a write transaction."""
    from annotator.store.team import team

    team.look(transaction, annotator, key, taxonomy)
