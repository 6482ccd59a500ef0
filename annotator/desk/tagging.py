"""What one annotator changes: answers, notes, flags, and where a classification stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotator.desk.conflicts import conflicting
from annotator.desk.team.closing import why_closed
from annotator.desk.visibility import refuse_nobody, refuse_published
from annotator.errors import AnswerError, NotFoundError, Problem, RequestError
from annotator.model import quoting
from annotator.model.classification import Identity
from annotator.model.place import STATUS, place
from annotator.model.rounds import InRounds, short
from annotator.plain import storable
from annotator.store import completion

if TYPE_CHECKING:
    from annotator.desk.project import Project
    from annotator.desk.subjects import Subjects
    from annotator.desk.visibility import Standing, Visibility
    from annotator.model.classification import Answer, Classification, Evidence, Status
    from annotator.model.event import EventKind
    from annotator.model.subject import Report
    from annotator.model.taxonomy import Field, Taxonomy
    from annotator.model.visibility import Viewer

CLOSED = {"submitted", "adjudicated"}
UNDER_NEWEST = frozenset({"answer_set", "answer_cleared", "submitted", "version_taken"})
"""What is judged by the taxonomy as it is now; everything else leaves a classification under its own version."""
IsSoAlready = Callable[["Classification"], bool]
"""Whether a classification already is what an edit would make of it."""


@dataclass(frozen=True)
class Current:
    """A classification as an action finds it, with all the action has to know."""

    taxonomy: Taxonomy
    standing: Standing
    classification: Classification

    @property
    def is_older(self) -> bool:
        """Whether it was begun under an older version than the one at hand."""
        now = self.classification
        return now.updated_at is not None and now.version < self.taxonomy.version


class Tagging:
    """Every edit is durable when its call returns; one that would change nothing is not recorded."""

    def __init__(
        self, project: Project, subjects: Subjects, visibility: Visibility, annotator: str, in_rounds: InRounds
    ) -> None:
        """Take what there is to classify, what may be seen of it, and whose work it is in which rounds."""
        self.project = project
        self.store = project.store
        self.subjects = subjects
        self.visibility = visibility
        self.annotator = annotator
        self.in_rounds = in_rounds

    def classification(self, key: str, namespace: str) -> Classification:
        """This annotator's classification of a subject; `untouched` when there is none yet.

        Raises AnswerError for one of another round than the one they are at work in.
        """
        return self._current(key, namespace).classification

    def status(self, key: str, namespace: str) -> Status:
        """How far this annotator's classification has come, which is told even while it is closed to them."""
        return self.store.classification(self._identity(key, self.project.taxonomy(namespace))).status

    def refusal(self, key: str, namespace: str) -> str:
        """Why this annotator may not see their own classification now; empty when they may."""
        try:
            self._current(key, namespace)
        except AnswerError as error:
            return str(error)
        return ""

    def answer(self, key: str, namespace: str, field_id: str, answer: Answer) -> Classification:
        """Save an answer; raises AnswerError when it does not fit the field or the work is submitted."""
        checked = self.checked(namespace, field_id, answer)
        payload = {"field": field_id, "answer": checked.model_dump(mode="json", exclude_defaults=True)}
        return self._edit(key, namespace, "answer_set", payload, lambda now: _holds(now, field_id, checked))

    def checked(self, namespace: str, field_id: str, answer: Answer) -> Answer:
        """The answer as it would be kept; raises AnswerError when it does not fit the field. Asks no database."""
        from annotator.taxonomy.compiling import check_answer

        taxonomy = self.project.taxonomy(namespace)
        self.project.field(namespace, field_id)
        if answer.state in {"hidden", "conflict"}:  # follows from conditions and what was done apart, not from a caller
            answer = answer.model_copy(update={"state": "answered"})
        return check_answer(taxonomy, field_id, answer)

    def clear(self, key: str, namespace: str, field_id: str) -> Classification:
        """Make a field unanswered again; one that the taxonomy no longer has too."""
        payload = {"field": field_id}
        return self._edit(key, namespace, "answer_cleared", payload, lambda now: field_id not in now.answers)

    def note(self, key: str, namespace: str, text: str) -> Classification:
        """Keep a note with the classification; it is not part of the answers."""
        return self._edit(key, namespace, "note_set", {"text": storable(text)}, lambda now: now.notes == text)

    def raise_flag(self, key: str, namespace: str, reason: str, field: str = "") -> Classification:
        """Ask others to look at a classification, or at one field of it; allowed after submission too."""
        if not reason.strip():
            raise AnswerError("A flag needs a reason, so that others know what to look at.")
        if field:
            self.field(namespace, field)
        payload = {"field": field or None, "reason": storable(reason).strip()}
        with self.store.writing():
            return self._record(self._current(key, namespace), "flag_raised", payload)

    def resolve_flag(self, key: str, namespace: str, flag_id: str) -> Classification:
        """Say that a flag has been dealt with."""
        with self.store.writing():
            current = self._current(key, namespace)
            flags = {flag.id: flag for flag in current.classification.flags}
            if flag_id not in flags or flags[flag_id].resolved_at:
                raise NotFoundError("There is no open flag of that name on this classification.")
            return self._record(current, "flag_resolved", {"flag": flag_id})

    def skip(self, key: str, namespace: str, reason: str) -> Classification:
        """Leave a subject aside and say why; answering it later takes it up again."""
        said = storable(reason).strip()
        if not said:
            raise AnswerError("Skipping needs a reason, such as `not about AI` or `cannot read the language`.")
        payload = {"reason": said}
        return self._edit(
            key, namespace, "skipped", payload, lambda now: (now.status, now.skip_reason) == ("skipped", said)
        )

    def take_version(self, key: str, namespace: str) -> Classification:
        """Go on under the current version with what was begun under an older one; does nothing where there is none."""
        with self.store.writing():
            current = self._open(key, namespace)
            if not current.is_older:
                return current.classification
            step = {"from": current.classification.version, "to": current.taxonomy.version}
            return self._record(current, "version_taken", step)

    def problems(self, key: str, namespace: str) -> list[Problem]:
        """What submitting would complain about; empty when all is well."""
        return _problems(self.project, self._current(key, namespace))

    def submit(self, key: str, namespace: str) -> Classification:
        """Hand the classification in; raises AnswerError with every problem when it does not validate."""
        with self.store.writing():
            current = self._open(key, namespace)
            refuse_unfit(self.project, current)
            return self._record(current, "submitted", {})

    def reopen(self, key: str, namespace: str, reason: str = "") -> Classification:
        """Take a submitted or skipped classification back for editing; what is published must be withdrawn first."""
        with self.store.writing():
            current = self._current(key, namespace)
            status, is_apart = current.classification.status, conflicting.is_at(current.classification, STATUS)
            if status not in {*CLOSED, "skipped"} and not is_apart:
                elsewhere = {at: how for at, how in current.standing.own.items() if how in {*CLOSED, "skipped"}}
                hint = "".join(
                    f" In round {short(at)} it is {how}: --round {short(at)}." for at, how in elsewhere.items()
                )
                raise RequestError(f"{key} under {namespace} is {status}: there is nothing to reopen.{hint}")
            refuse_published(current.classification)
            return self._record(current, "reopened", {"reason": storable(reason).strip()})

    # Help with answering

    def field(self, namespace: str, field_id: str) -> Field:
        """A field of the current version of a taxonomy; raises NotFoundError."""
        return self.project.field(namespace, field_id)

    def frequent_choices(self, namespace: str, field_id: str) -> list[str]:
        """Choice ids this annotator used, most frequent and most recent first."""
        field = self.field(namespace, field_id)
        return self._frequent(self.visibility.viewer(), self.project.taxonomy(namespace).namespace, field.id)

    def completions(self, key: str, namespace: str, field_id: str, typed: str, limit: int = 20) -> list[str]:
        """Texts that begin with, or contain, what was typed so far.

        Others' unpublished answers are never among them, nor anything about a subject they are at work
        on elsewhere: annotation is blind.
        """
        field = self.field(namespace, field_id)
        current = self._current(key, namespace)
        found: list[str] = []
        wanted = field.complete_from
        for other in wanted.fields:
            answer = current.classification.shown.get(other)
            if answer and other != field.id:
                found += _texts(answer.value)
        if wanted.history:
            found += self._answered_before(current, (field.id, *wanted.fields))
        if wanted.entities:
            found += [entity.name for entity in self.subjects.subject(key).entities]
        return matching(dict.fromkeys(found), typed, limit)

    def quote(self, report: Report, start: int, end: int) -> Evidence:
        """Make evidence of a span of a report; raises AnswerError when nothing is selected."""
        return quoting.quote(report, start, end)

    def locate(self, text: str, span: Evidence) -> tuple[int, int] | None:
        """Where the words of evidence stand in a text now; None when they are gone."""
        return quoting.locate(text, span)

    # Within

    def _identity(self, key: str, taxonomy: Taxonomy) -> Identity:
        name = taxonomy.namespace  # as the taxonomy writes it, whatever the caller's case
        round_ = self.in_rounds.under(name)
        return Identity.model_construct(subject=key, taxonomy=name, annotator=self.annotator, round=round_)

    def _current(self, key: str, namespace: str) -> Current:
        """What there is now; raises NotFoundError, and AnswerError while it is closed to its own annotator."""
        taxonomy = self.project.taxonomy(namespace)
        with self.store.reading():
            standing = self.visibility.standing(key, taxonomy.namespace)
            found = self.store.classification(self._identity(key, taxonomy))
        if found.updated_at:
            standing.refuse_earlier(found.identity.round)
        else:
            found = found.model_copy(update={"version": taxonomy.version})
        return Current(taxonomy, standing, found)

    def _open(self, key: str, namespace: str) -> Current:
        refuse_nobody(self.annotator)
        current = self._current(key, namespace)
        if current.classification.status in CLOSED:
            status = current.classification.status
            raise AnswerError(f"{key} under {namespace} is {status}; reopen it before changing it.")
        if current.classification.updated_at is None:
            self._refuse_closed(current)
        return current

    def _refuse_closed(self, current: Current) -> None:
        """Refuse to begin anything in a round that is closed, or waits for a lead; raises AnswerError."""
        of = self._identity(current.standing.subject, current.taxonomy)
        with self.store.reading() as transaction:
            why = why_closed(transaction, of.taxonomy, of.round)
        if why:
            raise AnswerError(why)

    def _edit(
        self, key: str, namespace: str, kind: EventKind, payload: dict[str, Any], is_so_already: IsSoAlready
    ) -> Classification:
        """Record an event unless nothing would change; looking and writing are one transaction."""
        with self.store.writing():
            current = self._open(key, namespace)
            if kind == "answer_set":
                _refuse_not_asked(current, payload["field"])
            now = current.classification
            if is_so_already(now) and not conflicting.is_at(now, place(kind, payload)):
                return now
            if kind in UNDER_NEWEST:
                _refuse_older(current)
            return self._record(current, kind, payload)

    def _record(self, current: Current, kind: EventKind, payload: dict[str, Any]) -> Classification:
        """Record an event on what was found; call in the transaction of that."""
        refuse_nobody(self.annotator)
        taxonomy, standing = current.taxonomy, current.standing
        standing.refuse_readers()
        of = self._identity(standing.subject, taxonomy)
        is_older = current.is_older and kind not in UNDER_NEWEST
        version, under = (current.classification.version, None) if is_older else (taxonomy.version, taxonomy)
        now = self.store.record(self.annotator, kind, of, version, payload, under)[1]
        standing.refuse_who_looked(now, kind)
        return now

    def _answered_before(self, current: Current, fields: Iterable[str]) -> list[str]:
        found: list[str] = []
        viewer, name = self.visibility.viewer(current.standing), current.taxonomy.namespace
        for each in fields:
            found += self._frequent(viewer, name, each)
            with self.store.reading() as transaction:
                found += completion.published_values(transaction, viewer, name, each, current.standing.subject)
        return found

    def _frequent(self, viewer: Viewer, namespace: str, field_id: str) -> list[str]:
        with self.store.reading() as transaction:
            return completion.frequent_values(transaction, viewer, namespace, field_id, self.annotator)


