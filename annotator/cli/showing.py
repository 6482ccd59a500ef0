"""Show one subject with everything about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_line, write_table, write_text
from annotator.desk.desk import Desk
from annotator.desk.exchange.documents import (
    document,
    file_of,
    in_order,
    sources_of,
    taxonomy_of,
    with_provenance,
    with_stale,
)
from annotator.desk.names import kept_name
from annotator.desk.project import Project
from annotator.errors import NotFoundError, RequestError, TaxonomyError
from annotator.model.chain import shortened
from annotator.model.classification import Answer
from annotator.model.event import Event
from annotator.model.outline import Position, position
from annotator.model.person import ADJUDICATED
from annotator.model.provenance import ELSEWHERE
from annotator.model.rounds import short
from annotator.model.subject import Report, SubjectView
from annotator.model.taxonomy import Field, Taxonomy, removed_in
from annotator.store.classifications import StoredClassification
from annotator.store.deciding import staleness
from annotator.store.log.events import is_of_comment, whole_of
from annotator.store.quotations import GONE
from annotator.tui.conflicts.words import place_label
from annotator.tui.words import (
    APART,
    answer_words,
    erased_words,
    event_words,
    hand_in_words,
    imported_words,
    local_time,
    made_by_words,
    numbered,
)

REPORT = ("key", "title", "text", "url", "source_domain", "date_published", "language")


@click.command("show", cls=Command)
@click.argument("key")
@click.option("--text", "with_text", is_flag=True, help="The texts of the reports too; JSON always has them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def show_command(call: Call, key: str, with_text: bool, as_json: bool) -> int:
    """Show a subject: its reports and its classifications.

    KEY is the key of a subject, or what stands behind its colon: 107, r1928.
    """
    desk = call.desk_to_read()
    shown = desk.exchange.shown(desk.subjects.resolve(key))
    if as_json:
        told = _document(desk.project, shown.subject, shown.classifications)
        write_json({**told, "comments": desk.comments.count(shown.subject.key)})
    else:
        _write_subject(shown.subject, with_text)
        if talk := desk.comments.count(shown.subject.key):
            write_line()
            write_line(f"{counted(talk, 'comment')} (`annotator comments {shown.subject.key}`)")
        for stored in shown.classifications:
            write_line()
            lines = (
                _classification_lines(desk.project, stored),
                _erasure_lines(desk, stored),
                _conflict_lines(desk, stored),
            )
            for line in chain(*lines):
                write_line(line)
    if shown.left_out:
        say(shown.left_out)
    return 0


def _document(project: Project, subject: SubjectView, found: list[StoredClassification]) -> dict[str, Any]:
    return {
        "key": subject.key,
        "kind": subject.kind,
        "title": subject.title,
        "description": subject.description,
        "date": subject.date,
        "reports": [{name: getattr(report, name) for name in REPORT} for report in subject.reports],
        "missing_reports": list(subject.missing_reports),
        "entities": [{"name": entity.name, "role": entity.role} for entity in subject.entities],
        "classifications": _documents(project, subject.key, found),
    }


def _documents(project: Project, key: str, found: list[StoredClassification]) -> list[dict[str, Any]]:
    """The classifications; of an adjudication with where each answer comes from."""
    with project.store.reading() as transaction:
        told = [with_provenance(transaction, {"subject": key, **document(project, stored)}) for stored in found]
        made = [with_stale(transaction, one) for one in told]
    return [{name: said for name, said in one.items() if name != "subject"} for one in made]


def _write_subject(subject: SubjectView, with_text: bool) -> None:
    write_line(" · ".join(filter(None, (subject.key, subject.kind, subject.date))))
    write_line(subject.title)
    if subject.description:
        write_text(subject.description)
    for role in dict.fromkeys(entity.role for entity in subject.entities):
        write_line(f"{role}: {', '.join(entity.name for entity in subject.entities if entity.role == role)}")
    for report in subject.reports:
        write_line()
        for line in _report_lines(report):
            write_line(line)
        if with_text:
            write_line()
            write_text(report.text if report.text.strip() else "There is no text here.")
    if subject.missing_reports:
        write_line()
        write_line(f"not imported: {', '.join(subject.missing_reports)}")


def _report_lines(report: Report) -> Iterator[str]:
    facts = (
        report.key,
        report.date_published,
        report.source_domain,
        report.language,
        f"{len(report.text):,} characters",
    )
    yield "report " + " · ".join(filter(None, facts))
    yield from (f"  {line}" for line in (report.title, report.url) if line)


def _classification_lines(project: Project, stored: StoredClassification) -> Iterator[str]:
    facts = (
        stored.taxonomy,
        f"version {stored.version}",
        stored.annotator,
        f"round {short(stored.round)}",
        stored.status,
    )
    marks = (*(["published"] if stored.publish == "published" else []), *(["flagged"] if stored.flagged else []))
    if (stored.annotator, stored.status) == (ADJUDICATED, ADJUDICATED):
        with project.store.reading() as transaction:
            is_old = staleness.is_stale(transaction, stored.subject, stored.taxonomy, stored.round)
        marks = (*marks, *(["stale"] if is_old else []))
    yield " · ".join((*facts, *marks))
    if stored.made_by.is_machine_made:
        yield f"  {made_by_words(stored.made_by)}"
    if stored.imported_from:
        yield f"  {imported_words(stored.imported_from)}"
    yield from _hand_in_lines(project, stored)
    if stored.skip_reason:
        yield f"  skipped: {stored.skip_reason}"
    taxonomy, current = taxonomy_of(project, stored), _current(project, stored.taxonomy)
    answers, elsewhere = in_order(taxonomy, stored.decoded()), _elsewhere(project, stored)
    if elsewhere.keys() >= answers.keys():
        yield from (f"  {source}" for source in dict.fromkeys(elsewhere.values()))
        elsewhere = {}
    for name, said in answers.items():
        answer = Answer.model_validate({**said, "evidence": ()})
        field = taxonomy.known(name) if taxonomy else None
        source = f"  ({elsewhere[name]})" if name in elsewhere else ""
        yield f"  {numbered(field) if field else name}: {_words(field, answer, current)}{_aside(name, current)}{source}"
        yield from (f"      “{span['quote']}” ({span['report']}{_gone(span)})" for span in said["evidence"])
    if stored.notes:
        yield f"  note: {stored.notes}"


def _hand_in_lines(project: Project, stored: StoredClassification) -> Iterator[str]:
    """What was handed in first, where that is not what shows, and whether others' answers were open before."""
    yield from (f"  {words}" for words in hand_in_words(stored.handed_in))
    if stored.handed_in.first is None:
        return
    taxonomy, first, now = taxonomy_of(project, stored), stored.handed_in.first["answers"], stored.decoded(True)
    for name in in_order(taxonomy, {**now, **first}):
        then = first.get(name)
        if _held(then) != _held(now.get(name)):
            field = taxonomy.known(name) if taxonomy else None
            words = _words(field, Answer.model_validate(then), None) if then else "unanswered"
            yield f"  at first {numbered(field) if field else name}: {words}"


