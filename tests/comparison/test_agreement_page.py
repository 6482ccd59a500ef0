"""The page about agreement: complete, harmless, readable, always the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from annotator.desk.comparison.comparison import compared_in_turn
from annotator.desk.comparison.fields import Resampling
from annotator.desk.comparison.page import page
from annotator.desk.comparison.policy import Scope
from annotator.desk.project import Project
from tests.comparison.classified import COMPARED, Said, classified, crowd

NASTY = "<script>alert(1)</script> \u202etxt"
VOID = {"meta", "path", "rect"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two annotators who differ; a label and a name try to be markup."""
    hostile = COMPARED.replace("label: Verdict", f'label: "{NASTY}"')
    ann: list[Said | None] = [
        {"verdict": "yes", "basis": ["age"], "deaths": 1},
        {"verdict": "no", "basis": ["age", "sex"], "deaths": 0},
    ]
    bob: list[Said | None] = [
        {"verdict": "no", "basis": ["age"], "deaths": 1},
        {"verdict": "no", "basis": "(empty)", "deaths": 4},
    ]
    return classified(tmp_path, {"ann <b>": ann, "bob": bob}, hostile)


def written(project: Project, taxonomy: str = "") -> str:
    return "".join(page(compared_in_turn(project, Scope(taxonomy)), Resampling(50)))


class Tags(HTMLParser):
    """What the page consists of; complains where elements are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag


def test_the_same_data_gives_the_same_bytes(project: Project) -> None:
    assert written(project) == written(project)


def test_every_element_is_closed_and_nothing_is_fetched(project: Project) -> None:
    tags = Tags()
    tags.feed(written(project))
    assert tags.open == []
    names = {name for name, _ in tags.seen}
    assert not names & {"script", "link", "img", "iframe", "object"}
    addresses = [value for _, attributes in tags.seen for key, value in attributes.items() if key in {"src", "href"}]
    assert addresses
    assert all(str(each).startswith("#") for each in addresses)
    assert "url(" not in written(project)


def test_foreign_text_is_only_text(project: Project) -> None:
    text = written(project)
    assert "<script>" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "ann &lt;b&gt;" in text


def test_a_screen_reader_finds_its_way(project: Project) -> None:
    tags = Tags()
    tags.feed(written(project))
    by_name: dict[str, list[dict[str, str | None]]] = {}
    for name, attributes in tags.seen:
        by_name.setdefault(name, []).append(attributes)
    assert by_name["html"] == [{"lang": "en"}]
    assert len(by_name["h1"]) == 1
    assert len(by_name["caption"]) == len(by_name["table"])
    assert all("scope" in attributes for attributes in by_name["th"])
    bars = [attributes for attributes in by_name["svg"] if "alpha" in str(attributes["aria-label"])]
    assert bars
    assert all(attributes["role"] == "img" for attributes in bars)
    levels = [int(name[1]) for name, _ in tags.seen if re.fullmatch("h[1-6]", name)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_link_leads_somewhere_and_no_place_is_named_twice(project: Project) -> None:
    tags = Tags()
    tags.feed(written(project))
    places = [attributes["id"] for _, attributes in tags.seen if "id" in attributes]
    assert len(places) == len(set(places))
    links = {str(attributes["href"]).removeprefix("#") for name, attributes in tags.seen if name == "a"}
    assert {"compared", "compared-fields", "compared-pairs", "compared-confusions", "compared-verdict"} <= links
    assert links <= set(places)
    labels = {attributes["aria-labelledby"] for _, attributes in tags.seen if "aria-labelledby" in attributes}
    assert labels <= set(places)


def test_fields_are_summed_up_and_the_reasons_stand_beside_them(project: Project) -> None:
    text = written(project)
    assert "3 fields were answered by two annotators or more. Alpha is 0.8 or more in" in text
    assert "What has no numbers, and why" in text
    assert "−0.000" not in text


def test_pairs_say_how_much_they_share(project: Project) -> None:
    text = written(project)
    assert "small: how many units both answered" in text
    assert re.search(r'<td class="heat"[^>]*>[−.0-9]+ <small>2</small></td>', text)


def test_long_labels_give_way_to_numbers_over_columns(tmp_path: Path) -> None:
    long = COMPARED.replace("label: Maybe", "label: とても長いラベルはこのように折り返されます")
    project = classified(tmp_path, {"ann": [{"verdict": "maybe"}], "bob": [{"verdict": "no"}]}, long)
    text = written(project)
    assert '<span aria-hidden="true">2 </span><span class="unseen">とても長い' in text
    assert '<th scope="row">2 とても長い' in text


def test_it_is_readable_in_the_dark_and_on_paper(project: Project) -> None:
    text = written(project)
    assert "prefers-color-scheme: dark" in text
    assert "print-color-adjust: exact" in text
    assert re.search(r"background: ?#|background:hsl", text.partition("</style>")[2]) is None


def test_only_published_work_is_nothing_to_compare(tmp_path: Path) -> None:
    project = classified(tmp_path, {"AIID": [{"verdict": "yes"}], "ann": [{"verdict": "yes"}]})
    assert "What AIID published is a result" in written(project)
    alone = classified(tmp_path / "alone", {"AIID": [{"verdict": "yes"}]})
    assert "only AIID&#x27;s published work (1); nothing to compare" in written(alone, "compared")


def test_policy_methods_and_sources_are_on_it(project: Project) -> None:
    text = written(project)
    for words in ("Unanswered is missing", "Krippendorff", "Passonneau", "seed 0", "@media print", "free text"):
        assert words in text


def test_without_overlap_the_page_says_so(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": [{"verdict": "yes"}]})
    assert "no taxonomy in which two annotators" in written(project)
    assert "agreement needs two annotators" in written(project, "compared")


@pytest.mark.long
def test_ten_thousand_annotators_fit_on_the_page(tmp_path: Path) -> None:
    text = written(crowd(tmp_path, 10_000, 1))
    assert "10,000 annotators are too many for a map of pairs" in text
    assert len(text) < 100_000


@pytest.mark.skipif(not (shutil.which("chromium") or shutil.which("chromium-browser")), reason="there is no Chromium")
def test_chromium_opens_it(project: Project, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    (tmp_path / "agreement.html").write_text(written(project), encoding="utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom", (tmp_path / "agreement.html").as_uri(),
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, timeout=120, check=True, text=True).stdout
    assert "<h1>Agreement between annotators</h1>" in shown
    assert shown.count("<svg") == written(project).count("<svg")
    printed = tmp_path / "agreement.pdf"
    subprocess.run(
        [*command[:-2], f"--print-to-pdf={printed}", command[-1]], capture_output=True, timeout=120, check=True
    )
    assert printed.read_bytes().startswith(b"%PDF")
    assert 1 <= printed.read_bytes().count(b"/Type /Page\n") <= 3
