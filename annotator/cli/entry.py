"""Start a command, and turn whatever stops it into words and an exit code: the one place that does."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from annotator.cli.commands import commands
from annotator.cli.printing import prepare_streams, say
from annotator.errors import AnnotatorError, RequestError

INTERRUPTED = 130
BROKEN_PIPE = 141
"""As a shell counts it: 128 and the number of the signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the codes are listed in `annotator.errors`.

    What no one foresaw is not caught: it is a mistake in this program and should be seen whole.
    """
    prepare_streams()
    # Statistics multiply small matrices: threads for that would cost more than they save, above all on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except AnnotatorError as error:
        say(str(error))
        return error.exit_code
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        say(f"{error.filename!s:.60}… is longer than the name of a file can be; name another one.")
        return RequestError.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("Stopped.")
        return INTERRUPTED
    return code


def _run(arguments: list[str]) -> int:
    _refuse_unreadable(arguments)
    if "_ANNOTATOR_COMPLETE" in os.environ:  # a shell asks what could be typed next
        commands.main(arguments, "annotator")
    try:
        with commands.make_context("annotator", arguments) as context:
            code = commands.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return code if isinstance(code, int) else 0


def _refuse_unreadable(arguments: list[str]) -> None:
    """Refuse bytes that are no text: nothing could be stored or found under them."""
    for each in arguments:
        if not each.isascii() and any("\ud800" <= sign <= "\udfff" for sign in each):
            raise RequestError(f"{each!r} is not UTF-8 text; type it again, or give the file another name.")
