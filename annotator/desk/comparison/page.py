"""One page about agreement: complete in itself, the same bytes for the same data, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.desk.comparison.comparison import Comparison
from annotator.desk.comparison.fields import USUAL, Resampling, field_rows, notes
from annotator.desk.comparison.page_parts import METHODS, SOURCES, anchor, text
from annotator.desk.comparison.page_sections import confusion_parts, field_parts, pair_parts

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --bar: #7aa7c7;
  --mark: #0b3a5b; --link: #0a5ea8; --light: 97%; --deep: -37%; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14181d; --ink: #e6eaee; --soft: #9ba7b2; --line: #39424c; --bar: #3a6f96; --mark: #d5e8f6;
    --link: #7cc0f4; --light: 15%; --deep: 23%; }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 78rem; padding: 0 1rem; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2rem 0 .5rem; }
h1 { margin-top: 0; }
h4 { font-size: 1rem; margin: 0 0 .25rem; }
h4 small { display: block; font-weight: normal; color: var(--soft); }
p, li, dd { max-width: 46rem; }
dd { margin: 0 0 .75rem; }
a { color: var(--link); }
nav ul { padding-left: 1.2rem; }
nav ul ul { display: inline; padding: 0; }
nav ul ul li { display: inline; margin-left: .75rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; margin: .25rem 0 1.5rem; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; max-width: min(46rem, 90vw); }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .5rem; text-align: left; vertical-align: top; }
th[scope=row] { font-weight: 600; min-width: 5rem; max-width: 20rem; overflow-wrap: anywhere;
  background: var(--paper); }
.fields th[scope=row] { min-width: 9rem; }
th[scope=row] small { display: block; font-weight: normal; color: var(--soft); }
td { max-width: 40rem; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.heat, .matrix th[scope=col]:not(:first-child) { text-align: center; }
td.heat { font-variant-numeric: tabular-nums; border: 1px solid var(--line); white-space: nowrap;
  background: hsl(205 55% calc(var(--light) + var(--deep) * var(--share, 0))); }
td.none { background: none; color: var(--soft); }
td.heat small { color: inherit; }
.name { white-space: nowrap; }
.maps { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: flex-start; }
.map { max-width: 100%; scroll-margin-top: 1rem; }
.map h4 { max-width: 21rem; }
.map .wide { max-width: 100%; }
.map .list { max-width: 34rem; }
.unseen, .map .matrix caption { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.matrix, .wide { position: relative; }
svg { display: block; }
svg .rail { stroke: var(--line); fill: none; }
svg .limit { stroke: var(--soft); fill: none; stroke-dasharray: 1 2; }
svg .bar { fill: var(--bar); }
svg .mark { stroke: var(--mark); stroke-width: 2; fill: none; }
@media screen {
  .fields th[scope=row] { position: sticky; left: 0; }
}
@media screen and (max-width: 40rem) {
  th, td { padding: .2rem .35rem; }
  th[scope=row] { max-width: 9rem; }
}
@media print {
  @page { margin: 1.5cm; }
  body { margin: 0; max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
  .wide { overflow: visible; }
  table { font-size: 8pt; }
  .fields th, .fields td { padding: .1rem .25rem; }
  thead { display: table-header-group; }
  .maps { gap: .5rem 1.5rem; }
  tr, .map, .few, h2, h3, h4 { break-inside: avoid; }
  h2, h3, h4, caption { break-after: avoid; }
  main > section + section { break-before: page; }
  td.heat, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


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
