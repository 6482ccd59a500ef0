"""Data to standard output, words to standard error, and neither may steer the terminal."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO
from unicodedata import combining, east_asian_width

from annotator.errors import OutputError
from annotator.plain import escaped, inert

if TYPE_CHECKING:
    from annotator.store.store import Store

LAST_STREAM = 2
"""The number of standard error, behind which files begin."""
GAP = "  "
LOTS = 20
"""Lots of subjects told that stand apart; the rest is counted."""


def prepare_streams() -> None:
    """Make output UTF-8 where a program reads it, and never fail on a character a terminal lacks.

    A stream that came closed is opened on nothing, so that no file takes its number: to it nothing can be printed.
    """
    if None in {sys.stdin, sys.stdout, sys.stderr}:
        _open_closed()
    if type(sys.stdout) is TextIOWrapper:
        spoken, by_line = sys.stdout.encoding, sys.stdout.line_buffering or sys.stdout.write_through
        sys.stdout = _Output(_buffered(sys.stdout), spoken, line_buffering=by_line)
        sys.__stdout__ = sys.stdout  # type: ignore[misc]  # the screens ask it how large the terminal is
    if type(sys.stderr) is TextIOWrapper and sys.stderr.write_through:
        spoken = sys.stderr.encoding
        sys.stderr = TextIOWrapper(_buffered(sys.stderr), spoken, line_buffering=True)
        sys.__stderr__ = sys.stderr  # type: ignore[misc]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _buffered(stream: TextIOWrapper) -> Any:
    """What a stream writes to, so that a text arrives whole or fails.

    Without a buffer (PYTHONUNBUFFERED, `python -u`) the system takes as much of it as it likes, and nobody hears of the
    rest. A stream that is flushed at the end of each line shows a line as soon.
    """
    binary: Any = stream.detach()
    return BufferedWriter(binary) if isinstance(binary, RawIOBase) else binary


def _open_closed() -> None:
    while (number := os.open(os.devnull, os.O_RDONLY)) <= LAST_STREAM:
        os.set_inheritable(number, True)
    os.close(number)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8")
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8")
        _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    """Let what else is written there, and what waits to be, come to nothing."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


def end_printing() -> None:
    """Let all that was printed arrive; raises OutputError where it cannot, and BrokenPipeError where nobody reads."""
    try:
        sys.stdout.flush()
    except (OSError, OutputError):
        _silence(sys.stdout)
        raise


class _Output(TextIOWrapper):
    """Standard output, of which is said that it is what cannot be written."""

    def write(self, text: str) -> int:
        """Write; raises OutputError, and BrokenPipeError where whoever reads has seen enough."""
        with _refused():
            return super().write(text)

    def flush(self) -> None:
        """Let what was written arrive; raises the same."""
        with _refused():
            super().flush()


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"Standard output cannot be written ({error.strerror}), so what is printed is not whole. Send it elsewhere."
        ) from error


def say(words: str) -> None:
    """Tell a person something, in place of a line that passes."""
    end_passing()
    tell(inert(words, newlines=True) + "\n")


PASSING: list[str] = []
"""The line that stands on the terminal until the next one, such as how far an import has come; none, or one."""


def say_passing(words: str) -> None:
    """Show a line on a terminal until something else is said; silent elsewhere."""
    if sys.stderr.isatty():
        end_passing()
        PASSING.append(words)
        tell(inert(words))


def end_passing() -> None:
    """Take such a line away, so that what comes next begins a line of its own."""
    if PASSING:
        PASSING.clear()
        tell("\r\x1b[K")


