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


class KeptAside:
    """The items of one file that cannot be read, as long as they are no more than those that can be."""

    def __init__(self, shown: str) -> None:
        """Start with none of a file, called as messages call it."""
        self.items: list[Unfit] = []
        """Those of which nothing was taken as the format says; what is made of the others goes on at once."""
        self.taken = 0
        """How many were read so far."""
        self._unread = 0
        self._shown = shown
        self._refusal: SourceError | None = None

    def keep(self, place: str, problem: str, refusal: SourceError) -> None:
        """Keep one aside. Raises the first `refusal` for a file that is none of the format."""
        self.items.append(Unfit(place, f"cannot be read: {problem}"))
        self._count(1, refusal)

    def count_taken(self, place: str, problem: str, times: int = 1) -> None:
        """Count as unread so many that had been taken; raises SourceError as `keep` does."""
        self.taken -= times
        self._count(times, SourceError(f"{self._shown}: {place} {problem}"))

    def _count(self, times: int, refusal: SourceError) -> None:
        self._unread += times
        self._refusal = self._refusal or refusal
        if self._unread > FEW:
            self.refuse_most()

    def refuse_most(self) -> None:
        """Raise what was said of the first where fewer were read than not."""
        if self._refusal and self._unread > self.taken:
            raise self._refusal


def by_itself(
    records: Iterable[Record], place: str, aside: KeptAside, said: Any = None, times: int = 1
) -> Iterator[Record]:
    """The records of one item of a source, which was taken; where it cannot be read it is kept aside.

    `said`: as it stood, where it is nobody's work: of whom that would be is not known, and so not who may see it.
    `times`: how many rows it stood in. Raises SourceError where more of the file cannot be read than can be.
    """
    try:
        with reading(_UnreadError):
            yield from records
    except _UnreadError as error:
        aside.count_taken(place, problem := f"cannot be read: {error}", times)
        yield Unfit(place, problem, "" if said is None else json.dumps(said, ensure_ascii=False, default=str))
