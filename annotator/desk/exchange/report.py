"""What an import did and what it could not carry over."""

from __future__ import annotations

from collections import Counter

from annotator.model.frozen import Frozen
from annotator.model.record import ImportIssue

OUTCOMES = ("added", "updated", "unchanged")
"""What becomes of a record; `set aside` joins them where classifications have no taxonomy here."""


class LossLine(Frozen):
    """One kind of loss: what, where, how often."""

    what: str
    where: str
    count: int


class ImportReport(Frozen):
    """The result of importing one path. Counts are numbers of records."""

    source: str
    format: str
    dry_run: bool
    counts: dict[str, dict[str, int]]
    """By `incidents`, `reports`, `classifications`, then `added`, `updated`, `unchanged`."""
    losses: list[LossLine]
    issues: int
    """Values kept as import issues by this source; `annotator issues` lists them."""


class Tally:
    """Counts while an import runs."""

    def __init__(self) -> None:
        """Start from nothing."""
        self.counts: dict[str, Counter[str]] = {}
        self.losses: Counter[tuple[str, str]] = Counter()
        self.issues: list[ImportIssue] = []
        self.read: set[tuple[str, str, str]] = set()
        """Subject, taxonomy and annotator of everything that was read; the last two empty for subjects."""

    def add(self, what: str, outcome: Counter[str]) -> None:
        """Count what became of some records."""
        if outcome:
            self.counts.setdefault(what, Counter()).update(outcome)

    def lose(self, what: str, where: str, times: int = 1) -> None:
        """Count something that could not be carried over."""
        self.losses[what, where] += times

    def report(self, source: str, format_name: str, dry_run: bool) -> ImportReport:
        """Freeze the counts."""
        return ImportReport(
            source=source,
            format=format_name,
            dry_run=dry_run,
            counts={what: _outcomes(found) for what, found in sorted(self.counts.items())},
            losses=[LossLine(what=what, where=where, count=n) for (what, where), n in sorted(self.losses.items())],
            issues=len(set(self.issues)),
        )


def _outcomes(found: Counter[str]) -> dict[str, int]:
    return {name: found[name] for name in OUTCOMES} | {name: found[name] for name in found.keys() - {*OUTCOMES}}
