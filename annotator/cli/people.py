"""Say who is who: names, spellings, who is one person, who has left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from annotator.cli.agreement import Group
from annotator.cli.call import Call, Command, WholeNumber, pass_call
from annotator.cli.printing import document_of, say, write_json, write_table
from annotator.errors import RequestError
from annotator.model.roles import ROLES, USUAL
from annotator.tui.words import APART, local_time

if TYPE_CHECKING:
    from annotator.desk.team.roster import Followed, Roster
    from annotator.model.roles import Role
    from annotator.store.team.roster import Listed

DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would follow, and change nothing.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
HEADS = ("NAME", "KIND", "ROLE", "CLASSIFICATIONS", "REPLICAS", "LEFT", "SPELLINGS")
ROLE_HEADS = ("NAME", "ROLE", "GIVEN BY", "AT", "LEFT")
DEED_HEADS = ("ID", "AT", "DEED")


@click.group("people", cls=Group)
def people_command() -> None:
    """List people, and say who is who.

    What is decided here holds for all that was ever done: it stands under the name somebody is
    known by. Each deed is kept with who did it, so say who you are with --as, and each can be
    taken back by its id. Names are not proved: whoever has the file can be anybody.
    """


@people_command.command("list", cls=Command)
@JSON
@pass_call
def list_command(call: Call, as_json: bool) -> int:
    """List everybody who is known, with every name they are found by."""
    desk = call.desk_to_read()
    found, roles = desk.people.listed(), {each.name: each.role for each in desk.roles.all()}
    if as_json:
        write_json(
            [
                {
                    "name": each.name, "kind": each.kind, "role": _role(each, roles), "uid": each.uid,
                    "spellings": list(each.spellings),
                    "classifications": each.classifications, "replicas": each.replicas, "left_at": each.left_at,
                    "in_conflict": each.is_apart,
                }
                for each in found
            ]
        )  # fmt: skip
        return 0
    rows = [
        (
            _name(e),
            e.kind,
            _role(e, roles),
            e.classifications,
            e.replicas,
            (e.left_at or "")[:10],
            ", ".join(e.spellings),
        )
        for e in found
    ]
    write_table(HEADS, rows)
    if any(each.is_apart for each in found):
        say(f"{APART}: what was decided about them apart does not go together; `annotator conflicts` lists it.")
    return 0


def _name(person: Listed) -> str:
    """What somebody is called, marked where what was decided about them apart does not go together."""
    return f"{APART} {person.name}" if person.is_apart else person.name


def _role(person: Listed, given: Mapping[str, str]) -> str:
    """What somebody may do; empty while nobody has a role, and of a model."""
    return "" if person.kind == "model" or not given else given.get(person.name, USUAL)


@people_command.command("role", cls=Command)
@click.argument("name", required=False)
@click.argument("role", required=False, metavar="[ROLE]", type=click.Choice(ROLES))
@click.option(
    "--claim", is_flag=True, help="Become a lead yourself where the lead is lost, a reader too; it is told as that."
)
@click.option("--proposed", is_flag=True, help="Give everybody the role that what they did until now takes.")
@click.option("--json", "as_json", is_flag=True, help="List the roles as one JSON document.")
@DRY_RUN
@pass_call
def role_command(
    call: Call, name: str | None, role: Role | None, claim: bool, proposed: bool, as_json: bool, dry_run: bool
) -> int:  # fmt: skip
    """Give NAME a ROLE, or list the roles there are.

    A reader changes nothing; an annotator classifies; an adjudicator also rules, adjudicates, publishes and
    withdraws; a lead also deals work out, starts rounds, changes settings, says who is who and gives roles. As long
    as nobody has a role, everybody may do everything. Whoever gives the first one is a lead. Everybody without a
    role is an annotator then.
    """
    if proposed and (name is not None or claim):
        raise RequestError("--proposed goes without a name, a role and --claim.")
    if name is not None and not name.strip():
        raise RequestError(f"{name!r} is no name; say who is to have the role: `annotator people role NAME ROLE`.")
    if proposed or role:
        roles = call.desk(call.who).roles
        told = roles.give_proposed(dry_run=dry_run) if proposed else roles.give(
            name or "", role or USUAL, claim=claim, dry_run=dry_run
        )  # fmt: skip
        for words in told or ["Nobody did anything yet that takes a role."]:
            say(words)
        if dry_run:
            say("Nothing was changed: this tells what would follow.")
        elif waiting := roles.proposed():
            say(_proposal(waiting))
        return 0
    if name or claim:
        raise RequestError(f"Say which role: {', '.join(ROLES)}.")
    found = call.desk_to_read().roles
    if as_json:
        write_json([document_of(each._asdict()) for each in found.all()])
        return 0
    given = found.all()
    write_table(ROLE_HEADS, [(e.name, e.role, e.by, local_time(e.at), e.left_at[:10]) for e in given])
    if not given:
        say("Nobody has a role, so everybody may do everything.")
    if waiting := found.proposed():
        say(_proposal(waiting))
    return 0


def _proposal(proposed: Mapping[str, str]) -> str:
    """Who did what takes a role and has none, with the way to give it."""
    told = ", ".join(f"{name} ({role})" for name, role in proposed.items())
    return f"Until now these did what takes a role: {told}. `annotator people role --proposed` gives them these."


@people_command.command("add", cls=Command)
@click.argument("name")
@click.option("--model", "is_model", is_flag=True, help="A model, which is never counted as a person.")
@DRY_RUN
@pass_call
def add_command(call: Call, name: str, is_model: bool, dry_run: bool) -> int:
    """Make NAME known, who has done nothing yet."""
    followed = _roster(call).add(name, is_model=is_model, dry_run=dry_run)
    return _tell(followed, dry_run, undo=f"`annotator people leave {name!r}` says that they are not here any more.")


@people_command.command("rename", cls=Command)
@click.argument("old")
@click.argument("new")
@DRY_RUN
@pass_call
def rename_command(call: Call, old: str, new: str, dry_run: bool) -> int:
    """Call OLD by the name NEW; they are found by both."""
    return _tell(_roster(call).rename(old, new, dry_run=dry_run), dry_run)


@people_command.command("alias", cls=Command)
@click.argument("name")
@click.argument("spelling")
@DRY_RUN
@pass_call
def alias_command(call: Call, name: str, spelling: str, dry_run: bool) -> int:
    """Have NAME found by SPELLING too."""
    return _tell(_roster(call).alias(name, spelling, dry_run=dry_run), dry_run)


@people_command.command("merge", cls=Command)
@click.argument("name")
@click.argument("into")
@DRY_RUN
@pass_call
def merge_command(call: Call, name: str, into: str, dry_run: bool) -> int:
    """Say that NAME is the same person as INTO, whose name stays.

    Where both answered the same field differently, neither is lost: the place is in conflict.
    """
    return _tell(_roster(call).merge(name, into, dry_run=dry_run), dry_run)


@people_command.command("split", cls=Command)
@click.argument("name")
@click.argument("new_name", metavar="NEW-NAME")
@DRY_RUN
@pass_call
def split_command(call: Call, name: str, new_name: str, dry_run: bool) -> int:
    """Say that two who count as NAME are not one person; one of them goes on as NEW-NAME.

    So it is where two replicas each made somebody of the same name, or two were merged. Whoever
    is split off takes along what they did. Where NAME is several, each is named by its id.
    """
    return _tell(_roster(call).split(name, new_name, dry_run=dry_run), dry_run)


@people_command.command("leave", cls=Command)
@click.argument("name")
@DRY_RUN
@pass_call
def leave_command(call: Call, name: str, dry_run: bool) -> int:
    """Say that NAME has left: their work stays, and nobody gives them new work."""
    return _tell(_roster(call).leave(name, dry_run=dry_run), dry_run)


@people_command.command("undo", cls=Command)
@click.argument("id_", metavar="[ID]", required=False, default="")
@click.option("--limit", metavar="N", type=WholeNumber(1), default=20, show_default=True, help="At most so many.")
@DRY_RUN
@pass_call
def undo_command(call: Call, id_: str, limit: int, dry_run: bool) -> int:
    """Take the deed ID about people back, or list the latest ones with their ids.

    What was taken back holds again once its taking back is taken back.
    """
    if id_:
        return _tell(_roster(call).undo(id_, dry_run=dry_run), dry_run)
    found = call.desk_to_read().people.deeds()[-limit:]
    gone = " (taken back)"
    write_table(DEED_HEADS, [(e.id, local_time(e.at), e.words + gone * e.is_taken_back) for e in found])
    return 0


def _roster(call: Call) -> Roster:
    return call.desk(call.who).people  # somebody answers for it


def _tell(followed: Followed, dry_run: bool, undo: str = "") -> int:
    """Say what was done, what followed, and the way back."""
    for words in followed.sentences:
        say(words)
    say(
        "Nothing was changed: this tells what would follow."
        if dry_run
        else undo or f"`annotator people undo {followed.id}` takes this back."
    )
    return 0
