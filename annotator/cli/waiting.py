"""List what waits for a lead, and accept or decline it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from annotator.cli.agreement import Group
from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, end_list, say, write_json, write_table
from annotator.errors import NotFoundError, RequestError
from annotator.model.chain import shortened
from annotator.tui.words import deed_words, local_time

if TYPE_CHECKING:
    from annotator.desk.desk import Desk
    from annotator.desk.team.waiting import Listed, Waits

HEADS = ("ID", "AT", "BY", "REPLICA", "DEED")
NONE = "Nothing waits for a lead."
NONE_SEEN = "Nothing that you may see waits for a lead."
HOW = "`annotator waiting accept EVENT` lets one count, `annotator waiting decline EVENT --reason TEXT` leaves it out."
EVENTS = click.argument("events", metavar="EVENT…", nargs=-1)
ALL = click.option("--all", "is_all", is_flag=True, help="All that wait and that you may see.")


@click.group("waiting", cls=Group, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def waiting_command(context: click.Context, /, as_json: bool) -> int:
    """List what waits for a lead, and accept or decline it.

    Such deeds came by a merge, from people who had no role for them and could not know. Until a lead
    accepts them it is as if they had not been done. What is closed to you while annotation is
    blind is left out, and how much that is is said, but not whether it waits.
    """
    if context.invoked_subcommand is not None:
        return 0
    desk = context.ensure_object(Call).desk_to_read()
    found = desk.waiting.listed()
    listed = ""
    if as_json:
        write_json([_document(desk, each) for each in found.deeds])
    elif found.deeds:
        ids = shortened(each.event.id for each in found.deeds)
        write_table(HEADS, [_row(desk, each, ids[each.event.id]) for each in found.deeds])
        verb = "waits" if len(found.deeds) == 1 else "wait"
        listed = f"{counted(len(found.deeds), 'deed')} {verb} for a lead. {HOW}"
    end_list(listed, NONE, NONE_SEEN, found.left_out, as_json=as_json)
    return 0


@waiting_command.command("accept", cls=Command)
@EVENTS
@ALL
@pass_call
def accept_command(call: Call, events: tuple[str, ...], is_all: bool) -> int:
    """Let deeds count, each at its own place in the order of the record. For leads.

    EVENT is what stands before each deed in the list, or a beginning of the event's id that is no
    other's. A role that is accepted may let further deeds count.
    """
    if is_all == bool(events):
        raise RequestError("Name the deeds that are to count, as `annotator waiting` lists them, or say --all.")
    desk = call.desk(call.who)
    _tell(desk, "accepted", desk.waiting.accept(events), is_all=is_all)
    return 0


@waiting_command.command("decline", cls=Command)
@EVENTS
@ALL
@click.option("--reason", required=True, help="Why: it is kept with your name.")
@pass_call
def decline_command(call: Call, events: tuple[str, ...], is_all: bool, reason: str) -> int:
    """Leave deeds out for good: they stay in the record, and count nowhere. For leads."""
    if is_all == bool(events):
        raise RequestError("Name the deeds that are not to count, as `annotator waiting` lists them, or say --all.")
    desk = call.desk(call.who)
    _tell(desk, "declined", desk.waiting.decline(events, reason), is_all=is_all)
    return 0


def _tell(desk: Desk, verb: str, decided: Listed, *, is_all: bool) -> None:
    """Say what was decided and, of all, how many deeds that is and what was left out because it may not be seen."""
    for each in decided.deeds:
        say(f"{verb.capitalize()}: {_words(desk, each)}")
    if is_all:
        done = f"{counted(len(decided.deeds), 'deed')} {verb}." if decided.deeds else ""
        end_list(done, NONE, NONE_SEEN, decided.left_out, as_json=False)


def _row(desk: Desk, one: Waits, name: str) -> tuple[str, str, str, str, str]:
    replica = "here" if one.origin.is_here else one.origin.replica[:8]
    return name, local_time(one.event.at), one.event.annotator, replica, _words(desk, one)


def _words(desk: Desk, one: Waits) -> str:
    """What was done, in one line of any length."""
    of = one.event.of
    if one.words:
        return f"{of.subject} · {one.words}" if of.subject else one.words
    try:
        taxonomy = desk.project.remembering(desk.project.taxonomy(of.taxonomy, one.event.version))
    except NotFoundError:
        what = one.event.kind.replace("_", " ")
    else:
        what = deed_words(one.event, taxonomy)
    return f"{of.subject} · {of.taxonomy} · {of.annotator} · {what}"


def _document(desk: Desk, one: Waits) -> dict[str, object]:
    event = one.event
    return {
        "event": event.id,
        "kind": event.kind,
        "words": _words(desk, one),
        "by": event.annotator,
        "at": event.at,
        "replica": one.origin.replica,
        "subject": event.of.subject or None,
        "taxonomy": event.of.taxonomy or None,
        "annotator": event.of.annotator or None,
        "round": event.of.round or None,
    }