def _held(answer: dict[str, Any] | None) -> Position | None:
    return position(answer["state"], answer["value"]) if answer else None


def _gone(span: dict[str, Any]) -> str:
    return ", no longer in its text" if span.get(GONE) else ""


def _elsewhere(project: Project, stored: StoredClassification) -> dict[str, str]:
    """By field, in words, which answers of an adjudication an import brought as decided."""
    with project.store.reading() as transaction:
        sources = sources_of(transaction, stored)
    return {field: source for field, source in sources.items() if source.startswith(ELSEWHERE)}


def _erasure_lines(desk: Desk, stored: StoredClassification) -> Iterator[str]:
    """What of a classification was erased, and what is missing in what was handed in for that."""
    taxonomy, answers = taxonomy_of(desk.project, stored), stored.decoded(True)
    whole = (stored.taxonomy, stored.annotator, stored.round)
    for event in (each for each in desk.exchange.erasures(stored.subject) if whole_of(each) == whole):
        field = taxonomy.known(event.payload.get("field", "")) if taxonomy else None
        name = numbered(field) if field else event.payload.get("field", "")
        yield (
            f"  {event.annotator} erased {erased_words(event, name)} on {local_time(event.at)}: "
            f"{event.payload['reason']}"
        )
        if stored.status == "submitted" and field and field.required and field.id not in answers:
            yield f"    it was handed in with that answer, which is required; reopen it to answer {name} anew"


def _conflict_lines(desk: Desk, stored: StoredClassification) -> Iterator[str]:
    """What of a classification is in conflict beside its answers, which are marked themselves."""
    whole = (stored.taxonomy, stored.annotator, stored.round)
    for each in desk.conflicts.of_subject(stored.subject, stored.taxonomy):
        if (each.taxonomy, each.annotator, each.round) == whole and each.kind != "answer":
            label = place_label(each, taxonomy_of(desk.project, stored))
            yield f"  {APART} {label}: said apart and not alike (`annotator conflicts`)"


def _current(project: Project, namespace: str) -> Taxonomy | None:
    """The current version of a taxonomy; None where it is not at hand."""
    try:
        return project.remembering(project.taxonomy(namespace))
    except (NotFoundError, TaxonomyError):
        return None


def _words(field: Field | None, answer: Answer, current: Taxonomy | None) -> str:
    """An answer as its own version words it, but for choices that the current version removed."""
    now = current.by_id.get(field.id) if current and field else None
    if field is None:
        return f"{answer.value}"
    return answer_words(now if now and removed_in(now, answer.value) else field, answer)


