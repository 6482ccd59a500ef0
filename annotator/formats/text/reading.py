"""Open a text file of unknown encoding, within limits, and read it whole or by lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions
from annotator.formats.text.encoding import Decoding, codec_of, decoding_of
from annotator.model.record import Loss

TEXT_LIMIT = 64 << 20
"""Bytes of one document."""
TABLE_LIMIT = 2 << 30
"""Bytes of one file of many records."""
HEAD = 1 << 17
"""Bytes a sniffer is given."""
WAYS_OUT = {
    "document": "one document is never that long; split it, or import it as CSV or JSON Lines",
    "table": "split it into parts and import them one by one",
}


@dataclass(frozen=True)
class TextFile:
    """A file that was found to be text, and how it decodes."""

    path: Path
    shown: str
    """The file as messages call it."""
    decoding: Decoding

    @classmethod
    def find(cls, path: Path, options: ReadOptions, kind: str = "document", shown: str = "") -> TextFile:
        """Check that a file is there, not empty, not too large and text; raise SourceError if not.

        `kind` is `document` or `table` and decides the limit.
        """
        shown = shown or str(path)
        check_size(path, shown, kind)
        try:
            return cls(path, shown, decoding_of(path, shown, options.encoding))
        except OSError as error:
            raise unreadable(shown, error) from error

    @property
    def name(self) -> str:
        """The file's own name, for the places of records."""
        return self.path.name

    def losses(self) -> Iterator[Loss]:
        """What could not be read faithfully."""
        if self.decoding.remark:
            yield Loss(self.decoding.remark, self.name, self.decoding.times)

    def read(self) -> str:
        r"""The whole text, its line ends made `\n`; raise SourceError when nothing is written in it."""
        try:
            text = self.path.read_text(self.decoding.codec, self.decoding.errors)
        except OSError as error:
            raise unreadable(self.shown, error) from error
        if not text.strip():
            raise SourceError(f"{self.shown}: is empty; check that it was saved")
        return text

    def lines(self) -> Iterator[str]:
        """The lines one by one, with the line ends as they are in the file."""
        try:
            with self.path.open(encoding=self.decoding.codec, errors=self.decoding.errors, newline="") as file:
                yield from file
        except OSError as error:
            raise unreadable(self.shown, error) from error


def check_size(path: Path, shown: str, kind: str) -> None:
    """Raise SourceError unless the path is an ordinary file with something in it, within its limit.

    `kind` is `document`, `table`, or `any` for no limit.
    """
    limit = {"document": TEXT_LIMIT, "table": TABLE_LIMIT}.get(kind)
    try:
        if not path.exists():
            raise SourceError(f"{shown}: there is no such file; check the path")
        if not path.is_file():
            raise SourceError(f"{shown}: is not an ordinary file; name a file of the folder instead")
        size = path.stat().st_size
    except OSError as error:
        raise unreadable(shown, error) from error
    if size == 0:
        raise SourceError(f"{shown}: is empty; check that it was saved or fetched to the end")
    if limit is not None and size > limit:
        raise SourceError(f"{shown}: is {_in_words(size)} long and the limit is {_in_words(limit)}; {WAYS_OUT[kind]}")


def unreadable(shown: str, error: OSError) -> SourceError:
    """The refusal for a file the system does not hand out."""
    return SourceError(f"{shown}: cannot be read ({error.strerror or error}); check the path and your rights to it")


def peek(head: bytes) -> str:
    """Decode the first bytes of a file well enough to guess its format."""
    text = head.decode(codec_of(head), errors="replace")
    return text.replace("\r\n", "\n")


def _in_words(size: int) -> str:
    for unit, word in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {word}"
    return f"{size} bytes"
