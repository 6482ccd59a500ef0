"""Somebody has moved every key: no screen, dialog or message names one that is not bound any more."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from annotator.desk import Desk, open_desk
from annotator.desk.tagging import Tagging
from annotator.errors import StoreFullError
from annotator.tui.actions import ACTIONS, BY_ID, Action
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.dialog import Words
from annotator.tui.dialogs.edit_text import EditText
from annotator.tui.keys import Keys
from annotator.tui.review.ruling import RulingDialog
from annotator.tui.widgets.keybar import KeyBar
from annotator.tui.widgets.line_list import LineList
from annotator.tui.widgets.line_view import TextLine
from tests.tui.agreement_content import three
from tests.tui.desk_content import empty_desk, filled_desk
from tests.tui.review_content import disputed_desk
from tests.tui.settling import locked, settled
from tests.tui.tagging_content import tagging_desk, typed
from tests.tui.test_blind_screens import every_screen, on_screen
from tests.tui.test_named_keys import LETTER, NAMED_KEY

SIZE = (200, 60)
STAYS = {"choose"}
"""The keys of choices, which the taxonomy gives."""


def elsewhere() -> Iterator[str]:
    """Keys that nothing is bound to, and that are no text: alt with letters of a script nobody types here."""
    yield from (f"alt+{chr(0x1200 + place)}" for place in range(8 * 40) if chr(0x1200 + place).isprintable())


def moved() -> dict[str, str]:
    """Other keys for every action, as many as it has."""
    free = elsewhere()
    return {action.id: ",".join(next(free) for _ in count(action)) for action in ACTIONS if action.id not in STAYS}


def count(action: Action) -> list[str]:
    return action.keys.split(",")


KEYS = Keys(moved())
IN_FORCE = re.compile(r"alt\+\S|1-9 choose|backspace, or|\? unknown")
"""The keys somebody moved; those of choices, and the editor's own, which stay; the sign of a state."""
MET: set[str] = set()
"""What the way that is gone now has opened so far."""
OPENS: dict[str, set[str]] = {
    "queue": {"QueueScreen", "HelpScreen", "Palette", "LineFilter", "Choose", "ProgressScreen", "AgreementScreen"},
    "empty": {"QueueScreen", "AgreementScreen", "ConflictsScreen", "DisagreementsScreen", "ProgressScreen"},
    "nobody": {"AskName", "HelpScreen", "TooSmall"},
    "tagging": {"TaggingScreen", "HelpScreen", "AskLine", "Choose", "EditText", "GroupRow", "LineDialog"},
    "talking": {"QueueScreen", "TaggingScreen", "HelpScreen", "ThreadDialog"},
    "row": {"TaggingScreen", "HelpScreen", "GroupRow"},
    "refused": {"TaggingScreen", "EditText", "Confirm"},
    "review": {"DisagreementsScreen", "Confirm", "ReviewScreen", "RulingDialog", "OwnValueScreen", "LineDialog"},
    "accepting": {"DisagreementsScreen", "Choose", "Confirm", "LineDialog"},
    "agreement": {"AgreementScreen", "AgreementFieldScreen", "AgreementSubjectsScreen", "LineFilter", "AskLine"},
}  # fmt: skip
"""The screens and dialogs on each way."""


@asynccontextmanager
async def at(
    desk: Desk, way: str, first: tuple[str, str] | None = None
) -> AsyncIterator[tuple[AnnotatorApp, Pilot[None]]]:
    """Sit down with the keys moved, to go a way on which everything of `OPENS` is opened."""
    MET.clear()
    app = AnnotatorApp(desk, KEYS, first=first, on_named=(lambda name: open_desk(desk.path, name)))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await settled(pilot)
        look(app)
        yield app, pilot
        assert OPENS.get(way, set()) <= MET


async def do(pilot: Pilot[None], *steps: str) -> None:
    """Do actions by their moved keys, and look after each; what begins with " is typed, with = pressed as it is."""
    app = pilot.app
    assert isinstance(app, AnnotatorApp)
    for step in steps:
        if step.startswith('"'):
            await pilot.press(*typed(step[1:]))
        else:
            await pilot.press(step[1:] if step.startswith("=") else KEYS.of(step)[0])
        await settled(pilot)
        look(app, step)


