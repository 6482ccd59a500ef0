"""The comments on a subject at the desk: who is asked for, reading, writing, and what becomes of words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from rich.cells import cell_len

from annotator.desk import Desk, open_desk
from annotator.desk.comments import Thread
from annotator.tui.app import AnnotatorApp
from annotator.tui.dialogs import thread
from annotator.tui.dialogs.thread import About, ThreadDialog, thread_lines
from annotator.tui.keys import usual_keys
from annotator.tui.queue.screen import QueueScreen
from tests.tui.desk_content import NASTY, SIZES, filled_desk
from tests.tui.settling import settled, written
from tests.tui.test_queue_snapshots import after

JAPANESE = "報告書によると、運転手は電話を見ていました。それで原因をどう分類しますか、@eva。" * 3


@pytest.fixture
def eva(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Eva's desk, where Lead asks for her on demo:4 and demo:5, and says something on demo:6."""
    monkeypatch.setattr(thread, "local_time", lambda _: "2027-02-03 10:00:00")
    eva = filled_desk(tmp_path)
    for key, text in (("demo:4", "Is it one postcode, @eva?"), ("demo:5", JAPANESE), ("demo:6", "Darker rooms only.")):
        say(eva, "lead", key, text)
    yield eva
    eva.close()


def say(desk: Desk, name: str, key: str, text: str, taxonomy: str = "") -> None:
    with closing(open_desk(desk.path, name)) as other:
        other.comments.write(key, text, taxonomy)


def lines(app: AnnotatorApp) -> list[str]:
    return ["".join(each.text for each in strip) for strip in app.screen._compositor.render_strips()]


def on_screen(app: AnnotatorApp) -> str:
    return "\n".join(lines(app))


def mark_of(app: AnnotatorApp, title: str) -> str:
    """What stands behind a subject in the queue, in its column."""
    (line,) = (line for line in lines(app) if title in line)
    return line.rstrip()[-1]


def told(app: AnnotatorApp) -> str:
    return "\n".join(each.message for each in app._notifications)


async def test_the_queue_says_who_asks_for_somebody_until_they_open_the_thread(eva: Desk) -> None:
    app = AnnotatorApp(eva)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await settled(pilot)
        await pilot.pause(0.4)  # what is told once the queue is there
        await settled(pilot)
        assert "2 subjects name you." in told(app)
        assert [mark_of(app, title) for title in ("Hiring", "自動", "Exam")] == ["@", "@", "“"]
        await pilot.press("f", *["down"] * 9, "right", "right", "enter")
        await settled(pilot)
        assert "2 of 8 subjects · naming you" in lines(app)[0]
        assert "@ 1 comment, names you" in lines(app)[-2]
        await pilot.press("T")
        await settled(pilot)
        assert "Is it one postcode, @eva?" in on_screen(app)
        assert "lead · 2027-02-03 10:00:00 · @ you" in on_screen(app)
        await pilot.press("escape")
        await written(pilot)
        assert eva.comments.naming() == 1
        await settled(pilot)
        assert mark_of(app, "Hiring") == "“"


async def test_a_comment_is_written_and_a_refused_one_keeps_its_words(eva: Desk) -> None:
    app = AnnotatorApp(eva, first=("demo:4", "CSETv1"))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("T")
        await settled(pilot)
        await pilot.press(*"ask @bop", "ctrl+s")
        await written(pilot)
        assert isinstance(app.screen, ThreadDialog)
        assert "Nobody here is called 'bop'" in " ".join(on_screen(app).split())
        await pilot.press(*["backspace"] * 3, *"lead", "f2", "ctrl+s")
        await written(pilot)
        assert not isinstance(app.screen, ThreadDialog)
        assert "demo:4: commented. Named: lead." in told(app)
    _, answer = eva.comments.listed("demo:4").comments
    assert (answer.text, answer.taxonomy, answer.mentions) == ("ask @lead", "CSETv1", ("lead",))
    assert eva.comments.naming() == 1


