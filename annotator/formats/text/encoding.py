"""Find out how a file's characters are written down, reading it once in pieces."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from annotator.errors import RequestError, SourceError

PIECE = 1 << 20
SAMPLE = 4096
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
KNOWN_BINARIES = (
    (b"PK\x03\x04", "a zip archive or an office document; unpack it, or save it as CSV or text"),
    (b"%PDF", "a PDF; save its text as .txt and import that"),
    (b"SQLite format 3", "a database; open it with --db, or export from it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
NOT_TEXT = bytes(set(range(0x20)) - set(b"\t\n\r\f\v\x1b"))
WESTERN = 0.3
"""The largest share of bytes beyond ASCII that Western European text still has."""


class Decoding(NamedTuple):
    """A codec, how to treat what it cannot read, and what to tell about it."""

    codec: str
    errors: str = "strict"
    remark: str = ""
    times: int = 1


def decoding_of(path: Path, shown: str, wanted: str | None = None) -> Decoding:
    """Choose UTF-8, UTF-16 or Latin-1; raise SourceError when the file is not text.

    `wanted` is a codec a person named; it is then checked and nothing is guessed.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if wanted:
        return _as_told(path, shown, wanted)
    refuse_known_binary(head, shown)
    codec = codec_of(head)
    if codec == "utf-8" and _holds_nul(path):
        raise SourceError(f"{shown}: holds NUL bytes, so it is not a text file; check that this is the right file")
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
    except LookupError as error:
        raise RequestError(f"{wanted!r} is no encoding known here; utf-8, utf-16 and shift_jis are") from error
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
    except UnicodeDecodeError:
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