def tell(text: str) -> None:
    """Write to standard error as it is; where that takes nothing, nobody is told, and the exit code has to do."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def tell_unswept(store: Store) -> None:
    """Say so where what was taken away is still in the bytes of a file."""
    if not store.is_swept:
        say(
            f"{store.path}: what was taken away still stands in the bytes of the file, because another program has it "
            "open, or there is no room. Close that program or make room, and run `annotator doctor --rebuild`."
        )


def tell_names(reasons: Sequence[str], *, is_rehearsal: bool = False) -> None:
    """List the names that came in and that nobody new could take, and say what can be done about them."""
    if not reasons:
        return
    kept = "would be kept as it came" if is_rehearsal else "is kept as it came"
    say(
        f"Each name that follows came in and {kept}, though nobody new could take it. `annotator people rename NAME "
        "NEW` gives one another name, `annotator people merge NAME INTO` says that two are one person:"
    )
    for each in reasons:
        say(f"  {each}")


def tell_apart(lots: Sequence[Sequence[str]], *, is_rehearsal: bool = False) -> None:
    """Say which subjects that sources call alike stand apart, and how that is decided otherwise."""
    would = "would stand" if is_rehearsal else "stand"
    for keys in lots[:LOTS]:
        say(
            f"{' and '.join(keys)} {would} apart: a source calls them alike, and their texts have nothing in common. "
            f"If they are one after all, `annotator join {keys[0]} {keys[1]}` says so."
        )
    if len(lots) > LOTS:
        say(f"Subjects of {counted(len(lots) - LOTS, 'key')} more {would} apart; `annotator join` lists all.")


class Wait:
    """Says once that something is waited for, when that takes more than a moment."""

    MOMENT = 1.0
    """Seconds."""

    def __init__(self, words: str) -> None:
        """Take what to say."""
        self._words = words
        self._since: float | None = None
        self._is_told = False

    def goes_on(self) -> bool:
        """Go on waiting."""
        self._since = self._since or time.monotonic()
        if not self._is_told and time.monotonic() - self._since > self.MOMENT:
            say(self._words)
            self._is_told = True
        return True

    def is_over(self) -> None:
        """Be ready to wait again."""
        self._since = None
        self._is_told = False


def write_line(words: str = "") -> None:
    """Print a line of data for a person."""
    sys.stdout.write(inert(words) + "\n")


def write_text(text: str) -> None:
    """Print a text of several lines."""
    sys.stdout.write(inert(text, newlines=True) + "\n")


def write_json(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")


MAY_BE_NONE = frozenset(
    {"closed_at", "closed_by", "due", "last", "left_at", "set_at", "set_by", "started_at", "started_by"}
)
"""What rows call a day, a moment or a person that there may be none of."""


def document_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for a JSON document: null, and no empty text, for a day, a moment or a person that there is none of."""
    return {name: None if name in MAY_BE_NONE and value == "" else value for name, value in row.items()}


def is_shown() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def write_pieces(pieces: Iterable[str], *, is_json: bool) -> None:
    """Print a file of data: to a program as it is, to a terminal so that it cannot steer it."""
    if is_shown():
        pieces = (escaped(piece) if is_json else inert(piece, newlines=True) for piece in pieces)
    sys.stdout.writelines(pieces)


def write_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print columns under their heads; on a terminal the last column is cut where the line ends."""
    table = [list(heads), *([inert(str(cell)) for cell in row] for row in rows)]
    widths = [max(map(cells, column)) for column in zip(*table, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for row in table:
        filled = [cell + " " * (width - cells(cell)) for cell, width in zip(row[:-1], widths, strict=False)]
        line = GAP.join([*filled, row[-1]]).rstrip()
        sys.stdout.write((_cut(line, room) if room else line) + "\n")


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def end_list(listed: str, none: str, none_seen: str, left_out: str, *, as_json: bool) -> None:
    """Say how much was listed, or that there is nothing, or nothing one may see; and how much is left out."""
    if not as_json:
        say(listed or (none_seen if left_out else none))
    if left_out:
        say(left_out)


def counted(number: int, what: str) -> str:
    """Write `1 report`, `2 reports`, `3 entries`."""
    return f"{number:,} {what if number == 1 else what + 's'}"


def _cut(text: str, room: int) -> str:
    if cells(text) <= room:
        return text
    while cells(text) > room - 1:
        text = text[:-1]
    return text + "…"


LAST = 16
"""Cells the last column wants at least; it is cut where the line ends."""
LEAST = 12
"""Cells that a shortened column keeps."""


def room() -> int:
    """Cells in a line of the terminal; 0 where output goes elsewhere and has no bounds."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def write_fitting(
    heads: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[str] = (), short: str = ""
) -> list[str]:
    """Print a table; leave columns in `spare` out, in that order, while it is too wide, and shorten the one in `short`.

    Gives the heads left out.
    """
    table = [list(heads), *([inert(cell) for cell in row] for row in rows)]
    gone = _drop(table, spare)
    over = _over(table)
    if over > 0 and short in table[0]:
        column = table[0].index(short)
        width = max(LEAST, max(cells(row[column]) for row in table) - over)
        for row in table[1:]:
            row[column] = shortened(row[column], width)
    write_table(table[0], table[1:])
    return gone


def write_wrapped(words: str, indent: str = "") -> None:
    """Print a sentence in as many lines as it takes."""
    import textwrap

    width = room() or 100
    for line in textwrap.wrap(words, max(20, width), initial_indent=indent, subsequent_indent=indent):
        write_line(line)


def shortened(text: str, width: int) -> str:
    """A text in so many cells at most, with a mark where something is missing."""
    if cells(text) <= width:
        return text
    while cells(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _drop(table: list[list[str]], spare: Sequence[str]) -> list[str]:
    gone: list[str] = []
    for head in spare:
        if _over(table) <= 0:
            break
        if head in table[0]:
            column = table[0].index(head)
            gone.append(head)
            for row in table:
                del row[column]
    return gone


def _over(table: list[list[str]]) -> int:
    """How many cells the lines are too long."""
    if not room():
        return 0
    *first, last = (max(map(cells, column)) for column in zip(*table, strict=True))
    return sum(first) + len(GAP) * len(first) + min(LAST, last) - room()
