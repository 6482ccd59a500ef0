"""One page about agreement: complete in itself, the same bytes for the same data, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.comparing.comparison import Comparison
from annotator.comparing.field_rows import USUAL, Resampling, field_rows
from annotator.comparing.notes import notes
from annotator.comparing.page_confusions import confusion_parts
from annotator.comparing.page_fields import field_parts
from annotator.comparing.page_matrices import pair_parts
from annotator.comparing.page_parts import anchor, text
from annotator.comparing.page_style import STYLE
from annotator.comparing.page_words import METHODS, SOURCES

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
PARTS = {"fields": "Fields", "pairs": "Pairs of annotators", "confusions": "Confusions"}
NOTHING = (
    "There is no taxonomy in which two annotators handed in the same subject. "
    "What AIID published is a result and no independent work, and is left out."
)


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
    links = "".join(_links(name, section) for name, section in sections)
    yield f'<nav aria-label="Contents"><ul>{links}<li><a href="#methods">Methods</a></li></ul></nav>\n<main>\n'
    if not sections:
        yield f"<p>{NOTHING}</p>\n"
    yield from (section for _, section in sections)
    yield from _methods()
    yield "</main>\n</body>\n</html>\n"


def _links(name: str, section: str) -> str:
    places = {anchor(name, part): words for part, words in PARTS.items()}
    inner = "".join(f'<li><a href="#{at}">{words}</a></li>' for at, words in places.items() if f'id="{at}"' in section)
    return f'<li><a href="#{anchor(name)}">{text(name)}</a> <ul>{inner}</ul></li>'


def _section(comparison: Comparison, resampling: Resampling) -> Iterator[str]:
    taxonomy = comparison.taxonomy
    name, place = text(taxonomy.namespace), anchor(taxonomy.namespace)
    yield f'<section id="{place}" aria-labelledby="{place}-title">\n'
    title = name if taxonomy.name == taxonomy.namespace else f"{name}: {text(taxonomy.name)}"
    yield f'<h2 id="{place}-title">{title}</h2>\n<h3>Whose work, and what counts</h3>\n<ul>\n'
    yield from (f"<li>{text(words)}</li>\n" for words in notes(comparison, resampling))
    yield "</ul>\n"
    rows = field_rows(comparison, resampling)
    yield from field_parts(taxonomy.namespace, rows)
    yield from pair_parts(comparison)
    yield from confusion_parts(comparison, [row for row in rows if row.pairable])
    yield "</section>\n"


def _methods() -> Iterator[str]:
    yield '<section id="methods" aria-labelledby="methods-title">\n<h2 id="methods-title">Methods</h2>\n<dl>\n'
    yield from (f"<dt><strong>{text(term)}</strong></dt><dd>{text(words)}</dd>\n" for term, words in METHODS)
    yield "</dl>\n<h3>Sources</h3>\n<ul>\n"
    yield from (f"<li>{text(source)}</li>\n" for source in SOURCES)
    yield "</ul>\n</section>\n"
