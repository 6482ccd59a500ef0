"""One field with every coefficient, a line for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotator.cli.agreement_documents import interval, number
from annotator.cli.fitting import write_fitting
from annotator.cli.printing import write_line

NAMES = {
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "brennan_prediger": "Brennan-Prediger",
    "ac1": "Gwet's AC1",
    "ac2": "Gwet's AC2, weighted",
    "alpha_jaccard": "Alpha by Jaccard",
}


def write_detail(row: Mapping[str, Any]) -> list[str]:
    """Print the field and its coefficients with what is missing and why; gives the heads left out."""
    title = " ".join(filter(None, (row["number"], row["label"])))
    write_line(f"{title} ({row['field']}), {row['level']}: {row['units']:,} units, {row['pairable']:,} pairable")
    write_line()
    return write_fitting(("COEFFICIENT", "VALUE", "WHY"), list(_lines(row)))


def _lines(row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    why, reasons = row["undefined"] or "", row["reasons"]
    yield "Percent agreement", number(row["percent"], 1), "" if row["percent"] is not None else why
    yield "Krippendorff's alpha", number(row["alpha"]), "" if row["alpha"] is not None else why
    yield "  95 % by bootstrap", interval(row["alpha_low"], row["alpha_high"]), ""
    low, high = row["alpha_jackknife_low"], row["alpha_jackknife_high"]
    yield "  95 % by jackknife", interval(low, high), reasons.get("alpha_jackknife", "")
    for depth, value in enumerate(row["alpha_at_depth"] or (), 1):
        yield f"  cut at depth {depth}", number(value), "" if value is not None else "one category is left"
    for name, words in NAMES.items():
        missing = reasons.get(name, reasons.get("all", why))
        yield words, number(row[name]), "" if row[name] is not None else missing
