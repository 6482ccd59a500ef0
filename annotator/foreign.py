"""Where foreign data is read: what comes of it is said in words, and a mistake in this program is seen whole.

`reading` stands around one step: a call into the library that reads a file, or the conversion of one record. It
never stands around a whole command. What is raised inside is told apart so: errors of the tree have their words
already. What a library raised, far from our own lines, came of the data. Of what our own lines raised, only the kinds
that values bring about came of it, such as a number that is too large. All else stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from annotator.errors import AnnotatorError

OF_VALUES = (ValueError, ArithmeticError, RecursionError, MemoryError, OSError, EOFError)
"""What a value can bring about wherever it is looked at, and a mistake in a program hardly ever is."""
OWN = __name__.partition(".")[0]
LONGEST = 120
"""Characters of what a library says."""


@contextmanager
def reading(refusal: Callable[[str], AnnotatorError], passing: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Run one step of reading; what its data brings about is raised as what `refusal` makes of the reason.

    `passing`: what a library raises that has its words already.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, (AnnotatorError, *passing)) or not _is_of_data(error):
            raise
        raise refusal(_reason(error)) from error


def _is_of_data(error: Exception) -> bool:
    return isinstance(error, OF_VALUES) or not _is_ours(error.__traceback__)


def _is_ours(traceback: TracebackType | None) -> bool:
    """Whether the innermost line is one of this program."""
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    module = str(traceback.tb_frame.f_globals.get("__name__", "")) if traceback else OWN
    return module.partition(".")[0] == OWN


def _reason(error: Exception) -> str:
    for kind, words in REASONS:
        if isinstance(error, kind):
            return words
    said = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return f"{said or type(error).__name__:.{LONGEST}}"


REASONS: tuple[tuple[type[Exception], str], ...] = (
    (UnicodeError, "it holds characters that are no text in its encoding"),
    (OverflowError, "it holds a number that is too large"),
    (RecursionError, "it is nested too deep"),
    (MemoryError, "it takes more memory than there is"),
)
"""What libraries word differently from one version to the next."""
