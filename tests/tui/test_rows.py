"""A list of a million lines draws a screenful."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.strip import Strip

from annotator.tui.widgets.line_list import LineList


class Numbers(LineList):
    """Shows the number of each line, and remembers which were drawn."""

    def __init__(self, count: int) -> None:
        super().__init__(self.draw, count)
        self.drawn: set[int] = set()

    def draw(self, index: int, width: int) -> Strip:
        self.drawn.add(index)
        return Strip([Segment(f"line {index}")])


class NumbersApp(App[None]):
    """Nothing but the list."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.numbers = Numbers(count)
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.numbers

    def on_mount(self) -> None:
        self.numbers.focus()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        self.chosen.append(event.index)


async def test_a_million_lines_draw_only_what_is_on_screen() -> None:
    app = NumbersApp(1_000_000)
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        assert app.numbers.drawn == set(range(20))
        await pilot.press("G")
        assert app.numbers.cursor == 999_999
        await pilot.pause()
        assert app.numbers.drawn == {*range(20), *range(999_980, 1_000_000)}


async def test_the_cursor_keys_stop_at_both_ends() -> None:
    app = NumbersApp(30)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("up")
        assert app.numbers.cursor == 0
        await pilot.press("j", "down", "pagedown")
        assert app.numbers.cursor == 11
        await pilot.press("end", "down")
        assert app.numbers.cursor == 29
        assert app.numbers.in_view == (20, 30)
        await pilot.press("g", "enter")
        await pilot.pause()
        assert app.chosen == [0]


async def test_the_wheel_scrolls_and_a_second_click_chooses() -> None:
    app = NumbersApp(100)
    async with app.run_test(size=(40, 10)) as pilot:
        app.numbers.post_message(events.MouseScrollDown(app.numbers, 1, 1, 0, 1, 0, False, False, False))
        await pilot.pause()
        first = app.numbers.in_view[0]
        assert first > 0
        await pilot.click(Numbers, offset=(3, 4))
        assert app.numbers.cursor == first + 4
        assert app.chosen == []
        await pilot.click(Numbers, offset=(3, 4))
        await pilot.pause()
        assert app.chosen == [first + 4]


async def test_the_cursor_comes_back_when_its_line_is_gone() -> None:
    app = NumbersApp(50)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("end")
        app.numbers.count = 3
        await pilot.pause()
        assert app.numbers.cursor == 2
        app.numbers.count = 0
        await pilot.press("enter", "down")
        assert app.numbers.cursor == 0
        assert app.chosen == []