def refuse_unfit(project: Project, current: Current) -> None:
    """Raise AnswerError, with every problem, where a classification cannot be handed in as it is."""
    _refuse_older(current)
    if problems := _problems(project, current):
        raise AnswerError(problems)
    if not current.classification.shown.keys() & current.taxonomy.by_id.keys():
        raise AnswerError("Nothing is answered yet: answer what the reports say, or skip with a reason.")


def _problems(project: Project, current: Current) -> list[Problem]:
    """What speaks against handing it in: what is in conflict, and what does not fit where nothing is."""
    from annotator.taxonomy.compiling import check_classification

    taxonomy, now = project.remembering(current.taxonomy), current.classification
    apart = list(conflicting.problems((each.place for each in now.conflicts), STATUS))
    fields = {each.field for each in apart}
    misfits = check_classification(taxonomy, current.standing.kind, now.answers)
    return [*apart, *(each for each in misfits if each.field not in fields)]


def _refuse_older(current: Current) -> None:
    """Raise AnswerError where a classification has to be taken to the version at hand first."""
    if current.is_older:
        about = f"{current.standing.subject} under {current.taxonomy.namespace}"
        raise AnswerError(
            f"{about} was begun under version {current.classification.version}, and version "
            f"{current.taxonomy.version} is here; `classify --take-version` goes on under that one."
        )


def _refuse_not_asked(current: Current, field_id: str) -> None:
    taxonomy, kind = current.taxonomy, current.standing.kind
    if kind not in (taxonomy.by_id[field_id].applies_to or taxonomy.applies_to):
        raise AnswerError([Problem(field_id, f"is not asked about {kind}s")])


def _holds(now: Classification, field_id: str, answer: Answer) -> bool:
    """Whether a field has this answer, shown or hidden by its condition."""
    held = now.answers.get(field_id)
    if held is not None and held.state in {"hidden", "conflict"}:
        held = held.model_copy(update={"state": "answered"})
    return held == answer


def matching(candidates: Iterable[str], typed: str, limit: int) -> list[str]:
    """Candidates that begin with what was typed, then those that contain it."""
    wanted = typed.casefold()
    given = list(candidates)
    first = [each for each in given if each.casefold().startswith(wanted)]
    later = [each for each in given if wanted in each.casefold() and not each.casefold().startswith(wanted)]
    return (first + later)[:limit]


def _texts(value: object) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
