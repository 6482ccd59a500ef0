"""Put decisions on record, one subject or all that are agreed on; publish them."""

from __future__ import annotations

from functools import partial

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_line
from annotator.cli.review import named
from annotator.cli.tagging import taxonomy_option
from annotator.desk.desk import Desk
from annotator.desk.names import kept_name
from annotator.desk.publishing import ByRule
from annotator.errors import AnswerError, NotFoundError, Problem, RequestError
from annotator.model.classification import STATES, Answer
from annotator.model.person import CAUSES, STRATEGIES, Cause, Strategy
from annotator.model.quoting import find
from annotator.model.taxonomy import Field
from annotator.taxonomy.naming import find_field, parse_value


@click.command("adjudicate", cls=Command)
@click.argument("key", required=False, default="")
@taxonomy_option
@click.option("--agreed", type=click.Choice(STRATEGIES), help="Accept every subject that this strategy settles.")
@click.option("--reopen", is_flag=True, help="Take an adjudication back for another look.")
@click.option("--reason", metavar="TEXT", default="", help="Why it is reopened.")
@pass_call
def adjudicate_command(call: Call, key: str, taxonomy: str, agreed: Strategy | None, reopen: bool, reason: str) -> int:
    """Put agreed answers and rulings on record.

    Every disagreement must be ruled and the whole must validate. --agreed without KEY
    accepts in bulk: unanimous (two or more, who differ on nothing), majority (more than
    half say the same) or single (one annotator).
    """
    if bool(key) == bool(agreed) or (reopen and agreed):
        raise RequestError("Name a subject, or accept all that are agreed on with --agreed STRATEGY.")
    desk = call.desk(call.who)
    namespace = desk.subjects.taxonomy(taxonomy).namespace
    if agreed:
        _accept(desk, namespace, agreed)
        return 0
    key = desk.subjects.resolve(key)
    decide = desk.adjudication
    now = decide.reopen(key, namespace, reason) if reopen else decide.adjudicate(key, namespace)
    say(f"{key} · {namespace}: {'reopened' if reopen else now.status}, {counted(len(now.shown), 'answer')} on record.")
    return 0


@click.command("publish", cls=Command)
@click.argument("key", required=False, default="")
@taxonomy_option
@click.option("--where", multiple=True, metavar="CONDITION", help="Instead of KEY: all that this holds of; repeatable.")
@click.option("--dry-run", is_flag=True, help="With --where: say what would be published, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --where: one JSON document.")
@click.option("--released", is_flag=True, help="Publish what was not adjudicated; needs a reason.")
@click.option("--annotator", "whose", metavar="NAME", default="", help="With --released: whose work; else your own.")
@click.option("--reason", metavar="TEXT", default="", help="Why it is released without adjudication.")
@pass_call
def publish_command(
    call: Call, key: str, taxonomy: str, where: tuple[str, ...], dry_run: bool, as_json: bool, released: bool,
    whose: str, reason: str,
) -> int:  # fmt: skip
    """Publish the adjudication of a subject, or release one's work, or publish by rule.

    Released work was submitted by one annotator and not adjudicated; it needs a reason. --where
    publishes all that is adjudicated, or with `status=submitted` submitted, and of which every
    condition holds: `annotator=NAME`, `reviewed`, or a field and a value such as
    `annotation_status>=2`. What is stale or in conflict is refused.
    """
    if bool(key) == bool(where) or ((dry_run or as_json) and not where):
        raise RequestError("Name a subject, or say with --where what is published; --dry-run and --json go with that.")
    if where:
        if released or whose:
            raise RequestError(
                "--released and --annotator are about one subject; write status=submitted, annotator=NAME."
            )
        desk = call.desk(call.who)
        done = desk.publishing.by_rule(taxonomy, where, reason, dry_run=dry_run)
        _tell_published(done, dry_run=dry_run, as_json=as_json)
        return 0
    if not released and (whose or reason):
        raise RequestError("--annotator and --reason are about --released work.")
    desk = call.desk(call.who)
    publisher, key, namespace = desk.publishing, desk.subjects.resolve(key), desk.subjects.taxonomy(taxonomy).namespace
    whose = kept_name(desk.store, whose)
    now = publisher.release(key, namespace, reason, whose) if released else publisher.publish(key, namespace)
    say(f"{key} · {namespace} · {now.identity.annotator}: published.")
    return 0


def _tell_published(done: ByRule, *, dry_run: bool, as_json: bool) -> None:
    """Print what was refused and why, or all of it as a document; totals go to standard error."""
    if as_json:
        names = ("subject", "annotator", "reason")
        write_json(
            {
                "published": [dict(zip(names, each, strict=False)) for each in done.published],
                "already": done.already,
                "refused": [dict(zip(names, each, strict=True)) for each in done.refused],
                "dry_run": dry_run,
            }
        )
    else:
        for key, annotator, reason in done.refused:
            write_line(f"{key} · {annotator}  {'; '.join(reason.splitlines())}")
    verb = "would be published" if dry_run else "published"
    say(f"{len(done.published):,} {verb}, {done.already:,} published already, {len(done.refused):,} refused.")
    if done.left_out:
        say(done.left_out)


@click.command("withdraw", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--annotator", "whose", metavar="NAME", default="", help="Whose work; else the adjudication, else yours.")
@pass_call
def withdraw_command(call: Call, key: str, taxonomy: str, whose: str) -> int:
    """Take back what is published on a subject."""
    desk = call.desk(call.who)
    key, namespace = desk.subjects.resolve(key), desk.subjects.taxonomy(taxonomy).namespace
    now = desk.publishing.withdraw(key, namespace, kept_name(desk.store, whose))
    say(f"{key} · {namespace} · {now.identity.annotator}: withdrawn.")
    return 0


def _accept(desk: Desk, namespace: str, strategy: Strategy) -> None:
    done = desk.adjudication.accept_agreed(namespace, strategy)
    for key, reason in done.refused.items():
        write_line(f"{key}  {'; '.join(reason.splitlines())}")
    say(f"{counted(len(done.accepted), 'subject')} adjudicated, {len(done.refused):,} left for people.")
    if done.untried:
        left = counted(len(done.untried), "subject")
        say(f"Stopped before {left}. What is adjudicated stays; one undo takes it back.")
    if done.stopped_by:
        raise done.stopped_by


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
    desk = call.desk(call.who)
    about, decide = desk.subjects.taxonomy(taxonomy), desk.adjudication
    asked = find_field(about, field)
    key = desk.subjects.resolve(key)
    ways = {
        "adopt": partial(decide.adopt, key, about.namespace, asked.id, kept_name(desk.store, adopt or "")),
        "union": partial(decide.union, key, about.namespace, asked.id),
        "majority": partial(decide.majority, key, about.namespace, asked.id),
    }
    way = "adopt" if adopt else "union" if join else "majority" if majority else ""
    if way:
        ways[way](cause, note, confidence)
    else:
        evidence = tuple(find(desk.subjects.subject(key).reports, words) for words in quotes)
        answer = _answer(asked, value, state).model_copy(update={"evidence": evidence})
        decide.rule(key, about.namespace, asked.id, answer, cause, note, confidence)
    still = sum(each.is_open for each in desk.review.of(key, about.namespace).fields)
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
