"""Examine the database."""

from __future__ import annotations

import click

from annotator.cli.call import Call, Command, pass_call
from annotator.cli.printing import counted, say, write_json, write_line


@click.command("doctor", cls=Command)
@click.option("--rebuild", is_flag=True, help="First compute the readable tables and the search index anew.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_call
def doctor_command(call: Call, rebuild: bool, as_json: bool) -> int:
    """Examine the database, and rebuild what is computed.

    Checks that the file is sound, that the readable tables equal the log of events, and
    that search is in step. Exits with 1 when something is found.
    """
    store = (call.project() if rebuild else call.project_to_read()).store
    if rebuild:
        say(f"Computed {counted(store.rebuild(), 'classification')} anew.")
    findings = store.examine()
    if as_json:
        write_json([{"check": each.check, "problems": each.problems} for each in findings])
    else:
        for each in findings:
            write_line(f"{'found' if each.problems else 'good '}  {each.check}")
            for problem in each.problems:
                write_line(f"       {problem}")
    return 1 if any(each.problems for each in findings) else 0
