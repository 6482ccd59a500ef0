"""Read the items of a JSON array, of an object that wraps one, or of JSON Lines."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from math import isfinite
from typing import Any, NamedTuple

from annotator.errors import SourceError
from annotator.formats.text.reading import TextFile
from annotator.model.record import Loss

DEEPEST = 60
"""Levels of nesting; SQLite refuses JSON beyond 1,000 and no record comes near this."""


class JsonText:
    """A decoder that counts what it had to change."""

    def __init__(self) -> None:
        """Start with nothing odd."""
        self.odd: Counter[str] = Counter()
        hooks: dict[str, Any] = {
            "object_pairs_hook": self._object, "parse_constant": self._constant, "parse_float": self._float,
        }  # fmt: skip
        self._decoder = json.JSONDecoder(**hooks)
        self._patient = json.JSONDecoder(**hooks, parse_int=self._int)
        """For texts with a number that has more digits than Python reads; slower."""

    def decode(self, text: str) -> Any:
        """Decode one whole text; raise ValueError for anything else, too deep nesting included."""
        return self.fit(self._read(lambda decoder: decoder.decode(text)), text)

    def decode_at(self, text: str, start: int) -> tuple[Any, int]:
        """Decode the value that begins at an index; give it with the index after it."""
        value, end = self._read(lambda decoder: decoder.raw_decode(text, start))
        return self.fit(value, text[start:end]), end

    def _read(self, read: Callable[[json.JSONDecoder], Any]) -> Any:
        """Say what a decoder cannot keep; what is no JSON at all keeps its place."""
        try:
            try:
                return read(self._decoder)
            except json.JSONDecodeError:
                raise
            except ValueError:
                return read(self._patient)
        except RecursionError as error:
            raise ValueError(f"nested deeper than {DEEPEST} levels") from error

    def fit(self, value: Any, text: str) -> Any:
        r"""Refuse too deep nesting and replace halves of surrogate pairs (`\ud83d` alone)."""
        if text.count("[") + text.count("{") > DEEPEST and is_deeper(value, DEEPEST):
            raise ValueError(f"nested deeper than {DEEPEST} levels")
        return self._whole(value) if "\\ud" in text or "\\uD" in text else value

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) != len(pairs):
            self.odd["name given twice in one object: the last one kept"] += len(pairs) - len(built)
        return built

    def _constant(self, name: str) -> None:
        self.odd[f"{name} is no value: read as nothing"] += 1

    def _float(self, written: str) -> float | str:
        """A number; one that is too large for that stays as it is written."""
        value = float(written)
        if isfinite(value):
            return value
        self.odd["number too large to count with, kept as a text"] += 1
        return written

    def _int(self, written: str) -> int | str:
        if len(written) <= MOST_DIGITS:
            return int(written)
        self.odd["number too large to count with, kept as a text"] += 1
        return written

    def _whole(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._whole(key): self._whole(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._whole(part) for part in value]
        if not isinstance(value, str) or value.isascii():
            return value
        mended = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self.odd["half of a character's code, read as �"] += mended != value
        return mended


def is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested in each other more than so many levels."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return levels == 0 or any(is_deeper(part, levels - 1) for part in value if isinstance(part, list | dict))


MOST_DIGITS = 640
"""Of a whole number; Python reads so many wherever it runs."""
SPACE = re.compile(r"[ \t\r\n]*")
TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"(\s*+:)?|\\?\Z)|[{}\[\]]', re.DOTALL)
"""A text that the end cuts off is one token, too, so that no beginning is looked at twice."""
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
LINE_ENDINGS = {".jsonl", ".ndjson", ".jsonlines"}


class MisplacedError(json.JSONDecodeError):
    """Something stands where this reader did not expect it; the words are its own."""


class Item(NamedTuple):
    """One value and where it stood."""

    value: Any
    place: str


class JsonSource:
    """A file of JSON or JSON Lines, read item by item."""

    def __init__(self, file: TextFile, wrappers: tuple[str, ...]) -> None:
        """Take the file and the names under which an array of items may stand in one object."""
        self.file = file
        self.wrappers = wrappers
        self.words = JsonText()

    def items(self) -> Iterator[Item]:
        """Yield the items; raise SourceError with line and column where the text is not JSON."""
        if self._is_by_line():
            yield from self._by_line()
            return
        text = self.file.read()
        try:
            for number, value in enumerate(self._values(text), start=1):
                yield Item(value, f"{self.file.name} item {number}")
        except ValueError as error:
            raise SourceError(f"{self.file.shown}{_explain(error, text)}") from error

    def losses(self) -> Iterator[Loss]:
        """What the encoding cost and what was odd; ask after reading the items."""
        yield from self.file.losses()
        yield from (Loss(what, self.file.name, times) for what, times in self.words.odd.items() if times)

    def _is_by_line(self) -> bool:
        """By its ending, or because an object ends where a line ends and another begins below."""
        if self.file.path.suffix.lower() in LINE_ENDINGS:
            return True
        written = (line for line in self.file.lines() if line.strip())
        first, second = next(written, ""), next(written, "")
        if not (first.lstrip().startswith("{") and second.startswith("{")):
            return False
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return False
        return True

    def _by_line(self) -> Iterator[Item]:
        found = False
        for number, line in enumerate(self.file.lines(), start=1):
            if not line.strip():
                continue
            found = True
            try:
                value = self.words.decode(line)
            except ValueError as error:
                raise SourceError(f"{self.file.shown}{_explain(error, line, number)}") from error
            yield Item(value, f"{self.file.name} line {number}")
        if not found:
            raise SourceError(f"{self.file.shown}: is empty; check that it was saved")

    def _values(self, text: str) -> Iterator[Any]:
        start = _skip(text, 0)
        if text[start] == "[":
            return self._array(text, start + 1)
        return iter(self._unwrap(self.words.decode(text)))

    def _array(self, text: str, at: int) -> Iterator[Any]:
        """The values of an array one after the other, so that only one is held beside the text."""
        at = _skip(text, at)
        closed = text[at : at + 1] == "]"
        while not closed:
            value, at = self.words.decode_at(text, at)
            yield value
            at = _skip(text, at)
            closed = text[at : at + 1] == "]"
            if not closed and text[at : at + 1] != ",":
                raise MisplacedError("expected a comma or the closing ]", text, at)
            at = at if closed else _skip(text, at + 1)
        if _skip(text, at + 1) < len(text):
            raise MisplacedError("something follows the closing ]", text, _skip(text, at + 1))

    def _unwrap(self, value: Any) -> list[Any]:
        inner = value.get("data", value) if isinstance(value, dict) else value
        for candidate in chain((value,), (inner,)):
            for name in self.wrappers if isinstance(candidate, dict) else ():
                if isinstance(candidate.get(name), list):
                    return list(candidate[name])
        return [value]


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _explain(error: ValueError, text: str, line: int = 0) -> str:
    """`:line:column: sentence`, for an error in a text that began on a line (0 for a whole file)."""
    if not isinstance(error, json.JSONDecodeError):
        return f":{line or 1}: is JSON that cannot be kept: {error}; correct it, or export the file again"
    place = f":{line or error.lineno}:{error.colno}"
    if not text[error.pos :].strip() or (text[error.pos] == '"' and not STRING.match(text, error.pos)):
        return f"{place}: the JSON ends too early; it was probably cut off, so fetch it again"
    if isinstance(error, MisplacedError):
        return f"{place}: is not JSON ({error.msg})"
    return f"{place}: is not JSON ({text[error.pos]!r} cannot stand here); correct it, or export the file again"


def first_names(text: str, wrappers: tuple[str, ...]) -> set[str]:
    """The names in the first item of a JSON text that may end anywhere; for sniffing."""
    by_depth: dict[int, set[str]] = {}
    depth = 0
    for token in TOKEN.finditer(text):
        sign = token[0][0]
        if sign == '"' and token[2]:
            by_depth.setdefault(depth, set()).add(token[1])
        depth += (sign in "{[") - (sign in "}]")
        if sign == "}" and by_depth and depth < min(by_depth):
            break
    for _, names in sorted(by_depth.items()):
        if len(names) > 3 or not names & {*wrappers, "data"}:
            return names
    return set()
