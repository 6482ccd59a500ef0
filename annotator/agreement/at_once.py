"""A row of the agreement table from a table that follows the work: no unit is looked at, no interval is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.agreement.coefficients import alpha, fleiss_kappa, gwet, percent, told
from annotator.agreement.distances import Level
from annotator.agreement.estimates import Interval
from annotator.agreement.field import FieldAgreement
from annotator.agreement.live import LiveTable
from annotator.agreement.tables import Pattern, PatternTable


def following(table: PatternTable) -> LiveTable:
    """Begin to follow what a table holds; categories keep their positions."""
    live = LiveTable(table.choices, q=table.q)
    observed, counts = table.observed.tolist(), table.counts
    codes, repeats = counts.codes.tolist(), counts.counts.astype(int).tolist()
    starts = counts.starts.tolist()
    for start, stop, times in zip(starts[:-1], starts[1:], table.times.tolist(), strict=True):
        values: Pattern = ()
        for entry in range(start, stop):
            values += (observed[codes[entry]],) * repeats[entry]
        live.add(values, times)
    for code, times in zip(observed, table.singles.tolist(), strict=True):
        live.add((code,), times)
    live.add((), table.blank)
    return live


def agree_at_once(live: LiveTable, level: Level, places: Sequence[int] = ()) -> FieldAgreement:
    """All but the interval; `places` as for `LiveTable.sums`. Raises RequestError where values do not fit the level."""
    nominal = live.sums()
    sums = nominal if level == "nominal" else live.sums(level, places)
    return FieldAgreement(
        level=level,
        units=live.units,
        pairable=live.pairable,
        percent=told(percent, nominal),
        alpha=told(alpha, sums),
        interval=Interval(None, None),
        ac1=told(gwet, nominal),
        fleiss_kappa=told(fleiss_kappa, nominal),
    )
