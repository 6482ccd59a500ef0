"""Every field of a scope, kept in step with what is handed in: a change costs what its own subject holds."""

from __future__ import annotations

import sqlite3
from collections import Counter

from annotator.agreement.coefficients import percent, told
from annotator.comparing.brief import brief
from annotator.comparing.comparison import Comparison, comparing
from annotator.comparing.field_rows import measured, row_of, unmeasured
from annotator.comparing.finding import sample_of
from annotator.comparing.followed_field import FollowedField
from annotator.comparing.notes import notes
from annotator.comparing.rows import FieldRow
from annotator.comparing.scope import Scope
from annotator.errors import RequestError
from annotator.models.classification import Identity
from annotator.models.outline import FieldOutline
from annotator.models.reserved import NO_WITNESS
from annotator.project import Project
from annotator.store import following as log
from annotator.store.agreement_sample import COUNTING, Sample, versions_used
from annotator.store.following import Held
from annotator.store.seeing import open_to
from annotator.store.subjects import kind_of

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
