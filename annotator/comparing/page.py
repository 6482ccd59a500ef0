"""One page about agreement: complete in itself, the same bytes for the same data, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.comparing.comparison import Comparison
from annotator.comparing.field_rows import USUAL, Resampling, field_rows
from annotator.comparing.notes import notes
from annotator.comparing.page_matrices import confusion_parts, pair_parts
from annotator.comparing.page_parts import bar, cell, head, number, table, text
from annotator.comparing.page_words import METHODS, SOURCES, STYLE
from annotator.comparing.rows import FieldRow

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
HEADS = (
    "No.", "Field", "Level", "Units", "Pairable", "Percent", "Alpha", "Low", "High", "Alpha with interval, −1 to 1",
    "AC1", "Fleiss' kappa", "Remark",
)  # fmt: skip


def page(comparisons: Iterable[Comparison], resampling: Resampling = USUAL) -> Iterator[str]:
    """The text of the page, piece by piece."""
    sections = [(each.taxonomy.namespace, "".join(_section(each, resampling))) for each in comparisons]
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Agreement between annotators</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        "<header><h1>Agreement between annotators</h1></header>\n"
    )
    links = "".join(f'<li><a href="#{text(name)}">{text(name)}</a></li>' for name, _ in sections)
    yield f'<nav aria-label="Contents"><ul>{links}<li><a href="#methods">Methods</a></li></ul></nav>\n<main>\n'
    if not sections:
        yield "<p>There is no taxonomy in which two annotators handed in the same subject.</p>\n"
    yield from (section for _, section in sections)
    yield from _methods()
    yield "</main>\n</body>\n</html>\n"


def _section(comparison: Comparison, resampling: Resampling) -> Iterator[str]:
    taxonomy = comparison.taxonomy
    name = text(taxonomy.namespace)
    yield f'<section id="{name}" aria-labelledby="{name}-title">\n'
    title = name if taxonomy.name == taxonomy.namespace else f"{name}: {text(taxonomy.name)}"
    yield f'<h2 id="{name}-title">{title}</h2>\n<h3>Whose work, and what counts</h3>\n<ul>\n'
    yield from (f"<li>{text(words)}</li>\n" for words in notes(comparison, resampling))
    yield "</ul>\n"
    rows = field_rows(comparison, resampling)
    measured = [row for row in rows if row.pairable]
    yield "<h3>Fields</h3>\n"
    if measured:
        yield table(f"{taxonomy.namespace}: agreement by field", HEADS, map(_cells, measured))
    else:
        yield "<p>No field has a unit that two annotators answered.</p>\n"
    yield from pair_parts(comparison)
    yield from confusion_parts(comparison, measured)
    yield from _without_numbers([row for row in rows if not row.pairable])
    yield "</section>\n"


def _cells(row: FieldRow) -> list[str]:
    return [
        cell(row.number or ""), head(row.label), cell(row.level), number(row.units, 0), number(row.pairable, 0),
        number(row.percent, 1), number(row.alpha), number(row.alpha_low), number(row.alpha_high), bar(row),
        number(row.ac1), number(row.fleiss_kappa), cell(row.undefined or ""),
    ]  # fmt: skip


def _without_numbers(rows: list[FieldRow]) -> Iterator[str]:
    if rows:
        cells = ([cell(row.number or ""), head(row.label), cell(row.undefined or "")] for row in rows)
        yield "<h3>Fields without numbers</h3>\n"
        yield table("Fields that are not compared, and why", ("No.", "Field", "Why"), cells)


def _methods() -> Iterator[str]:
    yield '<section id="methods" aria-labelledby="methods-title">\n<h2 id="methods-title">Methods</h2>\n<dl>\n'
    yield from (f"<dt><strong>{text(term)}</strong></dt><dd>{text(words)}</dd>\n" for term, words in METHODS)
    yield "</dl>\n<h3>Sources</h3>\n<ul>\n"
    yield from (f"<li>{text(source)}</li>\n" for source in SOURCES)
    yield "</ul>\n</section>\n"
