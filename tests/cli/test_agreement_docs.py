"""What the page about agreement says of options and columns."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from annotator.cli.agreement import (
    agreement_command,
    annotators_command,
    confusion_command,
    pairs_command,
    report_command,
    shares_command,
)
from annotator.cli.agreement_tables import Table
from annotator.cli.review import disagreements_command

TEXT = (Path(__file__).parents[2] / "docs" / "agreement.md").read_text(encoding="utf-8")
COMMANDS: list[click.Command] = [
    agreement_command, pairs_command, confusion_command, annotators_command, disagreements_command, report_command,
    shares_command,
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_option_is_explained(command: click.Command) -> None:
    names = [name for each in command.params if isinstance(each, click.Option) for name in each.opts]
    assert names
    assert [name for name in names if f"`{name}" not in TEXT] == []


@pytest.mark.parametrize("table", Table)
def test_every_column_is_explained(table: Table) -> None:
    assert [name for name in table.columns if f"`{name}`" not in TEXT] == []
