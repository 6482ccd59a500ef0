"""Look at disagreements: the queue of them, or one subject side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.agreement import FIELD, HAND_IN, OF_FORM, TAXONOMY, take, with_options
from annotator.cli.agreement_tables import Table, print_table
from annotator.cli.call import SINCE, UNTIL, Call, Command, WholeNumber, pass_call
from annotator.cli.printing import counted, say, write_json, write_line, write_table
from annotator.cli.tagging import taxonomy_option
from annotator.desk.conflicts.conflicting import place_words
from annotator.desk.desk import Desk
from annotator.desk.team.meant import rounds_meant
from annotator.errors import RequestError
from annotator.model.classification import Answer, Ruling
from annotator.model.person import ADJUDICATED
from annotator.model.review import REVIEW_ORDERS, Comparison, Review, ReviewOrder, ReviewView
from annotator.model.taxonomy import Taxonomy
from annotator.taxonomy.naming import find_field
from annotator.tui.words import answer_words, hand_in_words

if TYPE_CHECKING:
    from annotator.desk.comparison.policy import Scope
    from annotator.desk.comparison.rows import Disagreement
    from annotator.desk.project import Project


def lines(review: Review, taxonomy: Taxonomy) -> Iterator[str]:
    """Differing fields first, who said what; then the names of those agreed on."""
    now = review.adjudicated
    marks = [now.status, *(["published"] if now.publish == "published" else []), *(["stale"] if review.stale else [])]
    marks += ["in conflict"] if review.conflicts else []
    yield " · ".join((review.subject, review.taxonomy, f"{', '.join(review.annotators) or 'nobody'} handed in", *marks))
    yield from (f"stale: {reason}" for reason in review.stale)
    for whose, place in review.conflicts:
        words = place_words(place, taxonomy, whose or ADJUDICATED)
        yield f"in conflict: {words}{f', {whose}' if whose else ''} (`annotator conflicts`)"
    yield from (f"{whose}: {words}" for whose, told in review.revised for words in hand_in_words(told))
    for each in review.fields:
        if each.is_disputed:
            yield ""
            yield f"{named(taxonomy, each.field)}{_standing(each)}"
            yield from (f"  {who}: {_words(taxonomy, each.field, answer)}" for who, answer in each.answers.items())
            yield from _ruled(taxonomy, each, review.elsewhere)
    rest = [each for each in review.fields if not each.is_disputed]
    yield from _brought(taxonomy, [each for each in rest if each.elsewhere is not None], review.elsewhere)
    rest = [each for each in rest if each.elsewhere is None]
    for source in ("ruled", "unanimous", "single"):
        names = [named(taxonomy, each.field) for each in rest if each.source == source]
        if names:
            yield ""
            yield f"{source}: {', '.join(names)}"


def document(review: Review, taxonomy: Taxonomy) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "subject": review.subject,
        "taxonomy": review.taxonomy,
        "version": review.version,
        "round": review.adjudicated.identity.round,
        "annotators": list(review.annotators),
        "status": review.adjudicated.status,
        "publish": review.adjudicated.publish,
        "stale": list(review.stale),
        "conflicts": [{"annotator": whose or ADJUDICATED, "place": place} for whose, place in review.conflicts],
        "hand_ins": {whose: told._asdict() for whose, told in review.revised},
        "fields": [_field(each, taxonomy, review.elsewhere) for each in review.fields],
    }


def named(taxonomy: Taxonomy, field_id: str) -> str:
    """A field's number and name; its id when the taxonomy no longer has it."""
    field = taxonomy.by_id.get(field_id)
    return f"{field.number or ''} {field.name}".strip() if field else field_id


