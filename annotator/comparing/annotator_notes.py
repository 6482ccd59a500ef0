"""What a reader must know beside the table of annotators: with whom they could be compared, and on how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from annotator.comparing.annotator_rows import REST, Others
from annotator.comparing.comparison import Comparison
from annotator.comparing.rows import AnnotatorRow
from annotator.models.reserved import ADJUDICATED


def annotator_notes(comparison: Comparison, rows: Sequence[AnnotatorRow]) -> list[str]:
    """The sentences, in order."""
    return list(_sentences(comparison, rows))


def _sentences(comparison: Comparison, rows: Sequence[AnnotatorRow]) -> Iterator[str]:
    if not comparison.answers.parts:
        return
    others = Others(comparison)
    if comparison.answers.overlapping():
        yield _reliability(comparison)
    if not any(row.against == ADJUDICATED for row in rows):
        yield f"Nothing is adjudicated in round {comparison.scope.round} that annotators could be compared with."
    yield from _rounds(comparison, others, rows)
    missing = Counter(row.undefined.partition(";")[0] for row in rows if row.undefined and row.kappa is None)
    yield from (f"No kappa in {times:,} of {len(rows):,} rows: {why}." for why, times in missing.items())


def _reliability(comparison: Comparison) -> str:
    two, three = comparison.answers.overlapping(), comparison.answers.overlapping(3)
    if not three:
        return "No subject has three annotators, so nobody can be outvoted: no reliability by Dawid and Skene, or MACE."
    have = "has" if three == 1 else "have"
    return (
        f"{three:,} of {two:,} subjects that two or more classified {have} three annotators or more; "
        "what Dawid and Skene, and MACE say of reliability rests on them."
    )


def _rounds(comparison: Comparison, others: Others, rows: Sequence[AnnotatorRow]) -> Iterator[str]:
    """Whether annotators can be compared with themselves, and how."""
    here = comparison.scope.round
    later = [number for number in others.rounds if number > here]
    if others.earlier and all(row.against in (REST, ADJUDICATED) for row in rows):
        yield f"Nobody answered the same in round {here} and an earlier one, so nobody is compared with themselves."
    if not others.earlier and later:
        options = " or ".join(f"--round {number}" for number in later)
        yield f"Round {here} is the first; with {options} they are compared with themselves."
    if len(others.rounds) < 2:
        yield "There is one round only, so nobody can be compared with themselves."
