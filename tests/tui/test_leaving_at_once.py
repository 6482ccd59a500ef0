"""Whoever quits while a screen opens is let go: what opens then finds no widgets, and need not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from annotator.tui.app import AnnotatorApp
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.review.disagreements import DisagreementsScreen
from tests.tui.review_content import disputed_desk, press, settle


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("opened", ["action_disagreements", "action_agreement", "action_progress", "open"])
async def test_a_desk_is_left_while_another_screen_opens(tmp_path: Path, opened: str, turns: int) -> None:
    app = AnnotatorApp(disputed_desk(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        cast(QueueScreen, app.screen).open("demo:1") if opened == "open" else getattr(app.screen, opened)()
        for _ in range(turns):
            await asyncio.sleep(0)
        app.exit()
    assert app.return_code == 0


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 10, 30])
async def test_a_desk_is_left_while_a_review_opens(tmp_path: Path, turns: int) -> None:
    app = AnnotatorApp(disputed_desk(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "D")
        cast(DisagreementsScreen, app.screen).open("demo:1")
        await app.workers.wait_for_complete()
        app.saving.drain()
        for _ in range(turns):
            await asyncio.sleep(0)
        app.exit()
    assert app.return_code == 0
