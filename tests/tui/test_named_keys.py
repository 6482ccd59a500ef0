"""Every mention of a key comes from the table of actions, so that it names the key in force."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from annotator import tui
from annotator.errors import RequestError
from annotator.tui.actions import BY_ID
from annotator.tui.keys import Keys, spelled, usual_keys

FILES = sorted(Path(*tui.__path__).rglob("*.py"))
TABLE = {"actions.py", "keys.py"}
"""Where keys are at home."""
NAMED_KEY = re.compile(
    r"(?<![\w-])(ctrl\+|shift\+|alt\+|\^[a-z]\b|esc(ape)?\b|enter\b|tab\b|del(ete)?\b|backspace\b|pg(up|dn)\b|⏎|⌫)"
    r"|\bF\d+\b|(?<![\w-])\d-\d(?![\w-])|[←→↑↓]{2}",
    re.IGNORECASE,
)
LETTER = re.compile(r"(?<![\w'’.=<%/-])[b-zB-HJ-Z](?![\w'’:/-])(?=[ ,.;])|(?<!\S)[\[\]?!>+](?= [a-z])")
WRITTEN = {
    "░▒▓█ share of row · [ ] agree",  # signs of the matrix
    "n  of ",  # how many units a figure is of
    "? unknown",  # how an answer stands in the form
    "no choice matches; backspace, or  for all",  # the editor's own key, which nobody can change
}
"""What looks like a key and is none of the table's, without its placeholders."""


def texts(tree: ast.AST) -> Iterator[str]:
    """Whatever may be shown: strings of several words that are neither docstrings nor styles."""
    silent = {id(part) for node in ast.walk(tree) for part in unread(node)}
    for node in ast.walk(tree):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node] if id(node) not in silent else []
        said = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        if " " in said.strip() and (isinstance(node, ast.JoinedStr) or is_text(node)):
            yield re.sub(r"\{[^{}]*\}", "", said)


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def unread(node: ast.AST) -> Iterator[ast.AST]:
    """The strings of a node that nobody sees: its docstrings, styles, the pieces of a text that is put together."""
    match node:
        case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (each.value for each in node.body if isinstance(each, ast.Expr))
        case ast.Assign(targets=[ast.Name(id="DEFAULT_CSS")]):
            yield node.value
        case ast.JoinedStr():
            yield from node.values


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(*tui.__path__)))
def test_no_text_names_a_key_by_itself(path: Path) -> None:
    if path.name in TABLE:
        return
    found = [text for text in texts(ast.parse(path.read_text())) if NAMED_KEY.search(text) or LETTER.search(text)]
    assert [text for text in found if text not in WRITTEN] == []


@pytest.mark.parametrize(
    "text",
    [
        '"and press e."', '"esc close"', '"ctrl+s keeps it"', '"Leave with q, and go"', '"B accepts in bulk"',
        '"] goes on"', 'f"{x} · enter lists them"', '"1-5 cause"', '"←→ change"', '"^s ends it"', '"(F1) lists all"',
    ],
)  # fmt: skip
def test_a_key_in_a_text_is_found(text: str) -> None:
    assert any(NAMED_KEY.search(said) or LETTER.search(said) for said in texts(ast.parse(f"x = {text}")))


def sentences(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Each call that puts keys into a sentence, and the sentence."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "told"
            and is_about_keys(node.func.value)
        ):
            yield node, node.args[0]


def is_about_keys(owner: ast.expr) -> bool:
    """Whether it is the keys, a screen or a dialog that tells; a manner of reviewing tells names."""
    return not (isinstance(owner, ast.Name) and owner.id == "manner")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(*tui.__path__)))
def test_every_sentence_stands_whole_and_names_actions_that_there_are(path: Path) -> None:
    for call, sentence in sentences(ast.parse(path.read_text())):
        if isinstance(sentence, ast.Name) and sentence.id == "sentence":
            continue  # handed on by a screen or dialog
        assert isinstance(sentence, ast.Constant) and isinstance(sentence.value, str), (
            f"{path}:{call.lineno}: not written out"
        )
        given = {each.arg for each in call.keywords}
        names = {name for _, name, _, _ in Formatter().parse(sentence.value) if name is not None}
        assert names <= BY_ID.keys() | given, f"{path}:{call.lineno}"
        assert not given & BY_ID.keys(), f"{path}:{call.lineno}: a word bears the name of an action"


def test_a_sentence_names_the_keys_in_force() -> None:
    keys = Keys({"keep": "f10", "cancel": "ctrl+t"})
    assert keys.told("{keep} keep   {cancel} close") == "F10 keep   ctrl+t close"
    assert keys.told("{choose_line} {verb}", verb="{show}") == "enter {show}"
    assert usual_keys().told("{choose_cause} {help}", "tagging") == "1-5 F1"


def test_a_sentence_about_no_action_is_refused_at_once() -> None:
    with pytest.raises(LookupError, match="kept"):
        usual_keys().told("{kept} keep")


@pytest.mark.parametrize(("key", "words"), [("enter", "enter"), ("escape", "esc"), ("ctrl+s", "ctrl+s"), ("f1", "F1")])
def test_a_sentence_spells_keys_as_words(key: str, words: str) -> None:
    assert spelled(key) == words


def test_keys_that_the_taxonomy_gives_cannot_be_moved() -> None:
    with pytest.raises(RequestError, match="choose cannot"):
        Keys({"choose": "q"})
