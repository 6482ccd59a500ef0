"""What a classification is about: incidents and the reports they group.

Keys are `source:id`. An AIID incident 107 is `aiid:107`, AIID's report 1928 is
`aiid:r1928`: the two are numbered apart there, so the letter keeps them apart here.
"""

from __future__ import annotations

from typing import Any, Literal

from annotator.model.frozen import Frozen

EntityRole = Literal["deployer", "developer", "harmed", "implicated"]
ReportStanding = Literal["report", "submission", "candidate"]
"""`submission`: sent in, not yet accepted; `candidate`: named by another report as related."""


class EntityLink(Frozen):
    """A named party of an incident and its part in it."""

    name: str
    role: EntityRole


class Report(Frozen):
    """One document. Dates are ISO text, as exact as the source gives them."""

    key: str
    title: str = ""
    text: str = ""
    url: str = ""
    source_domain: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    submitters: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    date_published: str = ""
    date_submitted: str = ""
    date_modified: str = ""
    date_downloaded: str = ""
    image_url: str = ""
    standing: ReportStanding = "report"
    related_to: str = ""
    """For candidates: the key of the report that named it."""
    extra: dict[str, Any] = {}
    """Whatever else the source said about it, kept as it came."""


class Incident(Frozen):
    """One event; groups reports."""

    key: str
    title: str = ""
    description: str = ""
    date: str = ""
    reports: tuple[str, ...] = ()
    """Keys of its reports, in order; some may not be here yet."""
    entities: tuple[EntityLink, ...] = ()
    extra: dict[str, Any] = {}


class SubjectView(Frozen):
    """A subject with everything needed to read it."""

    key: str
    kind: Literal["incident", "report"]
    title: str
    description: str = ""
    date: str = ""
    reports: tuple[Report, ...] = ()
    """The reports of an incident in order, or the one report itself."""
    missing_reports: tuple[str, ...] = ()
    """Keys of reports the source lists but that were never imported."""
    entities: tuple[EntityLink, ...] = ()
