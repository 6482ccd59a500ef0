"""The options by which commands choose subjects."""

from __future__ import annotations

import click

from annotator.cli.dates import SINCE, UNTIL

QUERY = click.argument("query", nargs=-1)
KIND = click.option("--kind", type=click.Choice(["incident", "report"]), help="Incidents or reports alone.")
LIMIT = click.option("--limit", metavar="N", type=click.IntRange(min=0), help="At most so many.")

__all__ = ["KIND", "LIMIT", "QUERY", "SINCE", "UNTIL"]
