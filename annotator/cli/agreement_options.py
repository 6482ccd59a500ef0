"""What the commands about agreement may be told, before or behind the name of a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import click

from annotator.cli.call import Call
from annotator.cli.dates import SINCE, UNTIL

Function = Callable[..., Any]
TAXONOMY = click.option(
    "--taxonomy", metavar="NS", help="Under this taxonomy; else every one that two annotators share subjects in."
)
FIELD = click.option("--field", metavar="FIELD", help="One field: its id, number or label.")
WHOSE = click.option("--annotators", metavar="A,B", help="Between these annotators alone.")
STATES = click.option(
    "--states",
    metavar="POLICY",
    help="How states count: default, answered (values alone), or such as unknown=missing,hidden=value.",
)
DRAFTS = click.option("--drafts", is_flag=True, default=None, help="Count work that was not handed in yet.")
RESAMPLES = click.option(
    "--resamples", metavar="N", type=click.IntRange(0, 1_000_000), help="Resamples for intervals; 1000 unless told."
)
SEED = click.option("--seed", metavar="S", type=click.IntRange(min=0), help="Seed of the resamples; 0 unless told.")
EVERYTHING = click.option(
    "--all",
    "everything",
    is_flag=True,
    default=None,
    help="Every coefficient: Brennan-Prediger, Conger's kappa, AC2, alpha by Jaccard and by depth, and a jackknife.",
)
JSON = click.option("--json", "as_json", is_flag=True, default=None, help="One JSON document.")
CSV = click.option("--csv", "as_csv", is_flag=True, default=None, help="CSV with a head line.")
OF_SCOPE = (TAXONOMY, FIELD, WHOSE, SINCE, UNTIL, STATES, DRAFTS)
OF_FORM = (JSON, CSV)


class Asked(NamedTuple):
    """Everything that was said on the command line, None where nothing was."""

    taxonomy: str | None = None
    field: str | None = None
    annotators: str | None = None
    since: str | None = None
    until: str | None = None
    states: str | None = None
    drafts: bool | None = None
    everything: bool | None = None
    resamples: int | None = None
    seed: int | None = None
    as_json: bool | None = None
    as_csv: bool | None = None

    def over(self, before: Asked) -> Asked:
        """The same, with what was said before where nothing is said here."""
        return before._replace(**{name: said for name, said in self._asdict().items() if said is not None})


def with_options(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Add options to a command, in this order."""

    def add(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def take(call: Call, said: dict[str, Any]) -> Asked:
    """What this command was told, over what stood before its name; raises UsageError for two forms at once."""
    asked = Asked(**said).over(call.said.get("agreement", Asked()))
    if asked.as_json and asked.as_csv:
        raise click.UsageError("--json and --csv are two forms; choose one.")
    return asked
