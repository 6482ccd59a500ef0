"""Rule on one disagreement from the command line."""

from __future__ import annotations

from functools import partial

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.keys import resolve
from annotator.cli.printing import counted, say
from annotator.cli.review_words import named
from annotator.cli.setting_aside import taxonomy_option
from annotator.errors import AnswerError, NotFoundError, Problem, RequestError
from annotator.models.classification import STATES, Answer
from annotator.models.reserved import CAUSES, Cause
from annotator.models.taxonomy import Field
from annotator.session.evidence import find
from annotator.taxonomy.naming import find_field, parse_value


@click.command("rule", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--field", metavar="FIELD", required=True, help="The field to rule on: id, number or label.")
@click.option("--value", metavar="VALUE", help="Rule this value; several join with `;`.")
@click.option("--state", metavar="STATE", help=f"Rule a state: {', '.join(STATES[1:])}.")
@click.option("--quote", "quotes", metavar="WORDS", multiple=True, help="Words of a report that support the value.")
@click.option("--adopt", metavar="ANNOTATOR", help="Rule that this annotator's answer stands.")
@click.option("--union", "join", is_flag=True, help="Rule that every value somebody gave stands.")
@click.option("--majority", is_flag=True, help="Rule what more than half say.")
@click.option("--cause", type=click.Choice(CAUSES), required=True, help="Why annotators differed.")
@click.option("--note", metavar="TEXT", default="", help="The reason, for those who read it later.")
@click.option("--confidence", metavar="X", type=float, help="How sure you are, from 0 to 1.")
@pass_call
def rule_command(
    call: Call, key: str, taxonomy: str, field: str, value: str | None, state: str | None, quotes: tuple[str, ...],
    adopt: str | None, join: bool, majority: bool, cause: Cause, note: str, confidence: float | None,
) -> int:  # fmt: skip
    """Decide on one field of a subject.

    Nobody rules on a subject they classified themselves, unless the project allows it.
    """
    if sum(map(bool, (value is not None, state, adopt, join, majority))) != 1:
        raise RequestError("Say one of --value, --state, --adopt, --union and --majority.")
    if quotes and value is None and not state:
        raise RequestError("--quote supports --value or --state; what is adopted or joined brings its own evidence.")
    session = call.session(call.who)
    about, decide = session.taxonomy(taxonomy), session.adjudicator()
    asked = find_field(about, field)
    key = resolve(session.store, key)
    ways = {
        "adopt": partial(decide.adopt, key, about.namespace, asked.id, adopt or ""),
        "union": partial(decide.union, key, about.namespace, asked.id),
        "majority": partial(decide.majority, key, about.namespace, asked.id),
    }
    way = "adopt" if adopt else "union" if join else "majority" if majority else ""
    if way:
        ways[way](cause, note, confidence)
    else:
        evidence = tuple(find(session.subject(key).reports, words) for words in quotes)
        answer = _answer(asked, value, state).model_copy(update={"evidence": evidence})
        decide.rule(key, about.namespace, asked.id, answer, cause, note, confidence)
    still = sum(each.is_open for each in decide.review(key, about.namespace).fields)
    say(f"{key} · {about.namespace} · {named(about, asked.id)}: ruled; {counted(still, 'disagreement')} left.")
    return 0


def _answer(field: Field, value: str | None, state: str | None) -> Answer:
    if state:
        if state not in STATES[1:]:
            raise RequestError(f"{state!r} is no state to rule; there is {', '.join(STATES[1:])}.")
        return Answer.model_validate({"state": state})
    try:
        return Answer(value=parse_value(field, value or ""))
    except NotFoundError as error:  # no such choice: the answer is wrong, not the question
        raise AnswerError([Problem(field.id, str(error))]) from error
