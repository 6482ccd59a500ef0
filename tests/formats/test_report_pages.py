"""A saved report page is read in each language of the site, as copied text and as HTML."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions, by_name, sniff
from annotator.formats.report_page import Card, card_of
from annotator.model.record import IncidentRecord, ReportRecord
from tests.formats.records import FIXTURES, incidents, losses, read, reports

PAGES = FIXTURES / "pages"


def page(name: str) -> tuple[ReportRecord, list[IncidentRecord]]:
    path = PAGES / name
    assert sniff(path).name == "report_page"
    records = read(path)
    (report,) = reports(records)
    return report, incidents(records)


@pytest.mark.parametrize(
    ("name", "key", "headline", "site", "language"),
    [
        (
            "english.txt",
            "aiid:r2041",
            "Ferry pilot program paused after robot blocks the gangway",
            "harbournews.example",
            "en",
        ),
        (
            "english.html",
            "aiid:r2041",
            "Ferry pilot program paused after robot blocks the gangway",
            "harbournews.example",
            "en",
        ),
        ("spanish.txt", "aiid:r2042", "El robot que no quiso moverse", "diariodelpuerto.example", "es"),
        ("french.txt", "aiid:r2043", "Le robot qui refusait de bouger", "gazetteduport.example", "fr"),
        ("japanese.txt", "aiid:r2044", "動かなくなった掃除ロボット", "minatoshinbun.example", "ja"),
    ],
)
def test_the_report_is_found_in_each_language(name: str, key: str, headline: str, site: str, language: str) -> None:
    record, _ = page(name)
    report = record.report
    assert (report.key, report.title, report.source_domain, report.language) == (key, headline, site, language)
    assert report.date_published == "2023"
    assert report.standing == "report"
    assert record.partial


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("english.txt", "The city paused", "let out by hand."),
        ("english.html", "The city paused", "let out by hand."),
        ("spanish.txt", "La ciudad detuvo", "puerta de servicio."),
        ("french.txt", "La ville a suspendu", "aucun n'est blessé."),
        ("japanese.txt", "市は、", "外に出された。"),
    ],
)
def test_the_text_is_the_body_alone_in_paragraphs(name: str, begins: str, ends: str) -> None:
    text = page(name)[0].report.text
    assert text.startswith(begins)
    assert text.endswith(ends)
    assert text.count("\n\n") == 1


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("english.txt", [("aiid:431", "Harbour Robot Trapped Passengers Between Doors", 2)]),
        ("english.html", [("aiid:43", "Harbour Robot Trapped Passengers Between Doors", 12)]),
        ("spanish.txt", [("aiid:431", "Un robot del puerto dejó a los pasajeros entre dos puertas", 2)]),
        (
            "french.txt",
            [
                ("aiid:431", "Un robot du port a retenu des passagers entre deux portes", 2),
                ("aiid:88", "Une machine de nettoyage arrêtée dans une gare", 1),
            ],
        ),
        ("japanese.txt", [("aiid:91", "港のロボットが乗客を閉じ込めた", 2)]),
    ],
)
def test_the_related_incidents_are_found(name: str, found: list[tuple[str, str, int]]) -> None:
    report, related = page(name)
    assert [(each.incident.key, each.incident.title, each.incident.extra["report_count"]) for each in related] == found
    assert all(each.partial and each.incident.reports == (report.report.key,) for each in related)
    assert report.incident == found[0][0]


def test_html_names_the_source_and_the_picture() -> None:
    report = page("english.html")[0].report
    assert report.url == "https://harbournews.example/robot"
    assert report.image_url == "https://harbournews.example/robot.jpg"
    assert "a link in it" in report.text
    assert "Report 1" not in report.text


def test_what_the_page_says_about_itself_is_told() -> None:
    told = {loss.what: loss.times for loss in losses(read(PAGES / "english.txt"))}
    assert told == {
        "line of the page's menus: left out": 13,
        "line of the page's footer: left out": 3,
        "“Incident 4312 Reports” runs two numbers together: read as incident 431 with 2 reports": 1,
    }


def test_links_settle_what_runs_together() -> None:
    assert not any("runs two numbers" in loss.what for loss in losses(read(PAGES / "english.html")))


def test_a_machine_translation_is_told() -> None:
    report, _ = page("spanish.txt")
    assert report.report.extra == {"machine_translated": True}
    assert "Traducido" not in report.report.text
    assert any("machine translation" in loss.what for loss in losses(read(PAGES / "spanish.txt")))


@pytest.mark.parametrize(
    ("line", "known", "card"),
    [
        ("インシデント 1072 Report", set(), Card(107, 2, True)),
        ("Incident 1072 Reports", {10}, Card(10, 72)),
        ("Incident 1072 Reports", {107}, Card(107, 2)),
        ("Incident 10730 Reports", set(), Card(107, 30, True)),
        ("Incident 107 Report", set(), Card(10, 7, True)),
        ("Incident 10 Reports", set(), Card(10)),
        ("Incident 107", set(), Card(107)),
        ("Incident 107 2 Reports", set(), Card(107, 2)),
        ("Incidente 107 · 2 Informes", set(), Card(107, 2)),
        ("Incident 13", set(), Card(13)),
        ("Incidents of last year", set(), None),
        ("Incident 107 was reported", set(), None),
    ],
)
def test_numbers_that_run_together_are_parted(line: str, known: set[int], card: Card | None) -> None:
    assert card_of(line, frozenset(known)) == card


def test_without_the_link_to_the_source_all_is_kept_and_told(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    text = (PAGES / "english.txt").read_text(encoding="utf-8")
    path.write_text(text.replace("Read the Source\n", ""), encoding="utf-8")
    records = read(path)
    assert reports(records)[0].report.text.endswith("2024 - AI Incident Database")
    assert any("no link to the source" in loss.what for loss in losses(records))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_page_in_another_unicode_is_read(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "page.txt"
    path.write_text((PAGES / "japanese.txt").read_text(encoding="utf-8"), encoding=codec)
    assert sniff(path).name == "report_page"
    assert reports(read(path))[0].report.title == "動かなくなった掃除ロボット"


def test_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes((PAGES / "french.txt").read_bytes().replace(b"\n", b"\r\n"))
    assert reports(read(path))[0].report == page("french.txt")[0].report


@pytest.mark.parametrize(
    "text", ["An article.\n", "Report 7\nno site line below\n", "paper.example · 2020\nno number\n"]
)
def test_another_text_is_no_report_page(tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.txt"
    path.write_text(text, encoding="utf-8")
    assert sniff(path).name == "text_folder"
    with pytest.raises(SourceError, match="is no saved report page; expected a line with the report's number"):
        list(by_name("report_page").read(path, ReadOptions()))
