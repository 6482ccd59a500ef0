"""List rounds, and start the next one."""

from __future__ import annotations

from typing import Any

import click

from annotator.cli.agreement import Group
from annotator.cli.agreement_options import with_options
from annotator.cli.assigning import BATCH_SIZE, DRY_RUN, JSON, SEED, tell
from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import say, write_json, write_table
from annotator.errors import RequestError

HEADS = ("ROUND", "PURPOSE", "STARTED", "BY", "ASSIGNED", "DONE")
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
    from annotator.team.rounds import all_rounds

    found = all_rounds(context.ensure_object(Call).project_to_read())
    if as_json:
        write_json([each._asdict() for each in found])
    else:
        rows = [(e.round, WORDS[e.purpose], e.started_at[:10], e.started_by, e.assigned, e.done) for e in found]
        write_table(HEADS, rows)
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
    "--per-subject", metavar="N", type=click.IntRange(min=1), help="Annotators of each in a second pass; 1 unless told."
)
@with_options(BATCH_SIZE, SEED, DRY_RUN, JSON)
@pass_call
def start_command(call: Call, /, **said: Any) -> int:
    """Start the next round and deal the subjects of this one again.

    A second pass gives subjects to annotators who did not have them. A retest gives
    annotators what they handed in themselves; they begin with empty forms, and `annotator
    agreement annotators` compares both. From then on everybody works in the new round.
    """
    from annotator.team.rounds import RoundWish, start

    if said["purpose"] == "retest" and said["per_subject"]:
        raise RequestError("--per-subject is for a second pass; in a retest everybody gets their own.")
    wish = RoundWish(
        purpose="retest" if said["purpose"] == "retest" else "second_pass",
        taxonomy=said["taxonomy"],
        to=said["to"],
        part=said["share"],
        per_subject=said["per_subject"] or 1,
        batch_size=said["batch_size"] or 0,
        seed=said["seed"],
    )
    dry_run = said["dry_run"]
    project = call.project_to_read() if dry_run else call.project()
    dealt = start(project, wish, call.round, call.annotator if dry_run else call.who, dry_run=dry_run)
    tell(dealt, dry_run=dry_run, as_json=said["as_json"])
    if not dry_run and not said["as_json"]:
        say(f"Round {dealt.round} has begun: everybody works in it from now on, at an open desk once it restarts.")
    return 0
