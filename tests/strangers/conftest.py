"""The same place to call the program in as for its commands."""

from tests.cli.conftest import program

__all__ = ["program"]
