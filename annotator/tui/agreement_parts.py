"""The parts of a field's screen as lines, and what each line and cell leads to in words."""

from __future__ import annotations

from collections.abc import Iterator

from annotator.comparing.matrices import Matrix
from annotator.comparing.rows import ChoiceRow, PairRow
from annotator.session.comparing import Confused, FieldSeen
from annotator.tui.agreement_words import figure, percent
from annotator.tui.widgets.agreement_rows import Line

LEADS_TO = {
    ChoiceRow: "enter lists its subjects, those first that annotators differ on · "
    "specific: how often the others chose it too · α: it against the rest",
    PairRow: "enter puts these two into the matrix · d lists the subjects they differ on",
    Confused: "enter lists the subjects that were given both values",
}
EVERYBODY = "All pairs of annotators, both halves alike"
LEGEND = "░▒▓█ share of row · [ ] agree"


def part_lines(seen: FieldSeen) -> Iterator[Line]:
    """The parts with their headlines; what is missing, and that nobody differs, in words."""
    if seen.choices:
        yield Line("Choices", f"{'specific':>8}  {'α':>6}")
        for choice in seen.choices:
            figures = f"{figure(choice.specific):>8}  {figure(choice.alpha_one_vs_rest):>6}"
            yield Line(choice.label, figures, choice)
        yield Line("")
    if seen.pairs:
        yield Line("Pairs of annotators", f"{'κ':>8}  {'agree':>6}  {'shared':>7}")
        for pair in seen.pairs:
            figures = f"{figure(pair.kappa):>8}  {percent(pair.percent):>6}  {pair.units:>7,}"
            yield Line(f"{pair.a} – {pair.b}", figures, pair)
        yield Line("")
    if seen.confusions:
        yield Line("Confused values, most frequent first", f"{'pairs':>8}  {'subjects':>8}")
        for each in seen.confusions:
            yield Line(f"{each.a} ≠ {each.b}", f"{each.pairs:>8,}  {each.subjects:>8,}", each)
    elif not seen.notes:
        yield Line("Nobody differed here." if seen.row.pairable else "No subject was answered here by two annotators.")
    for note in seen.notes:
        yield Line(note.replace("with --annotators", "with f"))


def matrix_in_words(matrix: Matrix, *, holds_sets: bool) -> str:
    """Whose values stand where, what counts as one value, and what the signs mean."""
    sets = "; several choices together are one value" if holds_sets else ""
    whose = f"{matrix.pair[0]} in rows, {matrix.pair[1]} in columns" if matrix.pair else EVERYBODY
    return f"{whose}{sets} · {LEGEND}"


def cell_in_full(matrix: Matrix, row: int, column: int) -> str:
    """What a cell of the matrix counts, and what share of its row that is."""
    mine, theirs = matrix.labels[row], matrix.labels[column]
    met, total = matrix.at(row, column), matrix.rows[row]
    share = percent(100 * matrix.share(row, column))
    leads = " · enter lists them" if met.pairs else ""
    if matrix.pair:
        a, b = matrix.pair
        return f"{a}: {mine} · {b}: {theirs} · {met.pairs:,} of {total:,} subjects in this row ({share}){leads}"
    both = f"{mine} = {theirs}" if row == column else f"{mine} ≠ {theirs}"
    subjects = f"{met.units:,} subject{'' if met.units == 1 else 's'}"
    return f"{both} · {met.pairs:,} of {total:,} pairs in this row ({share}) · {subjects}{leads}"
