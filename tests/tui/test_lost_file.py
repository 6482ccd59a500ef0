"""A database that is taken away, replaced or overwritten under an open desk: said at once, with what can be done."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from annotator.config import state_folder
from annotator.desk import Desk
from annotator.desk.desk import open_desk
from annotator.desk.unsaved.words import UnsavedWords
from annotator.errors import StoreReplacedError
from annotator.store.file import rescuing
from annotator.store.store import Store
from annotator.tui import app as of_app
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs.ask import Choose
from annotator.tui.dialogs.dialog import Words
from annotator.tui.lost_file import NOTHING_SAVED
from annotator.tui.saving import SAVED, WRITING
from tests.tui.desk_content import filled_desk
from tests.tui.settling import until
from tests.tui.tagging_content import lines_of, strike, tagging, tagging_desk


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the path more often than people need it."""
    monkeypatch.setattr(of_app, "FILE_EVERY", 0.05)


def asked(pilot: Pilot[Any]) -> str:
    """What the dialog says, with what can be chosen."""
    screen = pilot.app.screen
    return (
        "\n".join([screen.question, *(each for each, _ in screen.rows.options)]) if isinstance(screen, Choose) else ""
    )


def notes(path: Path) -> list[str]:
    with closing(open_desk(path, "eva", create=False)) as desk:
        return [desk.tagging.classification(f"demo:{n}", "CSETv1").notes for n in (1, 4)]


def written_elsewhere(desk: Desk, folder: Path) -> Path:
    """Copy a desk's file, and go on in the copy."""
    copy = folder / "earlier.db"
    desk.backup(copy)
    with closing(open_desk(copy, "eva", create=False)) as other:
        other.tagging.note("demo:4", "CSETv1", "written in the copy")
    return copy


async def test_a_deleted_file_is_said_without_a_key_and_all_work_is_saved_beside(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    async with AnnotatorApp(desk).run_test(notifications=True) as pilot:
        desk.path.unlink()
        await until(pilot, lambda: "another file stood there, or none" in asked(pilot))
        assert asked(pilot).splitlines()[-3:] == ["stay", "beside", "leave"]
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app._exit)
        assert pilot.app.return_code == 0
    assert notes(tmp_path / f"{desk.path.name}.rescued") == ["first look", ""]


async def test_work_is_taken_into_the_file_that_replaced_the_open_one(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    copy = written_elsewhere(desk, tmp_path)
    desk.tagging.note("demo:1", "CSETv1", "second look")
    async with AnnotatorApp(desk).run_test(notifications=True) as pilot:
        copy.replace(desk.path)
        await until(pilot, lambda: asked(pilot).endswith("stay\nbeside\ninto\nleave"))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: pilot.app._exit)
        assert pilot.app.return_code == 0
    assert notes(desk.path) == ["second look", "written in the copy"]


async def test_an_overwritten_file_is_said_and_stays_as_it_was_copied(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    with closing(filled_desk(other)) as foreign:
        path = foreign.path
    async with AnnotatorApp(desk).run_test(notifications=True) as pilot:
        desk.path.write_bytes(path.read_bytes())
        await until(pilot, lambda: "another file was copied over" in asked(pilot))
        assert asked(pilot).endswith("stay\nleave")
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app._exit)
        assert pilot.app.return_code == 6
    assert desk.path.read_bytes() == path.read_bytes()


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def cut_off(path: Path) -> None:
    os.truncate(path, 4096)


def without_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


def without_shared_memory(path: Path) -> None:
    path.with_name(f"{path.name}-shm").unlink()


@pytest.mark.parametrize(
    ("spoil", "options"),
    [
        (emptied, "stay\nleave"),
        (cut_off, "stay\nleave"),
        (without_log, "stay\nbeside\nleave"),
        (without_shared_memory, "stay\nbeside\nleave"),
    ],
)
async def test_a_spoilt_file_is_said_at_once_and_nothing_is_called_saved_any_more(
    tmp_path: Path, spoil: Callable[[Path], None], options: str
) -> None:
    desk = tagging_desk(tmp_path)
    async with tagging(desk) as (screen, pilot):
        await strike(pilot, "r")
        await until(pilot, lambda: SAVED in lines_of(screen)[0])
        spoil(desk.path)
        await until(pilot, lambda: asked(pilot).endswith(options))
        await until(pilot, lambda: NOTHING_SAVED in lines_of(screen)[0])
        assert SAVED not in lines_of(screen)[0]
        assert [each.message for each in pilot.app._notifications] == []  # they would cover the dialog
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert NOTHING_SAVED in lines_of(screen)[0]


@pytest.mark.parametrize("name", ["x" * 200 + ".db", "分類記録" * 15 + ".db"])
async def test_the_way_out_stays_readable_behind_a_long_name(tmp_path: Path, name: str) -> None:
    desk = filled_desk(tmp_path)
    desk.close()
    path = tmp_path / name
    desk.path.rename(path)
    desk = open_desk(path, "eva", create=False)
    desk.tagging.note("demo:4", "CSETv1", "in the log")
    async with AnnotatorApp(desk).run_test(size=(80, 24), notifications=True) as pilot:
        os.truncate(path, 0)
        await until(pilot, lambda: "salvage" in asked(pilot))
        await until(pilot, lambda: any(each.size.height > 1 for each in pilot.app.screen.query("#title")))
        title = pilot.app.screen.query_one("#title", Words)
        shown = " ".join(strip.text.strip() for strip in map(title.render_line, range(title.size.height)))
        assert "….db" in shown.replace("x", "").replace("分類記録", "")
        assert shown.endswith(".log.")
        assert "--out NEW" in shown


