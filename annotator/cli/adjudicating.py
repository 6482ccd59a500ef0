"""Put decisions on record, one subject or all that are agreed on; publish them."""

from __future__ import annotations

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.keys import resolve
from annotator.cli.printing import counted, say, write_line
from annotator.cli.setting_aside import taxonomy_option
from annotator.errors import RequestError
from annotator.models.reserved import STRATEGIES, Strategy
from annotator.session import Session


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
    session = call.session(call.who)
    namespace = session.taxonomy(taxonomy).namespace
    if agreed:
        _accept(session, namespace, agreed)
        return 0
    key = resolve(session.store, key)
    decide = session.adjudicator()
    now = decide.reopen(key, namespace, reason) if reopen else decide.adjudicate(key, namespace)
    say(f"{key} · {namespace}: {'reopened' if reopen else now.status}, {counted(len(now.shown), 'answer')} on record.")
    return 0


@click.command("publish", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--released", is_flag=True, help="Publish what was not adjudicated; needs a reason.")
@click.option("--annotator", "whose", metavar="NAME", default="", help="With --released: whose work; else your own.")
@click.option("--reason", metavar="TEXT", default="", help="Why it is released without adjudication.")
@pass_call
def publish_command(call: Call, key: str, taxonomy: str, released: bool, whose: str, reason: str) -> int:
    """Publish the adjudication of a subject, or release one's work.

    Released work was submitted by one annotator and not adjudicated; it needs a reason.
    """
    if not released and (whose or reason):
        raise RequestError("--annotator and --reason are about --released work.")
    session = call.session(call.who)
    publisher, key, namespace = session.publisher(), resolve(session.store, key), session.taxonomy(taxonomy).namespace
    now = publisher.release(key, namespace, reason, whose) if released else publisher.publish(key, namespace)
    say(f"{key} · {namespace} · {now.identity.annotator}: published.")
    return 0


@click.command("withdraw", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--annotator", "whose", metavar="NAME", default="", help="Whose work; else the adjudication, else yours.")
@pass_call
def withdraw_command(call: Call, key: str, taxonomy: str, whose: str) -> int:
    """Take back what is published on a subject."""
    session = call.session(call.who)
    key, namespace = resolve(session.store, key), session.taxonomy(taxonomy).namespace
    now = session.publisher().withdraw(key, namespace, whose)
    say(f"{key} · {namespace} · {now.identity.annotator}: withdrawn.")
    return 0


def _accept(session: Session, namespace: str, strategy: Strategy) -> None:
    done = session.adjudicator().accept_agreed(namespace, strategy)
    for key, reason in done.refused.items():
        write_line(f"{key}  {'; '.join(reason.splitlines())}")
    say(f"{counted(len(done.accepted), 'subject')} adjudicated, {len(done.refused):,} left for people.")
