"""The rows of the tables, shaped as the commands print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldRow:
    """How far annotators agree on one field; `percent` is 0 … 100, the coefficients reach up to 1."""

    field: str
    number: str | None
    label: str
    level: str
    units: int
    pairable: int
    percent: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    ac1: float | None
    fleiss_kappa: float | None
    undefined: str | None
    """Why a number is missing."""


@dataclass(frozen=True)
class DetailRow(FieldRow):
    """The same, with every coefficient there is; None where one makes no sense or has no value."""

    brennan_prediger: float | None
    conger_kappa: float | None
    ac2: float | None
    """With ordinal weights on ordered fields, quadratic ones on numeric fields."""
    alpha_jaccard: float | None
    """Of sets, beside MASI in `alpha`."""
    alpha_at_depth: list[float | None] | None
    """Of trees, cut after one step, two steps and so on."""
    alpha_jackknife_low: float | None
    alpha_jackknife_high: float | None
    reasons: dict[str, str]
    """Why each of these is missing."""


@dataclass(frozen=True)
class ChoiceRow:
    """How far annotators agree on one choice of a field."""

    choice: str
    label: str
    specific: float | None
    alpha_one_vs_rest: float | None


@dataclass(frozen=True)
class ShareRow:
    """How often one choice of a field was given."""

    field: str
    choice: str
    label: str
    units: int
    """In how many anybody gave it, whatever they weigh."""
    share: float
    """0 … 100."""


@dataclass(frozen=True)
class PairRow:
    """How far two annotators agree on one field."""

    field: str
    a: str
    b: str
    units: int
    percent: float | None
    kappa: float | None
    pi: float | None
    kappa_linear: float | None
    """Weighted; on ordered and numeric fields alone."""
    kappa_quadratic: float | None
    undefined: str | None
    """Why kappa and pi are missing."""


@dataclass(frozen=True)
class ConfusionRow:
    """Two values that annotators gave to the same subjects."""

    a: Any
    b: Any
    count: int
    subjects: list[str]


@dataclass(frozen=True)
class AnnotatorRow:
    """How one annotator compares on one field with the others, the decided answers, or an earlier self."""

    field: str
    annotator: str
    against: str
    """`rest`, `adjudicated`, or `round 1` and so on for their own answers of an earlier round."""
    units: int
    """Units on which the other side said something too."""
    percent: float | None
    kappa: float | None
    """Cohen's; against the rest, with the pooled values of the others."""
    undefined: str | None
    """Why a number is missing."""
    accuracy: float | None = None
    """Dawid–Skene: the chance of giving the likely answer; beside `rest` alone."""
    competence: float | None = None
    """MACE: the chance of knowing and not guessing; beside `rest` alone."""


@dataclass(frozen=True)
class Disagreement:
    """One field of one subject on which annotators differ."""

    subject: str
    field: str
    label: str
    answers: dict[str, Any]
    """What each annotator said: the value, or `(state)`."""
    ruled: Any
    """The decision, or None."""


@dataclass(frozen=True)
class LikelyDisagreement(Disagreement):
    """The same, with the answer that is likely, judged by how reliable each annotator is."""

    likely: Any
    """By Dawid and Skene; None where no subject has three annotators, or the field is not compared."""
    likelihood: float | None
    """How likely it is, 0 … 1."""
