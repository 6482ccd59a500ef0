"""Every field of a scope, kept in step with what is handed in: a change costs what its own subject holds."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from threading import Lock
from typing import NamedTuple

from annotator.agreement.coefficients import percent, told
from annotator.agreement.distances import Level
from annotator.agreement.field import FieldAgreement, agree_at_once, following
from annotator.agreement.tables import PatternTable, of_patterns
from annotator.desk.comparison.categories import Categories
from annotator.desk.comparison.comparison import Comparison, comparing, sample_of
from annotator.desk.comparison.fields import brief, measured, notes, row_of, unmeasured
from annotator.desk.comparison.figures import FieldsSeen, agreement_fields, compared_taxonomies, seen_by, unseen
from annotator.desk.comparison.policy import Scope
from annotator.desk.comparison.rows import FieldRow
from annotator.desk.desk import Session
from annotator.desk.project import Project
from annotator.errors import RequestError
from annotator.model.classification import Identity
from annotator.model.outline import FieldOutline
from annotator.model.person import NO_WITNESS
from annotator.store import following as log
from annotator.store.following import Held, Value
from annotator.store.samples import COUNTING, EMPTY, HIDDEN, NOT_APPLICABLE, UNKNOWN, Sample, versions_used
from annotator.store.subjects import kind_of
from annotator.store.visibility import open_to

CODE_OF = {"empty": EMPTY, "unknown": UNKNOWN, "not_applicable": NOT_APPLICABLE}
Unit = Sequence[Held]
"""The work on one subject that takes part; nobody's means that the subject is not counted."""


class Order(NamedTuple):
    """The categories that occur, as a comparison made anew would put them."""

    choices: tuple[Hashable, ...]
    places: list[int]
    """Among the choices, by position in the live table."""
    q: int


class FollowedField:
    """A live table of the categories of one field."""

    def __init__(self, comparison: Comparison, field: FieldOutline) -> None:
        """Begin with what a comparison holds."""
        self.field = field
        self.policy = comparison.scope.states
        self.left_out = frozenset(comparison.left_out(field))
        self.live = following(comparison.table(field))
        self._texts: dict[int, str] = {}
        self._codes: dict[str, int] = {}
        self._known = Categories(field, self._texts, self.policy)

    @property
    def level(self) -> Level:
        """The metric that the field's level of measurement calls for."""
        return self._known.level

    def change(self, before: Unit, after: Unit) -> bool:
        """Take in what annotators say about one subject now; whether that changes any figure.

        Raises RequestError when the table never held what was said before.
        """
        old, new = self._pattern(before), self._pattern(after)
        if old == new and bool(before) == bool(after):
            return False
        if before:
            self.live.remove(old)
        if after:
            self.live.add(new)
        return True

    def at_once(self) -> FieldAgreement:
        """All figures but the interval; raises RequestError where values do not fit the level."""
        order = self._order()
        self.live.q = order.q
        return agree_at_once(self.live, self.level, order.places)

    def table(self) -> PatternTable:
        """The table of this moment, as a comparison made anew would count it."""
        order = self._order()
        patterns = (
            (tuple(order.places[code] for code in pattern), times) for pattern, times in self.live.patterns.items()
        )
        return of_patterns(order.choices, patterns, order.q)

    def _pattern(self, unit: Unit) -> list[int]:
        categories = (self._category(held) for held in unit)
        return sorted(self.live.code_of(each) for each in categories if each is not None)

    def _category(self, held: Held) -> Hashable | None:
        values = held.answers.get(self.field.id)
        if not values or held.version in self.left_out:
            return None
        return self._known.category(tuple(sorted(self._coded(values))))

    def _coded(self, values: Iterable[Value]) -> Iterable[int]:
        for state, text in values:
            code = 0 if text is None else self._code(text)
            if state == "hidden":
                yield HIDDEN - code
            else:
                yield CODE_OF.get(state, code or EMPTY)

    def _code(self, text: str) -> int:
        if text not in self._codes:
            self._codes[text] = len(self._codes) + 1
            self._texts[self._codes[text]] = text
        return self._codes[text]

    def _order(self) -> Order:
        """Put the categories that occur in the order of a comparison, and those left behind after them."""
        fresh, live = Categories(self.field, {}, self.policy), self.live
        met = {code: fresh.place(live.choices[code]) for code in live.observed}
        choices, moved = fresh.in_order()
        places = [moved[met[code]] if code in met else len(choices) for code in range(len(live.choices))]
        return Order(choices, places, fresh.q)


