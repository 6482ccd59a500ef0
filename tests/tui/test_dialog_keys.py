"""What works everywhere works in dialogs too, and in the palette one can still quit."""

from __future__ import annotations

from asyncio import CancelledError, Event
from contextlib import closing, suppress
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import Input, TextArea
from textual.worker import WorkerState

from annotator.errors import RequestError
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.ask import AskLine, Choose
from annotator.tui.dialogs.dialog import Dialog
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.dialogs.filter import LineFilter
from annotator.tui.dialogs.too_small import TooSmall
from annotator.tui.help import HelpScreen
from annotator.tui.keys import Keys
from annotator.tui.palette import Palette
from annotator.tui.queue.screen import QueueScreen
from annotator.tui.themes import DARK, LIGHT
from tests.tui.desk_content import filled_desk, settle
from tests.tui.settling import until
from tests.tui.tagging_content import tagging_desk


async def opened(pilot: Pilot[None], *keys: str) -> None:
    """Press keys from the queue on, each after what the one before led to."""
    await settle(pilot)
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def help_words(app: AnnotatorApp) -> list[str]:
    """What the help on screen lists."""
    assert isinstance(app.screen, HelpScreen)
    return [words for keys, words in app.screen.rows.lines if keys]


@pytest.mark.parametrize(
    ("way", "kind", "names", "silent"),
    [
        (("f",), LineFilter, "Take this filter off", "Remove this line"),
        (("x",), Choose, "Open or choose this line", "Next value"),
        (("o",), EditText, "Keep what was written", "Next line"),
        (("K",), AskLine, "Take what is written", "Keep what was written"),
    ],
)
async def test_help_in_a_dialog_names_what_works_there(
    tmp_path: Path, way: tuple[str, ...], kind: type[Dialog[object]], names: str, silent: str
) -> None:
    tags = kind in {EditText, AskLine}
    app = AnnotatorApp(tagging_desk(tmp_path), first=("demo:1", "kinds") if tags else None)
    async with app.run_test() as pilot:
        await opened(pilot, *way, "f1")
        assert names in help_words(app)
        assert silent not in help_words(app)
        await opened(pilot, "f1")
        assert isinstance(app.screen, kind), "the help key leaves the help again"


async def test_the_theme_changes_in_a_dialog(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await opened(pilot, "f")
        before = app.theme
        await opened(pilot, "f3")
        assert {before, app.theme} == {DARK, LIGHT}
        assert isinstance(app.screen, LineFilter)


async def test_a_letter_of_an_action_is_text_where_one_writes(tmp_path: Path) -> None:
    app = AnnotatorApp(tagging_desk(tmp_path), first=("demo:1", "kinds"))
    async with app.run_test() as pilot:
        await opened(pilot, "o")
        before = app.theme
        await opened(pilot, "t", "?")
        assert app.screen.query_one(TextArea).text.endswith("t?")
        await opened(pilot, "escape", "escape", "K", "t", "?")
        assert app.screen.query_one(Input).value == "t?"
        assert app.theme == before


async def test_the_palette_finds_the_actions_of_a_dialog(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await opened(pilot, "f", "down", "right", "ctrl+p")
        assert isinstance(app.screen, Palette)
        await opened(pilot, *"take this filter", "down", "enter")
        assert isinstance(app.screen, LineFilter)
        assert app.screen.rows.lines[1].value == ""


async def test_the_palette_opens_once_and_quits_at_the_key_for_it(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path), Keys({"quit": "f10"}))
    async with app.run_test() as pilot:
        await opened(pilot, "ctrl+p", "ctrl+p")
        assert [type(each) for each in app.screen_stack].count(Palette) == 1
        await pilot.press("f10")
        assert app._exit


@pytest.mark.parametrize("way", [(), ("f",)])
async def test_help_opens_from_the_palette_for_what_is_below(tmp_path: Path, way: tuple[str, ...]) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await opened(pilot, *way, "ctrl+p", "?")
        assert isinstance(app.screen, Palette), "a letter is searched for"
        await opened(pilot, "f1")
        assert ("Take this filter off" in help_words(app)) == bool(way)
        await opened(pilot, "f1")
        assert isinstance(app.screen, LineFilter if way else QueueScreen)


async def test_a_palette_that_is_closed_while_it_gathers_ends_nothing_but_itself(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await opened(pilot, "ctrl+p")
        palette, is_closed = app.screen, Event()

        async def gather() -> None:
            with suppress(CancelledError):
                await is_closed.wait()
            palette.query_one(CommandList)

        worker = palette.run_worker(gather())
        app.action_help()
        await pilot.pause()
        is_closed.set()
        await opened(pilot, "f1", "f")
        assert isinstance(app.screen, LineFilter)
    assert worker.state == WorkerState.ERROR, "the list was gone already"


async def test_a_palette_that_is_closed_before_it_says_that_nothing_matches_ends_nothing_else(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await opened(pilot, "ctrl+p")
        palette, looked = app.screen, Event()

        def look() -> None:
            looked.set()
            palette.query_one(CommandList)

        await palette.query_one(CommandList).remove()
        app.action_help()
        palette.call_next(look)
        await looked.wait()
        await opened(pilot, "f1", "f")
        assert isinstance(app.screen, LineFilter)


async def test_what_a_worker_failed_with_is_told_where_it_was_waited_for(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await opened(pilot, "f")

        def fail() -> None:
            raise RequestError("Not so.")

        async def wait() -> None:
            await app.run_worker(fail, thread=True, exit_on_error=False).wait()

        app.call_next(wait)
        await until(pilot, lambda: any(each.message == "Not so." for each in app._notifications))


async def test_ctrl_q_quits_from_the_palette_over_a_dialog(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await opened(pilot, "f", "ctrl+p")
        await pilot.press("ctrl+q")
        assert app._exit


async def test_the_notice_of_a_small_terminal_is_not_covered(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.resize_terminal(40, 10)
        await opened(pilot, "f1", "ctrl+p", "f3")
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert not isinstance(app.screen, TooSmall)


async def test_a_line_of_a_dialog_is_taken_with_the_key_given_to_that(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    app = AnnotatorApp(desk, Keys({"accept": "f9"}), first=("demo:1", "kinds"))
    async with app.run_test() as pilot:
        await opened(pilot, "K", "n", "o", "f9")
        assert not isinstance(app.screen, AskLine)
    with closing(desk.another()) as other:
        assert other.tagging.classification("demo:1", "kinds").skip_reason == "no"
