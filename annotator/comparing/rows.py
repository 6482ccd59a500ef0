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
class ChoiceRow:
    """How far annotators agree on one choice of a field."""

    choice: str
    label: str
    specific: float | None
    alpha_one_vs_rest: float | None


@dataclass(frozen=True)
class PairRow:
    """How far two annotators agree on one field."""

    field: str
    a: str
    b: str
    units: int
    percent: float | None
    kappa: float | None


@dataclass(frozen=True)
class ConfusionRow:
    """Two values that annotators gave to the same subjects."""

    a: Any
    b: Any
    count: int
    subjects: list[str]


@dataclass(frozen=True)
class AnnotatorRow:
    """How one annotator compares with all others on one field."""

    field: str
    annotator: str
    units: int
    """Units on which somebody else said something too."""
    percent: float | None
    kappa: float | None
    """Cohen's, of this annotator's values with the pooled values of the others."""
    accuracy: float | None
    """Dawid–Skene: the chance of giving the likely answer; None where fewer than three overlap."""
    competence: float | None
    """MACE: the chance of knowing and not guessing; None where fewer than three overlap."""


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
