"""No screen and no dialog shows somebody what they may not see yet, wherever their keys take them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from shutil import copyfile, copytree
from typing import NamedTuple

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from annotator import tui
from annotator.desk import open_desk
from annotator.tui.app import AnnotatorApp
from annotator.tui.tagging.screen import TaggingScreen
from tests.desk.blinded import OPEN, TALK, make_blinded, shown
from tests.tui.settling import settled

WIDE = (200, 60)
APART = {
    "AskName": "asks for a name, before anything is opened",
    "TooSmall": "says that the terminal is too small",
    "GroupRow": "is a form for one's own answer, and there is no group here",
}
"""Screens that show nothing of what others did."""


class Walk(NamedTuple):
    """Where somebody goes with their keys."""

    keys: tuple[str, ...]
    first: tuple[str, str] | None = None
    """The subject and taxonomy to begin with, else the queue."""
    shows: frozenset[str] = frozenset()
    """What those who may see everything meet on the way."""
    round: int = 1


HANDED_IN = frozenset({"anntell", "bentell", "anntwotell", "bentwotell", "annearliertell", "gustell"})
TAGGING = (
    *("H", "escape", "!", "escape", "o", "escape", "E", "escape", "G", "G", "D", "escape", "u", "ctrl+r"),
    *("home", "/", "escape", "tab", "tab", "tab", "tab", "enter", "a", "escape", "tab", "enter", "a", "n", "escape"),
    *("T", "pageup", "escape", "]", "[", "r", ".", "escape", "K", "escape", "R", "escape", "N", "P", "escape"),
)
WALKS: dict[str, Walk] = {
    "queue": Walk(
        ("down", "down", "/", *"anntel", "enter", "escape", "escape", "f", "down", "escape", "x", "escape", "s", "f1",
         "escape", "ctrl+p", *"history", "escape", "r", "escape", "c", "escape"),
    ),
    "comments": Walk(
        ("home", "T", "pageup", "escape", "down", "T", "escape", "down", "T", *"x", "ctrl+s", "escape", "escape"),
        shows=TALK,
    ),
    "conflicts": Walk(("C", "down", "escape")),
    "progress": Walk(("p", "down", "enter", "escape", "escape")),
    "fields": Walk(("A", "down", "up", "f", "escape", "x", "escape", "]", "escape")),
    "a field": Walk(
        ("A", "enter", "x", "escape", "d", "enter", "escape", "escape", "enter", "escape", "tab", "enter", "escape",
         "tab", "enter", "escape", "tab", "right", "down", "enter", "escape", "escape", "escape"),
        shows=HANDED_IN,
    ),
    "disagreements": Walk(
        ("D", "s", "s", "f", "escape", "B", "escape", "enter", "T", "escape", "v", "escape", "escape", "escape",
         "enter", "down", "tab", "end", "space", "h", "a", "escape", "r", "r", "N", "P", "u", "ctrl+r", "escape",
         "escape"),
        shows=frozenset({"anntwotell", "bentwotell"}),
    ),
    "one field of them": Walk(
        ("D", "f", "down", "enter", "enter", "1", "escape", "ctrl+s", "escape", "escape", "escape"),
        shows=frozenset({"annearliertell", "gustell"}),
    ),
    "settled ones": Walk(
        ("D", "o", "enter", "down", "end", "space", "escape", "escape"),
        shows=frozenset({"anntell", "bentell", "ruledtell"}),
    ),
    **{f"incident {key}": Walk(TAGGING, (f"d:{key}", "desk")) for key in "123"},
    "incident 3 again": Walk(TAGGING, ("d:3", "desk"), round=2),
}  # fmt: skip


PEOPLE = ("", "ann", "Ｂｏｂ", "cy", "dora")
"""One of each kind: nobody, at work in another round, at work, to classify it, and a stranger."""
AT_ONCE = ("comments", "a field", "disagreements", "incident 3 again")
"""The ways one of them goes with every change; all ways of everybody are slow proofs."""
ALIKE = ("incident 1", "incident 2", "incident 3")
"""The same keys as in the later round, at other subjects."""
TRIED = [
    pytest.param(way, name, marks=() if way in AT_ONCE and name == "Ｂｏｂ" else pytest.mark.slow)
    for way, walk in WALKS.items()
    for name in PEOPLE
    if walk.first is None or name in {"ann", "Ｂｏｂ"}
]
"""At a subject only those are tried who have work of their own there: nobody else's is looked for."""


