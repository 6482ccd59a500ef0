"""Read a news record: Markdown under YAML front matter that names its source and related items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.errors import SourceError
from annotator.files import is_folder
from annotator.formats.format import ReadOptions, domain_of, web_key
from annotator.formats.text.front_matter import has_front_matter, split_front_matter
from annotator.formats.text.language import language_of
from annotator.formats.text.reading import TextFile, peek
from annotator.formats.values import iso, texts, words
from annotator.model.record import Loss, Record, ReportRecord, Unfit
from annotator.model.subject import Report, ReportStanding

SIGNS = re.compile(r"^(webUrl|originalUrl|publishedDateTime|related|provider|excerpt):", re.MULTILINE)
CARRIED = {"title", "publishedDateTime", "webUrl", "topics", "language"}
EXPECTED = "a list of items with webUrl, title and excerpt (some of them)"
ENDINGS = {".md", ".markdown", ".txt", ""}


def sniff(path: Path, head: bytes) -> float:
    """A front matter with at least two of the names a news record has."""
    if is_folder(path) or path.suffix.lower() not in ENDINGS:
        return 0.0
    text = peek(head)
    return 0.95 if has_front_matter(text) and len(set(SIGNS.findall(text))) > 1 else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield the article, then its related items as candidates; raise SourceError when it has no address."""
    file = TextFile.find(path, options)
    text = file.read()
    if not has_front_matter(text):
        raise SourceError(f"{file.shown}:1: is no news record; expected YAML between two --- lines at the top")
    said, body = split_front_matter(text, file.shown)
    url = _word(said, "webUrl") or _word(said, "originalUrl")
    if not url:
        raise SourceError(f"{file.shown}:1: has no webUrl and no originalUrl; a news record is known by its address")
    yield from file.losses()
    yield ReportRecord(_report(said, url, body.strip()), file.name)
    if not body.strip() and _word(said, "excerpt"):
        yield Loss("the article has no body: its excerpt stands for the text", file.name)
    yield from _related(said.get("related"), web_key(url), file.name)


def _report(said: dict[str, Any], url: str, body: str, standing: ReportStanding = "report", of: str = "") -> Report:
    excerpt = _word(said, "excerpt")
    text = body or excerpt
    provider = said.get("provider")
    domain = _word(provider, "domain") if isinstance(provider, dict) else ""
    left = {name: value for name, value in said.items() if name not in CARRIED and value not in ("", None)}
    for name, is_told in (
        ("related", standing == "report"),
        ("excerpt", not body),
        ("originalUrl", left.get("originalUrl") == url),
    ):
        if is_told:
            left.pop(name, None)
    return Report(
        key=web_key(url),
        title=_word(said, "title"),
        text=text,
        url=url,
        source_domain=domain or domain_of(url),
        language=_word(said, "language") or language_of(text),
        tags=texts(said.get("topics")),
        date_published=iso(said.get("publishedDateTime")),
        image_url=_first_image(said.get("images")),
        standing=standing,
        related_to=of,
        extra=left,
    )


def _related(items: Any, main: str, place: str) -> Iterator[Record]:
    """The related items, one per address: a second listing is kept inside the first."""
    found: dict[str, ReportRecord] = {}
    for number, item in enumerate(items if isinstance(items, list) else [items] if items else [], start=1):
        where = f"{place} related item {number}"
        if not isinstance(item, dict):
            yield Unfit(where, f"cannot be read: is of another shape; expected {EXPECTED}", str(item))
            continue
        url = _word(item, "webUrl") or _word(item, "originalUrl")
        if not url:
            yield Loss("related item without an address: left out", where)
        elif web_key(url) == main:
            yield Loss("related item is the article itself: left out", where)
        elif url in found:
            found[url] = _listed_again(found[url], item)
            yield Loss("related item listed again under the same address: kept with the first", where)
        else:
            found[url] = ReportRecord(_report(item, url, "", "candidate", main), where, partial=True)
    yield from found.values()


def _listed_again(first: ReportRecord, item: dict[str, Any]) -> ReportRecord:
    extra = first.report.extra
    again = {**extra, "listed_again": [*extra.get("listed_again", []), item]}
    return first._replace(report=first.report.model_copy(update={"extra": again}))


def _first_image(images: Any) -> str:
    first = images[0] if isinstance(images, list) and images else None
    return _word(first, "url") if isinstance(first, dict) else ""


def _word(said: dict[str, Any], name: str) -> str:
    return (words(said.get(name)) or "").strip()
