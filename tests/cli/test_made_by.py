"""The queue shows what somebody or something classified: people, models and imports, each by name or all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.desk import Desk
from annotator.desk.settings import change
from annotator.model.classification import Answer
from annotator.model.queue import Makers, QueueView
from tests.cli.conftest import Program

ANN = {"annotator": "ann", "status": "submitted"}
SORTER = {"annotator": "ann", "status": "submitted", "by": {"kind": "model", "generator": "Sorter", "version": "2"}}
SENT = {"annotator": "ben", "status": "submitted", "by": {"kind": "model", "generator": "ｓｏｒｔｅｒ"}}
AIID = {"annotator": "AIID", "status": "submitted"}


@pytest.fixture
def made(program: Program, eva: Desk, tmp_path: Path) -> Desk:
    """Eva classified incident 2, and an import says that Ann did so too; a model made incident 10, in two spellings."""
    change(eva.store, "eva", "blind_annotation", "no")
    eva.tagging.answer("demo:2", "small", "outcome", Answer(value="near"))
    bring(program, tmp_path, {"demo:2": ANN, "demo:10": SORTER, "demo:r1": SENT})
    return eva


def bring(program: Program, folder: Path, told: dict[str, dict[str, Any]]) -> None:
    """Import a classification of each subject."""
    small = {"taxonomy": "small", "answers": {"outcome": {"value": "near"}}}
    lines = (json.dumps({"subject": key, **small, **said}) for key, said in told.items())
    (folder / "made.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert program("import", folder / "made.jsonl").code == 0


def listed(program: Program, *options: str) -> list[str]:
    """The subjects that are shown."""
    return [each["key"] for each in program("list", *options, "--json").json]


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--made-by", "person"], ["demo:2"]),
        (["--made-by", "model"], ["demo:10", "demo:r1"]),
        (["--made-by", "import"], ["demo:10", "demo:2", "demo:r1"]),
        (["--made-by", "eva"], ["demo:2"]),
        (["--made-by", "EVA"], ["demo:2"]),
        (["--made-by", "ann"], ["demo:2"]),
        (["--made-by", "ben"], ["demo:r1"]),
        (["--made-by", "SORTER"], ["demo:10", "demo:r1"]),
        (["--made-by", "nobody"], []),
        (["--made-by", "=model"], []),
        (["--made-by", "=ｅｖａ"], ["demo:2"]),
        (["--made-by", "model", "--taxonomy", "small"], ["demo:10", "demo:r1"]),
        (["--made-by", "model", "--annotator", "ben"], ["demo:r1"]),
        (["--made-by", "model", "--annotator", "ben", "--status", "draft"], []),
        (["--made-by", "person", "--status", "draft", "--as", "eva"], ["demo:2"]),
        (["--made-by", "model", "--kind", "report"], ["demo:r1"]),
    ],
    ids=" ".join,
)
def test_the_list_shows_what_somebody_or_something_classified(
    program: Program, made: Desk, options: list[str], shown: list[str]
) -> None:
    assert sorted(listed(program, *options)) == shown


def test_results_of_others_are_no_persons_work(program: Program, eva: Desk, tmp_path: Path) -> None:
    bring(program, tmp_path, {"demo:2": AIID})
    assert listed(program, "--made-by", "person") == []
    assert listed(program, "--made-by", "import") == ["demo:2"]
    assert listed(program, "--made-by", "aiid") == ["demo:2"]


def test_whom_people_list_as_a_model_is_one_wherever_it_works(program: Program, made: Desk) -> None:
    assert program("--as", "eva", "people", "add", "gpt", "--model").code == 0
    Desk(made.project, "gpt").tagging.note("demo:r1", "small", "seen")
    assert listed(program, "--made-by", "gpt") == ["demo:r1"]
    assert listed(program, "--made-by", "model", "--annotator", "gpt") == ["demo:r1"]
    assert listed(program, "--made-by", "person") == ["demo:2"]
    assert made.queue.makers() == Makers(("ann", "eva"), ("Sorter", "ben", "gpt"))


def test_what_is_undone_was_made_by_nobody(program: Program, made: Desk) -> None:
    made.history.undo()
    assert listed(program, "--made-by", "eva") == []


def test_a_model_whose_work_is_closed_is_not_told(program: Program, eva: Desk, tmp_path: Path) -> None:
    """While annotation is blind: as soon as somebody works on what a model brought, it is no import any more."""
    bring(program, tmp_path, {"demo:10": SORTER, "demo:2": ANN})
    everything = [QueueView(made_by=made) for made in ("person", "model", "import", "=Sorter", "=ann")]

    def shown(desk: Desk) -> list[list[str]]:
        return [[row.key for row in desk.queue.listed(view)] for view in everything]

    assert shown(eva) == [["demo:2"], ["demo:10"], ["demo:10", "demo:2"], ["demo:10"], ["demo:2"]]
    ann = Desk(eva.project, "ann")
    for key in ("demo:10", "demo:2"):
        ann.tagging.reopen(key, "small")
        ann.tagging.submit(key, "small")
    assert shown(ann) == [["demo:2"], ["demo:10"], ["demo:10", "demo:2"], ["demo:10"], ["demo:2"]]
    assert shown(eva) == [[], [], [], [], []]
    assert eva.queue.makers().models == ()
    eva.tagging.note("demo:10", "small", "at work")
    bring(program, tmp_path, {"demo:10": SENT})
    assert shown(eva)[1] == []
