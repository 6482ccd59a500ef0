"""What a list says while it has no lines is never cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.strip import Strip

from annotator.desk import Desk
from annotator.model.queue import QueueView
from annotator.model.review import ReviewView
from annotator.tui.app import AnnotatorApp
from annotator.tui.keys import Keys
from annotator.tui.queue import rows as queue
from annotator.tui.review import disputed_rows as disagreements
from annotator.tui.widgets.line_list import LineList
from tests.tui.desk_content import empty_desk, filled_desk
from tests.tui.review_content import press, shown
from tests.tui.settling import settled

KEYS = Keys()
ONE_HANDED_IN = disagreements.nothing_in_words(ReviewView("harm_type"), ["somebody with a name"], None, KEYS)
SENTENCES = [
    queue.nothing_in_words(QueueView(), KEYS),
    queue.nothing_in_words(QueueView(assigned=True), KEYS),
    queue.nothing_in_words(QueueView(search="x"), KEYS),
    queue.nothing_in_words(QueueView(made_by="model"), KEYS),
    disagreements.nothing_in_words(ReviewView("harm_type"), [], None, KEYS),
    disagreements.nothing_in_words(ReviewView("harm_type"), ["a", "b"], None, KEYS),
    ONE_HANDED_IN,
    "誰もまだ何も提出していません。次の分類体系に移るには右の角括弧を押してください。",
]


class Alone(App[None]):
    """A list without lines."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.rows = LineList(lambda _, width: Strip([Segment("x" * width)]))
        self.rows.empty = sentence

    def compose(self) -> ComposeResult:
        yield self.rows


def drawn(app: App[None]) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("sentence", SENTENCES)
async def test_a_sentence_takes_as_many_lines_as_it_needs(width: int, sentence: str) -> None:
    app = Alone(sentence)
    async with app.run_test(size=(width, 10)) as pilot:
        await pilot.pause()
        words = "".join(drawn(app)).split()
        assert "".join(words) == sentence.replace(" ", "")
        assert not drawn(app)[0].strip(), "it stands apart from what is above"


async def test_a_sentence_that_fills_the_list_stands_at_its_top() -> None:
    app = Alone(ONE_HANDED_IN)
    async with app.run_test(size=(40, 4)) as pilot:
        await pilot.pause()
        assert " ".join("".join(drawn(app)).split()) == ONE_HANDED_IN


@pytest.mark.parametrize("size", [(80, 24), (60, 15)], ids=["80x24", "60x15"])
@pytest.mark.parametrize("way", ["", "D", "p", "A", "D o"])
async def test_every_empty_list_says_all_it_has_to_say(tmp_path: Path, way: str, size: tuple[int, int]) -> None:
    await says_all(empty_desk(tmp_path), way, size)


@pytest.mark.parametrize("way", ["slash z z z enter", "D", "A"])
async def test_a_desk_where_only_others_are_at_work_says_all_too(tmp_path: Path, way: str) -> None:
    await says_all(filled_desk(tmp_path), way, (80, 24))


async def says_all(desk: Desk, way: str, size: tuple[int, int]) -> None:
    app = AnnotatorApp(desk)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, *way.split())
        await pilot.pause(0.2)
        await settled(pilot)
        rows = app.screen.query_one("#rows", LineList)
        assert (rows.count, bool(rows.empty)) == (0, True)
        assert " ".join(rows.empty.split()) in shown(pilot)
