"""Pieces of HTML: safe text, tables, bars with intervals, heat cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from annotator.comparing.rows import FieldRow
from annotator.plain import inert

WIDTH, HEIGHT = 160, 16
"""Size of a bar, for -1 … 1; what lies lower is drawn at the left end."""


def text(words: object) -> str:
    """Foreign text made harmless for a page."""
    return escape(inert(str(words)))


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a caption; cells are finished `<td>` and `<th>` elements, heads are text."""
    top = "".join(f'<th scope="col">{text(head)}</th>' for head in heads)
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{text(caption)}"><table>'
        f"<caption>{text(caption)}</caption>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


def head(words: object) -> str:
    """The head of a row."""
    return f'<th scope="row">{text(words)}</th>'


def cell(words: object) -> str:
    """A cell with words."""
    return f"<td>{text(words)}</td>"


def number(value: float | None, digits: int = 3) -> str:
    """A cell with a number; empty where there is none."""
    return f'<td class="n">{"" if value is None else f"{value:,.{digits}f}"}</td>'


def heat(value: float | None, shown: str, share: float, title: str = "") -> str:
    """A cell whose colour goes with a share of 0 … 1; the number stands in it, so colour is never needed."""
    if value is None:
        return f'<td class="heat why">{text(shown)}</td>'
    depth = max(0.0, min(1.0, share))
    light = 97 - 52 * depth
    ink = "#fff" if light < 58 else "#1b1f24"
    about = f' title="{text(title)}"' if title else ""
    return f'<td class="heat" style="background:hsl(205 55% {light:.0f}%);color:{ink}"{about}>{text(shown)}</td>'


def bar(row: FieldRow) -> str:
    """Alpha as a bar from 0 with its interval; in words for who does not see it."""
    if row.alpha is None:
        return "<td></td>"
    left, right = sorted((_x(0), _x(row.alpha)))
    words = f"alpha {row.alpha:.3f}"
    interval = ""
    if row.alpha_low is not None and row.alpha_high is not None:
        words += f", 95 % interval {row.alpha_low:.3f} to {row.alpha_high:.3f}"
        low, high = _x(row.alpha_low), _x(row.alpha_high)
        interval = f'<path class="mark" fill="none" d="M{low:.1f} 4v8M{low:.1f} 8H{high:.1f}M{high:.1f} 4v8"/>'
    return (
        f'<td><svg role="img" aria-label="{words}" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path class="rail" d="M{_x(0):.1f} 0v{HEIGHT}M{_x(1):.1f} 0v{HEIGHT}"/>'
        f'<rect class="bar" x="{left:.1f}" y="3" width="{right - left:.1f}" height="10" opacity=".55"/>'
        f"{interval}</svg></td>"
    )


def _x(value: float) -> float:
    return (max(-1.0, min(1.0, value)) + 1) / 2 * (WIDTH - 4) + 2