async def test_a_second_name_is_told(tmp_path: Path) -> None:
    desk = filled_desk(tmp_path)
    async with AnnotatorApp(desk).run_test(notifications=True) as pilot:
        os.link(desk.path, tmp_path / "second.db")
        await until(pilot, lambda: any("a second name" in each.message for each in pilot.app._notifications))


@pytest.mark.parametrize("way", ["renamed", "beside"])
async def test_words_not_saved_are_offered_where_the_work_is_found_again(tmp_path: Path, way: str) -> None:
    desk = tagging_desk(tmp_path)
    found = desk.path.with_name("renamed.db" if way == "renamed" else f"{desk.path.name}.rescued")
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("name")
        await strike(pilot, "enter", *"Roll")
        if way == "renamed":
            desk.path.rename(found)
        else:
            desk.path.unlink()
        await until(pilot, lambda: asked(pilot).endswith("stay\nbeside\nleave"))
        await pilot.press("end" if way == "renamed" else "down", "enter")
        await until(pilot, lambda: pilot.app._exit)
        screen.saving.finish(1.0)
    desk.close()
    with closing(open_desk(found, desk.annotator, create=False)) as again:
        words = UnsavedWords(found, again.annotator, projects=again.projects).all()
    assert [(each.place.field, each.text) for each in words if each.place.kind == WRITING] == [("name", "Roll")]


async def test_a_folder_that_was_moved_away_is_not_made_again_and_the_work_can_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_app, "FILE_EVERY", 3600.0)  # time to type after the folder has gone
    (tmp_path / "work").mkdir()
    desk = tagging_desk(tmp_path / "work")
    async with tagging(desk) as (screen, pilot):
        screen.form.go_to("name")
        await strike(pilot, "enter")
        (tmp_path / "work").rename(tmp_path / "elsewhere")
        await strike(pilot, "R")
        cast(AnnotatorApp, pilot.app).lost_file.look()
        await until(pilot, lambda: asked(pilot).endswith("stay\nbeside\nleave"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: pilot.app._exit)
        assert pilot.app.return_code == 0
        screen.saving.finish(1.0)
    assert not (tmp_path / "work").exists()
    saved = state_folder() / f"{desk.path.name}.rescued"
    with closing(open_desk(saved, desk.annotator, create=False)) as again:
        words = UnsavedWords(saved, again.annotator, projects=again.projects).all()
    assert [each.text for each in words if each.place.kind == WRITING] == ["R"]


def zeroed(path: Path) -> None:
    """Take away the middle of a file, as a disk may."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(path.stat().st_size - 4096))


def left_in_the_terminal(app: AnnotatorApp) -> str:
    return "\n".join(map(str, app._exit_renderables))


@pytest.mark.parametrize("waits", ["in the dialog", "on leaving"])
async def test_where_work_was_rescued_is_said_though_it_is_told_first_that_the_file_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: str
) -> None:
    is_free, saved = Event(), rescuing._saved

    def late(store: Store) -> str:
        assert is_free.wait(30)
        return saved(store)

    monkeypatch.setattr(rescuing, "_saved", late)
    desk = filled_desk(tmp_path)
    rescued = f"{desk.path.name}.rescued"
    async with AnnotatorApp(desk).run_test(notifications=True) as pilot:
        zeroed(desk.path)
        await until(pilot, lambda: desk.has_lost_file)
        with pytest.raises(StoreReplacedError) as met, desk.store.reading():
            pass
        pilot.app._handle_exception(met.value)
        await until(pilot, lambda: asked(pilot).endswith("is being saved beside it.\nstay\nleave"))
        if waits == "in the dialog":
            is_free.set()
            await until(pilot, lambda: rescued in asked(pilot))
            title = pilot.app.screen.query_one("#title", Words)
            await until(pilot, lambda: rescued in "".join(each.text for each in lines_in(title)))
        await pilot.press("down", "enter")
        is_free.set()
        await until(pilot, lambda: pilot.app._exit)
        assert pilot.app.return_code == 6
        assert rescued in left_in_the_terminal(cast(AnnotatorApp, pilot.app))
    assert desk.path.with_name(rescued).exists() or desk.path.with_name(f"{rescued}.log").exists()


def lines_in(words: Words) -> list[Strip]:
    return [words.render_line(line) for line in range(words.size.height)]


def test_a_file_that_is_lost_while_somebody_leaves_is_said_in_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = filled_desk(tmp_path)
    monkeypatch.setattr(AnnotatorApp, "run", lambda _: emptied(desk.path))
    with pytest.raises(StoreReplacedError, match=rf"nothing more was saved\. .*{desk.path.name}\.rescued"):
        of_app.run(desk)
