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