def _aside(name: str, current: Taxonomy | None) -> str:
    """That the current version does not ask for an answer any more."""
    return "" if current is None or name in current.by_id else f"  (set aside: not in version {current.version})"


@click.command("history", cls=Command)
@click.argument("key", required=False, default="")
@click.option("--taxonomy", metavar="NS", help="Events under this taxonomy alone.")
@click.option("--annotator", "whose", metavar="NAME", help="Events about this annotator's work alone.")
@click.option("--team", "of_team", is_flag=True, help="Instead: what was done to no subject's classifications.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def history_command(call: Call, key: str, taxonomy: str | None, whose: str | None, of_team: bool, as_json: bool) -> int:
    """Show every event about a subject, oldest first.

    While annotation is blind, events of work that is closed to you are left out, and that is said.
    With --team come people, assignments, rounds, settings, looks and imports.
    """
    if of_team and (key or taxonomy or whose):
        raise RequestError("--team is about no subject; leave out KEY, --taxonomy and --annotator.")
    if not of_team and not key:
        raise RequestError("Name a subject: annotator history KEY. What the team did comes with --team.")
    desk = call.desk_to_read()
    if of_team:
        return _tell_team(desk, as_json)
    key = desk.subjects.resolve(key)
    namespace = desk.project.named(taxonomy) if taxonomy else ""
    found, left_out = desk.exchange.events(key, namespace, kept_name(desk.store, whose or ""))
    marks, waits = _hand_ins(found, desk.exchange.first_hand_ins(key)), desk.waiting.marks(found)
    clocks = {each.event: each.words for each in desk.wrong_clocks()}
    if as_json:
        write_json([{**_event_document(event), "hand_in": marks.get(event.id), "waiting": waits.get(event.id),
                     "clock": clocks.get(event.id)} for event in found])  # fmt: skip
    else:
        known = {event.id: event for event in found}
        for event in found:
            hand_in = HAND_INS.get(marks.get(event.id, ""), "")
            write_line(_line(desk.project, event, known) + hand_in + _in_brackets(waits.get(event.id))
                       + _in_brackets(clocks.get(event.id)))  # fmt: skip
    if left_out:
        say(left_out)
    return 0


def _in_brackets(words: str | None) -> str:
    return f" ({words})" if words else ""


HAND_INS = {"first": " (counts for agreement, as the first)", "revision": " (a revision)"}


def _hand_ins(found: list[Event], firsts: dict[tuple[str, str, int], str]) -> dict[str, str]:
    """By event, of what was handed in more than once: which is the first that counts, and which are revisions."""
    marks: dict[str, str] = {}
    met: set[tuple[str, str, int]] = set()
    for event in found:
        whose = (event.of.taxonomy, event.of.annotator, event.of.round)
        if firsts.get(whose) == event.id:
            marks[event.id] = "first"
            met.add(whose)
        elif event.kind == "submitted" and whose in met:
            marks[event.id] = "revision"
    return marks


def _tell_team(desk: Desk, as_json: bool) -> int:
    found, left_out = desk.exchange.team_events()
    waits = desk.waiting.marks([event for event, _ in found])
    clocks = {each.event: each.words for each in desk.wrong_clocks()}
    if as_json:
        write_json([{**_event_document(event), "words": words, "waiting": waits.get(event.id),
                     "clock": clocks.get(event.id)} for event, words in found])  # fmt: skip
    else:
        ids = shortened(event.id for event, _ in found)
        told = ((event, words + _in_brackets(waits.get(event.id)) + _in_brackets(clocks.get(event.id)))
                for event, words in found)  # fmt: skip
        write_table(("ID", "AT", "EVENT"), [(ids[event.id], local_time(event.at), words) for event, words in told])
    if left_out:
        say(left_out)
    return 0


def _event_document(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": event.at,
        "annotator": event.annotator,
        "kind": event.kind,
        "subject": event.of.subject,
        "taxonomy": event.of.taxonomy,
        "of_annotator": event.of.annotator,
        "round": event.of.round,
        "version": event.version,
        "payload": event.payload,
    }


def _line(project: Project, event: Event, known: Mapping[str, Event]) -> str:
    if is_of_comment(event):
        said = event.payload["text"] if event.kind == "commented" else event.payload.get("reason", "")
        what = "comment" if event.kind == "commented" else "erased a comment"
        return f"{event.of.taxonomy}  {local_time(event.at)}  {event.annotator}  {what}: {said}".lstrip()
    try:
        taxonomy = project.remembering(project.taxonomy(event.of.taxonomy, event.version))
    except NotFoundError:
        return f"{event.at}  {event.annotator}  {event.of.taxonomy}  {event.kind}"
    return f"{event.of.taxonomy}  {event_words(event, taxonomy, file_of(project, event), known)}"
