"""Answer fields from the command line: all of one call, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json
from annotator.errors import AnswerError, NotFoundError, Problem, RequestError
from annotator.model.rounds import FIRST, short

if TYPE_CHECKING:
    from annotator.desk import Change, Desk
    from annotator.model.classification import Classification
    from annotator.model.taxonomy import Taxonomy

Step = Callable[[], "Classification"]


@click.command("classify", cls=Command)
@click.argument("key")
@click.option("--taxonomy", metavar="NS", required=True, help="The taxonomy to classify under.")
@click.option("--set", "values", metavar="FIELD=VALUE", multiple=True, help="An answer; several values join with `;`.")
@click.option("--state", "states", metavar="FIELD=STATE", multiple=True, help="empty, unknown or not_applicable.")
@click.option("--quote", "quotes", metavar="FIELD=WORDS", multiple=True, help="Words of a report that support it.")
@click.option("--clear", "cleared", metavar="FIELD", multiple=True, help="Make it unanswered again.")
@click.option("--note", metavar="TEXT", help="Keep a note with the classification.")
@click.option("--take-version", is_flag=True, help="Go on under the current version, if begun under an older one.")
@click.option("--submit", is_flag=True, help="Validate the whole, and hand it in.")
@click.option("--json", "as_json", is_flag=True, help="Print the classification as one JSON document.")
@pass_call
def classify_command(
    call: Call,
    key: str,
    taxonomy: str,
    values: tuple[str, ...],
    states: tuple[str, ...],
    quotes: tuple[str, ...],
    cleared: tuple[str, ...],
    note: str | None,
    take_version: bool,
    submit: bool,
    as_json: bool,
) -> int:
    """Answer fields of a subject, and submit.

    FIELD is the id of a field, its number or its label; VALUE is the id or label of a
    choice, yes or no, a number, a date or text. Either all of a call is stored or, when
    something does not fit, nothing. What was begun under an older version of the taxonomy
    is gone on with under the current one only with --take-version, which does nothing
    where it is not needed.
    """
    desk, key = _at_subject(call, key)
    about = desk.subjects.taxonomy(taxonomy)
    call.refuse_claimed(about.namespace)
    steps: list[Step] = [
        *([partial(desk.tagging.take_version, key, about.namespace)] if take_version else []),
        *_setting(desk, key, about, values),
        *_stating(desk, key, about, states),
        *_quoting(desk, key, about, quotes),
        *(partial(desk.tagging.clear, key, about.namespace, _to_clear(desk, key, about, name)) for name in cleared),
        *([partial(desk.tagging.note, key, about.namespace, note)] if note is not None else []),
    ]
    if submit:
        steps.append(partial(desk.tagging.submit, key, about.namespace))
    if not steps:
        raise RequestError(
            "There is nothing to do; give --set, --state, --quote, --clear, --note, --take-version or --submit."
        )
    with desk.at_once():
        for step in steps:
            step()
    tell(desk, key, about.namespace, as_json)
    return 0


def tell(desk: Desk, key: str, namespace: str, as_json: bool = False) -> None:
    """Say what a classification is now; as JSON, print the whole of it.

    Where it is closed to its own annotator once it is handed in, because they are at work in another round, only how
    far it has come is told, and why.
    """
    if why := desk.tagging.refusal(key, namespace):
        _tell_closed(desk, key, namespace, why, as_json)
        return
    now = desk.tagging.classification(key, namespace)
    asked = desk.subjects.taxonomy(namespace).by_id
    answers, aside = sum(each in asked for each in now.shown), sum(each not in asked for each in now.answers)
    more = f", {aside} set aside" if aside else ""
    say(f"{_place(desk, key, namespace)}: {now.status}, {counted(answers, 'answer')}{more}.")
    if as_json:
        from annotator.desk.exchange.documents import document

        write_json(document(desk.project, desk.exchange.stored(key, namespace, desk.annotator, now.identity.round)))


def _tell_closed(desk: Desk, key: str, namespace: str, why: str, as_json: bool) -> None:
    """Say how far a classification has come that is closed to its own annotator."""
    status = desk.tagging.status(key, namespace)
    say(f"{_place(desk, key, namespace)}: {status}.")
    say(why)
    if as_json:
        round_ = desk.tagging.in_rounds.under(namespace)
        write_json({"taxonomy": namespace, "annotator": desk.annotator, "round": round_, "status": status})


def _place(desk: Desk, key: str, namespace: str) -> str:
    """Whose work a classification is, and in which round, where that is not the first."""
    round_ = desk.tagging.in_rounds.under(namespace)
    return f"{key} · {namespace} · {desk.annotator}" + (f" · round {short(round_)}" if round_ != FIRST else "")


def _setting(desk: Desk, key: str, taxonomy: Taxonomy, said: tuple[str, ...]) -> Iterator[Step]:
    from annotator.model.classification import Answer
    from annotator.taxonomy.naming import find_field, parse_value

    for name, text in map(_split, said):
        field = find_field(taxonomy, name)
        try:
            answer = Answer(value=parse_value(field, text))
        except NotFoundError as error:  # no such choice: the answer is wrong, not the question
            raise AnswerError([Problem(field.id, str(error))]) from error
        yield partial(desk.tagging.answer, key, taxonomy.namespace, field.id, answer)


def _stating(desk: Desk, key: str, taxonomy: Taxonomy, said: tuple[str, ...]) -> Iterator[Step]:
    from annotator.model.classification import STATES, Answer
    from annotator.taxonomy.naming import find_field

    for name, state in map(_split, said):
        if state not in STATES or state == "answered":
            raise RequestError(f"{state!r} is no state to choose; there is empty, unknown and not_applicable.")
        answer = Answer.model_validate({"state": state})
        yield partial(desk.tagging.answer, key, taxonomy.namespace, find_field(taxonomy, name).id, answer)


def _quoting(desk: Desk, key: str, taxonomy: Taxonomy, said: tuple[str, ...]) -> Iterator[Step]:
    from annotator.taxonomy.naming import find_field

    for name, words in map(_split, said):
        yield partial(_quote, desk, key, taxonomy.namespace, find_field(taxonomy, name).id, words)


def _quote(desk: Desk, key: str, namespace: str, field: str, words: str) -> Classification:
    """Add evidence to an answer that is there by now."""
    from annotator.model.quoting import find

    answer = desk.tagging.classification(key, namespace).answers.get(field)
    if answer is None:
        raise AnswerError([Problem(field, "is not answered, so nothing can support it; give --set or --state too")])
    evidence = dict.fromkeys((*answer.evidence, find(desk.subjects.subject(key).reports, words)))
    return desk.tagging.answer(key, namespace, field, answer.model_copy(update={"evidence": tuple(evidence)}))


def _to_clear(desk: Desk, key: str, taxonomy: Taxonomy, name: str) -> str:
    """The id of a field to clear, which only an earlier version may have; raises NotFoundError."""
    from annotator.taxonomy.naming import find_field

    try:
        return find_field(taxonomy, name).id
    except NotFoundError:
        held = desk.tagging.classification(key, taxonomy.namespace).answers
        for field_id in (each for each in held if each not in taxonomy.by_id):
            gone = taxonomy.removed.get(field_id)
            if name in {field_id, *((gone.field.name, gone.field.number) if gone else ())}:
                return field_id
        raise


def _split(said: str) -> tuple[str, str]:
    name, sign, text = said.partition("=")
    if not sign or not name.strip():
        raise RequestError(f"{said!r}: write FIELD=VALUE, such as outcome=near_miss.")
    return name.strip(), text


taxonomy_option = click.option("--taxonomy", metavar="NS", required=True, help="The taxonomy it is about.")


@click.command("skip", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--reason", metavar="TEXT", required=True, help="Why it is left aside.")
@pass_call
def skip_command(call: Call, key: str, taxonomy: str, reason: str) -> int:
    """Leave a subject aside, with a reason."""
    desk, key, namespace = _opened(call, key, taxonomy)
    desk.tagging.skip(key, namespace, reason)
    tell(desk, key, namespace)
    return 0


@click.command("reopen", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--reason", metavar="TEXT", default="", help="Why it is taken back.")
@pass_call
def reopen_command(call: Call, key: str, taxonomy: str, reason: str) -> int:
    """Take back what was submitted or skipped."""
    desk, key, namespace = _opened(call, key, taxonomy)
    desk.tagging.reopen(key, namespace, reason)
    tell(desk, key, namespace)
    return 0


@click.command("flag", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--reason", metavar="TEXT", default="", help="What others should look at.")
@click.option("--field", metavar="FIELD", default="", help="The field it is about; else the whole.")
@click.option("--resolve", is_flag=True, help="Say that your open flags have been dealt with.")
@pass_call
def flag_command(call: Call, key: str, taxonomy: str, reason: str, field: str, resolve: bool) -> int:
    """Ask others to look at a classification."""
    from annotator.taxonomy.naming import find_field

    desk, key, namespace = _opened(call, key, taxonomy)
    if resolve:
        _resolve_all(desk, key, namespace)
    else:
        field_id = find_field(desk.subjects.taxonomy(namespace), field).id if field else ""
        desk.tagging.raise_flag(key, namespace, reason, field_id)
        say(f"{key} · {namespace}: flagged.")
    return 0


def _opened(call: Call, key: str, taxonomy: str) -> tuple[Desk, str, str]:
    desk, key = _at_subject(call, key)
    return desk, key, desk.subjects.taxonomy(taxonomy).namespace


def _at_subject(call: Call, said: str) -> tuple[Desk, str]:
    """The desk in the round in which whoever calls has a subject to do, and its key."""
    desk = call.desk(call.who, own_work=True)
    key = desk.subjects.resolve(said)
    return desk.for_subject(key), key


def _resolve_all(desk: Desk, key: str, namespace: str) -> None:
    with desk.at_once():
        still_open = [flag for flag in desk.tagging.classification(key, namespace).flags if not flag.resolved_at]
        if not still_open:
            raise NotFoundError(f"{key} · {namespace}: there is no open flag of yours.")
        for flag in still_open:
            desk.tagging.resolve_flag(key, namespace, flag.id)
    say(f"{key} · {namespace}: {len(still_open)} resolved.")


@click.command("undo", cls=Command)
@pass_call
def undo_command(call: Call) -> int:
    """Undo your latest change, whichever subject it was about."""
    return _tell(call.desk(call.who).history.undo(), "undo")


@click.command("redo", cls=Command)
@pass_call
def redo_command(call: Call) -> int:
    """Do again what was undone last."""
    return _tell(call.desk(call.who).history.redo(), "redo")


def _tell(change: Change | None, verb: str) -> int:
    if change is None:
        raise NotFoundError(f"There is nothing to {verb}.")
    say(f"{change.subject} · {change.taxonomy}: {change.words}.")
    return 0
