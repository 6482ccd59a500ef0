"""Read AIID's reports and submissions as CSV, JSON or JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.files import is_folder
from annotator.formats.format import ReadOptions, domain_of, incident_key, report_key, submission_key
from annotator.formats.json_source import JsonSource, beginning_of, first_names, is_json
from annotator.formats.one_by_one import by_itself
from annotator.formats.table import Table, header_of
from annotator.formats.text.reading import TextFile, peek
from annotator.formats.values import iso, number, plain, texts, words
from annotator.model.record import Loss, Record, ReportRecord
from annotator.model.subject import Report

TEXTS = ("title", "text", "url", "source_domain", "language", "image_url")
LISTS = ("authors", "submitters", "tags")
DATES = ("date_published", "date_submitted", "date_modified", "date_downloaded")
READ = {*TEXTS, *LISTS, *DATES, "report_number", "incident_id"}
SIGNS = {"authors", "submitters", "source_domain", "date_published", "date_submitted", "incident_id", "plain_text"}
"""Names that speak for this format beside a title, a text or an address."""
NEEDED = {"report_number", "title", "text", "url", "plain_text"}
"""What says something that can be kept; one of them at least is in each."""
INCIDENT_SIGNS = {"incident_id", "reports", "date"}
"""Together they are an incident's."""


def looks_like_reports(names: set[str]) -> bool:
    """Whether columns or keys of these names describe AIID's reports or submissions."""
    if {"Namespace", "namespace", "value_json"} & names or names >= INCIDENT_SIGNS:
        return False
    told = {"title", "url", "text"} & names
    return "report_number" in names or len(told) > 1 or bool(told and SIGNS & names)


def report_records(item: Mapping[str, Any], place: str) -> Iterator[Record]:
    """Yield the report an item describes, or the losses that stand in its place.

    Items without a number are submissions; with an address alone (quick-adds) they are partial.
    """
    said, extra = _told(item)
    has_words = bool(said["title"].strip() or said["text"].strip())
    found = number(item.get("report_number"))
    if found is None and words(plain(item.get("report_number"))) not in {"", "0"}:
        extra["report_number"] = plain(item["report_number"])
        yield Loss("report number is not a number: read as a submission", place)
    if not (found or has_words or said["url"]):
        yield Loss("neither title, text nor address: left out", place)
        return
    incident, odd = _incident(item, place)
    yield from odd
    yield ReportRecord(_report(item, found, said, extra), place, incident, partial=not has_words)


def _told(item: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """The texts of an item, and all it says that a report has no place for."""
    said = {name: _text_of(item, name) for name in TEXTS}
    said["url"] = said["url"].strip()
    extra = {name: plain(value) for name, value in item.items() if name not in READ and value not in ("", None)}
    for name in TEXTS:
        value = item.get(name)
        if isinstance(value, dict | list) and words(plain(value)) is None:
            extra[name] = plain(value)
    if not said["text"].strip() and isinstance(extra.get("plain_text"), str):
        said["text"] = extra.pop("plain_text")
    return said, extra


def _report(item: Mapping[str, Any], found: int | None, said: dict[str, str], extra: dict[str, Any]) -> Report:
    title, text, url = said["title"], said["text"], said["url"]
    return Report(
        key=report_key(found) if found else submission_key(url, title, text),
        title=title or url,
        text=text,
        url=url,
        source_domain=said["source_domain"] or domain_of(url),
        language=said["language"],
        image_url=said["image_url"],
        authors=texts(item.get("authors")),
        submitters=texts(item.get("submitters")),
        tags=texts(item.get("tags")),
        **{name: iso(item.get(name)) or iso(item.get(f"epoch_{name}")) for name in DATES},
        standing="report" if found else "submission",
        extra=extra,
    )


def _text_of(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else words(plain(value)) or ""


def _incident(item: Mapping[str, Any], place: str) -> tuple[str, list[Loss]]:
    """The key of the incident; 0 and nothing both say that there is none yet."""
    said = plain(item.get("incident_id"))
    if found := number(said):
        return incident_key(found), []
    if words(said) in {"", "0", "0.0"}:
        return "", []
    return "", [Loss(f"incident id {said!r:.60} is not a number: not linked", place)]


EXPECTED = "reports: objects with report_number, title, text and url (some of them), alone, in an array or by line"
WRAPPERS = ("reports", "submissions")


def _has(value: Any) -> str:
    """What an item of another shape is, in few words."""
    if not isinstance(value, dict):
        return "it is no object"
    return f"it has {', '.join(name[:40] for name in list(value)[:8]) or 'nothing'}"


def sniff(path: Path, head: bytes) -> float:
    """Judge by the header of a CSV or the names in JSON."""
    text = beginning_of(path, peek(head))
    if not text or is_folder(path):
        return 0.0
    names = first_names(text, WRAPPERS) if text[0] in "[{" else header_of(text)
    return 0.9 if looks_like_reports(names) else 0.0


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield the reports of one file; raise SourceError when it holds something else."""
    file = TextFile.find(path, options, "table")
    yield from _read_json(file) if is_json(file) else read_table(file)


def read_table(file: TextFile) -> Iterator[Record]:
    """Yield the reports of a CSV file."""
    table = Table(file)
    if not looks_like_reports({column.name for column in table.columns}):
        table.need("report_number", "title", "text", "url")
    for row in table.rows():
        said = table.named(row)
        yield from by_itself(report_records(said, table.place(row)), table.place(row), table.aside, said)
    yield from table.losses()


def _read_json(file: TextFile) -> Iterator[Record]:
    source = JsonSource(file, WRAPPERS)
    is_known = False
    for item in source.items():
        value, place = item
        names = set(value) if isinstance(value, dict) else set()
        is_known = is_known or looks_like_reports(names)
        if not (is_known and NEEDED & names):
            source.keep_aside(item, f"is JSON of another shape ({_has(value)}); expected {EXPECTED}")
            continue
        yield from by_itself(report_records(value, place), place, source.aside, value)
    yield from source.losses()