def look(app: AnnotatorApp, after: str = "") -> None:
    """Find no key that is not bound in anything to read."""
    MET.update(type(each).__name__ for each in app.screen_stack)
    said = list(told(app))
    for text in (*said, on_screen(app)):
        found = NAMED_KEY.search(IN_FORCE.sub("", text))
        assert not found, f"after {after!r} on {app.screen}: {text[max(0, found.start() - 60) : found.end() + 60]!r}"
    for text in said:
        assert not LETTER.search(IN_FORCE.sub("", text)), f"after {after!r} on {app.screen}: {text!r}"
    for bar in app.screen.query(KeyBar):
        for key, words, action in bar.entries:
            assert key.startswith("alt+") or action in STAYS, f"{key} {words}"


def told(app: AnnotatorApp) -> Iterator[str]:
    """Every line of words on the screen on top in full, and what was said in passing."""
    yield from (line.text for line in app.screen.query(TextLine))
    yield from (lines.text for lines in app.screen.query(Words))
    yield from (line.right for line in app.screen.query(TextLine))
    yield from (rows.empty for rows in app.screen.query(LineList))
    yield from (each.message for each in app._notifications)


def words(app: AnnotatorApp) -> str:
    """All that `look` looks at."""
    return "\n".join((*told(app), on_screen(app)))


def test_every_action_has_other_keys() -> None:
    usual = Keys()
    assert all(not set(KEYS.of(name)) & set(usual.of(name)) for name in BY_ID if name not in STAYS)


@pytest.mark.slow
async def test_the_queue_and_what_it_opens(tmp_path: Path) -> None:
    async with at(filled_desk(tmp_path), "queue") as (app, pilot):
        await do(pilot, "help", "cancel", "command_palette", "=escape")
        await do(pilot, "search", '"zzzz', "show_all", "show_all")
        await do(pilot, "filter", "next_value", "any_value", "help", "help", *["line_down"] * 5, '"20x', "choose_line")
        await do(pilot, "any_value", *["line_down"] * 5, "next_value", "choose_line")
        assert f"{KEYS.told('{show_all}')} shows all subjects" in words(app)
        await do(pilot, "show_all", "filter", "next_value", *["line_down"] * 7, "next_value", "choose_line", "show_all")
        await do(pilot, "choose_taxonomy", "cancel", "progress", "choose_line", "leave_progress", "stop_waiting")
        await do(pilot, "agreement", "filter_agreement", "cancel", "export_shown", "leave_agreement")


@pytest.mark.slow
async def test_an_empty_desk(tmp_path: Path) -> None:
    async with at(empty_desk(tmp_path), "empty") as (app, pilot):
        assert f"Leave with {KEYS.told('{leave}')}" in words(app)
        await do(pilot, "progress")
        assert f"Leave with {KEYS.told('{leave}')}" in words(app)
        await do(
            pilot,
            "leave_progress",
            "conflicts",
            "leave_conflicts",
            "disagreements",
            "settled",
            "settled",
            "leave_disagreements",
            "agreement",
        )


@pytest.mark.slow
async def test_somebody_without_a_name_in_a_small_terminal(tmp_path: Path) -> None:
    desk = empty_desk(tmp_path, "")
    open_desk(desk.path, "lead").people.add("ada")
    async with at(desk, "nobody") as (app, pilot):
        await do(pilot, "accept", "help", "help", "name_after", "name_after", "name_before", "name_before", '"ad')
        await pilot.resize_terminal(40, 10)
        await settled(pilot)
        look(app)
        await pilot.resize_terminal(*SIZE)
        await do(pilot, "accept", "accept")


@pytest.mark.slow
async def test_tagging_and_its_dialogs(tmp_path: Path) -> None:
    desk = tagging_desk(tmp_path)
    async with at(desk, "tagging", ("demo:1", "kinds")) as (app, pilot):
        await do(pilot, "evidence_list", "evidence", "next_pane", "select_sentence", "attach", "next_pane", "=r")
        await do(pilot, "previous_field", "evidence_list", "help", "help", "cancel", "submit", "cancel")
        await do(pilot, "notes", '"x', "cancel", "keep", "flag", '"why', "accept", "flag", "cancel")
        await do(pilot, "skip", "accept", "help", "help", "cancel", "history", "cancel", "reopen", "review_subject")
        await do(pilot, "first_field", "next_field", "next_field", "filter_choices", '"zz', "stop_writing")
        for _ in range(12):
            await do(pilot, "next_field", "open_field")
            if app.screen.is_modal:
                await do(pilot, "help", "help", '"u', "cancel", "cancel")
            else:
                await do(pilot, "stop_writing")


