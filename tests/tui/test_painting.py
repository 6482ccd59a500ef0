"""Only what changed is painted: a line far away pays for every cell that is sent."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from textual.reactive import Reactive
from textual.screen import Screen

from annotator import tui


def painting_whole(kind: type[Screen[Any]]) -> list[str]:
    """The attributes of a screen of ours that paint all of it when they change."""
    own = {
        name: value
        for each in kind.__mro__
        if each.__module__.startswith("annotator")
        for name, value in vars(each).items()
    }
    return [name for name, value in own.items() if isinstance(value, Reactive) and (value._repaint or value._layout)]


def screens() -> list[type[Screen[Any]]]:
    """Every screen and dialog there is."""
    modules = [import_module(each.name) for each in walk_packages(tui.__path__, "annotator.tui.")]
    found = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    return sorted((kind for kind in found if issubclass(kind, Screen)), key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("kind", screens(), ids=lambda kind: kind.__qualname__)
def test_no_change_of_a_screens_own_paints_all_of_it(kind: type[Screen[Any]]) -> None:
    assert painting_whole(kind) == []


def test_a_screen_that_would_is_found() -> None:
    class Whole(Screen[None]):
        words: Reactive[str] = Reactive("")

    Whole.__module__ = "annotator.tui.whole"
    assert painting_whole(Whole) == ["words"]
    assert "TaggingScreen" in {kind.__name__ for kind in screens()}
