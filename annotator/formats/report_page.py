"""Read a report page saved from the AI Incident Database's site, as HTML or as copied text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from annotator.errors import SourceError
from annotator.files import is_folder
from annotator.formats.format import ReadOptions, incident_key, report_key
from annotator.formats.text.html import HtmlText, refuse_endless
from annotator.formats.text.language import language_of
from annotator.formats.text.reading import TextFile, is_html, peek
from annotator.model.record import IncidentRecord, Loss, Record, ReportRecord
from annotator.model.subject import Incident, Report

REPORT = "Report|Reporte|Informe|Problema|Rapport|Problème|レポート|イシュー"
INCIDENT = "Incidente?|インシデント"
REPORTS = "Reports?|Reportes?|Informes?|Rapports?|件のレポート|レポート|件"
SOURCE_LINKS = {"read the source", "leer la fuente", "lire la source", "情報源を読む"}
RELATED = {"associated incidents", "incidentes asociados", "incidents associés", "関連インシデント"}
WAITING = {"loading", "cargando", "chargement", "読み込み中"}
TRANSLATED = {"ai translated", "traducido por ia", "traduit par ia", "自動翻訳済み"}
BUTTONS = {"view original", "ver original", "voir l'original", "オリジナルを表示"}

NUMBER_LINE = re.compile(rf"(?:{REPORT})\s*+(?:#\s*+)?(\d{{1,8}})(?:\s*[:：]\s*(.+))?")
CARD_LINE = re.compile(
    rf"(?:{INCIDENT})\s*+(?:#\s*+)?(\d{{1,10}})(?:(?:[\s·]++(\d{{1,10}}))?\s*+({REPORTS}))?", re.IGNORECASE
)
COUNT_LINE = re.compile(rf"(\d{{1,10}})\s*+(?:{REPORTS})", re.IGNORECASE)
SITE_LINE = re.compile(r"(?=[^\s·]+?\.[^\s·])([^\s·]++)\s*+·\s*+(?:(\d{4})(?:-\d\d)*|\D+)")


class Card(NamedTuple):
    """The number of a related incident and of its reports, and whether the two ran together."""

    incident: int
    reports: int = 0
    glued: bool = False


def plain_words(line: str) -> str:
    """A line in the spelling of the sets above."""
    return line.strip().rstrip(".…").lower().replace("’", "'")


def is_own_word(line: str) -> bool:
    """Whether a line belongs to the interface rather than to what it shows."""
    return plain_words(line) in RELATED | WAITING | TRANSLATED | BUTTONS


def card_of(line: str, known: frozenset[int] = frozenset()) -> Card | None:
    """Read the line of an incident's card, or None when it is something else.

    Copied text runs its two labels together: `Incident 107` and `2 Report` become
    `Incident 1072 Report`. `known` incident numbers (from links) settle where to cut;
    without them the count gets the fewest digits that make a count.
    """
    found = CARD_LINE.fullmatch(line.strip())
    if not found:
        return None
    digits, count, label = found.groups()
    if count or not label:
        return Card(int(digits), int(count or 0))
    cuts = [at for at in range(len(digits) - 1, 0, -1) if digits[at] != "0"]
    if int(digits) in known or not cuts:
        return Card(int(digits))
    settled = [at for at in cuts if int(digits[:at]) in known]
    cut = (settled or cuts)[0]
    return Card(int(digits[:cut]), int(digits[cut:]), glued=not settled)


class Related(NamedTuple):
    """A related incident as its card shows it."""

    card: Card
    title: str
    line: str


class PageParts(NamedTuple):
    """What a report page holds."""

    number: int
    related: list[Related]
    headline: str
    site: str
    year: str
    body: str
    is_translated: bool
    menu_lines: int
    footer_lines: int
    has_end: bool
    """Whether the link to the source was found, which ends the body."""


def find_parts(text: str, known: frozenset[int] = frozenset()) -> PageParts | None:
    """Take a report page apart, or return None when the text is none.

    Its anchors are the line of the report's number and, below, the line `site · year`;
    `known` are incident numbers that links on the page name.
    """
    lines = [line.strip() for line in text.split("\n")]
    anchors = _anchors(lines)
    if anchors is None:
        return None
    number_at, number, site_at, site = anchors
    headline_at = _headline(lines, number_at, site_at)
    body_at, end_at = _body(lines, site_at)
    return PageParts(
        number=int(number[1]),
        related=_related(lines[number_at + 1 : headline_at], known),
        headline=lines[headline_at] if headline_at > number_at else number[2] or "",
        site=site[1],
        year=site[2] or "",
        body="\n".join(lines[body_at:end_at]).strip(),
        is_translated=any(plain_words(line) in TRANSLATED for line in lines[site_at:body_at]),
        menu_lines=_written(lines[:number_at]),
        footer_lines=_written(lines[end_at + 1 :]),
        has_end=end_at < len(lines),
    )


def _anchors(lines: list[str]) -> tuple[int, re.Match[str], int, re.Match[str]] | None:
    """The last number line above the first site line below any number line, and that site line."""
    number_at, number = -1, None
    for at, line in enumerate(lines):
        if found := NUMBER_LINE.fullmatch(line):
            number_at, number = at, found
        elif number and (site := SITE_LINE.fullmatch(line)):
            return number_at, number, at, site
    return None


def _headline(lines: list[str], number_at: int, site_at: int) -> int:
    """The last line above the site that is the report's; the number's own line when there is none."""
    for at in range(site_at - 1, number_at, -1):
        if lines[at] and not is_own_word(lines[at]):
            return number_at if CARD_LINE.fullmatch(lines[at]) or COUNT_LINE.fullmatch(lines[at]) else at
    return number_at


def _body(lines: list[str], site_at: int) -> tuple[int, int]:
    """Where the report's own text begins and where the link to its source ends it."""
    end_at = next((at for at in range(site_at, len(lines)) if plain_words(lines[at]) in SOURCE_LINKS), len(lines))
    own = (at for at in range(site_at + 1, end_at) if lines[at] and not is_own_word(lines[at]))
    return next(own, end_at), end_at


