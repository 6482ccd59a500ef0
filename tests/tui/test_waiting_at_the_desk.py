"""A lead is told at the queue how much waits for them, and nobody else is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from annotator.desk import open_desk
from annotator.model.classification import Identity
from annotator.store.team import team, waiting
from annotator.tui.app import AnnotatorApp
from tests.desk.making import make_desk
from tests.tui.desk_content import settle
from tests.tui.review_content import told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The lead gave themselves the role, and somebody who had none ruled."""
    path = make_desk(tmp_path)
    with closing(open_desk(path, "lead")) as desk, desk.store.writing() as transaction:
        team.set_role(transaction, "lead", "lead", "lead")
        of = Identity(subject="d:1", taxonomy="desk", annotator="adjudicated", round=1)
        said = {"field": "maker", "answer": {"value": "x"}, "cause": "slip"}
        desk.store.record("bob", "ruled", of, 1, said)
        waiting.settle(transaction, desk.store.projection)
    return path


@pytest.mark.parametrize(("name", "is_told"), [("lead", True), ("bob", False), ("", False)])
async def test_a_lead_is_told_what_waits(path: Path, name: str, is_told: bool) -> None:
    app = AnnotatorApp(open_desk(path, name))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.pause(0.4)
        await settle(pilot)
        assert ("One deed waits for you" in told(pilot)) == is_told
