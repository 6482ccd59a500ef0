"""The matrices of the page: pairs of annotators as heat maps, confusions field by field."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import fmean

from annotator.comparing.categories import label
from annotator.comparing.comparison import Comparison
from annotator.comparing.page_parts import head, heat, number, table, text
from annotator.comparing.pair_rows import pair_cells, pair_rows
from annotator.comparing.rows import FieldRow, PairRow
from annotator.errors import RequestError
from annotator.models.outline import FieldOutline

MOST_ANNOTATORS = 30
"""In a heat map; a wider one cannot be read."""
MOST_COLUMNS = 12
"""Pairs of annotators side by side."""
MOST_CATEGORIES = 25
"""In a matrix; beyond, the most frequent confusions are listed."""
LISTED = 15


def pair_parts(comparison: Comparison) -> Iterator[str]:
    """Mean kappa of each two annotators, then their kappa field by field."""
    names = comparison.names
    if not 2 <= len(names) <= MOST_ANNOTATORS:
        if len(names) > MOST_ANNOTATORS:
            yield f"<h3>Pairs of annotators</h3>\n<p>{len(names):,} annotators are too many for a map of pairs.</p>\n"
        return
    try:
        rows = [row for row in pair_rows(comparison) if row.kappa is not None]
    except RequestError as error:
        yield f"<h3>Pairs of annotators</h3>\n<p>{text(error)}</p>\n"
        return
    if rows:
        yield "<h3>Pairs of annotators</h3>\n"
        yield _map(names, rows)
        yield from _by_field(comparison, rows)


def _map(names: list[str], rows: list[PairRow]) -> str:
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row.kappa is not None:
            found[row.a, row.b].append(row.kappa)
            found[row.b, row.a].append(row.kappa)
    cells = ([head(a), *(_mean(found.get((a, b), []), is_self=a == b) for b in names)] for a in names)
    return table("Cohen's kappa of each two annotators, mean over fields", ("", *names), cells)


def _mean(kappas: list[float], *, is_self: bool) -> str:
    if not kappas:
        return heat(None, "—" if is_self else "no overlap", 0)
    mean = fmean(kappas)
    return heat(mean, f"{mean:.2f}", mean, f"{len(kappas)} fields")


def _by_field(comparison: Comparison, rows: list[PairRow]) -> Iterator[str]:
    pairs = sorted({(row.a, row.b) for row in rows})
    if len(pairs) > MOST_COLUMNS:
        return
    found = {(row.field, row.a, row.b): row for row in rows}
    heads = ("Field", *(f"{a} – {b}" for a, b in pairs))
    cells = ([head(field.name), *(_kappa(found.get((field.id, *pair))) for pair in pairs)]
             for field in comparison.compared)  # fmt: skip
    yield table("Cohen's kappa by field and pair of annotators", heads, cells)


def _kappa(row: PairRow | None) -> str:
    if row is None or row.kappa is None:
        return heat(None, "", 0)
    return heat(row.kappa, f"{row.kappa:.2f}", row.kappa, f"{row.units} units")


def confusion_parts(comparison: Comparison, rows: list[FieldRow]) -> Iterator[str]:
    """A matrix for every field that was measured, or its most frequent confusions where that is too wide."""
    yield "<h3>Confusions</h3>\n<p>How many pairs of annotators gave the two values to the same subject.</p>\n"
    for row in rows:
        field = comparison.taxonomy.by_id[row.field]
        try:
            yield _confusions(comparison, field)
        except RequestError as error:
            yield f"<h4>{text(field.name)}</h4>\n<p>{text(error)}</p>\n"


def _confusions(comparison: Comparison, field: FieldOutline) -> str:
    counts: Counter[tuple[int, int]] = Counter()
    for cells in pair_cells(comparison, field).values():
        for pair, times in cells.items():
            counts[min(pair), max(pair)] += times
    known = comparison.categories(field)
    order, moved = known.in_order()
    placed = Counter({(min(moved[a], moved[b]), max(moved[a], moved[b])): n for (a, b), n in counts.items()})
    used = sorted({place for pair in placed for place in pair})
    labels = {place: label(field, order[place]) for place in used}
    title = f"{field.number or ''} {field.name}".strip()
    if len(used) > MOST_CATEGORIES or known.holds_sets:
        return f"<h4>{text(title)}</h4>\n" + _list(title, placed, labels)
    return f"<h4>{text(title)}</h4>\n" + _matrix(title, placed, labels, used)


def _matrix(title: str, placed: Counter[tuple[int, int]], labels: dict[int, str], used: list[int]) -> str:
    most = max(placed.values())
    cells = (
        [head(labels[a]), *(_count(placed[min(a, b), max(a, b)], most) for b in used)] for a in used
    )  # fmt: skip
    return table(f"{title}: pairs of values; the diagonal is agreement", ("", *(labels[b] for b in used)), cells)


def _count(times: int, most: int) -> str:
    return heat(times or None, f"{times:,}" if times else "", times / most)


def _list(title: str, placed: Counter[tuple[int, int]], labels: dict[int, str]) -> str:
    apart = sorted(
        ((n, pair) for pair, n in placed.items() if pair[0] != pair[1]), key=lambda each: (-each[0], each[1])
    )
    if not apart:
        return "<p>Nobody differed.</p>\n"
    cells = ([head(labels[a]), head(labels[b]), number(n, 0)] for n, (a, b) in apart[:LISTED])
    more = f", the first {LISTED} of {len(apart):,}" if len(apart) > LISTED else ""
    return table(f"{title}: most frequent confusions{more}", ("One", "Other", "Pairs"), cells)
