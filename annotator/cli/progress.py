"""How far everybody is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_table

if TYPE_CHECKING:
    from annotator.team.progress import Progress

HEADS = ("ROUND", "TAXONOMY", "ANNOTATOR", "ASSIGNED", "OPEN", "DRAFT", "SKIPPED", "SUBMITTED", "LAST")
DECISION_HEADS = ("ROUND", "TAXONOMY", "DISPUTED", "SETTLED", "ADJUDICATED", "PUBLISHED")
COLUMNS = ("annotator", "taxonomy", "round", "assigned", "open", "draft", "skipped", "submitted", "last")


@click.command("progress", cls=Command)
@click.option("--taxonomy", metavar="NS", default="", help="Under this taxonomy alone.")
@click.option("--decisions", is_flag=True, help="Instead: what is disputed, adjudicated and published.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def progress_command(call: Call, taxonomy: str, decisions: bool, as_json: bool) -> int:
    """Show how far everybody is, per annotator, taxonomy and round.

    ASSIGNED and OPEN count what was dealt; DRAFT, SKIPPED and SUBMITTED count work, assigned
    or not. Every round comes, unless --round names one.
    """
    from annotator.team.progress import progress_of

    project = call.project_to_read()
    found = progress_of(project, taxonomy, int(call.said.get("round") or 0), call.viewer(project))
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
    rows = [(e.round, e.taxonomy, e.disputed, e.settled, e.adjudicated, e.published) for e in found.decided]
    if rows:
        write_table(DECISION_HEADS, rows)
    say(f"{counted(sum(each.disputed for each in found.decided), 'disputed subject')} to decide.")


def _print_work(found: Progress) -> None:
    rows = [
        (e.round, e.taxonomy, e.annotator, e.assigned, e.open, e.draft, e.skipped, e.submitted, e.last[:16])
        for e in found.rows
    ]
    if rows:
        write_table(HEADS, rows)
    assigned, done = sum(each.assigned for each in found.rows), sum(each.done for each in found.rows)
    say(f"{done:,} of {counted(assigned, 'assignment')} done." if assigned else "Nothing is assigned yet.")