def _related(lines: list[str], known: frozenset[int]) -> list[Related]:
    found: list[Related] = []
    for line in (line for line in lines if line and not is_own_word(line)):
        card, count = card_of(line, known), COUNT_LINE.fullmatch(line)
        if card:
            found.append(Related(card, "", line))
        elif found and count:
            found[-1] = found[-1]._replace(card=found[-1].card._replace(reports=int(count[1])))
        elif found and not found[-1].title:
            found[-1] = found[-1]._replace(title=line)
    return found


def _written(lines: list[str]) -> int:
    return sum(bool(line) for line in lines)


SITE_OF_AIID = "incidentdatabase.ai"
LOOKED_AT = 2 << 20
"""Bytes of a page in which its site and the head of its report stand."""
CITE = re.compile(r"/cite/(\d{1,8})\b")
ENDINGS = {".txt", ".md", ".html", ".htm", ".xhtml", ""}


def sniff(path: Path, head: bytes) -> float:
    """Look for the page's anchors; an HTML page must also name AIID's site somewhere."""
    if is_folder(path) or path.suffix.lower() not in ENDINGS:
        return 0.0
    text = peek(head)
    if not is_html(text):
        return 0.95 if find_parts(text) else 0.0
    with path.open("rb") as file:
        beginning = peek(file.read(LOOKED_AT))
    refuse_endless(beginning, str(path))
    return 0.95 if SITE_OF_AIID in beginning and find_parts(HtmlText(beginning).text) else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield the report, its incidents as far as the page shows them, and what was dropped."""
    file = TextFile.find(path, options)
    text = file.read()
    refuse_endless(text, file.shown)
    html = HtmlText(text) if is_html(text) else None
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
