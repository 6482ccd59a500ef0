"""Figures of agreement as words, and intervals drawn in a line."""

from __future__ import annotations

from collections.abc import Iterable

from annotator.desk.comparison.figures import FieldsSeen
from annotator.desk.comparison.policy import Scope, read_policy
from annotator.desk.comparison.rows import FieldRow
from annotator.model.rounds import FIRST, short
from annotator.store.team.samples import AfterOthers

STATE_WORDS = {
    "": "the usual way",
    "answered": "answered values only",
    "empty=value,unknown=value,not_applicable=value,hidden=value": "each a category",
}
"""Policies to choose from, as `read_policy` takes them, in words."""
AFTER_OTHERS: dict[AfterOthers, str] = {"": "left out where blind", "count": "counts", "leave-out": "left out"}
"""What becomes of what was handed in after others' answers were open, in words."""


def ranked(rows: Iterable[FieldRow]) -> list[FieldRow]:
    """Worst α first; fields without one last, those with units in common before the others."""
    return sorted(rows, key=lambda row: (row.alpha is None, row.alpha or 0, not row.pairable))


def name_of(row: FieldRow) -> str:
    """Number and label of a field."""
    return f"{row.number or ''} {row.label or row.field}".strip()


def figure(value: float | None) -> str:
    """Two digits, a real minus; a dash where there is none."""
    if value is None:
        return "—"
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def percent(value: float | None) -> str:
    """A share of a hundred; whole, and 100 only for all of them."""
    if value is None:
        return "—"
    return f"{min(round(value), 99) if value < 100 else 100} %"


def scale_start(rows: Iterable[FieldRow]) -> float:
    """Where the bars begin, so that every α and interval of a list has room: 0, −½ or −1."""
    least = min((low for row in rows if (low := _least(row)) is not None), default=0.0)
    return 0.0 if least >= 0 else -0.5 if least >= -0.5 else -1.0


def _least(row: FieldRow) -> float | None:
    return row.alpha if row.alpha_low is None or row.alpha is None else min(row.alpha, row.alpha_low)


def bar(row: FieldRow, cells: int, start: float) -> str:
    """Draw α as a bar from zero, with its interval: `░░░├──■──┤`."""
    if row.alpha is None:
        return " " * cells
    zero, at = _place(0, cells, start), _place(row.alpha, cells, start)
    drawn = [" "] * cells
    drawn[min(zero, at) : max(zero, at)] = "░" * abs(at - zero)
    if row.alpha_low is not None and row.alpha_high is not None:
        low, high = _place(row.alpha_low, cells, start), _place(row.alpha_high, cells, start)
        drawn[low : high + 1] = "─" * (high + 1 - low)
        drawn[low], drawn[high] = "├", "┤"
    if start < 0 and drawn[zero] not in "├┤":
        drawn[zero] = "┼" if drawn[zero] == "─" else "┊"
    drawn[at] = "■"
    return "".join(drawn)


def scale(cells: int, start: float) -> str:
    """The head over the bars: where they begin, zero, and 1."""
    drawn = list(" " * cells)
    for value in (1.0, 0.0, start):  # what would touch a more important one is left out
        words = f"{value:g}".replace("-", "−")
        at = min(_place(value, cells, start), cells - len(words))
        if not "".join(drawn[max(0, at - 1) : at + len(words) + 1]).strip():
            drawn[at : at + len(words)] = words
    return "".join(drawn)


def _place(value: float, cells: int, start: float) -> int:
    return round((min(max(value, start), 1.0) - start) / (1 - start) * (cells - 1))


def row_in_words(row: FieldRow) -> str:
    """Spell a line out, with the reason where a figure is missing."""
    counted = f"n {row.pairable:,} of {row.units:,}"
    if row.alpha is None and row.percent is None:
        return f"{row.undefined or 'undefined'} · {counted}"
    parts = [
        f"α {figure(row.alpha)} {interval(row)}".strip(),
        f"{percent(row.percent)} agree",
        f"AC1 {figure(row.ac1)}",
        f"κ {figure(row.fleiss_kappa)}",
        row.level,
        counted,
    ]
    return " · ".join([*([row.undefined] if row.undefined else []), *parts])


def interval(row: FieldRow) -> str:
    """The bounds in brackets; nothing where there are none."""
    if row.alpha_low is None or row.alpha_high is None:
        return ""
    return f"[{figure(row.alpha_low)} … {figure(row.alpha_high)}]"


def filters_in_words(scope: Scope) -> list[str]:
    """What is compared, as far as it is not everything of the first round."""
    words = [f"round {short(scope.round)}"] if scope.round != FIRST else []
    words += [", ".join(scope.annotators)] if scope.annotators else []
    words += [f"from {scope.since}"] if scope.since else []
    words += [f"until {scope.until}"] if scope.until else []
    if policy := policy_text(scope):
        words.append(f"states: {STATE_WORDS[policy]}")
    words += ["as it shows now"] if scope.hand_in == "last" else []
    words += [f"after others: {AFTER_OTHERS[scope.after_others]}"] if scope.after_others else []
    return [*words, "drafts too"] if scope.drafts else words


def beside_in_words(seen: FieldsSeen) -> str:
    """Whose work it is, what was left out, and how states count."""
    return f"{seen.brief} · states: {STATE_WORDS[policy_text(seen.scope)]}"


def policy_text(scope: Scope) -> str:
    """The policy of a scope as `STATE_WORDS` names it."""
    return next((text for text in STATE_WORDS if read_policy(text) == scope.states), "")
