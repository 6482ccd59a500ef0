"""Sources that tell of the same and did not change settle, in whatever order they come again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from annotator.desk.exchange.importing import import_path
from annotator.desk.project import Project
from annotator.store import subjects
from tests.importing.making import everything, write_csv

DATA = Path(__file__).parents[3] / "shared" / "data"
REPORT: dict[str, Any] = {
    "report_number": 1, "title": "A robot", "text": "What the robot did at the gate that day.", "url": "https://e.org/1",
}  # fmt: skip
OTHERS: dict[str, dict[str, str]] = {
    "text": {"text": "What the robot did at the gate that day, as it was corrected later."},
    "title": {"title": "A robot at the gate"},
    "address": {"url": "https://e.org/one"},
    "authors": {"authors": "Ann, Ben"},
    "all": {"title": "B", "text": "What the robot did at the gate that day!", "url": "https://e.org/2", "authors": "C"},
}


def source(folder: Path, name: str, **said: Any) -> Path:
    told = {"authors": "", "date_modified": "", **REPORT, **said}
    return write_csv(folder / name, tuple(told), tuple(told.values()))


def text(project: Project) -> str:
    with project.store.reading() as transaction:
        found = subjects.view(transaction, "aiid:r1")
    assert found
    return found.reports[0].text


def updated(project: Project, paths: Sequence[Path]) -> list[int]:
    counts = [import_path(project, path).counts for path in paths]
    return [sum(each["updated"] + each["added"] for each in said.values()) for said in counts]


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_reports(project: Project, tmp_path: Path, other: dict[str, str]) -> None:
    first, second = source(tmp_path, "a.csv"), source(tmp_path, "b.csv", **other)
    assert updated(project, [first, second]) == [1, 1]
    settled = everything(project)
    assert updated(project, [first, second, first, first, second]) == [0] * 5
    assert everything(project) == settled


def test_what_the_source_itself_takes_back_is_news(project: Project, tmp_path: Path) -> None:
    assert updated(project, [source(tmp_path, "a.csv")]) == [1]
    assert updated(project, [source(tmp_path, "a.csv", **OTHERS["text"])]) == [1]
    assert updated(project, [source(tmp_path, "a.csv")]) == [1]
    assert text(project) == REPORT["text"]


def test_what_a_source_changed_comes_also_after_another(project: Project, tmp_path: Path) -> None:
    first, second = source(tmp_path, "a.csv"), source(tmp_path, "b.csv", **OTHERS["text"])
    updated(project, [first, second])
    assert updated(project, [source(tmp_path, "a.csv", text="What the robot did at the gate that day: new.")]) == [1]
    assert updated(project, [second]) == [0]


@pytest.mark.parametrize("newer_first", [True, False])
def test_the_text_that_was_modified_last_stands_whatever_comes_first(
    project: Project, tmp_path: Path, newer_first: bool
) -> None:
    older = source(tmp_path, "a.csv", date_modified="2020-01")
    newer = source(tmp_path, "b.csv", **OTHERS["text"], date_modified="2020-02-01T10:00:00Z")
    for path in (newer, older, newer) if newer_first else (older, newer, older):
        import_path(project, path)
    assert text(project) == OTHERS["text"]["text"]


def test_classifications(project: Project, tmp_path: Path) -> None:
    heads = ("Namespace", "Incident ID", "Published", "Deployed", "Physical Objects")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    first = write_csv(tmp_path / "a" / "classifications_CSETv1.csv", heads, ("CSETv1", 1, "True", "yes", "no"))
    second = write_csv(tmp_path / "b" / "work.csv", heads, ("CSETv1", 1, "False", "no", "no"))
    assert updated(project, [first, second]) == [1, 1]
    settled = everything(project)
    assert updated(project, [first, second, first, second]) == [0] * 4
    assert everything(project) == settled


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="needs the real data")
def test_real_sources(project: Project) -> None:
    paths = [
        DATA / "aiid-snapshot", DATA / "aiid-reports" / "reports.json", DATA / "seeds",
        DATA / "aiid-taxa" / "classifications.json",
    ]  # fmt: skip
    updated(project, paths)
    settled = everything(project)
    assert updated(project, [*paths, *reversed(paths)]) == [0] * 8
    assert everything(project) == settled
