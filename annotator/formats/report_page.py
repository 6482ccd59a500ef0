"""Read a report page saved from the AI Incident Database's site, as HTML or as copied text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions
from annotator.formats.html_text import HtmlText, is_html
from annotator.formats.keys import incident_key, report_key
from annotator.formats.language import language_of
from annotator.formats.page_parts import PageParts, Related, find_parts
from annotator.formats.page_words import SOURCE_LINKS, plain_words
from annotator.formats.text import TEXT_LIMIT, TextFile, peek
from annotator.models.record import IncidentRecord, Loss, Record, ReportRecord
from annotator.models.subject import Incident, Report

SITE_OF_AIID = "incidentdatabase.ai"
CITE = re.compile(r"/cite/(\d{1,8})\b")
ENDINGS = {".txt", ".md", ".html", ".htm", ".xhtml", ""}


def sniff(path: Path, head: bytes) -> float:
    """Look for the page's anchors; an HTML page must also name AIID's site somewhere."""
    if path.is_dir() or path.suffix.lower() not in ENDINGS:
        return 0.0
    text = peek(head)
    if not is_html(text):
        return 0.95 if find_parts(text) else 0.0
    if path.stat().st_size > TEXT_LIMIT:
        return 0.0
    whole = peek(path.read_bytes())
    return 0.95 if SITE_OF_AIID in whole and find_parts(HtmlText(whole, str(path)).text) else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield the report, its incidents as far as the page shows them, and what was dropped."""
    file = TextFile.find(path, options)
    text = file.read()
    html = HtmlText(text, file.shown) if is_html(text) else None
    known = frozenset(int(found[1]) for href, _ in html.links if (found := CITE.search(href))) if html else frozenset()
    parts = find_parts(html.text if html else text, known)
    if parts is None:
        raise SourceError(
            f"{file.shown}: is no saved report page; expected a line with the report's number, its headline, "
            "and a line `site · year`; save the whole page again, or import the text as text_folder"
        )
    yield _report(parts, file.name, html)
    yield from (_incident(related, parts, file.name) for related in parts.related)
    yield from file.losses()
    yield from _dropped(parts, file.name)


def _report(parts: PageParts, place: str, html: HtmlText | None) -> ReportRecord:
    related = parts.related
    report = Report(
        key=report_key(parts.number),
        title=parts.headline,
        text=parts.body,
        url=_source(html) if html else "",
        image_url=html.meta.get("og:image", "") if html else "",
        source_domain=parts.site,
        language=language_of(parts.body),
        date_published=parts.year,
        extra={"machine_translated": True} if parts.is_translated else {},
    )
    return ReportRecord(report, place, incident_key(related[0].card.incident) if related else "", partial=True)


def _source(html: HtmlText) -> str:
    return next((href for href, text in html.links if plain_words(text) in SOURCE_LINKS), "")


def _incident(related: Related, parts: PageParts, place: str) -> IncidentRecord:
    incident = Incident(
        key=incident_key(related.card.incident),
        title=related.title,
        reports=(report_key(parts.number),),
        extra={"report_count": related.card.reports} if related.card.reports else {},
    )
    return IncidentRecord(incident, place, partial=True)


def _dropped(parts: PageParts, place: str) -> Iterator[Loss]:
    if parts.menu_lines:
        yield Loss("line of the page's menus: left out", place, parts.menu_lines)
    if parts.footer_lines:
        yield Loss("line of the page's footer: left out", place, parts.footer_lines)
    if not parts.has_end:
        yield Loss("no link to the source ends the text: all that follows the headline was kept", place)
    if parts.is_translated:
        yield Loss("the page shows a machine translation: the original text is not in it", place)
    for related in parts.related:
        if related.card.glued:
            incident, count, _ = related.card
            what = f"“{related.line}” runs two numbers together: read as incident {incident} with {count} reports"
            yield Loss(what, place)
