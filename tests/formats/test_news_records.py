"""A news record's article and its related items are read; unsafe front matter is refused."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from annotator.errors import SourceError
from annotator.formats.format import ReadOptions, by_name, sniff
from annotator.formats.text import front_matter
from tests.formats.records import FIXTURES, losses, read, reports

NEWS = FIXTURES / "news.md"
HEAD = 'title: "T"\nwebUrl: "https://a.example/x"\nexcerpt: "Short."\n'


def news(path: Path, matter: str, body: str = "") -> Path:
    path = path / "news.md"
    path.write_text(f"---\n{matter}---\n{body}", encoding="utf-8")
    return path


def key_of(url: str) -> str:
    return f"web:{sha256(url.encode()).hexdigest()[:12]}"


def test_the_article_comes_first_with_its_own_names_kept() -> None:
    assert sniff(NEWS).name == "news_record"
    record = reports(read(NEWS))[0]
    report = record.report
    assert report.key == key_of("https://townpaper.example/robot-tow")
    assert (report.title, report.source_domain, report.language) == (
        "Parking robot tows the mayor's car",
        "townpaper.example",
        "en",
    )
    assert report.date_published == "2022-03-04T09:10:00Z"
    assert report.tags == ("Robotics", "Law")
    assert report.image_url == "https://townpaper.example/car.jpg"
    assert report.text.startswith("A robot that clears fire lanes")
    assert (report.standing, record.partial) == ("report", False)
    assert report.extra == {
        "category": "news",
        "originalUrl": "https://townpaper.example/robot-tow?from=feed",
        "type": "article",
        "quality": 12,
        "heat": -1,
        "published": False,
        "reading": "1.50",
        "provider": {"name": "Town Paper", "domain": "townpaper.example"},
        "images": [{"url": "https://townpaper.example/car.jpg", "width": 640, "height": 480, "isCached": True}],
        "secured": "b3BhcXVl",
    }


def test_related_items_are_candidates_of_the_article() -> None:
    article, candidate = reports(read(NEWS))
    assert candidate.report.key == key_of("https://otherpaper.example/stop")
    assert candidate.report.standing == "candidate"
    assert candidate.report.related_to == article.report.key
    assert candidate.report.text == "The council voted to stop the trial."
    assert candidate.partial
    assert [again["title"] for again in candidate.report.extra["listed_again"]] == ["Robot towing trial ends"]


def test_what_is_missing_is_told() -> None:
    assert {(loss.what, loss.where) for loss in losses(read(NEWS))} == {
        ("the article has no body: its excerpt stands for the text", "news.md"),
        ("related item listed again under the same address: kept with the first", "news.md related item 2"),
        ("related item without an address: left out", "news.md related item 3"),
    }


def test_a_body_is_the_text_and_the_excerpt_is_kept(tmp_path: Path) -> None:
    records = read(news(tmp_path, HEAD, "\nFirst.\n\nSecond.\n"))
    assert reports(records)[0].report.text == "First.\n\nSecond."
    assert reports(records)[0].report.extra == {"excerpt": "Short."}
    assert losses(records) == []


def test_words_stay_words(tmp_path: Path) -> None:
    path = news(tmp_path, HEAD + "topics: [no, 1.10, 007, 2020-01-01, 12:30, on]\n", "Body.")
    assert reports(read(path))[0].report.tags == ("no", "1.10", "007", "2020-01-01", "12:30", "on")


def test_an_article_that_relates_to_itself_is_not_its_own_candidate(tmp_path: Path) -> None:
    records = read(news(tmp_path, HEAD + "related:\n  - {title: T, webUrl: 'https://a.example/x'}\n", "Body."))
    assert len(reports(records)) == 1
    assert "the article itself" in losses(records)[0].what


def test_an_article_without_an_address_is_refused(tmp_path: Path) -> None:
    path = news(tmp_path, 'title: "T"\nexcerpt: x\nprovider: y\n')
    with pytest.raises(SourceError, match="has no webUrl and no originalUrl"):
        read(path)


BOMB = "".join(f"a{each}: &a{each} [{', '.join([f'*a{each - 1}'] * 9) if each else 'lol'}]\n" for each in range(9))


@pytest.mark.parametrize(
    ("matter", "said"),
    [
        (HEAD + "provider:\n\tname: x\n", r"news\.md:6: the front matter .*indent with spaces, not tabs"),
        (HEAD + 'title: "again"\n', r"news\.md:5: the front matter says 'title' twice, first on line 2"),
        (HEAD + "provider: {name: a, name: b}\n", r"news\.md:5: the front matter says 'name' twice"),
        (HEAD + BOMB, r"news\.md:5: the front matter uses an anchor"),
        (HEAD + "again: *nothing\n", r"news\.md:5: the front matter uses an anchor"),
        (
            HEAD + "x: !!python/object/apply:os.system ['touch hacked']\n",
            r"news\.md:5: the front matter has the tag !!python",
        ),
        (HEAD + "x: !custom 1\n", r"news\.md:5: the front matter has the tag !custom; remove it"),
        (HEAD + 'x: "never closed\n', r"news\.md:5: the front matter begins a text in quotes that does not end"),
        (HEAD + "x: one: two\n", r"news\.md:5: the front matter has a colon where .*in quotes"),
        (
            HEAD + "x: " + "[" * 5000 + "]" * 5000 + "\n",
            r"news\.md:5: the front matter is nested more than 20 levels deep",
        ),
        (HEAD + "? [a, b]\n: 1\n", r"news\.md:5: the front matter has a key that is not a word"),
        (HEAD + "x: \x07\n", r"news\.md:5: the front matter holds the character U\+0007"),
    ],
)
def test_unsafe_or_broken_front_matter_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, matter: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=said):
        read(news(tmp_path, matter))
    assert not (tmp_path / "hacked").exists()


def test_front_matter_that_does_not_end_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "news.md"
    path.write_text(f"---\n{HEAD}", encoding="utf-8")
    with pytest.raises(SourceError, match=r"news\.md:1: begins a front matter that no second --- line ends"):
        read(path)


def test_enormous_front_matter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_matter, "LIMIT", 200)
    with pytest.raises(SourceError, match="has a front matter of over 200 characters"):
        read(news(tmp_path, HEAD + f"x: {'y' * 300}\n"))


def test_a_list_is_no_front_matter(tmp_path: Path) -> None:
    path = news(tmp_path, "- webUrl: a\n- excerpt: b\n")
    with pytest.raises(SourceError, match=r"is no list of `name: value` lines|is no news record"):
        list(by_name("news_record").read(path, ReadOptions()))


def test_plain_text_is_no_news_record(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Just words.\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.md:1: is no news record"):
        list(by_name("news_record").read(path, ReadOptions()))
