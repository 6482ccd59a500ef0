"""What a format is, the formats that can be read, and the choice among them for a path."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from annotator.errors import RequestError, SourceError
from annotator.files import is_folder
from annotator.foreign import reading

if TYPE_CHECKING:
    from annotator.model.provenance import Provenance
    from annotator.model.record import Record


@dataclass(frozen=True)
class ReadOptions:
    """What a person may say about a source beyond its path."""

    annotator_column: str | None = None
    """The column or field that names the person; None takes the person from the namespace."""
    encoding: str | None = None
    """A codec's name, for texts whose encoding cannot be guessed."""
    made_by: Provenance | None = None
    """Who or what made the classifications, whatever the source says of it."""


Sniffer = Callable[[Path, bytes], float]
"""Confidence from 0 to 1 that a path is of a format, given its first bytes (none for a folder)."""
Reader = Callable[[Path, ReadOptions], Iterator["Record"]]
"""Records in the source's order. A SourceError may come after some of them: keep all or none."""


@dataclass(frozen=True)
class Format:
    """One foreign format that can be read, by the module of its name, which is imported when it is first needed."""

    name: str
    summary: str
    sign: str = ""
    """A pattern that the beginning of every file of this format holds; only then is its module asked."""
    magic: tuple[bytes, ...] = ()
    """Bytes that a file which is no text may begin with instead, or an `ending` it may have."""
    ending: str = ""

    def may_be(self, path: Path, head: bytes, beginning: str) -> bool:
        """Whether a closer look is worth its while; `beginning` is the head as text, without space before it."""
        is_binary = head.startswith(self.magic) or (self.ending != "" and path.name.lower().endswith(self.ending))
        return is_folder(path) or is_binary or re.search(self.sign, beginning) is not None

    @cached_property
    def sniff(self) -> Sniffer:
        """Guess whether a path is of this format."""
        sniffer: Sniffer = import_module(f"annotator.formats.{self.name}").sniff
        return sniffer

    @cached_property
    def read(self) -> Reader:
        """Read a path of this format."""
        reader: Reader = import_module(f"annotator.formats.{self.name}").read
        return reader


LOOKED_AT = 1_000
"""Items of a JSON text of no format that are read to find where it breaks off."""
JSON = r"\A[\[{]"
TABLE = r"\A[^\n]*[,;\t]"
FORMATS: tuple[Format, ...] = (
    Format(
        "aiid_snapshot",
        "AI Incident Database snapshot: its folder, its .tar.bz2 or .tar.gz, or one of its CSVs",
        sign=TABLE,
        magic=(b"BZh", b"\x1f\x8b"),
        ending=".tar",
    ),
    Format(
        "aiid_reports",
        "AIID reports, submissions or quick-adds as CSV, JSON or JSON Lines",
        sign=rf"{JSON}|{TABLE}|\Areport_number",
    ),
    Format(
        "aiid_classifications", "AIID classifications as its database stores them, as JSON or JSON Lines", sign=JSON
    ),
    Format("report_page", "a report page saved from incidentdatabase.ai, as HTML or copied text", sign=r"\A<|·"),
    Format(
        "news_record",
        "a news record: Markdown under YAML front matter",
        sign=r"(?ms)\A---.*^(webUrl|originalUrl|publishedDateTime|related|provider|excerpt):",
    ),
    Format(
        "annotator_export",
        "classifications as `annotator export` writes them: JSON, JSON Lines or long CSV",
        sign=rf"{JSON}|{TABLE}",
    ),
    Format("text_folder", "documents in .md, .txt or .html, or a folder of them"),
)


def sniff(path: Path) -> Format:
    """The format a path most looks like; raise SourceError, listing the formats, when it is none."""
    with reading(lambda why: SourceError(f"{path}: what it is cannot be found out: {why}. {WAY_OUT}")):
        return _sniffed(path)


WAY_OUT = "Nothing of it was imported; have it exported again, or save it in another of the formats read here."


def _sniffed(path: Path) -> Format:
    from annotator.formats.json_source import beginning_of
    from annotator.formats.text.reading import peek, refuse_known_binary

    head = b"" if is_folder(path) else _head(path)
    beginning = beginning_of(path, peek(head))
    asked = [each for each in FORMATS if each.may_be(path, head, beginning)]
    confidence, best = max(((each.sniff(path, head), each) for each in asked), key=lambda pair: pair[0])
    if confidence > 0:
        return best
    refuse_known_binary(head, str(path))
    _refuse_broken_json(path)
    listed = "\n".join(f"  {each.name}: {each.summary}" for each in FORMATS)
    raise SourceError(f"{path}: is none of the formats read here; if it is one all the same, name it:\n{listed}")


def _refuse_broken_json(path: Path) -> None:
    """Say where the text breaks off, which helps more than a list of formats."""
    from annotator.formats.json_source import JsonSource
    from annotator.formats.text.reading import TextFile

    if path.suffix.lower() in {".json", ".jsonl"}:
        for _ in islice(JsonSource(TextFile.find(path, ReadOptions(), "any"), ()).items(), LOOKED_AT):
            pass


def by_name(name: str) -> Format:
    """The format of that name, dashes as good as underscores; raise RequestError when there is none."""
    for each in FORMATS:
        if each.name == name.strip().lower().replace("-", "_"):
            return each
    raise RequestError(f"there is no format {name!r}; the formats are {', '.join(each.name for each in FORMATS)}")


def _head(path: Path) -> bytes:
    from annotator.formats.text.reading import HEAD, check_size, unreadable

    check_size(path, str(path), "any")
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise unreadable(str(path), error) from error


def incident_key(number: int) -> str:
    """The key of an AIID incident."""
    return f"aiid:{number}"


def report_key(number: int) -> str:
    """The key of an AIID report."""
    return f"aiid:r{number}"


def submission_key(url: str, title: str, text: str) -> str:
    """The key of something sent to AIID that has no number yet: by its address, else by its words."""
    return f"aiid:s-{_digest(url or title + text)}"


def web_key(url: str) -> str:
    """The key of a page known only by its address."""
    return f"web:{_digest(url)}"


def domain_of(url: str) -> str:
    """The site an address belongs to, without `www.`; empty when it names none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # brackets that hold no address
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
