"""Progress as words, and bars drawn in a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotator.team.progress import Batch, Decided, ProgressRow

DONE, BEGUN, OPEN = "█", "▒", "░"
LEGEND = f"{DONE} done {BEGUN} begun {OPEN} open"


def bar(done: int, begun: int, assigned: int, cells: int) -> str:
    """Draw what is done, begun and open; whatever there is of something gets at least one cell, where there is room."""
    if not assigned or cells < 1:
        return " " * max(cells, 0)
    full = _cells(done, assigned, cells)
    half = min(_cells(begun, assigned, cells), cells - full)
    if done + begun < assigned and full + half == cells:
        full, half = (full - 1, half) if full > half else (full, half - 1)
    return DONE * full + BEGUN * half + OPEN * (cells - full - half)


def percent(done: int, assigned: int) -> str:
    """A share of a hundred; 100 only for all of them."""
    if not assigned:
        return "—"
    return f"{100 if done == assigned else min(round(100 * done / assigned), 99)} %"


def row_in_words(row: ProgressRow) -> str:
    """Spell a line out."""
    counts = {"submitted": row.submitted, "skipped": row.skipped, "in draft": row.draft}
    work = [f"{many:,} {what}" for what, many in counts.items() if many]
    dealt = f"{row.done:,} of {row.assigned:,} assigned are done" if row.assigned else "nothing assigned"
    last = f"last at {row.last[:16].replace('T', ' ')} UTC" if row.last else "not begun"
    return " · ".join([row.annotator, dealt, *work, last])


def head_in_words(taxonomy: str, round_: int, decided: Decided | None) -> str:
    """What is decided under a taxonomy in a round."""
    words = [f"{taxonomy}, round {round_}"]
    if decided:
        words += [f"{decided.disputed:,} disputed and open, {decided.settled:,} settled"]
        words += [f"{decided.adjudicated:,} adjudicated", f"{decided.published:,} published"]
    return " · ".join(words)


def decisions(decided: Decided | None) -> str:
    """The same in short, as far as there is something."""
    if decided is None:
        return ""
    counts = {
        "disputed": decided.disputed,
        "settled": decided.settled,
        "adjudicated": decided.adjudicated,
        "published": decided.published,
    }
    return " · ".join(f"{many:,} {what}" for what, many in counts.items() if many)


def total_in_words(rows: Sequence[ProgressRow]) -> str:
    """Add everything up."""
    assigned, done = sum(row.assigned for row in rows), sum(row.done for row in rows)
    people = len({row.annotator for row in rows})
    words = [
        f"Together {done:,} of {assigned:,} done, {percent(done, assigned)}" if assigned else "Nothing is assigned"
    ]
    words += [f"{sum(row.submitted for row in rows):,} submitted", f"{sum(row.draft for row in rows):,} in draft"]
    return " · ".join([*words, f"{people:,} {'annotator' if people == 1 else 'annotators'}"])


def batch_lines(batches: Iterable[Batch], cells: int = 30) -> list[str]:
    """One line per batch with its bar."""
    return [
        f"Batch {each.batch:>4,}  {bar(each.done, 0, each.assigned, cells)}  {each.done:,} of {each.assigned:,} done"
        for each in batches
    ]


def _cells(part: int, whole: int, cells: int) -> int:
    return 0 if not part else max(1, part * cells // whole)
