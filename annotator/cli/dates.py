"""Dates on the command line: a year, a month or a day."""

from __future__ import annotations

import re

import click

DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


def read_date(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Check what was said; None where nothing was. Raises BadParameter."""
    if value and not DATE.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no date; write 2020, 2020-06 or 2020-06-30.")
    return value


SINCE = click.option(
    "--since", metavar="DATE", callback=read_date, help="Dated then or later: 2020, 2020-06 or 2020-06-30."
)
UNTIL = click.option(
    "--until", metavar="DATE", callback=read_date, help="Dated then or earlier; 2020 includes all of 2020."
)
