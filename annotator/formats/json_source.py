"""Read the items of a JSON array, of an object that wraps one, or of JSON Lines."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from annotator.errors import SourceError
from annotator.formats.one_by_one import KeptAside
from annotator.formats.text.reading import TextFile
from annotator.model.record import Loss, Unfit

DEEPEST = 60
"""Levels of nesting; SQLite refuses JSON beyond 1,000 and no record comes near this."""

TOO_DEEP = f"nested deeper than {DEEPEST} levels"
MOST_VALUES = 100_000
"""Of one item; a snapshot's longest has some hundred."""


DOUBLES = {"$numberDouble", "$numberDecimal"}
"""Names under which MongoDB writes a number as a text."""
NO_VALUE = re.compile("[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


class Signs(NamedTuple):
    """What of a text says that the values in it are to be looked at closer."""

    may_be_large: bool
    may_be_deep: bool
    may_hold_halves: bool

    @classmethod
    def of(cls, text: str) -> Signs:
        """Look for them without reading the text."""
        opened = text.count("[") + text.count("{")  # whatever is the first in them has no comma before it
        may_be_large = opened + text.count(",") >= MOST_VALUES
        return cls(may_be_large, opened > DEEPEST, "\\ud" in text or "\\uD" in text)


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
        return self.fit(self.read(text), Signs.of(text))

    def read(self, text: str) -> Any:
        """Decode one whole text as it is, whatever it holds; raise ValueError for what is no JSON."""
        return self._read(lambda decoder: decoder.decode(text))

    def read_at(self, text: str, start: int) -> tuple[Any, int]:
        """Decode the value that begins at an index, whatever it holds; give it with the index after it."""
        value, end = self._read(lambda decoder: decoder.raw_decode(text, start))
        return value, end

    def _read(self, read: Callable[[json.JSONDecoder], Any]) -> Any:
        """Say what a decoder cannot keep; what is no JSON at all keeps its place."""
        try:
            odd = self.odd.copy()
            try:
                return read(self._decoder)
            except json.JSONDecodeError:
                raise
            except ValueError:
                self.odd = odd  # what is read again counts once
                return read(self._patient)
        except RecursionError as error:
            raise ValueError(TOO_DEEP) from error

    def fit(self, value: Any, signs: Signs) -> Any:
        r"""Refuse too many values and too deep nesting, replace halves of surrogate pairs (`\ud83d` alone)."""
        if signs.may_be_large and is_larger(value, MOST_VALUES):
            raise ValueError(f"more than {MOST_VALUES:,} values in one item")
        if signs.may_be_deep and is_deeper(value, DEEPEST):
            raise ValueError(TOO_DEEP)
        return self._whole(value) if signs.may_hold_halves else value

    def _object(self, pairs: list[tuple[str, Any]]) -> Any:
        built = dict(pairs)
        if len(built) != len(pairs):
            self.odd["name given twice in one object: the last one kept"] += len(pairs) - len(built)
        return self._bare(built, *pairs[0]) if len(pairs) == 1 and pairs[0][0] in DOUBLES else built

    def _bare(self, wrapped: dict[str, Any], _name: str, said: Any) -> Any:
        """MongoDB's wrapper of a number as it is, but for one that no number comes of: that is read as a bare one."""
        if not isinstance(said, str):
            return wrapped
        if NO_VALUE.fullmatch(said):
            return self._constant(said)
        try:
            read = self._float(said)
        except ValueError:
            return wrapped
        return read if isinstance(read, str) else wrapped

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
        self.odd["half of a character's code, read as �"] += mended.count("�") - value.count("�")
        return mended


def is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested in each other more than so many levels."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return levels == 0 or any(is_deeper(part, levels - 1) for part in value if isinstance(part, list | dict))


def is_larger(value: Any, most: int) -> bool:
    """Whether lists and objects hold more than so many values, those inside of others too; it counts no further."""
    left = [value]
    while left and most >= 0:
        each = left.pop()
        parts = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        most -= len(parts)
        left += [part for part in parts if isinstance(part, dict | list)]
    return most < 0


MOST_DIGITS = 640
"""Of a whole number; Python reads so many wherever it runs."""
SPACE = re.compile(r"[ \t\r\n]*")
TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"(\s*+:)?|\\?\Z)|[{}\[\]]', re.DOTALL)
"""A text that the end cuts off is one token, too, so that no beginning is looked at twice."""
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
PIECE = re.compile(r'"(?:[^"\\]++|\\.)*+("?)|[{}\[\],]', re.DOTALL)
"""What tells where an item of an array ends, also one that is no JSON."""
FIRST_LINES = 20
"""Looked at of JSON Lines to find out that they are."""
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
        self.aside = KeptAside(file.shown)

    def items(self) -> Iterator[Item]:
        """Yield the items; those that are no JSON are kept aside where it can be told where they end.

        Raises SourceError with line and column where the rest cannot be read, or where most is kept aside.
        """
        for item in self._by_line() if self._is_by_line() else self._by_item():
            self.aside.taken += 1
            yield item
        self.aside.refuse_most()

    def losses(self) -> Iterator[Loss | Unfit]:
        """What was kept aside, what the encoding cost and what was odd; ask after reading the items."""
        yield from self.aside.items
        yield from self.file.losses()
        yield from (Loss(what, self.file.name, times) for what, times in self.words.odd.items() if times)

    def keep_aside(self, item: Item, problem: str) -> None:
        """Keep aside the item that was read last; raises SourceError where most is."""
        self.aside.taken -= 1
        self.aside.keep(item.place, problem, SourceError(f"{self.file.shown}: {item.place} {problem}"))

    def _keep(self, place: str, error: ValueError, refusal: SourceError, where: str = "") -> None:
        self.aside.keep(f"{self.file.name} {place}", _explain(error) + where, refusal)

    def _refusal(self, error: ValueError, line: int = 1) -> SourceError:
        """What to say of a file that breaks off, in a text that began on a line."""
        at = str(line)
        if isinstance(error, json.JSONDecodeError):
            at = f"{line + error.lineno - 1}:{error.colno}"
        return SourceError(f"{self.file.shown}:{at}: {_explain(error)}")

    def _is_by_line(self) -> bool:
        """By its ending, or because an object ends where a line ends and another begins below."""
        if self.file.path.suffix.lower() in LINE_ENDINGS:
            return True
        written = (line for line in self.file.lines() if line.strip())
        first, second = next(written, ""), next(written, "")
        if not (first.lstrip().startswith("{") and second.startswith("{")):
            return False
        return _is_object(first) or _is_object(second)

    def _by_line(self) -> Iterator[Item]:
        found = False
        for number, line in enumerate(self.file.lines(), start=1):
            if not line.strip():
                continue
            found = True
            try:
                value = self.words.decode(line)
            except ValueError as error:
                if _is_cut_off(error) and not line.endswith(("\n", "\r")):  # nobody knows how much is missing
                    raise self._refusal(error, number) from error
                where = f" (column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
                self._keep(f"line {number}", error, self._refusal(error, number), where)
                continue
            yield Item(value, f"{self.file.name} line {number}")
        if not found:
            raise SourceError(f"{self.file.shown}: is empty; check that it was saved")

    def _by_item(self) -> Iterator[Item]:
        text = self.file.read()
        start = _skip(text, 0)
        try:
            yield from self._array(text, start + 1) if text[start] == "[" else self._wrapped(text)
        except ValueError as error:
            raise self._refusal(error) from error

    def _wrapped(self, text: str) -> Iterator[Item]:
        whole, signs = self.words.read(text), Signs.of(text)
        for number, value in enumerate(self._unwrap(whole), start=1):
            try:
                fitted = self.words.fit(value, signs)
            except ValueError as error:
                self._keep(f"item {number}", error, self._refusal(error))
                continue
            yield Item(fitted, f"{self.file.name} item {number}")

    def _array(self, text: str, at: int) -> Iterator[Item]:
        """The values of an array one after the other, so that only one is held beside the text."""
        at = _skip(text, at)
        number, line, counted = 0, 1, 0
        closed = text[at : at + 1] == "]"
        while not closed:
            number += 1
            # Once something is broken, each item is cut out first: an error counts the lines of the text it is in.
            end = _end_of_item(text, at) if self.aside.items else None
            try:
                value, end = self._item(text, at) if end is None else (self.words.read(text[at:end]), end)
                value = self.words.fit(value, Signs.of(text[at:end]))
            except ValueError as error:
                refusal = self._refusal(error)
                end = end or _end_of_item(text, at)
                if end is None:
                    raise
                line, counted = line + text.count("\n", counted, at), at
                self._keep(f"item {number}", error, refusal, f" (in the item that begins on line {line})")
            else:
                yield Item(value, f"{self.file.name} item {number}")
            closed = text[end] == "]"
            at = end if closed else _skip(text, end + 1)
        if _skip(text, at + 1) < len(text):
            raise MisplacedError("something follows the closing ]", text, _skip(text, at + 1))

    def _item(self, text: str, at: int) -> tuple[Any, int]:
        """The item that begins at an index, and where the comma or bracket behind it stands."""
        value, end = self.words.read_at(text, at)
        end = _skip(text, end)
        if text[end : end + 1] not in {",", "]"}:
            raise MisplacedError("expected a comma or the closing ]", text, end)
        return value, end

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


def _end_of_item(text: str, at: int) -> int | None:
    """Where the comma or bracket stands that ends an item of an array, broken or not; None where that is not near."""
    depth = 0
    for piece in islice(PIECE.finditer(text, at), MOST_VALUES):
        sign = piece[0][0]
        if sign == '"':
            if not piece[1]:
                return None
        elif not depth and sign in ",]":
            return piece.start()
        else:
            depth = max(0, depth + (sign in "{[") - (sign in "}]"))
    return None


def _is_cut_off(error: ValueError) -> bool:
    """Whether a text was no JSON because it ends too early."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    text, at = error.doc, error.pos
    return not text[at:].strip() or (text[at] == '"' and not STRING.match(text, at))


def _explain(error: ValueError) -> str:
    """A sentence without its beginning and place."""
    if not isinstance(error, json.JSONDecodeError):
        return f"is JSON that cannot be kept: {error}; correct it, or export the file again"
    if _is_cut_off(error):
        return "the JSON ends too early; it was probably cut off, so fetch it again"
    if isinstance(error, MisplacedError):
        return f"is not JSON ({error.msg})"
    sign = error.doc[error.pos]
    what = "a NUL byte" if sign == "\0" else repr(sign)
    return f"is not JSON ({what} cannot stand here); correct it, or export the file again"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def is_json(file: TextFile) -> bool:
    """Whether a file is to be read as JSON, by how it begins; of JSON Lines any of the first lines may be broken."""
    looked_at = FIRST_LINES if file.path.suffix.lower() in LINE_ENDINGS else 1
    written = (line.lstrip() for line in file.lines() if line.strip())
    return any(line[0] in "[{" for line in islice(written, looked_at))


def beginning_of(path: Path, text: str) -> str:
    """The first text of a file for sniffing: of JSON Lines from the first line that is an object."""
    text = text.lstrip()
    if path.suffix.lower() in LINE_ENDINGS:
        lines = text.splitlines(keepends=True)
        whole = (at for at, line in enumerate(lines) if line.startswith("{") and _is_object(line))
        text = "".join(lines[next(whole, 0) :])
    return text


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
