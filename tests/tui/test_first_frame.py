"""What the queue has loaded when its first frame is painted: nothing that only an opened subject needs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.desk_content import filled_desk
from tests.tui.desk_process import desk_process

pytestmark = pytest.mark.long

SITTING = """
import json, sys
from annotator.cli import main
from annotator.tui.app import AnnotatorApp
from annotator.tui.queue import screen

screen.WARM_UP_AFTER = 1000.0  # what is loaded behind the first frame comes later than any machine is slow

def tell(self):
    assert self.screen.rows.row.key
    with open("loaded.json", "w") as told:
        json.dump(sorted(sys.modules), told)
    self.exit()

AnnotatorApp.on_ready = tell
sys.exit(main(["--db", "desk.db", "--as", "ana"]))
"""
"""The desk, which ends after its first frame."""
LATER = (
    "pydantic", "yaml", "numpy", "annotator.model.classification", "annotator.model.taxonomy", "annotator.agreement",
    "annotator.desk.comparison", "annotator.desk.tagging", "annotator.desk.adjudication", "annotator.tui.review",
    "annotator.tui.agreement", "annotator.tui.tagging", "annotator.tui.subject_reading", "annotator.tui.widgets.form",
    "annotator.tui.widgets.guidance", "annotator.tui.widgets.report_pane", "annotator.tui.widgets.report_text",
    "annotator.tui.dialogs.ask", "annotator.tui.dialogs.edit_text", "annotator.tui.dialogs.group_row",
)  # fmt: skip
"""Modules and packages that the first frame is painted without."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """The modules of a desk that has painted its first frame."""
    folder = tmp_path_factory.mktemp("desk")
    filled_desk(folder)
    with desk_process(folder, (sys.executable, "-c", SITTING)) as desk:
        told = desk.rest()
        assert desk.ended() == 0, told[-500:]
    yield set(json.loads(Path(folder / "loaded.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("later", LATER)
def test_the_first_frame_is_painted_without(loaded: set[str], later: str) -> None:
    assert "annotator.tui.queue.screen" in loaded
    assert not [each for each in sorted(loaded) if f"{each}.".startswith(f"{later}.")]
