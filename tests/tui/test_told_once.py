"""A sentence that is on screen already is not put there a second time."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets._toast import Toast

from annotator.desk.tagging import Tagging
from tests.tui.settling import written
from tests.tui.tagging_content import press, tagging, tagging_desk
from tests.tui.test_saved_words import full


async def test_answers_that_cannot_be_written_say_so_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        monkeypatch.setattr(Tagging, "answer", full)
        for key in ("r", "2", "r", "2"):
            screen.form.go_to("one")
            await press(pilot, key)
        await written(pilot)
        assert len(screen.query(Toast)) == 1


async def test_a_sentence_in_another_colour_or_with_another_title_is_another(tmp_path: Path) -> None:
    async with tagging(tagging_desk(tmp_path)) as (screen, pilot):
        for _ in range(2):
            screen.say("Told.")
            screen.app.notify("Told.", markup=False)
            screen.notify("Told.", severity="error")
            screen.notify("Told.", title="The database")
            screen.say("Told otherwise.")
        await written(pilot)
        told = [(each.message, each.severity, each.title) for each in screen.app._notifications]
        assert told == [
            ("Told.", "information", ""),
            ("Told.", "error", ""),
            ("Told.", "information", "The database"),
            ("Told otherwise.", "information", ""),
        ]
