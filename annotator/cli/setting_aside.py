"""Skip, reopen and flag a classification."""

from __future__ import annotations

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.classifying import tell
from annotator.cli.keys import resolve
from annotator.cli.printing import say
from annotator.errors import NotFoundError
from annotator.session import Session
from annotator.taxonomy.naming import find_field

taxonomy_option = click.option("--taxonomy", metavar="NS", required=True, help="The taxonomy it is about.")


@click.command("skip", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--reason", metavar="TEXT", required=True, help="Why it is left aside.")
@pass_call
def skip_command(call: Call, key: str, taxonomy: str, reason: str) -> int:
    """Leave a subject aside, with a reason."""
    session, key, namespace = _opened(call, key, taxonomy)
    session.skip(key, namespace, reason)
    tell(session, key, namespace)
    return 0


@click.command("reopen", cls=Command)
@click.argument("key")
@taxonomy_option
@click.option("--reason", metavar="TEXT", default="", help="Why it is taken back.")
@pass_call
def reopen_command(call: Call, key: str, taxonomy: str, reason: str) -> int:
    """Take back what was submitted or skipped."""
    session, key, namespace = _opened(call, key, taxonomy)
    session.reopen(key, namespace, reason)
    tell(session, key, namespace)
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
    session, key, namespace = _opened(call, key, taxonomy)
    if resolve:
        _resolve_all(session, key, namespace)
    else:
        field_id = find_field(session.taxonomy(namespace), field).id if field else ""
        session.raise_flag(key, namespace, reason, field_id)
        say(f"{key} · {namespace}: flagged.")
    return 0


def _opened(call: Call, key: str, taxonomy: str) -> tuple[Session, str, str]:
    session = call.session(call.who)
    return session, resolve(session.store, key), session.taxonomy(taxonomy).namespace


def _resolve_all(session: Session, key: str, namespace: str) -> None:
    with session.store.writing():
        still_open = [flag for flag in session.classification(key, namespace).flags if not flag.resolved_at]
        if not still_open:
            raise NotFoundError(f"{key} · {namespace}: there is no open flag of yours.")
        for flag in still_open:
            session.resolve_flag(key, namespace, flag.id)
    say(f"{key} · {namespace}: {len(still_open)} resolved.")
