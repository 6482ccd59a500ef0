"""Load YAML safely and remember on which line everything stood.

Stricter than YAML 1.1 on purpose: duplicate keys, Python tags, anchors and aliases are
refused, and only `true` and `false` are booleans, so `yes`, `no` and `on` stay words.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from annotator.errors import Problem, TaxonomyError

Place = tuple[str | int, ...]
LIMIT = 4_000_000
"""Bytes; the largest taxonomy shipped is under 100 kB."""

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


class WordsLoader(Loader):
    """A safe loader that reads scalars by YAML 1.2's core rules."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


CORE_SCALARS = {
    "null": (r"^(?:~|null|)$", ["~", "n", ""]),
    "bool": (r"^(?:true|false)$", ["t", "f"]),
    "int": (r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    "float": (r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
}
for name, (pattern, first) in CORE_SCALARS.items():
    WordsLoader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(pattern), first)


class YamlSource:
    """A YAML document as plain values, with the line of every part of it."""

    def __init__(self, text: str, file: str) -> None:
        """Parse; raise TaxonomyError naming the line when it is not acceptable YAML."""
        self.file = file
        self.lines: dict[Place, int] = {}
        if len(text.encode()) > LIMIT:
            raise self._refusal(0, f"is over {LIMIT:,} bytes; a taxonomy is far smaller, so check the file")
        loader = WordsLoader(text)
        try:
            self._refuse_aliases(text)
            node = loader.get_single_node()
            self.value = self._build(node, loader, ())
        except yaml.MarkedYAMLError as error:
            raise self._yaml_refusal(error) from error
        except yaml.YAMLError as error:
            raise self._refusal(0, f"is not YAML text ({error}); save it as UTF-8") from error
        finally:
            loader.dispose()

    @classmethod
    def read(cls, path: Path) -> YamlSource:
        """Read a file; bytes that are not UTF-8 are refused in words."""
        try:
            raw = path.read_bytes()
            return cls(raw.decode("utf-8-sig"), str(path))
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            message = "is not UTF-8; save it with that encoding"
            raise TaxonomyError([Problem("", message, str(path), line)]) from error
        except OSError as error:
            raise TaxonomyError([Problem("", f"cannot be read ({error.strerror})", str(path))]) from error

    def line_of(self, place: Place) -> int:
        """The line of a part, or of the nearest part around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def _refuse_aliases(self, text: str) -> None:
        for event in yaml.parse(text, Loader=WordsLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise self._refusal(line, "uses an anchor alias (*name); write the part out instead")

    def _build(self, node: yaml.Node | None, loader: Any, place: Place) -> Any:
        if node is None:
            raise self._refusal(1, "is empty; `annotator taxonomy new NAME` writes a first one")
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._build_mapping(node, loader, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, loader, (*place, index)) for index, item in enumerate(node.value)]
        return loader.construct_object(node)

    def _build_mapping(self, node: yaml.MappingNode, loader: Any, place: Place) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            line = key_node.start_mark.line + 1
            if key is None:
                raise self._refusal(line, "has a key that is not a word")
            if key in built:
                raise self._refusal(line, f"says {key!r} twice; keep one of them")
            self.lines[(*place, key)] = line
            built[key] = self._build(value_node, loader, (*place, key))
        return built

    def _refusal(self, line: int, message: str) -> TaxonomyError:
        return TaxonomyError([Problem("", message, self.file, line)])

    def _yaml_refusal(self, error: yaml.MarkedYAMLError) -> TaxonomyError:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "is not YAML"
        hint = "; indent with spaces, not tabs" if "\\t" in problem or "tab" in problem else ""
        if "could not determine a constructor" in problem:
            problem, hint = "has a tag (!…) that this program does not run", "; remove the tag"
        return self._refusal(mark.line + 1 if mark else 0, f"cannot be parsed: {problem}{hint}")
