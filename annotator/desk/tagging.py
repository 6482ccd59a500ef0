"""What one annotator changes: answers, notes, flags, and where a classification stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from annotator.desk import visibility
from annotator.desk.reading import Reader, refuse_nobody, whole
from annotator.errors import AnswerError, NotFoundError, Problem, RequestError
from annotator.model.classification import Evidence
from annotator.model.subject import Report
from annotator.model.taxonomy import Field
from annotator.model.visibility import Viewer
from annotator.store import suggestions
from annotator.store.store import Store

if TYPE_CHECKING:
    from annotator.desk.desk import Session
    from annotator.model.classification import Answer, Classification, Identity, Status
    from annotator.model.event import EventKind
    from annotator.model.taxonomy import Taxonomy

CLOSED = {"submitted", "adjudicated"}
IsSoAlready = Callable[["Classification"], bool]
"""Whether a classification already is what an edit would make of it."""


class Editor(Reader):
    """Every edit is durable when its call returns; one that would change nothing is not recorded."""

    def classification(self, key: str, namespace: str) -> Classification:
        """This annotator's classification of a subject; `untouched` when there is none yet.

        Raises AnswerError for one of another round than the one they are at work in.
        """
        from annotator.desk import visibility

        of = self._identity(key, namespace)
        found = self.store.classification(of)
        if found.updated_at:
            visibility.refuse_earlier(self, key, of.taxonomy, of.round)
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
        checked = self.checked(key, namespace, field_id, answer)
        payload = {"field": field_id, "answer": checked.model_dump(mode="json", exclude_defaults=True)}
        return self._edit(key, namespace, "answer_set", payload, lambda now: _holds(now, field_id, checked))

    def checked(self, key: str, namespace: str, field_id: str, answer: Answer) -> Answer:
        """The answer as it would be kept; raises AnswerError when it does not fit the field."""
        from annotator.taxonomy.compiling import check_answer

        taxonomy = self.project.taxonomy(namespace)
        self._check_asked(key, taxonomy, field_id)
        if answer.state == "hidden":  # follows from conditions, never from a caller
            answer = answer.model_copy(update={"state": "answered"})
        return check_answer(taxonomy, field_id, answer)

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
        from annotator.desk import visibility

        with self.store.writing():
            current = self.classification(key, namespace)
            if current.status not in {*CLOSED, "skipped"}:
                raise RequestError(f"{key} under {namespace} is {current.status}: there is nothing to reopen.")
            visibility.refuse_published(current)
            return self._record(key, namespace, "reopened", {"reason": whole(reason).strip()})

    def field(self, namespace: str, field_id: str) -> Field:
        """A field of the current version of a taxonomy; raises NotFoundError."""
        taxonomy = self.project.taxonomy(namespace)
        if field_id not in taxonomy.by_id:
            name = taxonomy.namespace
            raise NotFoundError(f"{name} has no field {field_id!r}; `annotator taxonomy show {name}` lists them.")
        return taxonomy.by_id[field_id]

    def _identity(self, key: str, namespace: str) -> Identity:
        from annotator.model.classification import Identity

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
        from annotator.desk import visibility

        refuse_nobody(self.annotator)
        self.kind_of(key)
        taxonomy = self.project.taxonomy(namespace)
        with self.store.writing() as connection:
            self.project.keep(connection, taxonomy)
            of = self._identity(key, taxonomy.namespace)
            now = self.store.record(self.annotator, kind, of, taxonomy.version, payload)[1]
            visibility.refuse_who_looked(self, now, kind)
            return now


def _holds(now: Classification, field_id: str, answer: Answer) -> bool:
    """Whether a field has this answer, shown or hidden by its condition."""
    held = now.answers.get(field_id)
    if held is not None and held.state == "hidden" and held.value is not None:
        held = held.model_copy(update={"state": "answered"})
    return held == answer


CONTEXT = 32
"""Characters kept before and after a quote, to tell equal quotes apart."""


def quote(report: Report, start: int, end: int) -> Evidence:
    """Make evidence of the characters from `start` to `end`; blank ends are left out."""
    start, end = max(0, start), min(end, len(report.text))
    chosen = report.text[start:end]
    start += len(chosen) - len(chosen.lstrip())
    end = start + len(chosen.strip())
    if start >= end:
        raise AnswerError("There is no text in this selection; select the words that support the answer.")
    return Evidence(
        report=report.key,
        start=start,
        end=end,
        quote=report.text[start:end],
        prefix=report.text[max(0, start - CONTEXT) : start],
        suffix=report.text[end : end + CONTEXT],
    )


def find(reports: Iterable[Report], words: str) -> Evidence:
    """Make evidence of words that stand once in these reports, however they are broken into lines.

    Raises AnswerError when they stand nowhere, or in several places.
    """
    given = [re.escape(word) for word in words.split()]
    if not given:
        raise AnswerError("There are no words in this quote; give those that support the answer.")
    pattern = re.compile(r"\s+".join(given))
    found = [(report, *match.span()) for report in reports for match in pattern.finditer(report.text)]
    if not found:
        raise AnswerError(f"“{words}” stands in no report of this subject; quote its very words.")
    if len(found) > 1:
        raise AnswerError(f"“{words}” stands in {len(found)} places; quote more words around it.")
    return quote(*found[0])


def locate(text: str, evidence: Evidence) -> tuple[int, int] | None:
    """Where the quote stands now: where its words and what surrounds them match best, nearest to its old place."""
    old = (evidence.start, evidence.end)
    if text[slice(*old)] == evidence.quote and _context_kept(text, old, evidence) == _context_of(evidence):
        return old
    words = [re.escape(word) for word in evidence.quote.split()]
    if not words:
        return None
    pattern = r"\s+".join(words)
    found = [match.span(1) for match in re.finditer(f"(?=({pattern}))", text)]
    if not found:
        return None
    return max(found, key=lambda span: (_context_kept(text, span, evidence), -abs(span[0] - evidence.start)))


def _context_of(evidence: Evidence) -> int:
    return len(evidence.prefix) + len(evidence.suffix)


def _context_kept(text: str, span: tuple[int, int], evidence: Evidence) -> int:
    """How many characters around a span are still those around the quote."""
    before = text[max(0, span[0] - CONTEXT) : span[0]]
    after = text[span[1] : span[1] + CONTEXT]
    return _common(before[::-1], evidence.prefix[::-1]) + _common(after, evidence.suffix)


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def frequent(store: Store, viewer: Viewer, annotator: str, namespace: str, field_id: str) -> list[str]:
    """Values an annotator gave to a field, most frequent and most recent first."""
    with store.reading() as connection:
        return suggestions.frequent_values(connection, viewer, namespace, field_id, annotator)


def sources(session: Session, key: str, namespace: str, field: Field) -> list[str]:
    """Everything that may complete a field of this subject, best first.

    Others' unpublished answers are never among them, nor anything about a subject they are at work
    on elsewhere: annotation is blind.
    """
    viewer = visibility.viewer_of(session.store, session.annotator)
    found: list[str] = []
    wanted = field.complete_from
    if wanted.fields:
        answers = session.classification(key, namespace).shown
        for other in wanted.fields:
            if other != field.id and other in answers:
                found += _texts(answers[other].value)
    if wanted.history:
        for each in (field.id, *wanted.fields):
            found += frequent(session.store, viewer, session.annotator, namespace, each)
            with session.store.reading() as connection:
                found += suggestions.published_values(connection, viewer, namespace, each, key)
    if wanted.entities:
        found += [entity.name for entity in session.subject(key).entities]
    return list(dict.fromkeys(found))


def matching(candidates: Iterable[str], typed: str, limit: int) -> list[str]:
    """Candidates that begin with what was typed, then those that contain it."""
    wanted = typed.casefold()
    given = list(candidates)
    first = [each for each in given if each.casefold().startswith(wanted)]
    later = [each for each in given if wanted in each.casefold() and not each.casefold().startswith(wanted)]
    return (first + later)[:limit]


def _texts(value: object) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
