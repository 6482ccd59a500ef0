"""The page about agreement: complete, harmless, readable, always the same."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from annotator.comparing.comparison import compared_in_turn
from annotator.comparing.field_rows import Resampling
from annotator.comparing.page import page
from annotator.comparing.scope import Scope
from annotator.project import Project
from tests.comparing.classified import COMPARED, Said, classified, crowd

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


def test_policy_methods_and_sources_are_on_it(project: Project) -> None:
    text = written(project)
    for words in ("Unanswered is missing", "Krippendorff", "Passonneau", "seed 0", "@media print", "free text"):
        assert words in text


def test_without_overlap_the_page_says_so(tmp_path: Path) -> None:
    project = classified(tmp_path, {"ann": [{"verdict": "yes"}]})
    assert "no taxonomy in which two annotators" in written(project)
    assert "agreement needs two annotators" in written(project, "compared")


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