@pytest.mark.slow
async def test_a_row_of_a_group(tmp_path: Path) -> None:
    async with at(tagging_desk(tmp_path), "row", ("demo:1", "kinds")) as (_, pilot):
        await do(pilot, "last_field", "previous_field", "open_field", "help", "help", "keep")
        await do(pilot, "open_field", '"Ann', "accept", "cancel", "keep")


@pytest.mark.slow
async def test_what_is_refused_or_waits_or_was_left_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = tagging_desk(tmp_path)

    def full(*_args: object) -> None:
        raise StoreFullError("The disk is full; nothing of this change was kept.")

    async with at(desk, "refused", ("demo:1", "kinds")) as (app, pilot):
        with monkeypatch.context() as patched:
            patched.setattr(Tagging, "note", full)
            patched.setattr(Tagging, "answer", full)
            await do(pilot, "notes", '"x', "keep", "cancel", "cancel", "=r", "back", "cancel")
        with locked(desk):
            await pilot.press(KEYS.of("notes")[0])
            await pilot.press("x", KEYS.of("keep")[0])
            assert isinstance(app.screen, EditText)
            for _ in range(1000):
                if app.saving.is_stalled and "stop waiting" in words(app):
                    break
                await pilot.pause(0.01)
            assert f"{KEYS.told('{cancel}')} stop waiting" in words(app)
            assert f"{KEYS.told('{stop_waiting}')} stops waiting" in words(app)
            look(app)
        await settled(pilot)
    with locked(desk):
        async with at(desk, "unsaved", ("demo:1", "kinds")) as (app, pilot):
            await pilot.press("=", "r")
            app.saving.finish(1.0)
    async with at(open_desk(desk.path, "eva"), "unsaved", ("demo:1", "kinds")) as (app, pilot):
        await do(pilot, "first_field")
        assert f"{KEYS.told('{open_field}')} saves it" in words(app)


async def test_talking(tmp_path: Path) -> None:
    async with at(tagging_desk(tmp_path), "talking", ("demo:1", "kinds")) as (app, pilot):
        await do(pilot, "comments", "help", "help", "thread_up", "thread_down", "comment_about", "keep", '"ask @bop')
        await do(pilot, "keep", "cancel", "cancel")
        assert not app.screen.is_modal


@pytest.mark.slow
async def test_reviewing_and_ruling(tmp_path: Path) -> None:
    desk = disputed_desk(tmp_path)
    desk.manner.is_told = False
    async with at(desk, "review") as (app, pilot):
        await do(pilot, "disagreements", "settled", "settled", "disputed_field", "cancel", "disputed_taxonomy_after")
        await do(
            pilot, "choose_line", "help", "help", "yes", "adjudicate", "cancel", "hide_names", "adopt_one", "cancel"
        )
        await do(pilot, "first_side", "adopt")
        assert isinstance(app.screen, RulingDialog)
        await do(pilot, "choose_cause", "help", "help", "next_input", '"why', "next_input", '"900', "accept", "cancel")
        await do(pilot, "own_value", "keep", "next_pane", "next_pane", "evidence", "next_pane", "keep", "back", "back")
        assert not app.screen.is_modal
        await do(pilot, "reopen_adjudication", "publish", "evidence_after", "leave_review", "leave_review")


@pytest.mark.slow
async def test_accepting_in_bulk_and_what_follows(tmp_path: Path) -> None:
    async with at(disputed_desk(tmp_path), "accepting") as (_, pilot):
        await do(pilot, "disagreements", "accept_agreed", "help", "help", "choose_line", "yes", "cancel", "settled")
        await do(pilot, "choose_line", "publish", "reopen_adjudication", "publish", "reopen_adjudication", "accept")
        await do(pilot, "leave_review", "accept_agreed", "cancel")


@pytest.mark.slow
async def test_comparing(tmp_path: Path) -> None:
    async with at(three(tmp_path), "agreement") as (_, pilot):
        await do(pilot, "agreement", "filter_agreement", "help", "help", "cancel", "export_shown", "cancel")
        await do(pilot, "choose_line", "line_down", *["next_part", "line_down"] * 4, "differing", "choose_line", "no")
        await do(pilot, "export_shown", "cancel", "leave_agreement", "leave_agreement", "leave_agreement")


def test_no_screen_and_no_dialog_is_left_out() -> None:
    assert set().union(*OPENS.values()) == {kind.__name__ for kind in every_screen()}
