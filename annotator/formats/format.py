"""What a format is: a name, a guess at a path, and a reader."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

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
Reader = Callable[[Path, ReadOptions], Iterator[Record]]
"""Records in the source's order. A SourceError may come after some of them: keep all or none."""


@dataclass(frozen=True)
class Format:
    """One foreign format that can be read."""

    name: str
    summary: str
    sniff: Sniffer
    read: Reader


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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
