"""What an editor sees at the queue, at the smallest usual size and on a wide screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from annotator.tui.app import AnnotatorApp
from tests.tui.desk_content import SIZES, TITLES, empty_desk, filled_desk, put

Compare = Callable[..., bool]


def after(*keys: str) -> Callable[[Pilot[Any]], Any]:
    """Press keys, then wait until nothing moves any more."""

    async def run(pilot: Pilot[Any]) -> None:
        await pilot.pause(0.1)
        await pilot.press(*keys)
        await pilot.pause(0.3)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    return run


@SIZES
def test_an_editor_sees_what_is_done_and_what_is_left(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(filled_desk(tmp_path)), terminal_size=size, run_before=after("j"))


@SIZES
def test_a_new_database_tells_how_to_fill_it(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(empty_desk(tmp_path)), terminal_size=size, run_before=after())


@SIZES
def test_japanese_titles_keep_the_columns_straight(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    desk = empty_desk(tmp_path)
    put(desk, [title for title in TITLES if not title[1].isascii()])
    put(desk, [("demo:9", "顔認証 with a half-width ｶﾅ and a café", "2020")])
    assert snap_compare(AnnotatorApp(desk), terminal_size=size, run_before=after())


@SIZES
def test_an_editor_finds_subjects_by_typing(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    assert snap_compare(app, terminal_size=size, run_before=after("slash", *"robot", "enter"))


@SIZES
def test_an_editor_chooses_what_to_show(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    assert snap_compare(app, terminal_size=size, run_before=after("f", "right", "down", "right"))


@SIZES
def test_an_editor_looks_a_key_up(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(filled_desk(tmp_path)), terminal_size=size, run_before=after("f1"))


@SIZES
def test_an_editor_works_in_a_bright_room(snap_compare: Compare, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(filled_desk(tmp_path), theme="light"), terminal_size=size, run_before=after())


def test_a_terminal_without_room_says_how_much_it_needs(snap_compare: Compare, tmp_path: Path) -> None:
    assert snap_compare(AnnotatorApp(filled_desk(tmp_path)), terminal_size=(50, 12), run_before=after())


def test_an_editor_without_colours_can_still_tell_states_apart(
    snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(AnnotatorApp(filled_desk(tmp_path)), terminal_size=(80, 24), run_before=after("j"))
