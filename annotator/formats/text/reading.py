"""Open a text file within limits, find out how its characters are written down, and read it whole or by lines."""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from annotator.errors import RequestError, SourceError
from annotator.files import MADE_UP, is_held, is_made_up, mode_at
from annotator.formats.format import ReadOptions
from annotator.model.record import Loss

PIECE = 1 << 20
SAMPLE = 4096
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OF_NO_FILE = {"idna", "punycode", "unicode-escape", "raw-unicode-escape"}
"""Codecs for names of sites and for Python's own texts; what they read can be no text at all."""
KNOWN_BINARIES = (
    (b"PK\x03\x04", "a zip archive or an office document; unpack it, or save it as CSV or text"),
    (b"%PDF", "a PDF; save its text as .txt and import that"),
    (b"SQLite format 3", "a database; open it with --db, or export from it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
HOLDS_NUL = "holds NUL bytes, so it is not a text file; check that this is the right file"
NOT_TEXT = bytes(set(range(0x20)) - set(b"\t\n\r\f\v\x1b"))
WESTERN = 0.3
"""The largest share of bytes beyond ASCII that Western European text still has."""
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


class Decoding(NamedTuple):
    """A codec, how to treat what it cannot read, and what to tell about it."""

    codec: str
    errors: str = "strict"
    remark: str = ""
    times: int = 1


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

        `kind` is `document` or `table` and decides the limit, and whether NUL bytes are for the reader to find.
        """
        shown = shown or str(path)
        check_size(path, shown, kind)
        try:
            return cls(path, shown, decoding_of(path, shown, options.encoding, may_hold_nul=kind != "document"))
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
        mode = mode_at(path)
        if not mode:
            raise SourceError(f"{shown}: there is no such file; check the path")
        if not stat.S_ISREG(mode):
            raise SourceError(f"{shown}: is not an ordinary file; name a file of the folder instead")
        if is_made_up(path):
            raise SourceError(f"{shown}: {MADE_UP}; copy what you need of it into a file")
        if is_held(path):
            raise SourceError(f"{shown}: is the database that is open here, or belongs to it; name something else")
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


def decoding_of(path: Path, shown: str, wanted: str | None = None, *, may_hold_nul: bool = False) -> Decoding:
    """Choose UTF-8, UTF-16 or Latin-1; raise SourceError when the file is not text.

    `wanted` is a codec a person named; it is then checked and nothing is guessed.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if wanted:
        return _as_told(path, shown, wanted)
    refuse_known_binary(head, shown)
    codec = codec_of(head)
    if codec == "utf-8" and not may_hold_nul and _holds_nul(path):
        raise SourceError(f"{shown}: {HOLDS_NUL}")
    if _decodes(path, codec):
        return Decoding(codec)
    return _damaged(path, shown, codec)


def codec_of(head: bytes) -> str:
    """The codec that the first bytes speak for: by byte order mark, by its NULs, else UTF-8."""
    for mark, codec in BOMS:
        if head.startswith(mark):
            return codec
    return (_wide_codec(head) if b"\0" in head[:SAMPLE] else "") or "utf-8"


def refuse_known_binary(head: bytes, shown: str) -> None:
    """Raise SourceError with a hint when the first bytes are those of a well-known binary format."""
    for magic, what in KNOWN_BINARIES:
        if head.startswith(magic):
            raise SourceError(f"{shown}: is {what}")


def _wide_codec(head: bytes) -> str:
    """UTF-16 without a mark: the byte order under which the sample reads as ordinary text."""
    sample = head[: len(head[:SAMPLE]) // 2 * 2]
    beyond = len(sample) - len(sample.decode("latin-1").encode("ascii", "ignore"))
    if sample.count(0) < len(sample) / 5 and beyond < len(sample) / 20:
        return ""  # ASCII with a stray NUL, which as UTF-16 would pass for Chinese
    found = {codec: _plainness(sample, codec) for codec in ("utf-16-le", "utf-16-be")}
    best = max(found, key=lambda codec: found[codec])
    return best if found[best] > 0 else ""


def _plainness(sample: bytes, codec: str) -> float:
    """The share of ASCII characters in the sample, or 0 when it holds unprintable ones."""
    text = sample.decode(codec, errors="ignore")
    odd = sum(not (character.isprintable() or character in "\t\n\r\f") for character in text)
    if not text or odd > len(text) / 100:
        return 0.0
    return sum(character.isascii() for character in text) / len(text)


def _as_told(path: Path, shown: str, wanted: str) -> Decoding:
    try:
        codec = codecs.lookup(wanted).name
        b"a".decode(codec, "replace")  # some codecs are for something else than texts
    except (LookupError, ValueError):
        codec = ""
    if not codec or codec in OF_NO_FILE:
        raise RequestError(f"{wanted!r:.60} is no encoding of texts known here; utf-8, utf-16 and shift_jis are")
    if not _decodes(path, codec):
        raise SourceError(f"{shown}: is not {wanted} text; leave the encoding out to have it guessed")
    return Decoding("utf-8-sig" if codec == "utf-8" else codec)


def _damaged(path: Path, shown: str, codec: str) -> Decoding:
    """UTF-8 with a few broken places, Latin-1, or no text at all."""
    bad, good = _count_bad(path, codec)
    if good > bad or codec != "utf-8":
        return Decoding(codec, "replace", f"bytes that are not {codec.removesuffix('-sig').upper()}, read as �", bad)
    share, control = _byte_shares(path)
    if share > WESTERN or control > 0.01 or not _decodes(path, "cp1252"):
        raise SourceError(f"{shown}: is not text in UTF-8, UTF-16 or Latin-1; save it as UTF-8 and import that")
    return Decoding("cp1252", remark="the text is not UTF-8: read as Latin-1 (Windows-1252); check its accents")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _holds_nul(path: Path) -> bool:
    return any(b"\0" in piece for piece in _pieces(path))


def _decodes(path: Path, codec: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(codec)("strict")
        for piece in _pieces(path):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:  # also where a mark at the beginning is missing
        return False
    return True


def _count_bad(path: Path, codec: str) -> tuple[int, int]:
    """How many places do not decode, and how many characters beyond ASCII do."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    bad = beyond = 0
    for piece in chain(_pieces(path), (b"",)):
        text = decoder.decode(piece, final=not piece)
        bad += text.count("\ufffd")
        beyond += len(text) - len(text.encode("ascii", "ignore"))
    return bad, beyond - bad


def _byte_shares(path: Path) -> tuple[float, float]:
    """The shares of bytes beyond ASCII and of control bytes in the first piece."""
    piece = next(_pieces(path))
    printed = piece.translate(None, b" \t\r\n")
    beyond = len(printed) - len(printed.decode("latin-1").encode("ascii", "ignore"))
    control = len(piece) - len(piece.translate(None, NOT_TEXT))
    return beyond / max(len(printed), 1), control / len(piece)


COMMENT = r"<!--(?:[^-]++|-(?!->))*+-->"
HTML_START = re.compile(
    rf"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:{COMMENT}\s*+)*+<(?:!doctype\s++html|html|head|body)\b", re.I | re.S
)


def is_html(text: str) -> bool:
    """Whether a text begins as an HTML document does."""
    return HTML_START.match(text) is not None
