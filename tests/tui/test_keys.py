"""The table of keys: complete, without conflicts, and changeable from the config file."""

from __future__ import annotations

import pytest

from annotator.errors import RequestError
from annotator.tui.actions import ACTIONS, PLACES, Place, actions_in
from annotator.tui.keys import Keys, bindings_for, display, named


def test_every_action_has_its_own_id_words_and_keys() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert all(action.words and named(action.keys) for action in ACTIONS)


@pytest.mark.parametrize("place", PLACES)
def test_every_action_of_a_place_can_be_reached(place: Place) -> None:
    keys = Keys()
    assert all(keys.in_place(action.id, place) for action in actions_in(*PLACES[place]))


def test_a_key_shared_with_a_narrower_action_belongs_to_that_one() -> None:
    keys = Keys()
    assert "question_mark" in keys.in_place("help", "queue")
    assert keys.in_place("help", "tagging") == ("f1",)


def test_the_config_file_gives_an_action_another_key() -> None:
    keys = Keys({"search": "ctrl+f, f5"})
    assert keys.of("search") == ("ctrl+f", "f5")
    assert keys.shown("search", "queue") == "^f"
    assert keys.keymap == {"search": "ctrl+f,f5"}


def test_two_actions_can_swap_their_keys() -> None:
    keys = Keys({"search": "f", "filter": "/"})
    assert (keys.shown("search"), keys.shown("filter")) == ("f", "/")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"serach": "x"}, "no action 'serach'"),
        ({"search": "f"}, "both search .* and filter"),
        ({"search": "j"}, "line_down"),
        ({"search": "hyper+x"}, "no key 'hyper.x'"),
        ({"search": " , "}, "at least one key"),
        ({"search": 7}, "at least one key"),
        ({"search": "f1", "filter": "?"}, "no key is left for help"),
    ],
)
def test_a_mistake_in_the_config_file_is_refused_in_words(changed: dict[str, str], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        Keys(changed)


def test_bindings_carry_the_id_by_which_the_config_file_moves_them() -> None:
    ids = {getattr(binding, "id", None) for binding in bindings_for("queue")}
    assert ids == {action.id for action in actions_in("queue") if action.bound}


@pytest.mark.parametrize(("key", "shown"), [("question_mark", "?"), ("ctrl+p", "^p"), ("f1", "F1"), ("slash", "/")])
def test_keys_are_shown_the_way_they_are_written_on_a_keyboard(key: str, shown: str) -> None:
    assert display(key) == shown


def test_the_footer_shows_keys_words_and_actions_of_its_place() -> None:
    footer = Keys({"search": "f6"}).footer("queue")
    assert ("F6", "search", "search") in footer
    assert not [entry for entry in footer if entry[2] == "submit"]
