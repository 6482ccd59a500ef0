"""Records one after the other: what their source brings about is said in words, and of several others go on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotator.errors import SourceError
from annotator.foreign import reading
from annotator.formats.format import WAY_OUT
from annotator.model.record import Loss, Record, Unfit

FEW = 100
"""Items; of a file of which more than so many cannot be read, and more than can be, the rest is not looked at."""


def in_words(records: Iterable[Record], path: Path) -> Iterator[Record]:
    """What a reader yields; whatever its file brings about in it or in a library is a SourceError with the place."""
    after = ""

    def refusal(why: str) -> SourceError:
        return SourceError(f"{path}: cannot be read{after}: {why}. {WAY_OUT}")

    with reading(refusal):
        for record in records:
            yield record
            after = f" behind {record.where if isinstance(record, Loss) else record.place}"


class _UnreadError(SourceError):
    """One item could not be read, and why."""


def by_itself(records: Iterable[Record], place: str, said: Any = None) -> Iterator[Record]:
    """The records of one item of a source; where it cannot be read it is kept aside.

    `said`: as it stood, where it is nobody's work: of whom that would be is not known, and so not who may see it.
    """
    try:
        with reading(_UnreadError):
            yield from records
    except _UnreadError as error:
        value = "" if said is None else json.dumps(said, ensure_ascii=False, default=str)
        yield Unfit(place, f"cannot be read: {error}", value)


class KeptAside:
    """The items of one file that cannot be read, as long as they are no more than those that can be."""

    def __init__(self) -> None:
        """Start with none."""
        self.items: list[Unfit] = []
        self._refusal: SourceError | None = None

    def keep(self, place: str, problem: str, refusal: SourceError, taken: int) -> None:
        """Keep one aside; `taken` were read. Raises the first `refusal` for a file that is none of the format."""
        self._refusal = self._refusal or refusal
        self.items.append(Unfit(place, f"cannot be read: {problem}"))
        if len(self.items) > FEW:
            self.refuse_most(taken)

    def refuse_most(self, taken: int) -> None:
        """Raise what was said of the first where fewer were read than not."""
        if self._refusal and len(self.items) > taken:
            raise self._refusal
