"""The desk as a whole: who you are, help, palette, themes, small terminals, and what went wrong."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.command import CommandPalette
from textual.pilot import Pilot

from annotator.desk import Desk, Queue, open_desk
from annotator.desk.history import History
from annotator.desk.subjects import Subjects
from annotator.errors import RequestError, StoreBusyError, StoreFullError, TaxonomyError
from annotator.model.queue import QueueView
from annotator.model.taxonomy import Taxonomy
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.ask import AskName, KnownNames
from annotator.tui.dialogs.dialog import Words
from annotator.tui.dialogs.too_small import TooSmall
from annotator.tui.help import HelpScreen, help_lines
from annotator.tui.keys import Keys
from annotator.tui.queue.screen import QueueScreen
from tests.tui.desk_content import filled_desk, settle
from tests.tui.review_content import shown


def said(app: App[None]) -> str:
    """What the desk says in its notices."""
    return "\n".join(notification.message for notification in app._notifications)


async def test_somebody_without_a_name_is_asked_once(tmp_path: Path) -> None:
    named: list[str] = []

    def keep(name: str) -> Desk:
        named.append(name)
        return open_desk(tmp_path / "desk.db", name)

    app = AnnotatorApp(filled_desk(tmp_path, ""), on_named=keep)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert isinstance(app.screen, AskName)
        await pilot.press("enter")
        assert isinstance(app.screen, AskName)
        await pilot.press(*" ana ", "enter")
        await pilot.pause()
        assert named == ["ana"]
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.desk.annotator == "ana"
        assert app.screen.where.right.strip() == "ana"


@asynccontextmanager
async def asked(folder: Path, suggested: str = "") -> AsyncIterator[tuple[Pilot[None], AskName, list[str]]]:
    """Somebody without a name sits down where Ana, José and Bob are known, a model is, and Cy has left."""
    desk = filled_desk(folder, "lead")
    for name in ("ana", "José", "bob", "cy"):
        desk.people.add(name)
    desk.people.add("gpt", is_model=True)
    desk.people.alias("bob", "Robert")
    desk.people.leave("cy")
    desk.close()
    named: list[str] = []

    def keep(name: str) -> Desk:
        named.append(name)
        return open_desk(folder / "desk.db", name)

    app = AnnotatorApp(open_desk(folder / "desk.db", ""), on_named=keep, suggested_name=suggested)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, AskName)
        yield pilot, app.screen, named
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.desk.annotator == named[-1]


async def test_who_has_no_name_chooses_among_those_who_are_known(tmp_path: Path) -> None:
    async with asked(tmp_path) as (pilot, dialog, named):
        assert dialog.names.fitting == ["José", "ana", "bob", "lead"]
        await pilot.press("down", "down")
        assert dialog.line.value == "ana"
        assert "▸ ana" in shown(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert named == ["ana"]


async def test_what_is_typed_filters_the_known_names_by_every_spelling(tmp_path: Path) -> None:
    async with asked(tmp_path) as (pilot, dialog, named):
        await pilot.press(*"ROB")
        assert dialog.names.fitting == ["bob"]
        await pilot.press("down", "up")
        assert dialog.line.value == "ROB"
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        assert named == ["bob"]


async def test_a_new_name_is_taken_as_it_is_typed(tmp_path: Path) -> None:
    async with asked(tmp_path) as (pilot, dialog, named):
        await pilot.press("down", *["backspace"] * 4, *"zoe")
        assert dialog.names.fitting == [] and not dialog.names.display
        await pilot.press("enter")
        await pilot.pause()
        assert named == ["zoe"]


async def test_a_known_name_is_chosen_with_a_click(tmp_path: Path) -> None:
    async with asked(tmp_path) as (pilot, _, named):
        await pilot.click(KnownNames, offset=(4, 2))
        await pilot.pause()
        assert named == ["bob"]


async def test_a_suggested_name_hides_no_known_one_and_is_typed_over(tmp_path: Path) -> None:
    async with asked(tmp_path, "you") as (pilot, dialog, named):
        assert (dialog.line.value, len(dialog.names.fitting)) == ("you", 4)
        await pilot.press(*"an", "down", "enter")
        await pilot.pause()
        assert named == ["ana"]


async def test_the_question_says_that_names_are_not_proved(tmp_path: Path) -> None:
    async with asked(tmp_path, "you") as (pilot, _, named):
        assert "Names are not proved: whoever has the file can be anybody." in shown(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert named == ["you"]


async def test_a_name_that_looks_like_somebody_elses_is_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    filled_desk(tmp_path, "ana").close()
    named: list[str] = []

    def keep(name: str) -> Desk:
        named.append(name)
        return open_desk(tmp_path / "desk.db", name)

    app = AnnotatorApp(open_desk(tmp_path / "desk.db", ""), on_named=keep)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for name, why in (("аna", "CYRILLIC SMALL LETTER A"), ("a,b", "parts names"), ("Aiid", "nobody works under")):
            await pilot.press(*name, "enter")
            assert isinstance(app.screen, AskName)
            assert why in " ".join(app.screen.query_one("#trouble", Words).text.split())
            await pilot.press(*["backspace"] * len(name))
        assert named == []
        await pilot.press(*"ANA", "enter")
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)
        assert named == ["ANA"]


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("María Ana", ""), ("山田", ""), ("", "A name is needed"), ("x" * 201, "200 characters at most"),
        ("a\u202eb", "cannot be seen"), ("adjudicated", "nobody works under this name"),
        ("x=y", "a name from its weight"),
        ("bоb", "CYRILLIC SMALL LETTER O"),
    ],
    ids=ascii,
)  # fmt: skip
async def test_a_new_name_is_refused_for_what_keeps_it_from_being_added(
    tmp_path: Path, name: str, trouble: str
) -> None:
    async with asked(tmp_path) as (pilot, dialog, named):
        dialog.line.value = name
        await pilot.press("enter")
        await pilot.pause()
        if trouble:
            assert trouble in " ".join(dialog.query_one("#trouble", Words).text.split())
            dialog.line.value = "bob"
            await pilot.press("enter")
            await pilot.pause()
        assert named == ["bob" if trouble else name]


async def test_what_is_typed_behind_a_chosen_name_takes_its_place(tmp_path: Path) -> None:
    async with asked(tmp_path) as (pilot, dialog, named):
        await pilot.press(*"bo", "down", *"zoe")
        assert dialog.line.value == "zoe"
        await pilot.press("enter")
        await pilot.pause()
        assert named == ["zoe"]


async def test_a_known_name_that_is_written_on_is_asked_about_once(tmp_path: Path) -> None:
    async with asked(tmp_path) as (pilot, dialog, named):
        await pilot.press("down", "down", "end", *"bel", "enter")
        assert (
            dialog.query_one("#trouble", Words).text
            == "Nobody here is called anabel. enter again begins as somebody new."
        )
        await pilot.press(*["backspace"] * 4, "enter")
        assert (
            dialog.query_one("#trouble", Words).text == "Nobody here is called an. enter again begins as somebody new."
        )
        assert named == []
        await pilot.press("enter")
        await pilot.pause()
        assert named == ["an"]


async def test_another_spelling_of_a_known_name_is_not_asked_about(tmp_path: Path) -> None:
    async with asked(tmp_path) as (pilot, _, named):
        await pilot.press(*"ROBERT", "enter")
        await pilot.pause()
        assert named == ["ROBERT"]


async def test_help_lists_every_key_of_the_screen_with_its_words(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("f1", "escape")
        assert isinstance(app.screen, QueueScreen)


def test_help_follows_the_config_file() -> None:
    assert ("F8", "Go to a random subject") in help_lines(Keys({"random": "f8"}), "queue")
    assert not [words for _, words in help_lines(Keys(), "queue") if words.startswith("Submit")]


async def test_any_action_is_found_by_its_name(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p", *"sort by")
        await pilot.pause(0.5)
        assert isinstance(app.screen, CommandPalette)
        await pilot.press("down", "enter")
        await pilot.pause(0.3)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.view == QueueView(sort="title")


async def test_the_theme_can_be_switched_and_chosen(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path), theme="light")
    async with app.run_test() as pilot:
        assert not app.current_theme.dark
        await pilot.press("t")
        assert app.theme == "desk-dark"


def test_an_unknown_theme_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"no theme 'pink'.*light, dark"):
        AnnotatorApp(filled_desk(tmp_path), theme="pink")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (
            (50, 5),
            "This terminal is too small. It has 50 × 5 cells; the desk needs 60 × 15. "
            "Make it larger: everything is where you left it.",
        ),
        ((20, 5), "Too small: the desk needs 60 × 15 cells. Everything is where you left it."),
        ((20, 3), "Too small: the desk needs 60 × 15 cells."),
        ((10, 3), "60 × 15 cells, please."),
        ((10, 1), "Too small."),
    ],
)
async def test_what_is_said_of_a_small_terminal_fits_it(tmp_path: Path, size: tuple[int, int], said: str) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert " ".join(shown(pilot).split()) == said
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)


async def test_a_terminal_too_small_says_so_and_recovers(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test(size=(50, 10)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, TooSmall)
        await pilot.press("j", "enter", "escape")
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.rows.cursor == 0
        await pilot.press("j")
        assert app.screen.rows.cursor == 1
        await pilot.resize_terminal(59, 24)
        await pilot.pause()
        assert isinstance(app.screen, TooSmall)


async def test_a_full_disk_is_told_and_the_desk_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = filled_desk(tmp_path)

    def full(_: History) -> None:
        raise StoreFullError("desk.db: the disk [bold] is full; nothing was saved.")

    monkeypatch.setattr(History, "undo", full)
    app = AnnotatorApp(desk)
    async with app.run_test() as pilot:
        await pilot.press("u")
        await settle(pilot)
        assert "the disk [bold] is full" in said(app)
        await pilot.press("j")
        await pilot.pause()
        assert isinstance(app.screen, QueueScreen)
        assert app.screen.detail.right.strip() == "2 of 8"


async def test_an_error_while_reading_lines_does_not_stop_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await pilot.pause()

        def gone(queue: Queue, start: int, stop: int) -> None:
            raise StoreBusyError("the disk could not be read")

        assert isinstance(app.screen, QueueScreen)
        with monkeypatch.context() as patched:
            patched.setattr(Queue, "rows", gone)
            app.screen.rows.fill(0, (), afresh=True)
            await pilot.press("j")
            await pilot.pause()
        assert "could not be read" in said(app)
        await pilot.press("k")
        await pilot.pause()
        assert app.screen.row_key == "demo:1"


async def test_an_error_in_a_thread_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = filled_desk(tmp_path)

    def refuse() -> None:
        raise StoreBusyError("the file is gone")

    monkeypatch.setattr(desk, "another", refuse)
    app = AnnotatorApp(desk)
    async with app.run_test() as pilot:
        await pilot.press("s")
        await pilot.pause(0.3)
        assert "the file is gone" in said(app)
        assert app.is_running


async def test_any_other_error_crashes_loudly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = filled_desk(tmp_path)
    monkeypatch.setattr(History, "undo", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        async with AnnotatorApp(desk).run_test() as pilot:
            await pilot.press("u")
            await settle(pilot)


async def test_q_quits(tmp_path: Path) -> None:
    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test() as pilot:
        await pilot.press("q")
        await pilot.pause()
    assert app.return_code == 0


async def test_a_subject_that_cannot_be_read_is_left_again_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Subjects, _kind: str) -> list[Taxonomy]:
        raise PermissionError(errno.EACCES, "Permission denied", "mine.yaml")

    app = AnnotatorApp(filled_desk(tmp_path))
    async with app.run_test(notifications=True) as pilot:
        await settle(pilot)
        monkeypatch.setattr(Subjects, "taxonomies_for", refuse)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, QueueScreen)
        assert any("mine.yaml" in each.message and "Permission denied" in each.message for each in app._notifications)
        await pilot.press("down")
        await settle(pilot)
        assert app.is_running


async def test_a_desk_that_cannot_even_begin_ends_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_self: Subjects) -> list[str]:
        raise TaxonomyError("mine.yaml: cannot be read")

    app = AnnotatorApp(filled_desk(tmp_path))
    monkeypatch.setattr(Subjects, "default_taxonomies", refuse)
    async with app.run_test():
        pass
    assert app.return_code == TaxonomyError.exit_code
    assert capsys.readouterr().err == "mine.yaml: cannot be read\n"