async def test_words_are_kept_when_the_desk_ends_and_dropped_when_asked_twice(eva: Desk) -> None:
    app = AnnotatorApp(open_desk(eva.path, "eva"))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("j", "T", *"halfway")
        await settled(pilot)
        await pilot.press("ctrl+q")
    app = AnnotatorApp(open_desk(eva.path, "eva"))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("j", "T")
        await settled(pilot)
        assert "halfway" in on_screen(app) and "You typed this before and did not save it." in on_screen(app)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, ThreadDialog)
        await pilot.press("escape", "T")
        await settled(pilot)
        assert "halfway" not in on_screen(app)


async def test_who_is_at_work_sees_none_but_their_own(eva: Desk) -> None:
    eva.tagging.note("demo:4", "GMF", "begun")
    eva.comments.write("demo:4", "only mine")
    app = AnnotatorApp(eva)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await settled(pilot)
        await pilot.pause(0.4)
        await settled(pilot)
        assert "One subject names you." in told(app)
        assert mark_of(app, "Hiring") == "“"
        cast(QueueScreen, app.screen)._go_to("demo:4")
        await pilot.press("T")
        await settled(pilot)
        assert "only mine" in on_screen(app) and "postcode, @eva" not in on_screen(app)
        assert "1 comment left out, 1 because you are at work on the same" in " ".join(on_screen(app).split())


async def test_nobody_reads_and_writes_nothing(eva: Desk) -> None:
    app = AnnotatorApp(open_desk(eva.path, ""))
    async with app.run_test(size=(100, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*["down"] * 5, "T", *"words", "ctrl+s")
        await settled(pilot)
        assert "Darker rooms only." in on_screen(app) and "words" not in on_screen(app)
        await pilot.press("escape")
    assert len(eva.comments.listed().comments) == 3


async def test_a_long_thread_begins_at_its_end_and_is_read_from_where_one_writes(eva: Desk) -> None:
    for number in range(100):
        say(eva, "lead", "demo:6", f"number {number} {NASTY}")
    app = AnnotatorApp(eva)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*["down"] * 5, "T")
        await settled(pilot)
        assert "number 99 ␛[31mRed" in on_screen(app) and "\x1b" not in on_screen(app)
        before = on_screen(app)
        await pilot.press("pageup")
        await settled(pilot)
        assert "number 99" not in on_screen(app)
        await pilot.press("pagedown")
        await settled(pilot)
        assert on_screen(app) == before


@pytest.mark.parametrize("width", [20, 33, 80])
def test_no_line_is_wider_than_the_thread(eva: Desk, width: int) -> None:
    found = eva.comments.listed("demo:5").comments
    drawn = list(thread_lines(found, "eva", width))
    assert max(cell_len(each.text) for each in drawn) <= width
    assert "".join(each.text.strip() for each in drawn if each.tone == thread.WORDS) == found[0].text


@SIZES
def test_an_editor_reads_a_thread(snap_compare: Any, eva: Desk, size: Any) -> None:
    say(eva, "bo", "demo:5", "I think so too, @lead: the report was published later.", "CSETv1")
    say(eva, "lead", "demo:5", NASTY)
    for key in ("demo:4", "demo:5"):  # so that nothing is told in passing
        eva.comments.mark_read(key)
    assert snap_compare(AnnotatorApp(eva, first=("demo:5", "CSETv1")), terminal_size=size, run_before=after("T"))


@SIZES
def test_an_editor_begins_a_thread(snap_compare: Any, tmp_path: Path, size: Any) -> None:
    assert snap_compare(AnnotatorApp(filled_desk(tmp_path)), terminal_size=size, run_before=after("T"))


def test_the_dialog_names_the_keys_as_they_are_configured() -> None:
    keys = usual_keys()
    dialog = ThreadDialog(keys, About("demo:1", "GMF"), Thread([], ""), "eva")
    assert "F2" in dialog._about_in_words() and "ctrl+s comment" in dialog._hint
