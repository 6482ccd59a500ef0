"""The words of AIID's own interface on a report page, in its four languages."""

from __future__ import annotations

import re
from typing import NamedTuple

REPORT = "Report|Reporte|Informe|Problema|Rapport|Problème|レポート|イシュー"
INCIDENT = "Incidente?|インシデント"
REPORTS = "Reports?|Reportes?|Informes?|Rapports?|件のレポート|レポート|件"
SOURCE_LINKS = {"read the source", "leer la fuente", "lire la source", "情報源を読む"}
RELATED = {"associated incidents", "incidentes asociados", "incidents associés", "関連インシデント"}
WAITING = {"loading", "cargando", "chargement", "読み込み中"}
TRANSLATED = {"ai translated", "traducido por ia", "traduit par ia", "自動翻訳済み"}
BUTTONS = {"view original", "ver original", "voir l'original", "オリジナルを表示"}

NUMBER_LINE = re.compile(rf"(?:{REPORT})\s*#?\s*(\d{{1,8}})(?:\s*[:：]\s*(.+))?")
CARD_LINE = re.compile(rf"(?:{INCIDENT})\s*#?\s*(\d{{1,10}})(?:(?:[\s·]+(\d+))?\s*({REPORTS}))?", re.IGNORECASE)
COUNT_LINE = re.compile(rf"(\d+)\s*(?:{REPORTS})", re.IGNORECASE)
SITE_LINE = re.compile(r"([^\s·]+\.[^\s·]+)\s*·\s*(?:(\d{4})(?:-\d\d)*|\D+)")


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
