"""Items that can be read and that nothing can be made of count with those that cannot be read, whatever the reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from annotator.formats.one_by_one import by_itself
from annotator.model.record import Record
from tests.cli.conftest import Program

REPORTS = [json.dumps({"report_number": number, "title": "t", "text": "x"}) for number in range(4)]
WORK = [
    json.dumps({"subject": f"aiid:{number}", "taxonomy": "GMF", "annotator": "ann", "answers": {}})
    for number in range(4)
]
STORED = [
    json.dumps({"namespace": "GMF", "attributes": [], "incidents": [number + 1], "reports": []}) for number in range(4)
]
CELLS = "subject,taxonomy,annotator,field,value,state"
READERS = {
    "reports.jsonl": ("aiid_reports", "\n".join(REPORTS)),
    "reports.json": ("aiid_reports", f"[{','.join(REPORTS)}]"),
    "reports.csv": ("aiid_reports", "report_number,title,text\n1,a,b\n2,a,b\n3,a,b\n4,a,b\n"),
    "incidents.csv": ("aiid_snapshot", "incident_id,date,title,reports\n1,,a,[]\n2,,a,[]\n3,,a,[]\n4,,a,[]\n"),
    "work.jsonl": ("annotator_export", "\n".join(WORK)),
    "work.csv": (
        "annotator_export",
        "\n".join([CELLS, *(f"aiid:{number},GMF,ann,known_ai_goal,x,answered" for number in range(4)), ""]),
    ),
    "stored.json": ("aiid_classifications", f"[{','.join(STORED)}]"),
    "classifications_GMF.csv": ("aiid_classifications", "Namespace,Incident ID\nGMF,1\nGMF,2\nGMF,3\nGMF,4\n"),
}
"""By name of the file: the reader that makes records of its items, and four of them."""


def breaking(module: str, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be made of the first so many items."""
    places: list[str] = []

    def broken(records: Iterable[Record], place: str) -> Iterator[Record]:
        places.append(place)
        if len(places) <= many:
            raise OverflowError
        yield from records

    def tried(records: Iterable[Record], place: str, *rest: Any, **named: Any) -> Iterator[Record]:
        return by_itself(broken(records, place), place, *rest, **named)

    monkeypatch.setattr(import_module(f"annotator.formats.{module}"), "by_itself", tried)


@pytest.mark.parametrize("name", READERS)
def test_half_a_file_comes_in_and_one_of_which_more_is_unusable_is_refused(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    module, content = READERS[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    breaking(module, 2, monkeypatch)
    done = program("--db", "half.db", "import", name, "--json")
    assert (done.code, done.json[0]["issues"]) == (0, 2), done.err
    breaking(module, 3, monkeypatch)
    done = program("--db", "most.db", "import", name)
    said = rf"{name}: {name} (item|line|row) \d cannot be read: it holds a number that is too large"
    assert (done.code, re.search(said, done.err) is not None) == (5, True), done.err
    assert not (tmp_path / "most.db").exists()


def test_all_rows_of_work_that_cannot_be_read_count(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ["aiid:1,GMF,ann,known_ai_goal,x,answered"] * 3 + [
        f"aiid:{number},GMF,ann,known_ai_goal,x,answered" for number in (2, 3)
    ]
    (tmp_path / "work.csv").write_text("\n".join([CELLS, *rows, ""]), encoding="utf-8")
    breaking("annotator_export", 1, monkeypatch)
    assert program("import", "work.csv").code == 5
