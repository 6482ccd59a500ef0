"""The commands: each one reads its arguments, asks the parts below, prints, and gives an exit code."""

from annotator.cli.commands import main

__all__ = ["main"]
