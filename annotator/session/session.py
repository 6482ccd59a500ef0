"""One annotator at one project: read, answer, save, undo. Knows nothing of screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import AnswerError, NotFoundError, Problem, RequestError
from annotator.project import Project
from annotator.session.reading import Reader

if TYPE_CHECKING:
    from annotator.models.classification import Answer, Classification, Evidence, Identity
    from annotator.models.event import Event, EventKind
    from annotator.models.subject import Report
    from annotator.models.taxonomy import Taxonomy
    from annotator.session.undoing import Change

UNDO_DEPTH = 1_000
"""Events looked back over; deep enough for some days of work."""
CLOSED = {"submitted", "adjudicated"}


def open_session(
    path: Path, annotator: str, folders: Sequence[Path] = (), round_: int = 1, *, create: bool = True
) -> Session:
    """Open a database for one annotator; raises AnnotatorError in words."""
    return Session(Project.open(path, folders, create=create), annotator, round_)


class Session(Reader):
    """What one annotator sees and does. Every edit is durable when its call returns."""

    # Reading and editing a classification

    def classification(self, key: str, namespace: str) -> Classification:
        """This annotator's classification of a subject; `untouched` when there is none yet."""
        of = self._identity(key, namespace)
        found = self.store.classification(of)
        if found.status != "untouched" or found.updated_at:
            return found
        from annotator.models.classification import Classification

        return Classification(identity=of, version=self.project.taxonomy(namespace).version)

    def set_answer(self, key: str, namespace: str, field_id: str, answer: Answer) -> Classification:
        """Save an answer; raises AnswerError when it does not fit the field or the work is submitted."""
        taxonomy = self.project.taxonomy(namespace)
        self._check_asked(key, taxonomy, field_id)
        if answer.state == "hidden":  # follows from conditions, never from a caller
            answer = answer.model_copy(update={"state": "answered"})
        from annotator.taxonomy.compiling import check_answer

        checked = check_answer(taxonomy, field_id, answer)
        payload = {"field": field_id, "answer": checked.model_dump(mode="json", exclude_defaults=True)}
        return self._edit(key, namespace, "answer_set", payload, lambda now: now.answers.get(field_id) == checked)

    def clear_answer(self, key: str, namespace: str, field_id: str) -> Classification:
        """Make a field unanswered again."""
        payload = {"field": field_id}
        return self._edit(key, namespace, "answer_cleared", payload, lambda now: field_id not in now.answers)

    def set_note(self, key: str, namespace: str, text: str) -> Classification:
        """Keep a note with the classification; it is not part of the answers."""
        return self._edit(key, namespace, "note_set", {"text": text}, lambda now: now.notes == text)

    def raise_flag(self, key: str, namespace: str, reason: str, field: str = "") -> Classification:
        """Ask others to look at a classification, or at one field of it; allowed after submission too."""
        if not reason.strip():
            raise AnswerError("A flag needs a reason, so that others know what to look at.")
        payload = {"field": field or None, "reason": reason.strip()}
        return self._record(key, namespace, "flag_raised", payload)

    def resolve_flag(self, key: str, namespace: str, flag_id: str) -> Classification:
        """Say that a flag has been dealt with."""
        flags = {flag.id: flag for flag in self.classification(key, namespace).flags}
        if flag_id not in flags or flags[flag_id].resolved_at:
            raise NotFoundError("There is no open flag of that name on this classification.")
        return self._record(key, namespace, "flag_resolved", {"flag": flag_id})

    def skip(self, key: str, namespace: str, reason: str) -> Classification:
        """Leave a subject aside and say why; answering it later takes it up again."""
        if not reason.strip():
            raise AnswerError("Skipping needs a reason, such as `not about AI` or `cannot read the language`.")
        return self._edit(key, namespace, "skipped", {"reason": reason.strip()})

    def problems(self, key: str, namespace: str) -> list[Problem]:
        """What submitting would complain about; empty when all is well."""
        from annotator.taxonomy.compiling import check_classification

        answers = self.classification(key, namespace).answers
        return check_classification(self.project.taxonomy(namespace), self.kind_of(key), answers)

    def submit(self, key: str, namespace: str) -> Classification:
        """Hand the classification in; raises AnswerError with every problem when it does not validate."""
        with self.store.writing():
            self._refuse_closed(key, namespace)
            problems = self.problems(key, namespace)
            if problems:
                raise AnswerError(problems)
            return self._record(key, namespace, "submitted", {})

    def reopen(self, key: str, namespace: str, reason: str = "") -> Classification:
        """Take a submitted or skipped classification back for editing."""
        current = self.classification(key, namespace)
        if current.status not in {*CLOSED, "skipped"}:
            raise RequestError(f"{key} under {namespace} is {current.status}: there is nothing to reopen.")
        return self._record(key, namespace, "reopened", {"reason": reason.strip()})

    # Going back and forth

    def undo(self) -> Change | None:
        """Undo this annotator's latest edit, wherever it was made; None when there is nothing to undo."""
        return self._turn("undone")

    def redo(self) -> Change | None:
        """Do again what was undone last; None when there is nothing."""
        return self._turn("redone")

    def history(self, key: str, namespace: str = "") -> list[Event]:
        """This annotator's events about a subject, oldest first."""
        from annotator.store import events

        with self.store.reading() as connection:
            found = events.of_subject(connection, key)
        return [
            event for event in found if event.of.annotator == self.annotator and namespace in {"", event.of.taxonomy}
        ]

    # Help with answering

    def frequent_choices(self, namespace: str, field_id: str) -> list[str]:
        """Choice ids this annotator used, most frequent and most recent first."""
        from annotator.session import suggesting

        return suggesting.frequent(self.store, self.annotator, namespace, field_id)

    def completions(self, key: str, namespace: str, field_id: str, typed: str, limit: int = 20) -> list[str]:
        """Texts that begin with, or contain, what was typed so far."""
        from annotator.session import suggesting

        field = self.project.taxonomy(namespace).by_id[field_id]
        sources = suggesting.sources(self, key, namespace, field)
        return suggesting.matching(sources, typed, limit)

    def quote(self, report: Report, start: int, end: int) -> Evidence:
        """Make evidence of a span of a report; raises AnswerError when nothing is selected."""
        from annotator.session import evidence

        return evidence.quote(report, start, end)

    def locate(self, text: str, span: Evidence) -> tuple[int, int] | None:
        """Where the words of evidence stand in a text now; None when they are gone."""
        from annotator.session import evidence

        return evidence.locate(text, span)

    # Within

    def _identity(self, key: str, namespace: str) -> Identity:
        from annotator.models.classification import Identity

        return Identity(subject=key, taxonomy=namespace, annotator=self.annotator, round=self.round)

    def _check_asked(self, key: str, taxonomy: Taxonomy, field_id: str) -> None:
        if field_id not in taxonomy.by_id:
            name = taxonomy.namespace
            raise NotFoundError(f"{name} has no field {field_id!r}; `annotator taxonomy show {name}` lists them.")
        kind = self.kind_of(key)
        if kind not in (taxonomy.by_id[field_id].applies_to or taxonomy.applies_to):
            raise AnswerError([Problem(field_id, f"is not asked about {kind}s")])

    def _refuse_closed(self, key: str, namespace: str) -> Classification:
        current = self.classification(key, namespace)
        if current.status in CLOSED:
            raise AnswerError(f"{key} under {namespace} is {current.status}; reopen it before changing it.")
        return current

    def _edit(
        self,
        key: str,
        namespace: str,
        kind: EventKind,
        payload: dict[str, Any],
        is_so_already: Callable[[Classification], bool] = lambda _now: False,
    ) -> Classification:
        """Record an event unless nothing would change; looking and writing are one transaction."""
        with self.store.writing():
            current = self._refuse_closed(key, namespace)
            return current if is_so_already(current) else self._record(key, namespace, kind, payload)

    def _record(self, key: str, namespace: str, kind: EventKind, payload: dict[str, Any]) -> Classification:
        if not self.annotator:
            raise RequestError("Say who you are first: --as NAME, or `annotator: NAME` in the config file.")
        self.kind_of(key)
        taxonomy = self.project.taxonomy(namespace)
        with self.store.writing() as connection:
            self.project.keep(connection, taxonomy)
            of = self._identity(key, taxonomy.namespace)
            return self.store.record(self.annotator, kind, of, taxonomy.version, payload)[1]

    def _turn(self, kind: EventKind) -> Change | None:
        from annotator.models.fold import undo_stacks
        from annotator.session.undoing import change_of
        from annotator.store import events

        with self.store.writing() as connection:
            done, ready = undo_stacks(events.newest_by(connection, self.annotator, UNDO_DEPTH))
            stack = done if kind == "undone" else ready
            if not stack:
                return None
            event = stack[-1]
            version = self.project.taxonomy(event.of.taxonomy, event.version).version
            _, now = self.store.record(self.annotator, kind, event.of, version, {"event": event.id})
        verb = "undid" if kind == "undone" else "redid"
        return change_of(event, verb, self._field_name(event), now)

    def _field_name(self, event: Event) -> str:
        field_id = event.payload.get("field") or ""
        field = self.project.taxonomy(event.of.taxonomy, event.version).by_id.get(field_id)
        return f"{field.number or ''} {field.name}".strip() if field else field_id
