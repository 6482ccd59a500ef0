"""Read the YAML between two `---` lines at the top of a text, trusting nothing in it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from annotator.errors import SourceError

LIMIT = 1 << 20
"""Characters of front matter."""
DEEPEST = 20
"""Levels of nesting."""
FENCED = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
LOOKS_LIKE = re.compile(r"---[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*[\t ]*[\w\"'&*!-][^\n]*:(?:[ \t]|\n)")

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


class FrontMatter(NamedTuple):
    """The values of a front matter, and the text below it."""

    values: dict[str, Any]
    body: str


class _PlainLoader(Loader):
    """Only `true`, `false`, `null` and numbers written the usual way are not text; dates are text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _kind, _pattern, _first in (
    ("null", r"(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"(?:true|false)$", ["t", "f"]),
    ("int", r"-?(?:0|[1-9]\d{0,17})$", list("-0123456789")),
    ("float", r"-?(?:0|[1-9]\d{0,8})\.\d{0,5}[1-9]$", list("-0123456789")),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(_pattern), _first)


def has_front_matter(text: str) -> bool:
    """Whether a text begins with a `---` line and a name with a colon under it."""
    return LOOKS_LIKE.match(text) is not None


def is_fenced(text: str) -> bool:
    """Whether a text begins with front matter that also ends."""
    return has_front_matter(text) and FENCED.match(text) is not None


def split_front_matter(text: str, shown: str) -> FrontMatter:
    """Part the front matter from the text; raise SourceError with the line when it is not safe YAML."""
    fenced = FENCED.match(text)
    if not fenced:
        raise SourceError(f"{shown}:1: begins a front matter that no second --- line ends; the file may be cut off")
    written = fenced[1] or ""
    if len(written) > LIMIT:
        raise SourceError(f"{shown}:1: has a front matter of over {LIMIT:,} characters; put the text below it")
    try:
        _refuse_unsafe(written, shown)
        values = _build(yaml.compose(written, Loader=_PlainLoader), written, shown)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refusal(shown, mark.line if mark else 0, f"is not YAML: {_in_words(error, written)}") from error
    except yaml.YAMLError as error:
        raise _refusal(shown, 0, f"is not YAML: {error}") from error
    return FrontMatter(values, text[fenced.end() :])


def _refuse_unsafe(written: str, shown: str) -> None:
    """Go through the parser's events, which cost no memory, before anything is built."""
    depth = 0
    for event in yaml.parse(written, Loader=_PlainLoader):
        line = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refusal(shown, line, "uses an anchor (&name, *name); write the part out instead")
        if getattr(event, "tag", None):
            raise _refusal(shown, line, "has a tag (!…), which is not run here; remove it")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refusal(shown, line, f"is nested deeper than {DEEPEST} levels")


def _build(node: yaml.Node | None, written: str, shown: str) -> dict[str, Any]:
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise _refusal(shown, node.start_mark.line, "is no list of `name: value` lines")
    _refuse_twice(node, shown)
    loader = _PlainLoader(written)
    try:
        built: dict[str, Any] = loader.construct_document(node)
    finally:
        loader.dispose()
    return built


def _refuse_twice(node: yaml.Node, shown: str) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twice(item, shown)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refusal(shown, key.start_mark.line, "has a name that is not a word")
            if key.value in seen:
                raise _refusal(shown, key.start_mark.line, f"says {key.value!r} twice; keep one of them")
            key.tag = "tag:yaml.org,2002:str"
            seen.add(key.value)
            _refuse_twice(value, shown)


def _refusal(shown: str, line: int, message: str) -> SourceError:
    """Lines of YAML count from 0 and begin under the first `---`."""
    return SourceError(f"{shown}:{line + 2}: the front matter {message}")


def _in_words(error: yaml.MarkedYAMLError, written: str) -> str:
    problem = error.problem or "it cannot be parsed"
    mark = error.problem_mark or error.context_mark
    if mark and "\t" in "".join(written.split("\n")[mark.line : mark.line + 1]):
        return f"{problem}; indent with spaces, not tabs"
    return f"{problem}; texts with a colon or a quote need quotes around them"
