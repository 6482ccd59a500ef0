"""What a subject of the trial tells: how often something was tried, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HEAD = ("tried", "times", "saved", "lost", "damaged", "refused", "seconds", "")


@dataclass
class Row:
    """One line of the table; counted up while the trial goes on."""

    what: str
    times: int = 0
    saved: int = 0
    """What was called saved meanwhile, or kept of what was typed."""
    lost: int = 0
    """What was called saved, or kept while it was typed, and is not there."""
    damaged: int = 0
    """Findings of the doctor, tracebacks and whatever else is not as it was promised."""
    refused: int = 0
    """What was to be done and was not, though it was said so; whether that is right hangs on the subject."""
    seconds: float = 0.0
    note: str = ""
    """Figures, and what is to be known of them."""
    is_missed: bool = False
    """Whether a bound of the subject was missed, which its note tells."""
    failures: list[str] = field(default_factory=list)
    """A sentence for each of what was lost and damaged, with what it takes to try it again."""

    @property
    def is_good(self) -> bool:
        """Whether all was as promised."""
        return not (self.lost or self.damaged or self.is_missed or self.failures)

    def lose(self, why: str) -> None:
        """Count something lost."""
        self.lost += 1
        self.failures.append(why)

    def damage(self, why: str) -> None:
        """Count something that is not as it was promised."""
        self.damaged += 1
        self.failures.append(why)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the seconds of the block."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds += time.monotonic() - began

    def add(self, other: Row) -> None:
        """Take what was tried at the same time elsewhere into this line; its seconds are not added."""
        self.times += other.times
        self.saved += other.saved
        self.lost += other.lost
        self.damaged += other.damaged
        self.refused += other.refused
        self.failures += other.failures

    def cells(self) -> tuple[str, ...]:
        """The line as words."""
        counts = (self.times, self.saved, self.lost, self.damaged, self.refused)
        mark = "" if self.is_good else "✗ "
        return (self.what, *(f"{count:,}" for count in counts), f"{self.seconds:,.0f}", mark + self.note)


def lines(rows: list[Row]) -> Iterator[str]:
    """The table, and under it what went wrong."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(each[column]) for each in cells) for column in range(len(HEAD))]
    for each in cells:
        what, *counts, note = each
        numbers = "  ".join(f"{count:>{width}}" for count, width in zip(counts, widths[1:-1], strict=True))
        yield f"{what:<{widths[0]}}  {numbers}  {note}".rstrip()
    for row in rows:
        for failure in row.failures[:20]:
            yield f"{row.what}: {failure}"
