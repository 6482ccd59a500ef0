"""Rounds and how far everybody is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from annotator.cli.agreement import Group, with_options
from annotator.cli.assigning import BATCH_SIZE, DRY_RUN, JSON, SEED, tell
from annotator.cli.call import Call, Command, WholeNumber, pass_call
from annotator.cli.printing import counted, say, write_json, write_table
from annotator.errors import RequestError

if TYPE_CHECKING:
    from annotator.desk.team.progress import Progress

ROUND_HEADS = ("ROUND", "PURPOSE", "STARTED", "BY", "ASSIGNED", "DONE")
WORDS = {"second_pass": "second pass", "retest": "retest", "first": "first", "": "never started"}


@click.group("round", cls=Group, invoke_without_command=True)
@JSON
@click.pass_context
def round_command(context: click.Context, /, as_json: bool) -> int:
    """List the rounds, or start the next one.

    Everybody works in the round that was started last; --round names another one.
    """
    if context.invoked_subcommand:
        return 0
    found = context.ensure_object(Call).desk_to_read().rounds.all()
    if as_json:
        write_json([each._asdict() for each in found])
    else:
        rows = [(e.round, WORDS[e.purpose], e.started_at[:10], e.started_by, e.assigned, e.done) for e in found]
        write_table(ROUND_HEADS, rows)
    return 0


@round_command.command("start", cls=Command)
@click.option(
    "--purpose", type=click.Choice(["second-pass", "retest"]), required=True,
    help="Others classify the same subjects, or everybody their own again.",
)  # fmt: skip
@click.option("--taxonomy", metavar="NS", required=True, help="The taxonomy to classify under.")
@click.option(
    "--to", metavar="NAMES", multiple=True, help="Who is to classify; else those who did in the round before."
)
@click.option(
    "--share", metavar="PART", default="100%", show_default=True,
    help="How many subjects, such as 20% or 50; for a retest of everybody's own.",
)  # fmt: skip
@click.option(
    "--per-subject", metavar="N", type=WholeNumber(1), help="Annotators of each in a second pass; 1 unless told."
)
@with_options(BATCH_SIZE, SEED, DRY_RUN, JSON)
@pass_call
def start_command(call: Call, /, **said: Any) -> int:
    """Start the next round and deal the subjects of this one again.

    A second pass gives subjects to annotators who did not have them. A retest gives
    annotators what they handed in themselves; they begin with empty forms, and `annotator
    agreement annotators` compares both. From then on everybody works in the new round.
    """
    from annotator.desk.team.rounds import RoundWish

    if said["purpose"] == "retest" and said["per_subject"]:
        raise RequestError("--per-subject is for a second pass; in a retest everybody gets their own.")
    wish = RoundWish(
        purpose="retest" if said["purpose"] == "retest" else "second_pass",
        taxonomy=said["taxonomy"],
        to=said["to"],
        part=said["share"],
        per_subject=said["per_subject"] or 1,
        batch_size=said["batch_size"] or 0,
        seed=said["seed"] or 0,
    )
    dry_run = said["dry_run"]
    desk = call.desk_to_read() if dry_run else call.desk(call.who)
    dealt = desk.rounds.start(wish, dry_run=dry_run)
    tell(dealt, dry_run=dry_run, as_json=said["as_json"])
    if not dry_run and not said["as_json"]:
        say(f"Round {dealt.round} has begun: everybody works in it from now on, at an open desk once it restarts.")
    return 0


PROGRESS_HEADS = ("ROUND", "TAXONOMY", "ANNOTATOR", "ASSIGNED", "OPEN", "DRAFT", "SKIPPED", "SUBMITTED", "LAST")
DECISION_HEADS = ("ROUND", "TAXONOMY", "DISPUTED", "SETTLED", "ADJUDICATED", "PUBLISHED", "STALE")
COLUMNS = ("annotator", "taxonomy", "round", "assigned", "open", "draft", "skipped", "submitted", "last")


@click.command("progress", cls=Command)
@click.option("--taxonomy", metavar="NS", default="", help="Under this taxonomy alone.")
@click.option("--decisions", is_flag=True, help="Instead: what is disputed, adjudicated, published and stale.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def progress_command(call: Call, taxonomy: str, decisions: bool, as_json: bool) -> int:
    """Show how far everybody is, per annotator, taxonomy and round.

    ASSIGNED and OPEN count what was dealt; DRAFT, SKIPPED and SUBMITTED count work, assigned
    or not. Every round comes, unless --round names one.
    """
    found = call.desk_to_read().progress.of(taxonomy, int(call.said.get("round") or 0))
    if as_json and decisions:
        write_json([each._asdict() for each in found.decided])
    elif as_json:
        write_json([{name: getattr(each, name) for name in COLUMNS} for each in found.rows])
    elif decisions:
        _print_decisions(found)
    else:
        _print_work(found)
    return 0


def _print_decisions(found: Progress) -> None:
    rows = [(e.round, e.taxonomy, e.disputed, e.settled, e.adjudicated, e.published, e.stale) for e in found.decided]
    if rows:
        write_table(DECISION_HEADS, rows)
    say(f"{counted(sum(each.disputed for each in found.decided), 'disputed subject')} to decide.")
    if stale := sum(each.stale for each in found.decided):
        say(f"{counted(stale, 'stale decision')} to make again (`annotator list --stale`).")


def _print_work(found: Progress) -> None:
    rows = [
        (e.round, e.taxonomy, e.annotator, e.assigned, e.open, e.draft, e.skipped, e.submitted, e.last[:16])
        for e in found.rows
    ]
    if rows:
        write_table(PROGRESS_HEADS, rows)
    assigned, done = sum(each.assigned for each in found.rows), sum(each.done for each in found.rows)
    say(f"{done:,} of {counted(assigned, 'assignment')} done." if assigned else "Nothing is assigned yet.")
