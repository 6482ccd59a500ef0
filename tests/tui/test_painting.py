"""Only what changed is painted: a line far away pays for every cell that is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual._compositor import Compositor

from tests.tui.settling import settled
from tests.tui.tagging_content import press, tagging, tagging_desk


async def test_an_answer_and_its_saving_paint_some_lines_and_not_the_whole_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: list[bool] = []
    paint = Compositor.render_full_update
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        with monkeypatch.context() as patched:

            def painted(self: Compositor, simplify: bool = False) -> object:
                whole.append(True)
                return paint(self, simplify=simplify)

            patched.setattr(Compositor, "render_full_update", painted)
            await settled(pilot)
            await pilot.pause(0.3)
            whole.clear()
            await press(pilot, "r", "1", "down", "u")
            assert screen.saved_words
            assert not whole
            screen.refresh()
            await pilot.pause(0.1)
            assert whole, "what is painted whole is seen here"
