"""What one annotator changes: answers, notes, flags, and where a classification stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from annotator.errors import AnswerError, NotFoundError, Problem, RequestError
from annotator.session.reading import Reader
from annotator.session.words import refuse_nobody, whole

if TYPE_CHECKING:
    from annotator.models.classification import Answer, Classification, Identity, Status
    from annotator.models.event import EventKind
    from annotator.models.taxonomy import Field, Taxonomy

CLOSED = {"submitted", "adjudicated"}
IsSoAlready = Callable[["Classification"], bool]
"""Whether a classification already is what an edit would make of it."""


class Editor(Reader):
    """Every edit is durable when its call returns; one that would change nothing is not recorded."""

    def classification(self, key: str, namespace: str) -> Classification:
        """This annotator's classification of a subject; `untouched` when there is none yet.

        Raises AnswerError for one of another round than the one they are at work in.
        """
        from annotator.session import seeing

        of = self._identity(key, namespace)
        found = self.store.classification(of)
        if found.updated_at:
            seeing.refuse_earlier(self, key, of.taxonomy, of.round)
            return found
        self.kind_of(key)
        return found.model_copy(update={"version": self.project.taxonomy(namespace).version})

    def status(self, key: str, namespace: str) -> Status:
        """How far this annotator's classification has come, which is told even while it is closed to them."""
        return self.store.classification(self._identity(key, namespace)).status

    def refusal(self, key: str, namespace: str) -> str:
        """Why this annotator may not see their own classification now; empty when they may."""
        try:
            self.classification(key, namespace)
        except AnswerError as error:
            return str(error)
        return ""

    def set_answer(self, key: str, namespace: str, field_id: str, answer: Answer) -> Classification:
        """Save an answer; raises AnswerError when it does not fit the field or the work is submitted."""
        from annotator.taxonomy.compiling import check_answer

        taxonomy = self.project.taxonomy(namespace)
        self._check_asked(key, taxonomy, field_id)
        if answer.state == "hidden":  # follows from conditions, never from a caller
            answer = answer.model_copy(update={"state": "answered"})
        checked = check_answer(taxonomy, field_id, answer)
        payload = {"field": field_id, "answer": checked.model_dump(mode="json", exclude_defaults=True)}
        return self._edit(key, namespace, "answer_set", payload, lambda now: _holds(now, field_id, checked))

    def clear_answer(self, key: str, namespace: str, field_id: str) -> Classification:
        """Make a field unanswered again; one that the taxonomy no longer has too."""
        payload = {"field": field_id}
        return self._edit(key, namespace, "answer_cleared", payload, lambda now: field_id not in now.answers)

    def set_note(self, key: str, namespace: str, text: str) -> Classification:
        """Keep a note with the classification; it is not part of the answers."""
        return self._edit(key, namespace, "note_set", {"text": whole(text)}, lambda now: now.notes == text)

    def raise_flag(self, key: str, namespace: str, reason: str, field: str = "") -> Classification:
        """Ask others to look at a classification, or at one field of it; allowed after submission too."""
        if not reason.strip():
            raise AnswerError("A flag needs a reason, so that others know what to look at.")
        if field:
            self.field(namespace, field)
        payload = {"field": field or None, "reason": whole(reason).strip()}
        with self.store.writing():
            self.classification(key, namespace)  # which is refused while it is closed
            return self._record(key, namespace, "flag_raised", payload)

    def resolve_flag(self, key: str, namespace: str, flag_id: str) -> Classification:
        """Say that a flag has been dealt with."""
        with self.store.writing():
            flags = {flag.id: flag for flag in self.classification(key, namespace).flags}
            if flag_id not in flags or flags[flag_id].resolved_at:
                raise NotFoundError("There is no open flag of that name on this classification.")
            return self._record(key, namespace, "flag_resolved", {"flag": flag_id})

    def skip(self, key: str, namespace: str, reason: str) -> Classification:
        """Leave a subject aside and say why; answering it later takes it up again."""
        said = whole(reason).strip()
        if not said:
            raise AnswerError("Skipping needs a reason, such as `not about AI` or `cannot read the language`.")
        payload = {"reason": said}
        return self._edit(
            key, namespace, "skipped", payload, lambda now: (now.status, now.skip_reason) == ("skipped", said)
        )

    def problems(self, key: str, namespace: str) -> list[Problem]:
        """What submitting would complain about; empty when all is well."""
        from annotator.taxonomy.compiling import check_classification

        answers = self.classification(key, namespace).answers
        return check_classification(self.project.taxonomy(namespace), self.kind_of(key), answers)

    def submit(self, key: str, namespace: str) -> Classification:
        """Hand the classification in; raises AnswerError with every problem when it does not validate."""
        with self.store.writing():
            current = self._refuse_closed(key, namespace)
            problems = self.problems(key, namespace)
            if problems:
                raise AnswerError(problems)
            if not current.shown:
                raise AnswerError("Nothing is answered yet: answer what the reports say, or skip with a reason.")
            return self._record(key, namespace, "submitted", {})

    def reopen(self, key: str, namespace: str, reason: str = "") -> Classification:
        """Take a submitted or skipped classification back for editing; what is published must be withdrawn first."""
        from annotator.session import permitting

        with self.store.writing():
            current = self.classification(key, namespace)
            if current.status not in {*CLOSED, "skipped"}:
                raise RequestError(f"{key} under {namespace} is {current.status}: there is nothing to reopen.")
            permitting.refuse_published(current)
            return self._record(key, namespace, "reopened", {"reason": whole(reason).strip()})

    def field(self, namespace: str, field_id: str) -> Field:
        """A field of the current version of a taxonomy; raises NotFoundError."""
        taxonomy = self.project.taxonomy(namespace)
        if field_id not in taxonomy.by_id:
            name = taxonomy.namespace
            raise NotFoundError(f"{name} has no field {field_id!r}; `annotator taxonomy show {name}` lists them.")
        return taxonomy.by_id[field_id]

    def _identity(self, key: str, namespace: str) -> Identity:
        from annotator.models.classification import Identity

        name = self.project.taxonomy(namespace).namespace  # as the taxonomy writes it, whatever the caller's case
        return Identity.model_construct(subject=key, taxonomy=name, annotator=self.annotator, round=self.round)

    def _check_asked(self, key: str, taxonomy: Taxonomy, field_id: str) -> None:
        kind = self.kind_of(key)
        if kind not in (self.field(taxonomy.namespace, field_id).applies_to or taxonomy.applies_to):
            raise AnswerError([Problem(field_id, f"is not asked about {kind}s")])

    def _refuse_closed(self, key: str, namespace: str) -> Classification:
        refuse_nobody(self.annotator)
        current = self.classification(key, namespace)
        if current.status in CLOSED:
            raise AnswerError(f"{key} under {namespace} is {current.status}; reopen it before changing it.")
        return current

    def _edit(
        self, key: str, namespace: str, kind: EventKind, payload: dict[str, Any], is_so_already: IsSoAlready
    ) -> Classification:
        """Record an event unless nothing would change; looking and writing are one transaction."""
        with self.store.writing():
            current = self._refuse_closed(key, namespace)
            return current if is_so_already(current) else self._record(key, namespace, kind, payload)

    def _record(self, key: str, namespace: str, kind: EventKind, payload: dict[str, Any]) -> Classification:
        from annotator.session import seeing

        refuse_nobody(self.annotator)
        self.kind_of(key)
        taxonomy = self.project.taxonomy(namespace)
        with self.store.writing() as connection:
            self.project.keep(connection, taxonomy)
            of = self._identity(key, taxonomy.namespace)
            now = self.store.record(self.annotator, kind, of, taxonomy.version, payload)[1]
            seeing.refuse_who_looked(self, now, kind)
            return now


def _holds(now: Classification, field_id: str, answer: Answer) -> bool:
    """Whether a field has this answer, shown or hidden by its condition."""
    held = now.answers.get(field_id)
    if held is not None and held.state == "hidden" and held.value is not None:
        held = held.model_copy(update={"state": "answered"})
    return held == answer
