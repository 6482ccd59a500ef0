"""How each annotator compares with the others, with what was decided and with themselves, and how reliable each is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from annotator.agreement.pairs import Compared, with_standard, with_the_rest, with_themselves
from annotator.agreement.reliability import dawid_skene, mace
from annotator.agreement.tables import Ratings, of_ratings
from annotator.desk.comparison.comparison import Comparison
from annotator.desk.comparison.ratings import placed, ratings_by_subject, ratings_of
from annotator.desk.comparison.rows import AnnotatorRow
from annotator.errors import RequestError
from annotator.model.outline import FieldOutline
from annotator.model.person import ADJUDICATED, REST
from annotator.model.rounds import short
from annotator.store.team.samples import Answers


class Others:
    """What the annotators of a round are compared with beside each other."""

    def __init__(self, comparison: Comparison) -> None:
        """Look for the decided answers of the round, and for earlier rounds."""
        self.comparison = comparison
        self.answers = comparison.answers

    @property
    def earlier(self) -> list[tuple[int, Answers]]:
        """The rounds before this one, latest first; who is compared with themselves need not be independent there."""
        return [
            (number, self.answers.beside(self.answers.sample._replace(round=number, after_others="count")))
            for number in reversed(self.answers.earlier_rounds)
        ]

    @cached_property
    def decided(self) -> Answers | None:
        """The adjudicated answers of this round; None where there are none."""
        found = self.answers.beside(self.answers.sample._replace(annotators=(ADJUDICATED,), drafts=False))
        return found if found.annotators else None


def annotator_rows(comparison: Comparison) -> list[AnnotatorRow]:
    """Rows for every field and every annotator who shares a unit; raises RequestError for too many."""
    others = Others(comparison)
    return [row for field in comparison.compared for row in _rows(comparison, field, others)]


def _rows(comparison: Comparison, field: FieldOutline, others: Others) -> Iterator[AnnotatorRow]:
    yield from _with_the_rest(field, ratings_of(comparison, field))
    if others.decided or others.earlier:
        yield from _with_others(comparison, field, others)


def _with_the_rest(field: FieldOutline, ratings: Ratings) -> Iterator[AnnotatorRow]:
    accuracy, competence, reason = _reliability(ratings)
    for row in _of(field, REST, with_the_rest(ratings)):
        yield replace(
            row,
            undefined="; ".join(filter(None, (row.undefined, reason))) or None,
            accuracy=accuracy.get(row.annotator),
            competence=competence.get(row.annotator),
        )


def _with_others(comparison: Comparison, field: FieldOutline, others: Others) -> Iterator[AnnotatorRow]:
    mine = ratings_by_subject(comparison, field)
    if others.decided:
        standard: dict[Hashable, int] = {unit: place for unit, _, place in placed(comparison, others.decided, field)}
        yield from _of(field, ADJUDICATED, with_standard(mine, standard))
    for number, answers in others.earlier:
        then = list(placed(comparison, answers, field))
        choices = comparison.categories(field).places
        compared = with_themselves(of_ratings(choices, then), replace(mine, choices=tuple(choices)))
        yield from _of(field, f"round {short(number)}", compared)


def _of(field: FieldOutline, against: str, compared: Iterable[Compared]) -> Iterator[AnnotatorRow]:
    for each in compared:
        if each.units:
            yield AnnotatorRow(
                field=field.id,
                annotator=each.a,
                against=against,
                units=each.units,
                percent=None if each.percent.value is None else 100 * each.percent.value,
                kappa=each.kappa.value,
                undefined=each.kappa.reason or None,
            )


def _reliability(ratings: Ratings) -> tuple[dict[str, float], dict[str, float], str]:
    """By Dawid and Skene, by MACE, and why there is none."""
    try:
        likely = dawid_skene(ratings)
        return likely.annotators, mace(ratings).annotators, likely.reason
    except RequestError as error:  # what would not fit into memory; the comparison stands without it
        return {}, {}, str(error)


def annotator_notes(comparison: Comparison, rows: Sequence[AnnotatorRow]) -> list[str]:
    """The sentences, in order."""
    return list(_sentences(comparison, rows))


def _sentences(comparison: Comparison, rows: Sequence[AnnotatorRow]) -> Iterator[str]:
    if not comparison.answers.parts:
        return
    others = Others(comparison)
    if comparison.answers.overlapping():
        yield _reliability_note(comparison)
    if not any(row.against == ADJUDICATED for row in rows):
        yield f"Nothing is adjudicated in round {short(comparison.scope.round)} that annotators could be compared with."
    yield from _rounds(comparison, others, rows)
    missing = Counter(row.undefined.partition(";")[0] for row in rows if row.undefined and row.kappa is None)
    yield from (f"No kappa in {times:,} of {len(rows):,} rows: {why}." for why, times in missing.items())


def _reliability_note(comparison: Comparison) -> str:
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
    here, before = short(comparison.scope.round), {*others.answers.earlier_rounds, comparison.scope.round}
    later = [number for number in others.answers.rounds if number not in before]
    if others.earlier and all(row.against in (REST, ADJUDICATED) for row in rows):
        yield f"Nobody answered the same in round {here} and an earlier one, so nobody is compared with themselves."
    if not others.earlier and later:
        options = " or ".join(f"--round {short(number)}" for number in later)
        yield f"Round {here} is the first; with {options} they are compared with themselves."
    if len(others.answers.rounds) < 2:
        yield "There is one round only, so nobody can be compared with themselves."
