"""What a format is: a name, a guess at a path, and a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from annotator.models.record import Record


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
