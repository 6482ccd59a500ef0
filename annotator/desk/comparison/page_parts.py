"""Pieces of HTML: safe text, tables, bars with intervals, heat cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from annotator.desk.comparison.rows import FieldRow
from annotator.plain import inert

WIDTH, HEIGHT = 150, 16
"""Size of a bar."""
LIMITS = (2 / 3, 0.8)
"""Alpha below which Krippendorff would conclude nothing, and below which tentatively."""
NARROW = 5
"""Columns that fit any screen; wider tables can be scrolled with the keyboard."""


def text(words: object) -> str:
    """Foreign text made harmless for a page."""
    return escape(inert(str(words)))


def anchor(*names: str) -> str:
    """A place on the page that links can name."""
    return "-".join(re.sub(r"[^\w.]+", "_", name) for name in names)


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table with a caption; heads are finished `<th>` elements, cells `<td>` and `<th>` ones."""
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
    scrolls = f' role="group" tabindex="0" aria-label="{text(caption)}"' if len(heads) > NARROW else ""
    return (
        f'<div class="wide"{scrolls}><table{_class(kind)}>'
        f"<caption>{text(caption)}</caption>\n<thead><tr>{''.join(heads)}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>\n"
    )


def column(words: object = "", kind: str = "") -> str:
    """The head of a column; one without words is an empty cell."""
    return f'<th scope="col"{_class(kind)}>{text(words)}</th>' if words else "<td></td>"


def columns(*words: str) -> list[str]:
    """Heads of columns."""
    return [column(each) for each in words]


def pair_column(a: str, b: str) -> str:
    """The head of a column about two annotators, broken between their names alone."""
    return f'<th scope="col"><span class="name">{text(a)} –</span> <span class="name">{text(b)}</span></th>'


def head(words: object, beside: str = "", target: str = "") -> str:
    """The head of a row, linked to a place on the page, with something finished beside it."""
    shown = f'<a href="#{target}">{text(words)}</a>' if target else text(words)
    return f'<th scope="row">{shown}{beside}</th>'


def small(words: object) -> str:
    """Words that stand back."""
    return f"<small>{text(words)}</small>"


def cell(words: object) -> str:
    """A cell with words."""
    return f"<td>{text(words)}</td>"


def number(value: float | None, digits: int = 3) -> str:
    """A cell with a number; empty where there is none."""
    return f'<td class="n">{shown(value, digits)}</td>'


def shown(value: float | None, digits: int = 3) -> str:
    """A number with so many digits, and no minus before nothing."""
    return "" if value is None else f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")


def interval(row: FieldRow) -> str:
    """Both ends of the interval of alpha in words."""
    if row.alpha_low is None or row.alpha_high is None:
        return ""
    return f"{shown(row.alpha_low)} to {shown(row.alpha_high)}"


def heat(words: str, share: float | None, beside: str = "") -> str:
    """A cell whose colour goes with a share of 0 … 1; what it stands for is written in it, so colour is not needed."""
    if share is None:
        return f'<td class="heat none">{text(words)}{beside}</td>'
    depth = max(0.0, min(1.0, share))
    return f'<td class="heat" style="--share:{depth:.2f}">{text(words)}{beside}</td>'


def bar(row: FieldRow, lowest: float) -> str:
    """Alpha as a bar from 0 with its interval on a line from `lowest` to 1; in words for who does not see it."""
    if row.alpha is None:
        return "<td></td>"
    left, right = sorted((_x(0, lowest), _x(row.alpha, lowest)))
    words, mark = f"alpha {shown(row.alpha)}", ""
    if row.alpha_low is not None and row.alpha_high is not None:
        words += f", 95 % interval {interval(row)}"
        low, high = _x(row.alpha_low, lowest), _x(row.alpha_high, lowest)
        mark = f'<path class="mark" d="M{low:.1f} 4v8M{low:.1f} 8H{high:.1f}M{high:.1f} 4v8"/>'
    rails = "".join(f"M{_x(place, lowest):.1f} 0v{HEIGHT}" for place in (0, 1))
    limits = "".join(f"M{_x(place, lowest):.1f} 0v{HEIGHT}" for place in LIMITS)
    return (
        f'<td><svg role="img" aria-label="{words}" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path class="limit" d="{limits}"/><path class="rail" d="{rails}"/>'
        f'<rect class="bar" x="{left:.1f}" y="3" width="{right - left:.1f}" height="10"/>{mark}</svg></td>'
    )


def _x(value: float, lowest: float) -> float:
    return (max(lowest, min(1.0, value)) - lowest) / (1 - lowest) * (WIDTH - 4) + 2


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


METHODS = (
    (
        "Units and values",
        "A unit is one field of one subject. Each annotator counts once for it, with the latest answer of the round. "
        "Units with fewer than two values cannot be compared; they are counted and left out of every coefficient.",
    ),
    (
        "Percent agreement",
        "The share of pairs of annotators who gave the same value, averaged over the units that can be compared. "
        "It makes no allowance for chance: where one value is given almost always, it is high whatever happens.",
    ),
    (
        "Krippendorff's alpha",
        "One minus observed disagreement over the disagreement expected if values were dealt out at random. "
        "1 is perfect, 0 is what chance would do, below 0 is worse. Differences are measured at the field's level: "
        "equal or not for nominal fields; by ranks for ordinal ones; by squared distance for interval ones, relative "
        "to size for ratio ones; by MASI for sets, which counts shared members and whether one set contains the "
        "other; by steps along the branches for trees. Dashed lines in the bars mark 0.667 and 0.8, below which "
        "Krippendorff would draw tentative conclusions only, or none.",
    ),
    (
        "Intervals",
        "95 % percentile intervals from a seeded bootstrap over units. Where a field has so many different values "
        "that resampling would be too dear, a jackknife takes its place.",
    ),
    (
        "Design weights",
        "Where the notes above say that figures are weighted, each unit counts as often as one over its inclusion "
        "probability, scaled so that the weights sum to the number of units (Horvitz and Thompson; Hájek). Units "
        "that one annotator classified take no part then. Intervals resample units with their weights, whatever "
        "their stratum, so they are rather too wide than too narrow. Pairs and confusions are counted unweighted.",
    ),
    (
        "AC1 and Fleiss' kappa",
        "Both treat values as equal or different. They expect chance differently, so they part where one value "
        "prevails; percent agreement, alpha and AC1 stand side by side for that reason. The number of categories "
        "comes from the taxonomy; for open fields it is the number of values that occur.",
    ),
    (
        "Pairs and confusions",
        "Cohen's kappa of two annotators on the units that both answered. Confusions count pairs of annotators: of "
        "three who answered a unit, each two are one pair. A table of confusions reads the same by rows and by "
        "columns.",
    ),
    (
        "What is undefined",
        "Without a shared unit, or when everybody gave the same value everywhere, a coefficient has no value. "
        "The cell is then empty and the reason stands beside it.",
    ),
)
SOURCES = (
    "K. Krippendorff, Content Analysis: An Introduction to Its Methodology, 4th ed. (2018), ch. 12",
    "K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011)",
    "A. F. Hayes & K. Krippendorff, Answering the Call for a Standard Reliability Measure for Coding Data (2007)",
    "K. L. Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014)",
    "J. L. Fleiss, Measuring Nominal Scale Agreement among Many Raters (1971)",
    "J. Cohen, A Coefficient of Agreement for Nominal Scales (1960)",
    "R. J. Passonneau, Measuring Agreement on Set-valued Items (MASI) (2006)",
    "R. Artstein & M. Poesio, Inter-Coder Agreement for Computational Linguistics (2008)",
)
