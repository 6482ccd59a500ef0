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
        "other; by steps along the branches for trees. Dashed lines in the bars mark 0.667 and 0.8, below which "
        "Krippendorff would draw tentative conclusions only, or none.",
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
