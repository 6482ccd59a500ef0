"""Tell a report page's own words from the report it shows."""

from __future__ import annotations

import re
from typing import NamedTuple

from annotator.formats.page_words import (
    CARD_LINE,
    COUNT_LINE,
    NUMBER_LINE,
    SITE_LINE,
    SOURCE_LINKS,
    TRANSLATED,
    Card,
    card_of,
    is_own_word,
    plain_words,
)


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