MOST_SUBJECTS = 500
"""Changed at once; beyond, such as after an import, reading everything again is quicker."""


class Following:
    """The rows of one scope. Intervals come later, when `complete` is called: they need resamples."""

    def __init__(self, project: Project, scope: Scope) -> None:
        """Read everything once; raises NotFoundError for unknown names."""
        with comparing(project, scope) as comparison:
            self.scope = comparison.scope
            self.sample = sample_of(self.scope)
            self.taxonomy = comparison.taxonomy
            self.is_whole = not comparison.answers.seen.sql
            self._note(comparison)
            self._shared = comparison.answers.overlapping()
            self.event = log.newest(comparison.answers.connection)
            self._versions = versions_used(comparison.answers.connection, self.taxonomy.namespace)
            self._begin(comparison)

    def _begin(self, comparison: Comparison) -> None:
        fields = comparison.fields if self._shared else []
        self._reasons = {field.id: comparison.reason_against(field) for field in fields}
        self._units = Counter({field.id: comparison.units(field) for field in fields})
        self._live = {field.id: FollowedField(comparison, field) for field in fields if not self._reasons[field.id]}
        self._complete: dict[str, FieldRow] = {}

    def _note(self, comparison: Comparison) -> None:
        self.notes, self.brief = notes(comparison), brief(comparison)
        self._is_noted = True

    @property
    def is_complete(self) -> bool:
        """Whether intervals and notes are those of this moment."""
        return self._is_noted and not self.pending

    @property
    def pending(self) -> frozenset[str]:
        """The fields whose interval is still to be drawn."""
        return frozenset(self._live.keys() - self._complete.keys())

    def rows(self) -> list[FieldRow]:
        """One row per field in the order of the taxonomy."""
        return [self._row(self.taxonomy.by_id[field]) for field in self._reasons]

    def complete(self, project: Project) -> None:
        """Draw the intervals that are missing, and count again what the notes say."""
        for field in self.pending:
            live = self._live[field]
            self._complete[field] = row_of(live.field, live.table(), live.level)
        with comparing(project, self.scope) as comparison:
            self._note(comparison)

    def follow(self, project: Project) -> bool:
        """Take in what was handed in since; False when everything must be read again.

        That is so when a newer version of the taxonomy came into use, when very much changed
        at once, under bounds on dates, because an import may have moved them, and when something is
        closed to who asks, because that changes without anybody's work being changed.
        """
        if not self._shared or self.scope.since or self.scope.until:
            return False
        with project.store.reading() as connection:
            if open_to(connection, self.scope.viewer).sql:
                return False
            if versions_used(connection, self.taxonomy.namespace) != self._versions:
                return False
            changed = log.touched(connection, self.event, self.taxonomy.namespace, self.scope.round)
            if len(changed) > MOST_SUBJECTS:
                return False
            try:
                for subject, names in changed.items():
                    self._change(project, connection, subject, names)
            except RequestError:  # the tables were rebuilt or written by hand: the log does not explain them
                return False
            self.event = log.newest(connection)
            self._is_noted = self._is_noted and not changed
        return self._shared > 0

    def _change(self, project: Project, connection: sqlite3.Connection, subject: str, names: set[str]) -> None:
        about = (self.taxonomy.namespace, self.scope.round)
        now = log.held_now(connection, subject, *about)
        then = dict(now)
        for name in names:
            of = Identity(subject=subject, taxonomy=about[0], annotator=name, round=about[1])
            then[name] = log.held_then(project.store.projection, of, self.event)
        before, after = ([each for each in held.values() if takes_part(self.sample, each)] for held in (then, now))
        self._shared += (len(after) > 1) - (len(before) > 1)
        kind = kind_of(connection, subject)
        for field in self._reasons:
            if kind in (self.taxonomy.by_id[field].applies_to or self.taxonomy.applies_to):
                self._change_field(field, before, after)

    def _change_field(self, field: str, before: list[Held], after: list[Held]) -> None:
        self._units[field] += bool(after) - bool(before)
        if field in self._live and self._live[field].change(before, after):
            self._complete.pop(field, None)

    def _row(self, field: FieldOutline) -> FieldRow:
        if self._reasons[field.id]:
            return unmeasured(field, self._units[field.id], 0, self._reasons[field.id])
        return self._complete.get(field.id) or _at_once(self._live[field.id])


