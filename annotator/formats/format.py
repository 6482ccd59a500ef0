"""What a format is: a name, a guess at a path, and a reader."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from annotator.model.record import Record


@dataclass(frozen=True)
class ReadOptions:
    """What a person may say about a source beyond its path."""

    annotator_column: str | None = None
    """The column or field that names the person; None takes the person from the namespace."""
    encoding: str | None = None
    """A codec's name, for texts whose encoding cannot be guessed."""


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
        return path.is_dir() or is_binary or re.search(self.sign, beginning) is not None

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