def _field(each: Comparison, taxonomy: Taxonomy, elsewhere: str) -> dict[str, Any]:
    about, brought = taxonomy.by_id.get(each.field), each.elsewhere
    is_brought = brought is not None or (each.ruling is not None and each.ruling.is_imported)
    return {
        "field": each.field,
        "number": about.number if about else None,
        "label": about.name if about else each.field,
        "answers": {name: {"state": one.state, "value": one.value} for name, one in each.answers.items()},
        "source": elsewhere if is_brought else each.source,
        "open": each.is_open,
        "decided": {"state": brought.state, "value": brought.value, "against": list(each.against)} if brought else None,
        "ruling": _ruling(each.ruling) if each.ruling else None,
        "outdated_ruling": _ruling(each.outdated) if each.outdated else None,
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "state": ruling.answer.state,
        "value": ruling.answer.value,
        "by": ruling.by,
        "at": ruling.at,
        "cause": ruling.cause,
        "note": ruling.note,
        "confidence": ruling.confidence,
    }


def _standing(each: Comparison) -> str:
    if each.is_moot:
        return "  (hidden by what is decided on other fields)"
    if each.is_open or each.against:
        return ""
    return "  (ruled)" if each.ruling else "  (decided elsewhere)"


def _ruled(taxonomy: Taxonomy, each: Comparison, elsewhere: str) -> Iterator[str]:
    if each.ruling:
        words = _words(taxonomy, each.field, each.ruling.answer)
        yield f"  → {words}, {_ruling_words(each.ruling)}{f', {elsewhere}' if each.ruling.is_imported else ''}"
    if each.elsewhere and each.against:
        ruled = f" and {_ruling_words(each.outdated)}" if each.outdated else ""
        words = f"{_words(taxonomy, each.field, each.elsewhere)}, {elsewhere}{ruled}"
        yield f"  {words}, no longer holds: {', '.join(each.against)} handed in another answer here"
    elif each.elsewhere and not each.ruling:
        yield f"  → {_words(taxonomy, each.field, each.elsewhere)}, {elsewhere}"
    elif each.outdated:
        yield f"  an earlier ruling by {each.outdated.by} no longer holds: it was made between other answers"


def _brought(taxonomy: Taxonomy, fields: list[Comparison], elsewhere: str) -> Iterator[str]:
    """What was decided elsewhere and nobody here speaks against."""
    if fields:
        yield ""
        yield f"{elsewhere}:"
    for each in fields:
        answer = _words(taxonomy, each.field, each.elsewhere) if each.elsewhere else ""
        yield f"  {named(taxonomy, each.field)}: {answer}{f', {_ruling_words(each.ruling)}' if each.ruling else ''}"


def _ruling_words(ruling: Ruling) -> str:
    note = f": {ruling.note}" if ruling.note else ""
    return f"ruled by {ruling.by} ({ruling.cause.replace('_', ' ')}{note})"


def _words(taxonomy: Taxonomy, field_id: str, answer: Answer) -> str:
    field = taxonomy.by_id.get(field_id)
    return answer_words(field, answer) if field else str(answer.value)


HEADS = ("KEY", "FIELDS", "RULED", "FIELD", "TITLE")


