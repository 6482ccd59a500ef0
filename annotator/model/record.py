"""What the readers of foreign files yield, before anything is checked against a taxonomy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from annotator.model.classification import Status
from annotator.model.frozen import Frozen
from annotator.model.handing_in.revisions import Told
from annotator.model.provenance import Provenance
from annotator.model.subject import Incident, Report


class ReportRecord(NamedTuple):
    """A report as one source tells it."""

    report: Report
    place: str
    """Where it stood, for messages: `reports.csv row 12`."""
    incident: str = ""
    """The key of the incident it belongs to, when the source says so."""
    partial: bool = False
    """The source knows only part of it: fill gaps, overwrite nothing."""


class IncidentRecord(NamedTuple):
    """An incident as one source tells it."""

    incident: Incident
    place: str
    partial: bool = False


class RawValue(NamedTuple):
    """One value of a classification, still in the source's words.

    `name` is the source's name of the field and `nth` counts equal names from 0
    (AIID's CSETv1 has two called "AI System"). With form `cell`, `value` is the text
    of a spreadsheet cell, lists still joined; with `json` it is a decoded value;
    with `id` field and choices are already this project's ids.
    """

    name: str
    value: Any
    nth: int = 0
    form: Literal["cell", "json", "id"] = "cell"


class ClassificationRecord(Frozen):
    """A classification as one source tells it."""

    subject: str
    taxonomy: str
    """The source's namespace without the annotator's copy: CSETv1, not CSETv1_Annotator-1."""
    version: int | None = None
    """The version it was made under, when the source says so."""
    annotator: str
    round: int = 1
    values: tuple[RawValue, ...]
    publish: bool | None = None
    status: Status | None = None
    notes: str | None = None
    """None of the three is told by a source that does not know: what is here stays."""
    made_by: Provenance | None = None
    """Who or what made it; None when the source does not say, and what is known here stays."""
    provenance: dict[str, dict[str, Any]] = {}
    """By field, of an adjudicated classification: where each answer comes from."""
    hand_in: Told | None = None
    """What is told of its hand-ins beside what shows; of first answers the ids of the source."""
    place: str
    extra: dict[str, Any] = {}


class Loss(NamedTuple):
    """What could not be carried over, where, and how often."""

    what: str
    where: str
    times: int = 1


MOST_PLACES, MOST_LOSSES = 1_000, 20_000
ELSEWHERE = "further places"


NUMBER = re.compile("[0-9]+")


def in_order_of_numbers(place: str) -> str:
    """A text by which places sort as they stand in a source, `item 9` before `item 10`."""
    return NUMBER.sub(lambda found: found[0].zfill(20), place)


class Losses:
    """What could not be carried over, each with how often: of one kind and of all so many, the rest counted only."""

    def __init__(self) -> None:
        """Start with nothing lost."""
        self._times: Counter[tuple[str, str]] = Counter()
        self._places: Counter[str] = Counter()

    def add(self, what: str, where: str, times: int = 1) -> None:
        """Count something; a place beyond those that are listed is counted with the others."""
        if (what, where) not in self._times:
            if what not in self._places and len(self._times) >= MOST_LOSSES:
                what = "what else could not be carried over"
            if self._places[what] >= MOST_PLACES or len(self._times) >= MOST_LOSSES:
                where = ELSEWHERE
            self._places[what] += 1
        self._times[what, where] += times

    def __iter__(self) -> Iterator[Loss]:
        """By kind and place, where item 9 comes before item 10."""
        in_order = sorted(self._times.items(), key=lambda each: (each[0][0], in_order_of_numbers(each[0][1])))
        return (Loss(what, where, times) for (what, where), times in in_order)


class Unfit(NamedTuple):
    """Something of a source that cannot be kept as what it was meant to be: it is kept aside, with the reason."""

    place: str
    problem: str
    value: str = ""
    """As it stood there, as far as anybody may see it."""
    subject: str = ""
    taxonomy: str = ""
    annotator: str = ""


Record = ReportRecord | IncidentRecord | ClassificationRecord | Loss | Unfit
"""A reader is a function from a path to an iterator of these."""


class ImportIssue(Frozen):
    """A value of a source that does not fit, and why."""

    source: str
    place: str
    subject: str = ""
    taxonomy: str = ""
    annotator: str = ""
    field: str = ""
    value: str = ""
    problem: str
    found_at: str = ""
