"""The table of keys: complete, without conflicts, and changeable from the config file."""

from __future__ import annotations

import pytest
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, TextArea

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
        (
            {"search": "f1", "filter": "?"},
            r"no key is left for help .*: F1 is given to search .* \? is given to filter",
        ),
        ({"quit": "u"}, r"no key is left for quit \(Quit.*\): u is given to undo"),
        ({"quit": "Q"}, "no key is left for quit .*: Q would be written as text"),
        ({"cancel": "f7"}, r"cancel \(Close.*\) cannot have F7: where a text is written, it means: Select all"),
        ({"cancel": "f9,ctrl+x"}, "cancel .* ctrl.x: .* Cut"),
        ({"cancel": "a"}, "cancel .* cannot have a: .* written as text"),
        ({"accept": "space"}, "accept .* cannot have space: .* written as text"),
        ({"keep": "ctrl+k"}, "keep .* ctrl.k: .* Delete to line end"),
        ({"keep": "ctrl+m"}, "keep .* ctrl.m: .* New line"),
        ({"accept": "A"}, "accept .* cannot have A: .* written as text"),
        ({"accept": "ctrl+w"}, "accept .* ctrl.w: .* [Dd]elete"),
        ({"stop_writing": "ctrl+u"}, "stop_writing .* ctrl.u: .* Delete"),
        ({"next_input": "x"}, "next_input .* cannot have x"),
        ({"show_all": "ctrl+u"}, "show_all .* ctrl.u: .* Delete"),
        ({"submit": "ctrl+u"}, "submit .* ctrl.u: .* Delete"),
        ({"stop_waiting": "ctrl+u"}, "stop_waiting .* ctrl.u"),
        ({"quit": "ctrl+k"}, "quit .* ctrl.k"),
        ({"help": "f7"}, "help .* F7"),
    ],
)
def test_a_mistake_in_the_config_file_is_refused_in_words(changed: dict[str, str], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        Keys(changed)


@pytest.mark.parametrize("editor", [Input, TextArea])
@pytest.mark.parametrize("action", ["cancel", "stop_waiting"])
def test_no_key_of_the_editors_is_taken_from_them(editor: type[Widget], action: str) -> None:
    for binding in Binding.make_bindings(editor.BINDINGS):
        with pytest.raises(RequestError):
            Keys({action: binding.key})


@pytest.mark.parametrize(
    "changed",
    [
        {action.id: action.keys for action in ACTIONS if action.id != "choose"},
        {"accept": "tab", "complete": "enter"},
        {"search": "ctrl+f", "submit": "S", "undo": "u,f8"},
        {"cancel": "f10", "keep": "ctrl+t", "help": "f1,Q"},
    ],
)
def test_keys_that_write_nothing_can_be_moved_anywhere(changed: dict[str, str]) -> None:
    assert Keys(changed).keymap.keys() == changed.keys()


def test_a_letter_that_works_everywhere_is_not_named_where_it_is_text() -> None:
    keys = Keys({"help": "Q,f1"})
    assert keys.shown("help", "queue") == "Q"
    assert keys.shown("help", "editor") == keys.shown("help", "ask") == keys.shown("help", "writing") == "F1"


@pytest.mark.parametrize("key", ["/", "-", "+", "_", "@", "\\"])
def test_a_sign_is_text_like_a_letter(key: str) -> None:
    with pytest.raises(RequestError, match="it would be written as text"):
        Keys({"accept": key})
    assert Keys({"search": "f8", "random": key}).free("random", "queue", frozenset(key)) == ()


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
