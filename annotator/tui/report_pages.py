"""What the report pane shows of a subject: one page per report, and one about an incident itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from annotator.models.subject import Report, SubjectView


class Page(NamedTuple):
    """A text to read; evidence can be quoted only from a report."""

    place: str
    """Such as `report 1 of 4`."""
    source: str
    """Where and when it was published."""
    title: str
    text: str
    report: Report | None = None


def pages_of(subject: SubjectView) -> list[Page]:
    """The pages of a subject in order; an incident begins with a page about itself."""
    count = len(subject.reports)
    pages = [_about(subject)] if subject.kind == "incident" or not count else []
    for number, report in enumerate(subject.reports, 1):
        place = f"report {number} of {count}" if subject.kind == "incident" else report.standing
        pages.append(Page(place, _source(report), report.title, report.text, report))
    return pages


def first_page(pages: list[Page]) -> int:
    """Where reading begins: the first report with a text, else the first page."""
    return next((place for place, page in enumerate(pages) if page.report and page.text.strip()), 0)


def page_of(pages: list[Page], report_key: str) -> int | None:
    """The page of a report."""
    return next((place for place, page in enumerate(pages) if page.report and page.report.key == report_key), None)


def _source(report: Report) -> str:
    date = report.date_published or report.date_submitted
    return "  ".join(part for part in (report.source_domain, date, report.language) if part)


def _about(subject: SubjectView) -> Page:
    return Page("about the incident", subject.date, subject.title, "\n".join(_about_lines(subject)))


def _about_lines(subject: SubjectView) -> Iterator[str]:
    if subject.description:
        yield subject.description
    for role in ("deployer", "developer", "harmed", "implicated"):
        names = [entity.name for entity in subject.entities if entity.role == role]
        if names:
            yield f"\n{role}: {', '.join(names)}"
    if subject.missing_reports:
        yield f"\nReports that were not imported: {', '.join(subject.missing_reports)}"
    if not subject.reports:
        yield "\nNo report of it was imported, so there is nothing to quote as evidence."
