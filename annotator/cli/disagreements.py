"""List where annotators differ."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from annotator.cli.agreement_options import FIELD, OF_FORM, TAXONOMY, take, with_options
from annotator.cli.agreement_tables import Table, print_table
from annotator.cli.call import Call, Command, pass_call
from annotator.cli.dates import SINCE, UNTIL
from annotator.cli.printing import counted, say


@click.command("disagreements", cls=Command)
@with_options(TAXONOMY, FIELD, SINCE, UNTIL, *OF_FORM)
@pass_call
def disagreements_command(call: Call, /, **said: Any) -> int:
    """List every disagreement: who said what, and the ruling, where there is one.

    They are those that a review settles: between what annotators handed in, with AIID's
    published answers left aside.
    """
    from annotator.cli.agreement import scope_of
    from annotator.comparing.disagreements import disagreements
    from annotator.comparing.finding import scopes

    asked = take(call, said)
    project, scope = call.project_to_read(), scope_of(call, asked)
    found: list[dict[str, Any]] = []
    for each in scopes(project, scope):
        head = {} if scope.taxonomy else {"taxonomy": each.taxonomy}
        found += [{**head, **asdict(row)} for row in disagreements(project, each)]
    print_table(Table.DISAGREEMENTS, found, asked)
    if not asked.as_json:
        say(counted(len(found), "disagreement") + ".")
    return 0