def _at_once(followed: FollowedField) -> FieldRow:
    try:
        return measured(followed.field, followed.at_once())
    except RequestError as error:  # values that the level cannot measure, such as negative ratios
        live = followed.live
        agreed = told(percent, live.sums()).value
        return unmeasured(followed.field, live.units, live.pairable, str(error), agreed)


def takes_part(sample: Sample, held: Held) -> bool:
    """Whether somebody's work on a subject is in a sample, as far as it does not depend on the subject."""
    statuses = (*COUNTING, "draft") if sample.drafts else COUNTING
    named = held.annotator in sample.annotators if sample.annotators else held.annotator not in NO_WITNESS
    return named and held.status in statuses


class Follower:
    """Remembers the tables of the scope that was looked at last."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._lock = Lock()
        self._kept: Following | None = None
        self._taxonomies: tuple[str, ...] = ()

    def fields(self, session: Session, scope: Scope) -> Iterator[FieldsSeen]:
        """What `agreement_fields` says: at once without the intervals that must be drawn anew, then with them.

        What was seen last is followed from there, at a cost that does not depend on the number of subjects.
        """
        scope = seen_by(session, scope)
        with self._lock:
            kept = self._in_step(session, scope)
            seen = self._seen(kept) if kept else None
        if kept is None or seen is None:
            yield agreement_fields(session, scope)
            return
        yield seen
        if not kept.is_complete:
            with self._lock:
                kept.complete(session.project)
                self._taxonomies, _ = compared_taxonomies(session, scope)
                seen = self._seen(kept)
            yield seen

    def _in_step(self, session: Session, scope: Scope) -> Following | None:

        from annotator.store.visibility import open_to

        with session.store.reading() as connection:
            if open_to(connection, scope.viewer).sql:
                return None
        if self._kept and self._kept.scope == scope and self._kept.follow(session.project):
            return self._kept
        self._taxonomies, named = compared_taxonomies(session, scope)
        found = Following(session.project, named) if named.taxonomy else None
        self._kept = found if found and found.is_whole else None
        return self._kept

    def _seen(self, kept: Following) -> FieldsSeen:
        rows, notes = tuple(kept.rows()), tuple(kept.notes)
        return FieldsSeen(unseen(kept.scope), self._taxonomies, rows, notes, kept.pending, kept.brief)


def newest_event(session: Session) -> str:
    """The id of the latest event: cheap, to be asked every second."""
    from annotator.store.following import newest

    with session.store.reading() as connection:
        return newest(connection)


def is_news(session: Session, scope: Scope, since: str) -> bool:
    """Whether events after one may have changed what a scope compares, or what of it is open to this person."""
    from annotator.store import following

    with session.store.reading() as connection:
        about = (scope.taxonomy, scope.round, session.annotator)
        return following.is_news(connection, since, *about, drafts=scope.drafts)
