"""Read plain documents: Markdown, text and HTML files, one by one or a folder of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.errors import SourceError
from annotator.files import is_folder
from annotator.formats import news_record, report_page
from annotator.formats.folder import members
from annotator.formats.format import Reader, ReadOptions, domain_of
from annotator.formats.one_by_one import in_words
from annotator.formats.text.front_matter import is_fenced, split_front_matter
from annotator.formats.text.html import HtmlText, refuse_endless
from annotator.formats.text.language import language_of
from annotator.formats.text.reading import HEAD, TextFile, is_html, unreadable
from annotator.formats.values import iso, texts, words
from annotator.model.record import IncidentRecord, Loss, Record, ReportRecord, Unfit
from annotator.model.subject import Report

ENDINGS = {".md", ".markdown", ".txt", ".html", ".htm", ".xhtml"}
LONGEST_TITLE = 200
CARRIED = {"title", "url", "date", "language", "author", "authors", "tags", "date_published", "source_domain"}


def sniff(path: Path, head: bytes) -> float:
    """Any folder, and any file of these endings, when nothing more telling is found."""
    if is_folder(path):
        return 0.3
    return 0.2 if path.suffix.lower() in ENDINGS and head else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield the document of a file, or those of all files below a folder.

    In a folder a file that cannot be read is a loss; alone it is a SourceError.
    """
    if is_folder(path):
        yield from _read_folder(path, options)
    else:
        yield from _read_document(path, options, path.name)


def _read_folder(folder: Path, options: ReadOptions) -> Iterator[Record]:
    others: Counter[str] = Counter()
    refused: list[str] = []
    read_any = False
    for path_in, file, why_not in members(folder):
        name = path_in.as_posix()
        if (legible := name.encode("utf-8", "backslashreplace").decode()) != name:
            refused.append(f"{folder.name}/{legible}: its name is not UTF-8; give the file another one")
            yield Loss("not read: its name is not UTF-8; give the file another one", f"{folder.name}/{legible}")
            continue
        if why_not:
            refused.append(f"{folder.name}/{name}: {why_not}")
            yield Loss(f"not read: {why_not}", f"{folder.name}/{name}")
            continue
        if file.suffix.lower() not in ENDINGS:
            others[file.suffix.lower()] += 1
            continue
        try:
            found = in_words(_read_file(file, name, options), file)
            yield from [_placed(record, file.name, name) for record in found]
            read_any = True
        except SourceError as error:
            refused.append(str(error))
            yield Loss(f"not read: {error}", f"{folder.name}/{name}")
    if not read_any:
        raise _nothing(folder, others, refused)
    for ending, times in sorted(others.items()):
        yield Loss(f"{ending or 'file without ending'}: not a document, so not read", folder.name, times)


def _placed(record: Record, own: str, name: str) -> Record:
    """The record with its file called by its path in the folder, so that equal names stay apart."""
    if own == name:
        return record
    if isinstance(record, Loss) and record.where.startswith(own):
        return record._replace(where=name + record.where.removeprefix(own))
    if isinstance(record, ReportRecord | IncidentRecord | Unfit) and record.place.startswith(own):
        return record._replace(place=name + record.place.removeprefix(own))
    return record


def _read_file(file: Path, name: str, options: ReadOptions) -> Iterator[Record]:
    yield from _reader(file, name)(file, options)


def _reader(file: Path, name: str) -> Reader:
    """The reader for one file of a folder: a more telling format first."""
    try:
        with file.open("rb") as opened:
            head = opened.read(HEAD)
    except OSError as error:
        raise unreadable(str(file), error) from error
    for sniffer, reader in ((report_page.sniff, report_page.read), (news_record.sniff, news_record.read)):
        if head and sniffer(file, head):
            return reader
    return lambda path, options: _read_document(path, options, name)


def _nothing(folder: Path, others: Counter[str], refused: list[str]) -> SourceError:
    if refused:
        return SourceError(f"{folder}: none of its documents can be read; the first: {refused[0]}")
    held = ", ".join(f"{times} {ending or 'without ending'}" for ending, times in others.most_common(5))
    return SourceError(
        f"{folder}: holds no .md, .txt or .html files ({held or 'it is empty'}); "
        "to import a .csv, .json or .jsonl file, name the file itself"
    )


def _read_document(path: Path, options: ReadOptions, name: str) -> Iterator[Record]:
    file = TextFile.find(path, options)
    text = file.read()
    if is_html(text) or path.suffix.lower() in {".html", ".htm", ".xhtml"}:
        refuse_endless(text, file.shown)
        report = _from_html(HtmlText(text, frozenset({"nav"})), name)
    else:
        report = _from_text(text, name, file.shown)
    if not report.text.strip():
        raise SourceError(f"{file.shown}: holds no text to read; check that the page was saved whole")
    yield ReportRecord(report, name)
    yield from file.losses()


def _from_html(page: HtmlText, name: str) -> Report:
    text, meta = page.text, page.meta
    url = meta.get("canonical", "") or meta.get("og:url", "")
    return Report(
        key=f"file:{name}",
        title=page.title or page.heading or _first_line(text),
        text=text,
        url=url,
        source_domain=domain_of(url),
        language=page.language.partition("-")[0].lower() or language_of(text),
        authors=texts(meta.get("author")),
        date_published=iso(meta.get("article:published_time")),
        image_url=meta.get("og:image", ""),
    )


def _from_text(text: str, name: str, shown: str) -> Report:
    said: dict[str, Any] = {}
    if is_fenced(text):
        said, text = split_front_matter(text, shown)
    url = words(said.get("url")) or ""
    return Report(
        key=f"file:{name}",
        title=words(said.get("title")) or _heading(text) or _first_line(text),
        text=text.strip("\n"),
        url=url,
        source_domain=words(said.get("source_domain")) or domain_of(url),
        language=words(said.get("language")) or language_of(text),
        authors=texts(said.get("authors") or said.get("author")),
        tags=texts(said.get("tags")),
        date_published=iso(said.get("date_published") or said.get("date")),
        extra={key: value for key, value in said.items() if key not in CARRIED},
    )


def _heading(text: str) -> str:
    """The first Markdown heading."""
    found = next((line for line in text.split("\n") if line.startswith("#") and line.lstrip("#").startswith(" ")), "")
    return found.strip("# ").strip()


def _first_line(text: str) -> str:
    return next((line.strip()[:LONGEST_TITLE] for line in text.split("\n") if line.strip()), "")
