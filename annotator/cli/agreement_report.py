"""Write the page about agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from annotator.cli.agreement import NOTHING_SHARED, resampling_of, scope_of
from annotator.cli.agreement_options import OF_SCOPE, RESAMPLES, SEED, take, with_options
from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import say
from annotator.exporting import write


@click.command("report", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@with_options(*OF_SCOPE, RESAMPLES, SEED)
@pass_call
def report_command(call: Call, /, file: Path, **said: Any) -> int:
    """Write a page about agreement to read, print and pass on.

    FILE is one HTML file that needs nothing else: fields with bars and intervals, pairs of
    annotators, confusions, the policy used and how the figures were made.
    """
    from annotator.comparing.comparison import compared_in_turn
    from annotator.comparing.page import NOTHING, page

    call.refuse_own(file)
    asked = take(call, said)
    project = call.project_to_read()
    scope = scope_of(call, asked, project)
    pieces = list(page(compared_in_turn(project, scope), resampling_of(asked)))
    write(file, pieces)
    say(f"{file}: written.")
    if any(NOTHING in piece for piece in pieces):
        say(NOTHING_SHARED.format(scope.round))
    return 0
