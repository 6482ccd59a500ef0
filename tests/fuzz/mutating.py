"""Change a case by what it means: bytes changed blindly are refused long before anything reads a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**63, -(2**64), 10**400, 1.5, 1e308, float("nan"), float("inf"), -float("inf"),
    "", " ", "0", "-1", "1e400", "NaN", "\ud800", "\udfff\ud800", "\x00", "\x1b[31m", "\u202e", "a" * 3_000, "=1+1",
    "2099-13-45", "0000-00-00", "-4000-01-01", "9" * 30, "99999999999999999999", "true", "null", "[]", "{}", "{{", "[[",
    [], {}, [[]], [None], [1, "a"], {"": ""}, {"a": {"a": {"a": []}}}, ["a", ["b", ["c"]]], [{"x": 1}, 2],
    "http://[", "aiid:0", "aiid:r", ":", "a:b:c", "..", "CSETv1", "adjudicated", "submitted", "draft",
)  # fmt: skip
"""Values that programs stumble over."""
Path = tuple[str | int, ...]
"""The steps from a value to something in it."""
TOKEN = re.compile(r'"[^"\n]*"|[^\s,;:\[\]{}"]+|[,;:\[\]{}\n]')
"""A piece of a text that a value may stand in."""
DEEP = 400
"""Levels that something is put into, now and then."""


def mutate(data: bytes, blindly: Callable[[bytes], bytes], prefix: int, seed: int) -> bytes:
    """Another case made of one; its first `prefix` bytes say how it is to be read and stay mostly as they are."""
    chance = Random(seed)
    if chance.random() < 0.35 or len(data) <= prefix:
        return blindly(data)
    head, body = data[:prefix], data[prefix:]
    text = body.decode("utf-8", "surrogateescape")
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        text = _changed(text, chance)
    return head + _encoded(text)


def _encoded(text: str) -> bytes:
    """The bytes that were decoded; half a pair that was put in comes out as what programs write for it."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _changed(text: str, chance: Random) -> str:
    """One value of a text replaced, doubled, moved or left out."""
    try:
        return json.dumps(_value(json.loads(text), chance), ensure_ascii=chance.random() < 0.7)
    except (ValueError, RecursionError):
        pass
    lines = text.splitlines(keepends=True)
    if lines and lines[0][:1] in "{[" and len(lines) > 1:
        place = chance.randrange(len(lines))
        try:
            lines[place] = json.dumps(_value(json.loads(lines[place]), chance)) + "\n"
            return "".join(lines)
        except (ValueError, RecursionError):
            pass
    return _retold(text, chance)


def _value(whole: Any, chance: Random) -> Any:
    """The value with something inside it changed, every place as likely as every other."""
    return _changed_at(whole, chance.choice(list(_places(whole))), chance)


def _places(value: Any, at: Path = ()) -> Iterator[Path]:
    """The ways to a value and to all that is in it."""
    yield at
    for step, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(each, (*at, step))


def _changed_at(value: Any, at: Path, chance: Random) -> Any:
    if not at:
        return _other(value, chance)
    step, *rest = at
    copy = value.copy()
    copy[step] = _changed_at(value[step], tuple(rest), chance)
    return copy


def _other(value: Any, chance: Random) -> Any:
    """What stands in the place of a value: mostly something nasty, of a list or an object also a part, or more."""
    rolled = chance.random()
    if not isinstance(value, dict | list) or not value or rolled < 0.2:
        return _instead(value, chance)
    if isinstance(value, list):
        place = chance.randrange(len(value))
        return [*value, *value[:place]] if rolled < 0.6 else [*value[:place], *value[place + 1 :]]
    key = chance.choice(list(value))
    if rolled < 0.4:
        return {other: each for other, each in value.items() if other != key}
    if rolled < 0.8:
        return {**value, _as_key(chance): value[key] if rolled < 0.5 else chance.choice(NASTY)}
    return {**value, key: value[chance.choice(list(value))]}


def _as_key(chance: Random) -> str:
    return str(chance.choice(NASTY))[:80]


def _instead(value: Any, chance: Random) -> Any:
    """Something else in the place of a value."""
    if isinstance(value, str) and value[:1] in {"[", "{"} and chance.random() < 0.7:  # JSON in a text
        return _changed(value, chance)
    if chance.random() < 0.02:
        for _ in range(DEEP):
            value = [value] if chance.random() < 0.5 else {"a": value}
        return value
    return chance.choice(NASTY)


def _retold(text: str, chance: Random) -> str:
    """A text with one token replaced by something nasty, doubled or left out."""
    tokens = list(TOKEN.finditer(text))
    if not tokens:
        return str(chance.choice(NASTY))
    token, rolled = chance.choice(tokens), chance.random()
    said = token.group()
    if rolled < 0.1:
        said = ""
    elif rolled < 0.2:
        said = said * chance.choice((2, 3, 200))
    elif rolled < 0.3:
        said = chance.choice(tokens).group()
    else:
        nasty = chance.choice(NASTY)
        plain = nasty if isinstance(nasty, str) else json.dumps(nasty)
        said = f'"{plain}"' if said.startswith('"') and chance.random() < 0.7 else plain
    return text[: token.start()] + said + text[token.end() :]
