"""How the figures of the page were made, for readers who check them."""

from __future__ import annotations

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
        "other; by steps along the branches for trees.",
    ),
    (
        "Intervals",
        "95 % percentile intervals from a seeded bootstrap over units. Where a field has so many different values "
        "that resampling would be too dear, a jackknife takes its place.",
    ),
    (
        "AC1 and Fleiss' kappa",
        "Both treat values as equal or different. They expect chance differently, so they part where one value "
        "prevails; percent agreement, alpha and AC1 stand side by side for that reason. The number of categories "
        "comes from the taxonomy; for open fields it is the number of values that occur.",
    ),
    (
        "Pairs",
        "Cohen's kappa of two annotators on the units that both answered. Confusions count pairs of annotators.",
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
STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --bar: #2f6f9f; --mark: #0b3a5b; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: #fff; margin: 2rem auto;
  max-width: 78rem; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; }
nav ul { padding-left: 1.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; margin: .5rem 0 1.5rem; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .5rem; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.heat { text-align: center; font-variant-numeric: tabular-nums; border: 1px solid var(--line); }
svg { display: block; }
svg .rail { stroke: var(--line); }
svg .bar { fill: var(--bar); }
svg .mark { stroke: var(--mark); stroke-width: 2; }
.why { color: var(--soft); }
@media print {
  body { margin: 0; max-width: none; font-size: 10pt; }
  nav { display: none; }
  .wide { overflow: visible; }
  table { font-size: 8pt; }
  thead { display: table-header-group; }
  tr, figure { break-inside: avoid; }
  section { break-before: page; }
  td.heat, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