@click.command("review", cls=Command)
@click.argument("key", required=False, default="")
@taxonomy_option
@click.option("--order", type=click.Choice(REVIEW_ORDERS), default="effect", show_default=True, help="Of the queue.")
@click.option("--field", metavar="FIELD", default="", help="Subjects disputed on this field alone.")
@click.option("--settled", is_flag=True, help="Subjects that are adjudicated already.")
@click.option("--stale", is_flag=True, help="Subjects adjudicated on other answers than there are now.")
@click.option("--limit", metavar="N", type=WholeNumber(1), default=50, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def review_command(
    call: Call, /, key: str, taxonomy: str, order: ReviewOrder, field: str, limit: int, as_json: bool, **which: bool
) -> int:
    """Show who said what on a subject, or list the disputed ones.

    Without KEY, those that wait for a decision come. What annotators agree on is folded
    away. Submit your own answers before you look at those of others: who has looked decides
    about a subject, and no longer classifies it.
    """
    desk = call.desk_to_look() if key else call.desk_to_read()
    about = desk.subjects.taxonomy(taxonomy)
    if not key:
        field_id = find_field(about, field).id if field else ""
        view = desk.review.view(about.namespace)._replace(order=order, field=field_id)
        _list(desk, view._replace(settled=any(which.values()), stale=which["stale"]), limit, as_json)
        return 0
    if field or any(which.values()):
        raise RequestError("--field, --settled and --stale are about the queue; leave them out, or leave KEY out.")
    key = desk.subjects.resolve(key)
    review, _, is_first_look = desk.review.look(key, about.namespace)
    if as_json:
        write_json(document(review, about))
    else:
        for line in lines(review, about):
            write_line(line)
    if is_first_look:
        say(f"You have seen others' answers now: you can decide about {key}, and no longer classify it.")
    return 0


def _list(desk: Desk, view: ReviewView, limit: int, as_json: bool) -> None:
    found = desk.review.queue(view, limit)
    if as_json:
        told = [each._asdict() for each in found]
        write_json([one if view.settled else {name: one[name] for name in one if name != "stale"} for one in told])
        return
    if found:
        titles = {each.key: f"stale · {each.title}" if each.stale else each.title for each in found}
        write_table(HEADS, [(each.key, each.fields, each.ruled, each.field, titles[each.key]) for each in found])
    totals = desk.review.totals(view.taxonomy, view.field)
    stale = f", {counted(totals.stale, 'stale decision')}" if totals.stale else ""
    say(f"{counted(totals.open, 'disputed subject')} open, {totals.settled:,} settled{stale}.")
    for words in rounds_meant(desk.store, desk.decided_in, view.taxonomy):
        say(words)


LIKELY = click.option(
    "--likely",
    is_flag=True,
    help="Add the answer that is likely, by how reliable each annotator is (Dawid and Skene).",
)


@click.command("disagreements", cls=Command)
@with_options(TAXONOMY, FIELD, SINCE, UNTIL, HAND_IN, LIKELY, *OF_FORM)
@pass_call
def disagreements_command(call: Call, /, likely: bool, **said: Any) -> int:
    """List every disagreement: who said what, and the ruling, where there is one.

    They are between what annotators handed in first, with AIID's published answers left aside.
    With --hand-in last they are those that a review settles.
    """
    from annotator.cli.agreement import OF_ALL, nothing_shared, scope_of
    from annotator.desk.comparison.comparison import scopes

    asked = take(call, said)
    desk = call.desk_to_read()
    project, scope = desk.project, scope_of(asked.over(OF_ALL), desk)
    found: list[dict[str, Any]] = []
    notes: list[str] = []
    asked_for = scopes(project, scope)
    for each in asked_for:
        head = {} if scope.taxonomy else {"taxonomy": each.taxonomy}
        rows, beside = _judged(project, each) if likely else _found(project, each)
        found += [{**head, **asdict(row)} for row in rows]
        notes += beside
    print_table(Table.LIKELY if likely else Table.DISAGREEMENTS, found, asked)
    for words in notes if asked_for else [nothing_shared(scope)]:
        say(words)
    say(counted(len(found), "disagreement") + ".")
    return 0


def _found(project: Project, scope: Scope) -> tuple[Sequence[Disagreement], list[str]]:
    """The disagreements of a taxonomy, and what must be known beside them."""
    from annotator.desk.comparison.comparison import whose
    from annotator.desk.comparison.disagreements import disagreements, removed

    rows = disagreements(project, scope)
    return rows, [*whose(project, scope), *removed(project, scope, rows)]


def _judged(project: Project, scope: Scope) -> tuple[Sequence[Disagreement], list[str]]:
    """The same with the likely answers, and why some have none."""
    from annotator.desk.comparison.comparison import comparing
    from annotator.desk.comparison.ratings import Judge

    rows, notes = _found(project, scope)
    with comparing(project, scope) as comparison:
        judge = Judge(comparison)
        judged = [judge.judge(row) for row in rows]
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for field, reason in judge.missing.items():
        fields[reason].append(field)
    missing = [f"Nothing is likely for {', '.join(names)}: {reason}." for reason, names in fields.items()]
    return judged, [*notes, *missing]