class Seen(NamedTuple):
    """What somebody met on the way."""

    tells: frozenset[str]
    screens: frozenset[type[Screen[object]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk with everything in it, made once."""
    return make_blinded(tmp_path_factory.mktemp("blinded"))


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    """A copy of it to walk about in."""
    copytree(made.parent / "taxonomies", tmp_path / "taxonomies")
    return Path(copyfile(made, tmp_path / "desk.db"))


async def walk(path: Path, name: str, way: Walk) -> Seen:
    """Press the keys, and take down everything that is on screen after each."""
    desk = open_desk(path, name, round_=way.round)
    desk.manner.is_told = name == "eve"  # others are asked first whether they want to look, and press escape
    app = AnnotatorApp(desk, first=way.first)
    tells: set[str] = set()
    met: set[type[Screen[object]]] = set()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        for key in ("", *way.keys):
            await press(pilot, key)
            tells |= shown(on_screen(app))
            met |= {type(each) for each in app.screen_stack}
    desk.close()
    return Seen(frozenset(tells), frozenset(met))


async def press(pilot: Pilot[None], key: str) -> None:
    if key:
        await pilot.press(key)
    await settled(pilot)


def on_screen(app: AnnotatorApp) -> str:
    """All words of the screen on top, and what was said in passing."""
    strips = app.screen._compositor.render_strips()
    said = [each.message for each in app._notifications]
    return "\n".join((*("".join(segment.text for segment in strip) for strip in strips), *said))


def every_screen() -> Iterator[type[Screen[object]]]:
    """The screens and dialogs there are, as they are opened."""
    found: set[type[Screen[object]]] = set()
    for package in (tui,):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            for _, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
                if issubclass(kind, Screen) and kind.__module__.startswith(package.__name__):
                    found.add(kind)
    yield from (kind for kind in found if not any(kind in each.__mro__[1:] for each in found))


@pytest.mark.parametrize(("way", "name"), TRIED)
async def test_nothing_closed_is_on_screen(path: Path, way: str, name: str) -> None:
    seen = await walk(path, name, WALKS[way])
    assert seen.tells <= OPEN[name]


@pytest.mark.slow
async def test_whoever_may_see_it_does_and_no_screen_is_left_out(made: Path, tmp_path: Path) -> None:
    """So that the test above cannot pass by accident."""
    met: set[type[Screen[object]]] = set()
    for number, (name, way) in enumerate(WALKS.items()):
        if name in ALIKE:
            continue
        folder = tmp_path / str(number)
        copytree(made.parent / "taxonomies", folder / "taxonomies")
        seen = await walk(Path(copyfile(made, folder / "desk.db")), "eve", way)
        assert seen.tells >= way.shows, name
        met |= seen.screens
    copytree(made.parent / "taxonomies", tmp_path / "taxonomies")
    asked = await walk(Path(copyfile(made, tmp_path / "desk.db")), "dora", WALKS["disagreements"])
    met |= asked.screens
    left = {kind.__name__ for kind in every_screen()} - {kind.__name__ for kind in met}
    assert left == set(APART)


async def test_an_earlier_round_stays_closed_with_words_and_other_taxonomies_open(path: Path) -> None:
    app = AnnotatorApp(open_desk(path, "ann"), first=("d:3", "desk"))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await press(pilot, "")
        screen = app.screen
        assert isinstance(screen, TaggingScreen)
        assert screen.namespace == "harm_type"
        assert "what you said in round 1 stays closed until you hand that in" in on_screen(app)
        assert screen.statuses["desk"] == "submitted"
        await press(pilot, "[")
        assert screen.namespace == "harm_type"
        await press(pilot, "]")
        assert screen.namespace == "technology"
