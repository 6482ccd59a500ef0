"""The pairs of annotators on the page, as heat maps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import fmean

from annotator.comparing.comparison import Comparison
from annotator.comparing.page_parts import anchor, column, columns, head, heat, pair_column, shown, small, table, text
from annotator.comparing.pair_rows import pair_rows
from annotator.comparing.rows import PairRow
from annotator.errors import RequestError

MOST_ANNOTATORS = 30
"""In a heat map; a wider one cannot be read."""
MOST_COLUMNS = 10
"""Pairs of annotators side by side."""


def pair_parts(comparison: Comparison) -> Iterator[str]:
    """Mean kappa of each two annotators, then their kappa field by field."""
    names = comparison.names
    if len(names) < 2:
        return
    title = f'<h3 id="{anchor(comparison.taxonomy.namespace, "pairs")}">Pairs of annotators</h3>\n'
    if len(names) > MOST_ANNOTATORS:
        yield f"{title}<p>{len(names):,} annotators are too many for a map of pairs.</p>\n"
        return
    try:
        rows = pair_rows(comparison)
    except RequestError as error:
        yield f"{title}<p>{text(error)}</p>\n"
        return
    if rows:
        yield title
        yield _map(names, rows)
        yield from _by_field(comparison, rows)


def _map(names: list[str], rows: list[PairRow]) -> str:
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row.kappa is not None:
            found[row.a, row.b].append(row.kappa)
            found[row.b, row.a].append(row.kappa)
    cells = ([head(a), *(_mean(found.get((a, b), []), is_self=a == b) for b in names)] for a in names)
    caption = "Cohen's kappa of each two annotators, mean over fields; small: how many fields"
    return table(caption, columns("Annotator", *names), cells, "matrix few")


def _mean(kappas: list[float], *, is_self: bool) -> str:
    if not kappas:
        return heat("" if is_self else "none", None)
    mean = fmean(kappas)
    return heat(f"{shown(mean, 2)} ", mean, small(len(kappas)))


def _by_field(comparison: Comparison, rows: list[PairRow]) -> Iterator[str]:
    pairs = sorted({(row.a, row.b) for row in rows})
    if len(pairs) > MOST_COLUMNS:
        return
    found = {(row.field, row.a, row.b): row for row in rows}
    heads = [column("Field"), *(pair_column(a, b) for a, b in pairs)]
    cells = ([head(field.name), *(_kappa(found.get((field.id, *pair))) for pair in pairs)]
             for field in comparison.compared)  # fmt: skip
    caption = "Cohen's kappa by field and pair; small: how many units both answered; – where kappa has no value"
    yield table(caption, heads, cells, "matrix")


def _kappa(row: PairRow | None) -> str:
    if row is None:
        return heat("", None)
    if row.kappa is None:
        return heat("– ", None, small(f"{row.units:,}"))
    return heat(f"{shown(row.kappa, 2)} ", row.kappa, small(f"{row.units:,}"))
